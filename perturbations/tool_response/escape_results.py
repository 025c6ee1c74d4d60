"""Results in an encoding."""

import base64
import html
import json
from collections.abc import Callable, Mapping
from typing import ClassVar, Literal
from urllib.parse import quote, unquote

from wildgym.envs import Scenario
from wildgym.perturbations.core import Perturbation
from wildgym.perturbations.draw import Draw
from wildgym.perturbations.recoded import recoded
from wildgym.tools import Json

Encoding = Literal["html", "unicode", "base64", "json", "percent"]

_KEYS = {"encoding", "body"}
_LONGEST = 60_000
"""A longer body could make an observation too long, once others have quoted it."""


def _to_entities(text: str) -> str:
    return "".join([c if c.isalnum() and c.isascii() else f"&#{ord(c)};" for c in text])


def _to_escapes(text: str) -> str:
    return "".join([c if c.isalnum() and c.isascii() else f"\\u{ord(c):04x}" for c in text])


def _from_escapes(text: str) -> str:
    return str(json.loads(f'"{text}"'))


def _to_base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _from_base64(text: str) -> str:
    return base64.b64decode(text).decode()


_CODECS: Mapping[Encoding, tuple[str, Callable[[str], str], Callable[[str], str]]] = {
    "html": ("HTML entities", _to_entities, html.unescape),
    "unicode": ("JSON escapes", _to_escapes, _from_escapes),
    "base64": ("base64", _to_base64, _from_base64),
    "json": ("JSON text", json.dumps, json.loads),
    "percent": ("percent-encoding", quote, unquote),
}


class EscapeResults(Perturbation):
    """Give results as encoded JSON: base64, entities, escapes, or as text twice encoded."""

    axis: ClassVar = "tool_response"
    kind: ClassVar = "preserving"
    bites: ClassVar = 0.4
    source: ClassVar = "R47"
    lesson: ClassVar = "The result is encoded, so I decode it before I read it."
    # Above what replaces ids, which it hides.
    rank: ClassVar = 3.6

    encoding: Encoding = "json"

    def apply(self, scenario: Scenario, draw: Draw) -> Scenario:
        """Encode what a share of all tools give."""
        name, encode, decode = _CODECS[self.encoding]

        def coded(value: Json) -> Json:
            # ASCII alone, so that escapes never need a pair for one character.
            body = encode(json.dumps(value))
            return {"encoding": name, "body": body} if len(body) <= _LONGEST else value

        def decoded(value: Json) -> Json:
            if not isinstance(value, dict) or value.keys() != _KEYS:
                return value
            return json.loads(decode(value["body"]))

        return recoded(scenario, draw, self.strength, coded, decoded)
