"""Fit how the rules and the encoder are combined: weights and thresholds for `assistant/review/combination.toml`.

    python training/combine_review.py --output FOLDER [--write assistant/review/combination.toml]

`FOLDER` holds `predictions.jsonl.gz` of `train_review.py`. Fitted to the held-out predictions of the training rows
only; the development rows are for the printed table. Run in the program's own environment (no torch).
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from assistant.review.judge import Judgement, judge
from assistant.review.opinion import FEATURES, features, flag_share
from assistant.values import Label

DATA = Path(__file__).parent / "data"
FLAGGED = {"vague", "number_only"}
NOD_WORDS = 3


def sentences(text: str) -> list[str]:
    return [piece for piece in re.split(r"(?<=[.!?])\s+", text.strip()) if piece]


def judged(data: Path) -> Iterator[tuple[str, str, dict, Judgement]]:
    """(file, id, row, what the rules say) of every labelled sentence, with what was said before it."""
    for path in sorted([*data.glob("train*.jsonl"), *data.glob("gold_dev*.jsonl")]):
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            before: list[Judgement] = []
            for said in sentences(row.get("previous") or ""):
                before.append(judge(said, tuple(before[-3:])))
            yield path.name, row["id"], row, judge(row["sentence"], tuple(before[-3:]))
    for path in sorted(data.glob("dialogues_*.jsonl")):
        for dialogue in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
            answer: list[Judgement] = []
            earlier: list[Judgement] = []
            for number, turn in enumerate(dialogue["turns"]):
                if turn["speaker"] == "interviewer" and len(turn["text"].split()) > NOD_WORDS:
                    earlier, answer = (earlier + answer)[-3:], []
                for place, sentence in enumerate(turn.get("sentences") or ()):
                    judgement = judge(sentence["text"], tuple(answer[-3:]), tuple(earlier))
                    answer.append(judgement)
                    yield path.name, f"{dialogue['id']}:{number}:{place}", sentence, judgement


def probabilities(logged: list[float], fitted: dict) -> dict[Label, float]:
    """Label probabilities as the program's encoder gives them, from those in the predictions."""
    shifted = (np.log(np.maximum(logged, 1e-6)) + np.array(fitted["label_bias"])) / fitted["label_temperature"]
    exponentials = np.exp(shifted - shifted.max())
    return dict(zip(Label, (exponentials / exponentials.sum()).tolist(), strict=True))


def fit(design: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Logistic regression by Newton's method with a light ridge."""
    weights = np.zeros(design.shape[1])
    for _ in range(60):
        share = 1 / (1 + np.exp(-design @ weights))
        gradient = design.T @ (share - target) + 1e-2 * weights
        hessian = (design * (share * (1 - share))[:, None]).T @ design + 1e-2 * np.eye(len(weights))
        weights -= np.linalg.solve(hessian, gradient)
    return weights


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    fitted = json.loads((args.output / "summary.json").read_text())
    with gzip.open(args.output / "predictions.jsonl.gz", "rt") as lines:
        predictions = {(p["file"], p["id"]): p for p in map(json.loads, lines)}
    rows = []
    for file, id_, row, judgement in judged(DATA):
        prediction = predictions.get((file, id_))
        if prediction is None or "p_label" not in prediction or judgement.is_settled:
            continue
        second = row.get("second") or row.get("other")
        rows.append(
            {
                "file": file,
                "is_real": prediction["is_real_speech"],
                "is_held_out": prediction["set"] == "held_out",
                "features": features(judgement, probabilities(prediction["p_label"], fitted)),
                "target": 1.0 if row["label"] in FLAGGED else 0.5 if second in FLAGGED else 0.0,
                "is_flag": row["label"] in FLAGGED,
            }
        )
    held_out = [row for row in rows if row["is_held_out"]]
    weights = fit(np.array([row["features"] for row in held_out]), np.array([row["target"] for row in held_out]))
    table = dict(zip(FEATURES, weights.tolist(), strict=True))
    print({name: round(weight, 3) for name, weight in table.items()})
    groups = {
        "held out, real": [r for r in held_out if r["is_real"]],
        "held out, dialogues": [r for r in held_out if not r["is_real"]],
    }
    for file in sorted({row["file"] for row in rows if not row["is_held_out"]}):
        groups[f"development, {file}"] = [row for row in rows if row["file"] == file]
    for name, group in groups.items():
        cells = []
        for threshold in (0.4, 0.5, 0.55, 0.6, 0.7, 0.75, 0.8):
            shown = [row for row in group if flag_share(row["features"], table) >= threshold]
            good, caught = sum(row["target"] > 0 for row in shown), sum(row["is_flag"] for row in shown)
            flags = sum(row["is_flag"] for row in group)
            cells.append(f"{threshold}: P {good / max(1, len(shown)):.2f} R {caught / max(1, flags):.2f}")
        print(f"{name:30} {'  '.join(cells)}")
    bins = [[row for row in held_out if b / 10 <= flag_share(row["features"], table) < (b + 1) / 10] for b in range(10)]
    print("reliability:", " ".join(f"{np.mean([r['target'] for r in b]) if b else math.nan:.2f}" for b in bins))
    if args.write:
        lines = [f"{name} = {weight:.3f}" for name, weight in table.items()]
        head = "# Written by training/combine_review.py from held-out predictions: weights of the log-odds of a flag.\n"
        args.write.write_text(head + "[weights]\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
