"""Manners of speaking, as data: they change how a user sounds, and nothing of what is said."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Manner:
    """How a user speaks.

    Attributes:
        opening: What replies begin with.
        closing: What replies end with.
        unknown: What is said to a question about something that the user knows nothing of.
        unclear: What is said to something that is no question.
        patience: How many questions are taken in good humour.
        weary: What replies end with after that.
    """

    opening: str = ""
    closing: str = ""
    unknown: str = "I do not know that."
    unclear: str = "I did not understand that."
    patience: int = 8
    weary: str = "That is a lot of questions."


MANNERS: Mapping[str, Manner] = {
    "plain": Manner(),
    "terse": Manner(unknown="No idea.", unclear="What?", weary="Enough."),
    "chatty": Manner(
        opening="Oh, good that you ask, let me think.",
        closing="By the way, did you have a nice weekend? Ours was lovely.",
        unknown="I really wish I knew, but I do not.",
        unclear="Forgive me, I was on the phone and did not get that.",
        patience=20,
    ),
    "impatient": Manner(
        opening="Seriously?",
        closing="Now please get on with it.",
        unknown="How should I know?",
        unclear="I have no idea what you want from me.",
        patience=1,
        weary="I have no time for this.",
    ),
    "formal": Manner(
        opening="Thank you for your question.",
        closing="Kind regards.",
        unknown="I regret that I have no knowledge of this.",
        unclear="I regret that I cannot follow. Kindly put your question differently.",
    ),
}
