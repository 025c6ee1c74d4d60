"""XML with an element for each parameter, and no types."""

from wildgym.envs.scaffolds import docs
from wildgym.envs.scaffolds.core import Syntax, TextScaffold
from wildgym.envs.scaffolds.elements import Raw, Xml
from wildgym.envs.scaffolds.templates import Elements, untyped

_GROUP = "xml-per-parameter"
_QWEN_TOKENS = ("</parameter>", "</function>", "</tool_call>", "<parameter=")
_INVOKE = ('<invoke name="{}">\n', "</invoke>")
_PARAMETER = ('<parameter name="{}">', "</parameter>\n")

_QWEN3_CODER: Syntax = Elements(
    _GROUP,
    call=("<tool_call>\n<function={}>\n", "</function>\n</tool_call>"),
    argument=("<parameter={}>\n", "\n</parameter>\n"),
    content=Raw(_QWEN_TOKENS),
)
_MIMO: Syntax = Elements(
    _GROUP,
    call=("<tool_call>\n<function={}>\n", "</function>\n</tool_call>"),
    argument=("<parameter={}>", "</parameter>\n"),
    content=Xml(),
)
_SEED_OSS: Syntax = Elements(
    _GROUP,
    call=("<function={}>\n", "</function>"),
    argument=("<parameter={}>", "</parameter>\n"),
    content=Raw(("</parameter>", "</function>", "</seed:tool_call>", "<parameter=")),
    block=("<seed:tool_call>\n", "\n</seed:tool_call>"),
)
_MINIMAX_M2: Syntax = Elements(
    _GROUP,
    call=_INVOKE,
    argument=_PARAMETER,
    content=Raw(("</parameter>", "</invoke>", "</minimax:tool_call>")),
    block=("<minimax:tool_call>\n", "\n</minimax:tool_call>"),
)
_DOTS: Syntax = Elements(
    _GROUP,
    call=_INVOKE,
    argument=_PARAMETER,
    content=Raw(("</parameter>", "</invoke>", "</dots_function_call>")),
    block=("<dots_function_call>\n", "\n</dots_function_call>"),
)
_MINICPM: Syntax = Elements(
    _GROUP,
    call=('<function name="{}">', "</function>"),
    argument=('<param name="{}">', "</param>"),
    content=Xml(sections=True, tokens=("</param>", "</function>")),
)
_ANTHROPIC: Syntax = Elements(
    _GROUP,
    call=(
        "<invoke>\n<tool_name>{}</tool_name>\n<parameters>\n",
        "</parameters>\n</invoke>",
    ),
    argument=("<{}>", "</{}>\n"),
    content=Xml(),
    block=("<function_calls>\n", "\n</function_calls>"),
)
_ANTHROPIC_INVOKE: Syntax = Elements(
    _GROUP,
    call=_INVOKE,
    argument=_PARAMETER,
    content=Raw(("</parameter>", "</invoke>", "</function_calls>")),
    block=("<function_calls>\n", "\n</function_calls>"),
)

_ESCAPED = "Strings stand as they are, any other value as JSON. Within both, & is written &amp; and"
_PARAMETER_NOTE = untyped("</parameter>", "</invoke>")

SCAFFOLDS = (
    TextScaffold(
        "qwen3-coder",
        _QWEN3_CODER,
        docs.xml,
        most_calls=8,
        note=untyped(*_QWEN_TOKENS),
    ),
    TextScaffold("mimo", _MIMO, docs.tagged_json, most_calls=8, note=f"{_ESCAPED} < &lt;.\n"),
    TextScaffold(
        "seed-oss",
        _SEED_OSS,
        docs.signatures,
        most_calls=8,
        note=untyped("</parameter>", "</function>", "<parameter="),
    ),
    TextScaffold(
        "minimax-m2", _MINIMAX_M2, docs.tagged_json, "<response>{}</response>", 8, _PARAMETER_NOTE
    ),
    TextScaffold("dots", _DOTS, docs.json_lines, most_calls=8, note=_PARAMETER_NOTE),
    TextScaffold(
        "minicpm",
        _MINICPM,
        docs.xml,
        most_calls=8,
        note="Strings stand as they are, any other value as JSON; within <![CDATA[…]]> where they"
        " have & or <.\n",
    ),
    TextScaffold(
        "anthropic-xml",
        _ANTHROPIC,
        docs.xml,
        "<function_results>\n<result>\n<tool_name>{name}</tool_name>\n<stdout>\n{}\n</stdout>\n"
        "</result>\n</function_results>",
        8,
        f"{_ESCAPED} < is written &lt;.\n",
    ),
    TextScaffold(
        "anthropic-invoke",
        _ANTHROPIC_INVOKE,
        docs.tagged_json,
        "<function_results>\n{}\n</function_results>",
        8,
        _PARAMETER_NOTE,
    ),
)
