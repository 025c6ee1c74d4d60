"""The system calls that a sandbox denies, as a BPF program: no libseccomp needed.

A deny list beneath the namespaces: what is not namespaced (keyrings, io_uring, vsock), what widens
the kernel's surface (namespaces, bpf, perf, userfaultfd), and what would outlive an episode (SysV
IPC, extended attributes).
"""

import errno
import platform
import struct
from collections.abc import Iterable, Mapping

_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NEW_NAMESPACES = 0x7E020000
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16

# Numbers that both architectures share, since the calls came after 2019.
_SHARED = {
    "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "open_tree": 428,
    "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "pidfd_open": 434, "clone3": 435, "pidfd_getfd": 438, "process_madvise": 440,
    "mount_setattr": 442, "quotactl_fd": 443, "memfd_secret": 447, "fchmodat2": 452,
    "setxattrat": 463, "removexattrat": 466, "open_tree_attr": 467, "file_setattr": 469,
}  # fmt: skip
NUMBERS: Mapping[str, Mapping[str, int]] = {
    "x86_64": _SHARED | {
        "kill": 62, "rt_sigqueueinfo": 129, "tkill": 200, "tgkill": 234, "rt_tgsigqueueinfo": 297,
        "ioctl": 16, "shmget": 29, "shmat": 30, "shmctl": 31, "socket": 41, "socketpair": 53,
        "clone": 56, "semget": 64, "semop": 65, "semctl": 66, "msgget": 68, "msgsnd": 69,
        "msgrcv": 70, "msgctl": 71, "chmod": 90, "chown": 92, "lchown": 94, "ptrace": 101,
        "syslog": 103, "utime": 132, "mknod": 133, "uselib": 134, "personality": 135,
        "ustat": 136, "sysfs": 139, "setpriority": 141, "sched_setparam": 142,
        "sched_setscheduler": 144, "vhangup": 153, "modify_ldt": 154, "pivot_root": 155,
        "prctl": 157, "adjtimex": 159, "chroot": 161, "acct": 163, "settimeofday": 164,
        "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168, "reboot": 169,
        "sethostname": 170, "setdomainname": 171, "iopl": 172, "ioperm": 173,
        "create_module": 174, "init_module": 175, "delete_module": 176, "get_kernel_syms": 177,
        "query_module": 178, "quotactl": 179, "nfsservctl": 180, "setxattr": 188,
        "lsetxattr": 189, "fsetxattr": 190, "removexattr": 197, "lremovexattr": 198,
        "sched_setaffinity": 203, "lookup_dcookie": 212, "semtimedop": 220, "clock_settime": 227,
        "utimes": 235, "mbind": 237, "set_mempolicy": 238, "get_mempolicy": 239, "mq_open": 240,
        "kexec_load": 246, "add_key": 248, "request_key": 249, "keyctl": 250, "ioprio_set": 251,
        "inotify_add_watch": 254, "migrate_pages": 256, "mknodat": 259, "fchownat": 260,
        "futimesat": 261, "fchmodat": 268, "unshare": 272, "vmsplice": 278, "move_pages": 279,
        "utimensat": 280, "perf_event_open": 298, "fanotify_init": 300, "prlimit64": 302,
        "name_to_handle_at": 303, "open_by_handle_at": 304, "clock_adjtime": 305, "setns": 308,
        "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312, "finit_module": 313,
        "sched_setattr": 314, "memfd_create": 319, "kexec_file_load": 320, "bpf": 321,
        "userfaultfd": 323,
    },
    "aarch64": _SHARED | {
        "kill": 129, "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240,
        "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "removexattr": 14, "lremovexattr": 15,
        "inotify_add_watch": 27, "ioctl": 29, "ioprio_set": 30, "mknodat": 33, "umount2": 39,
        "mount": 40, "pivot_root": 41, "nfsservctl": 42, "chroot": 51, "fchmodat": 53,
        "fchownat": 54, "vhangup": 58, "quotactl": 60, "vmsplice": 75, "utimensat": 88,
        "acct": 89, "personality": 92, "unshare": 97, "kexec_load": 104, "init_module": 105,
        "delete_module": 106, "clock_settime": 112, "syslog": 116, "ptrace": 117,
        "sched_setparam": 118, "sched_setscheduler": 119, "sched_setaffinity": 122,
        "setpriority": 140, "reboot": 142, "sethostname": 161, "setdomainname": 162, "prctl": 167,
        "settimeofday": 170, "adjtimex": 171, "mq_open": 180, "msgget": 186, "msgctl": 187,
        "msgrcv": 188, "msgsnd": 189, "semget": 190, "semctl": 191, "semtimedop": 192,
        "semop": 193, "shmget": 194, "shmctl": 195, "shmat": 196, "socket": 198,
        "socketpair": 199, "add_key": 217, "request_key": 218, "keyctl": 219, "clone": 220,
        "swapon": 224, "swapoff": 225, "mbind": 235, "get_mempolicy": 236, "set_mempolicy": 237,
        "migrate_pages": 238, "move_pages": 239, "perf_event_open": 241, "prlimit64": 261,
        "fanotify_init": 262, "name_to_handle_at": 264, "open_by_handle_at": 265,
        "clock_adjtime": 266, "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271,
        "kcmp": 272, "finit_module": 273, "sched_setattr": 274, "memfd_create": 279, "bpf": 280,
        "userfaultfd": 282, "kexec_file_load": 294,
    },
}  # fmt: skip

