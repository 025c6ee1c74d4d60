"""verl: an agent loop that plays whole episodes, and the files that its trainer is given.

Needs `pip install 'wildgym[verl]'`. Source: https://github.com/verl-project/verl.

Token ids are kept as they were sampled. The loop plays by scaffolds, so that it carries every
perturbation there is.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from datasets import Dataset
from verl.experimental.agent_loop import AgentLoopBase, AgentLoopOutput
from verl.utils.profiler import simple_timer
from verl.workers.rollout.replica import TokenOutput

from wildgym.envs.integrations.rollout import Rollout, begun
from wildgym.envs.integrations.row import Row, made, opened, row
from wildgym.envs.integrations.tokens import Chat

AGENT_NAME = "wildgym"
"""What verl knows the loop as, in `agent_name` of a row."""


class HostFailed(RuntimeError):
    """An episode failed through no fault of its policy, and tells nothing."""


def dataset(path: str | Path, env_id: str, seeds: Iterable[int], **arguments: Any) -> None:
    """Write episodes as a Parquet file for `data.train_files` or `data.val_files`.

    Their prompts are the real ones, so `data.filter_overlong_prompts` can judge them.

    Args:
        path: Where to.
        env_id: As for `row`; validation tells it apart as `data_source`.
        seeds: As for `row`, one for each row.
        arguments: As for `row`.
    """
    listed = [_listed(row(env_id, seed, **arguments)) for seed in seeds]
    Dataset.from_list(listed).to_parquet(path)


def agent_loops(path: str | Path) -> None:
    """Write the YAML for `actor_rollout_ref.rollout.agent.agent_loop_config_path`."""
    Path(path).write_text(f"- name: {AGENT_NAME}\n  _target_: {__name__}.{EpisodeLoop.__name__}\n")


class EpisodeLoop(AgentLoopBase):  # type: ignore[misc]  # the package has no types
    """Plays one episode, within `rollout.response_length` tokens."""

    async def run(self, sampling_params: Mapping[str, Any], **given: Any) -> AgentLoopOutput:
        """Play the episode of a row.

        One that outgrows its tokens ends there, with the reward that it has.

        Args:
            sampling_params: For the server.
            given: The row, as `dataset` wrote it.

        Raises:
            HostFailed: As verl wants it: the rollout is left out of its group.
            ValueError: The opening has more tokens than `rollout.prompt_length`.
        """
        one = json.loads(given["extra_info"]["row"])
        chat = Chat(self.tokenizer, **self.apply_chat_template_kwargs)
        turns = self.rollout_config.multi_turn.max_assistant_turns
        async with begun(one, chat, **({"max_turns": turns} if turns else {})) as playing:
            return await self._to_the_end(playing, dict(sampling_params))

    async def _to_the_end(self, playing: Rollout, sampling: dict[str, Any]) -> AgentLoopOutput:
        tokens, most = playing.tokens, int(self.rollout_config.response_length)
        self._check(len(tokens.prompt))
        request = uuid4().hex  # the same for all turns, so that one server caches their prefix
        spent: dict[str, float] = {}
        outputs: list[TokenOutput] = []
        while not playing.over and (left := most - len(tokens.completion)) > 0:
            with simple_timer("generate_sequences", spent):
                sampled = await self.server_manager.generate(
                    request_id=request,
                    prompt_ids=tokens.ids,
                    sampling_params={**sampling, "max_tokens": left},
                )
            with simple_timer("tool_calls", spent):
                await playing.play(sampled.token_ids, sampled.log_probs)
            outputs.append(sampled)
        if playing.fault is not None:
            raise HostFailed(f"an episode is left out, since its host failed: {playing.fault}")
        return AgentLoopOutput(
            prompt_ids=tokens.prompt,
            response_ids=tokens.completion[:most],
            response_mask=tokens.mask[:most],
            response_logprobs=tokens.logprobs[:most] if sampling.get("logprobs") else None,
            routed_experts=_routed(outputs, len(tokens.prompt) + most),
            reward_score=playing.reward,
            num_turns=2 * len(outputs),
            metrics=spent,
            extra_fields={
                **_weights(outputs),
                "turn_scores": playing.rewards,
                "reward_extra_info": {"finished": float(playing.over)},
            },
        )

    def _check(self, opening: int) -> None:
        most = self.rollout_config.prompt_length
        if opening > most:
            raise ValueError(
                f"an episode opens with {opening} tokens, more than the {most} of"
                " rollout.prompt_length: raise it, or set data.filter_overlong_prompts=True"
            )


def _routed(outputs: Sequence[TokenOutput], most: int) -> Any:
    """Return the experts that the last turn names, since it names those of all before."""
    experts = outputs[-1].routed_experts
    return None if experts is None else experts[:most]


def _weights(outputs: Sequence[TokenOutput]) -> dict[str, Any]:
    """Return the oldest and the newest weights that had a part in it: verl drops what is stale."""
    ends = ((outputs[0], "min_global_steps"), (outputs[-1], "max_global_steps"))
    return {name: output.extra_fields.get(name) for output, name in ends}


def _listed(one: Row) -> dict[str, Any]:
    env = made(one, interface="text")
    _, info = opened(env, one)
    env.close()
    return {
        "prompt": info["messages"],
        "agent_name": AGENT_NAME,
        "data_source": one["env_id"],
        # The loop knows the reward; verl wants this column all the same.
        "reward_model": {"style": "rule", "ground_truth": ""},
        # As text: Parquet has no empty objects, and files with other arguments go together.
        "extra_info": {"index": one["seed"], "row": json.dumps(one)},
    }
