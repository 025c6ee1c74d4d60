"""Each syntax by example: what agents vary is read, and what cannot be read is refused with why."""

import pytest

from wildgym.envs.scaffolds import READ, FormatError
from wildgym.tools import Specs, ToolCall, ToolSpec

SPECS: Specs = {
    "f": ToolSpec(
        "f",
        "About.",
        {"type": "object", "properties": {"x": {"type": "string"}, "n": {"type": "integer"}}},
    )
}
MEANT = ToolCall("f", {"x": "1", "n": 2})
SECTION = '<|open|>argument key="x" type="string"<|sep|>1<|close|>argument<|sep|>'

READ_AS_MEANT = [
    ("llama3", 'So: <|python_tag|>{"name": "f", "parameters": {"x": "1", "n": 2}} Done.'),
    ("internlm", '<|action_start|> <|plugin|>{"name":"f","parameters":{"x":"1","n":2}}'
     "<|action_end|>"),
    ("function-tag", 'So <function=f> {"x": "1", "n": 2} </function>.'),
    ("mistral-args", 'So. [TOOL_CALLS] f [ARGS] {"x": "1", "n": 2}'),
    ("cohere", '<|START_ACTION|>\n[{"tool_name":"f","parameters":{"x":"1","n":2}}]<|END_ACTION|>'),
    ("apertus", '<|tools_prefix|> [{"f": {"n": 2, "x": "1"}}]<|tools_suffix|>'),
    ("glm-4.7", "<tool_call>f\n<arg_key>x</arg_key>\n<arg_value>1</arg_value>\n"
     "<arg_key>n</arg_key><arg_value> 2 </arg_value></tool_call>"),
    ("glm", '<tool_call>f<arg_key>x</arg_key><arg_value>"1"</arg_value>'
     "<arg_key>n</arg_key><arg_value>2</arg_value></tool_call>"),
    ("kimi-k3", f'<|open|>tools<|sep|> <|open|>call tool="f" index="1"<|sep|>{SECTION}'
     '<|open|>argument key="n" type="integer"<|sep|> 2 <|close|>argument<|sep|>'
     "<|close|>call<|sep|><|close|>tools<|sep|>"),
    ("deepseek-v3", "<｜tool▁call▁begin｜>function<｜tool▁sep｜>f ```json {\"x\":\"1\",\"n\":2} "  # noqa: RUF001
     "```<｜tool▁call▁end｜>"),  # noqa: RUF001
    ("minicpm", '<function name="f"><param name="x"><![CDATA[1]]></param>'
     '<param name="n">2</param></function>'),
    ("minimax-m2", '<minimax:tool_call><invoke name="f"><parameter name="x">1</parameter>'
     '<parameter name="n">2</parameter></invoke></minimax:tool_call>'),
    ("bfcl-xml", '<functions><function name="f"><param name="x" type="string">1</param>'
     '<param name="n" type="integer"> 2 </param></function></functions>'),
    ("bfcl-verbose-xml", "<functions> <function name=\"f\"><params><param type='string' name='x'"
     ' value="1"/><param name="n" value="2" type="integer" /></params></function></functions>'),
    ("tool-code", "So:\n```tool_code\nf(x = '1', n=2)\n```\nThat is it."),
    ("olmo3", '<function_calls> f(x="1", n=2,) </function_calls>'),
    ("toolcall", "<TOOLCALL> [f(x='1', n=2)]"),
    ("typescript", "```typescript\nawait functions.f({ 'x': '1', n: 2, });\n```"),
    ("gemma4", 'So<|tool_call>call:f{x: <|"|>1<|"|>, n: 2}<tool_call|>'),
    ("s-expression", '(call f\n  :x "1"\n  :n 2)\nDone.'),
    ("yaml", "So.\n```yaml\ntool: f\narguments:\n    x: 1\n    n: 2\n\n```"),
    ("yaml", "```yaml\ntool: f\narguments:\n  x: '1'\n  n: 2\n```"),
    ("ini", "```ini\n[f]\nx=1\nn = 2\n```"),
    ("markdown", "So.\n### Call\n\n**f**\n- x: 1\n- n: 2\n### End"),
    ("openai-chat", 'So.\n{"tool_calls": [{"function": {"name": "f", "arguments":'
     ' "{\\"x\\": \\"1\\", \\"n\\": 2}"}}]}'),
    ("anthropic-messages", 'So.\n{"content": [{"type": "text", "text": "So."},'
     ' {"type": "tool_use", "name": "f", "input": {"x": "1", "n": 2}}]}\n'),
    ("google", '[{"parts": [{"functionCall": {"args": {"x": "1", "n": 2}, "name": "f"}}]}]'),
    ("mcp", '{"method": "tools/call", "params": {"name": "f", "arguments": {"x": "1", "n": 2}}}'),
    ("react-json", 'Thought: so.\nAction:\n```json\n{"action": "f", "action_input":'
     ' {"x": "1",\n "n": 2}}\n```\nObservation: 3'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "action"), READ_AS_MEANT)
