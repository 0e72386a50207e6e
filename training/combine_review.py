"""Fit how the rules and the encoder are combined: `assistant/review/combination.toml`.

    python training/combine_review.py --output FOLDER [--write assistant/review/combination.toml]

`FOLDER` holds `predictions.jsonl.gz` and `summary.json` of `train_review.py`. Fitted to the held-out predictions of the
training rows only; the figures of these are cross-validated by episode or dialogue, the development rows are for the
printed table. Run in the program's own environment (no torch).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.review import evidence
from assistant.review.combination import LEAST_PROBABILITY, Weights, aspect_share, best_label, features, shares
from assistant.review.judge import Judgement, judge
from assistant.values import Aspect, Label

DATA = Path(__file__).parent / "data"
FLAGS = (Label.VAGUE, Label.NUMBER_ONLY)
NOD_WORDS = 3
SECOND_SHARE = 0.3  # of a label that an annotator found defensible too, as in the encoder's training
FOLDS = 5
RIDGE = 10.0  # rows that say otherwise: a rare rule must not outweigh the encoder
THRESHOLDS = (0.3, 0.4, 0.5, 0.55, 0.65, 0.75, 0.85)


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled sentence with all that is combined."""

    file: str
    group: str
    is_real: bool
    is_held_out: bool
    label: Label
    second: Label | None
    known: dict[str, float]  # features of the label
    answered: frozenset[Aspect]
    says: dict[Aspect, float]  # the encoder's probabilities
    seen: frozenset[Aspect]  # by the rules


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


def rows_of(output: Path) -> list[Row]:
    """All rows with a prediction that the rules leave open."""
    summary = json.loads((output / "summary.json").read_text())
    with gzip.open(output / "predictions.jsonl.gz", "rt") as lines:
        predictions = {(p["file"], p["id"]): p for p in map(json.loads, lines)}
    rows = []
    for file, id_, row, judgement in judged(DATA):
        prediction = predictions.get((file, id_))
        if prediction is None or "p_label" not in prediction or judgement.is_settled:
            continue
        second = row.get("second") or row.get("other")
        rows.append(
            Row(
                file,
                prediction["group"],
                prediction["is_real_speech"],
                prediction["set"] == "held_out",
                Label(row["label"]),
                Label(second) if second in set(Label) else None,
                features(judgement, probabilities(prediction["p_label"], summary)),
                frozenset(aspect for aspect in Aspect if aspect in row["aspects_answered"]),
                dict(zip(Aspect, prediction["p_aspects"], strict=True)),
                frozenset(evidence.answered(judgement.reading.text)),
            )
        )
    return rows


