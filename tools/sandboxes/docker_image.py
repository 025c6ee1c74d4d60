"""The image that the `docker` backend runs: Debian with Python, built from a registry or without.

Both ways install the same packages, listed once, and end with the same script. The tag is made of
the recipe, so an image is never older than it.
"""

import shutil
import subprocess
from functools import cache
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from wildgym.tools.sandboxes.core import Unavailable

RECIPE = Path(__file__).with_name("image")
REPOSITORY = "wildgym-sandbox"
BASE = "debian:12-slim"

_SUITE = "bookworm"
# 2026-01-01. No file in the image is younger, so that equal packages make equal images.
_BUILT = "1767225600"
_SETTINGS = ["USER 1000:1000", "WORKDIR /work", "ENV PATH=/usr/bin:/bin"]


@cache
def tag() -> str:
    """Return the name of the image that the recipe makes."""
    hashed = blake2b(digest_size=6)
    for path in sorted(RECIPE.iterdir()):
        hashed.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"{REPOSITORY}:{hashed.hexdigest()}"


def present(client: Any) -> bool:
    """Say whether the image is there."""
    return bool(client.api.images(name=tag()))


def build(client: Any, *, offline: bool | None = None) -> str:
    """Build the image and return its name.

    Args:
        client: A `docker.DockerClient`.
        offline: Whether to do without a registry, from Debian's packages alone; None tries the
            registry first.

    Raises:
        Unavailable: It cannot be built here.
    """
    if offline or (offline is None and not _pulled(client)):
        _bootstrap(client)
    else:
        _from_registry(client)
    return tag()


def _pulled(client: Any) -> bool:
    import docker.errors
    import requests

    try:
        client.images.pull(BASE)
    except (docker.errors.DockerException, requests.RequestException):
        return False
    return True


def _from_registry(client: Any) -> None:
    import docker.errors

    try:
        client.images.build(path=str(RECIPE), tag=tag(), rm=True)
    except (docker.errors.BuildError, docker.errors.APIError) as error:
        raise Unavailable(f"the image could not be built from {BASE}: {error}") from error


def _bootstrap(client: Any) -> None:
    """Install Debian into a tar file, and import that."""
    if shutil.which("mmdebstrap") is None:
        raise Unavailable(
            "the image is built without a registry by mmdebstrap, which is not installed: "
            "apt-get install mmdebstrap"
        )
    packages = ",".join((RECIPE / "packages.txt").read_text().split())
    repository, _, version = tag().partition(":")
    with TemporaryDirectory(prefix="wildgym-image-") as folder:
        tar = Path(folder) / "root.tar"
        finish = f'sh "{RECIPE / "finish"}" "$1"'
        argv = ["mmdebstrap", "--variant=essential", f"--include={packages}"]
        argv += [f"--customize-hook={finish}", _SUITE, str(tar)]
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "SOURCE_DATE_EPOCH": _BUILT}
        done = subprocess.run(
            argv, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode:
            raise Unavailable(f"mmdebstrap failed: {done.stderr[-2000:]}")
        client.api.import_image_from_file(
            str(tar), repository=repository, tag=version, changes=_SETTINGS
        )
