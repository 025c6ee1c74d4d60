"""Attacks that gain privileges, or surface of the kernel's."""

from wildgym.tools.sandboxes.attacks.attack import Attack

PRIVILEGES = (
    Attack(
        "identity",
        "be root, have capabilities, or be able to get either",
        """
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
held = (ctypes.c_uint32 * 6)()
libc.capget(header, held)
if any(held):
    escaped(f"capabilities {list(held)}")
if 0 in os.getresuid() + os.getresgid() or os.getgroups() not in ([], [os.getgid()]):
    escaped(f"user {os.getresuid()}, groups {os.getresgid()} {os.getgroups()}")
if libc.prctl(39, 0, 0, 0, 0) != 1:
    escaped("privileges can be gained")
if libc.prctl(21, 0, 0, 0, 0) != 2:
    escaped("no filter of system calls")
""",
        control=True,
    ),
    Attack(
        "capabilities by system call",
        "take capabilities",
        """
header = (ctypes.c_uint32 * 2)(0x20080522, 0)
for number in range(6):
    wanted = (ctypes.c_uint32 * 6)(*([0xFFFFFFFF if n == number else 0 for n in range(6)]))
    tries("capset", lambda: checked(libc.capset(header, wanted)))
tries("ambient", lambda: checked(libc.prctl(47, 2, 21, 0, 0)))
tries("securebits", lambda: checked(libc.prctl(28, 0, 0, 0, 0)))
tries("privileges again", lambda: checked(libc.prctl(38, 0, 0, 0, 0)))
""",
    ),
    Attack(
        "other users",
        "become another user",
        """
for number in (0, 1, 33, 65534):
    tries(f"setuid {number}", lambda: os.setuid(number))
    tries(f"setgid {number}", lambda: os.setgid(number))
    tries(f"setresuid {number}", lambda: os.setresuid(-1, number, -1))
tries("setgroups", lambda: os.setgroups([0]))
tries("chown", lambda: (open("mine", "w"), os.chown("mine", 0, 0)))
""",
    ),
    Attack(
        "setuid programs",
        "become root by a program that does",
        """
for program in su sudo pkexec passwd newgrp chsh gpasswd mount umount fusermount3 ping bwrap; do
    found=$(command -v $program) && [ -u "$found" ] && echo "$found"
done
for try in "su -c id" "sudo -n id" "pkexec id" "newgrp root -c id" "bwrap --dev-bind / / id"; do
    timeout 2 $try </dev/null 2>/dev/null | grep -q uid=0 && echo "ESCAPED $try"
done
cp /usr/bin/id mine; chmod 6755 mine; ./mine | grep -q uid=0 && echo "ESCAPED mine"
true
""",
        "sh",
    ),
    Attack(
        "user namespace",
        "become root in a namespace of one's own",
        """
for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000):
    tries(f"unshare {flag:x}", lambda: system("unshare", flag))
def born(result):
    if result == 0:
        os._exit(0)
    return result
tries("clone", lambda: born(system("clone", 0x10000000 | 17, 0, 0, 0, 0)))
arguments = (ctypes.c_uint64 * 11)(0x10000000, 0, 0, 0, 17)
tries("clone3", lambda: born(system("clone3", arguments, 88)))
""",
    ),
    Attack(
        "mounts",
        "mount something, by the old calls or the new",
        """
tries("mount", lambda: checked(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)))
tries("bind", lambda: checked(libc.mount(b"/", b"/tmp", None, 4096, None)))
tries("remount", lambda: checked(libc.mount(None, b"/", None, 32, None)))
tries("umount", lambda: checked(libc.umount2(b"/proc", 2)))
tries("fsopen", lambda: system("fsopen", b"tmpfs", 0))
tries("open_tree", lambda: system("open_tree", -100, b"/", 1))
tries("move_mount", lambda: system("move_mount", -100, b"/tmp", -100, b"/tmp", 0))
""",
    ),
    Attack(
        "roots",
        "change what the root folder is",
        """
os.mkdir("root")
tries("chroot", lambda: os.chroot("root"))
tries("pivot_root", lambda: system("pivot_root", b".", b"root"))
""",
    ),
    Attack(
        "keys",
        "use the kernel's keyrings, which no namespace divides",
        """
tries("add_key", lambda: system("add_key", b"user", b"name", b"data", 4, -3))
tries("keyctl", lambda: system("keyctl", 0, -4, 1))
tries("request_key", lambda: system("request_key", b"user", b"name", None, -3))
""",
    ),
    Attack(
        "kernel surface",
        "use calls that escapes have been built from",
        """
buffer = ctypes.create_string_buffer(256)
tries("bpf", lambda: system("bpf", 0, buffer, 120))
tries("io_uring", lambda: system("io_uring_setup", 8, buffer))
tries("perf", lambda: system("perf_event_open", buffer, 0, -1, -1, 0))
tries("userfaultfd", lambda: system("userfaultfd", 0))
tries("userfaultfd, user mode", lambda: system("userfaultfd", 1))
tries("fanotify", lambda: system("fanotify_init", 0, 0))
tries("vmsplice", lambda: system("vmsplice", os.pipe()[1], buffer, 0, 0))
tries("memfd_secret", lambda: system("memfd_secret", 0))
tries("modify_ldt", lambda: system("modify_ldt", 0, buffer, 16) or 1)
tries("mbind", lambda: system("get_mempolicy", None, None, 0, None, 0))
""",
        control=True,
    ),
    Attack(
        "machine",
        "change the machine: its modules, clock, name or power",
        """
buffer = ctypes.create_string_buffer(256)
zero = os.open("/dev/zero", os.O_RDONLY)
for name, *arguments in (
    ("init_module", buffer, 256, b""), ("finit_module", zero, b"", 0), ("delete_module", b"x", 0),
    ("kexec_load", 0, 0, None, 0), ("clock_settime", 0, buffer), ("settimeofday", buffer, None),
    ("sethostname", b"x", 1), ("setdomainname", b"x", 1), ("swapon", b"/x", 0), ("acct", None),
    ("reboot", 0, 0, 0), ("iopl", 3), ("ioperm", 0, 1, 1), ("quotactl", 0, None, 0, None),
):
    result = outcome(name, *arguments)
    if result not in (errno.EPERM, errno.ENOSYS):
        escaped(f"{name}: {result}")
""",
        "python",
    ),
    Attack(
        "terminal",
        "type into a terminal, in ways that a careless filter lets through",
        """
try:
    master, slave = os.openpty()
except OSError:
    master, slave = os.pipe()
for command in (0x5412, 0x5412 | 1 << 32, 0x541C, 0x541C | 1 << 32):
    number = ctypes.c_ulong(command)
    tries(f"{command:x}", lambda: system("ioctl", slave, number, ctypes.c_char_p(b"x")))
""",
    ),
    Attack(
        "personality",
        "switch protections off",
        """
for number in (0x0040000, 0x0400000, 0x0100000):
    tries(f"personality {number:x}", lambda: system("personality", number))
""",
        control=True,
    ),
    Attack(
        "other calling conventions",
        "go around the filter by the calls of other architectures",
        """
import mmap, platform
if platform.machine() == "x86_64":
    if ctypes.get_errno() or libc.syscall(0x40000000 + 39) > 0:
        escaped("x32")
    child = os.fork()
    if child == 0:
        # mov eax, 20 (getpid); int 0x80; ret
        code = bytes([0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0xC3])
        memory = mmap.mmap(-1, 4096, prot=7)
        memory.write(code)
        function = ctypes.CFUNCTYPE(ctypes.c_int)(
            ctypes.addressof(ctypes.c_char.from_buffer(memory)))
        os._exit(0 if function() == os.getpid() else 1)
    if os.waitpid(child, 0)[1] == 0:
        escaped("i386")
""",
    ),
    Attack(
        "devices",
        "make a device file",
        """
tries("character device", lambda: os.mknod("device", 0o020666, os.makedev(1, 1)))
tries("block device", lambda: os.mknod("device", 0o060666, os.makedev(253, 0)))
""",
    ),
    Attack(
        "urgency",
        "take the processor from everyone else",
        """
tries("nice", lambda: os.setpriority(os.PRIO_PROCESS, 0, -20))
tries("real time", lambda: os.sched_setscheduler(0, 1, os.sched_param(99)))
tries("no end by memory", lambda: os.write(os.open("/proc/self/oom_score_adj", 1), b"-1000"))
""",
    ),
    Attack(
        "limits",
        "lift one's own limits",
        """
import resource
for name in ("NOFILE", "NPROC", "FSIZE", "CORE", "DATA", "MEMLOCK"):
    number = getattr(resource, "RLIMIT_" + name)
    soft, hard = resource.getrlimit(number)
    if hard == resource.RLIM_INFINITY and name != "NPROC":
        escaped(f"{name} is unlimited")
    elif hard != resource.RLIM_INFINITY:
        tries(name, lambda: resource.setrlimit(number, (hard + 1, hard + 1)))
""",
        control=True,
    ),
    Attack(
        "core",
        "leave a core dump",
        """
child = os.fork()
if child == 0:
    os.kill(os.getpid(), 11)
if os.WCOREDUMP(os.waitpid(child, 0)[1]):
    escaped("dumped")
""",
    ),
    Attack(
        "file capabilities",
        "give a program capabilities",
        """
open("program", "w").close()
value = b"\\x01\\x00\\x00\\x02" + b"\\xff" * 16
for name in ("security.capability", "trusted.x", "user.x", "system.posix_acl_access"):
    tries(name, lambda: os.setxattr("program", name, value))
""",
    ),
)
