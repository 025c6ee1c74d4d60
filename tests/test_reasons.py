"""The expert can say why it does what it does, and does the same."""

from hypothesis import given, settings
from hypothesis import strategies as st

from wildgym.perturbations import REGISTRY, lessons
from wildgym.perturbations.factory import make


def played(env, seed, thoughts=None):
    """Let the expert play; return its turns, and the score."""
    shown, _ = env.reset(seed=seed)
    act, end = env.expert(lessons=thoughts), {}
    while not end:
        shown, _, _, _, end = env.step(act(shown))
    return env.trajectory.turns, end["score"]


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_reasons_are_read_as_thinking_under_any_dials(seed):
    """The same calls are made with reasons as without."""
    scaffold = {"syntax": "random", "dials": "random"}
    env = make("api", perturbations="all", scaffold=scaffold)
    thoughtful, score = played(env, seed, lessons())
    plain, same = played(env, seed)
    assert [turn.calls for turn in thoughtful] == [turn.calls for turn in plain]
    assert score == same
    assert all(turn.thinking.strip() for turn in thoughtful)
    assert not any(turn.thinking.strip() for turn in plain)


def test_an_obstacle_is_thought_of_before_what_it_takes():
    env = make("api", tasks="shop/cancel", perturbations=["rate_limit", "confirm_writes"])
    turns, _ = played(env, 1, lessons())
    waits = [turn for turn in turns if turn.calls[0].name == "wait"]
    codes = [turn for turn in turns if "confirmation_code" in turn.calls[0].arguments]
    assert waits
    assert codes
    assert all(REGISTRY["rate_limit"].lesson in turn.thinking for turn in waits)
    assert REGISTRY["confirm_writes"].lesson in codes[0].thinking


def test_what_is_only_said_otherwise_is_thought_of_once():
    env = make("api", tasks="shop/cancel_all*", perturbations=["rename_opaquely"])
    turns, _ = played(env, 1, lessons())
    lesson = REGISTRY["rename_opaquely"].lesson
    assert [lesson in turn.thinking for turn in turns[:3]] == [True, False, False]


def test_lessons_are_short_and_their_own():
    said = [*lessons().values()]
    assert len(set(said)) == len(said)
    assert all(10 < len(lesson) <= 140 and lesson.endswith(".") for lesson in said)
