"""What the rules say and what the sentence model says of a sentence, made one.

The label and the aspects come from both (`combination.py`); the rules give what must be explained: the exact words,
what is missing, and why. Where only the model sees a claim, its words are the number it rests on, or the clause that
comes last.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from assistant.ports import SentenceScores
from assistant.review import boasts, combination, emptiness, evidence, numbers
from assistant.review.emptiness import Strength
from assistant.review.judge import Finding, Judgement, number_finding
from assistant.review.numbers import NumberType, Quantity
from assistant.review.quotes import unhung
from assistant.review.text import Reading
from assistant.values import Aspect, ClaimKind, Label

# Shares of being a flag. Held-out rows: precision .76 and .87 on real speech, .94 and .98 in written interviews.
LEAST_SHARE = {Strength.LIKELY: 0.50, Strength.SURE: 0.70}
NOTHING_TO_CHECK = "nothing to check"  # the name of a finding without a pattern
_FLAGS = (Label.VAGUE, Label.NUMBER_ONLY)
_OF_A_NUMBER = {Aspect.RESULT, Aspect.METRIC_DEFINITION}
_CLAIMING = frozenset(
    {NumberType.PERCENTAGE, NumberType.MULTIPLIER, NumberType.MONEY, NumberType.RATE, NumberType.RANK}
)
_CLAUSE_EDGE = re.compile(r"(?:^| )(?:and|but|so|because|which|then|or) ")
_TELLING_COUNT = 100.0  # smaller counts are mostly facts of the story
_LONGEST_CLAUSE, _SHORTEST_CLAUSE = 12, 3  # words of a quote
UNSAID = (Aspect.HOW_OVERCOME, Aspect.RESULT, Aspect.OWN_CONTRIBUTION)


def weigh(written: str, rules: Judgement, scores: SentenceScores) -> Judgement:
    """The judgement of a sentence by both. What the rules settle (a question, a refusal, a greeting) stays settled.

    Claims are rare, so the label is given below even odds, too: its finding is then `Strength.POSSIBLE`, which only the
    eager verbosity shows.
    """
    if rules.is_settled:
        return rules
    likely = combination.shares(combination.features(rules, scores.labels))
    strength = _strength(likely[Label.VAGUE] + likely[Label.NUMBER_ONLY])
    label = combination.best_label(likely)
    findings: tuple[Finding, ...] = ()
    if label in _FLAGS or strength > Strength.POSSIBLE:
        is_number = likely[Label.NUMBER_ONLY] > likely[Label.VAGUE]
        findings = _findings(written, rules, is_number, strength)
    if findings:
        label = Label.NUMBER_ONLY if findings[0].kind is ClaimKind.NUMBER_ONLY else Label.VAGUE
    elif label in _FLAGS:
        label = max((Label.SUBSTANTIATED, Label.NEUTRAL), key=lambda other: likely[other])
    aspects: tuple[Aspect, ...] = ()
    if label in (Label.NUMBER_ONLY, Label.SUBSTANTIATED):
        aspects = combination.aspects_answered(rules.reading.text, scores)
    if label is Label.NUMBER_ONLY:
        aspects = tuple(aspect for aspect in aspects if aspect in _OF_A_NUMBER) or (Aspect.RESULT,)
    is_good_sign = label is Label.SUBSTANTIATED and Aspect.LESSON in aspects
    return replace(rules, label=label, aspects=aspects, findings=findings, is_good_sign=is_good_sign)


def _strength(share: float) -> Strength:
    return max((level for level, least in LEAST_SHARE.items() if share >= least), default=Strength.POSSIBLE)


def _findings(written: str, rules: Judgement, is_number: bool, strength: Strength) -> tuple[Finding, ...]:
    """The words worth asking about, all of one kind, with the strength of both opinions; empty if there are none."""
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
    return () if is_number else _vague_findings(reading, strength)


def _number_findings(reading: Reading, quantities: tuple[Quantity, ...], strength: Strength) -> tuple[Finding, ...]:
    proofs = boasts.find(reading, quantities) or boasts.spans_of(reading, quantities, _is_claiming)
    seen = evidence.answered(reading.text)
    return tuple(replace(number_finding(reading, proof, seen), strength=strength) for proof in proofs)


def _is_claiming(quantity: Quantity) -> bool:
    is_large = quantity.value is not None and quantity.value >= _TELLING_COUNT
    return quantity.type in _CLAIMING or (quantity.type is NumberType.COUNT and is_large)


def _vague_findings(reading: Reading, strength: Strength) -> tuple[Finding, ...]:
    if empty := emptiness.find(reading):
        return tuple(
            Finding(ClaimKind.VAGUE, *reading.written_span(e.start, e.end), strength, e.missing, e.reason, e.name)
            for e in empty
        )
    start, end = reading.written_span(*_last_clause(reading))
    reason = "Says little that one could check: no example, no result, no own part."
    return (Finding(ClaimKind.VAGUE, start, end, strength, UNSAID, reason, NOTHING_TO_CHECK),)


def _last_clause(reading: Reading) -> tuple[int, int]:
    """Positions of the last clause of a reading that says anything, at most `_LONGEST_CLAUSE` words of it: first comes
    what was done, then what came of it."""
    text = reading.text
    edges = [0, *(match.end() for match in _CLAUSE_EDGE.finditer(text)), len(text)]
    pieces = []
    for start, end in pairwise(edges):
        clause = re.sub(r" (?:and|but|so|because|which|then|or) ?$", "", text[start:end]).rstrip()
        if clause:
            pieces.append((start, " ".join(clause.split(" ")[:_LONGEST_CLAUSE])))
    telling = [piece for piece in pieces if _says_anything(piece[1])] or pieces or [(0, text)]
    start, clause = telling[-1]
    end = unhung(reading, start, start + len(clause), lambda at: _says_anything(text[start:at]))
    return start, end


def _says_anything(clause: str) -> bool:
    return len(clause.split()) >= _SHORTEST_CLAUSE
