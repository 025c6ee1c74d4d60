"""`wildgym serve`: a generated web for agents that drive a browser of their own."""

import threading
from enum import StrEnum
from typing import Annotated

import typer
from typer import Option

from wildgym.benchmarks.errors import Halted, Misuse, plainly
from wildgym.envs.web.webs import WEBS, web
from wildgym.tools.web.serving import served


class Split(StrEnum):
    """Which webs."""

    TRAIN = "train"
    TEST = "test"


@plainly()
def serve(
    web_of_family: Annotated[
        bool, Option("--web", help="Serve a web of the web family; nothing else is served yet.")
    ] = False,
    split: Annotated[Split, Option(help="Which webs.")] = Split.TRAIN,
    index: Annotated[int, Option(min=0, max=WEBS - 1, help="Which of them.")] = 0,
    port: Annotated[int, Option(min=0, max=65535, help="Which port; 0 takes a free one.")] = 8000,
) -> None:
    """Serve a generated web over HTTP, to this machine only, until Ctrl-C."""
    if not web_of_family:
        raise Misuse("say what to serve: wildgym serve --web")
    shown, _ = web(split.value, index)
    try:
        with served(shown, port) as address:
            typer.echo(f"web {split.value} {index}: {address} (Ctrl-C ends it)")
            threading.Event().wait()
    except OSError as error:
        raise Halted(
            f"port {port} cannot be had: {error.strerror}; name another by --port"
        ) from None
    except KeyboardInterrupt:
        typer.echo("")
