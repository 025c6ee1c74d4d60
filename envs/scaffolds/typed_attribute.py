"""XML with an element for each parameter, whose type stands in an attribute."""

# ruff: noqa: RUF001 (DeepSeek's tags are written so)

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.elements import Raw, Xml
from wildgym.envs.scaffolds.templates import Elements, pattern, shown
from wildgym.envs.scaffolds.values import FormatError, expected
from wildgym.tools import Json, Specs, ToolCall

_GROUP = "typed-attribute"
_TYPES = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "float",
    list: "array",
    dict: "object",
}


def _is_string(value: Json) -> str:
    return "true" if isinstance(value, str) else "false"


def _type(value: Json) -> str:
    return _TYPES.get(type(value), "null")


@dataclass(frozen=True)
class Attributes:
    """A call is an element, and each argument an empty one: name, value and type in attributes."""

    group: str = _GROUP
    content: Xml = field(default_factory=lambda: Xml(python=True))

    def render(self, calls: Sequence[ToolCall], specs: Specs) -> str:
        """Write calls; values are escaped as attributes are."""
        return f"<functions>{''.join([self._write(call) for call in calls])}</functions>"

    def parse(self, text: str, specs: Specs) -> tuple[int, list[ToolCall]]:
        """Read the calls of each block."""
        first, calls, at = text.find("<functions>"), [], 0
        while (start := text.find("<functions>", at)) >= 0:
            at = start + len("<functions>")
            while not (end := _END.match(text, at)):
                call, at = self._read(text, at)
                calls.append(call)
            at = end.end()
        return first, calls

    def _write(self, call: ToolCall) -> str:
        written = [
            f'<param name="{name}" value={_attribute(value)} type="{_type(value)}"/>'
            for name, value in call.arguments.items()
        ]
        return f'<function name="{call.name}"><params>{"".join(written)}</params></function>'

    def _read(self, text: str, at: int) -> tuple[ToolCall, int]:
        head = pattern(_HEAD).match(text, at)
        if not head:
            raise expected(shown(_HEAD), text, at)
        arguments: dict[str, Json] = {}
        at = head.end()
        while not (end := pattern("</params></function>").match(text, at)):
            found = _PARAM.match(text, at)
            if not found:
                raise expected('<param name="NAME" value="…" type="…"/>', text, at)
            at = found.end()
            given = {name: double or single for name, double, single in _GIVEN.findall(found[1])}
            if not given.keys() >= {"name", "value", "type"}:
                raise FormatError(f"A param has a name, a value and a type: {found[0][:60]!r}.")
            kind = "string" if given["type"] == "string" else "json"
            arguments[given["name"]] = self.content.read(given["value"], kind, given["name"])
        return ToolCall(head[1], arguments), end.end()


def _attribute(value: Json) -> str:
    text = value if isinstance(value, str) else repr(value)
    return quoteattr(text, {"\r": "&#13;", "\n": "&#10;", "\t": "&#9;"})


_HEAD = '<function name="{}"><params>'
_END = re.compile(r"\s*+</functions>")
_PARAM = re.compile(r"""\s*+<param((?:\s++\w++\s*+=\s*+(?:"[^"]*+"|'[^']*+'))++)\s*+/>""")
_GIVEN = re.compile(r"""(\w++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")

_DSML_TOKENS = ("</｜DSML｜", "<｜DSML｜")
_DSML_CALL = ('<｜DSML｜invoke name="{}">\n', "</｜DSML｜invoke>")
_DSML_ARGUMENT = ('<｜DSML｜parameter name="{}" string="{}">', "</｜DSML｜parameter>\n")
_DSML: Syntax = Elements(
    _GROUP,
    _DSML_CALL,
    _DSML_ARGUMENT,
    Raw(_DSML_TOKENS, entities=False),
    block=("<｜DSML｜function_calls>\n", "\n</｜DSML｜function_calls>"),
    kind=_is_string,
)
_DSML_V4: Syntax = Elements(
    _GROUP,
    _DSML_CALL,
    _DSML_ARGUMENT,
    Raw(_DSML_TOKENS, entities=False),
    block=("<｜DSML｜tool_calls>\n", "\n</｜DSML｜tool_calls>"),
    kind=_is_string,
)
_BFCL: Syntax = Elements(
    _GROUP,
    call=('<function name="{}">', "</function>"),
    argument=('<param name="{}" type="{}">', "</param>"),
    content=Xml(python=True),
    block=("<functions>", "</functions>"),
    kind=_type,
    between="",
)
_BFCL_VERBOSE: Syntax = Attributes()

_DSML_NOTE = (
    'With string="true" a value stands as it is, with string="false" as JSON. A string that'
    ' contains <｜DSML｜ or </｜DSML｜ is written with string="false", its < as \\u003c.\n'
)
_TYPED = (
    'With type="string" a value stands as it is, with any other type as a Python literal. Within'
    " values, & is written &amp; and < is written &lt;"
)

SCAFFOLDS = (
    TextScaffold(
        "deepseek-dsml",
        _DSML,
        docs.json_lines,
        "<function_results>\n<result>{}</result>\n</function_results>",
        8,
        _DSML_NOTE,
    ),
    TextScaffold(
        "deepseek-v4", _DSML_V4, docs.tagged_json, "<tool_result>{}</tool_result>", 8, _DSML_NOTE
    ),
    TextScaffold("bfcl-xml", _BFCL, docs.xml, "<result>{}</result>", 8, f"{_TYPED}.\n"),
    TextScaffold(
        "bfcl-verbose-xml",
        _BFCL_VERBOSE,
        docs.json_lines,
        "<result>{}</result>",
        8,
        f'{_TYPED}, " is written &quot; and a line end &#10;.\n',
    ),
)
