"""XML with an element for each parameter, whose type stands in an attribute."""

# ruff: noqa: RUF001 (DeepSeek's tags are written so)

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.templates import Elements
from wildgym.tools import Json

_TYPES = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    list: "array",
    dict: "object",
}


def _is_string(value: Json) -> str:
    return "true" if isinstance(value, str) else "false"


def _json_type(value: Json) -> str:
    return _TYPES.get(type(value), "null")


_ESCAPES = "Within values, & is written &amp; and < is written &lt;.\n"
_DSML: Syntax = Elements(
    "typed-attribute",
    call=('<｜DSML｜invoke name="{}">\n', "</｜DSML｜invoke>"),
    argument=('<｜DSML｜parameter name="{}" string="{}">', "</｜DSML｜parameter>\n"),
    block=("<｜DSML｜function_calls>\n", "\n</｜DSML｜function_calls>"),
    kind=_is_string,
)
_BFCL: Syntax = Elements(
    "typed-attribute",
    call=('<function name="{}">', "</function>"),
    argument=('<param name="{}" type="{}">', "</param>"),
    block=("<functions>", "</functions>"),
    kind=_json_type,
)

SCAFFOLDS = (
    TextScaffold(
        "deepseek-dsml",
        _DSML,
        docs.json_lines,
        "<function_results>\n<result>{}</result>\n</function_results>",
        8,
        f'With string="true" a value stands as it is, with string="false" as JSON. {_ESCAPES}',
    ),
    TextScaffold(
        "bfcl-xml",
        _BFCL,
        docs.xml,
        "<result>{}</result>",
        8,
        f'With type="string" a value stands as it is, with any other type as JSON. {_ESCAPES}',
    ),
)
