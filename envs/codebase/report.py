"""The reports that agents are given: what somebody met, never what was changed."""

from collections.abc import Iterator

from wildgym.envs.codebase.bank import Bank, Defect, Witness
from wildgym.envs.codebase.mutate.apply import renamed
from wildgym.envs.codebase.values import show
from wildgym.envs.request import Request, ask
from wildgym.tools import Json, Rng

_LONGEST = 300


def report(bank: Bank, defect: Defect, rng: Rng) -> Request:
    """Return what is asked of an agent.

    Args:
        bank: Where the defect is from.
        defect: What is wrong.
        rng: For the wording.
    """
    name, version = bank.codebase.name, bank.codebase.version
    if defect.operator == "removed_body":
        return ask(
            "In {path}, {function} has lost its body: nothing but the docstring is left of it.",
            "Write it again. The docstring, the code that calls it and the tests say what it has"
            " to do.",
            path=defect.mutations[0].path,
            function=defect.functions[0],
        )
    rename = renamed(bank.codebase, defect.mutations[0])
    if rename is not None:
        return ask(
            "In {path}, {old} was given the name {new}, and what uses it still has the old one.",
            "Let all of {package} use the new name. The old one is not to come back.",
            path=rename.path,
            old=rename.old,
            new=rename.new,
            package=name,
        )
    opening = rng.pick(_OPENINGS)
    parts, facts = _met(defect)
    return ask(opening, *parts, rng.pick(_ENDINGS), package=name, version=version, **facts)


_OPENINGS = (
    "Something is wrong in {package} {version}.",
    "Since the last change, {package} {version} does not do what it should.",
    "We have run into a defect of {package} {version}.",
)
_ENDINGS = (
    "Please find the cause and repair it, without breaking anything else.",
    "Repair that where it comes from; everything else has to go on working.",
    "Can you find out why, and mend it? Nothing else may change its behaviour.",
)


def _met(defect: Defect) -> tuple[list[str], dict[str, Json]]:
    """Return what somebody met, as templates and facts."""
    if defect.witness is not None:
        witness = defect.witness
        facts = {
            "call": shown_call(witness),
            "observed": _cut(witness.observed),
            "expected": _cut(witness.expected),
        }
        return ["{call} gives {observed}, where {expected} would be right."], facts
    parts, facts = [], {}
    different = {_name(symptom.test): symptom for symptom in reversed(defect.symptoms)}
    for n, symptom in enumerate(list(different.values())[-2:], 1):
        parts.append(f"A test of ours, {{test_{n}}}, fails: {{message_{n}}}.")
        facts |= {
            f"test_{n}": _name(symptom.test),
            f"message_{n}": _cut(symptom.message.rstrip(".")),
        }
    return parts, facts


def _name(test: str) -> str:
    return test.partition("[")[0].rpartition("::")[2]


def shown_call(witness: Witness) -> str:
    """Return a call as Python writes it."""
    module, _, inner = witness.entry.partition(":")
    _, *pairs = witness.arguments
    written = f"{module}."
    arguments = [
        f"({', '.join(_arguments(positional, named))})"
        for positional, named in zip(pairs[::2], pairs[1::2], strict=True)
    ]
    if "()" in inner:
        constructor, _, method = inner.partition("()")
        written += f"{constructor}{arguments[0]}{method}{arguments[1]}"
    else:
        written += inner + arguments[0]
    return _cut(written)


def _arguments(positional: Json, named: Json) -> Iterator[str]:
    yield from (show(value) for value in positional[1:])
    yield from (f"{key}={show(value)}" for key, value in named[1:])


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
