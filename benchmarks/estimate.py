"""What a run will take, said before it is begun: episodes, minutes, tokens and money."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from wildgym.benchmarks.episode import Record
from wildgym.benchmarks.suites import Episode, Setting
from wildgym.tools import key

HANDFUL = 5
"""Episodes that are played before the estimate; their records are kept."""

_MILLION = 1e6
_TOKENS = ("prompt_tokens", "completion_tokens")


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in any currency; None where it is not known."""

    prompt: float | None = None
    completion: float | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a run may go.

    Attributes:
        at_once: Episodes at a time.
        requests: A minute; None for as many as there are.
        tokens: A minute, of prompts and replies together; None for as many as there are.
    """

    at_once: int
    requests: float | None = None
    tokens: float | None = None


def handful(pending: Iterable[Episode]) -> list[Episode]:
    """Return some episodes from all over a plan."""
    return sorted(pending, key=lambda episode: key(episode.key))[:HANDFUL]


def planned(setting: Setting, plan: Sequence[Episode]) -> str:
    """Say in a line how much there is to play."""
    scenarios = len({(episode.task, episode.seed) for episode in plan})
    reruns = f", {setting.reruns} times each" if setting.reruns > 1 else ""
    return (
        f"{setting.policy} on {setting.suite}: {len(plan)} episodes"
        f" ({scenarios} scenarios in {len(setting.arms)} arms{reruns})"
    )


def estimate(
    setting: Setting, tried: Sequence[Record], left: int, pace: Pace, prices: Prices
) -> str:
    """Say in a line what the rest of a run will take.

    Args:
        setting: What is measured.
        tried: Records of a few of its episodes.
        left: How many are to be played yet.
        pace: How fast they may be played.
        prices: What tokens cost.
    """
    counted = [record["usage"] for record in tried if "prompt_tokens" in record["usage"]]
    turns = [record["turns"] for record in tried if "turns" in record]
    tokens = [sum(usage.get(name, 0) for name in _TOKENS) for usage in counted]
    minutes = max(
        fmean(record["seconds"] for record in tried) * left / min(pace.at_once, left) / 60,
        left * fmean(turns) / pace.requests if pace.requests and turns else 0,
        left * fmean(tokens) / pace.tokens if pace.tokens and tokens else 0,
    )
    said = f"{setting.policy}: {left} more episodes, about {minutes:.1f} minutes"
    if not counted:
        return f"{said}; the endpoint counts no tokens"
    prompt, completion = (left * fmean(usage.get(name, 0) for usage in counted) for name in _TOKENS)
    said += f", {prompt / _MILLION:.2f} M prompt and {completion / _MILLION:.2f} M reply tokens"
    if prices == Prices():
        return f"{said}; --price-prompt and --price-completion give the cost"
    cost = prompt * (prices.prompt or 0) + completion * (prices.completion or 0)
    return f"{said}, at a cost of about {cost / _MILLION:.2f}"
