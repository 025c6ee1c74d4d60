"""The warm-up: a model imitates the expert before it is rewarded."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from wildgym.benchmarks.train.setting import Demonstration
from wildgym.envs.integrations.tokens import Chat, Tokenizer, Tokens


def rendered(words: Tokenizer, shown: Demonstration) -> Tokens:
    """Return a demonstration as ids, as a rollout would have it."""
    chat = Chat(words)
    tokens = chat.opening(shown.messages)
    for n, (action, observation) in enumerate(shown.turns, 1):
        ids = [*words.encode(action, add_special_tokens=False), words.eos_token_id]
        tokens.sampled(ids)
        if n < len(shown.turns):
            tokens.observed(chat.observation(ids, [{"role": "user", "content": observation}]))
    return tokens


def warm_up(
    model: Any,
    episodes: Sequence[Tokens],
    steps: int,
    *,
    batch: int = 16,
    learning_rate: float = 2e-3,
    seed: int = 0,
) -> Iterator[float]:
    """Train a model on what was sampled in episodes; yield the loss of each step.

    Args:
        model: Of transformers; it is changed.
        episodes: To be imitated.
        steps: How many.
        batch: Episodes of a step.
        learning_rate: AdamW's.
        seed: Draws the batches.
    """
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
    draws = torch.Generator().manual_seed(seed)
    model.train()
    for _ in range(steps):
        chosen = torch.randint(len(episodes), (batch,), generator=draws).tolist()
        loss = _loss(model, [episodes[n] for n in chosen])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        yield loss.item()


def _loss(model: Any, episodes: Sequence[Tokens]) -> Any:
    """Return the mean cross-entropy of what was sampled."""
    longest = max(len(one.ids) for one in episodes)
    ids = torch.zeros((len(episodes), longest), dtype=torch.long)
    seen, trained = torch.zeros_like(ids), torch.zeros_like(ids)
    for n, one in enumerate(episodes):
        size, opening = len(one.ids), len(one.prompt)
        ids[n, :size], seen[n, :size] = torch.tensor(one.ids), 1
        trained[n, opening:size] = torch.tensor(one.mask)
    ids, seen, trained = (each.to(model.device) for each in (ids, seen, trained.bool()))
    states = model.base_model(input_ids=ids, attention_mask=seen).last_hidden_state
    # Most of an episode is observed: logits are for what was sampled alone, which is much cheaper.
    logits = model.get_output_embeddings()(states[:, :-1][trained[:, 1:]])
    return torch.nn.functional.cross_entropy(logits.float(), ids[:, 1:][trained[:, 1:]])
