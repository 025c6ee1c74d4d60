"""Attacks on other processes: the runner's, and the host's."""

from wildgym.tools.sandboxes.attacks.attack import Attack, Done


def _victim_lives(done: Done) -> str:
    return "a process of the host was killed" if done.place.victim.poll() is not None else ""


_TARGETS = "targets = {1, os.getppid(), int(os.environ['VICTIM'])} - {os.getpid()}\n"

PROCESSES = (
    Attack(
        "kill the host's",
        "kill a process of the host",
        'kill -KILL "$VICTIM"; kill -TERM "$VICTIM"',
        "sh",
        judge=_victim_lives,
    ),
    Attack(
        "kill everything",
        "kill all that can be reached",
        "kill -KILL -1; kill -STOP -1; kill -KILL 0",
        "sh",
        judge=_victim_lives,
    ),
    Attack(
        "kill the runner",
        "end or stop the one who watches",
        "for n in $(seq 64); do kill -$n 1; kill -$n $PPID; kill -$n -$PPID; done 2>/dev/null",
        "sh",
    ),
    Attack(
        "kill by descriptor",
        "signal the runner by other means than its number",
        _TARGETS
        + """
import fcntl, signal
for pid in targets:
    try:
        signal.pidfd_send_signal(os.pidfd_open(pid), signal.SIGKILL)
    except OSError:
        pass
    reading, writing = os.pipe()
    try:
        fcntl.fcntl(reading, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(reading, fcntl.F_SETOWN, pid)
        fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
        os.write(writing, b"x")
    except (AttributeError, OSError):
        pass
""",
        judge=_victim_lives,
    ),
    Attack(
        "trace",
        "trace another process",
        _TARGETS
        + """
for pid in targets:
    for name, number in (("attach", 16), ("seize", 0x4206)):
        tries(f"{name} {pid}", lambda: system("ptrace", number, pid, 0, 0))
""",
    ),
    Attack(
        "memory of others",
        "read and write another process's memory in one call",
        _TARGETS
        + """
buffer = ctypes.create_string_buffer(8)
ours = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 8)
theirs = (ctypes.c_size_t * 2)(id(os), 8)
for pid in targets:
    for name in ("process_vm_readv", "process_vm_writev"):
        tries(f"{name} {pid}", lambda: system(name, pid, ours, 1, theirs, 1, 0))
    tries(f"kcmp {pid}", lambda: system("kcmp", pid, os.getpid(), 1, 0, 0))
    tries(f"pidfd_getfd {pid}", lambda: system("pidfd_getfd", os.pidfd_open(pid), 0, 0))
""",
    ),
    Attack(
        "limits of the runner",
        "take descriptors, time or the processor from the runner",
        _TARGETS
        + """
import resource
for pid in targets:
    tries(f"prlimit {pid}", lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (3, 3)))
    tries(f"nice {pid}", lambda: os.setpriority(os.PRIO_PROCESS, pid, 19))
    tries(f"idle {pid}", lambda: os.sched_setscheduler(pid, 5, os.sched_param(0)))
    tries(f"processors {pid}", lambda: os.sched_setaffinity(pid, {0}))
tries("nice of all", lambda: os.setpriority(os.PRIO_USER, 0, 19))
""",
    ),
    Attack(
        "list the host's",
        "see what runs on the host",
        """
for pid in listed("/proc"):
    if pid.isdigit():
        tries(pid, lambda: "docker" in open(f"/proc/{pid}/comm").read() or 1 / 0)
        tries(pid, lambda: "kthreadd" in open(f"/proc/{pid}/comm").read() or 1 / 0)
        tries(pid, lambda: print(open(f"/proc/{pid}/cmdline").read()) or 1 / 0)
""",
        control=True,
    ),
    Attack(
        "daemon",
        "live on after the command: forked twice, in a session of its own, deaf to signals",
        """
import signal
if os.fork() == 0:
    os.setsid()
    for number in range(1, 32):
        try:
            signal.signal(number, signal.SIG_IGN)
        except OSError:
            pass
    if os.fork() == 0:
        for n in range(600):
            open("beat", "w").write(str(n))
            time.sleep(0.05)
    os._exit(0)
time.sleep(0.3)
""",
        judge=lambda done: beats(done),
    ),
    Attack(
        "headless thread",
        "live on in a thread whose process seems dead",
        """
import threading
def beat():
    for n in range(600):
        open("beat", "w").write(str(n))
        time.sleep(0.05)
if os.fork() == 0:
    os.setsid()
    threading.Thread(target=beat).start()
    libc.pthread_exit(None)
time.sleep(0.5)
""",
        judge=lambda done: beats(done),
    ),
    Attack(
        "heir",
        "catch one's own orphans, so that they are nobody else's",
        """
import signal
if os.fork() == 0:
    os.setsid()
    libc.prctl(36, 1, 0, 0, 0)
    while True:
        if os.fork() == 0:
            if os.fork() == 0:
                for n in range(100):
                    open("beat", "w").write(str(time.time()))
                    time.sleep(0.05)
            os._exit(0)
        time.sleep(0.2)
time.sleep(0.6)
""",
        judge=lambda done: beats(done),
    ),
    Attack(
        "open output",
        "keep the call waiting by holding its output open",
        "(trap '' HUP TERM; sleep 1000) & echo started",
        "sh",
        judge=lambda done: "the call waited" if done.seconds > 3 else "",
    ),
    Attack(
        "deaf",
        "go on past the timeout, deaf to signals",
        "trap '' TERM INT HUP QUIT; while :; do sleep 1000; done",
        "sh",
        timeout=1.0,
        judge=lambda done: "" if done.ran.killed == "time" else "it was not killed",
    ),
    Attack(
        "stopped",
        "never end by stopping",
        "kill -STOP $$",
        "sh",
        timeout=1.0,
        judge=lambda done: "" if done.ran.killed == "time" else "it was not killed",
    ),
)


def beats(done: Done) -> str:
    """Say whether something still writes into the workspace."""
    import time

    try:
        first = done.sandbox.read("beat")
    except OSError:
        return ""
    time.sleep(0.25)
    return "it lives on" if done.sandbox.read("beat") != first else ""
