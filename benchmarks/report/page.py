"""The page: metrics as one file of HTML that needs nothing else."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from hashlib import sha256
from importlib.resources import files
from importlib.util import find_spec
from shlex import join
from typing import Any

from wildgym.benchmarks.errors import lacking
from wildgym.benchmarks.metrics import Estimate, OperatorMetrics, PolicyMetrics
from wildgym.benchmarks.report.cells import MEASURES, amount, printable, share
from wildgym.benchmarks.report.plots import cost, gaps
from wildgym.benchmarks.suites import Setting, plan, suite
from wildgym.perturbations import AXES

_ALWAYS = ("suite", "policy", "seeds")

Row = tuple[str, Sequence[OperatorMetrics | None]]
"""An operator, and what was measured under it for each policy."""


@dataclass(frozen=True)
class Entry:
    """A policy on the page.

    Attributes:
        label: What it goes by.
        metrics: What was measured.
    """

    label: str
    metrics: PolicyMetrics

    @property
    def scored(self) -> int:
        """How many episodes were scored."""
        return sum(arm.episodes for arm in self.metrics.arms)

    @property
    def planned(self) -> int:
        """How many episodes there are."""
        return len(plan(self.metrics.setting))

    @property
    def command(self) -> str:
        """What plays it."""
        return played_by(self.metrics.setting)

    def success(self, arm: str) -> Estimate | None:
        """Return the success in an arm, None where that was not played."""
        return next((found.success for found in self.metrics.arms if found.arm == arm), None)


def drawable() -> None:
    """Raise Misuse unless everything is installed that makes a page."""
    for package in ("jinja2", "matplotlib"):
        if find_spec(package) is None:
            raise lacking(package)


def page(policies: Mapping[str, PolicyMetrics], about: Mapping[str, Any]) -> str:
    """Return a page of HTML: the same for the same metrics, whatever their order.

    Args:
        policies: What was measured, by what each policy goes by.
        about: What `run.json` says of one of them.

    Raises:
        Misuse: jinja2 or matplotlib is not installed.
    """
    drawable()
    from jinja2 import Environment
    from markupsafe import Markup

    named = [Entry(printable(label), metrics) for label, metrics in policies.items()]
    main = _main_arms(about["suite"], named)
    by = "all" if "all" in main else main[-1]
    entries = sorted(named, key=lambda entry: (-_rank(entry.success(by)), entry.label))
    shown = {entry.label: entry.metrics for entry in entries}
    script = _part("report.js")
    environment = Environment(autoescape=True, finalize=_finalized, trim_blocks=True)
    return environment.from_string(_part("report.html")).render(
        about=about,
        entries=entries,
        main=main,
        by=by,
        gaps=gaps(shown),
        cost=cost(shown),
        measures=[m for m in MEASURES if any(getattr(e.metrics.overall, m.name) for e in entries)],
        tries=sorted({k for e in entries for arm in e.metrics.arms for k in arm.pass_hat}),
        interactions=list(_interactions(entries)),
        operators=list(_operators(entries)),
        share=share,
        amount=amount,
        style=Markup(_part("report.css")),
        script=Markup(script),
        digest=b64encode(sha256(script.encode()).digest()).decode(),
    )


def _part(name: str) -> str:
    return files(__package__).joinpath("page", name).read_text(encoding="utf-8")


def _finalized(value: Any) -> Any:
    """Take out of what is shown whatever cannot be seen. Markup is ours, and stays."""
    return printable(value) if type(value) is str else value


def _main_arms(name: str, entries: Sequence[Entry]) -> list[str]:
    """Return the arms of a suite that are of one mix, as strong as it is."""
    played = {arm.arm for entry in entries for arm in entry.metrics.arms}
    arms = [arm for arm in suite(name).arms if arm.name in played]
    main = [arm.name for arm in arms if len(arm.mixes) == 1 and arm.strength is None]
    return main or [arm.name for arm in arms]


def _rank(success: Estimate | None) -> float:
    return -1.0 if success is None else success.value


def _interactions(
    entries: Sequence[Entry],
) -> Iterator[tuple[tuple[str, str], Sequence[Estimate | None]]]:
    found = [{(i.first, i.second): i.excess for i in e.metrics.interactions} for e in entries]
    for pair in dict.fromkeys(pair for of in found for pair in of):
        yield pair, [of.get(pair) for of in found]


def _operators(entries: Sequence[Entry]) -> Iterator[tuple[str, Sequence[Row]]]:
    """Yield for each axis the operators that occurred, the worst over all policies first."""
    found = [{operator.name: operator for operator in e.metrics.operators} for e in entries]
    axes = {name: operator.axis for of in found for name, operator in of.items()}
    for axis in (*AXES, ""):
        rows = [(name, [of.get(name) for of in found]) for name in axes if axes[name] == axis]
        if rows:
            yield axis or "other", sorted(rows, key=_badness)


def _badness(row: Row) -> tuple[float, str]:
    name, found = row
    known = [of.success.value for of in found if of]
    return sum(known) / len(known), name


def played_by(setting: Setting) -> str:
    """Return the command that plays a setting, but for where to and by what endpoint."""
    asked = asdict(setting)
    if setting.model:
        # To the command line, 0 is what leaves it to the endpoint.
        asked["max_tokens"] = setting.max_tokens or 0
    unusual = [f.name for f in fields(setting) if f.name in _ALWAYS or asked[f.name] != f.default]
    options = [f"--{name.replace('_', '-')}={asked[name]}" for name in unusual]
    return join(["wildgym", "bench", *options])
