"""Fit what a question is about and what an answer fills: the weights of `assistant/review/retirement.toml`.

    python -m training.retire_review --output FOLDER [--write assistant/review/retirement.toml]

`FOLDER` holds `predictions.jsonl.gz` and `summary.json` of `train_review.py`. The training dialogues are reviewed with
the encoder's held-out predictions in the encoder's place, every flagged claim is followed to the end of its dialogue,
and two logistic regressions learn from the labels which turns ask about it and which sentence resolves it. Printed is
what cross-validation over dialogues gives for each pair of thresholds; `--least` chooses the pair that is written.
Run in the program's own environment (no torch).
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from assistant.ports import SentenceModel, SentenceScores
from assistant.review import conversation
from assistant.review import transcript_review as reviewing
from assistant.review.claims import Claim
from assistant.review.interviewer import Turn
from assistant.review.open_claims import OpenClaims, is_plainly_asked
from assistant.review.retirement import Said, answered_features, asked_features, share
from assistant.review.transcript_review import SpokenTurn
from assistant.values import Aspect, Label, Verbosity
from benchmarks.review_dialogues import Match
from benchmarks.review_sentences import letters
from models import sentences
from training.combine_review import probabilities
from ui.commands.review import as_json

DATA = Path(__file__).parent / "data"
FOLDS, RIDGE, SEED = 6, 4.0, 5
FOLLOWED = 60  # claims at a time
NEAR_TURNS = 3  # a question so far behind a claim may be about it without naming it
IN_TIME_SENTENCES = 2
HEADER = """\
# How likely a question is about an open claim, and a sentence answers one: weights of two logistic regressions, fitted
# to the training dialogues by `training/retire_review.py` with the encoder's held-out predictions, and the least
# probabilities, chosen by cross-validation over dialogues. The features are explained in `retirement.py`.
"""
Table = dict[str, Any]
Weights = dict[str, float]
Row = tuple[dict[str, float], float, float]  # features, whether it is so, weight


@dataclass(slots=True)
class Story:
    """A flagged claim of a dialogue, and what came after it. Units are sentences, and turns of the interviewer."""

    dialogue: str
    unit: int
    resolved: int | None
    due: dict[int, tuple[bool, bool]]  # by unit of a turn: asks for what is missing; is surely about this claim
    labels: list[str | None]
    asked: list[tuple[int, dict[str, float], bool]] = field(default_factory=list)  # unit, features, is plain
    answered: list[tuple[int, dict[str, float]]] = field(default_factory=list)  # unit, features


@cache
def encoder() -> SentenceModel:
    return sentences.load()


class HeldOut:
    """Stands in for the encoder with what a model said that had not seen the dialogue."""

    def __init__(self, dialogue: Table, predictions: dict[str, dict[str, Any]], summary: dict[str, Any]) -> None:
        nothing = dict.fromkeys(Aspect, 0.0)
        even = dict.fromkeys(Label, 0.25)
        self._known: dict[str, SentenceScores] = {}
        self._encoder = encoder()  # for turns that have only begun
        for number, turn in enumerate(dialogue["turns"]):
            if found := predictions.get(f"{dialogue['id']}:{number}"):
                asks = dict(zip(Aspect, found["p_asks"], strict=True))
                self._known[letters(turn["text"])] = SentenceScores(even, nothing, asks, found["p_topic"][0])
            for place, sentence in enumerate(turn.get("sentences") or ()):
                if found := predictions.get(f"{dialogue['id']}:{number}:{place}"):
                    labels = probabilities(found["p_label"], summary)
                    aspects = dict(zip(Aspect, found["p_aspects"], strict=True))
                    self._known[letters(sentence["text"])] = SentenceScores(labels, aspects, nothing, 0.0)

    def score(self, context: Sequence[str], text: str) -> SentenceScores:
        return self._known.get(letters(text)) or self._encoder.score(context, text)


class Followed(OpenClaims):
    """Notes the features of every decision and closes nothing."""

    def __init__(self, asked_weights: Weights | None) -> None:
        super().__init__()
        self.weights = asked_weights
        self.seen: dict[int, Claim] = {}
        self.questions: list[tuple[int, int, dict[str, float], bool]] = []
        self.sayings: list[tuple[int, int, dict[str, float]]] = []

    def _asked_share(self, claim: Claim, turn: Turn, latest_answer: int, newer: int, names_another: bool) -> float:
        features = asked_features(claim, turn, latest_answer, newer, names_another)
        is_plain = is_plainly_asked(claim, turn, latest_answer, self.is_newest(claim)) and not names_another
        if turn.is_question:
            self.questions.append((id(claim), self.heard, features, is_plain))
        if is_plain or self.weights is None:
            return float(is_plain)
        return share(features, self.weights)

    def _is_answered(self, claim: Claim, said: Said, answer: int, elsewhere: float) -> bool:
        self.sayings.append((id(claim), self.heard, answered_features(claim, said, answer, elsewhere)))
        return False

    def let_go(self, held: list[Claim | None]) -> None:
        self.seen |= {id(claim): claim for claim in self.claims}
        self.claims = self.claims[-FOLLOWED:]


def followed(turns: list[SpokenTurn], model: HeldOut, weights: Weights | None) -> tuple[Followed, dict[str, Any]]:
    """The claims of a dialogue with everything that was decided about them, and the review as it came out."""
    open_claims = Followed(weights)
    with patch.object(conversation, "OpenClaims", lambda _: open_claims):
        review = reviewing.review_transcript(turns, "Candidate", Verbosity.EAGER, model=model)
    return open_claims, json.loads(as_json(review))


def stories_of(dialogue: Table, model: HeldOut, weights: Weights | None) -> list[Story]:
    turns = [SpokenTurn(turn["speaker"].capitalize(), turn["text"]) for turn in dialogue["turns"]]
    open_claims, review = followed(turns, model, weights)
    match = Match(dialogue, review)
    unit_of = [match.unit_at(number) for number in range(len(match.spans))]
    labelled = {match.place_of[claim["turn"], claim["sentence"]]: claim for claim in dialogue["claims"]}
    stories = {}
    for key, claim in open_claims.seen.items():
        unit = unit_of[claim.sentence.index]
        if unit in labelled and claim.has_card:
            stories[key] = story_of(dialogue, match, labelled[unit], unit)
    for key, heard, features, is_plain in open_claims.questions:
        if key in stories:
            stories[key].asked.append((unit_of[heard], features, is_plain))
    for key, heard, features in open_claims.sayings:
        if key in stories:
            stories[key].answered.append((unit_of[heard], features))
    return list(stories.values())


def story_of(dialogue: Table, match: Match, claim: Table, unit: int) -> Story:
    turns, made, resolved = dialogue["turns"], claim["turn"], claim["resolved"]
    asking = [n for n, turn in enumerate(turns) if turn["speaker"] == "interviewer" and n > made]
    was_asked = resolved is not None and claim["how"] == "after_being_asked"
    led_there = max((n for n in asking if was_asked and n <= resolved["turn"]), default=None)
    due = {}
    for number in asking:
        asks = bool(set(turns[number].get("asks") or ()) & set(claim["missing"]))
        is_near = number - made <= NEAR_TURNS and not any(
            turns[n].get("topic_change") for n in range(made + 1, number + 1)
        )
        leads = number == led_there
        due[match.place_of[number, 0]] = (asks or leads, leads or (asks and is_near))
    end = None if resolved is None else match.place_of[resolved["turn"], resolved["sentence"]]
    return Story(dialogue["id"], unit, end, due, [one.label for one in match.units])


def asked_rows(stories: Sequence[Story]) -> list[Row]:
    """The last state of each turn up to the resolution; whether it is about the claim, where that is certain."""
    rows = []
    for story in stories:
        turns = {unit: features for unit, features, _ in story.asked}
        for unit, features in turns.items():
            if unit in story.due and (story.resolved is None or unit <= story.resolved):
                asks, is_sure = story.due[unit]
                if is_sure or not asks:
                    rows.append((features, float(is_sure), 1.0))
    return rows


def answered_rows(stories: Sequence[Story]) -> list[Row]:
    """Sentences up to the one behind the resolution; those next to it count less, for the border is not sharp."""
    rows = []
    for story in stories:
        for unit, features in story.answered:
            behind = None if story.resolved is None else unit - story.resolved
            if behind is None or behind < -2:
                rows.append((features, 0.0, 1.0))
            elif behind < 0:
                rows.append((features, 0.0, 0.5))
            elif behind <= 1:
                rows.append((features, 1.0, 1.0 if behind == 0 else 0.3))
    return rows


def logistic_regression(rows: Sequence[Row]) -> dict[str, float]:
    """By Newton's method, with a ridge on standardised features and none on the bias."""
    names = list(rows[0][0])
    design = np.array([[features[name] for name in names] for features, _, _ in rows])
    target, weight = (np.array([row[place] for row in rows]) for place in (1, 2))
    spread = design.std(axis=0)
    penalty = RIDGE * np.where(np.array(names) == "bias", 0.0, spread**2)
    found = np.zeros(len(names))
    for _ in range(40):
        likely = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        gradient = design.T @ ((target - likely) * weight) - penalty * found
        curvature = (design * (weight * likely * (1 - likely))[:, None]).T @ design + np.diag(penalty + 1e-9)
        step = np.linalg.solve(curvature, gradient)
        found += step
        if np.abs(step).max() < 1e-6:
            break
    return dict(zip(names, found.tolist(), strict=True))


