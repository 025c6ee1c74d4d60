"""A real language model, behind a real endpoint, through the real benchmark."""

import json
import subprocess
import sys

import pytest


@pytest.mark.parametrize("interface", ["text", "chat"])
def test_a_real_model_is_measured_as_it_is(endpoint, interface, tmp_path):
    command = [
        *(sys.executable, "-m", "wildgym.benchmarks", "bench", "--policy", "openai:smollm2"),
        *("--base-url", endpoint, "--suite", "tiny", "--seeds", "1", "--limit", "1"),
        *("--max-turns", "2", "--interface", interface, "--out", str(tmp_path / "out")),
        *("--max-tokens", "64", "--concurrency", "2"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = next((tmp_path / "out").rglob("episodes.jsonl")).read_text().splitlines()
    episodes = [json.loads(line) for line in lines]
    assert len(episodes) == 3  # one scenario, in three arms
    for episode in episodes:
        assert not episode.get("invalid")
        assert episode["score"] in (0.0, 1.0)
        assert 1 <= episode["turns"] <= 2
    assert "openai:smollm2" in done.stdout