DENIED = (
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd", "kcmp"),
    *("mount", "umount2", "pivot_root", "chroot", "open_tree", "open_tree_attr", "move_mount"),
    *("fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "unshare", "setns"),
    *("bpf", "perf_event_open", "userfaultfd", "fanotify_init", "memfd_secret", "memfd_create"),
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "vmsplice"),
    *("add_key", "request_key", "keyctl", "name_to_handle_at", "open_by_handle_at"),
    *("init_module", "finit_module", "delete_module", "create_module", "kexec_load"),
    *("kexec_file_load", "get_kernel_syms", "query_module", "uselib", "sysfs", "ustat"),
    *("swapon", "swapoff", "reboot", "acct", "quotactl", "quotactl_fd", "nfsservctl"),
    *("settimeofday", "clock_settime", "adjtimex", "clock_adjtime", "syslog", "vhangup"),
    *("sethostname", "setdomainname", "iopl", "ioperm", "modify_ldt", "lookup_dcookie"),
    *("mbind", "set_mempolicy", "get_mempolicy", "migrate_pages", "move_pages"),
    *("shmget", "msgget", "semget", "mq_open", "mknod", "mknodat", "ioprio_set"),
    *("setxattr", "lsetxattr", "fsetxattr", "setxattrat"),
)
"""What no agent needs, and kernels had bugs in, or would carry something into another episode."""

# What file systems may lack: programs such as `sed -i` and `cp -p` go on without it, silently.
_OPTIONAL = frozenset({"setxattr", "lsetxattr", "fsetxattr", "setxattrat"})

# What would starve or hamper the runner, which belongs to the same user.
_ON_ONESELF = (
    *("prlimit64", "sched_setparam", "sched_setscheduler", "sched_setaffinity", "sched_setattr"),
)
_RUNNER = 1
_SET_DUMPABLE = 4


_SIGNALLING = {
    **{"kill": 0, "tkill": 0, "rt_sigqueueinfo": 0, "pidfd_open": 0},
    **{"tgkill": 1, "rt_tgsigqueueinfo": 1},
}
"""Calls that lead to a signal, and which argument says to whom."""


