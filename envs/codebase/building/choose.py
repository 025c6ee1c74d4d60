"""Choosing: of the mutants that tests notice, a varied set, rather hard than easy."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from wildgym.envs.codebase.building.screen import Candidate, Screened
from wildgym.envs.codebase.mutate.renames import NAME as RENAMED
from wildgym.tools import Rng

_OF_A_FUNCTION = 3
_OF_AN_OPERATOR = 0.1
_UNSEEN = 0.12
_SHARES: Mapping[str, float] = {"removed_body": 0.12, RENAMED: 0.08, "several": 0.12}
_FEW_TESTS = 8
_SEVERAL = (2, 3)

Killed = Sequence[tuple[Candidate, Screened]]


def chosen(killed: Killed, wanted: int) -> list[tuple[Candidate, Screened]]:
    """Return at most so many mutants.

    Of one function there are few, of one operator, too, and few that no call shows. Before others
    come those that are not only crashes, and those that make few tests fail.

    Args:
        killed: What to choose from, in drawn order.
        wanted: How many.
    """
    waiting: dict[str, list[tuple[Candidate, Screened]]] = {}
    for pair in sorted(killed, key=lambda pair: _rank(*pair)):
        waiting.setdefault(pair[0].operator, []).append(pair)
    drawn = _Drawn(wanted)
    for operator, share in _SHARES.items():
        for _ in range(round(share * wanted)):
            drawn.take(waiting.get(operator, []))
    while any(waiting.values()) and len(drawn.taken) < wanted:
        for operator in sorted(waiting):
            if drawn.of_operator[operator] >= max(1, round(_OF_AN_OPERATOR * wanted)):
                waiting[operator] = []
            drawn.take(waiting[operator])
    return drawn.taken


class _Drawn:
    """What is chosen already, and how much of everything.

    Args:
        wanted: How many are to be chosen at most.
    """

    def __init__(self, wanted: int) -> None:
        self.taken: list[tuple[Candidate, Screened]] = []
        self.of_operator: Counter[str] = Counter()
        self._wanted = wanted
        self._unseen = int(_UNSEEN * wanted)
        self._of_function: Counter[tuple[str, str]] = Counter()

    def take(self, waiting: list[tuple[Candidate, Screened]]) -> None:
        """Take the first of some mutants that fits, and forget those that do not."""
        while waiting and len(self.taken) < self._wanted:
            candidate, screened = waiting.pop(0)
            places = _places(candidate)
            if any(self._of_function[place] >= _OF_A_FUNCTION for place in places):
                continue
            if screened.witness is None:
                if not self._unseen:
                    continue
                self._unseen -= 1
            self.taken.append((candidate, screened))
            self.of_operator[candidate.operator] += 1
            self._of_function.update(places)
            return


def several(killed: Killed, release: str, wanted: int) -> list[Candidate]:
    """Return mutants of more than one change, each of another function.

    Args:
        killed: Single changes that tests notice.
        release: Of which codebase.
        wanted: How many.
    """
    rng = Rng("several", release)
    single = [c for c, s in killed if len(s.failing) <= _FEW_TESTS and c.operator not in _SHARES]
    made: list[Candidate] = []
    used: set[Candidate] = set()
    for pair in combinations(rng.shuffled(single)[:60], 2):
        parts: tuple[Candidate, ...] = pair
        places = [place for part in parts for place in _places(part)]
        if len(made) == wanted:
            break
        if used & set(parts) or len(set(places)) < len(places):
            continue
        third = [c for c in single if not used & {c} and not set(_places(c)) & set(places)]
        if rng.integer(*_SEVERAL) == _SEVERAL[1] and third:
            parts = (*parts, rng.pick(third))
        used.update(parts)
        made.append(_joined(parts))
    return made


def _joined(parts: Sequence[Candidate]) -> Candidate:
    return Candidate(
        tuple(mutation for part in parts for mutation in part.mutations),
        tuple(function for part in parts for function in part.functions),
        tuple(line for part in parts for line in part.lines),
        tuple(line for part in parts for line in part.around),
    )


def _rank(candidate: Candidate, screened: Screened) -> tuple[bool, bool, bool]:
    many = len(screened.failing) > _FEW_TESTS
    return screened.witness is None, screened.crash and candidate.operator not in _SHARES, many


def _places(candidate: Candidate) -> list[tuple[str, str]]:
    paths = (mutation.path for mutation in candidate.mutations)
    return list(zip(paths, candidate.functions, strict=True))
