"""`wildgym serve`: webs, episodes and perturbed servers, for agents with a client of their own."""

import importlib
import threading
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Annotated, Literal

import typer
from typer import Option

from wildgym.benchmarks.errors import Halted, Misuse, lacking, plainly
from wildgym.envs.web.webs import WEBS, web
from wildgym.perturbations.factory import FAMILIES
from wildgym.tools.web.serving import served

_PORT = 8000
_WAYS = (
    "say what to serve: wildgym serve --web, wildgym serve --openenv, wildgym serve --mcp"
    " --task TASK, wildgym serve --mcp --port PORT, or wildgym serve --mcp-proxy COMMAND"
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
    openenv: Annotated[
        bool, Option("--openenv", help="Serve episodes to clients of OpenEnv, over HTTP.")
    ] = False,
    family: Annotated[str, Option(help=f"Of --openenv: {', '.join(FAMILIES)}.")] = "api",
    interface: Annotated[
        Literal["text", "chat"], Option(help="Of --openenv: agents write text, or call tools.")
    ] = "text",
    split: Annotated[Split, Option(help="Which webs, or which scenarios.")] = Split.TRAIN,
    index: Annotated[int, Option(min=0, max=WEBS - 1, help="Which web of them.")] = 0,
    port: Annotated[
        int | None,
        Option(
            min=0, max=65535, help="Which port; 0 takes a free one. 8000 by default, not of MCP."
        ),
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
    """Serve a web, episodes over MCP or to OpenEnv, or a perturbed MCP server; to this machine."""
    if [web_of_family, mcp, mcp_proxy is not None, openenv].count(True) != 1:
        raise Misuse(_WAYS)
    arguments = {
        "perturbations": perturbations,
        "split": split.value,
        "max_turns": max_turns,
        "sandbox": sandbox,
    }
    at = _PORT if port is None else port
    if web_of_family:
        _serve_web(split, index, at)
    elif openenv:
        _part("openenv").episodes(family, interface, at, episodes, task, **arguments)
    elif mcp_proxy is not None:
        if show:
            _part("mcp").show(mcp_proxy)
        else:
            _part("mcp").proxied(mcp_proxy, perturbations, seed, port, out)
    elif (task is None) == (port is None):
        raise Misuse("give --task for one episode on stdio, or --port for any over HTTP")
    elif task is not None:
        _part("mcp").one_episode(task, seed, out, **arguments)
    else:
        _part("mcp").many_episodes(port, out, episodes, idle, **arguments)


def _part(extra: str) -> ModuleType:
    """Return the module that serves in a way whose packages come with the extra of its name."""
    try:
        return importlib.import_module(f"wildgym.benchmarks.{extra}")
    except ImportError as error:
        if (error.name or "").startswith("wildgym"):
            raise
        raise lacking(extra, extra) from None


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
