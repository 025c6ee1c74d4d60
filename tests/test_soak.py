"""Episodes around which runners and containers die: none is scored wrongly, nothing is left."""

import os

import pytest

from wildgym.benchmarks.soak import soak
from wildgym.tools.sandboxes import BACKENDS, why_not


@pytest.mark.parametrize(
    ("sandbox", "family", "episodes"),
    [
        *((name, "files", 24) for name in BACKENDS if name != "docker"),
        ("docker", "files", 16),
        ("bubblewrap", "codebase", 8),
    ],
)
def test_faults_make_episodes_invalid_at_most_and_leave_nothing(sandbox, family, episodes):
    if (missing := why_not(sandbox)) and not os.environ.get("CI"):
        pytest.skip(missing)
    found = soak(sandbox, family, episodes)
    assert sum(found["ends"].values()) == episodes
    outcomes = {end.partition(": ")[2] for end in found["ends"]}
    assert outcomes <= {"solved", "invalid"}, found["ends"]
    assert all(end.startswith(("runner", "container")) for end in found["ends"] if "invalid" in end)
    assert sum(found["met"].values()) > episodes // 5
    # Mounts are the machine's, and other tests mount meanwhile.
    assert {k: v for k, v in found["left"].items() if k != "mounts" and v > 0} == {}
