"""What is lost with the history: a policy without a memory depends on what it is shown again."""

import pytest

from wildgym.benchmarks.histories import HISTORIES, facts_in, plan, played, without
from wildgym.perturbations.factory import make

JOB = ("desk/claims", 1)


@pytest.mark.parametrize(
    ("history", "thinking", "score"),
    [
        ("kept", "none", 1.0),
        ("last 3 turns", "kept", 1.0),
        ("last 3 turns", "none", 0.0),
        ("older results masked", "kept", 1.0),
        ("older results masked", "none", 0.0),
        ("summarised", "kept", 1.0),
    ],
)
def test_what_is_neither_shown_nor_noted_is_lost(history, thinking, score):
    steps = plan(make("desk"), *JOB)
    scaffold = {"syntax": "hermes", "thinking": thinking, **HISTORIES[history]}
    record = played(make("desk", history="full", scaffold=scaffold), *JOB, steps)
    assert record["score"] == score
    assert (record["in_view"] == 1.0) is (score == 1.0)


def test_facts_are_recognised_however_they_are_written():
    shown = facts_in('{"id": "ORD-5017", "total": 55.10, "text": "to a@b.example\\n2031-02-03"}')
    assert shown == {"ORD-5017", "55.1", "a@b.example", "2031-02-03"}
    call = {"id": "ORD-5017", "amounts": [55.1, 7], "body": "55.10 EUR on 2031-02-03"}
    assert without(call, frozenset({"55.1", "ORD-5017"})) == {
        "id": "?",
        "amounts": [0.0, 7],
        "body": "? EUR on 2031-02-03",
    }
