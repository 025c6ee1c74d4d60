"""Attacks on the host's hand: paths that lead it elsewhere when it reads and writes files."""

import time
from collections.abc import Callable
from contextlib import suppress

from wildgym.tools.sandboxes.attacks.attack import Attack, Done, Judge
from wildgym.tools.sandboxes.core import MEBIBYTE, SandboxLost

_SECONDS = 3.0


def _refused(*paths: str) -> Judge:
    """Judge by whether the host can be made to read or write any of some paths."""

    def judge(done: Done) -> str:
        for path in paths:
            for doing in (_reading(done, path), _writing(done, path)):
                if found := doing():
                    return found
        return ""

    return judge


def _unread(*paths: str) -> Judge:
    """Judge by whether the host can be made to read any of some paths."""
    return lambda done: "".join(_reading(done, path)() for path in paths)


def _reading(done: Done, path: str) -> Callable[[], str]:
    def read() -> str:
        began = time.monotonic()
        with suppress(OSError):
            return f"{path!r} was read: {done.sandbox.read(path)[:40]!r}"
        return f"{path!r} held the host up" if time.monotonic() - began > _SECONDS else ""

    return read


def _writing(done: Done, path: str) -> Callable[[], str]:
    def write() -> str:
        began = time.monotonic()
        with suppress(OSError):
            done.sandbox.write(path, b"written")
            return f"{path!r} was written"
        return f"{path!r} held the host up" if time.monotonic() - began > _SECONDS else ""

    return write


def _race(done: Done) -> str:
    """Read and write while a path changes between a folder and a link."""
    for _ in range(300):
        with suppress(OSError):
            if done.sandbox.read("swapped/passwd") != b"mine":
                return "a file outside was read"
        with suppress(OSError):
            done.sandbox.write("swapped/outside", b"written")
    probe = "ls /etc/outside /tmp/outside $TMPDIR/outside 2>/dev/null"
    return "a file outside was written" if done.sandbox.run(probe).stdout else ""


def _snapshot(done: Done) -> str:
    began = time.monotonic()
    with suppress(OSError):
        tree = done.sandbox.snapshot()
        odd = [path for path, file in tree.items() if file.mode >> 12 not in (0o10, 0o4, 0o12)]
        if odd:
            return f"the snapshot holds {odd}"
    return "the snapshot held the host up" if time.monotonic() - began > _SECONDS else ""


def _huge(done: Done) -> str:
    with suppress(OSError):
        data = done.sandbox.read("huge")
        return f"{len(data)} bytes were read" if len(data) > 130 * MEBIBYTE else ""
    return ""


def _still_there(done: Done) -> str:
    with suppress(SandboxLost):
        # 126: there is no folder to start in, as there should be none.
        return "" if done.sandbox.run("exit 3").exit_code in (3, 126) else "nothing can be run"
    return "the sandbox was lost"


PATHS = (
    Attack(
        "climbing paths",
        "name files outside",
        "mkdir a; true",
        "sh",
        judge=_refused(
            *("../etc/passwd", "/etc/passwd", "a/../../etc/passwd", "..", ".", "", "/", "a"),
            *("./../../../../etc/hosts", "/proc/self/environ", "../site/x", "../tmp/x"),
        ),
    ),
    Attack(
        "links out",
        "link files of the workspace to others",
        """
ln -s /etc/passwd file; ln -s /etc folder; ln -s ../etc relative; ln -s / root
ln -s "$TMPDIR" temporary; ln -s "$SECRET_FILE" secret; ln -s "$OPEN_FOLDER" open; ln -s loop loop
""",
        "sh",
        judge=_refused(
            *("file", "folder/passwd", "folder/x", "relative/passwd", "root/etc/passwd"),
            *("temporary/x", "secret", "open/x", "loop", "loop/x"),
        ),
    ),
    Attack(
        "links of processes",
        "link files to what processes have open",
        """
ln -s /proc/self/root/etc/passwd file; ln -s /proc/self/fd/0 input; ln -s /proc/1/environ environ
ln -s /proc/self/root root; ln -s /proc/self/cwd/x here
""",
        "sh",
        judge=_refused("file", "input", "environ", "root/etc/passwd", "here"),
    ),
    Attack(
        "links of links",
        "hide the way out behind ten links",
        'for n in 1 2 3 4 5 6 7 8 9; do ln -s $((n+1)) $n; done; ln -s "$SECRET_FILE" 10',
        "sh",
        judge=_refused("1", "5", "10"),
    ),
    Attack(
        "race",
        "swap a folder for a link while the host uses it",
        """
import os, threading
os.mkdir("swapped"); open("swapped/passwd", "w").write("mine"); os.symlink("/etc", "other")
def swap():
    while True:
        os.rename("swapped", "mine"); os.rename("other", "swapped")
        os.rename("swapped", "other"); os.rename("mine", "swapped")
threading.Thread(target=swap, daemon=True).start()
""",
        "cell",
        judge=_race,
    ),
    Attack(
        "pipes",
        "have the host wait for a pipe's other end",
        "mkfifo pipe; ln -s pipe link",
        "sh",
        judge=_unread("pipe", "link"),
    ),
    Attack(
        "device links",
        "have the host read without end",
        "ln -s /dev/zero zero; ln -s /dev/stdin in; ln -s /dev/tty tty; ln -s /dev/full full",
        "sh",
        judge=_refused("zero", "in", "tty", "full"),
    ),
    Attack(
        "sockets in the workspace",
        "have the host open a socket",
        """
import socket
try:
    socket.socket(socket.AF_UNIX).bind("socket")
except OSError:
    pass
""",
        judge=_unread("socket"),
    ),
    Attack(
        "odd names",
        "use names that are no names",
        "true",
        "sh",
        judge=_refused("a\0b", "\0", "x" * 300, "d/" * 3000 + "x", "x" * 5000, "a/" + "\0" * 3),
    ),
    Attack(
        "odd entries",
        "have the host take pipes, sockets, odd names and deep folders for files",
        """
import socket
os.mkfifo("pipe")
try:
    socket.socket(socket.AF_UNIX).bind("socket")
except OSError:
    pass
for name in (b"\\xff\\xfe", b"new\\nline", b"-rf", b"*", b" ", b"x" * 255, b"\\x1b[31m"):
    open(name, "w").close()
os.symlink("pipe", "link"); os.symlink("nowhere", "dangling"); os.symlink(".", "here")
os.chmod("link", 0o600) if os.path.exists("link") and os.access("/proc", 4) else None
""",
        judge=_snapshot,
    ),
    Attack(
        "unreadable entries",
        "have the host fail at what cannot be read",
        """
os.makedirs("a/b/c"); open("a/b/c/d", "w").write("x"); open("e", "w").write("x")
for name in ("a/b/c/d", "e", "a/b/c", "a/b", "a"):
    descriptor = os.open(name, os.O_RDONLY)
    os.fchmod(descriptor, 0)
""",
        judge=_snapshot,
    ),
    Attack(
        "huge file",
        "have the host read more than it has",
        "truncate -s 100G huge; truncate -s 120M huge; true",
        "sh",
        judge=_huge,
    ),
    Attack(
        "deep paths",
        "have the host fail at what lies too deep",
        """
for n in range(3000):
    os.mkdir("deep")
    os.chdir("deep")
""",
        judge=_snapshot,
    ),
    Attack(
        "no workspace",
        "take away what the host works in",
        'chmod 000 "$HOME"; rmdir "$HOME"; mv "$HOME" "$TMPDIR/x"; true',
        "sh",
        judge=_still_there,
    ),
)
