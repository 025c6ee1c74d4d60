"""An application over HTTP, to this machine only."""

from contextlib import suppress

import anyio
import typer
import uvicorn
from starlette.types import ASGIApp

from wildgym.benchmarks.errors import Halted

_HOST = "127.0.0.1"


def over_http(app: ASGIApp, port: int, path: str) -> None:
    """Serve until Ctrl-C, and say where.

    Args:
        app: What to serve.
        port: Which port; 0 takes a free one.
        path: What is said after the address.

    Raises:
        Halted: The port cannot be had.
    """
    config = uvicorn.Config(app, host=_HOST, port=port, log_level="warning", lifespan="on")
    try:
        listening = config.bind_socket()
    except SystemExit:
        raise Halted(f"port {port} cannot be had; name another by --port") from None
    # Who reads the address below may connect at once.
    listening.listen()
    port = listening.getsockname()[1]
    typer.echo(f"http://{_HOST}:{port}{path} (Ctrl-C ends it)", err=True)
    with suppress(KeyboardInterrupt):
        anyio.run(uvicorn.Server(config).serve, [listening])
