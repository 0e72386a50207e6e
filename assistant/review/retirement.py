"""Whether a question is about an open claim, and whether a sentence answers one: two small logistic regressions.

What they weigh is listed here by name, so that a decision can be explained; the weights in `retirement.toml` were
fitted to the training dialogues (`training/retire_review.py`), the thresholds by cross-validation over dialogues.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from assistant.ports import SentenceScores
from assistant.review.claims import Claim
from assistant.review.interviewer import Turn
from assistant.review.judge import Judgement
from assistant.review.keywords import keywords
from assistant.review.patterns import table_of_file
from assistant.values import Aspect, ClaimKind, Label

_EXPLAINS_A_NUMBER = (Aspect.BASELINE, Aspect.MEASUREMENT_METHOD, Aspect.METRIC_DEFINITION)
_SEEN_SHARE, _UNSEEN_SHARE = 0.8, 0.05  # in place of the model's, where only rules look for an aspect
_IS_SO, _IS_NOT_SO = 0.75, 0.15  # the same for a label


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the candidate as it bears on open claims. Shares are probabilities."""

    substantiated: float  # in the eyes of all
    substantial: float  # in the model's
    neutral: float
    words: int
    aspects: Mapping[Aspect, float]
    keywords: frozenset[str]
    values: frozenset[float]
    has_number: bool
    since_question: int  # sentences of this answer before it

    @classmethod
    def of(
        cls,
        judgement: Judgement,
        scores: SentenceScores | None,
        values: frozenset[float],
        since_question: int,
        *,
        is_bare: bool = False,
    ) -> Said:
        """`is_bare`: it says nothing by itself, so that a model may see nothing in it, and answers what was asked."""
        label = judgement.label
        substantiated = float(label is Label.SUBSTANTIATED)
        shares = {one: _IS_SO if one is label else _IS_NOT_SO for one in Label}
        aspects = {a: _SEEN_SHARE if a in judgement.aspects else _UNSEEN_SHARE for a in Aspect}
        if scores is not None:
            aspects = {a: max(scores.aspects[a], aspects[a]) for a in Aspect} if is_bare else dict(scores.aspects)
            shares = dict(scores.labels)
            substantiated = (substantiated + shares[Label.SUBSTANTIATED]) / 2
        return cls(
            substantiated,
            shares[Label.SUBSTANTIATED],
            shares[Label.NEUTRAL],
            len(judgement.reading.tokens),
            aspects,
            keywords(judgement.reading),
            values,
            "#" in judgement.reading.text,
            since_question,
        )


def asked_features(claim: Claim, turn: Turn, latest_answer: int, newer: int, names_another: bool) -> dict[str, float]:
    """Of a claim and the interviewer's turn so far. `newer`: open claims made later; `names_another`: the turn takes up
    words or a figure of another claim, and none of this one."""
    shared, near = len(claim.keywords & turn.keywords), len(claim.context & turn.keywords)
    has_value = bool(claim.values & turn.values)
    is_last = claim.answer == latest_answer
    ask = max((turn.ask_shares[aspect] for aspect in claim.missing), default=0.0)
    return {
        "bias": 1.0,
        "first question since": float(claim.questions_since == 0),
        "second question since": float(claim.questions_since == 1),
        "points back": float(turn.points_back),
        "is short": float(turn.is_short),
        "asks for what it lacks": _log_odds(ask),
        "a rule sees it asked": float(bool(set(turn.asks) & set(claim.missing))),
        "names its figure": float(has_value),
        "names its words": float(min(shared, 2)),
        "names words of its sentence": float(min(near, 2)),
        "recalls it": float(turn.recalls and (has_value or shared > 0)),
        "names another": float(names_another),
        "is of the last answer": float(is_last),
        "sentences since": math.log1p(claim.sentences_since),
        "newer claims": math.log1p(newer),
        "opens a topic": turn.topic_share,
        "another matter": float(turn.is_other_matter),
        "is a number": float(claim.kind is ClaimKind.NUMBER_ONLY),
    }


def answered_features(claim: Claim, said: Said, answer: int, asked_elsewhere: float) -> dict[str, float]:
    """Of a claim and a later sentence. `asked_elsewhere`: share of the claim that the question is most likely about,
    if that is another one."""
    is_number = claim.kind is ClaimKind.NUMBER_ONLY
    near = len(claim.context & said.keywords)
    filled = max((said.aspects[aspect] for aspect in claim.missing), default=0.0)
    explained = max(said.aspects[aspect] for aspect in _EXPLAINS_A_NUMBER) if is_number else 0.0
    asked, same_answer = claim.asked_share, float(claim.answer == answer)
    substance, since = _log_odds(said.substantial), math.log1p(claim.sentences_since)
    return {
        "bias": 1.0,
        "substantiated": said.substantiated,
        "substance": substance,
        "neutral": said.neutral,
        "words": math.log1p(said.words),
        "says what it lacks": _log_odds(filled),
        "explains a number": explained,
        "shares words of its sentence": float(min(near, 2)),
        "shares its figure": float(bool(claim.values & said.values)),
        "was asked for": asked,
        "asked and substantiated": asked * said.substantiated,
        "asked elsewhere": max(0.0, asked_elsewhere - asked),
        "same answer": same_answer,
        "sentences since": since,
        "sentences since in the same answer": same_answer * since,
        "questions since": math.log1p(claim.questions_since),
        "sentences since the question": math.log1p(said.since_question),
        "is a number": float(is_number),
        "a number that was asked for": is_number * asked,
        "a number and substance": is_number * substance,
    }


def share(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The probability that features with these weights give."""
    total = sum(weight * features[name] for name, weight in weights.items())
    return 1 / (1 + math.exp(-min(max(total, -30.0), 30.0)))


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights by the features' names, and the least share at which something counts as so."""

    asked: Mapping[str, float]
    answered: Mapping[str, float]
    asked_at: float
    answered_at: float


@cache
def fitted() -> Fitted:
    table = table_of_file("retirement.toml")
    return Fitted(table["asked"], table["answered"], table["least"]["asked"], table["least"]["answered"])


def names(claim: Claim, turn: Turn) -> bool:
    """Whether the interviewer takes up the claim's figure or its words."""
    return bool(claim.values & turn.values or claim.keywords & turn.keywords)


def _log_odds(value: float) -> float:
    value = min(max(value, 0.02), 0.98)
    return math.log(value / (1 - value))
