"""Harbor: tasks over a folder as task directories, and the judge that runs in their verifier.

Neither needs Harbor itself: `pip install 'wildgym[harbor]'` brings what runs them, on Python 3.12.
Source: https://github.com/harbor-framework/harbor.

Agents of Harbor's bring tools of their own, so it is the prompts and the folder that a perturbation
may change here. The verifier is an image of its own, which the agent's work is copied into: there
the same verdict is reached as anywhere else. Where that fails no reward is written, and Harbor
counts an error in place of a score.
"""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from shlex import quote
from typing import Any

from wildgym.envs.answer import written
from wildgym.envs.expert import solve
from wildgym.envs.integrations.archive import packed, unpacked
from wildgym.envs.integrations.row import Row, made, opened, row
from wildgym.envs.scenario import Scenario
from wildgym.envs.trajectory import Trajectory
from wildgym.envs.verifier import Verdict
from wildgym.tools import Json
from wildgym.tools.sandboxes import Tree, digest
from wildgym.tools.sandboxes.docker_image import BASE, RECIPE
from wildgym.tools.workspace import Workspace

_FAMILIES = ("wildgym/Files-v0", "wildgym/Codebase-v0")
_ARTIFACTS, _VERIFIER = Path("/logs/artifacts"), Path("/logs/verifier")
# The verifier's container has nothing that is secret, so what needs no privileges will do in it.
_SANDBOX = "landlock"

_TASK = """\
schema_version = "1.4"

[task]
name = "wildgym/{name}"

[metadata]
task = "{task}"
seed = {seed}

[agent]
timeout_sec = 1800.0

[verifier]
environment_mode = "separate"
timeout_sec = 600.0

[[verifier.collect]]
command = "tar -C /work -cf /logs/artifacts/work.tar ."

[environment]
network_mode = "no-network"
"""
_HAND_IN = """\
The folder is `/work`. What has to be reported goes into `/logs/artifacts/answer.json`, such as
`{"status": "done", "answer": "12.50"}`. The status is `done`, `refused` (a rule forbids the
request) or `impossible` (it cannot be carried out with what there is). Without that file, the work
is handed in as done, with nothing to report.
"""
_IMAGE = (
    "FROM {base}\nRUN apt-get update && apt-get install --yes --no-install-recommends {listed}\n"
)
_FOLDER = "ADD work.tar /work/\nENV TMPDIR=/tmp\nWORKDIR /work\n"
_TOOLCHAIN = "ADD site.tar /opt/site/\nENV PYTHONPATH=/opt/site\n"
_JUDGE = """\
RUN python3 -m venv /opt/wildgym
ENV PATH=/opt/wildgym/bin:$PATH
RUN pip install --no-cache-dir {install}
"""
_TEST = "#!/bin/sh\nexec python3 -m wildgym.envs.integrations.harbor /tests/episode.json\n"


def export(
    env_id: str,
    seeds: Iterable[int],
    to: str | Path,
    *,
    install: str = "wildgym",
    **arguments: Any,
) -> list[Path]:
    """Write an episode for each seed as a task directory, and return these.

    Args:
        env_id: `wildgym/Files-v0` or `wildgym/Codebase-v0`.
        seeds: One for each directory.
        to: The folder that they are written into.
        install: What pip installs in the verifier's image: a requirement, or the path of a wheel,
            which is copied there. It has to be the wildgym that writes the tasks.
        arguments: As for `row`.

    Raises:
        ValueError: Harbor cannot carry such an episode; the message says why.
    """
    if env_id not in _FAMILIES:
        raise ValueError(f"{env_id} is not all in one folder, as {' and '.join(_FAMILIES)} are")
    if "codebase" in arguments:
        raise ValueError("a codebase of your own is not in the verifier's image: leave it out")
    folders = []
    for seed in seeds:
        one = row(env_id, seed, **arguments)
        scenario = _scenario(one)
        name = f"{_family(one)}-{scenario.task.replace('/', '-')}-{seed}"
        for path, content in _files(name, one, scenario, install).items():
            place = Path(to) / name / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        folders.append(Path(to) / name)
    return folders


def judged(episode: Mapping[str, Any], work: Tree, answer: Json) -> Verdict:
    """Return the verdict on what an agent left.

    Args:
        episode: What `tests/episode.json` holds.
        work: The folder that it left.
        answer: What it handed in: an object with `status` and `answer`.

    Raises:
        ValueError: Another wildgym wrote the episode, so that the goal would be another's.
    """
    scenario = _scenario({**episode["row"]})
    start = _workspace(scenario)
    if digest(start.start) != episode["start"]:
        raise ValueError("this wildgym draws another folder than the one that wrote the task")
    world = scenario.world.fork()
    world.workspace = Workspace(work, start.outfit, _SANDBOX)
    given = answer if isinstance(answer, dict) else {"status": None}
    status, text = given.get("status", "done"), written(given.get("answer"))
    world.answer = {"answer": text, "status": status}
    return scenario.verifier(scenario, world, Trajectory(""))


