"""`wildgym sandbox`: the image that the `docker` sandbox runs, and what killed processes left."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from typer import Option

from wildgym.benchmarks.errors import Halted, plainly
from wildgym.tools.sandboxes import Unavailable, docker_daemon, owner
from wildgym.tools.sandboxes.docker_image import build as build_image

sandbox = typer.Typer(help="Prepare sandboxes, and clear what is left of them.")


@sandbox.command()
@plainly()
def build(
    offline: Annotated[
        bool | None,
        Option(
            "--offline/--registry",
            help="From Debian's packages alone, or from a registry's image; else what works.",
        ),
    ] = None,
) -> None:
    """Build the image of the `docker` sandbox."""
    with _told():
        typer.echo(build_image(docker_daemon.client(), offline=offline))


@sandbox.command()
@plainly()
def reap() -> None:
    """Remove containers and folders of processes that have ended."""
    folders = owner.clear()
    with _told():
        containers = docker_daemon.reap(docker_daemon.connect())
    typer.echo(f"removed: {containers} containers, {folders} folders")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Unavailable as error:
        raise Halted(str(error)) from None
