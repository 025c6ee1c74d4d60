"""Certificates at scale: what each operator takes, and what it costs who does not know of it.

For every operator, family and strength, an expert and its twin that is blind to the operator play
the same episodes; where the operator acts in them is told by a witness.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import typer
from rich.progress import track

from wildgym.benchmarks.errors import Halted, Misuse
from wildgym.benchmarks.metrics import statistics
from wildgym.benchmarks.run import processes
from wildgym.benchmarks.trials import tasks_of, trial
from wildgym.perturbations import REGISTRY

STRENGTHS = (0.3, 0.6, 1.0)
EPISODES: Mapping[str, int] = {"api": 135, "files": 33, "codebase": 2, "desk": 16, "web": 22}
"""How many episodes of each family certify an operator; of services and desk, one of each task."""

LEAST_BITE = 0.2
"""By how much a blind twin has to do worse for an operator to be said to bite."""

_LEVEL = 0.95


def certificate(name: str, family: str, strength: float, episodes: int) -> dict[str, Any]:
    """Return what an operator does to a family at a strength."""
    tasks = tasks_of(family)
    chosen = [tasks[n * max(1, len(tasks) // episodes) % len(tasks)] for n in range(episodes)]
    trials = [trial(name, family, strength, n, task.name) for n, task in enumerate(chosen)]
    acting = [t for t in trials if t.expert.acts]
    found: dict[str, Any] = {
        "episodes": len(trials),
        "acts": _mean([t.expert.acts for t in trials]),
        "expert": _mean([t.expert.score for t in trials]),
        "blind": _mean([t.blind.score for t in trials]),
        "blind_interval": _wilson([t.blind.score for t in trials]),
        "step_us": round(1e6 * median(t.expert.seconds - t.clean.seconds for t in trials), 1),
    }
    if acting:
        found |= {
            "blind_where_acts": _mean([t.blind.score for t in acting]),
            "blind_where_acts_interval": _wilson([t.blind.score for t in acting]),
            "extra_calls": _mean([t.expert.calls - t.clean.calls for t in acting]),
            "kept": _mean([t.kept for t in acting]),
        }
    return found


def certify(
    names: Sequence[str], episodes: Mapping[str, int], workers: int, show: bool = False
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the certificates of some operators: by name, family and strength."""
    plan = [
        (name, family, strength, episodes[family])
        for name in names
        for family in REGISTRY[name].families
        if episodes.get(family)
        for strength in STRENGTHS
    ]
    # The slow ones first, so that no process is left alone with one.
    plan.sort(key=lambda job: (job[1] != "codebase", job[1] != "files"))
    with processes(workers) as pool:
        run = map if pool is None else pool.map
        found = run(certificate, *zip(*plan, strict=True)) if plan else ()
        listed = list(track(found, "certify", total=len(plan), disable=not show))
    measured = dict(zip(plan, listed, strict=True))
    return {
        name: {
            family: {
                str(strength): measured[name, family, strength, episodes[family]]
                for strength in STRENGTHS
            }
            for family in REGISTRY[name].families
            if episodes.get(family)
        }
        for name in names
    }


def certified(place: Path, seeds: int, workers: int, names: Sequence[str]) -> None:
    """Certify operators, write that to a file and say how it came out.

    Args:
        place: The file.
        seeds: By how much to multiply the number of episodes.
        workers: How many processes.
        names: Names of operators, which are certified anew in what the file has; none for all.

    Raises:
        Misuse: There is no such operator, or the file has no certificates to be completed.
    """
    unknown = [name for name in names if name not in REGISTRY]
    if unknown:
        raise Misuse(f"there is no perturbation {', '.join(unknown)}; see `wildgym list`")
    certificates = _known(place) if names else {}
    episodes = {family: count * seeds for family, count in EPISODES.items()}
    certificates |= certify(sorted(names or REGISTRY), episodes, workers, show=sys.stderr.isatty())
    certificates = {name: certificates[name] for name in sorted(certificates)}
    written(certificates, f"wildgym bench --certify --seeds {seeds} --out {place.name}", place)
    biting = [name for name, of in certificates.items() if bites(of) >= LEAST_BITE]
    unsolved = [
        f"{name} ({family}, strength {strength})"
        for name, of in certificates.items()
        for family, strengths in of.items()
        for strength, found in strengths.items()
        if found["expert"] < 1
    ]
    typer.echo(f"{len(certificates)} operators, of which {len(biting)} bite; written to {place}")
    if unsolved:
        raise Halted(f"the expert did not solve everything under {', '.join(unsolved)}")


def _known(place: Path) -> dict[str, Any]:
    try:
        report = json.loads(place.read_text(encoding="utf-8"))
        return {name: operator["families"] for name, operator in report["operators"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Misuse(f"{place} has no certificates to be completed: {error}") from None


def bites(of_family: Mapping[str, Mapping[str, Any]]) -> float:
    """Return by how much the blind twin does worse where an operator acts, at full strength.

    Args:
        of_family: The operator's certificates.

    Returns:
        The least over the families that it acts in; 0 if it acts in none.
    """
    full = [strengths["1.0"] for strengths in of_family.values()]
    lost = [found["expert"] - found["blind_where_acts"] for found in full if found["acts"] > 0]
    return min(lost, default=0.0)


def written(certificates: Mapping[str, Any], command: str, place: Path) -> None:
    """Write certificates to a file, with what made them."""
    report = {
        "command": command,
        "operators": {
            name: {
                "axis": REGISTRY[name].axis,
                "kind": REGISTRY[name].kind,
                "bites": round(bites(of), 3),
                "families": of,
            }
            for name, of in certificates.items()
        },
    }
    place.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4)


def _wilson(scores: Sequence[float]) -> list[float]:
    test = statistics().binomtest(int(sum(scores)), len(scores))
    low, high = test.proportion_ci(_LEVEL, "wilson")
    return [round(float(low), 4), round(float(high), 4)]
