"""Atropos: an environment server that plays whole episodes.

Needs `pip install 'wildgym[atropos]'`. Source: https://github.com/NousResearch/atropos.

Token ids are kept as they were sampled: it asks the server for tokens, not for chats, of which
Atropos' managed server would render each turn anew. It plays by scaffolds, so that it carries every
perturbation there is.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from atroposlib.envs.base import BaseEnv, BaseEnvConfig, ScoredDataGroup
from atroposlib.envs.server_handling.server_baseline import APIServerConfig
from pydantic import Field, field_validator

from wildgym.envs.integrations.rollout import Rollout, begun
from wildgym.envs.integrations.row import Row, row, rows
from wildgym.envs.integrations.tokens import Chat, Tokens

_MASKED = -100
_NO_LOGPROB = 1.0  # what Atropos has for tokens that were not sampled
_TOKEN_SERVERS = ("vllm", "sglang")


class EpisodeConfig(BaseEnvConfig):  # type: ignore[misc]  # the package has no types
    """What Atropos wants to know, and which episodes are played."""

    env_id: str = Field("wildgym/Api-v0", description="Of Gymnasium.")
    seeds: int = Field(1000, description="How many groups there are, before they begin anew.")
    first_seed: int = Field(0, description="The seed of the first.")
    arguments: dict[str, Any] | str = Field(
        {}, description="Of gym.make, as JSON on the command line, such as perturbations."
    )
    eval_seeds: int = Field(64, description="How many episodes of the test split an eval plays.")
    temperature: float = Field(1.0, description="At which actions are sampled.")
    max_token_length: int = Field(16384, description="Of an episode, its opening included.")

    @field_validator("arguments")
    @classmethod
    def _parsed(cls, given: Any) -> Any:
        return json.loads(given) if isinstance(given, str) else given


class EpisodeEnv(BaseEnv):  # type: ignore[misc]  # the package has no types
    """Serves groups of episodes; the members of a group play the same one."""

    name = "wildgym"
    env_config_cls = EpisodeConfig

    @classmethod
    def config_init(cls) -> tuple[EpisodeConfig, list[APIServerConfig]]:
        """Return what the command line begins with."""
        server = APIServerConfig(
            base_url="http://localhost:9001/v1",
            api_key="none",  # its client insists on one
            server_type="vllm",
        )
        return EpisodeConfig(), [server]

    async def setup(self) -> None:
        """Begin with the first seed.

        Raises:
            ValueError: A server gives no token ids.
        """
        self.opened = 0
        self._scores: list[float] = []
        self._invalid = 0
        self._evaluated: dict[str, float] = {}
        kinds = {server.config.server_type for server in self.server.servers}
        if not kinds <= set(_TOKEN_SERVERS):
            raise ValueError(
                f"a server of type {', '.join(sorted(kinds))} gives no token ids; take one of"
                f" {' or '.join(_TOKEN_SERVERS)}, such as by --openai.server_type vllm"
            )

    async def get_next_item(self) -> Row:
        """Return the row of the next group."""
        seed = self.config.first_seed + self.opened % self.config.seeds
        self.opened += 1
        return row(self.config.env_id, seed, **self.config.arguments)

    async def collect_trajectories(self, item: Row) -> tuple[ScoredDataGroup | None, list[Row]]:
        """Play a group.

        An episode in which the host failed is played once more. Where it fails again the group is
        left out, since Atropos holds back a group that lacks a member until others fill it up.
        """
        size = self.config.group_size
        played = await self._valid([item] * size)
        played += await self._valid([item] * (size - len(played)))
        self._scores += [one.reward for one in played]
        if len(played) < size:
            return None, []
        return self._group(played), []

    async def evaluate(self, *_: Any, **__: Any) -> None:
        """Play episodes of the test split, and log their mean score."""
        arguments = {**self.config.arguments, "split": "test"}
        items = rows(self.config.env_id, range(self.config.eval_seeds), **arguments)
        played = await self._valid(items, split="eval")
        score = sum(one.reward for one in played) / max(len(played), 1)
        self._evaluated = {"eval/score": score, "eval/invalid": len(items) - len(played)}
        await self.evaluate_log(self._evaluated)

    async def wandb_log(self, wandb_metrics: dict[str, Any] | None = None) -> None:
        """Log the scores, and how many episodes told nothing since their host failed."""
        metrics = {**(wandb_metrics or {}), **self._evaluated, "train/invalid": self._invalid}
        if self._scores:
            metrics["train/score"] = sum(self._scores) / len(self._scores)
        self._scores, self._invalid, self._evaluated = [], 0, {}
        await super().wandb_log(metrics)

    def save_checkpoint(self, step: int, data: dict[str, Any] | None = None) -> None:
        """Save how far the seeds are."""
        super().save_checkpoint(step, {"opened": self.opened, **(data or {})})

    async def _valid(self, items: Sequence[Row], **sampling: Any) -> list[Rollout]:
        played = await asyncio.gather(*(self._played(item, sampling) for item in items))
        valid = [one for one in played if one.fault is None]
        self._invalid += len(played) - len(valid)
        return valid

    async def _played(self, item: Row, sampling: Mapping[str, Any]) -> Rollout:
        most = self._most
        async with begun(item, Chat(self.tokenizer)) as playing:
            opening = len(playing.tokens.prompt)
            if opening >= most:
                raise ValueError(f"an episode opens with {opening} tokens, and may have {most}")
            while not playing.over and (left := most - len(playing.tokens.ids)) > 0:
                _, (ids,), (logprobs,), _ = await self.server.tokens_and_logprobs_completion(
                    input_ids=playing.tokens.ids,
                    max_tokens=left,
                    temperature=self.config.temperature,
                    **sampling,
                )
                await playing.play(ids, logprobs)
        return playing

    @property
    def _most(self) -> int:
        """How many tokens an episode may have, its opening included."""
        most = int(self.config.max_token_length)
        # What is as long as the trainer's own limit would be thrown away with its group.
        return most if self.max_token_len <= 0 else min(most, self.max_token_len - 1)

    def _group(self, played: Sequence[Rollout]) -> ScoredDataGroup:
        kept = [one.tokens for one in played]
        most = self._most
        return ScoredDataGroup(
            tokens=[tokens.ids[:most] for tokens in kept],
            masks=[_aligned(tokens, tokens.completion, _MASKED)[:most] for tokens in kept],
            scores=[one.reward for one in played],
            inference_logprobs=[
                _aligned(tokens, tokens.logprobs, _NO_LOGPROB)[:most] for tokens in kept
            ],
            messages=[one.messages for one in played] if self.config.include_messages else None,
        )


def _aligned(tokens: Tokens, sampled: Sequence[Any], otherwise: Any) -> list[Any]:
    """Return what a completion has where it was sampled, and else what stands for nothing."""
    opening = [otherwise] * len(tokens.prompt)
    return opening + [x if m else otherwise for x, m in zip(sampled, tokens.mask, strict=True)]


if __name__ == "__main__":
    EpisodeEnv.cli()
