"""Train the sentence encoder of the claim review.

    python training/fetch_base.py
    python training/train_review.py --out training/output

Five-fold cross-validation by dialogue or episode, and a final model on all training rows, at the same time on a GPU.
Where `base/adapted.safetensors` (`adapt_base.py`) is there, it is started from; where `base/talk.jsonl.xz` (`talk.py`)
is there, each model is distilled: teachers that learned the same rows say what they make of sentences without labels,
and a student learns from the rows and from that. Writes to --out (every file under 16 MiB):
  weights-0.safetensors ...   the final model, half precision (training/export_review.py makes the ONNX file of them)
  predictions.jsonl.gz        probabilities: of each training row by the model that never saw its group ("held_out"),
                              and of each development row by the final model ("development")
  summary.json                settings, temperature, label bias and thresholds fitted to the held-out predictions
Runs on a GPU in bfloat16 or on a CPU in float32; the same seed gives the same folds, order and variants.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from review_batches import Encoded, encode, joined
from review_metrics import (
    Floats,
    aspect_targets,
    best_bias,
    best_temperature,
    best_threshold,
    report,
    report_turns,
)
from review_model import LABELS, ReviewEncoder, load_base
from review_output import write_predictions, write_weights
from review_rows import Example, development_examples, folds_of, training_examples
from talk import Spoken, episode_of, read_talk, spoken
from torch import Tensor, nn

HERE = Path(__file__).parent
POSITIVE_WEIGHT = 2.5  # of an aspect that is answered or asked for: few are
ASPECT_SHARE, TURN_SHARE = 3.0, 3.0  # of the mean loss an aspect, beside the loss of the label
HEAD_RATE_FACTOR = 10.0
UNLABELLED_SENTENCES, UNLABELLED_TURNS = 40_000, 6_000
OWN = frozenset(("i", "we", "my", "our", "us", "i've", "we've", "i'd", "we'd", "i'm", "we're"))
VARIANTS = 6
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
    adapted = HERE / "base" / "adapted.safetensors"
    return adapted if adapted.exists() else HERE / "base" / "packed.safetensors"


def unlabelled_texts(known: set[str], seed: int) -> list[Spoken]:
    """Drawn from the talk, most of them with a word of the speaker's own; nothing that has a label."""
    path = HERE / "base" / "talk.jsonl.xz"
    if not path.exists():
        return []
    everything = [s for episode in read_talk(path) for s in spoken(episode) if s.text not in known]
    random.Random(seed).shuffle(everything)
    turns = [s for s in everything if s.is_turn][:UNLABELLED_TURNS]
    own = [s for s in everything if not s.is_turn and not OWN.isdisjoint(s.text.lower().split())]
    others = [s for s in everything if not s.is_turn and OWN.isdisjoint(s.text.lower().split())]
    return own[: UNLABELLED_SENTENCES * 3 // 4] + others[: UNLABELLED_SENTENCES // 4] + turns


def fit_and_report(examples: list[Example], held_out: dict[str, Floats]) -> dict[str, object]:
    """What is fitted to the held-out predictions; printed apart for real speech and written dialogues."""
    said = [i for i, e in enumerate(examples) if e.label is not None]
    asked = [i for i, e in enumerate(examples) if e.label is None]
    gold = np.array([LABELS.index(examples[i].label or "neutral") for i in said])
    target = np.array([examples[i].label_target for i in said])
    bias = best_bias(gold, held_out["label"][said])
    aspect_threshold = best_threshold(aspect_targets([examples[i] for i in said]), held_out["aspects"][said])
    ask_threshold = (
        best_threshold(aspect_targets([examples[i] for i in asked]), held_out["asks"][asked]) if asked else 0.5
    )
    for title, keep in (("all", (False, True)), ("real speech", (True,)), ("dialogues", (False,))):
        index = [i for i, e in enumerate(examples) if e.is_real_speech in keep]
        part = {name: values[index] for name, values in held_out.items()}
        report(f"held out, {title}", [examples[i] for i in index], part, bias, aspect_threshold)
    report_turns("held out", examples, held_out, ask_threshold)
    return {
        "label_bias": [round(float(value), 2) for value in bias],
        "label_temperature": round(best_temperature(target, held_out["label"][said]), 2),
        "aspect_threshold": round(aspect_threshold, 2),
        "ask_threshold": round(ask_threshold, 2),
    }


def report_development(examples: list[Example], predictions: dict[str, Floats], fitted: dict) -> None:
    bias = np.array(fitted["label_bias"])
    parts = [(file, lambda e, file=file: e.file == file) for file in sorted({e.file for e in examples})]
    parts.append(("gold_dev.jsonl, real speech", lambda e: e.file == "gold_dev.jsonl" and e.is_real_speech))
    for title, belongs in parts:
        index = [i for i, e in enumerate(examples) if belongs(e)]
        rows = [examples[i] for i in index]
        own = {name: values[index] for name, values in predictions.items()}
        report(f"development, {title}", rows, own, bias, fitted["aspect_threshold"])
        report_turns(f"development, {title}", rows, own, fitted["ask_threshold"])


def jobs_of(examples: list[Example], unlabelled: list[Spoken], folds: int, seed: int) -> list[Job]:
    fold = np.array(folds_of(examples, folds, seed))
    jobs = [Job("final", np.arange(len(examples)), np.arange(len(unlabelled)), None)]
    for number in range(folds):
        held_out = np.flatnonzero(fold == number)
        episodes = {episode_of(examples[i].group) for i in held_out}
        may_see = np.array([i for i, s in enumerate(unlabelled) if s.file not in episodes], dtype=np.int64)
        jobs.append(Job(f"fold {number + 1}", np.flatnonzero(fold != number), may_see, held_out))
    return jobs


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the sentence encoder of the claim review.")
    parser.add_argument("--out", type=Path, default=HERE / "output")
    parser.add_argument("--epochs", type=float, default=5.0)
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--teachers", type=int, default=2, help="0: no distillation")
    parser.add_argument("--at-once", type=int, default=6, help="models trained at the same time on a GPU")
    parser.add_argument(
        "--limit", type=int, help="only so many training examples, drawn at random: a trial of the script"
    )
    args = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    settings = Settings(args.epochs, args.rate, args.batch, args.seed, args.teachers, device)
    args.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    examples = training_examples(HERE / "data")
    unlabelled = unlabelled_texts({e.text for e in examples}, args.seed) if args.teachers else []
    if args.limit is not None:
        dice = random.Random(args.seed)
        examples, unlabelled = dice.sample(examples, args.limit), unlabelled[: args.limit]
    development = development_examples(HERE / "data")
    pairs = [(e.context, e.text) for e in examples]
    material = Material(
        encode(pairs, VARIANTS, as_said=False, seed=args.seed),
        encode(pairs, 1, as_said=True),
        targets_of(examples),
        encode([(s.context, s.text) for s in unlabelled], 2, as_said=False, seed=args.seed + 1) if unlabelled else None,
        np.array([s.is_turn for s in unlabelled], dtype=bool),
        encode([(e.context, e.text) for e in development], 1, as_said=True),
    )
    print(
        f"{len(examples)} training, {len(unlabelled)} unlabelled and {len(development)} development texts on {device},"
        f" from {base_path().name}, read in {time.monotonic() - started:.0f} s",
        flush=True,
    )
    jobs = jobs_of(examples, unlabelled, args.folds, args.seed)
    with ProcessPoolExecutor(args.at_once if device == "cuda" else 1, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(run_job, job, material, settings) for job in jobs]
        weights, on_development = running[0].result()
        final = ReviewEncoder()
        final.load_state_dict(weights)
        write_weights(args.out, final)
        held_out: dict[str, Floats] = {}
        for job, future in zip(jobs[1:], running[1:], strict=True):
            for name, values in future.result()[1].items():
                held_out.setdefault(name, np.zeros((len(examples), values.shape[1])))[job.held_out] = values
    write_predictions(
        args.out / "predictions.jsonl.gz",
        [("held_out", examples, held_out), ("development", development, on_development)],
    )
    fitted = fit_and_report(examples, held_out)
    report_development(development, on_development, fitted)
    summary = {
        "examples": len(examples),
        "unlabelled": len(unlabelled),
        "base": base_path().name,
        "teachers": args.teachers if unlabelled else 0,
        "epochs": args.epochs,
        "rate": args.rate,
        "batch": args.batch,
        "seed": args.seed,
        "folds": args.folds,
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if device == "cuda" else "CPU",
        **fitted,
    }
    (args.out / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf8")
    print(f"{fitted}\ndone in {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
