"""One model of the sentence encoder: what it learns from, its training, and what it says of others' texts.

Where there are texts without labels it is distilled: teachers that learned the same rows say what they make of those,
and a student learns from the rows and from that.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from review_batches import Encoded, joined
from review_metrics import Floats, aspect_targets
from review_model import ReviewEncoder, load_base
from review_rows import Example
from torch import Tensor, nn

BASE = Path(__file__).parent / "base"
POSITIVE_WEIGHT = 2.5  # of an aspect that is answered or asked for: few are
ASPECT_SHARE, TURN_SHARE = 3.0, 3.0  # of the mean loss an aspect, beside the loss of the label
HEAD_RATE_FACTOR = 10.0
STUDENT_EPOCHS, LABELLED_COPIES = 3.0, 2  # labelled rows in an epoch of the student
HEADS = ("label", "aspects", "asks", "topic")


@dataclass(frozen=True, slots=True)
class Settings:
    epochs: float
    rate: float
    batch: int
    seed: int
    teachers: int
    device: str


@dataclass(frozen=True, slots=True)
class Targets:
    """What is to be learned of n texts, float32."""

    label: Floats  # (n, 4)
    aspects: Floats  # (n, 10): answered, or asked for by a turn
    topic: Floats  # (n,)
    is_turn: Floats  # (n,)
    positive_weight: Floats  # (n,): of an aspect that is there

    def of(self, index: NDArray[np.int64]) -> Targets:
        return Targets(*(column[index] for column in self._columns()))

    def tensors(self, device: torch.device) -> list[Tensor]:
        return [torch.from_numpy(column.astype(np.float32)).to(device) for column in self._columns()]

    def _columns(self) -> tuple[Floats, ...]:
        return self.label, self.aspects, self.topic, self.is_turn, self.positive_weight

    @staticmethod
    def joined(parts: Sequence[Targets]) -> Targets:
        return Targets(*(np.concatenate(columns) for columns in zip(*(p._columns() for p in parts), strict=True)))


@dataclass(frozen=True, slots=True)
class Material:
    """All that the models of a run learn from and are asked about."""

    rows: Encoded  # in variants
    rows_plain: Encoded
    targets: Targets
    unlabelled: Encoded | None
    unlabelled_is_turn: NDArray[np.bool_]
    development: Encoded


@dataclass(frozen=True, slots=True)
class Job:
    """One model: the rows and unlabelled texts that it may see, and the rows to ask it about (None: development)."""

    title: str
    own: NDArray[np.int64]
    unlabelled: NDArray[np.int64]
    held_out: NDArray[np.int64] | None


def targets_of(examples: list[Example]) -> Targets:
    return Targets(
        np.array([e.label_target for e in examples]),
        aspect_targets(examples),
        np.array([float(e.opens_topic) for e in examples]),
        np.array([float(e.label is None) for e in examples]),
        np.full(len(examples), POSITIVE_WEIGHT),
    )


def taught(said: dict[str, Floats], is_turn: NDArray[np.bool_]) -> Targets:
    """What teachers make of unlabelled texts, as targets."""
    turns = is_turn.astype(float)
    aspects = np.where(is_turn[:, None], said["asks"], said["aspects"])
    return Targets(said["label"], aspects, said["topic"][:, 0], turns, np.ones(len(turns)))


def loss_of(outputs: tuple[Tensor, ...], target: list[Tensor]) -> Tensor:
    label, aspects, asks, topic = (output.float() for output in outputs)
    own_label, own_aspects, own_topic, turns, weight = target

    def multi(logits: Tensor) -> Tensor:
        return nn.functional.binary_cross_entropy_with_logits(
            logits, own_aspects, pos_weight=weight[:, None].expand_as(logits), reduction="none"
        ).mean(1)

    said = -(own_label * torch.log_softmax(label, dim=1)).sum(1) + ASPECT_SHARE * multi(aspects)
    topic_loss = nn.functional.binary_cross_entropy_with_logits(topic.squeeze(1), own_topic, reduction="none")
    return (said * (1 - turns) + (TURN_SHARE * multi(asks) + topic_loss) * turns).mean()


def optimizer_of(
    model: nn.Module, settings: Settings, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        groups.setdefault(("_head." in name, parameter.ndim > 1), []).append(parameter)
    optimizer = torch.optim.AdamW(
        [
            {
                "params": parameters,
                "lr": settings.rate * (HEAD_RATE_FACTOR if is_head else 1),
                "weight_decay": 0.01 if is_matrix else 0.0,
            }
            for (is_head, is_matrix), parameters in groups.items()
        ],
        fused=settings.device == "cuda",
    )
    warm_up = max(1, steps // 10)

    def factor(step: int) -> float:
        return min((step + 1) / warm_up, max(0.0, (steps - step) / max(1, steps - warm_up)))

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


def train(texts: Encoded, targets: Targets, settings: Settings, title: str) -> ReviewEncoder:
    torch.manual_seed(settings.seed)
    dice = np.random.default_rng(settings.seed)
    device = torch.device(settings.device)
    model = ReviewEncoder()
    load_base(model, base_path())
    model.to(device).train()
    target = targets.tensors(device)
    n = len(texts)
    per_epoch = max(1, n // settings.batch)
    steps = max(1, int(per_epoch * settings.epochs))
    optimizer, schedule = optimizer_of(model, settings, steps)
    started, order = time.monotonic(), np.arange(n)
    total = torch.zeros((), device=device)
    for step in range(steps):
        if step % per_epoch == 0:
            order = dice.permutation(n)
        chosen = order[step % per_epoch * settings.batch :][: settings.batch]
        variants = np.full(len(chosen), step // per_epoch % len(texts.ids))
        with torch.autocast("cuda", torch.bfloat16, enabled=device.type == "cuda"):
            outputs = model(*texts.batch(variants, chosen, device))
        index = torch.from_numpy(chosen).to(device)
        loss = loss_of(outputs, [tensor[index] for tensor in target])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total += loss.detach()
    mean = total.item() / steps
    print(f"{title}: {n} texts, {steps} steps, mean loss {mean:.3f}, {time.monotonic() - started:.0f} s", flush=True)
    if not np.isfinite(mean):
        raise ArithmeticError(f"{title}: the loss is not a number; nothing was written")
    return model


@torch.no_grad()
def predict(model: ReviewEncoder, texts: Encoded, device: torch.device) -> dict[str, Floats]:
    """Probabilities by head: `label` (n, 4), `aspects` and `asks` (n, 10), `topic` (n, 1); in float32."""
    model.eval()
    by_length = np.argsort(texts.length[0], kind="stable")
    results: dict[str, Floats] = {}
    for start in range(0, len(by_length), 512):
        chosen = by_length[start : start + 512]
        outputs = model(*texts.batch(np.zeros(len(chosen), np.int64), chosen, device))
        heads = (outputs[0].softmax(1), *(output.sigmoid() for output in outputs[1:]))
        for name, head in zip(HEADS, heads, strict=True):
            results.setdefault(name, np.zeros((len(texts), head.shape[1])))[chosen] = head.double().cpu().numpy()
    return results


def run_job(job: Job, material: Material, settings: Settings) -> tuple[dict[str, Tensor], dict[str, Floats]]:
    """The trained weights, and the predictions of the rows held out."""
    device = torch.device(settings.device)
    rows, targets = material.rows.of(job.own), material.targets.of(job.own)
    if material.unlabelled is None:
        model = train(rows, targets, settings, job.title)
    else:
        texts = material.unlabelled.of(job.unlabelled)
        said = []
        for number in range(settings.teachers):
            own = replace(settings, seed=settings.seed + number)
            teacher = train(rows, targets, own, f"{job.title}, teacher {number + 1}")
            said.append(predict(teacher, texts, device))
        mean = {name: np.mean([one[name] for one in said], axis=0) for name in HEADS}
        soft = taught(mean, material.unlabelled_is_turn[job.unlabelled])
        student = replace(settings, epochs=STUDENT_EPOCHS, batch=2 * settings.batch, rate=1.4 * settings.rate)
        model = train(
            joined([rows] * LABELLED_COPIES + [texts]),
            Targets.joined([targets] * LABELLED_COPIES + [soft]),
            student,
            f"{job.title}, student",
        )
    asked = material.development if job.held_out is None else material.rows_plain.of(job.held_out)
    return {name: tensor.cpu() for name, tensor in model.state_dict().items()}, predict(model, asked, device)


def base_path() -> Path:
    adapted = BASE / "adapted.safetensors"
    return adapted if adapted.exists() else BASE / "packed.safetensors"
