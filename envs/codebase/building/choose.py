"""Choosing: of the mutants that tests notice, a varied set, rather hard than easy."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations

from wildgym.envs.codebase.building.screen import Candidate, Screened
from wildgym.envs.codebase.mutate.renames import NAME as RENAMED
from wildgym.tools import Rng

_OF_A_FUNCTION = 3
_OF_AN_OPERATOR = 0.1
_SHARES: Mapping[str, float] = {"removed_body": 0.14, RENAMED: 0.08, "several": 0.12}
_FEW_TESTS = 8
_SEVERAL = (2, 3)

Killed = Sequence[tuple[Candidate, Screened]]


def chosen(killed: Killed, wanted: int) -> list[tuple[Candidate, Screened]]:
    """Return at most so many mutants.

    Of one function there are few, of one operator, too. Before others come those that a call
    shows, those that are not only crashes, and those that make few tests fail.

    Args:
        killed: What to choose from, in drawn order.
        wanted: How many.
    """
    waiting: dict[str, list[tuple[Candidate, Screened]]] = {}
    for pair in sorted(killed, key=lambda pair: _rank(*pair)):
        waiting.setdefault(pair[0].operator, []).append(pair)
    of_function: Counter[tuple[str, str]] = Counter()
    of_operator: Counter[str] = Counter()
    taken: list[tuple[Candidate, Screened]] = []
    while waiting and len(taken) < wanted:
        for operator in sorted(waiting):
            pair = _next(waiting[operator], of_function)
            if pair is None or of_operator[operator] >= _most(operator, wanted):
                del waiting[operator]
            elif len(taken) < wanted:
                taken.append(pair)
                of_operator[operator] += 1
                of_function.update(_places(pair[0]))
    return taken


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
    for parts in combinations(rng.shuffled(single)[:60], 2):
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


def _next(
    waiting: list[tuple[Candidate, Screened]], of_function: Counter[tuple[str, str]]
) -> tuple[Candidate, Screened] | None:
    while waiting:
        pair = waiting.pop(0)
        if all(of_function[place] < _OF_A_FUNCTION for place in _places(pair[0])):
            return pair
    return None


def _most(operator: str, wanted: int) -> int:
    return max(1, round(_SHARES.get(operator, _OF_AN_OPERATOR) * wanted))


def _places(candidate: Candidate) -> list[tuple[str, str]]:
    paths = (mutation.path for mutation in candidate.mutations)
    return list(zip(paths, candidate.functions, strict=True))
