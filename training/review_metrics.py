"""What is printed about predictions, and the choice of the label from probabilities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from review_model import ASPECTS, LABELS
from review_rows import Example

Floats = NDArray[np.float64]
FLAGS = 2  # the first two labels are flags
RECALLS = (0.30, 0.45, 0.60)


def f1(right: float, wrong: float, missed: float) -> float:
    return 2 * right / (2 * right + wrong + missed) if right else 0.0


def macro_f1(gold: NDArray[np.int64], said: NDArray[np.int64]) -> float:
    scores = [
        f1(((gold == k) & (said == k)).sum(), ((gold != k) & (said == k)).sum(), ((gold == k) & (said != k)).sum())
        for k in range(4)
    ]
    return float(np.mean(scores))


def micro_f1(gold: Floats, probability: Floats, threshold: float) -> float:
    said = probability > threshold
    return f1((said & (gold > 0.5)).sum(), (said & (gold < 0.5)).sum(), (~said & (gold > 0.5)).sum())


def best_threshold(gold: Floats, probability: Floats) -> float:
    return float(max(np.arange(0.2, 0.86, 0.05), key=lambda threshold: micro_f1(gold, probability, threshold)))


def best_bias(gold: NDArray[np.int64], probability: Floats) -> Floats:
    """Added to the log probabilities so that macro F1 of the most likely label is highest (coordinate search)."""
    logs, bias = np.log(probability + 1e-9), np.zeros(len(LABELS))
    for _ in range(2):
        for k in range(len(LABELS) - 1):
            tried = []
            for value in np.arange(-1.5, 1.51, 0.1):
                bias[k] = value
                tried.append((macro_f1(gold, (logs + bias).argmax(1)), -abs(value), value))
            bias[k] = max(tried)[2]
    return bias


def best_temperature(target: Floats, probability: Floats) -> float:
    """The temperature of the label logits at which the log loss is least."""
    logs = np.log(probability + 1e-9)

    def loss(temperature: float) -> float:
        scaled = logs / temperature
        return float(-(target * (scaled - np.log(np.exp(scaled).sum(1, keepdims=True)))).sum(1).mean())

    return float(min(np.arange(0.7, 2.51, 0.05), key=loss))


def precision_at_recalls(
    is_flag: NDArray[np.bool_], accepted: NDArray[np.bool_], score: Floats
) -> list[tuple[float, float]]:
    """(threshold, precision) where each of `RECALLS` is first reached; a flag as second reading counts as right."""
    order = np.argsort(-score)
    found = np.cumsum(is_flag[order])
    right = np.cumsum(accepted[order])
    points = []
    for recall in RECALLS:
        last = int(np.searchsorted(found, np.ceil(recall * is_flag.sum())))
        last = min(last, len(order) - 1)
        points.append((float(score[order[last]]), float(right[last] / (last + 1))))
    return points


def report(
    title: str, examples: list[Example], predictions: dict[str, Floats], bias: Floats, aspect_threshold: float
) -> None:
    """Print what is known about the sentences among the examples."""
    index = [i for i, example in enumerate(examples) if example.label is not None]
    if not index:
        return
    rows = [examples[i] for i in index]
    probability = predictions["label"][index]
    gold = np.array([LABELS.index(row.label or "neutral") for row in rows])
    is_flag = gold < FLAGS
    accepted = is_flag | np.array([row.second in LABELS[:FLAGS] for row in rows])
    aspects = aspect_targets(rows)
    answered = predictions["aspects"][index]
    print(
        f"{title}: n={len(rows)} macro F1 {macro_f1(gold, probability.argmax(1)):.3f}"
        f" with bias {macro_f1(gold, (np.log(probability + 1e-9) + bias).argmax(1)):.3f}"
        f" | aspects micro F1 at {aspect_threshold:.2f}: {micro_f1(aspects, answered, aspect_threshold):.3f}"
    )
    if is_flag.any():
        points = precision_at_recalls(is_flag, accepted, probability[:, :FLAGS].sum(1))
        shown = " ".join(f"{p:.2f} (from {t:.2f})" for t, p in points)
        print(f"    {is_flag.sum()} flags, precision at recall {'/'.join(f'{r:.2f}' for r in RECALLS)}: {shown}")


def report_turns(title: str, examples: list[Example], predictions: dict[str, Floats], threshold: float) -> None:
    index = [i for i, example in enumerate(examples) if example.label is None]
    if not index:
        return
    rows = [examples[i] for i in index]
    opens = np.array([float(row.opens_topic) for row in rows])[:, None]
    print(
        f"{title}: {len(rows)} turns, asks micro F1 at {threshold:.2f}:"
        f" {micro_f1(aspect_targets(rows), predictions['asks'][index], threshold):.3f}"
        f" | topic change F1 {micro_f1(opens, predictions['topic'][index], 0.5):.3f}"
    )


def aspect_targets(examples: list[Example]) -> Floats:
    return np.array([[float(name in example.aspects) for name in ASPECTS] for example in examples])
