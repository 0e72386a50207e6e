"""How sure the rules and the sentence model together are of a label, of a claim, and of an aspect.

Multinomial logistic regression over the model's log probabilities and what the rules say. Its weights come from
`combination.toml`, fitted to predictions for training rows that the model had not seen (`training/combine_review.py`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from assistant.ports import SentenceScores
from assistant.review import evidence
from assistant.review.judge import Judgement
from assistant.review.patterns import table_of_file
from assistant.values import Aspect, Label

LEAST_PROBABILITY = 1e-3  # less says nothing more: such figures are not calibrated


@dataclass(frozen=True, slots=True)
class Weights:
    """As `combination.toml` holds them."""

    labels: Mapping[Label, Mapping[str, float]]  # by the name of a feature
    label_bias: Mapping[Label, float]  # added for the choice of a label: best macro F1, where claims are rare
    aspects: Mapping[Aspect, tuple[float, float, float]]  # bias, of the model's log-odds, of a rule that sees it
    least_aspect_share: float


def features(rules: Judgement, labels: Mapping[Label, float]) -> dict[str, float]:
    """What is known of a sentence: "says_<label>" of the model, and one "rules_..." of the rules."""
    known = {"bias": 1.0}
    for label in Label:
        known[f"says_{label.value}"] = math.log(max(labels[label], LEAST_PROBABILITY))
    strength = max((finding.strength for finding in rules.findings), default=None)
    suffix = "" if strength is None else f"_{strength.name.lower()}"
    known[f"rules_{rules.label.value}{suffix}"] = 1.0
    return known


def shares(known: Mapping[str, float], weights: Weights | None = None) -> dict[Label, float]:
    """How likely each label is; they add up to 1."""
    table = (weights or fitted()).labels
    sums = {label: sum(own.get(name, 0.0) * value for name, value in known.items()) for label, own in table.items()}
    largest = max(sums.values())
    powers = {label: math.exp(value - largest) for label, value in sums.items()}
    total = sum(powers.values())
    return {label: powers[label] / total for label in Label}


def best_label(likely: Mapping[Label, float], weights: Weights | None = None) -> Label:
    """The label to give: the most likely, where the rare ones get a start."""
    bias = (weights or fitted()).label_bias
    return max(Label, key=lambda label: math.log(max(likely[label], 1e-9)) + bias[label])


def aspects_answered(reading_text: str, scores: SentenceScores, weights: Weights | None = None) -> tuple[Aspect, ...]:
    """The aspects that a sentence answers in the eyes of both, in the order of the guidelines."""
    table = weights or fitted()
    seen = evidence.answered(reading_text)
    return tuple(
        aspect
        for aspect in Aspect
        if aspect_share(scores.aspects[aspect], aspect in seen, table.aspects[aspect]) >= table.least_aspect_share
    )


def aspect_share(probability: float, is_seen: bool, weights: tuple[float, float, float]) -> float:
    """How likely an aspect is answered, from the model's probability and whether a rule sees it."""
    bias, slope, seen = weights
    clipped = min(max(probability, LEAST_PROBABILITY), 1 - LEAST_PROBABILITY)
    return 1 / (1 + math.exp(-(bias + slope * math.log(clipped / (1 - clipped)) + seen * is_seen)))


@cache
def fitted() -> Weights:
    """The weights that the program brings along."""
    table = table_of_file("combination.toml")
    return Weights(
        {Label(name): own for name, own in table["label"].items()},
        {Label(name): value for name, value in table["label_bias"].items()},
        {Aspect(name): (own["bias"], own["says"], own["seen"]) for name, own in table["aspect"].items()},
        table["least_aspect_share"],
    )
