"""What the viewer answers: its page, and what that asks for, as JSON."""

import json
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl

from wildgym.benchmarks.viewer.index import FILTERS, PAGE, Damaged, Index, Row, axis_of
from wildgym.benchmarks.viewer.shown import shown
from wildgym.tools.loopback import Response

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
        " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
        " require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cache-Control": "no-store",
}
"""What every response has. A page under it runs its own scripts and can be made to run no other."""

_TYPES = {
    "viewer.html": "text/html",
    "viewer.css": "text/css",
    "viewer.js": "text/javascript",
    "list.js": "text/javascript",
    "episode.js": "text/javascript",
    "elements.js": "text/javascript",
}


class _Refused(Exception):
    """A request that cannot be answered. The message says what would do."""

    def __init__(self, why: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(why)
        self.status = status


def respond(index: Index, target: str) -> Response:
    """Answer a request.

    Args:
        index: The episodes.
        target: What the request names: a path, and perhaps a query.
    """
    path, _, query = target.partition("?")
    name = path.removeprefix("/") or "viewer.html"
    if name in _TYPES:
        return Response(HTTPStatus.OK, _page(name), f"{_TYPES[name]}; charset=utf-8")
    try:
        return _json(_asked(index, path, query))
    except _Refused as refusal:
        return _json({"error": str(refusal)}, refusal.status)
    except Damaged as damage:
        return _json({"error": str(damage)}, HTTPStatus.GONE)


def _asked(index: Index, path: str, query: str) -> Any:
    match path:
        case "/api/choices":
            _given(query)
            axes = {name: axis_of(name) for name in index.choices["operator"]}
            return {"episodes": len(index), "choices": index.choices, "axes": axes}
        case "/api/episodes":
            return _episodes(index, _given(query, *FILTERS, "words", "page"))
        case "/api/episode":
            return _episode(index, _given(query, "policy", "episode", "beside", "with"))
        case "/api/record":
            return _found(index, _given(query, "policy", "episode")).read()
    raise _Refused(f"there is nothing at {path[:200]}", HTTPStatus.NOT_FOUND)


def _given(query: str, *known: str) -> Mapping[str, str]:
    given = dict(parse_qsl(query, keep_blank_values=False))
    unknown = sorted(given.keys() - set(known))
    if unknown:
        raise _Refused(f"unknown: {unknown[0][:200]}; what can be asked for: {', '.join(known)}")
    return given


def _episodes(index: Index, given: Mapping[str, str]) -> Any:
    number = given.get("page", "1")
    if not (number.isascii() and number.isdigit() and 0 < len(number) < 10 and int(number)):
        raise _Refused(f"page must be a number from 1 on, not {number[:200]!r}")
    page = int(number)
    rows = index.filtered({n: given[n] for n in FILTERS if n in given}, given.get("words", ""))
    return {
        "total": len(rows),
        "page": page,
        "pages": max(1, -(-len(rows) // PAGE)),
        "rows": [row.shown for row in rows[PAGE * (page - 1) : PAGE * page]],
    }


def _found(index: Index, given: Mapping[str, str]) -> Row:
    episode = given.get("episode", "")
    if not episode:
        raise _Refused("name an episode, as TASK@SEED/ARM")
    if "policy" in given:
        row = index.find(given["policy"], episode)
        found = [] if row is None else [row]
    else:
        found = index.of(episode)
    if len(found) > 1:
        policies = ", ".join(row.policy for row in found)
        raise _Refused(f"more than one policy played {episode[:200]}; name one of: {policies}")
    if not found:
        whose = f" of policy {given['policy'][:200]!r}" if "policy" in given else ""
        raise _Refused(f"there is no episode {episode[:200]!r}{whose}", HTTPStatus.NOT_FOUND)
    return found[0]


def _episode(index: Index, given: Mapping[str, str]) -> Any:
    row = _found(index, given)
    other = None
    if "beside" in given:
        named = {"policy": given.get("with", row.policy), "episode": given["beside"]}
        other = _found(index, named).read()
    beside = [
        {"policy": found.policy, "episode": found.episode, "arm": found.arm}
        for found in index.beside(row)
    ]
    return {"policy": row.policy, "beside": beside, **shown(row.read(), row.file, other)}


@cache
def _page(name: str) -> str:
    return (files("wildgym.benchmarks.viewer") / "pages" / name).read_text(encoding="utf-8")


def _json(answer: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(status, json.dumps(answer), "application/json")
