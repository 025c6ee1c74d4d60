"""Attacks that use up time, processes, memory, and the patience of who reads the output."""

from wildgym.tools.sandboxes.attacks.attack import Attack, Done


def most(count: float) -> str:
    """Return the line of code that compares what was reached with what is allowed."""
    return f"\nif reached > {count!r}: escaped(f'{{reached}} of {count!r}')\n"


def _bounded_output(done: Done) -> str:
    kept = len(done.ran.stdout) + len(done.ran.stderr)
    return f"{kept} bytes of output" if kept > 3 * done.sandbox.limits.output else ""


def _timed_out(done: Done) -> str:
    return "" if done.ran.killed == "time" else "it was not killed for its time"


def _killed(done: Done) -> str:
    return "" if done.ran.killed else "it was not killed"


# Many processes hold something as often as they can, and count it where their parent sees it.
_FILLERS = """
import fcntl, mmap, socket
kept = []
counts = memoryview(mmap.mmap(-1, 4096)).cast("Q")
def filled(fill):
    for n in range(60):
        try:
            if os.fork() == 0:
                try:
                    while True:
                        for count in fill():
                            counts[n] += count
                except OSError:
                    time.sleep(100)
        except OSError:
            break
    for _ in range(50):
        time.sleep(0.1)
        if sum(counts) > 1 << 30:
            escaped(f"{sum(counts) >> 20} MiB")
            break
"""

RESOURCES = (
    Attack(
        "fork bomb",
        "fork without end",
        """
while True:
    try:
        os.fork()
    except OSError:
        pass
""",
        timeout=2.0,
        judge=_killed,
    ),
    Attack(
        "fork bomb of a shell",
        "fork without end, and let go of the first process",
        "bomb() { bomb | bomb & }; bomb; sleep 100",
        "sh",
        timeout=2.0,
    ),
    Attack(
        "fork bomb of sessions",
        "fork without end, and ask for a fair share for each process",
        """
while True:
    try:
        if os.fork() == 0:
            os.setsid()
    except OSError:
        pass
""",
        timeout=2.0,
        judge=_killed,
    ),
    Attack(
        "threads that map",
        "keep all memory maps busy, so that nobody can look into them",
        """
import mmap, threading
def turn():
    while True:
        mmap.mmap(-1, 1 << 24).close()
for n in range(12):
    if os.fork() == 0:
        break
for n in range(6):
    threading.Thread(target=turn).start()
""",
        timeout=2.0,
        judge=_killed,
    ),
    Attack(
        "many processes",
        "have a thousand processes at once",
        """
reached = 0
try:
    for reached in range(1000):
        if os.fork() == 0:
            time.sleep(100)
except OSError:
    pass
"""
        + most(100),
    ),
    Attack(
        "many threads",
        "have a thousand threads at once",
        """
import threading
reached = 0
try:
    for reached in range(1000):
        threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
except RuntimeError:
    pass
"""
        + most(100)
        + "sys.stdout.flush(); os._exit(0)",
    ),
    Attack(
        "memory of one process",
        "hold four gibibytes",
        """
held = []
for reached in range(64):
    held.append(bytearray(b"x" * (64 << 20)))
    if reached > 12: escaped(f"{64 * reached} MiB")
""",
        timeout=20.0,
    ),
    Attack(
        "memory of secretive processes",
        "hold memory that nobody can look into",
        """
import mmap
libc.prctl(4, 0, 0, 0, 0)
counts = memoryview(mmap.mmap(-1, 4096)).cast("Q")
for n in range(16):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20) * 128)
        counts[n] = 1
        time.sleep(100)
for _ in range(30):
    time.sleep(0.1)
    if sum(counts) > 10: escaped("more than a gibibyte")
""",
        timeout=20.0,
    ),
    Attack(
        "memory of many processes",
        "hold memory in many processes, none of which has much",
        """
for n in range(16):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20) * 96)
        time.sleep(1.5)
        open(f"held-{n}", "w").close()
        os._exit(0)
time.sleep(2.5)
reached = len([name for name in os.listdir() if name.startswith("held")])
"""
        + most(8),
        timeout=20.0,
    ),
    Attack(
        "memory of ninety processes",
        "have the runner killed in place of many small processes",
        """
for n in range(90):
    try:
        if os.fork() == 0:
            held = bytearray(os.urandom(1 << 20) * 16)
            time.sleep(3)
            os._exit(0)
    except OSError:
        break
time.sleep(3)
""",
        timeout=20.0,
    ),
    Attack(
        "memory of sockets",
        "hold memory that belongs to no process",
        _FILLERS
        + """
def fill():
    pair = socket.socketpair()
    kept.append(pair)
    for end in pair:
        end.setblocking(False)
        try:
            while True:
                yield end.send(bytes(4096))
        except OSError:
            pass
filled(fill)
""",
        timeout=20.0,
    ),
    Attack(
        "memory of pipes",
        "hold memory in pipes",
        _FILLERS
        + """
def fill():
    reading, writing = os.pipe()
    kept.append(reading)
    try:
        fcntl.fcntl(writing, 1031, 1 << 20)
    except OSError:
        pass
    os.set_blocking(writing, False)
    try:
        while True:
            yield os.write(writing, bytes(65536))
    except BlockingIOError:
        pass
filled(fill)
""",
        timeout=20.0,
    ),
    Attack(
        "busy",
        "use the processor without end",
        "while True: pass",
        timeout=1.0,
        judge=_timed_out,
    ),
    Attack(
        "asleep",
        "do nothing without end",
        "sleep 1000",
        "sh",
        timeout=1.0,
        judge=_timed_out,
    ),
    Attack(
        "flood",
        "write without end",
        "yes | tr -d '\\n'",
        "sh",
        timeout=5.0,
        judge=_bounded_output,
    ),
    Attack(
        "flood of errors",
        "write without end to both, from many processes",
        "for n in 1 2 3 4; do (yes >&2) & (yes) & done; sleep 100",
        "sh",
        timeout=5.0,
        judge=_bounded_output,
    ),
    Attack(
        "flood of a cell",
        "write without end from the persistent interpreter",
        "while True: print('x' * 10000)",
        "cell",
        timeout=5.0,
        judge=_bounded_output,
    ),
    Attack(
        "long command",
        "ask for more than a program can be started with",
        "true " + "x" * 300_000,
        "sh",
        judge=lambda done: "" if done.ran.exit_code == 126 else f"{done.ran.exit_code}",
    ),
    Attack(
        "orphans",
        "leave hundreds of dead children to somebody",
        """
for n in range(300):
    try:
        if os.fork() == 0:
            if os.fork() == 0:
                os._exit(0)
            os._exit(0)
        os.wait()
    except OSError:
        break
""",
        timeout=20.0,
    ),
    Attack(
        "endless cell",
        "never come back to the persistent interpreter's host",
        """
import time
while True:
    try:
        time.sleep(100)
    except BaseException:
        pass
""",
        "cell",
        timeout=1.0,
        judge=_timed_out,
    ),
)