def _files(name: str, one: Row, scenario: Scenario, install: str) -> dict[str, bytes]:
    """Return the files of a task directory."""
    start, site = _workspace(scenario).start, _workspace(scenario).outfit.site
    listed = (RECIPE / "packages.txt").read_text().split()
    image, judge = _IMAGE.format(base=BASE, listed=" ".join(listed)), _JUDGE
    files: dict[str, bytes] = {"environment/work.tar": packed(start)}
    if install.endswith(".whl"):
        wheel = Path(install).name
        files[f"tests/{wheel}"] = Path(install).read_bytes()
        judge = f"COPY {wheel} /opt/\n{judge}"
        install = f"/opt/{wheel}"
    if site:
        files["environment/site.tar"] = packed(site)
    judge = judge.format(install=quote(install))
    if _family(one) == "codebase":
        judge += f"RUN wildgym tasks fetch {scenario.task.partition('/')[0]}\n"
    told = scenario.told
    texts = {
        "task.toml": _TASK.format(name=name, task=scenario.task, seed=one["seed"]),
        "instruction.md": "\n\n".join(
            [scenario.system.render(told), scenario.user.render(told), _HAND_IN]
        ),
        "environment/Dockerfile": image + (_TOOLCHAIN if site else "") + _FOLDER,
        "tests/Dockerfile": image.rstrip() + " python3-venv\n" + judge + "COPY . /tests\n",
        "tests/test.sh": _TEST,
        "tests/episode.json": json.dumps({"row": one, "start": digest(start)}),
    }
    files |= {path: text.encode() for path, text in texts.items()}
    return {**files, **_solution(scenario, one["arguments"].get("sandbox", "auto"))}


def _solution(scenario: Scenario, sandbox: str) -> dict[str, bytes]:
    """Let the expert work, and return what leads from the first folder to what it left."""
    start, world = _workspace(scenario).start, scenario.world.fork()
    world.workspace = _workspace(scenario).on(sandbox)
    program = solve(scenario)
    call = next(program)
    while world.answer is None:
        call = program.send(scenario.toolset.call(call, world))
    left = world.workspace.tree()
    world.workspace.close()
    gone = [quote(path) for path in start if path not in left]
    lines = [
        *("#!/bin/sh", "set -eu", "cd /work"),
        *([f"rm -rf -- {' '.join(gone)}"] if gone else []),
        "tar -xpmf /solution/changed.tar",
        f"printf %s {quote(json.dumps(world.answer))} > {_ARTIFACTS}/answer.json",
    ]
    script = "\n".join(lines) + "\n"
    changed = {path: file for path, file in left.items() if start.get(path) != file}
    return {
        "solution/solve.sh": script.encode("utf-8", "surrogateescape"),
        "solution/changed.tar": packed(changed),
    }


def _scenario(one: Row) -> Scenario:
    """Draw the episode of a row; raise ValueError where an agent's own tools are not enough."""
    env = made(one)
    opened(env, one)
    scenario = env.scenario
    if scenario.toolset is not scenario.canonical or scenario.checks:
        raise ValueError(
            f"seed {one['seed']}: {json.dumps(env.variation)} changes what tools do, and agents of"
            " Harbor's bring their own; perturb the prompts' wording or the folder"
        )
    return scenario


def _workspace(scenario: Scenario) -> Workspace:
    assert scenario.world.workspace is not None
    return scenario.world.workspace


def _family(one: Row) -> str:
    return str(one["env_id"]).removeprefix("wildgym/").removesuffix("-v0").lower()


def _main(path: str) -> None:
    """Judge what Harbor has copied into the verifier's container."""
    try:
        work = unpacked((_ARTIFACTS / "work.tar").read_bytes())
        text = _ARTIFACTS / "answer.json"
        answer = json.loads(text.read_bytes()) if text.exists() else {}
    except (OSError, ValueError, RecursionError):
        # That is the agent's doing, or that nothing was handed in.
        work, answer = {}, None
    verdict = judged(json.loads(Path(path).read_text()), work, answer)
    (_VERIFIER / "checks.json").write_text(json.dumps(verdict.checks))
    (_VERIFIER / "reward.json").write_text(json.dumps({"reward": verdict.score}))


if __name__ == "__main__":
    _main(sys.argv[1])
