"""A real language model, behind a real endpoint, through the real benchmark."""

import json
import socket
import subprocess
import sys
import time
import urllib.request

import pytest


@pytest.fixture(scope="module")
def endpoint():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "wildgym.benchmarks.smollm", "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/v1"
    try:
        for _ in range(120):
            assert server.poll() is None, "the server died"
            try:
                urllib.request.urlopen(f"{url}/models", timeout=5).close()
                break
            except OSError:
                time.sleep(0.5)
        yield url
    finally:
        server.terminate()
        server.wait(30)


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
