"""What an agent types into a search box, as what the index understands."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<minus>-)?(?:(?P<field>site|intitle):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))"""
)
_PARTS = re.compile(r"[^\W_]+")
_COMMON = frozenset(
    _PARTS.findall(
        "a an and are as at be been but by did do does for from had has have he her his how i in"
        " into is it its of on or that the their them they this to was were what when where which"
        " who whom whose will with you"
    )
)


@dataclass(frozen=True, slots=True)
class Query:
    """A search.

    Attributes:
        expressions: What to match, in the index's own language: the strictest first.
        site: The site that it is limited to, or empty.
    """

    expressions: tuple[str, ...]
    site: str = ""


def read_query(text: str) -> Query:
    """Read a query. Nothing is an error: marks that make no sense are left out.

    Args:
        text: Words, "phrases", `OR` between two of them, `-` before what must not occur,
            `intitle:` and `site:`.
    """
    site, wanted, unwanted, either = "", list[list[str]](), list[str](), False
    for token in _TOKEN.finditer(text):
        if token["word"] == "OR" and not token["minus"] and not token["field"]:
            either = bool(wanted)
            continue
        if token["field"] == "site":
            site = (token["phrase"] or token["word"] or "").strip()
            continue
        term = _term(token["phrase"], token["word"], token["field"] == "intitle")
        if not term:
            continue
        if token["minus"]:
            unwanted.append(term)
        elif either:
            wanted[-1].append(term)
        else:
            wanted.append([term])
        either = False
    return Query(_expressions(wanted, unwanted), site)


def _term(phrase: str | None, word: str | None, in_title: bool) -> str:
    parts = _PARTS.findall(phrase if phrase is not None else word or "")
    if phrase is None and len(parts) == 1 and parts[0].casefold() in _COMMON:
        return ""
    # In quotes, nothing is a command of the index.
    quoted = f'"{" ".join(parts)}"' if parts else ""
    return f"title : {quoted}" if quoted and in_title else quoted


def _expressions(wanted: Sequence[Sequence[str]], unwanted: Sequence[str]) -> tuple[str, ...]:
    if not wanted:
        return ()
    without = "".join([f" NOT ({term})" for term in unwanted])
    groups = [f"({' OR '.join(group)})" for group in wanted]
    strict = f"({' AND '.join(groups)}){without}"
    loose = f"({' OR '.join(groups)}){without}"
    return (strict,) if strict == loose else (strict, loose)