def fate(story: Story, asked: Weights, answered: Weights, least: tuple[float, float]) -> str:
    """What becomes of the claim's follow-up, as `benchmarks/review_dialogues.py` counts it; it goes as passed over when
    a question is not about it."""
    events = []
    for unit, features, is_plain in story.asked:
        is_asked = is_plain or share(features, asked) >= least[0]
        if is_asked or not features["another matter"]:
            events.append((unit, 0 if is_asked else 2, "asked" if is_asked else "passed over"))
    events += [(unit, 1, "answered") for unit, features in story.answered if share(features, answered) >= least[1]]
    gone, _, why = min(events, default=(len(story.labels), 0, "never"))
    since = story.labels[story.unit + 1 : gone + 1]
    if why == "answered":
        has_cause = any(label in ("substantiated", "number_only") for label in since)
    else:
        has_cause = any(asks for unit, (asks, _) in story.due.items() if unit <= gone)
    if story.resolved is None:
        return "wrongly" if why == "answered" or (why == "asked" and not has_cause) else "kept"
    if why == "passed over" and gone < story.resolved + IN_TIME_SENTENCES:
        return "displaced"
    if why in ("asked", "answered") and gone < story.resolved and not has_cause:
        return "too early"
    return "in time" if why in ("asked", "answered") and gone <= story.resolved + IN_TIME_SENTENCES else "late"


