"""What an attack is: code that an agent could run, and how to tell whether it got through."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from wildgym.tools.sandboxes.attacks.place import Place
from wildgym.tools.sandboxes.client import Sandbox
from wildgym.tools.sandboxes.core import Ran

MARK = b"ESCAPED"
"""What the code of an attack prints when it got through, and why."""

_SLACK_SECONDS = 10.0


@dataclass(frozen=True)
class Done:
    """An attack that has run.

    Attributes:
        ran: What came of it.
        seconds: How long that took.
        place: What there was to attack on the host.
        sandbox: Where it ran.
    """

    ran: Ran
    seconds: float
    place: Place
    sandbox: Sandbox

    @property
    def said(self) -> bytes:
        """All that it wrote."""
        return self.ran.stdout + self.ran.stderr


Judge = Callable[[Done], str]
"""Returns how an attack got through, or an empty string."""


def contained(done: Done) -> str:
    """Judge by what the attack says, and by what only the host's files hold."""
    for line in done.said.splitlines():
        if line.startswith(MARK):
            return line.decode(errors="replace")
    return "the host's secret was read" if done.place.secret.encode() in done.said else ""


@dataclass(frozen=True)
class Attack:
    """One attack.

    Attributes:
        name: What it goes by.
        tries: What it tries, in words.
        code: What an agent could run.
        language: A shell's, or Python in a fresh or the persistent interpreter.
        judge: Whether it got through, beside what `contained` finds.
        timeout: Seconds that it has.
        then: Code that runs after the sandbox was put back, by the same rules: what it can find
            was carried from one episode to the next.
        control: Whether it is tried on the host itself, too, by an ordinary user, where it must get
            through, or the detector is worth nothing. Only what does no harm when it does.
        calling: Whether it has a way to make calls of the host, which are answered by an echo.
    """

    name: str
    tries: str
    code: str
    language: Literal["sh", "python", "cell"] = "python"
    judge: Judge = field(default=contained)
    timeout: float = 10.0
    then: str = ""
    control: bool = False
    calling: bool = False


def finding(done: Done, judge: Judge, timeout: float) -> str:
    """Return how an attack got through; an empty string if it did not."""
    late = done.seconds > timeout + _SLACK_SECONDS
    overdue = f"it went on for {done.seconds:.1f} s of {timeout:.1f} s" if late else ""
    return contained(done) or judge(done) or overdue
