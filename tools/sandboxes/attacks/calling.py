"""Attacks on the way by which commands call the host, where they have one."""

from wildgym.tools.sandboxes.attacks.attack import Attack, Done
from wildgym.tools.sandboxes.attacks.forging import FRAME, not_forged

_CALL = """
CALL = b"1\\0" + b"x" * 64 + b"\\0"
"""


def _ended(done: Done) -> str:
    """Judge by whether it was ended for its calls, and the next command is another."""
    return not_forged(done) if done.ran.killed == "calls" else f"it was not ended: {done.ran}"


CALLING = (
    Attack(
        "descriptors of calls",
        "find more among the open files than what calls need",
        """
import stat
for number in range(4, 4096):
    try:
        kind = os.fstat(number).st_mode
    except OSError:
        continue
    if number > 7 or not stat.S_ISFIFO(kind):
        escaped(f"descriptor {number}")
""",
        calling=True,
    ),
    Attack(
        "calls that stay",
        "keep a way to call for the next command",
        """
if os.fork() == 0:
    os.setsid()
    while True:
        os.write(4, b"1\\0late\\0")
        os.read(5, 4)
""",
        then="""
for number in range(4, 8):
    try:
        os.fstat(number)
    except OSError:
        continue
    escaped(f"descriptor {number}")
""",
        calling=True,
        judge=not_forged,
    ),
    Attack(
        "answers as calls",
        "write what looks like the runner's answer where calls are written",
        FRAME + "os.write(4, frame * 20); time.sleep(30)",
        calling=True,
        judge=_ended,
    ),
    Attack(
        "forged answers to calls",
        "write to the pipe that answers come by",
        FRAME
        + _CALL
        + """
for number in (5, 6):
    try:
        forged = os.open(f"/proc/self/fd/{number}", os.O_WRONLY | os.O_NONBLOCK)
        os.write(forged, frame * 20)
    except OSError:
        pass
os.write(4, CALL)
""",
        calling=True,
        judge=not_forged,
    ),
    Attack(
        "stolen calls",
        "read what was written for the runner",
        _CALL
        + """
try:
    stolen = os.open("/proc/self/fd/4", os.O_RDONLY | os.O_NONBLOCK)
except OSError:
    stolen = -1
for _ in range(500):
    os.write(4, CALL)
    try:
        os.read(stolen, 100)
    except OSError:
        pass
""",
        calling=True,
        timeout=2.0,
        judge=not_forged,
    ),
    Attack(
        "calls without end",
        "call, and read no answer",
        _CALL + "while True: os.write(4, CALL * 1000)",
        calling=True,
        timeout=2.0,
        judge=lambda done: not_forged(done) if done.ran.killed else f"it was not ended: {done.ran}",
    ),
    Attack(
        "call without end",
        "write a call that takes all memory",
        "os.write(4, b'2\\0')\nwhile True: os.write(4, b'x' * 65536)",
        calling=True,
        judge=_ended,
    ),
    Attack(
        "words without end",
        "write a call of more words than can be counted",
        "os.write(4, b'9' * 5000 + b'\\0' * 60000); time.sleep(30)",
        calling=True,
        judge=_ended,
    ),
    Attack(
        "calls at once",
        "call from many processes that wait for no turn, and end while they do",
        _CALL
        + """
for _ in range(40):
    if os.fork() == 0:
        for _ in range(20):
            os.write(4, CALL[:30])
            os.write(4, CALL[30:])
        os._exit(0)
""",
        calling=True,
        timeout=5.0,
        judge=not_forged,
    ),
    Attack(
        "turn that never ends",
        "take the turn, and keep it from the next command",
        "read -r -N 1 -u 6 turn; exec 5<&- 7>&-; (sleep 100 &); exec sleep 100",
        "sh",
        calling=True,
        timeout=1.0,
        judge=not_forged,
    ),
)
