"""Harbor runs our tasks by its own command: its oracle solves them, and who does nothing fails.

Its environment is one that needs no Docker: what an image has in /work, /tests and /logs lies in
folders, which bubblewrap puts in place. The rest is this machine, read-only and without a network.
"""

# python: 3.12

import asyncio
import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from harbor.environments.base import BaseEnvironment, ExecResult
from harbor.environments.capabilities import EnvironmentCapabilities
from harbor.models.trajectories.trajectory import Trajectory

from wildgym.envs.integrations.archive import packed, unpacked
from wildgym.envs.integrations.harbor import export
from wildgym.tools.sandboxes.tree import FOLDER, LINK, READ_ONLY, File

REPOSITORY = Path(__file__).parents[2]
INSIDE = "/opt/repository"
MOUNTED = ("work", "tests", "logs", "solution")


class Rooted(BaseEnvironment):
    """An image as its Dockerfile makes it, but for what is installed in it."""

    @staticmethod
    def type():
        return "rooted"

    @property
    def capabilities(self):
        return EnvironmentCapabilities(disable_internet=True)

    def _validate_definition(self):
        assert (self.environment_dir / "Dockerfile").exists()

    def _place(self, path):
        return self._root / str(path).lstrip("/")

    async def start(self, force_build):
        self._root = self.trial_paths.trial_dir / f"root-{self.session_id}"
        for folder in (*MOUNTED, "site", "logs/agent", "logs/verifier", "logs/artifacts"):
            (self._root / folder).mkdir(parents=True)
        for name, folder in (("work.tar", "work"), ("site.tar", "site")):
            if (self.environment_dir / name).exists():
                archive = self.environment_dir / name
                subprocess.run(["tar", "-xpf", archive, "-C", self._root / folder], check=True)
        self._folder = "/work"
        if self.environment_dir.name == "tests":
            self._folder = "/"
            shutil.copytree(self.environment_dir, self._root / "tests", dirs_exist_ok=True)

    async def stop(self, delete):
        pass

    async def upload_file(self, source_path, target_path):
        shutil.copy(source_path, self._place(target_path))

    async def upload_dir(self, source_dir, target_dir):
        shutil.copytree(source_dir, self._place(target_dir), dirs_exist_ok=True)

    async def download_file(self, source_path, target_path):
        shutil.copy(self._place(source_path), target_path)

    async def download_dir(self, source_dir, target_dir):
        shutil.copytree(self._place(source_dir), target_dir, dirs_exist_ok=True)

    async def exec(self, command, cwd=None, env=None, timeout_sec=None, user=None):
        top = [path for path in Path("/").iterdir() if path.name not in MOUNTED]
        argv = ["bwrap", "--unshare-net", "--die-with-parent"]
        for path in top:
            link = path.is_symlink()
            argv += ["--symlink", os.readlink(path), path] if link else ["--ro-bind", path, path]
        argv += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
        argv += ["--ro-bind", sys.prefix, sys.prefix]
        for name in MOUNTED:
            argv += ["--bind", self._root / name, f"/{name}"]
        argv += ["--tmpfs", "/opt", "--ro-bind", REPOSITORY, INSIDE]
        argv += ["--ro-bind", self._root / "site", "/opt/site", "--chdir", cwd or self._folder]
        variables = {**os.environ, "PYTHONPATH": f"{INSIDE}/.src:/opt/site", **(env or {})}
        done = await asyncio.create_subprocess_exec(
            *map(str, argv),
            *("/bin/bash", "-c", command),
            env=variables,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(done.communicate(), timeout_sec)
        return ExecResult(
            stdout=out.decode(), stderr=err.decode(), return_code=done.returncode or 0
        )


def run(tasks, agent, jobs):
    """Run Harbor on a folder of tasks; return each trial's result by the name of its task."""
    paths = [str(REPOSITORY / ".src"), str(Path(__file__).parent)]
    command = ["harbor", "run", "-p", tasks, "--agent", agent, "-n", "1", "--jobs-dir", jobs, "-y"]
    done = subprocess.run(
        [*command, "--environment-import-path", f"{Path(__file__).stem}:Rooted"],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(paths),
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    trials = [json.loads(path.read_text()) for path in jobs.glob("*/*/result.json")]
    return {trial["task_name"].rpartition("/")[2]: trial for trial in trials}


def rewards(trials):
    for trial in trials.values():
        assert not trial["exception_info"], trial["exception_info"]
    return {name: trial["verifier_result"]["rewards"]["reward"] for name, trial in trials.items()}


@pytest.fixture(scope="module")
def tasks(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tasks")
    export("wildgym/Files-v0", range(2), folder)
    names = ["protect_files", "typos", "crlf_files"]
    export("wildgym/Files-v0", [11], folder, perturbations=names)
    export("wildgym/Codebase-v0", [3], folder, task="inflection/001", split="test")
    return folder


def test_the_oracle_is_right_and_nothing_is_wrong(tasks, tmp_path):
    names = {path.name for path in tasks.iterdir()}
    assert len(names) == 4
    assert rewards(run(tasks, "oracle", tmp_path / "oracle")) == dict.fromkeys(names, 1.0)
    assert rewards(run(tasks, "nop", tmp_path / "nop")) == dict.fromkeys(names, 0.0)


def test_where_the_judge_fails_there_is_an_error_and_no_reward(tmp_path):
    (task,) = export("wildgym/Files-v0", [5], tmp_path / "tasks")
    episode = task / "tests" / "episode.json"
    episode.write_text(json.dumps({**json.loads(episode.read_text()), "start": "another"}))
    (trial,) = run(tmp_path / "tasks", "oracle", tmp_path / "jobs").values()
    assert trial["exception_info"]["exception_type"] == "RewardFileNotFoundError"
    assert trial["verifier_result"] is None


def test_what_harbor_cannot_carry_is_refused(tmp_path):
    with pytest.raises(ValueError, match="paginate"):
        export("wildgym/Files-v0", [0], tmp_path, perturbations=["paginate"])
    with pytest.raises(ValueError, match="one folder"):
        export("wildgym/Api-v0", [0], tmp_path)


def test_folders_are_carried_to_the_bit():
    tree = {
        "a/b.csv": File(b"1\r\n"),
        "a/locked.txt": File(b"\xff", READ_ONLY),
        "a/link": File(b"../b", LINK),
        "empty/inner": File(b"", FOLDER),
        "private": File(b"", stat.S_IFDIR | 0o700),
        "private/odd \udcff name": File(b""),
    }
    assert unpacked(packed(tree)) == tree
    assert packed(tree) == packed(dict(reversed(tree.items())))
    assert unpacked(b"no archive at all" * 100) == unpacked(packed(tree)[:100]) == {}


@pytest.mark.parametrize("interface", ["chat", "text"])
def test_harbor_reads_the_trajectories_that_we_export(tmp_path, interface):
    # The command tells which release wrote them, and here the package is not installed.
    about = tmp_path / "site" / "wildgym-0.0.0.dist-info" / "METADATA"
    about.parent.mkdir(parents=True)
    about.write_text("Metadata-Version: 2.1\nName: wildgym\nVersion: 0.0.0\n")
    paths = [str(REPOSITORY / ".src"), str(about.parents[1])]
    subprocess.run(
        [
            *(sys.executable, "-m", "wildgym.benchmarks", "export", "--expert", "--format", "atif"),
            *("--task", "shop/*", "--interface", interface, "--workers", "1", "--out", "data"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        check=True,
    )
    lines = (tmp_path / "data" / "data.jsonl").read_text().splitlines()
    for line in lines:
        read = Trajectory.model_validate(json.loads(line))
        assert read.to_json_dict()["steps"] == json.loads(line)["steps"]
    assert len(lines) > 5


def test_the_example_of_the_docs_runs(example, tmp_path):
    exec(example, {})
    assert len(list((tmp_path / "tasks").iterdir())) == 4
