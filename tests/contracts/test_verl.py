"""verl's own worker plays our episodes by our loop; what needs a GPU, the server, is our expert."""

import asyncio
import json
from pathlib import Path

import pytest
import torch
from hydra import compose, initialize_config_module
from verl import DataProto
from verl.experimental.agent_loop import AgentLoopWorker
from verl.utils.dataset.rl_dataset import RLHFDataset, collate_fn
from verl.workers.rollout.replica import TokenOutput

from wildgym.envs.integrations.row import made, opened
from wildgym.envs.integrations.verl import HostFailed, agent_loops, dataset

HARD = {"perturbations": "all", "scaffold": "random"}


class Server:
    """Samples what an expert would write, as a server does: from token ids to token ids.

    Args:
        words: The tokenizer.
        rows: The episodes that are asked of it.
        says: What it writes, given what lets the expert act.
    """

    def __init__(self, words, rows, says=lambda act: act()):
        self.words, self.says, self.asked = words, says, []
        self.experts, self.began = {}, {}
        for one in rows:
            env = made(one, interface="text")
            _, info = opened(env, one)
            text = words.apply_chat_template(
                info["messages"], tokenize=False, add_generation_prompt=True
            )
            self.began[tuple(words.encode(text, add_special_tokens=False))] = one

    async def generate(self, request_id, *, prompt_ids, sampling_params, **_):
        self.asked.append((request_id, list(prompt_ids), sampling_params))
        if request_id not in self.experts:
            one = self.began[tuple(prompt_ids)]
            env = made(one, interface="text")
            opened(env, one)
            self.experts[request_id] = env.expert()
        shown = self.words.decode(prompt_ids).rpartition("<|im_start|>user\n")[2]
        shown = shown.partition("<|im_end|>\n")[0]
        action = self.says(lambda: self.experts[request_id](shown))
        ids = [*self.words.encode(action, add_special_tokens=False), self.words.eos_token_id]
        await asyncio.sleep(0)
        return TokenOutput(
            token_ids=ids[: sampling_params["max_tokens"]],
            log_probs=[-float(i) - 1 for i in ids][: sampling_params["max_tokens"]],
        )


@pytest.fixture
def play(checkpoint, words, tmp_path):
    """Play rows by verl's worker, as its configuration says."""

    def played(rows, *overrides, says=lambda act: act(), validate=False):
        agent_loops(tmp_path / "loops.yaml")
        with initialize_config_module("verl.trainer.config", version_base=None):
            config = compose(
                "ppo_trainer",
                overrides=[
                    f"actor_rollout_ref.model.path={checkpoint}",
                    "actor_rollout_ref.rollout.name=vllm",
                    f"actor_rollout_ref.rollout.agent.agent_loop_config_path={tmp_path}/loops.yaml",
                    "actor_rollout_ref.rollout.calculate_log_probs=True",
                    "actor_rollout_ref.rollout.prompt_length=16384",
                    "actor_rollout_ref.rollout.response_length=16384",
                    "data.max_prompt_length=16384",
                    f"+data.cache_dir={tmp_path}/cache",
                    *overrides,
                ],
            )
        files = []
        for n, (env_id, seeds, arguments) in enumerate(rows):
            files.append(str(tmp_path / f"rows-{n}.parquet"))
            dataset(files[-1], env_id, seeds, **arguments)
        listed = RLHFDataset(data_files=files, tokenizer=words, config=config.data)
        batch = DataProto.from_single_dict(collate_fn([listed[n] for n in range(len(listed))]))
        batch.meta_info = {"validate": validate, "global_steps": 1}
        told = [json.loads(given["row"]) for given in batch.non_tensor_batch["extra_info"]]
        server = Server(words, told, says)
        worker = AgentLoopWorker(config, server)
        return asyncio.run(worker.generate_sequences(batch)), server, words

    return played


def test_an_expert_gets_the_reward_and_what_was_sampled_is_kept_to_the_id(play):
    output, server, words = play([("wildgym/Api-v0", range(6), HARD)])
    assert output.batch["rm_scores"].sum(dim=1).tolist() == [1.0] * 6
    sampled = {}
    for request, prompt, _ in server.asked:
        sampled.setdefault(request, []).append(prompt)
    for n in range(6):
        prompt = output.batch["prompts"][n][output.batch["attention_mask"][n][:16384].bool()]
        response = output.batch["responses"][n]
        mask = output.batch["response_mask"][n].bool()
        logprobs = output.batch["rollout_log_probs"][n]
        turns = sampled[next(r for r, p in sampled.items() if p[0] == prompt.tolist())]
        # The last turn was sampled after all that is in the sequence before it.
        whole = [*prompt.tolist(), *response.tolist()]
        assert whole[: len(turns[-1])] == turns[-1]
        assert torch.equal(logprobs[mask], -response[mask].float() - 1)
        assert not logprobs[~mask].any()
        assert mask.sum() > 0
        # Turns end where sampling ended, and what was observed stands between them.
        ends = (response == words.eos_token_id) & mask
        assert ends.sum() == len(turns)
        assert output.non_tensor_batch["__num_turns__"][n] == 2 * len(turns)


def test_a_group_shares_its_episode_and_thinking_is_kept(play):
    output, _, words = play(
        [("wildgym/Api-v0", [3, 3, 4], HARD)], says=lambda act: f"<think>Hm.</think>{act()}"
    )
    prompts = output.batch["prompts"]
    assert torch.equal(prompts[0], prompts[1])
    assert not torch.equal(prompts[0], prompts[2])
    assert output.batch["rm_scores"].sum(dim=1).tolist() == [1.0] * 3
    assert "<think>Hm.</think>" in words.decode(output.batch["responses"][0])


def test_an_episode_that_does_nothing_or_outgrows_its_tokens_earns_nothing(play):
    short = "actor_rollout_ref.rollout.response_length=40"
    rows = [("wildgym/Api-v0", range(3), {**HARD, "max_turns": 3})]
    output, server, _ = play(rows, says=lambda _: "I would rather not.")
    assert not output.batch["rm_scores"].any()
    assert len(server.asked) == 9
    cut, server, _ = play([("wildgym/Api-v0", range(3), HARD)], short)
    assert cut.batch["responses"].shape[1] == 40
    assert not cut.batch["rm_scores"].any()
    assert all(given["max_tokens"] <= 40 for _, _, given in server.asked)


def test_an_opening_that_is_too_long_is_said(play):
    with pytest.raises(ValueError, match=r"rollout\.prompt_length"):
        play([("wildgym/Api-v0", [0], HARD)], "actor_rollout_ref.rollout.prompt_length=16")


def test_where_the_host_failed_the_rollout_is_left_out(play, monkeypatch):
    def broken(env):
        raise OSError("the disk is full")

    monkeypatch.setattr("wildgym.envs.env.WildEnv.verify", broken)
    with pytest.raises(HostFailed, match="the disk is full"):
        play([("wildgym/Api-v0", [0], HARD)])


def test_the_example_of_the_docs_runs(example):
    exec(example, {})
    assert Path("train.parquet").stat().st_size
    assert "EpisodeLoop" in Path("agent_loops.yaml").read_text()
