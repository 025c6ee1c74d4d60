"""Episodes with faults: `python -m wildgym.benchmarks.soak --sandbox bubblewrap --episodes 2000`.

The expert plays, and around it runners and containers are killed, scratch disks are filled,
commands run over their time, daemons are left behind. Each episode has to end with reward 1, or as
invalid where its sandbox was lost, and never with another score; and nothing may be left on the
host.
"""

import gc
import os
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, cast

import gymnasium as gym
import typer
from typer import Option

from wildgym.envs import WildEnv
from wildgym.tools import Rng, ToolCall
from wildgym.tools.python import run_python
from wildgym.tools.sandboxes import owner
from wildgym.tools.sandboxes.docker_daemon import OWNER
from wildgym.tools.sandboxes.launch import TITLE
from wildgym.tools.sandboxes.pool import close_all
from wildgym.tools.shell import run_command

_FAULT_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Left:
    """What there is on the host that an episode could leave behind.

    Attributes:
        processes: Runners, and what they run.
        containers: Containers of this process.
        mounts: Mounted file systems of this machine.
        descriptors: Open descriptors of this process.
        folders: Temporary folders of this process.
    """

    processes: int
    containers: int
    mounts: int
    descriptors: int
    folders: int


def left() -> Left:
    """Count what is there now."""
    gc.collect()
    return Left(
        len(runners()),
        len(_docker("ps", "-aq", "--filter", f"label={OWNER}={owner.mark()}")),
        len(Path("/proc/self/mounts").read_text().splitlines()),
        len(os.listdir("/proc/self/fd")),
        sum(owner.mark() in p.name for p in Path(tempfile.gettempdir()).iterdir()),
    )


def runners() -> list[int]:
    """Return the processes of this process's runners."""
    parents: dict[int, int] = {}
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                parents[int(folder.name)] = int(fields[1])
                if _is_runner((folder / "cmdline").read_bytes()):
                    found.append(int(folder.name))
    # A fork of a runner is an agent's interpreter.
    return [
        pid for pid in found if parents[pid] not in found and _comes_from(pid, os.getpid(), parents)
    ]


def _is_runner(command: bytes) -> bool:
    return command.startswith(TITLE.encode())


def _comes_from(pid: int, ancestor: int, parents: Mapping[int, int]) -> bool:
    while pid in parents and pid != ancestor:
        pid = parents[pid]
    return pid == ancestor


def _docker(*arguments: str) -> list[str]:
    try:
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.split()


def _kill_a_runner(rng: Rng) -> None:
    if found := sorted(runners()):
        with suppress(OSError):
            os.kill(rng.pick(found), signal.SIGKILL)


def _kill_a_container(rng: Rng) -> None:
    if found := sorted(_docker("ps", "-q", "--filter", f"label={OWNER}={owner.mark()}")):
        _docker("kill", rng.pick(found))


Fault = Callable[[Rng], ToolCall | None]

FAULTS: Mapping[str, Fault] = {
    "runner killed": _kill_a_runner,
    "container killed": _kill_a_container,
    "scratch disk filled": lambda rng: run_command(
        command='head -c 999999999 /dev/zero > "$TMPDIR/big"; rm -f "$TMPDIR/big"'
    ),
    "time passed": lambda rng: run_command(command="sleep 99 & sleep 99", timeout_seconds=1),
    "daemons left": lambda rng: run_command(command="for i in 1 2 3; do setsid sleep 99 & done"),
    "output flooded": lambda rng: run_command(command="yes | head -c 3000000"),
    "memory taken": lambda rng: run_python(code="taken = bytearray(900_000_000)"),
}
"""By name, what happens before a step: something to the host, or a call of the agent's."""


