"""What `wildgym serve` says over MCP: an episode, many of them, or a perturbed server."""

import json
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

import anyio
import gymnasium as gym
import typer
from mcp.server import Server
from mcp.server.stdio import stdio_server

from wildgym.benchmarks.errors import Misuse
from wildgym.benchmarks.listening import over_http
from wildgym.benchmarks.play import named
from wildgym.envs import WildEnv
from wildgym.envs.mcp.episode import Episode, Verdicts
from wildgym.envs.mcp.episode import server_of as server_of_episode
from wildgym.envs.mcp.episodes import app_of
from wildgym.envs.mcp.session import Session
from wildgym.envs.mcp.upstream import Upstream
from wildgym.perturbations.factory import family_of
from wildgym.perturbations.wrap.fitting import survey
from wildgym.perturbations.wrap.joining import joined
from wildgym.perturbations.wrap.proxy import Proxy, scenario_of
from wildgym.perturbations.wrap.serving import server_of as server_of_proxy
from wildgym.tools import Json, Tools, wait
from wildgym.tools.sandboxes import Unavailable
from wildgym.tools.servers import Unreachable

_BESIDE = ("perturbations", "split", "attempt")


def one_episode(task: str, seed: int, out: Path | None, **arguments: Any) -> None:
    """Serve one episode on stdin and stdout, until these are closed.

    Args:
        task: The name of its task.
        seed: Of its reset.
        out: Where to append what came of it, as a line of JSON.
        arguments: For `gym.make`.

    Raises:
        Misuse: There is no such episode.
    """
    try:
        episode = Episode(_env(task, **arguments), seed, _writing(out))
    except (ValueError, Unavailable) as error:
        raise Misuse(str(error)) from None
    _on_stdio(server_of_episode(episode), episode.close)


def many_episodes(port: int, out: Path | None, most: int, idle: float, **arguments: Any) -> None:
    """Serve any episodes over HTTP, to this machine only, until it is stopped.

    Args:
        port: Which port; 0 takes a free one.
        out: Where to append what came of each, as a line of JSON.
        most: How many may be open at a time.
        idle: After how many seconds without a request one gives its place to another.
        arguments: For `gym.make`; what a URL says goes before them.
    """
    written = _writing(out)

    def opened(task: str, seed: int, beside: Mapping[str, str]) -> Episode:
        unknown = beside.keys() - set(_BESIDE)
        if unknown:
            raise ValueError(f"unknown {min(unknown)!r}; a URL may give {', '.join(_BESIDE)}")
        given = {**arguments, **{k: v for k, v in beside.items() if k != "attempt"}}
        try:
            return Episode(_env(task, **given), seed, written)
        except (Unavailable, Misuse) as error:
            raise ValueError(str(error)) from None

    example = "/episodes/shop/refund/7/mcp"
    over_http(app_of(opened, most, idle), port, example)


def proxied(target: str, perturbations: str, seed: int, port: int | None, out: Path | None) -> None:
    """Serve another server's tools, perturbed, on stdin and stdout or over HTTP.

    Args:
        target: The other server: a command or a URL.
        perturbations: As typed.
        seed: Draws them.
        port: Which port of this machine; None for stdin and stdout.
        out: Where to append in the end which rules were kept and which lures followed.

    Raises:
        Misuse: The server cannot be had, or cannot be perturbed so.
    """
    with _session(target) as session:
        try:
            proxy = Proxy(session, named(perturbations), seed, date.today().isoformat())
        except (ValueError, Unreachable) as error:
            raise Misuse(str(error)) from None
        server = server_of_proxy(proxy, session)
        written = _writing(out)

        def report() -> None:
            written(proxy.report())

        if port is None:
            _on_stdio(server, report)
        else:
            app = server.streamable_http_app()
            try:
                over_http(app, port, "/mcp")
            finally:
                report()


def show(target: str) -> None:
    """Say for each operator whether it can be applied to a server's tools, and else why not.

    Raises:
        Misuse: The server cannot be had.
    """
    with _session(target) as session:
        tools = Upstream(session, session.tools())
        found = survey(scenario_of(joined(tools, Tools([wait]), target), date.today().isoformat()))
    typer.echo(f"{sum(why is None for why in found.values())} operators can be applied:")
    for name, why in found.items():
        if why is None:
            typer.echo(f"  {name}")
    typer.echo("The others cannot:")
    for name, why in found.items():
        if why is not None:
            typer.echo(f"  {name}: {why}")


def _env(task: str, perturbations: str, split: str, **arguments: Any) -> WildEnv:
    if split not in ("train", "test"):
        raise ValueError(f"split must be train or test, not {split!r}")
    made = gym.make(
        f"wildgym/{family_of(task).capitalize()}-v0",
        disable_env_checker=True,
        tasks=[task],
        interface="chat",
        perturbations=named(perturbations),
        split=cast(Literal["train", "test"], split),
        **arguments,
    )
    return cast(WildEnv, made.unwrapped)


@contextmanager
def _session(target: str) -> Iterator[Session]:
    try:
        session = Session(target)
        session.open()
    except Unreachable as error:
        raise Misuse(str(error)) from None
    try:
        yield session
    except Unreachable as error:
        raise Misuse(str(error)) from None
    finally:
        session.close()


def _writing(out: Path | None) -> Verdicts:
    if out is None:
        return lambda verdict: None
    try:
        out.open("a", encoding="utf-8").close()
    except OSError as error:
        raise Misuse(f"{out} cannot be written: {error.strerror}") from None
    return partial(_append, out)


def _append(out: Path, verdict: Mapping[str, Json]) -> None:
    with out.open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(verdict)}\n")


def _on_stdio(server: Server[Any], last: Callable[[], None]) -> None:
    """Serve on stdin and stdout until these are closed, or a signal comes; then do a last thing."""

    def ended(*_: object) -> None:
        # A thread waits for stdin, and nothing else wakes it.
        last()
        os._exit(0)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ended)
    anyio.run(_speaking, server)
    last()


async def _speaking(server: Server[Any]) -> None:
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())
