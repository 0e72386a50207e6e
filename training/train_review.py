"""Train the sentence encoder of the claim review.

    python training/fetch_base.py
    python training/train_review.py --out training/output

Five-fold cross-validation by dialogue or episode, and a final model on all training rows, at the same time on a GPU.
Where `base/adapted.safetensors` (`adapt_base.py`) is there, it is started from; where `base/talk.jsonl.xz` (`talk.py`)
is there, each model is distilled: teachers that learned the same rows say what they make of sentences without labels,
and a student learns from the rows and from that. Writes to --out (every file under 16 MiB):
  weights-0.safetensors ...   the final model, half precision (training/export_review.py makes the ONNX file of them)
  predictions.jsonl.gz        probabilities: of each training row by the model that saw no label of its group
                              ("held_out"), and of each development row by the final model ("development")
  summary.json                settings, temperature, label bias and thresholds fitted to the held-out predictions
Runs on a GPU in bfloat16 or on a CPU in float32; the same seed gives the same folds, order and variants.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from review_batches import encode
from review_metrics import (
    Floats,
    aspect_targets,
    best_bias,
    best_temperature,
    best_threshold,
    report,
    report_turns,
)
from review_model import LABELS, ReviewEncoder
from review_output import write_predictions, write_weights
from review_rows import Example, development_examples, folds_of, training_examples
from review_training import Job, Material, Settings, base_path, run_job, targets_of
from talk import Spoken, episode_of, read_talk, spoken

HERE = Path(__file__).parent
UNLABELLED_SENTENCES, UNLABELLED_TURNS = 40_000, 6_000
OWN = frozenset(("i", "we", "my", "our", "us", "i've", "we've", "i'd", "we'd", "i'm", "we're"))
VARIANTS, UNLABELLED_VARIANTS = 6, 2
PREDICTIONS, SUMMARY = "predictions.jsonl.gz", "summary.json"


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


def material_of(examples: list[Example], unlabelled: list[Spoken], development: list[Example], seed: int) -> Material:
    pairs = [(e.context, e.text) for e in examples]
    texts = [(s.context, s.text) for s in unlabelled]
    return Material(
        rows=encode(pairs, VARIANTS, as_said=False, seed=seed),
        rows_plain=encode(pairs, 1, as_said=True),
        targets=targets_of(examples),
        unlabelled=encode(texts, UNLABELLED_VARIANTS, as_said=False, seed=seed + 1) if texts else None,
        unlabelled_is_turn=np.array([s.is_turn for s in unlabelled], dtype=bool),
        development=encode([(e.context, e.text) for e in development], 1, as_said=True),
    )


def run_all(
    jobs: list[Job], material: Material, settings: Settings, at_once: int, out: Path
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """What the final model says of the development rows, and what the others say of the rows held out. The final model
    is written as soon as it is there: a fold that fails costs the figures only."""
    with ProcessPoolExecutor(at_once, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(run_job, job, material, settings) for job in jobs]
        weights, on_development = running[0].result()
        final = ReviewEncoder()
        final.load_state_dict(weights)
        for earlier in (PREDICTIONS, SUMMARY):  # of other weights
            (out / earlier).unlink(missing_ok=True)
        write_weights(out, final)
        held_out: dict[str, Floats] = {}
        for job, future in zip(jobs[1:], running[1:], strict=True):
            for name, values in future.result()[1].items():
                whole = held_out.setdefault(name, np.zeros((len(material.rows), values.shape[1])))
                whole[job.held_out] = values
    return on_development, held_out


def arguments() -> argparse.Namespace:
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
    return parser.parse_args()


def main() -> None:
    args = arguments()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    args.out.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    examples = training_examples(HERE / "data")
    unlabelled = unlabelled_texts({e.text for e in examples}, args.seed) if args.teachers else []
    if args.limit is not None:
        dice = random.Random(args.seed)
        examples, unlabelled = dice.sample(examples, args.limit), unlabelled[: args.limit]
    teachers = args.teachers if unlabelled else 0  # they teach with what has no label
    settings = Settings(args.epochs, args.rate, args.batch, args.seed, teachers, device)
    development = development_examples(HERE / "data")
    material = material_of(examples, unlabelled, development, args.seed)
    print(
        f"{len(examples)} training, {len(unlabelled)} unlabelled and {len(development)} development texts on {device},"
        f" from {base_path().name}, read in {time.monotonic() - started:.0f} s",
        flush=True,
    )
    jobs = jobs_of(examples, unlabelled, args.folds, args.seed)
    on_development, held_out = run_all(jobs, material, settings, args.at_once if device == "cuda" else 1, args.out)
    write_predictions(
        args.out / PREDICTIONS,
        [("held_out", examples, held_out), ("development", development, on_development)],
    )
    fitted = fit_and_report(examples, held_out)
    report_development(development, on_development, fitted)
    summary = asdict(settings) | {
        "examples": len(examples),
        "unlabelled": len(unlabelled),
        "base": base_path().name,
        "folds": args.folds,
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if device == "cuda" else "CPU",
        **fitted,
    }
    (args.out / SUMMARY).write_text(json.dumps(summary, indent=1) + "\n", encoding="utf8")
    print(f"{fitted}\ndone in {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main()