def played(env: WildEnv, seed: int, faults: Mapping[str, Fault], met: Counter[str]) -> str:
    """Play an episode with at most one fault; say what came of it."""
    rng = Rng(seed, "soak")
    name = rng.pick(sorted(faults)) if rng.chance(_FAULT_SHARE) else ""
    when, turn = rng.integer(0, 3), 0
    observation, _ = env.reset(seed=seed)
    policy = env.expert()
    while True:
        action = policy(observation)
        if name and turn == when:
            met[name] += 1
            call = faults[name](rng)
            if call is not None:
                *_, ended, cut, info = env.step(env.written(call))
                if ended or cut:
                    return f"{name}: {_verdict(0.0, info)}"
        observation, reward, ended, cut, info = env.step(action)
        if ended or cut:
            return f"{name or 'no fault'}: {_verdict(reward, info)}"
        turn += 1


def _verdict(reward: float, info: Mapping[str, Any]) -> str:
    if "invalid" in info:
        lost = str(info["invalid"]).startswith(("SandboxLost", "Unavailable"))
        return "invalid" if lost else str(info["invalid"])
    return "solved" if reward == 1.0 else f"scored {reward}: {info.get('checks')}"


def soak(sandbox: str, family: str, episodes: int, *, restarts: int = 0) -> dict[str, Any]:
    """Play episodes with faults.

    Args:
        sandbox: The name of a backend.
        family: "files" or "codebase".
        episodes: How many.
        restarts: How often the Docker daemon is restarted meanwhile.

    Returns:
        How often episodes ended how, what was met, what was left more than before, and the seconds.
    """
    faults = dict(FAULTS)
    if sandbox != "docker":
        del faults["container killed"]
    made = gym.make(f"wildgym/{family.capitalize()}-v0", sandbox=sandbox)
    env = cast(WildEnv, made.unwrapped)
    ends: Counter[str] = Counter()
    met: Counter[str] = Counter()
    # A first one: what a process opens once, and keeps, no episode leaves.
    env.reset(seed=0)
    env.step(env.written(run_command(command="true")))
    env.close()
    close_all()
    before, began = left(), time.monotonic()
    for seed in range(episodes):
        ends[played(env, seed, faults, met)] += 1
        if restarts and seed % (episodes // restarts) == episodes // restarts - 1:
            met["daemon restarted"] += 1
            _restart_daemon()
    env.close()
    close_all()
    after = left()
    more = {
        name: getattr(after, name) - getattr(before, name) for name in Left.__dataclass_fields__
    }
    seconds = round(time.monotonic() - began, 1)
    return {"ends": dict(ends), "met": dict(met), "left": more, "seconds": seconds}


def _restart_daemon() -> None:
    """Kill the Docker daemon, and start it as it was started, until it answers."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and _is_daemon(folder):
            argv = (folder / "cmdline").read_bytes().rstrip(b"\0").split(b"\0")
            os.kill(int(folder.name), signal.SIGKILL)
            while _is_daemon(folder):
                time.sleep(0.05)
            _start_daemon(argv)
            return


def _start_daemon(argv: Sequence[bytes]) -> None:
    quiet = subprocess.DEVNULL
    for _ in range(10):
        process = subprocess.Popen(
            argv, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
        while process.poll() is None:
            if _docker("version", "--format", "{{.Server.Version}}"):
                return
            time.sleep(0.2)
    raise typer.Exit(1)


def _is_daemon(folder: Path) -> bool:
    try:
        fields = (folder / "stat").read_text().rpartition(")")[2].split()
        return (folder / "comm").read_text().strip() == "dockerd" and fields[0] != "Z"
    except OSError:
        return False


def main(
    sandbox: Annotated[str, Option(help="The name of a backend.")] = "bubblewrap",
    family: Annotated[str, Option(help="files or codebase.")] = "files",
    episodes: Annotated[int, Option(min=1)] = 2000,
    restarts: Annotated[int, Option(min=0, help="Of the Docker daemon.")] = 0,
) -> None:
    """Play episodes with faults, and print what came of it."""
    for name, found in soak(sandbox, family, episodes, restarts=restarts).items():
        typer.echo(f"{name}: {found}")


if __name__ == "__main__":
    typer.run(main)
