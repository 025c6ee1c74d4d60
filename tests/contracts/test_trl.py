"""TRL's own trainer plays our episodes, by its tool loop and by ours."""

import json
import math
from pathlib import Path

import pytest
import torch
import trl
from transformers import Qwen3Config, Qwen3ForCausalLM
from trl import GRPOConfig, GRPOTrainer

from wildgym.benchmarks.errors import Misuse
from wildgym.benchmarks.train.grpo import Steps
from wildgym.benchmarks.train.learning import Beginning, learn
from wildgym.benchmarks.train.setting import Setting
from wildgym.envs.integrations.row import made, opened
from wildgym.envs.integrations.tokens import Chat
from wildgym.envs.integrations.trl import dataset, episodes, rollouts, score

TEMPLATE = (Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja").read_text()


@pytest.fixture(scope="module")
def tokenizer(words):
    """Return a tokenizer with a template that TRL knows."""
    words.chat_template = TEMPLATE
    return words


@pytest.fixture
def trainer(tokenizer, tmp_path):
    """Make a real trainer of a small model that knows nothing yet."""

    def make(**arguments):
        torch.manual_seed(0)
        model = Qwen3ForCausalLM(
            Qwen3Config(
                **{"vocab_size": len(tokenizer), "hidden_size": 32, "intermediate_size": 64},
                **{"num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 1},
                **{"head_dim": 16, "max_position_embeddings": 32768},
                **{"eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id},
            )
        )
        settings = GRPOConfig(
            output_dir=str(tmp_path),
            **{"use_cpu": True, "bf16": False, "report_to": [], "save_strategy": "no"},
            **{"per_device_train_batch_size": 4, "num_generations": 2, "max_steps": 1},
            **{"max_completion_length": 6000, "max_tool_calling_iterations": 60},
            **{"dataloader_pin_memory": False, "logging_steps": 1, "learning_rate": 1e-3},
        )
        return GRPOTrainer(model=model, args=settings, processing_class=tokenizer, **arguments)

    return make


def logged(trainer):
    return next(entry for entry in trainer.state.log_history if "reward" in entry)


def scripted(trainer, tokenizer, answers):
    """Let something else than the model sample, everywhere that the trainer does."""

    def generate(prompt_ids, *_, **__):
        texts = answers(prompt_ids)
        return [[*tokenizer.encode(text), tokenizer.eos_token_id] for text in texts], None

    trainer._generate_single_turn = generate


def test_what_was_sampled_is_kept_to_the_id(tokenizer):
    """A conversation that only grows is what the template would render of it, for an expert."""
    chat = Chat(tokenizer)
    for row in dataset("wildgym/Api-v0", range(6), perturbations="all", scaffold="random"):
        env = made(json.loads(row["prompt"][0]["content"]))
        _, info = opened(env, json.loads(row["prompt"][0]["content"]))
        tokens, policy, end = chat.opening(info["messages"]), env.expert(), {}
        observation, turns, messages = None, [], list(info["messages"])
        while not end:
            action = policy(observation)
            ids = [*tokenizer.encode(action), tokenizer.eos_token_id]
            assert chat.said(ids) == action
            tokens.sampled(ids)
            turns.append(ids)
            observation, _, _, _, end = env.step(action)
            messages.append({"role": "assistant", "content": action})
            if not end:
                messages.append({"role": "user", "content": observation})
                tokens.observed(chat.observation(ids, messages[-1:]))
        trained = [i for i, m in zip(tokens.completion, tokens.mask, strict=True) if m]
        assert trained == [i for ids in turns for i in ids]
        rendered = tokenizer.decode(tokens.ids)
        for message in messages:
            assert message["content"] in rendered
        assert end["score"] == 1.0


@pytest.mark.filterwarnings("ignore")
def test_trl_calls_our_tools_and_reads_our_reward(trainer, tokenizer):
    spec = episodes("wildgym/Api-v0", [3, 4], perturbations="none", task="shop/cancel")
    assert spec.train_dataset[0]["prompt"][0]["role"] == "system"
    grpo = trainer(
        train_dataset=spec.train_dataset,
        environment_factory=spec.environment_factory,
        reward_funcs=list(spec.reward_funcs),
    )
    experts = {}

    def answers(prompt_ids):
        texts = []
        for n, _ in enumerate(prompt_ids):
            playing = [e for e in grpo.environments if not e._end]
            env = playing[n]._env
            policy = experts.setdefault(id(env), [env, env.expert()])[1]
            turns = env.trajectory.turns
            action = policy(turns[-1].observation if turns else env.trajectory.opening)
            call = action["tool_calls"][0]["function"]
            written = {"name": call["name"], "arguments": json.loads(call["arguments"])}
            texts.append(f"<tool_call>\n{json.dumps(written)}\n</tool_call>")
        return texts

    def until_over(prompt_ids):
        over = all(e._end for e in grpo.environments)
        return ["done"] * len(prompt_ids) if over else answers(prompt_ids)

    scripted(grpo, tokenizer, until_over)
    grpo.train()
    entry = logged(grpo)
    assert entry["reward"] == 1.0
    assert entry["tools/call_frequency"] >= 2
    assert entry["tools/failure_frequency"] == 0


@pytest.mark.filterwarnings("ignore")
def test_whole_episodes_are_rolled_out_under_all_perturbations(trainer, tokenizer, monkeypatch):
    rows = dataset("wildgym/Api-v0", [11, 12], perturbations="train", scaffold="random")
    grpo = trainer(train_dataset=rows, rollout_func=rollouts, reward_funcs=[score])
    grpo.max_completion_length = 20_000
    playing = []

    def noted(row, **fixed):
        env = made(row, **fixed)
        playing.append([env, None])
        return env

    def answers(prompt_ids):
        texts = []
        for one in [one for one in playing if not one[0]._over]:
            env = one[0]
            one[1] = one[1] or env.expert()
            turns = env.trajectory.turns
            texts.append(one[1](turns[-1].observation if turns else env.trajectory.opening))
        assert len(texts) == len(prompt_ids)
        return texts

    monkeypatch.setattr("wildgym.envs.integrations.trl.made", noted)
    scripted(grpo, tokenizer, answers)
    prompts = [row["prompt"] for row in rows] * 2
    played = rollouts(prompts, grpo)
    assert played["reward"] == [1.0] * 4
    assert played["completion_ids"][0] == played["completion_ids"][2]
    for ids, mask in zip(played["completion_ids"], played["env_mask"], strict=True):
        assert len(ids) == len(mask)
        assert 0 < sum(mask) < len(mask)


@pytest.mark.filterwarnings("ignore")
def test_a_model_that_knows_nothing_is_trained_on_whole_episodes(trainer):
    rows = dataset("wildgym/Api-v0", [11, 12], perturbations="train", scaffold="random")
    grpo = trainer(train_dataset=rows, rollout_func=rollouts, reward_funcs=[score])
    grpo.max_completion_length, grpo.generation_config.max_new_tokens = 300, 40
    grpo.train()
    assert logged(grpo)["reward"] == 0.0
    assert logged(grpo)["completions/mean_length"] > 0
    assert all(torch.isfinite(p).all() for p in grpo.model.parameters())


@pytest.mark.filterwarnings("ignore")
def test_a_training_run_goes_through(tmp_path):
    how = Steps(steps=2, groups=2, group=2, measured=4)
    learn(Beginning(demonstrated=48, imitated=12), Setting(), how, tmp_path / "run")
    losses = json.loads((tmp_path / "run" / "warm-up.json").read_text())
    assert len(losses) == 12
    assert losses[-1] < losses[0]
    logged = [
        json.loads(line) for line in (tmp_path / "run" / "log.jsonl").read_text().split("\n")[:-1]
    ]
    assert [line["step"] for line in logged if "reward" in line] == [1, 2]
    assert [line["step"] for line in logged if "eval_reward" in line] == [0, 2]
    assert all(math.isfinite(line["grad_norm"]) for line in logged if "reward" in line)
    assert all(line["completions/mean_length"] > 0 for line in logged if "reward" in line)
    with pytest.raises(Misuse, match="is not empty"):
        learn(Beginning(), Setting(), how, tmp_path / "run")
    with pytest.raises(Misuse, match="there is no checkpoint at nowhere"):
        learn(Beginning(model="nowhere"), Setting(), how, tmp_path / "other")


@pytest.mark.filterwarnings("ignore")
def test_the_example_of_the_docs_runs(example):
    names = {}
    exec(example, names)
    assert "reward" in logged(names["trainer"])
