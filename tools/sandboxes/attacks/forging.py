"""Attacks on the channel between runner and host: forged answers, and what others asked before."""

from wildgym.tools.sandboxes.attacks.attack import Attack, Done

FRAME = """
import json, struct
head = json.dumps({"exit_code": 0, "killed": "", "cut": 0, "sizes": [6, 0, 0], "out": 6}).encode()
frame = struct.pack(">II", 4 + len(head) + 6, len(head)) + head + b"FORGED"
"""
"""Code that makes an answer of the runner, a `frame`."""


def not_forged(done: Done) -> str:
    """Judge by whether the next command is answered as it should be."""
    answered = done.sandbox.run("echo genuine; exit 7")
    genuine = answered.stdout == b"genuine\n" and answered.exit_code == 7
    return "" if genuine else f"the next answer is {answered}"


FORGING = (
    Attack(
        "inherited descriptors",
        "find the channel among the open files",
        """
for number in range(4, 4096):
    try:
        os.fstat(number)
    except OSError:
        continue
    escaped(f"descriptor {number}")
for number in range(4):
    try:
        if os.readlink(f"/proc/self/fd/{number}").startswith("socket:"):
            escaped(f"descriptor {number} is a socket")
    except OSError:
        pass
""",
    ),
    Attack(
        "inherited by programs",
        "find the channel among the open files of a program",
        "for n in $(seq 4 255); do ( : >&$n ) 2>/dev/null && echo ESCAPED $n; done; true",
        "sh",
    ),
    Attack(
        "forged answer",
        "write an answer to everything that is open",
        FRAME
        + """
for number in range(4096):
    try:
        os.write(number, frame)
    except OSError:
        pass
""",
        judge=not_forged,
    ),
    Attack(
        "forged answer of a cell",
        "write an answer to everything that is open, from the persistent interpreter",
        "import os\n"
        + FRAME
        + """
for number in range(4096):
    try:
        os.write(number, frame)
    except OSError:
        pass
""",
        "cell",
        judge=not_forged,
    ),
    Attack(
        "runner's objects",
        "use what a fork still has of the runner",
        FRAME
        + """
import gc
for thing in gc.get_objects():
    for name in ("_outgoing", "incoming"):
        number = getattr(thing, name, None)
        if isinstance(number, int):
            try:
                os.write(number, frame)
                escaped(f"{thing}.{name}")
            except OSError:
                pass
""",
        judge=not_forged,
    ),
    Attack(
        "answers as output",
        "write what looks like an answer",
        FRAME + "os.write(1, frame * 100); os.write(2, frame * 100)",
        judge=not_forged,
    ),
    Attack(
        "bytes",
        "write what is no text",
        "os.write(1, bytes(range(256)) * 10)",
        judge=lambda done: "" if done.ran.stdout == bytes(range(256)) * 10 else "it was changed",
    ),
    Attack(
        "exit codes",
        "end in a way that looks like another",
        "kill -KILL $$",
        "sh",
        judge=lambda done: "" if done.ran.exit_code == 137 and not done.ran.killed else "mistaken",
    ),
    Attack(
        "dead cell",
        "end the persistent interpreter and answer in its place",
        "import os; os.fork() or os.write(4, b'\\0') or os._exit(0)",
        "cell",
        judge=not_forged,
    ),
    Attack(
        "remnants",
        "find in memory what the runner was asked before",
        # What is looked for is put together by the code, so that it does not find itself.
        "REMNANT = 'f0' + 'e1d2c3b4a5968778'",
        then="""
import re
wanted, found = re.compile(b"REMNANT = 'f0' . '([0-9a-f]{16})"), 0
for line in open("/proc/self/maps") if os.access("/proc/self/maps", os.R_OK) else ():
    region = line.split()
    if "r" in region[1] and "[v" not in line:
        low, high = (int(part, 16) for part in region[0].split("-"))
        try:
            with open("/proc/self/mem", "rb") as memory:
                memory.seek(low)
                found += len(wanted.findall(memory.read(high - low)))
        except (OSError, OverflowError, ValueError):
            continue
if found: escaped(f"{found} remnants")
""",
    ),
)
