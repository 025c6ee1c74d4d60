"""Building a bank: tasks of a codebase, made by program and validated by running.

It goes on where it was stopped, since what was tried is kept in a journal in the cache.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from wildgym.envs.cache import cache_folder
from wildgym.envs.codebase.bank import Bank, Defect
from wildgym.envs.codebase.building.choose import Killed, chosen, several
from wildgym.envs.codebase.building.confirm import confirmed
from wildgym.envs.codebase.building.journal import Journal
from wildgym.envs.codebase.building.profile import Profile, profiled
from wildgym.envs.codebase.building.screen import Candidate, Screened, candidates, screened
from wildgym.envs.codebase.catalogue import Codebase
from wildgym.envs.codebase.running import workshop
from wildgym.tools.sandboxes import Sandbox, SandboxLost, backend, digest

_TRIES_A_TASK = 8
_NOTICED_A_TASK = 3
_LOOK_EVERY = 20
_SPARE = 1.3
_VERSION = "4"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is.

    Attributes:
        codebase: The name of the codebase.
        stage: "profiling", "screening", "confirming" or "done".
        done: How many mutants were tried, or tasks confirmed.
        total: Of how many, at most.
        useful: How many mutants are noticed by tests, or tasks there are.
    """

    codebase: str
    stage: str
    done: int = 0
    total: int = 0
    useful: int = 0


Tell = Callable[[Progress], None]


def build(
    codebase: Codebase, wanted: int, *, sandbox: str = "auto", tell: Tell = lambda progress: None
) -> Bank:
    """Make tasks of a codebase.

    Args:
        codebase: Of which.
        wanted: How many tasks; there are fewer where a codebase has no more to give.
        sandbox: The name of a sandbox's backend.
        tell: Is told of progress.

    Raises:
        FetchError: It is not in the cache and cannot be had.
        UnfitError: It cannot be used.
        Unavailable: There is no such sandbox here.
    """
    with _Workplace(sandbox) as place:
        tell(Progress(codebase.name, "profiling"))
        profile = profiled(place.sandbox, codebase)
        path = cache_folder() / "builds" / f"{codebase.release}.jsonl"
        heading = f"{_VERSION} {digest(profile.tree)} {len(profile.tests)} {len(profile.calls)}"
        journal = Journal(path, heading)
        try:
            killed = _screened(place, profile, wanted, journal, tell)
        finally:
            journal.close()
        defects = _confirmed(place, profile, killed, wanted, tell)
    tell(Progress(codebase.name, "done", len(defects), wanted, len(defects)))
    used = {name for defect in defects for name in defect.entries}
    entries = {name: calls for name, calls in profile.recorded.items() if name in used}
    return Bank(profile.codebase, profile.tests, profile.left_out, entries, tuple(defects))


class _Workplace:
    """A sandbox in which tasks are made; another one where that is lost."""

    def __init__(self, name: str) -> None:
        self._backend = backend(name)
        self.sandbox = self._started()

    def __enter__(self) -> "_Workplace":
        return self

    def __exit__(self, *error: object) -> None:
        self.sandbox.close()

    def screened(self, profile: Profile, candidate: Candidate) -> Screened:
        """Try a mutant; one that takes the sandbox with it is of no use."""
        try:
            return screened(self.sandbox, profile, candidate)
        except (SandboxLost, OSError):
            self._renew()
            return Screened("lost the sandbox")

    def confirmed(
        self, profile: Profile, candidate: Candidate, found: Screened, identity: str
    ) -> Defect | None:
        """Run all tests on a mutant."""
        try:
            return confirmed(self.sandbox, profile, candidate, found, identity)
        except (SandboxLost, OSError):
            self._renew()
            return None

    def _renew(self) -> None:
        self.sandbox.close()
        self.sandbox = self._started()

    def _started(self) -> Sandbox:
        outfit = workshop()
        sandbox = Sandbox(self._backend, outfit.limits)
        sandbox.install(outfit.site, outfit.preload)
        return sandbox


def _screened(
    place: _Workplace, profile: Profile, wanted: int, journal: Journal, tell: Tell
) -> Killed:
    """Try mutants until there are enough to choose from."""
    most, enough = _TRIES_A_TASK * wanted, int(_SPARE * wanted)
    killed: list[tuple[Candidate, Screened]] = []

    def tried(waiting: Iterable[Candidate]) -> Iterator[int]:
        for number, candidate in enumerate(waiting):
            found = journal.get(candidate)
            if found is None:
                found = place.screened(profile, candidate)
                journal.add(candidate, found)
            if found.verdict == "killed":
                killed.append((candidate, found))
            tell(Progress(profile.codebase.name, "screening", number + 1, most, len(killed)))
            yield number + 1

    for number in tried(islice(candidates(profile), most)):
        # Of many, some are left that fit; but a small codebase is tried to the end.
        goal = wanted if len(killed) >= _NOTICED_A_TASK * wanted else enough
        if number % _LOOK_EVERY == 0 and len(chosen(killed, goal)) >= goal:
            break
    for _ in tried(several(killed, profile.codebase.release, wanted // 5)):
        pass
    return killed


def _confirmed(
    place: _Workplace, profile: Profile, killed: Killed, wanted: int, tell: Tell
) -> list[Defect]:
    """Confirm what is chosen, and choose others where that fails."""
    left = list(killed)
    made: dict[int, Defect] = {}
    while True:
        picked = chosen(left, wanted)
        new = [pair for pair in picked if id(pair[0]) not in made]
        if not new:
            break
        for candidate, found in new:
            identity = f"{profile.codebase.name}-{len(made) + 1:03}"
            defect = place.confirmed(profile, candidate, found, identity)
            if defect is None:
                left = [pair for pair in left if pair[0] is not candidate]
            else:
                made[id(candidate)] = defect
            tell(Progress(profile.codebase.name, "confirming", len(made), wanted, len(made)))
    return [made[id(candidate)] for candidate, _ in picked]