def print_thresholds(stories: Sequence[Story]) -> None:
    """What held-out dialogues give for each pair of thresholds."""
    names = sorted({story.dialogue for story in stories})
    random.Random(SEED).shuffle(names)
    parts = []
    for number in range(FOLDS):
        held = set(names[number::FOLDS])
        rest = [story for story in stories if story.dialogue not in held]
        weights = logistic_regression(asked_rows(rest)), logistic_regression(answered_rows(rest))
        parts.append((weights, [story for story in stories if story.dialogue in held]))
    for least in ((a, b) for a in (0.5, 0.6, 0.7, 0.75, 0.8) for b in (0.25, 0.3, 0.35, 0.4, 0.5)):
        count = Counter(fate(story, *weights, least) for weights, held in parts for story in held)
        probed = count["in time"] + count["late"] + count["too early"]
        still_open = count["kept"] + count["wrongly"]
        print(
            f"least asked {least[0]}, answered {least[1]}: "
            f"in time {count['in time'] / max(1, probed):.2f} of {probed}, "
            f"taken back wrongly {count['wrongly'] / max(1, still_open):.2f} of {still_open}, "
            f"displaced {count['displaced'] / len(stories):.2f}"
        )


def as_toml(asked: Weights, answered: Weights, least: Sequence[float]) -> str:
    lines = [HEADER, "[least]", f"asked = {least[0]}", f"answered = {least[1]}"]
    for name, weights in (("asked", asked), ("answered", answered)):
        lines += ["", f"[{name}]", *(f'"{feature}" = {weight:.3f}' for feature, weight in weights.items())]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit what a question is about and what an answer fills.")
    parser.add_argument("--output", type=Path, required=True, help="folder of train_review.py's predictions")
    parser.add_argument("--write", type=Path, help="put the weights there")
    parser.add_argument("--least", type=float, nargs=2, default=(0.75, 0.35), metavar=("ASKED", "ANSWERED"))
    args = parser.parse_args()
    summary = json.loads((args.output / "summary.json").read_text(encoding="utf-8"))
    with gzip.open(args.output / "predictions.jsonl.gz", "rt", encoding="utf-8") as lines:
        held_out = {p["id"]: p for p in map(json.loads, lines) if p["set"] == "held_out"}
    dialogues = [
        json.loads(line)
        for path in sorted(DATA.glob("dialogues_train*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    models = [HeldOut(dialogue, held_out, summary) for dialogue in dialogues]
    asked = None
    for _ in range(2):  # first what is asked, then with it what is answered
        stories = [s for d, model in zip(dialogues, models, strict=True) for s in stories_of(d, model, asked)]
        asked = logistic_regression(asked_rows(stories))
    print_thresholds(stories)
    if args.write is not None:
        text = as_toml(asked, logistic_regression(answered_rows(stories)), args.least)
        args.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
