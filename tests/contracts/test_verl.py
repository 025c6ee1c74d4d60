"""verl's own worker plays our episodes by our loop; what needs a GPU, the server, is our expert."""

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest
import ray
import torch
import transfer_queue
from hydra import compose, initialize_config_module
from verl import DataProto
from verl.experimental.agent_loop import AgentLoopWorker
from verl.utils.dataset.rl_dataset import RLHFDataset, collate_fn
from verl.utils.tensordict_utils import assign_non_tensor_data, get_tensordict
from verl.workers.rollout.replica import TokenOutput

from wildgym.envs.env import WildEnv
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
def prepared(checkpoint, words, tmp_path):
    """Give verl its configuration, and the rows of its dataset with a server for them."""

    def prepare(rows, *overrides, says=lambda act: act()):
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
        batch = collate_fn([listed[n] for n in range(len(listed))])
        told = [json.loads(given["row"]) for given in batch["extra_info"]]
        return config, batch, Server(words, told, says)

    return prepare


@pytest.fixture
def play(prepared, words):
    """Play rows by verl's worker."""

    def played(*given, **says):
        config, listed, server = prepared(*given, **says)
        batch = DataProto.from_single_dict(listed)
        batch.meta_info = {"validate": False, "global_steps": 1}
        worker = AgentLoopWorker(config, server)
        return asyncio.run(worker.generate_sequences(batch)), server, words

    return played


@pytest.fixture
def queue():
    """Start the queue by which workers and trainer of verl talk."""
    ray.init(address="local", num_cpus=8, include_dashboard=False)
    transfer_queue.init({"backend": {"SimpleStorage": {"num_data_storage_units": 1}}})
    yield transfer_queue
    transfer_queue.close()
    ray.shutdown()


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


@pytest.mark.filterwarnings("ignore")
def test_the_trainer_gets_all_of_a_group_but_where_the_host_failed(prepared, queue, monkeypatch):
    """Of two groups of three, one verdict cannot be had."""
    # The trainer warns of each engine that is not installed.
    from verl.trainer.ppo.v1 import AgentLoopWorkerTQ

    verify, failed = WildEnv.verify, []

    def broken(env):
        if not failed:
            failed.append(env)
            raise OSError("the disk is full")
        return verify(env)

    monkeypatch.setattr(WildEnv, "verify", broken)
    rows = [("wildgym/Api-v0", range(2), HARD)]
    config, listed, server = prepared(rows, "actor_rollout_ref.rollout.n=3")
    batch = get_tensordict({**listed, "uid": np.array(["a", "b"], dtype=object)})
    assign_non_tensor_data(batch, "global_steps", 1)
    # Within this process, where the verdict fails.
    worker = AgentLoopWorkerTQ.__ray_metadata__.modified_class(config, server)

    async def play():
        await worker.generate_sequences(batch)
        await asyncio.gather(*worker.background_tasks)

    asyncio.run(play())
    known = queue.kv_list("train")["train"]
    groups = [known.pop(uid)["status"] for uid in ("a", "b")]
    assert sorted(groups) == ["failure", "finished"]
    assert [tag["status"] for tag in known.values()] == ["success"] * 5
    fields = ["rm_scores", "response_mask", "rollout_log_probs"]
    got = queue.kv_batch_get(keys=list(known), partition_id="train", select_fields=fields)
    assert [float(scores.sum()) for scores in got["rm_scores"]] == [1.0] * 5
    for mask, logprobs in zip(got["response_mask"], got["rollout_log_probs"], strict=True):
        assert torch.equal(logprobs < 0, mask.bool())


def test_the_example_of_the_docs_runs(example):
    exec(example, {})
    assert Path("train.parquet").stat().st_size
    assert "EpisodeLoop" in Path("agent_loops.yaml").read_text()
