"""The same request, otherwise told: none of these changes what is asked."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.envs.user import ASK, WithUser
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.shared_user import user_layer
from wildgym.tools import Obstacle


class OverloadRequest(Perturbation):
    """Scatter sentences that have nothing to do with it through the request."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.0
    source: ClassVar = "U05"
    lesson: ClassVar = "Much of the request is about other things; I keep to what is asked."
    rank: ClassVar = 4

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Put in up to all of them."""
        parts = list(scenario.user.parts)
        for n, aside in enumerate(_ASIDES):
            if draw.chance(self.strength, n):
                parts.insert(int(draw.uniform(n, "place") * (len(parts) + 1)), aside)
        user = replace(scenario.user, parts=tuple(parts))
        return scenario.behind(self.name, Obstacle(), user=user)


class DigressFirst(Perturbation):
    """Have the user begin with another topic, and drop it."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "misleading"
    bites: ClassVar = 0.0
    source: ClassVar = "U06"
    lesson: ClassVar = (
        "The user begins with another topic and drops it, so I keep to what is asked."
    )
    rank: ClassVar = 4.1

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Digress, or with less strength more often not."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        topic = draw.rng("topic").pick(_TOPICS)
        before = "\n\n".join(filter(None, [scenario.user.before, f"{topic} {_DROPPED}"]))
        return scenario.behind(self.name, Obstacle(), user=replace(scenario.user, before=before))


class CodeSwitch(Perturbation):
    """Frame the request in another language, as people do who work in two."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "U18"
    lesson: ClassVar = "The request mixes languages; what is asked is the same."
    rank: ClassVar = 4.2

    language: Literal["german", "french", "spanish", "italian"] = "german"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Put a sentence before and one after it, or with less strength more often not."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        opening, closing = _FRAMES[self.language]
        user = replace(scenario.user, parts=(opening, *scenario.user.parts, closing))
        return scenario.behind(self.name, Obstacle(), user=user)


class ChangeTone(Perturbation):
    """Have the user be impatient, doubtful, chatty or formal, when asked something, too."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "U12, U13, U16"
    lesson: ClassVar = "The tone of the request does not change what is asked."
    rank: ClassVar = 4.3

    tone: Literal["impatient", "doubtful", "chatty", "formal", "terse"] = "impatient"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Give the user a manner, or with less strength more often not."""
        if not draw.chance(self.strength, "whether"):
            return scenario
        opening, closing, manner = _TONES[self.tone]
        parts = [text for text in (opening, *scenario.user.parts, closing) if text]
        layer = user_layer(WithUser, scenario, self.name, (ASK,), manner=manner)
        user = replace(scenario.user, parts=tuple(parts))
        return scenario.behind(self.name, layer, toolset=layer, user=user)


class ReorderRequest(Perturbation):
    """Tell the parts of the request in another order, with numbers that say which comes when."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.0
    source: ClassVar = "U15, P04"
    lesson: ClassVar = "The request is told out of order, and its numbers say what comes when."
    rank: ClassVar = 2.9  # before parts become messages of their own

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Shuffle them, or with less strength more often not."""
        parts = scenario.user.parts
        if len(parts) == 1 or not draw.chance(self.strength, "whether"):
            return scenario
        numbered = [f"({n}) {part}" for n, part in enumerate(parts, 1)]
        order = draw.rng("order").shuffled(numbered)
        user = replace(scenario.user, parts=(_NUMBERED, *order))
        return scenario.behind(self.name, Obstacle(), user=user)


_ASIDES = (
    "It has been raining here all week.",
    "My colleague is back from parental leave, by the way.",
    "The new coffee machine is louder than the old one.",
    "We are moving to the second floor in spring, as you may have heard.",
    "I am writing this on the train, so forgive me if I am brief.",
    "Somebody has parked in my place again.",
)
_TOPICS = (
    "I was going to ask you whether the canteen is open on Friday.",
    "I wanted to ask you for a good book about gardening.",
    "You do not happen to know how late the museum is open?",
)
_DROPPED = "But never mind that, I have found out myself. What I need from you is this:"
_NUMBERED = "My points are numbered in the order in which they belong."
_FRAMES: Mapping[str, tuple[str, str]] = {
    "german": ("Hallo, ich bräuchte kurz deine Hilfe.", "Vielen Dank und schöne Grüße!"),
    "french": ("Bonjour, j'aurais besoin de ton aide.", "Merci beaucoup et bonne journée !"),
    "spanish": ("Hola, necesito tu ayuda con una cosa.", "¡Muchas gracias y un saludo!"),
    "italian": ("Ciao, avrei bisogno del tuo aiuto.", "Grazie mille e a presto!"),
}
_TONES: Mapping[str, tuple[str, str, str]] = {
    "impatient": (
        "I have been waiting for this long enough.",
        "And do it properly this time, I am losing my patience.",
        "impatient",
    ),
    "doubtful": ("I doubt that you can do this, but let us see.", "Are you sure you can?", ""),
    "chatty": ("Hi there, hope you had a good start into the day!", "You are a star!", "chatty"),
    "formal": ("Dear assistant, I should be obliged for your help.", "Yours sincerely", "formal"),
    "terse": ("", "Thx", "terse"),
}
