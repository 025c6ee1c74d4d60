"""What a question asks for: recognised by its words, whatever their order and form."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wildgym.tools import Json

_TOKEN = re.compile(r"[^\W_]+(?:[.@'-][^\W_]+)*")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?![\w.]*\w)")
_ENOUGH = 0.5
_GENERIC = frozenset({"id"})
"""Words of a fact's name that ask for nothing by themselves."""

_ALIKE = (
    ("amount", "sum", "money"),
    ("quantity", "count", "unit", "piece"),
    ("customer", "client", "buyer"),
    ("payee", "recipient", "beneficiary"),
    ("traveller", "traveler", "passenger"),
    ("date", "day"),
    ("category", "kind"),
    ("company", "firm", "employer"),
    ("person", "somebody", "colleague"),
    ("product", "article"),
    ("path", "file"),
    ("folder", "directory"),
    ("destination", "whereto"),
    ("duration", "minute"),
    ("percent", "percentage", "discount"),
    ("deputy", "substitute"),
    ("warehouse", "depot"),
    ("title", "headline"),
    ("priority", "urgency"),
    ("price", "cost"),
)
_CANONICAL: Mapping[str, str] = {word: group[0] for group in _ALIKE for word in group}

_FILLER = """
    a about again all also am an and any anything are as at be been but by can could did do does
    else exactly excuse for from give going had hand has have hello hey hi how i in into is it just
    kindly know let like many may me mean meant much must my need now of off oh ok okay on or our
    out please quick shall should so sorry still tell than thank thanks that the their them then
    there these they this those to too us want was we were what which who whom whose why will with
    would you your
"""
FILLER = frozenset(_FILLER.split())
"""Words that are in all kinds of questions."""


@dataclass(frozen=True, slots=True)
class Known:
    """A fact that a user can be asked for.

    Attributes:
        label: What it is called, in words.
        value: What it is.
        sentence: Where it stood in the request, or would have.
        says: What the user says when asked for it, where that is more than the value.
    """

    label: str
    value: Json
    sentence: str = ""
    says: str = ""

    @property
    def statement(self) -> str:
        """The value, in a sentence."""
        return f"The {self.label} is {json.dumps(self.value, ensure_ascii=False)}."

    @property
    def told(self) -> str:
        """What the user says when asked for it."""
        return self.says or self.statement


def tokens(text: str) -> frozenset[str]:
    """Return the words of a text: without case and plural, one for all that mean the same."""
    return frozenset(map(_root, _TOKEN.findall(text.casefold())))


def _root(word: str) -> str:
    word = word.removesuffix("'s")
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return _CANONICAL.get(word, word)


def asked_for(question: str, known: Sequence[Known]) -> list[Known]:
    """Return which facts a question asks for: those that it names, or else hints at.

    A fact is named by its name to the letter, or else by the words of its name, or what means the
    same: by all of them where there is one of which all are said. It is hinted at by the words of
    the sentence that it stood in.
    """
    literally = [f for f in known if _says(question, f.label)]
    if literally:
        return [f for f in literally if not any(f.label in o.label != f.label for o in literally)]
    said = tokens(question)
    names = [_name(fact.label) for fact in known]
    whole = [name for name in names if name <= said]
    meant = [name for name in whole if not any(name < other for other in whole)]
    meant = meant or [name for name in names if name & said]
    if meant:
        return [fact for fact, name in zip(known, names, strict=True) if name in meant]
    content = said - FILLER
    if not content:
        return []
    shares = [len(content & tokens(fact.sentence)) / len(content) for fact in known]
    best = max(shares, default=0.0)
    return [f for f, s in zip(known, shares, strict=True) if s == best >= _ENOUGH]


def _says(question: str, label: str) -> bool:
    return re.search(rf"\b{re.escape(label.casefold())}\b", question.casefold()) is not None


def _name(label: str) -> frozenset[str]:
    words = tokens(label)
    return words - _GENERIC or words


def mentions(text: str, value: Json) -> bool:
    """Say whether a text names a value, numbers in any form."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return any(float(number) == value for number in _NUMBER.findall(text))
    return str(value).casefold() in text.casefold()