def softmax_regression(design: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Weights (features x classes) by Newton's method with a ridge, for soft targets (rows x classes)."""
    features_, classes = design.shape[1], target.shape[1]
    weights = np.zeros((features_, classes))
    for _ in range(30):
        logits = design @ weights
        share = np.exp(logits - logits.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        gradient = design.T @ (share - target) + RIDGE * weights
        hessian = np.zeros((features_, classes, features_, classes))
        for a in range(classes):
            for b in range(classes):
                slope = share[:, a] * ((a == b) - share[:, b])
                hessian[:, a, :, b] = (design * slope[:, None]).T @ design
        size = features_ * classes
        step = np.linalg.solve(hessian.reshape(size, size) + RIDGE * np.eye(size), gradient.ravel())
        weights -= step.reshape(weights.shape)
        if np.abs(step).max() < 1e-6:
            break
    return weights


def fit(rows: list[Row]) -> Weights:
    names = sorted({name for row in rows for name in row.known})
    design = np.array([[row.known.get(name, 0.0) for name in names] for row in rows])
    target = np.array([[target_of(row, label) for label in Label] for row in rows])
    found = softmax_regression(design, target)
    labels = {label: dict(zip(names, found[:, i].round(3).tolist(), strict=True)) for i, label in enumerate(Label)}
    weights = Weights(labels, label_bias(rows, labels), {a: fit_aspect(rows, a) for a in Aspect}, 1.0)
    return Weights(labels, weights.label_bias, weights.aspects, best_aspect_threshold(rows, weights))


def target_of(row: Row, label: Label) -> float:
    if row.second is None or row.second is row.label:
        return float(row.label is label)
    return {row.label: 1 - SECOND_SHARE, row.second: SECOND_SHARE}.get(label, 0.0)


def label_bias(rows: list[Row], labels: dict[Label, dict[str, float]]) -> dict[Label, float]:
    """The start of each label at which macro F1 is best, real speech and written interviews counting alike."""
    plain = Weights(labels, {}, {}, 1.0)
    logs = np.log([list(shares(row.known, plain).values()) for row in rows])
    gold = np.array([list(Label).index(row.label) for row in rows])
    is_real = np.array([row.is_real for row in rows])
    bias = np.zeros(len(Label))
    for _ in range(2):
        for k in range(len(Label) - 1):
            tried = []
            for value in np.arange(-0.9, 0.91, 0.1):
                bias[k] = value
                said = (logs + bias).argmax(axis=1)
                score = sum(macro_f1(gold[part], said[part]) for part in (is_real, ~is_real) if part.any())
                tried.append((score, -abs(value), value))
            bias[k] = max(tried)[2]
    return dict(zip(Label, bias.round(2).tolist(), strict=True))


def macro_f1(gold: np.ndarray, said: np.ndarray) -> float:
    return float(np.mean([f1(gold == k, said == k) for k in range(len(Label))]))


def f1(gold: np.ndarray, said: np.ndarray) -> float:
    return 2 * float((gold & said).sum()) / max(1, int(gold.sum() + said.sum()))


def fit_aspect(rows: list[Row], aspect: Aspect) -> tuple[float, float, float]:
    says = np.clip([row.says[aspect] for row in rows], LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    seen = np.array([float(aspect in row.seen) for row in rows])
    answered = np.array([float(aspect in row.answered) for row in rows])
    design = np.stack([np.ones(len(rows)), np.log(says / (1 - says)), seen], axis=1)
    found = softmax_regression(design, np.stack([answered, 1 - answered], axis=1))
    bias, slope, of_rule = (found[:, 0] - found[:, 1]).round(3).tolist()
    return bias, slope, of_rule


def best_aspect_threshold(rows: list[Row], weights: Weights) -> float:
    gold = np.array([[a in row.answered for a in Aspect] for row in rows])
    share = np.array([[aspect_share(row.says[a], a in row.seen, weights.aspects[a]) for a in Aspect] for row in rows])
    answers = np.array([said_label(row, weights) in (Label.SUBSTANTIATED, Label.NUMBER_ONLY) for row in rows])[:, None]
    thresholds = np.arange(0.1, 0.6, 0.02)
    return round(float(max(thresholds, key=lambda t: f1(gold, (share >= t) & answers))), 2)


def said_label(row: Row, weights: Weights) -> Label:
    return best_label(shares(row.known, weights), weights)


def said_aspects(row: Row, label: Label, weights: Weights) -> list[bool]:
    if label not in (Label.SUBSTANTIATED, Label.NUMBER_ONLY):
        return [False] * len(Aspect)
    least = weights.least_aspect_share
    return [aspect_share(row.says[a], a in row.seen, weights.aspects[a]) >= least for a in Aspect]


def report(title: str, rows: list[Row], weights_of: Callable[[Row], Weights]) -> None:
    """Macro F1, micro F1 of the aspects, precision and recall of flags by threshold."""
    order = list(Label)
    said = [said_label(row, weights_of(row)) for row in rows]
    macro = macro_f1(np.array([order.index(r.label) for r in rows]), np.array([order.index(label) for label in said]))
    answers = [said_aspects(row, label, weights_of(row)) for row, label in zip(rows, said, strict=True)]
    micro = f1(np.array([[a in row.answered for a in Aspect] for row in rows]), np.array(answers))
    print(f"{title}: n={len(rows)} macro F1 {macro:.3f}, aspects micro F1 {micro:.3f}")
    share = np.array([sum(shares(row.known, weights_of(row))[flag] for flag in FLAGS) for row in rows])
    is_flag = np.array([row.label in FLAGS for row in rows])
    accepted = is_flag | np.array([row.second in FLAGS for row in rows])
    cells = []
    for threshold in THRESHOLDS:
        shown = share >= threshold
        precision = (accepted & shown).sum() / max(1, shown.sum())
        recall = (is_flag & shown).sum() / max(1, is_flag.sum())
        cells.append(f"{threshold}: P {precision:.2f} R {recall:.2f}")
    print("    " + "  ".join(cells))
    bins = [accepted[(share >= b / 10) & (share < (b + 1) / 10)] for b in range(10)]
    print("    reliability: " + " ".join(f"{b.mean():.2f}" if len(b) else "-" for b in bins))


def as_toml(weights: Weights) -> str:
    lines = [
        "# Written by training/combine_review.py from held-out predictions: see combination.py.",
        f"least_aspect_share = {weights.least_aspect_share}",
        "\n[label_bias]",
        *(f"{label.value} = {value}" for label, value in weights.label_bias.items()),
    ]
    for label, own in weights.labels.items():
        lines += [f"\n[label.{label.value}]", *(f"{name} = {value}" for name, value in own.items())]
    lines.append("\n[aspect]")
    for aspect, (bias, says, seen) in weights.aspects.items():
        lines.append(f"{aspect.value} = {{ bias = {bias}, says = {says}, seen = {seen} }}")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--write", type=Path)
    args = parser.parse_args()
    rows = rows_of(args.output)
    held_out = [row for row in rows if row.is_held_out]
    folds = [fit([row for row in held_out if fold_of(row) != fold]) for fold in range(FOLDS)]
    for title, is_real in (("held out, real speech", True), ("held out, written", False)):
        report(title, [row for row in held_out if row.is_real is is_real], lambda row: folds[fold_of(row)])
    final = fit(held_out)
    for file in sorted({row.file for row in rows if not row.is_held_out}):
        report(f"development, {file}", [row for row in rows if row.file == file], lambda _: final)
    if args.write:
        args.write.write_text(as_toml(final), encoding="utf-8")


def fold_of(row: Row) -> int:
    """By episode or dialogue."""
    return zlib.crc32(row.group.encode()) % FOLDS


if __name__ == "__main__":
    main()
