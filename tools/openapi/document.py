"""OpenAPI documents: read from where they are, and refused where they are none."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from wildgym.tools.servers import Unreachable

Document = Mapping[str, Any]
Source = str | Path | Document
"""A document, or where it is: a file, or a URL."""

_VALIDATORS = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}


def document_of(source: Source, timeout: float = 60.0) -> Document:
    """Return a document, checked.

    Args:
        source: The document, a file of JSON or YAML, or a URL.
        timeout: For how many seconds to wait for a URL.

    Raises:
        Unreachable: It cannot be read, or is no document of OpenAPI 3; the message says why.
    """
    shown = "the document" if isinstance(source, Mapping) else str(source)
    told = source if isinstance(source, Mapping) else parsed(_text(source, timeout), shown)
    return checked(told, shown)


def parsed(text: str, shown: str) -> Any:
    """Return what JSON or YAML says; raise Unreachable if it is neither."""
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        said = str(error).splitlines()[0]
        raise Unreachable(f"{shown} is neither JSON nor YAML: {said}") from None


def checked(told: Any, shown: str) -> Document:
    """Return a document; raise Unreachable if it is none of OpenAPI 3."""
    if not isinstance(told, Mapping) or not ("openapi" in told or "swagger" in told):
        raise Unreachable(f"{shown} is no OpenAPI document: it has no field 'openapi'")
    release = str(told.get("openapi", told.get("swagger")))
    validator = next((v for begin, v in _VALIDATORS.items() if release.startswith(begin)), None)
    if validator is None:
        raise Unreachable(
            f"{shown} is a document of OpenAPI {release}; 3.0 and 3.1 can be wrapped, and older"
            " ones be converted, such as by https://converter.swagger.io"
        )
    wrong = next(iter(validator(told).iter_errors()), None)
    if wrong is not None:
        where = ".".join(map(str, getattr(wrong, "absolute_path", ()))) or "it"
        raise Unreachable(f"{shown} is no valid document: {where}: {str(wrong).splitlines()[0]}")
    return told


def address_of(document: Document, source: Source | None) -> str | None:
    """Return where a document says that its application is, or None if it does not."""
    for server in document.get("servers", ()):
        url = str(server.get("url", ""))
        for name, variable in server.get("variables", {}).items():
            url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
        if isinstance(source, str) and source.startswith(("http://", "https://")):
            url = urljoin(source, url)
        if url.startswith(("http://", "https://")):
            return url
    if isinstance(source, str) and source.startswith(("http://", "https://")):
        return urljoin(source, "/")
    return None


def _text(source: str | Path, timeout: float) -> str:
    try:
        if str(source).startswith(("http://", "https://")):
            reply = httpx.get(str(source), timeout=timeout, follow_redirects=True)
            reply.raise_for_status()
            return reply.text
        return Path(source).read_text(encoding="utf-8")
    except OSError as error:
        raise Unreachable(f"{source} cannot be read: {error.strerror}") from None
    except (httpx.HTTPError, ValueError) as error:
        raise Unreachable(f"{source} cannot be read: {error}") from None
