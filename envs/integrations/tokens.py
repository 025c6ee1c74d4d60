"""Token exactness: an episode as ids, in which what was sampled is never rendered again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

Messages = Sequence[Mapping[str, Any]]

_MARK = "wildgym-end-of-what-was-sampled"


class Tokenizer(Protocol):
    """What is used of a tokenizer of Hugging Face's transformers."""

    eos_token_id: int
    eos_token: str

    def apply_chat_template(self, conversation: Messages, **options: Any) -> Any:
        """Render messages."""

    def encode(self, text: str, **options: Any) -> list[int]:
        """Turn text into ids."""

    def decode(self, token_ids: Sequence[int], **options: Any) -> str:
        """Turn ids into text."""


@dataclass(slots=True)
class Tokens:
    """An episode for a trainer.

    Attributes:
        prompt: Ids of the opening.
        completion: Ids of all that followed, what was sampled and what was observed.
        mask: For each of these, 1 where it was sampled and 0 where not.
        logprobs: For each, what the sampler gave; 0 for what was not sampled.
    """

    prompt: list[int]
    completion: list[int] = field(default_factory=list)
    mask: list[int] = field(default_factory=list)
    logprobs: list[float] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        """What the next turn is sampled after."""
        return [*self.prompt, *self.completion]

    def sampled(self, ids: Sequence[int], logprobs: Sequence[float] | None = None) -> None:
        """Append what the policy wrote, to the id."""
        self._append(ids, 1, logprobs or [0.0] * len(ids))

    def observed(self, ids: Sequence[int]) -> None:
        """Append what the policy was shown."""
        self._append(ids, 0, [0.0] * len(ids))

    def _append(self, ids: Sequence[int], trained: int, logprobs: Sequence[float]) -> None:
        self.completion += ids
        self.mask += [trained] * len(ids)
        self.logprobs += logprobs


class Chat:
    """A tokenizer and its chat template, used so that sequences only ever grow.

    Args:
        tokenizer: One that has a chat template.
        template: Options of the template, such as `chat_template` or `enable_thinking`.
    """

    def __init__(self, tokenizer: Tokenizer, **template: Any) -> None:
        self._tokenizer = tokenizer
        self._template = template

    def opening(self, messages: Messages, **more: Any) -> Tokens:
        """Begin an episode."""
        return Tokens(self._ids(self._text(messages, **more)))

    def said(self, ids: Sequence[int]) -> str:
        """Return what was sampled as text, without the end of the turn."""
        ended = bool(ids) and ids[-1] == self._tokenizer.eos_token_id
        return self._tokenizer.decode(
            ids[:-1] if ended else ids,
            skip_special_tokens=False,
            clean_up_tokenization_spaces=False,
        )

    def observation(self, sampled: Sequence[int], messages: Messages, **more: Any) -> list[int]:
        """Return the ids that lead from what was sampled to the policy's next turn.

        Args:
            sampled: The ids of the last turn, which may lack their end where they were cut off.
            messages: What is observed.
            more: Options of the template.

        Raises:
            ValueError: The template does not show an assistant's message as it is.
        """
        turn = [{"role": "user", "content": "…"}, {"role": "assistant", "content": _MARK}]
        text = self._text([*turn, *messages], **more)
        _, found, after = text.rpartition(_MARK)
        if not found:
            raise ValueError("the chat template does not show what an assistant has said")
        if sampled and sampled[-1] == self._tokenizer.eos_token_id:
            after = after.removeprefix(self._tokenizer.eos_token)
        return self._ids(after)

    def _text(self, messages: Messages, **more: Any) -> str:
        options = {"tokenize": False, "add_generation_prompt": True, **self._template, **more}
        return str(self._tokenizer.apply_chat_template(list(messages), **options))

    def _ids(self, text: str) -> list[int]:
        return list(self._tokenizer.encode(text, add_special_tokens=False))
