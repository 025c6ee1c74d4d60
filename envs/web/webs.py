"""The webs that questions are about: built once on a machine, then shared and never changed."""

import hashlib
import json
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from wildgym.envs.cache import cache_folder
from wildgym.envs.web.graph import Entity, Graph
from wildgym.envs.web.sites import pages
from wildgym.envs.web.world import graph
from wildgym.tools.web import Web, build

WEBS = 4
"""How many there are for each split."""


@lru_cache(maxsize=2 * WEBS)
def web(split: str, index: int) -> tuple[Web, Graph]:
    """Return a web and what it tells. Where it was never built, that takes some seconds.

    Args:
        split: "train" or "test": they share no names.
        index: From 0 to `WEBS` - 1.
    """
    place = cache_folder() / "web" / f"{_version()}-{split}-{index}.db"
    known = place.with_suffix(".json")
    if not (place.exists() and known.exists()):
        drawn = graph(index, split)
        build(place, pages(drawn, index, split))
        _write(known, drawn)
    return Web(place), _read(known)


def _write(place: Path, drawn: Graph) -> None:
    listed = [[entity.id, entity.name, entity.facts] for entity in drawn.entities.values()]
    unfinished = place.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(listed), encoding="utf-8")
    unfinished.replace(place)


def _read(place: Path) -> Graph:
    listed = json.loads(place.read_text(encoding="utf-8"))
    entities = (
        Entity(id, name, {k: tuple(v) if isinstance(v, list) else v for k, v in facts.items()})
        for id, name, facts in listed
    )
    return Graph({entity.id: entity for entity in entities})


@cache
def _version() -> str:
    """Return a digest of the code that makes webs: another code makes other ones."""
    digest = hashlib.sha256()
    for package in ("wildgym.envs.web", "wildgym.tools.web"):
        folder = Path(str(files(package)))
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]
