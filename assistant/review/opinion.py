"""What the rules say and what the sentence model says of a sentence, made one.

The model decides how likely a sentence is a claim that wants probing; the rules raise that where they see one, too, and
give what must be explained: the exact words, what is missing, and why. Where only the model sees a claim, its words are
the number it rests on, or the clause that says least. Weights come from `combination.toml`, fitted to predictions for
training rows that the model had not seen.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from assistant.ports import SentenceScores
from assistant.review import boasts, emptiness, evidence, numbers
from assistant.review.emptiness import Strength
from assistant.review.judge import Finding, Judgement, number_finding
from assistant.review.numbers import NumberType, Quantity
from assistant.review.patterns import table_of_file
from assistant.review.text import Reading
from assistant.values import Aspect, ClaimKind, Label

FEATURES = ("bias", "log_odds", "vague_possible", "vague_likely", "vague_sure", "number_likely", "number_sure")
# Shares of being a flag, as fitted; what held-out rows of real speech gave: precision .69, .71, .79.
LEAST_SHARE = {Strength.POSSIBLE: 0.45, Strength.LIKELY: 0.55, Strength.SURE: 0.75}
ASPECT_SHARE = 0.45  # best micro F1 on held-out rows
CERTAIN_ASPECT_SHARE = 0.2  # where a rule sees the aspect, too
_OF_A_NUMBER = {Aspect.RESULT, Aspect.METRIC_DEFINITION}
_CLAIMING = frozenset(
    {NumberType.PERCENTAGE, NumberType.MULTIPLIER, NumberType.MONEY, NumberType.RATE, NumberType.RANK}
)
_CLAUSE_EDGE = re.compile(r"(?:^| )(?:and|but|so|because|which|then|or) ")
WITHOUT_WORDS = 0.1  # of the share, where no rule sees empty words
_TELLING_COUNT = 100.0  # smaller counts are mostly facts of the story
_LONGEST_CLAUSE = 12  # words of a quote
_UNSAID = (Aspect.HOW_OVERCOME, Aspect.RESULT, Aspect.OWN_CONTRIBUTION)


def features(rules: Judgement, labels: Mapping[Label, float]) -> list[float]:
    """In the order of `FEATURES`."""
    share = min(max(labels[Label.VAGUE] + labels[Label.NUMBER_ONLY], 1e-4), 1 - 1e-4)
    strength = max((finding.strength for finding in rules.findings), default=None)
    is_vague, is_number = rules.label is Label.VAGUE, rules.label is Label.NUMBER_ONLY
    return [
        1.0,
        math.log(share / (1 - share)),
        float(is_vague and strength is Strength.POSSIBLE),
        float(is_vague and strength is Strength.LIKELY),
        float(is_vague and strength is Strength.SURE),
        float(is_number and strength is not Strength.SURE),
        float(is_number and strength is Strength.SURE),
    ]


def flag_share(values: Sequence[float], weights: Mapping[str, float]) -> float:
    """How likely a sentence with these features is a claim that wants probing."""
    return 1 / (1 + math.exp(-sum(weights[name] * value for name, value in zip(FEATURES, values, strict=True))))


def weigh(written: str, rules: Judgement, scores: SentenceScores) -> Judgement:
    """The judgement of a sentence by both. What the rules settle (a question, a refusal, a greeting) stays settled."""
    if rules.is_settled:
        return rules
    share = flag_share(features(rules, scores.labels), _weights())
    findings = _findings(written, rules, scores, share)
    if findings:
        label = Label.NUMBER_ONLY if findings[0].kind is ClaimKind.NUMBER_ONLY else Label.VAGUE
        aspects: tuple[Aspect, ...] = ()
        if label is Label.NUMBER_ONLY:
            aspects = tuple(aspect for aspect in rules.aspects if aspect in _OF_A_NUMBER) or (Aspect.RESULT,)
        return replace(rules, label=label, aspects=aspects, findings=findings, is_good_sign=False)
    if scores.labels[Label.SUBSTANTIATED] <= scores.labels[Label.NEUTRAL]:
        return replace(rules, label=Label.NEUTRAL, aspects=(), findings=(), is_good_sign=False)
    seen = evidence.answered(rules.reading.text)
    aspects = tuple(
        aspect
        for aspect in Aspect
        if scores.aspects[aspect] >= (CERTAIN_ASPECT_SHARE if aspect in seen else ASPECT_SHARE)
    )
    is_good_sign = Aspect.LESSON in aspects
    return replace(rules, label=Label.SUBSTANTIATED, aspects=aspects, findings=(), is_good_sign=is_good_sign)


def _strength(share: float) -> Strength | None:
    return max((level for level, least in LEAST_SHARE.items() if share >= least), default=None)


def _findings(written: str, rules: Judgement, scores: SentenceScores, share: float) -> tuple[Finding, ...]:
    """The words worth asking about, all of one kind, with the strength of both opinions; empty if there are none."""
    strength = _strength(share)
    if strength is None:
        return ()
    is_number = scores.labels[Label.NUMBER_ONLY] > scores.labels[Label.VAGUE]
    kind = ClaimKind.NUMBER_ONLY if is_number else ClaimKind.VAGUE
    own = tuple(replace(finding, strength=strength) for finding in rules.findings if finding.kind is kind)
    if own:
        return own
    reading, quantities = numbers.read(written)
    if is_number and (found := _number_findings(reading, quantities, strength)):
        return found
    if rules.findings:
        return tuple(replace(finding, strength=strength) for finding in rules.findings)
    # Without a number that can be offered as a success there is nothing to quote, and so no claim of this kind.
    return () if is_number else _vague_findings(reading, share)


def _number_findings(reading: Reading, quantities: tuple[Quantity, ...], strength: Strength) -> tuple[Finding, ...]:
    proofs = boasts.find(reading, quantities) or boasts.spans_of(
        reading, tuple(quantity for quantity in quantities if _is_claiming(quantity))
    )
    seen = evidence.answered(reading.text)
    return tuple(replace(number_finding(reading, proof, seen), strength=strength) for proof in proofs)


def _is_claiming(quantity: Quantity) -> bool:
    is_large = quantity.value is not None and quantity.value >= _TELLING_COUNT
    return quantity.type in _CLAIMING or (quantity.type is NumberType.COUNT and is_large)


def _vague_findings(reading: Reading, share: float) -> tuple[Finding, ...]:
    empty = emptiness.find(reading)
    # A whole clause is a poor quote: without words that are empty in themselves more certainty is asked for.
    strength = _strength(share if empty else share - WITHOUT_WORDS)
    if strength is None:
        return ()
    if empty:
        return tuple(
            Finding(ClaimKind.VAGUE, *reading.written_span(e.start, e.end), strength, e.missing, e.reason, e.name)
            for e in empty
        )
    start, end = reading.written_span(*_longest_clause(reading.text))
    reason = "Says little that one could check: no example, no result, no own part."
    return (Finding(ClaimKind.VAGUE, start, end, strength, _UNSAID, reason, "nothing to check"),)


def _longest_clause(text: str) -> tuple[int, int]:
    """Positions of the longest clause of a reading, at most `_LONGEST_CLAUSE` words of it."""
    edges = [0, *(match.end() for match in _CLAUSE_EDGE.finditer(text)), len(text)]
    pieces = []
    for start, end in pairwise(edges):
        clause = re.sub(r" (?:and|but|so|because|which|then|or) ?$", "", text[start:end]).rstrip()
        if clause:
            pieces.append((start, clause))
    start, clause = max(pieces, key=lambda piece: len(piece[1]), default=(0, text))
    return start, start + len(" ".join(clause.split(" ")[:_LONGEST_CLAUSE]))


@cache
def _weights() -> dict[str, float]:
    return {name: float(weight) for name, weight in table_of_file("combination.toml")["weights"].items()}
