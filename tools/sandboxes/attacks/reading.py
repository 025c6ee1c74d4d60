"""Attacks on the host's files: reading what is there, writing what lasts."""

from wildgym.tools.sandboxes.attacks.attack import Attack, Done


def _nothing_written(done: Done) -> str:
    left = sorted(path.name for path in done.place.open_folder.iterdir())
    for path in done.place.open_folder.iterdir():
        path.unlink()
    return f"on the host now: {left}" if left else ""


READING = (
    Attack(
        "shadow",
        "read the passwords",
        "cat /etc/shadow /etc/gshadow /etc/sudoers 2>/dev/null | grep -q . && echo ESCAPED",
        "sh",
    ),
    Attack("secret file", "read a file of the host", 'cat "$SECRET_FILE"', "sh", control=True),
    Attack(
        "secret by the roots of processes",
        "read a file of the host through /proc",
        'for root in /proc/[0-9]*/root /proc/[0-9]*/cwd; do cat "$root/$SECRET_FILE"; done',
        "sh",
        control=True,
    ),
    Attack(
        "secret by climbing",
        "leave the root folder by many steps up",
        'cat "../../../../../../../../../../../..$SECRET_FILE"',
        "sh",
        control=True,
    ),
    Attack(
        "hard link",
        "link a file of the host into the workspace",
        """
tries("link", lambda: os.link(os.environ["SECRET_FILE"], "linked"))
""",
    ),
    Attack(
        "host folders",
        "list homes and the folder of a secret",
        """
for folder in ("/root", "/home", os.path.dirname(os.environ["SECRET_FILE"]), "/var/lib/docker"):
    for name in listed(folder):
        escaped(f"{folder}/{name}")
""",
        control=True,
    ),
    Attack(
        "host environment",
        "read the environment of every process",
        """
for pid in listed("/proc"):
    for name in ("environ", "cmdline"):
        try:
            print(open(f"/proc/{pid}/{name}", "rb").read())
        except OSError:
            pass
print(dict(os.environ))
""",
        control=True,
    ),
    Attack(
        "memory of the runner",
        "open what the runner, or the first process, is made of",
        """
for pid in {1, os.getppid()} - {os.getpid()}:
    for name in ("mem", "maps", "environ", "auxv", "io", "pagemap"):
        tries(f"/proc/{pid}/{name}", lambda: open(f"/proc/{pid}/{name}", "rb").read(1))
    tries(f"writing /proc/{pid}/mem", lambda: open(f"/proc/{pid}/mem", "wb"))
    tries(f"/proc/{pid}/fd", lambda: os.listdir(f"/proc/{pid}/fd"))
    for name in ("root", "cwd", "exe"):
        tries(f"/proc/{pid}/{name}", lambda: os.listdir(f"/proc/{pid}/{name}/."))
        tries(f"/proc/{pid}/{name}", lambda: os.readlink(f"/proc/{pid}/{name}"))
""",
    ),
    Attack(
        "memory of the machine",
        "read kernel memory, disks and the kernel's log",
        """
import glob
for path in ("/dev/mem", "/dev/kmsg", "/proc/kcore", *glob.glob("/dev/[vs]d*"), "/dev/nvme0n1"):
    tries(path, lambda: open(path, "rb", buffering=0).read(1) or 1 / 0)
tries("syslog", lambda: system("syslog", 3, ctypes.create_string_buffer(100), 100))
""",
    ),
    Attack(
        "docker's socket",
        "ask the host's daemon for a container",
        """
import socket
for path in ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock"):
    tries(path, lambda: socket.socket(socket.AF_UNIX).connect(path))
""",
    ),
    Attack(
        "file handles",
        "open a file by its number, past all paths",
        """
handle = (ctypes.c_uint * 34)(128)
tries("name_to_handle_at", lambda: system(
    "name_to_handle_at", -100, b"/", ctypes.byref(handle), ctypes.byref(ctypes.c_int()), 0))
tries("open_by_handle_at", lambda: system("open_by_handle_at", 0, ctypes.byref(handle), 0))
""",
        control=True,
    ),
    Attack(
        "open folder",
        "write where everybody on the host may",
        'echo here >"$OPEN_FOLDER/written"; ln -s /etc/passwd "$OPEN_FOLDER/linked"',
        "sh",
        judge=_nothing_written,
        control=True,
    ),
    Attack(
        "runtime",
        "write into the runtime that other sandboxes read",
        """
for folder in ("/", "/usr/bin", "/usr/lib/python3", "/usr/local/lib", "/etc", "/lib", "/dev",
               "/proc/sys/kernel", "/sys", "/sys/fs/cgroup", "/var/tmp", "/run", "/home", "/opt"):
    tries(folder, lambda: open(folder + "/written", "w"))
for path in ("/etc/passwd", "/etc/hosts", "/etc/ld.so.cache", "/usr/bin/python3", "/bin/sh"):
    tries(path, lambda: open(path, "r+b"))
    tries(f"permissions of {path}", lambda: os.chmod(path, 0o777))
    tries(f"removing {path}", lambda: os.unlink(path))
""",
    ),
    Attack(
        "kernel settings",
        "make the kernel run something, or change how it works",
        """
for path in ("kernel/core_pattern", "kernel/modprobe", "fs/binfmt_misc/register", "vm/drop_caches",
             "kernel/hostname", "user/max_user_namespaces", "net/ipv4/ip_forward"):
    tries(path, lambda: open("/proc/sys/" + path, "w"))
for path in ("/proc/sysrq-trigger", "/sys/kernel/uevent_helper", "/proc/mtrr",
             "/sys/fs/cgroup/memory/release_agent", "/sys/fs/cgroup/cgroup.procs"):
    tries(path, lambda: open(path, "w"))
""",
    ),
    Attack(
        "writable elsewhere",
        "find any other folder that can be written to",
        """
mine = [os.environ["HOME"], os.environ["TMPDIR"], os.environ["PYTHONPATH"], "/tmp", "/work",
        "/site", "/dev/shm"]
for folder, folders, _ in os.walk("/"):
    if folder in mine or folder.startswith("/proc/"):
        folders.clear()
        continue
    name = os.path.join(folder, ".written")
    tries(folder, lambda: os.close(os.open(name, os.O_CREAT | os.O_WRONLY)))
""",
        timeout=60.0,
    ),
)
