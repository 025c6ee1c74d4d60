"""What ends a command with one line for its user, and never with a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer


class Ended(Exception):
    """An end that the user should hear of. The message is all that is shown."""

    code = 1


class Misuse(Ended):
    """An argument that cannot be used; nothing was begun. The message says what would do."""

    code = 2


class Halted(Ended):
    """A run that could not go on; what it had played is kept."""


class Interrupted(Ended):
    """A run that was told to stop; what it had played is kept."""

    code = 130


def lacking(package: str, extra: str = "bench") -> Misuse:
    """Say that a package is not installed, and which extra it comes with."""
    return Misuse(f"{package} is not installed; it comes with: pip install 'wildgym[{extra}]'")


@contextmanager
def plainly() -> Iterator[None]:
    """Turn an `Ended` into a line on stderr and an exit code."""
    try:
        yield
    except Ended as end:
        typer.echo(f"wildgym: {end}", err=True)
        raise typer.Exit(end.code) from None
