"""What ends a command with one line for its user, and never with a traceback."""


class Misuse(Exception):
    """An argument that cannot be used; nothing was begun. The message says what would do."""


class Halted(Exception):
    """A run that could not go on; what it had played is kept."""


def lacking(extra: str, package: str) -> Misuse:
    """Say that a package is not installed, and how to install it."""
    return Misuse(f"{package} is not installed; it comes with `pip install 'wildgym[{extra}]'`")
