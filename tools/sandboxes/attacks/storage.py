"""Attacks that use up what can be stored, or put it out of reach of being counted or cleared."""

from wildgym.tools.sandboxes.attacks.attack import Attack
from wildgym.tools.sandboxes.attacks.resources import most
from wildgym.tools.sandboxes.core import MEBIBYTE

_WRITABLE = """
folders = [folder for folder in (os.environ["PYTHONPATH"], "/dev/shm", "/dev/mqueue",
           os.environ["TMPDIR"], os.environ["HOME"]) if os.access(folder, os.W_OK)]
"""

STORAGE = (
    Attack(
        "full disk",
        "fill every folder",
        _WRITABLE
        + """
reached = 0
for folder in folders:
    for n in range(40):
        try:
            with open(f"{folder}/{n}", "wb", buffering=0) as file:
                for _ in range(64):
                    reached += file.write(bytes(1 << 20))
        except OSError:
            break
"""
        + most(400 * MEBIBYTE),
        timeout=30.0,
    ),
    Attack(
        "one huge file",
        "write a file without end",
        "head -c 3G /dev/zero >huge; [ $(stat -c %s huge) -gt 300000000 ] && echo ESCAPED; true",
        "sh",
        timeout=30.0,
    ),
    Attack(
        "hidden files",
        "fill the disk with files that have no name any more",
        """
import tempfile
held, reached = [], 0
try:
    for n in range(40):
        held.append(tempfile.TemporaryFile(dir="."))
        for _ in range(32):
            reached += held[-1].write(bytes(1 << 20))
            held[-1].flush()
        time.sleep(0.03)
except OSError:
    pass
"""
        + most(400 * MEBIBYTE),
        timeout=30.0,
    ),
    Attack(
        "files of secretive processes",
        "fill the disk with files that have no name, and show nobody that they are open",
        """
import tempfile
libc.prctl(4, 0, 0, 0, 0)
held, reached = [], 0
try:
    for n in range(40):
        held.append(tempfile.TemporaryFile(dir="."))
        for _ in range(32):
            reached += held[-1].write(bytes(1 << 20))
            held[-1].flush()
        time.sleep(0.03)
except OSError:
    pass
"""
        + most(400 * MEBIBYTE),
        timeout=30.0,
    ),
    Attack(
        "files in locked folders",
        "fill the disk where nobody can look",
        """
reached = 0
os.mkdir("locked")
folder = os.open("locked", os.O_RDONLY)
os.fchmod(folder, 0o311)
try:
    for n in range(20):
        with open(f"locked/{n}", "wb", buffering=0) as file:
            for _ in range(64):
                reached += file.write(bytes(1 << 20))
        time.sleep(0.03)
except OSError:
    pass
"""
        + most(400 * MEBIBYTE),
        timeout=30.0,
    ),
    Attack(
        "files in deep folders",
        "fill the disk too deep to look",
        """
reached = 0
try:
    for n in range(50):
        os.mkdir("d" * 100)
        os.chdir("d" * 100)
    for n in range(20):
        with open(str(n), "wb", buffering=0) as file:
            for _ in range(64):
                reached += file.write(bytes(1 << 20))
        time.sleep(0.03)
except OSError:
    pass
"""
        + most(400 * MEBIBYTE),
        timeout=30.0,
    ),
    Attack(
        "a million files",
        "use up the file system's inodes",
        """
reached = 0
try:
    for folder in range(1000):
        os.mkdir(f"many-{folder}")
        for n in range(1000):
            os.close(os.open(f"many-{folder}/{n}", os.O_CREAT | os.O_WRONLY))
            reached += 1
            if reached > 100_000: escaped(f"{reached} files")
except OSError:
    pass
""",
        timeout=30.0,
    ),
    Attack(
        "a million folders elsewhere",
        "use up the inodes of other folders that can be written to",
        _WRITABLE
        + """
for folder in folders:
    reached = 0
    try:
        for n in range(200_000):
            os.mkdir(f"{folder}/many-{n}")
            reached += 1
            if reached > 100_000: escaped(f"{reached} in {folder}")
    except OSError:
        pass
""",
        timeout=30.0,
    ),
    Attack(
        "deep folders",
        "build what a careless removal cannot remove",
        """
for n in range(3000):
    os.mkdir("d" * 100)
    os.chdir("d" * 100)
os.chmod(".", 0)
""",
    ),
    Attack(
        "locked folders",
        "take every permission away",
        "mkdir -p a/b/c; echo x >a/b/c/d; chmod 000 a/b/c/d a/b/c a/b a .; true",
        "sh",
    ),
    Attack(
        "open files",
        "open a hundred thousand files",
        """
reached = 0
try:
    for reached in range(100_000):
        os.open("/dev/null", os.O_RDONLY)
except OSError:
    pass
"""
        + most(1024),
    ),
)
