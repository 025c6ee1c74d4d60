"""Numbers in words."""

from collections.abc import Mapping
from functools import cache, partial
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.user_prompt.facts_of_request import stated_here
from wildgym.perturbations.user_prompt.reworded import reworded
from wildgym.tools import Facts, Json

_MOST = 9_999
_ENGLISH = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_ENGLISH_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_GERMAN = (
    *("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn"),
    *("elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn", "achtzehn"),
    "neunzehn",
)
_GERMAN_TENS = (
    *("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"),
)


class SpellNumbers(Perturbation):
    """Write the request's whole numbers in words, in English or in German."""

    axis: ClassVar = "user_prompt"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.6
    source: ClassVar = "U18, U19"
    lesson: ClassVar = "The numbers are spelt out, so I write them in digits."
    families: ClassVar = ("api", "files", "web")
    rank: ClassVar = 1.7

    language: Literal["english", "german"] = "english"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Spell a share of them."""
        spell = _english if self.language == "english" else _german
        written = {
            name: spell(number)
            for name in stated_here(scenario)
            if type(number := scenario.told[name]) is int
            and 0 <= number <= _MOST
            and draw.chance(self.strength, name)
        }
        return reworded(scenario, self.name, written, partial(_read, language=self.language))


def _english(number: int) -> str:
    if number >= 1000:
        rest = f" {_english(number % 1000)}" if number % 1000 else ""
        return f"{_english(number // 1000)} thousand{rest}"
    if number >= 100:
        rest = f" and {_english(number % 100)}" if number % 100 else ""
        return f"{_ENGLISH[number // 100]} hundred{rest}"
    if number >= 20:
        rest = f"-{_ENGLISH[number % 10]}" if number % 10 else ""
        return f"{_ENGLISH_TENS[number // 10 - 2]}{rest}"
    return _ENGLISH[number]


def _german(number: int) -> str:
    if number >= 1000:
        rest = _german(number % 1000) if number % 1000 else ""
        return f"{_before(number // 1000)}tausend{rest}"
    if number >= 100:
        rest = _german(number % 100) if number % 100 else ""
        return f"{_before(number // 100)}hundert{rest}"
    if number >= 20:
        rest = f"{_before(number % 10)}und" if number % 10 else ""
        return f"{rest}{_GERMAN_TENS[number // 10 - 2]}"
    return _GERMAN[number]


def _before(digit: int) -> str:
    """Return a digit as it is written before what it counts."""
    return "ein" if digit == 1 else _GERMAN[digit]


@cache
def _numbers(language: str) -> Mapping[str, int]:
    spell = _english if language == "english" else _german
    return {spell(number): number for number in range(_MOST + 1)}


def _read(text: str, told: Facts, language: str) -> Json:
    return _numbers(language)[text]
