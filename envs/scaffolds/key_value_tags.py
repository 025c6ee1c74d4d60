"""Keys and values in tags of their own, in turn."""

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.templates import UNTYPED, Elements

_GLM: Syntax = Elements(
    "key-value-tags",
    call=("<tool_call>{}\n", "</tool_call>"),
    argument=("<arg_key>{}</arg_key>\n<arg_value>", "</arg_value>\n"),
)
_HUNYUAN: Syntax = Elements(
    "key-value-tags",
    call=("<tool_call>{}<tool_sep>\n", "</tool_call>"),
    argument=("<arg_key>{}</arg_key>\n<arg_value>", "</arg_value>\n"),
    block=("<tool_calls>\n", "\n</tool_calls>"),
)

SCAFFOLDS = (
    TextScaffold(
        "glm",
        _GLM,
        docs.tagged_json,
        "<|observation|>\n<tool_response>\n{}\n</tool_response>",
        8,
        UNTYPED,
    ),
    TextScaffold(
        "hunyuan", _HUNYUAN, docs.json_lines, "<tool_response>{}</tool_response>", 8, UNTYPED
    ),
)
