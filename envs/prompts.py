"""Prompts as structure: templates whose facts no perturbation of the wording can touch."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from xml.sax.saxutils import escape

from wildgym.tools import Facts

_FORMATTER = Formatter()


@dataclass(frozen=True, slots=True)
class SystemPrompt:
    """Who the agent is, what holds today, and the rules. Every string is a format template.

    Attributes:
        persona: Who the agent is and for whom it works.
        context: Facts of the episode, one a line.
        rules: Rules, one each; their order carries no meaning.
        layout: A name in LAYOUTS.
    """

    persona: str
    context: tuple[str, ...]
    rules: tuple[str, ...]
    layout: str = "plain"

    def render(self, told: Facts) -> str:
        """Fill in what is told, and lay it out."""
        return LAYOUTS[self.layout](
            self.persona.format_map(told),
            [line.format_map(told) for line in self.context],
            [rule.format_map(told) for rule in self.rules],
        )


@dataclass(frozen=True, slots=True)
class UserPrompt:
    """What the user wants, told in parts. Every string is a format template.

    Attributes:
        parts: One sentence or more each, in the order of telling.
        before: What stands before the request, and is none of it.
        after: What stands after the request, and is none of it.
    """

    parts: tuple[str, ...]
    before: str = ""
    after: str = ""

    def render(self, told: Facts) -> str:
        """Fill in what is told."""
        request = " ".join(self.parts)
        whole = "\n\n".join(text for text in (self.before, request, self.after) if text)
        return whole.format_map(told)


def fields(template: str) -> list[str]:
    """Return the names of the facts that a template mentions, in order."""
    return [name for _, name, _, _ in _FORMATTER.parse(template) if name]


def renamed_field(template: str, name: str, other: str) -> str:
    """Return the template with one fact's field filled from another."""
    return re.sub(rf"\{{{re.escape(name)}(?=[:}}])", f"{{{other}", template)


def literal(text: str) -> str:
    """Return text as a template that renders as that text."""
    return text.replace("{", "{{").replace("}", "}}")


def _plain(persona: str, context: Sequence[str], rules: Sequence[str]) -> str:
    return "\n".join([persona, "", *context, "", "Rules:", *(f"- {rule}" for rule in rules)])


def _markdown(persona: str, context: Sequence[str], rules: Sequence[str]) -> str:
    numbered = [f"{n}. {rule}" for n, rule in enumerate(rules, 1)]
    facts = [f"- {line}" for line in context]
    return "\n".join(
        ["# Role", "", persona, "", "## Context", "", *facts, "", "## Rules", "", *numbered]
    )


def _xml(persona: str, context: Sequence[str], rules: Sequence[str]) -> str:
    facts = [f"  <fact>{escape(line)}</fact>" for line in context]
    numbered = [f'  <rule n="{n}">{escape(rule)}</rule>' for n, rule in enumerate(rules, 1)]
    return "\n".join(
        [
            f"<role>{escape(persona)}</role>",
            *("<context>", *facts, "</context>"),
            *("<rules>", *numbered, "</rules>"),
        ]
    )


def _workflow(persona: str, context: Sequence[str], rules: Sequence[str]) -> str:
    steps = [f"Step {n}. Before you act, check this: {rule}" for n, rule in enumerate(rules, 1)]
    last = f"Step {len(rules) + 1}. Act, then hand in the work."
    return "\n".join([persona, " ".join(context), "", "How to proceed:", *steps, last])


def _json(persona: str, context: Sequence[str], rules: Sequence[str]) -> str:
    whole = {"role": persona, "context": list(context), "rules": list(rules)}
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _yaml(persona: str, context: Sequence[str], rules: Sequence[str]) -> str:
    # What JSON quotes, YAML reads as the same text.
    quoted = [
        [f"  - {json.dumps(line, ensure_ascii=False)}" for line in g] for g in (context, rules)
    ]
    role = json.dumps(persona, ensure_ascii=False)
    return "\n".join([f"role: {role}", "context:", *quoted[0], "rules:", *quoted[1]])


def _prose(persona: str, context: Sequence[str], rules: Sequence[str]) -> str:
    return "\n\n".join([persona, " ".join([*context, *rules])])


LAYOUTS: Mapping[str, Callable[[str, Sequence[str], Sequence[str]], str]] = {
    "plain": _plain,
    "markdown": _markdown,
    "xml": _xml,
    "workflow": _workflow,
    "json": _json,
    "yaml": _yaml,
    "prose": _prose,
}