def test_harmless_variants_are_read(name: str, action: str) -> None:
    assert READ[name].parse(action, SPECS).calls == (MEANT,)


REFUSED = [
    ("llama3", '<|python_tag|>{"name": "f", "parameters": {"x": "1"', "not valid JSON"),
    ("mistral-args", '[TOOL_CALLS]f {"x": "1"}', "should come [TOOL_CALLS]NAME[ARGS]"),
    ("mistral-args", "[TOOL_CALLS]f[ARGS]x=1", "Expecting value"),
    ("apertus", '<|tools_prefix|>[{"f": {}, "g": {}}]<|tools_suffix|>', "one key"),
    ("kimi-k3", f'<|open|>tools<|sep|><|open|>call tool="f" index="1"<|sep|>{SECTION}',
     "should come <|open|>argument"),
    ("bfcl-verbose-xml", '<functions><function name="f"><params><param name="x" value="1"/>',
     "a value and a type"),
    ("bfcl-xml", '<functions><function name="f"><param name="n" type="integer">2 3</param>',
     "goes on after its end"),
    ("typescript", "```typescript\nawait functions.f(x);\n```", "should come a string, number"),
    ("gemma4", "<|tool_call>call:f{x:open}<tool_call|>", 'text between <|"|>'),
    ("s-expression", '(call f "1")', "should come )"),
    ("yaml", "```yaml\ntool: f\narguments:\n  x:\n    - 1\n```", "A value is one line"),
    ("yaml", "```yaml\narguments:\n  x: 1\n```", "should be 'tool: NAME'"),
    ("ini", "```ini\n[f]\nx = 1", "never closed"),
    ("google", '{"functionCall": {"name": "f"}}', "a list 'parts'"),
    ("mcp", '{"method": "tools/call", "params": {"name": "f"}}', "'params.arguments'"),
    ("openai-chat", '{"tool_calls": [{"function": {"name": "f", "arguments": {"x": "1"}}}]}',
     "must be a JSON string"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "action", "lesson"), REFUSED)
def test_a_refusal_says_why(name: str, action: str, lesson: str) -> None:
    with pytest.raises(FormatError) as refusal:
        READ[name].parse(action, SPECS)
    assert lesson in str(refusal.value)


def test_a_value_may_hold_what_closes_it_and_what_that_is_written_as() -> None:
    for name in ("qwen3-coder", "glm", "minimax-m2", "deepseek-dsml", "kimi-k3", "gemma4"):
        for token in ("</parameter>", "</arg_value>", "<|close|>", '<|"|>', "</｜DSML｜parameter>"):  # noqa: RUF001
            for text in (token, f"&lt;{token[1:]}", f"&amp;lt;{token[1:]}", f"a{token}&{token}"):
                call = ToolCall("f", {"x": text})
                assert READ[name].parse(READ[name].act([call], SPECS), SPECS).calls == (call,)
