"""Keys and values in tags of their own, in turn."""

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.elements import Raw
from wildgym.envs.scaffolds.templates import Elements, untyped

_GROUP = "key-value-tags"
_TOKENS = ("</arg_value>", "</tool_call>")
_NOTE = untyped("</arg_value>", "</tool_call>")
_QUOTED = f"A string that begins and ends with quotes is read as JSON. {_NOTE}"

_GLM: Syntax = Elements(
    _GROUP,
    call=("<tool_call>{}\n", "</tool_call>"),
    argument=("<arg_key>{}</arg_key>\n<arg_value>", "</arg_value>\n"),
    content=Raw(_TOKENS, quoted=True),
)
_GLM_47: Syntax = Elements(
    _GROUP,
    call=("<tool_call>{}", "</tool_call>"),
    argument=("<arg_key>{}</arg_key><arg_value>", "</arg_value>"),
    content=Raw(_TOKENS, quoted=True),
    between="",
)
_HUNYUAN: Syntax = Elements(
    _GROUP,
    call=("<tool_call>{}<tool_sep>\n", "</tool_call>"),
    argument=("<arg_key>{}</arg_key>\n<arg_value>", "</arg_value>\n"),
    content=Raw((*_TOKENS, "</tool_calls>")),
    block=("<tool_calls>\n", "\n</tool_calls>"),
)

SCAFFOLDS = (
    TextScaffold(
        "glm",
        _GLM,
        docs.tagged_json,
        "<|observation|>\n<tool_response>\n{}\n</tool_response>",
        8,
        _QUOTED,
    ),
    TextScaffold(
        "glm-4.7",
        _GLM_47,
        docs.tagged_json,
        "<|observation|><tool_response>{}</tool_response>",
        8,
        _QUOTED,
    ),
    TextScaffold(
        "hunyuan", _HUNYUAN, docs.json_lines, "<tool_response>{}</tool_response>", 8, _NOTE
    ),
)
