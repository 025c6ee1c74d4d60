"""A small model and its tokenizer, made on the spot; or a checkpoint."""

from collections.abc import Sequence
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    AutoTokenizer,
    PreTrainedTokenizerFast,
    Qwen3Config,
    Qwen3ForCausalLM,
)

TEMPLATE = (
    "{% for message in messages %}"
    "<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
_MOST_PIECES = 16_000
_CONTEXT = 4096


def tokenizer(texts: Sequence[str]) -> PreTrainedTokenizerFast:
    """Make a tokenizer of what episodes say.

    Digits stand alone, so that a number can be copied. All else merges as far as it recurs: what is
    in every prompt, such as the documentation of tools, becomes a few tokens.

    Args:
        texts: What is said in them.
    """
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"\d"), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=_MOST_PIECES,
        min_frequency=max(2, len(texts) // 100),
        special_tokens=_SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    made = PreTrainedTokenizerFast(
        tokenizer_object=bpe, eos_token=_SPECIAL[2], pad_token=_SPECIAL[0], padding_side="left"
    )
    made.chat_template = TEMPLATE
    return made


def tiny(words: PreTrainedTokenizerFast, width: int = 128, layers: int = 4) -> Any:
    """Make a transformer that knows nothing.

    Args:
        words: Its tokenizer.
        width: Of its states; each head has 32 of it.
        layers: How many.
    """
    heads = width // 32
    config = Qwen3Config(
        vocab_size=len(words),
        hidden_size=width,
        intermediate_size=3 * width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads,
        head_dim=32,
        max_position_embeddings=_CONTEXT,
        tie_word_embeddings=True,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id,
        bos_token_id=None,
    )
    return Qwen3ForCausalLM(config)


def loaded(name: str) -> tuple[Any, Any]:
    """Return the model and the tokenizer of a checkpoint.

    Args:
        name: A folder, or an id of the Hugging Face hub.
    """
    dtype = torch.bfloat16 if torch.cuda.is_available() else torch.float32
    words = AutoTokenizer.from_pretrained(name, padding_side="left")
    return AutoModelForCausalLM.from_pretrained(name, dtype=dtype), words
