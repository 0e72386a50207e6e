"""Train the sentence encoder of the claim review.

    python training/fetch_base.py
    python training/train_review.py --out training/output

Five-fold cross-validation by dialogue or episode, then a final model on all training rows. Writes to --out (every file
under 16 MiB):
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
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from review_augment import as_recognised
from review_metrics import (
    Floats,
    aspect_targets,
    best_bias,
    best_temperature,
    best_threshold,
    report,
    report_turns,
)
from review_model import LABELS, ReviewEncoder, collate, encode_pairs, load_base, open_tokenizer
from review_output import write_predictions, write_weights
from review_rows import Example, development_examples, folds_of, training_examples
from tokenizers import Tokenizer
from torch import Tensor, nn

HERE = Path(__file__).parent
POSITIVE_WEIGHT = 2.5  # of an aspect that is answered or asked for: few are
ASPECT_SHARE, TURN_SHARE = 3.0, 3.0  # of the mean loss an aspect, beside the loss of the label
HEAD_RATE_FACTOR = 10.0


@dataclass(frozen=True, slots=True)
class Settings:
    epochs: float
    rate: float
    batch: int
    seed: int
    device: torch.device


def targets_of(examples: list[Example], device: torch.device) -> dict[str, Tensor]:
    is_turn = torch.tensor([float(e.label is None) for e in examples])
    return {
        name: tensor.to(device)
        for name, tensor in {
            "label": torch.tensor([e.label_target for e in examples]),
            "aspects": torch.tensor(aspect_targets(examples), dtype=torch.float32),
            "topic": torch.tensor([float(e.opens_topic) for e in examples]),
            "is_turn": is_turn,
        }.items()
    }


def loss_of(outputs: tuple[Tensor, ...], target: dict[str, Tensor]) -> Tensor:
    label, aspects, asks, topic = (output.float() for output in outputs)
    turns, sentences = target["is_turn"], 1 - target["is_turn"]
    weight = torch.full((aspects.shape[1],), POSITIVE_WEIGHT, device=aspects.device)

    def multi(logits: Tensor) -> Tensor:
        return nn.functional.binary_cross_entropy_with_logits(
            logits, target["aspects"], pos_weight=weight, reduction="none"
        ).mean(1)

    said = -(target["label"] * torch.log_softmax(label, dim=1)).sum(1) + ASPECT_SHARE * multi(aspects)
    topic_loss = nn.functional.binary_cross_entropy_with_logits(topic.squeeze(1), target["topic"], reduction="none")
    asked = TURN_SHARE * multi(asks) + topic_loss
    return (said * sentences + asked * turns).mean()


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
        ]
    )
    warm_up = max(1, steps // 10)

    def factor(step: int) -> float:
        return min((step + 1) / warm_up, max(0.0, (steps - step) / max(1, steps - warm_up)))

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


def train(examples: list[Example], tokenizer: Tokenizer, settings: Settings, title: str) -> ReviewEncoder:
    torch.manual_seed(settings.seed)
    dice = random.Random(settings.seed)
    model = ReviewEncoder()
    load_base(model, HERE / "base" / "packed.safetensors")
    model.to(settings.device).train()
    target = targets_of(examples, settings.device)
    per_epoch = len(examples) // settings.batch
    steps = max(1, int(per_epoch * settings.epochs))
    optimizer, schedule = optimizer_of(model, settings, steps)
    started, order, encoded = time.monotonic(), [], []
    total = torch.zeros((), device=settings.device)
    for step in range(steps):
        if step % per_epoch == 0:
            order = dice.sample(range(len(examples)), len(examples))
            encoded = encode_pairs(
                tokenizer, [(as_recognised(e.context, dice), as_recognised(e.text, dice)) for e in examples]
            )
        chosen = order[step % per_epoch * settings.batch :][: settings.batch]
        inputs = [part.to(settings.device, non_blocking=True) for part in collate([encoded[i] for i in chosen])]
        index = torch.tensor(chosen, device=settings.device)
        with torch.autocast("cuda", torch.bfloat16, enabled=settings.device.type == "cuda"):
            outputs = model(*inputs)
        loss = loss_of(outputs, {name: tensor[index] for name, tensor in target.items()})
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total += loss.detach()
    mean = total.item() / steps
    print(
        f"{title}: {len(examples)} examples, {steps} steps, mean loss {mean:.3f}, {time.monotonic() - started:.0f} s",
        flush=True,
    )
    if not np.isfinite(mean):
        raise ArithmeticError(f"{title}: the loss is not a number; nothing was written")
    return model


@torch.no_grad()
def predict(
    model: ReviewEncoder, examples: list[Example], tokenizer: Tokenizer, device: torch.device
) -> dict[str, Floats]:
    """Probabilities by head: `label` (n, 4), `aspects` and `asks` (n, 10), `topic` (n, 1); in float32."""
    model.eval()
    encoded = encode_pairs(tokenizer, [(e.context, e.text) for e in examples])
    by_length = sorted(range(len(encoded)), key=lambda i: len(encoded[i][0]))
    results: dict[str, Floats] = {}
    for start in range(0, len(by_length), 256):
        chosen = by_length[start : start + 256]
        outputs = model(*(part.to(device) for part in collate([encoded[i] for i in chosen])))
        heads = (outputs[0].softmax(1), *(output.sigmoid() for output in outputs[1:]))
        for name, head in zip(("label", "aspects", "asks", "topic"), heads, strict=True):
            results.setdefault(name, np.zeros((len(examples), head.shape[1])))[chosen] = head.double().cpu().numpy()
    return results


def cross_validate(examples: list[Example], tokenizer: Tokenizer, settings: Settings, folds: int) -> dict[str, Floats]:
    fold = folds_of(examples, folds, settings.seed)
    held_out: dict[str, Floats] = {}
    for number in range(folds):
        model = train(
            [e for e, f in zip(examples, fold, strict=True) if f != number], tokenizer, settings, f"fold {number + 1}"
        )
        own = [i for i, f in enumerate(fold) if f == number]
        for name, values in predict(model, [examples[i] for i in own], tokenizer, settings.device).items():
            held_out.setdefault(name, np.zeros((len(examples), values.shape[1])))[own] = values
    return held_out


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


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the sentence encoder of the claim review.")
    parser.add_argument("--out", type=Path, default=HERE / "output")
    parser.add_argument("--epochs", type=float, default=7.0)
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--limit", type=int, help="only so many training examples, drawn at random: a trial of the script"
    )
    args = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    settings = Settings(args.epochs, args.rate, args.batch, args.seed, device)
    args.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    tokenizer = open_tokenizer(HERE / "base" / "tokenizer.json")
    examples = training_examples(HERE / "data")
    if args.limit is not None:
        examples = random.Random(args.seed).sample(examples, args.limit)
    development = development_examples(HERE / "data")
    print(f"{len(examples)} training and {len(development)} development examples on {device}", flush=True)

    final = train(examples, tokenizer, settings, "final")
    write_weights(args.out, final)
    on_development = predict(final, development, tokenizer, device)
    held_out = cross_validate(examples, tokenizer, settings, args.folds)
    write_predictions(
        args.out / "predictions.jsonl.gz",
        [("held_out", examples, held_out), ("development", development, on_development)],
    )
    fitted = fit_and_report(examples, held_out)
    report_development(development, on_development, fitted)
    summary = {
        "examples": len(examples),
        "epochs": args.epochs,
        "rate": args.rate,
        "batch": args.batch,
        "seed": args.seed,
        "folds": args.folds,
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if device.type == "cuda" else "CPU",
        **fitted,
    }
    (args.out / "summary.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf8")
    print(f"{fitted}\ndone in {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
