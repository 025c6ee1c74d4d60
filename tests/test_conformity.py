"""What we write is what serving stacks read: SGLang's own parsers, from the package as published.

The package imports PyTorch at its start, which its parsers do not need. So empty packages stand in
for the five `__init__` files on the way to them; every module that has a parser's code is its own.
"""

import importlib
import importlib.util
import json
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wildgym.envs.scaffolds import READ
from wildgym.tools import ToolCall, ToolSpec

PARSERS = {
    "apertus": ("apertus2509_detector", "Apertus2509Detector"),
    "cohere": ("cohere_command4_detector", "CohereCommand4Detector"),
    "deepseek-dsml": ("deepseekv32_detector", "DeepSeekV32Detector"),
    "deepseek-v3": ("deepseekv3_detector", "DeepSeekV3Detector"),
    "deepseek-v3.1": ("deepseekv31_detector", "DeepSeekV31Detector"),
    "deepseek-v4": ("deepseekv4_detector", "DeepSeekV4Detector"),
    "dots": ("dots_detector", "DotsToolDetector"),
    "gemma4": ("gemma4_detector", "Gemma4Detector"),
    "glm": ("glm4_moe_detector", "Glm4MoeDetector"),
    "glm-4.7": ("glm47_moe_detector", "Glm47MoeDetector"),
    "harmony": ("gpt_oss_detector", "GptOssDetector"),
    "hermes": ("hermes_detector", "HermesDetector"),
    "hunyuan": ("hunyuan_detector", "HunyuanDetector"),
    "internlm": ("internlm_detector", "InternlmDetector"),
    "kimi-k2": ("kimik2_detector", "KimiK2Detector"),
    "lfm2": ("lfm2_detector", "Lfm2Detector"),
    "llama3": ("llama32_detector", "Llama32Detector"),
    "mimo": ("mimo_detector", "MiMoDetector"),
    "minicpm": ("minicpm5_detector", "MiniCPM5Detector"),
    "minimax-m2": ("minimax_m2", "MinimaxM2Detector"),
    "mistral": ("mistral_detector", "MistralDetector"),
    "mistral-args": ("mistral_detector", "MistralDetector"),
    "pythonic": ("pythonic_detector", "PythonicDetector"),
    "qwen3-coder": ("qwen3_coder_detector", "Qwen3CoderDetector"),
    "step3": ("step3_detector", "Step3Detector"),
}
SPEC = ToolSpec(
    "search_orders",
    "Find orders.",
    {
        "type": "object",
        "properties": {
            "customer_id": {"type": "integer"},
            "status": {"type": "string"},
            "tags": {"type": "array"},
            "where": {"type": "object"},
            "exact": {"type": "boolean"},
            "limit": {"type": "number"},
        },
    },
)
CASES = {
    "plain": {"customer_id": 42, "status": "open"},
    "nothing": {},
    "numbers": {"customer_id": -3, "limit": 2.5, "status": "42"},
    "nested": {"tags": ["a", 1, None], "where": {"a": {"b": [True]}}, "exact": False},
    "marks": {"status": "a < b & c > d \"q\" 'r' \\ {x} [y] é 字"},
    "lines": {"status": "one\ntwo\n  three"},
    "ends": {"status": "</parameter> </tool_call> <|call|> [/TOOL] ```"},
}
CANNOT = {
    # A value that holds the mark that closes it: these formats have no way to write that. Ours
    # escapes it, which theirs does not undo.
    **{name: {"ends"} for name in ("dots", "glm", "glm-4.7", "hunyuan")},
    **{name: {"ends"} for name in ("minimax-m2", "qwen3-coder")},
    "step3": {"ends", "marks"},
    "gemma4": {"nested"},  # its reader takes a null within a list for a word
    "pythonic": {"numbers"},  # its reader takes a negative number for a computation
}


@cache
def parsers():
    """Return where the parsers are, and the type of the tools that they are told."""
    found = importlib.util.find_spec("sglang")
    assert found is not None, "pip install --no-deps sglang, as the README says"
    root = Path(str(found.origin)).parent
    for name in ("", "srt", "srt.entrypoints", "srt.entrypoints.openai", "srt.function_call"):
        package = ModuleType(f"sglang.{name}".rstrip("."))
        package.__path__ = [str(root.joinpath(*filter(None, name.split("."))))]
        sys.modules[package.__name__] = package
    return importlib.import_module("sglang.srt.entrypoints.openai.protocol").Tool


def read_by_them(name, arguments):
    tool = parsers()(
        type="function",
        function={"name": SPEC.name, "description": "", "parameters": SPEC.parameters},
    )
    module, parser = PARSERS[name]
    detector = getattr(importlib.import_module(f"sglang.srt.function_call.{module}"), parser)()
    text = READ[name].syntax.render([ToolCall(SPEC.name, arguments)], {SPEC.name: SPEC})
    found = detector.detect_and_parse(text, [tool]).calls
    return [(call.name, json.loads(call.parameters)) for call in found]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("case", CASES)
def test_a_serving_stack_reads_what_we_write(name, case):
    if case in CANNOT.get(name, ()):
        assert read_by_them(name, CASES[case]) != [(SPEC.name, CASES[case])]
    else:
        assert read_by_them(name, CASES[case]) == [(SPEC.name, CASES[case])]


WORDS = st.text("abc XYZ 019 .,;:!?-_é字\n", min_size=1, max_size=30).map(str.strip).filter(bool)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", sorted(PARSERS.keys() - {"pythonic"}))
@given(
    arguments=st.fixed_dictionaries(
        {"customer_id": st.integers(0, 10**9)},
        optional={"status": WORDS, "exact": st.booleans(), "tags": st.lists(WORDS, max_size=3)},
    )
)
@settings(max_examples=40, deadline=None)
def test_a_serving_stack_reads_any_ordinary_arguments(name, arguments):
    assert read_by_them(name, arguments) == [(SPEC.name, arguments)]