def program(
    *,
    denied: Iterable[str] = DENIED,
    pathless: Iterable[str] = (),
    hiding: bool = True,
    families: tuple[int, ...] = (_UNIX, _INET, _INET6, _NETLINK),
    spared: int | None = None,
) -> bytes:
    """Return a filter for this machine's architecture.

    Args:
        denied: Names of calls that fail, with EPERM where no file system could be the reason.
        pathless: Names of calls that do where their second argument, a path, is given.
        hiding: Whether a process may keep what it holds and has open from its own user.
        families: Address families that `socket` may use; in an empty network namespace these
            reach nothing outside.
        spared: A thread that no signal may be sent to, if there is one.

    Raises:
        KeyError: The architecture is neither x86-64 nor 64-bit ARM.
    """
    machine = platform.machine()
    numbers = NUMBERS[machine]
    parts = [_load(4), _equal(_AUDIT[machine], 1, 0), _return(_KILL), _load(0)]
    if machine == "x86_64":
        # The x32 numbers would go around every rule below.
        parts += [_instruction(0x35, 0, 1, 0x40000000), _return(_ERRNO | errno.ENOSYS)]
    for name in denied:
        if name in numbers:
            reason = errno.ENOTSUP if name in _OPTIONAL else errno.EPERM
            parts += _rule(numbers[name], [_return(_ERRNO | reason)])
    for name in pathless:
        body = [_load(24), _equal(0, 0, 2), _load(28), _equal(0, 1, 0), *_NO]
        parts += _rule(numbers[name], body)
    if not hiding:
        body = [_load(16), _equal(_SET_DUMPABLE, 0, 3), _load(24), _equal(0, 0, 1), *_NO]
        parts += _rule(numbers["prctl"], body)
    for name, argument in _SIGNALLING.items() if spared is not None else ():
        parts += _rule(numbers[name], [_load(16 + 8 * argument), *_none_of(spared or 0)])
    # libc falls back from clone3, whose flags no filter can see, to clone.
    parts += _rule(numbers["clone3"], [_return(_ERRNO | errno.ENOSYS)])
    parts += _rule(numbers["clone"], [_load(16), _instruction(0x45, 0, 1, _NEW_NAMESPACES), *_NO])
    # A command number is 32 bits wide: comparing all 64 let TIOCSTI through (CVE-2019-10063).
    parts += _rule(numbers["ioctl"], [_load(24), *_none_of(0x5412, 0x541C)])
    for name in _ON_ONESELF:
        parts += _rule(numbers[name], [_load(16), *_one_of(0)])
    parts += _rule(
        numbers["setpriority"],
        [_load(16), _equal(0, 0, 2), _load(24), _equal(_RUNNER, 0, 1), *_NO],
    )
    parts += _rule(numbers["personality"], [_load(16), *_one_of(0, 8, 0xFFFFFFFF)])
    parts += _rule(numbers["socket"], [_load(16), *_one_of(*families)])
    parts += _rule(numbers["socketpair"], [_load(16), *_one_of(_UNIX)])
    return b"".join([*parts, _return(_ALLOW)])


def _instruction(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _load(offset: int) -> bytes:
    return _instruction(0x20, 0, 0, offset)


def _return(value: int) -> bytes:
    return _instruction(0x06, 0, 0, value)


def _equal(value: int, if_true: int, if_false: int) -> bytes:
    return _instruction(0x15, if_true, if_false, value)


_NO = (_return(_ERRNO | errno.EPERM), _return(_ALLOW))


def _rule(number: int, body: list[bytes]) -> list[bytes]:
    """Run `body`, which ends in returns, for one call."""
    return [_equal(number, 0, len(body)), *body]


def _one_of(*values: int) -> list[bytes]:
    return [*(_equal(v, len(values) - n, 0) for n, v in enumerate(values)), *_NO]


def _none_of(*values: int) -> list[bytes]:
    tests = [_equal(v, len(values) - 1 - n, 0) for n, v in enumerate(values[:-1])]
    return [*tests, _equal(values[-1], 0, 1), *_NO]
