"""What contracts share: the example that the docs have of an adapter, and a real tokenizer."""

import re
from pathlib import Path

import pytest


@pytest.fixture
def example(request, tmp_path, monkeypatch):
    """Return the example of this contract's adapter, and go to a folder where it may write."""
    name = request.module.__name__.rpartition("test_")[2]
    page = (Path(__file__).parents[2] / "docs" / "integrations" / f"{name}.md").read_text()
    monkeypatch.chdir(tmp_path)
    return re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0]


@pytest.fixture(scope="module")
def words():
    """Return a tokenizer, made of what our episodes say."""
    # Not every contract's environment has these.
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    from wildgym.envs.integrations.row import made, opened, rows

    listed = rows("wildgym/Api-v0", range(8), perturbations="all", scaffold="random")
    said = [opened(made(one), one)[0] for one in listed]
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        said,
        trainers.BpeTrainer(vocab_size=1500, special_tokens=special, initial_alphabet=alphabet),
    )
    made_of = PreTrainedTokenizerFast(
        tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|endoftext|>", padding_side="left"
    )
    made_of.chat_template = (
        "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}"
        "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    return made_of


@pytest.fixture(scope="module")
def checkpoint(words, tmp_path_factory):
    """Return a folder with that tokenizer, and with the shape of a small model."""
    from transformers import Qwen3Config

    folder = tmp_path_factory.mktemp("checkpoint")
    words.save_pretrained(folder)
    shape = {"num_hidden_layers": 1, "hidden_size": 32, "num_attention_heads": 2, "head_dim": 16}
    Qwen3Config(architectures=["Qwen3ForCausalLM"], vocab_size=len(words), **shape).save_pretrained(
        folder
    )
    return str(folder)
