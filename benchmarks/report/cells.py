"""Cells: estimates and names as a reader sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wildgym.benchmarks.metrics import Estimate

Format = Literal["share", "amount"]


_UNSEEN = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the numbers in `Overall`.

    Attributes:
        name: The field.
        label: What it is called in a report.
        format: Whether it is a share, shown in percent, or an amount.
    """

    name: str
    label: str
    format: Format = "share"


MEASURES: Sequence[Measure] = (
    Measure("recovery", "recovery %"),
    Measure("abstention_f1", "abstention F1 %"),
    Measure("followed_lures", "followed lures %"),
    Measure("duplicates", "duplicate writes %"),
    Measure("collateral", "collateral changes %"),
    Measure("format_errors", "format errors %"),
    Measure("calls_over_expert", "calls / expert's", "amount"),
    Measure("tokens", "tokens", "amount"),
)
"""Those that are equal for equal results: seconds are not."""


def share(estimate: Estimate | None, sign: str = "") -> str:
    """Write an estimate and its 95 % interval in percent; empty for None.

    Args:
        estimate: What to write.
        sign: "+" if also positive numbers carry a sign.
    """
    if estimate is None:
        return ""
    value, low, high = (100 * v for v in (estimate.value, estimate.low, estimate.high))
    return f"{value:{sign}.1f} ({low:{sign}.0f}…{high:{sign}.0f})"


def amount(estimate: Estimate | None) -> str:
    """Write an estimate and its 95 % interval; empty for None."""
    if estimate is None:
        return ""
    digits = 2 if estimate.high < 100 else 0
    value, low, high = (f"{v:,.{digits}f}" for v in (estimate.value, estimate.low, estimate.high))
    return f"{value} ({low}…{high})"


def measured(estimate: Estimate | None, measure: Measure) -> str:
    """Write one of the numbers in `Overall`."""
    return share(estimate) if measure.format == "share" else amount(estimate)


def printable(text: str) -> str:
    """Return text without what cannot be seen, such as control characters."""
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
