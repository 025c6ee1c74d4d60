"""Ids with characters that do not belong to them."""

import re
from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.recoded import recoded
from wildgym.perturbations.records import records_mapped
from wildgym.tools import Json, Row

Look = Literal["zero_width", "fullwidth", "cyrillic", "dashes"]

_REFERENCE = re.compile(r"\w+_(?:id|to)")
_INVISIBLE = "\u200b"
_LATIN, _CYRILLIC = "ACEHIKMOPTXYaceopxyi", "АСЕНІКМОРТХУасеорхуі"  # noqa: RUF001
_PRINTABLE = {n: n + 0xFEE0 for n in range(ord("!"), ord("~") + 1)}


def _with_invisible(text: str) -> str:
    middle = len(text) // 2
    return text[:middle] + _INVISIBLE + text[middle:]


def _without_invisible(text: str) -> str:
    return text.replace(_INVISIBLE, "")


def _swapped(one: str, other: str) -> Callable[[str], str]:
    table = str.maketrans(one, other)
    return lambda text: text.translate(table)


_LOOKS: Mapping[Look, tuple[Callable[[str], str], Callable[[str], str]]] = {
    "zero_width": (_with_invisible, _without_invisible),
    "fullwidth": (
        lambda text: text.translate(_PRINTABLE),
        lambda text: text.translate({wide: plain for plain, wide in _PRINTABLE.items()}),
    ),
    "cyrillic": (_swapped(_LATIN, _CYRILLIC), _swapped(_CYRILLIC, _LATIN)),
    "dashes": (_swapped("-_/.", "‑＿∕․"), _swapped("‑＿∕․", "-_/.")),  # noqa: RUF001
}


class ConfusableIds(Perturbation):
    """Show references to other rows with invisible or look-alike characters."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.25
    source: ClassVar = "R53"
    lesson: ClassVar = (
        "Ids come with look-alike or invisible characters, so I clean them before I use them."
    )
    families: ClassVar = ("api", "desk")
    # Above what replaces ids, which it hides.
    rank: ClassVar = 3.5

    look: Look = "zero_width"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Change how references look in the results of a share of all tools."""
        spoil, clean = _LOOKS[self.look]

        def spoilt(row: Row) -> Row:
            return {k: spoil(v) if _refers(k, v) and v.isascii() else v for k, v in row.items()}

        def cleaned(row: Row) -> Row:
            return {
                k: clean(v) if _refers(k, v) and clean(v).isascii() else v for k, v in row.items()
            }

        about = (
            "Ids consist of ASCII characters alone, none of them invisible. What else"
            " results show in references is a fault of their display."
        )
        return recoded(
            scenario,
            draw,
            self.strength,
            lambda value: records_mapped(value, spoilt),
            lambda value: records_mapped(value, cleaned),
            about=about,
        )


def _refers(key: str, value: Json) -> bool:
    return isinstance(value, str) and _REFERENCE.fullmatch(key) is not None
