"""Pictures of metrics, as SVG that takes the colours of the page it is in."""

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from wildgym.benchmarks.metrics import Estimate, PolicyMetrics
from wildgym.benchmarks.report.cells import share
from wildgym.perturbations import AXES

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

# Colours that nothing else has, each to become a variable of the page.
_INK, _LINE = "#010203", "#010204"
_SERIES = [f"#0102{10 + index}" for index in range(6)]
_VARIABLES = {_INK: "--ink", _LINE: "--line"} | {
    colour: f"--series-{index}" for index, colour in enumerate(_SERIES)
}
_MARKERS = "osD^vPX"
_LOOK: dict[str, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.parse_math": False,
    "text.color": _INK,
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": _LINE,
    "xtick.color": _INK,
    "ytick.color": _INK,
}
_WIDTH, _ROW, _FRAME = 4.4, 0.24, 0.7
"""Inches: of a picture; of a policy in it; of what is above and below."""

_LONGEST = 26
"""Letters of a name, in a picture."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture.

    Attributes:
        title: What stands above it.
        told: What it shows, in words.
        svg: The picture, as markup.
    """

    title: str
    told: str
    svg: "Markup"


def gaps(policies: Mapping[str, PolicyMetrics]) -> Sequence[Plot]:
    """Return for each axis that was played what success differs from the clean arm."""
    found = {
        axis: {
            label: arm.gap
            for label, policy in policies.items()
            for arm in policy.arms
            if arm.arm == axis and arm.gap is not None
        }
        for axis in AXES
    }
    reached = [100 * e.low for of in found.values() for e in of.values()]
    lowest = min([-10.0, *reached]) - 5
    highest = max([5.0, *(100 * e.high for of in found.values() for e in of.values())]) + 5
    return [_gap(axis, of, list(policies), (lowest, highest)) for axis, of in found.items() if of]


def cost(policies: Mapping[str, PolicyMetrics]) -> Plot | None:
    """Return what success costs, in tokens or else in calls; None where nothing was played."""
    in_tokens = {p: m.overall.tokens.value for p, m in policies.items() if m.overall.tokens}
    spent, unit = (in_tokens, "tokens") if in_tokens else (_calls(policies), "tool calls")
    success = {label: _solved(policies[label]) for label in spent}
    if not spent:
        return None

    def draw(axes: "Axes") -> None:
        for index, (label, amount) in enumerate(spent.items()):
            axes.plot(
                [amount],
                [success[label]],
                color=_colour(index),
                marker=_marker(index),
                linestyle="",
                label=_short(label),
            )
        axes.set(xlabel=f"{unit} for an episode", ylabel="success, %", ylim=(-5, 105))
        axes.set_xlim(0, 1.1 * max(spent.values()) or 1)
        axes.grid(alpha=0.6)
        axes.legend(
            loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2, frameon=False, numpoints=1
        )

    told = "; ".join(f"{p}: {spent[p]:,.1f} {unit}, {success[p]:.1f} %" for p in spent)
    height = 2.8 + _ROW * (len(spent) + 1) // 2
    return Plot("Cost against success, over all arms", told, _drawn("cost", height, draw))


def _gap(
    axis: str, found: Mapping[str, Estimate], order: Sequence[str], limits: tuple[float, float]
) -> Plot:
    labels = [label for label in order if label in found]

    def draw(axes: "Axes") -> None:
        axes.axvline(0, color=_INK, linewidth=0.8)
        for row, label in enumerate(labels):
            value, low, high = (
                100 * v for v in (found[label].value, found[label].low, found[label].high)
            )
            axes.errorbar(
                [value],
                [row],
                xerr=[[value - low], [high - value]],
                color=_colour(order.index(label)),
                marker=_marker(order.index(label)),
                capsize=3,
            )
        axes.set_yticks(range(len(labels)), [_short(label) for label in labels])
        axes.set(xlim=limits, ylim=(len(labels) - 0.4, -0.6))
        axes.grid(axis="x", alpha=0.6)

    told = "; ".join(f"{label} {share(found[label], '+')}" for label in labels)
    return Plot(axis, told, _drawn(axis, _FRAME + _ROW * len(labels), draw))


def _drawn(name: str, height: float, draw: Callable[["Axes"], None]) -> "Markup":
    """Return a picture as markup, the same on every machine."""
    from markupsafe import Markup
    from matplotlib.figure import Figure
    from matplotlib.style import context

    text = StringIO()
    with context(["default", _LOOK | {"svg.hashsalt": name}]), warnings.catch_warnings():
        # A name may have letters that the font for measuring lacks; browsers have them.
        warnings.simplefilter("ignore")
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        draw(figure.add_subplot())
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(text, format="svg", transparent=True, metadata=nothing)
    return Markup(_inlined(text.getvalue()))


def _inlined(svg: str) -> str:
    """Return the picture for the inside of a page: with its colours, and no size of its own."""
    _, _, svg = svg.partition("<svg ")
    head, _, body = svg.partition(">")
    head = re.sub(r'\b(width|height|xmlns\S*)="[^"]*" ?', "", head)
    # Its own style would be one for the whole page.
    for pattern in (r"<metadata>.*?</metadata>", r"<style.*?</style>", r'(?<=<g) id="[^"]*"'):
        body = re.sub(pattern, "", body, flags=re.DOTALL)
    # Nothing in a name is a colour: what is written as text has no style around it.
    for colour, variable in _VARIABLES.items():
        body = body.replace(f": {colour}", f": var({variable})")
    return f"<svg {head.strip()}>{body}"


def _colour(index: int) -> str:
    return _SERIES[index % len(_SERIES)]


def _marker(index: int) -> str:
    return _MARKERS[index % len(_MARKERS)]


def _short(label: str) -> str:
    """Return a name, or where it is long, its beginning and end."""
    half = _LONGEST // 2
    short = label if len(label) <= _LONGEST else f"{label[:half]}…{label[-half:]}"
    # To matplotlib, what begins with an underscore is not for legends.
    return f" {short}" if short.startswith("_") else short


def _calls(policies: Mapping[str, PolicyMetrics]) -> dict[str, float]:
    found = {
        label: [(arm.calls, arm.episodes) for arm in policy.arms if arm.calls is not None]
        for label, policy in policies.items()
    }
    return {
        label: sum(calls * count for calls, count in of) / sum(count for _, count in of)
        for label, of in found.items()
        if of
    }


def _solved(policy: PolicyMetrics) -> float:
    """Return the success over all arms, in percent."""
    arms = [(arm.success.value, arm.episodes) for arm in policy.arms if arm.success]
    return 100 * sum(value * count for value, count in arms) / sum(count for _, count in arms)
