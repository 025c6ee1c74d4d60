"""Every Python block of the README, and of the pages on perturbations and training, runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def blocks(page):
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)


@pytest.mark.parametrize("block", blocks("README.md"))
def test_a_block_of_the_readme_runs(block):
    subprocess.run([sys.executable, "-c", block], check=True)


@pytest.mark.parametrize("page", ["training", "scaffolds", "users", "histories"])
def test_a_page_of_the_docs_runs_from_top_to_bottom(page):
    subprocess.run([sys.executable, "-c", "\n".join(blocks(f"docs/{page}.md"))], check=True)


def test_the_perturbation_of_the_docs_is_one(tmp_path):
    (block,) = blocks("docs/perturbations.md")
    play = (
        "from wildgym.perturbations.factory import make\n"
        "env = make('api', perturbations=['shout'], tasks='calendar/*')\n"
        "for seed in range(40):\n"
        "    observation, _ = env.reset(seed=seed)\n"
        "    policy, over = env.expert(), False\n"
        "    while not over:\n"
        "        observation, reward, ended, cut, _ = env.step(policy(observation))\n"
        "        over = ended or cut\n"
        "    assert reward == 1.0\n"
    )
    file = tmp_path / "shout.py"
    file.write_text(f"{block}\n{play}")
    subprocess.run([sys.executable, file], check=True)
