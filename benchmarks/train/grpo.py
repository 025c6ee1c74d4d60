"""GRPO by TRL's trainer, over whole episodes, with what it logs kept as it comes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback
from trl import GRPOConfig, GRPOTrainer

from wildgym.benchmarks.train.setting import Setting
from wildgym.envs.integrations.trl import dataset, rollouts, score

_FIRST = 10_000_000
"""The first seed that is trained on: none that was demonstrated."""

_KEPT = ("reward", "reward_std", "completions/mean_length", "grad_norm", "step_time", "eval_reward")


@dataclass(frozen=True)
class Steps:
    """How much is trained.

    Attributes:
        steps: Of the optimizer.
        groups: Episodes in a step.
        group: Rollouts of each episode.
        learning_rate: AdamW's.
        longest: Tokens after the opening, at most.
        measured: Episodes of the held-out scenarios, before and after.
        seed: Draws samples, and which episodes.
    """

    steps: int = 150
    groups: int = 8
    group: int = 16
    learning_rate: float = 3e-4
    longest: int = 160
    measured: int = 128
    seed: int = 0


def train(model: Any, words: Any, setting: Setting, how: Steps, out: Path) -> GRPOTrainer:
    """Train a model, and append to `log.jsonl` what came of each step.

    Args:
        model: Of transformers; it is changed.
        words: Its tokenizer.
        setting: The episodes.
        how: How much.
        out: The folder; the model is saved there, too.

    Returns:
        The trainer.
    """
    wanted = how.steps * how.groups
    first = _FIRST + how.seed * wanted
    trainer = GRPOTrainer(
        model=model,
        processing_class=words,
        args=_config(how, out),
        train_dataset=dataset(setting.env_id, range(first, first + wanted), **setting.arguments()),
        eval_dataset=dataset(setting.env_id, range(how.measured), **setting.arguments("test")),
        rollout_func=rollouts,
        reward_funcs=[score],
        callbacks=[_Kept(out / "log.jsonl")],
    )
    trainer.evaluate()
    trainer.train()
    trainer.evaluate()
    trainer.save_model(str(out / "model"))
    return trainer


def _config(how: Steps, out: Path) -> GRPOConfig:
    gpu = torch.cuda.is_available()
    return GRPOConfig(
        output_dir=str(out),
        use_cpu=not gpu,
        bf16=gpu,
        dataloader_pin_memory=gpu,
        max_steps=how.steps,
        per_device_train_batch_size=how.groups * how.group,
        per_device_eval_batch_size=how.groups * how.group,
        num_generations=how.group,
        num_generations_eval=1,
        max_completion_length=how.longest,
        learning_rate=how.learning_rate,
        lr_scheduler_type="constant_with_warmup",
        warmup_steps=min(10, how.steps // 10),
        beta=0.0,
        gradient_checkpointing=False,
        seed=how.seed,
        logging_steps=1,
        save_strategy="no",
        report_to=[],
        disable_tqdm=True,
    )


class _Kept(TrainerCallback):  # type: ignore[misc]  # the package has no types
    """Writes down what is logged.

    Args:
        file: Lines of JSON are appended to it.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def on_log(
        self, args: Any, state: Any, control: Any, logs: Mapping[str, Any], **_: Any
    ) -> None:
        """Keep the figures of a step, or of a measurement."""
        kept = {name: logs[name] for name in _KEPT if name in logs}
        if kept:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"step": state.global_step, **kept}) + "\n")
