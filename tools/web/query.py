"""What an agent types into a search box, as what the index understands."""

import re
from dataclasses import dataclass
from unicodedata import normalize

_TOKEN = re.compile(
    r"""(?P<minus>-)?(?:(?P<field>(?i:site|intitle)):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))"""
)
_PARTS = re.compile(r"[^\W_]+")
_COLUMNS = {"": "{title body}", "intitle": "title", "site": "site"}
_MOST_TERMS = 64
_COMMON = frozenset(
    _PARTS.findall(
        "a an and are as at be been but by did do does for from had has have he her his how i in"
        " into is it its of on or that the their them they this to was were what when where which"
        " who whom whose will with you"
    )
)


@dataclass(frozen=True, slots=True)
class Query:
    """A search. All terms are in the index's own language.

    Attributes:
        wanted: Groups of terms; a page should have one of each.
        unwanted: What it must not have.
        site: What the site must be that it is limited to, or empty.
    """

    wanted: tuple[tuple[str, ...], ...]
    unwanted: tuple[str, ...] = ()
    site: str = ""


def read_query(text: str) -> Query:
    """Read a query. Nothing is an error: marks that make no sense are left out.

    Args:
        text: Words, "phrases", `OR` between two of them, `-` before what must not occur,
            `intitle:` and `site:`. What comes after 64 of them is not read.
    """
    site, wanted, unwanted, either = "", list[list[str]](), list[str](), False
    # Letters may be typed with their accents apart, which would split a word.
    for token in _TOKEN.finditer(normalize("NFC", text)):
        if token[0] == "OR":
            either = bool(wanted)
            continue
        field = (token["field"] or "").lower()
        term = _term(token["phrase"], token["word"], field)
        if not term:
            continue
        if token["minus"]:
            unwanted.append(term)
        elif field == "site":
            site = term
        elif either:
            wanted[-1].append(term)
        else:
            wanted.append([term])
        either = False
        if sum(map(len, (*wanted, unwanted))) == _MOST_TERMS:
            break
    return Query(tuple(map(tuple, wanted)), tuple(unwanted), site)


def on_site(name: str) -> str:
    """Return the term for pages of a site, by its name or its address; empty for all."""
    return _term(name, None, "site")


def anywhere(word: str) -> str:
    """Return the term for a word in titles and texts; empty if it says nothing."""
    return _term(None, word, "")


def _term(phrase: str | None, word: str | None, field: str) -> str:
    parts = _PARTS.findall(phrase if phrase is not None else word or "")
    if not parts or (phrase is None and not field and _says_nothing(parts)):
        return ""
    # In quotes, nothing is a command of the index.
    return f'{_COLUMNS[field]} : "{" ".join(parts).lower()}"'


def _says_nothing(parts: list[str]) -> bool:
    return len(parts) == 1 and parts[0].casefold() in _COMMON
