"""`wildgym view`: what happened in the episodes of runs, in a browser."""

import threading
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from wildgym.benchmarks.errors import Halted, plainly
from wildgym.benchmarks.runs import load
from wildgym.benchmarks.viewer.answers import HEADERS, respond
from wildgym.benchmarks.viewer.index import Index
from wildgym.tools.loopback import listening


@plainly()
def view(
    folders: Annotated[
        list[str],
        Argument(
            metavar="DIR...",
            help="What `bench --out` named; with #… behind it, as in links, to begin there.",
        ),
    ],
    port: Annotated[int, Option(min=0, max=65535, help="Which port; 0 takes a free one.")] = 8080,
) -> None:
    """Show the episodes of runs in a browser on this machine, until Ctrl-C."""
    places = [_place(folder) for folder in folders]
    index = Index(load(*[folder for folder, _ in places]))
    begin = "".join([fragment for _, fragment in places if fragment][:1])
    try:
        with listening(partial(respond, index), HEADERS, port) as address:
            typer.echo(f"{len(index):,} episodes: {address}{begin} (Ctrl-C ends it)")
            threading.Event().wait()
    except OSError as error:
        raise Halted(
            f"port {port} cannot be had: {error.strerror}; name another by --port"
        ) from None
    except KeyboardInterrupt:
        typer.echo("")


def _place(text: str) -> tuple[Path, str]:
    """Return a folder, and what of it is to be shown first."""
    folder, mark, fragment = text.partition("#")
    return (Path(text), "") if Path(text).exists() else (Path(folder), mark + fragment)
