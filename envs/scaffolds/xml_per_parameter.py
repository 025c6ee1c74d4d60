"""XML with an element for each parameter, and no types."""

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.templates import UNTYPED, Elements

_QWEN3_CODER: Syntax = Elements(
    "xml-per-parameter",
    call=("<tool_call>\n<function={}>\n", "</function>\n</tool_call>"),
    argument=("<parameter={}>\n", "\n</parameter>\n"),
)
_MINIMAX_M2: Syntax = Elements(
    "xml-per-parameter",
    call=('<invoke name="{}">\n', "</invoke>"),
    argument=('<parameter name="{}">', "</parameter>\n"),
    block=("<minimax:tool_call>\n", "\n</minimax:tool_call>"),
)
_ANTHROPIC: Syntax = Elements(
    "xml-per-parameter",
    call=(
        "<invoke>\n<tool_name>{}</tool_name>\n<parameters>\n",
        "</parameters>\n</invoke>",
    ),
    argument=("<{}>", "</{}>\n"),
    block=("<function_calls>\n", "\n</function_calls>"),
)

SCAFFOLDS = (
    TextScaffold("qwen3-coder", _QWEN3_CODER, docs.xml, most_calls=8, note=UNTYPED),
    TextScaffold(
        "minimax-m2", _MINIMAX_M2, docs.tagged_json, "<response>{}</response>", 8, UNTYPED
    ),
    TextScaffold(
        "anthropic-xml",
        _ANTHROPIC,
        docs.xml,
        "<function_results>\n<stdout>\n{}\n</stdout>\n</function_results>",
        8,
        UNTYPED,
    ),
)
