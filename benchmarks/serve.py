"""`wildgym serve`: webs, episodes and perturbed servers, for agents with a client of their own."""

import threading
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer
from typer import Option

from wildgym.benchmarks.errors import Halted, Misuse, lacking, plainly
from wildgym.envs.web.webs import WEBS, web
from wildgym.tools.web.serving import served

_WEB_PORT = 8000
_WAYS = (
    "say what to serve: wildgym serve --web, wildgym serve --mcp --task TASK,"
    " wildgym serve --mcp --port PORT, or wildgym serve --mcp-proxy COMMAND"
)


class Split(StrEnum):
    """Which webs, or which scenarios."""

    TRAIN = "train"
    TEST = "test"


@plainly()
def serve(
    web_of_family: Annotated[
        bool, Option("--web", help="Serve a web of the web family over HTTP.")
    ] = False,
    mcp: Annotated[
        bool,
        Option(
            "--mcp", help="Serve an episode as an MCP server on stdio; with --port, any of them."
        ),
    ] = False,
    mcp_proxy: Annotated[
        str | None,
        Option(help="Serve the tools of another MCP server, a command or URL, perturbed."),
    ] = None,
    split: Annotated[Split, Option(help="Which webs, or which scenarios.")] = Split.TRAIN,
    index: Annotated[int, Option(min=0, max=WEBS - 1, help="Which web of them.")] = 0,
    port: Annotated[
        int | None,
        Option(min=0, max=65535, help="Which port; 0 takes a free one. A web has 8000 by default."),
    ] = None,
    task: Annotated[str | None, Option(help="See `wildgym list tasks`.")] = None,
    seed: Annotated[int, Option(min=0, help="Of the episode, or of the perturbations.")] = 0,
    perturbations: Annotated[
        str, Option(help="A mix, operators with commas between them, or a variation's JSON.")
    ] = "none",
    max_turns: Annotated[int, Option(min=1, help="Calls in an episode.")] = 200,
    sandbox: Annotated[str, Option(help="See `wildgym doctor`.")] = "auto",
    out: Annotated[
        Path | None, Option(help="Append what came of each episode, as a line of JSON.")
    ] = None,
    episodes: Annotated[int, Option(min=1, help="How many may be open at a time.")] = 64,
    idle: Annotated[
        float, Option(min=0, help="Seconds after which an unused one gives its place to another.")
    ] = 3600,
    show: Annotated[
        bool, Option("--show", help="Say which perturbations --mcp-proxy can apply; serve nothing.")
    ] = False,
) -> None:
    """Serve a web, an episode over MCP, or a perturbed MCP server, to this machine only."""
    if [web_of_family, mcp, mcp_proxy is not None].count(True) != 1:
        raise Misuse(_WAYS)
    if web_of_family:
        _serve_web(split, index, _WEB_PORT if port is None else port)
    elif mcp_proxy is not None:
        if show:
            _mcp().show(mcp_proxy)
        else:
            _mcp().proxied(mcp_proxy, perturbations, seed, port, out)
    else:
        arguments = {
            "perturbations": perturbations,
            "split": split.value,
            "max_turns": max_turns,
            "sandbox": sandbox,
        }
        if (task is None) == (port is None):
            raise Misuse("give --task for one episode on stdio, or --port for any over HTTP")
        if task is not None:
            _mcp().one_episode(task, seed, out, **arguments)
        else:
            _mcp().many_episodes(port, out, episodes, idle, **arguments)


def _mcp() -> ModuleType:
    """Return what serves over MCP, whose packages come with an extra."""
    try:
        from wildgym.benchmarks import mcp
    except ImportError as error:
        if (error.name or "").startswith("wildgym"):
            raise
        raise lacking("mcp", "mcp") from None
    return mcp


def _serve_web(split: Split, index: int, port: int) -> None:
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
