"""From a model that knows nothing, or a checkpoint, to one that was rewarded."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import torch

from wildgym.benchmarks.errors import Misuse
from wildgym.benchmarks.train.grpo import Steps, train
from wildgym.benchmarks.train.model import loaded, tiny, tokenizer
from wildgym.benchmarks.train.setting import Setting
from wildgym.benchmarks.train.warmup import rendered, warm_up

_SMOOTH = 20
"""Steps whose mean loss is looked at: one alone has few episodes."""


@dataclass(frozen=True)
class Beginning:
    """What is there before anything is rewarded.

    Attributes:
        model: A checkpoint's folder or id; None for a small model that is made here.
        demonstrated: Episodes of the expert's.
        imitated: Steps of imitating them, at most.
        until: The loss at which imitation ends: so early that much is left to be learnt.
    """

    model: str | None = None
    demonstrated: int = 1200
    imitated: int = 2000
    until: float = 0.25


def learn(beginning: Beginning, setting: Setting, how: Steps, out: Path) -> None:
    """Train a model, and write what each step brought.

    Args:
        beginning: What is trained.
        setting: On which episodes.
        how: How much.
        out: A new folder, or an empty one.

    Raises:
        Misuse: There is no such checkpoint, or the folder is in use.
    """
    if out.exists() and any(out.iterdir()):
        raise Misuse(f"{out} is not empty; name a new folder")
    torch.manual_seed(how.seed)
    shown = list(setting.demonstrated(range(beginning.demonstrated)))
    if beginning.model is None:
        words: Any = tokenizer([text for one in shown for text in one.texts])
        model = tiny(words)
    else:
        model, words = _checkpoint(beginning.model)
    out.mkdir(parents=True, exist_ok=True)
    about = {
        "parameters": sum(p.numel() for p in model.parameters()),
        **asdict(beginning),
        **asdict(setting),
        **asdict(how),
    }
    (out / "run.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    if beginning.imitated:
        episodes = [rendered(words, one) for one in shown]
        losses: list[float] = []
        for loss in warm_up(model, episodes, beginning.imitated, seed=how.seed):
            losses.append(loss)
            if fmean(losses[-_SMOOTH:]) < beginning.until:
                break
        (out / "warm-up.json").write_text(json.dumps(losses) + "\n", encoding="utf-8")
        model.save_pretrained(out / "warm")
        words.save_pretrained(out / "warm")
    train(model, words, setting, how, out)


def _checkpoint(name: str) -> tuple[Any, Any]:
    try:
        return loaded(name)
    except (OSError, ValueError) as error:
        said = str(error).strip().splitlines()[0]
        raise Misuse(f"there is no checkpoint at {name}: {said}") from None
