"""`wildgym doctor`: which sandboxes this machine has, and whether they hold."""

import time
from typing import Annotated

import typer
from typer import Argument, Option

from wildgym.benchmarks.errors import Halted, Misuse, plainly
from wildgym.benchmarks.report import Grid, show
from wildgym.tools.sandboxes import BACKENDS, Sandbox, SandboxLost, Unavailable, backend
from wildgym.tools.sandboxes.attacks import ATTACKS, Place, place
from wildgym.tools.sandboxes.attacks.attacking import Target

_COMMANDS = 20


@plainly()
def doctor(
    backends: Annotated[
        list[str] | None, Argument(help=f"Of {', '.join(BACKENDS)}; all, if none is named.")
    ] = None,
    attack: Annotated[
        bool, Option("--attack", help="Try every attack, too; that takes minutes.")
    ] = False,
) -> None:
    """Find out which sandboxes work here, by using them."""
    unknown = set(backends or ()) - set(BACKENDS)
    if unknown:
        raise Misuse(f"there is no sandbox {sorted(unknown)}; sandboxes: {', '.join(BACKENDS)}")
    examined = [(name, _examined(name)) for name in backends or BACKENDS]
    rows = [[name, *cells] for name, (cells, _) in examined]
    show([Grid("", ["sandbox", "works", "start ms", "command ms", "does not promise"], rows)])
    for name, (_, reason) in examined:
        if reason:
            typer.echo(f"{name}: {reason}")
    working = [name for name, (_, reason) in examined if not reason]
    if not working:
        raise Halted("none of these sandboxes can be had here")
    if attack:
        _attack(working)


def _examined(name: str) -> tuple[list[str], str]:
    """Return a backend's cells of the table, and why it cannot be had, if it cannot."""
    lacks = "; ".join(backend(name).lacks)
    begin = time.perf_counter()
    try:
        sandbox = Sandbox(backend(name))
    except (Unavailable, SandboxLost) as error:
        return ["no", "", "", lacks], str(error)
    started = time.perf_counter()
    try:
        for _ in range(_COMMANDS):
            sandbox.run(["true"])
    except SandboxLost as error:
        return ["no", "", "", lacks], str(error)
    finally:
        sandbox.close()
    each = (time.perf_counter() - started) / _COMMANDS
    return ["yes", f"{(started - begin) * 1e3:.0f}", f"{each * 1e3:.1f}", lacks], ""


def _attack(names: list[str]) -> None:
    """Attack sandboxes, and show what got through.

    Raises:
        Halted: Something did.
    """
    rows = []
    with place() as there:
        for name in names:
            found = _found(name, there)
            rows += [[name, attack, how] for attack, how in found.items()]
            typer.echo(f"{name}: {len(ATTACKS) - len(found)} of {len(ATTACKS)} attacks contained")
    if rows:
        show([Grid("What got through", ["sandbox", "attack", "how"], rows)])
        raise Halted("these sandboxes do not hold")


def _found(name: str, there: Place) -> dict[str, str]:
    """Return what got through, by attack."""
    target = Target(backend(name), there)
    try:
        found = {attack.name: target.attack(attack) for attack in ATTACKS}
    finally:
        target.close()
    return {attack: how for attack, how in found.items() if how}
