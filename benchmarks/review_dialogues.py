"""Scores of whole dialogues: flags, claims worth probing that were caught, and what became of each follow-up.

A dialogue: `id`, `turns` (`speaker`, `text`, and `sentences` with labels or `asks`), `claims` (`turn`, `sentence`,
`missing`, `resolved`, `how`). A review: the table that `depthcue review --format json` writes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.review_sentences import (
    BY_PRIORITY,
    FLAGGED,
    LABELS,
    OWN_SHARE,
    Row,
    flat,
    label_rates,
    letters,
    macro_f1,
)

WORDS_A_MINUTE = 150
IN_TIME_SENTENCES = 2  # behind the one that resolves a claim its follow-up is gone, in time
QUOTE_MARGIN = 40  # letters; a sentence may have been cut elsewhere than in the truth
RESOLVED = ("in time", "late", "too early", "displaced")
OPEN = ("kept open rightly", "taken back wrongly")


def transcript_of(dialogue: Row) -> str:
    return "\n".join(f"{turn['speaker'].capitalize()}: {flat(turn['text'])}" for turn in dialogue["turns"]) + "\n"


@dataclass(slots=True)
class DialogueScores:
    """Counts over all dialogues that were added."""

    labels: list[tuple[str, str]] = field(default_factory=list)  # (true, of the review)
    shown: int = 0
    shown_rightly: int = 0
    claims: int = 0
    caught: int = 0
    words: int = 0
    cards: int = 0
    unquoted: int = 0
    most_at_once: int = 0
    said_twice: int = 0
    lost: int = 0  # sentences of the review that the dialogue does not hold
    fates: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)  # of each follow-up that went wrong

    def add(self, dialogue: Row, review: Mapping[str, Any]) -> None:
        Match(dialogue, review).count(self)

    def lines(self, title: str) -> list[str]:
        rates, minutes = label_rates(self.labels), self.words / WORDS_A_MINUTE or 1.0
        fates, resolved, still_open = self.fates, self._of(RESOLVED), self._of(OPEN)
        probed = resolved - fates["displaced"]
        return [
            f"{title}: labels macro F1 {macro_f1(rates):.3f} (precision/recall/F1 "
            + ", ".join(f"{label} {rate}" for label, rate in rates.items()) + ")",
            f"  flags: precision {_share(self.shown_rightly, self.shown)}; "
            f"claims caught {_share(self.caught, self.claims)}",
            f"  follow-ups: in time {_share(fates['in time'], probed)} (late {fates['late']}, too early "
            f"{fates['too early']}); taken back wrongly {_share(fates['taken back wrongly'], still_open)}; displaced "
            f"{_share(fates['displaced'], resolved + still_open)} of all tied",
            f"  {self.cards / minutes:.2f} a minute, without a quote {self.unquoted / minutes:.2f}; at once at most "
            f"{self.most_at_once}; same question twice {self.said_twice}; sentences not found {self.lost}",
        ]  # fmt: skip

    def _of(self, names: Sequence[str]) -> int:
        return sum(self.fates[name] for name in names)


def _share(part: int, whole: int) -> str:
    return f"{part / whole if whole else 0:.2f} ({part}/{whole})"


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence of the candidate, or a turn of the interviewer, by its letters in those of the whole dialogue."""

    turn: int
    sentence: int
    start: int
    end: int
    label: str | None
    other: str | None


def _units(dialogue: Row) -> Iterator[tuple[_Unit, str]]:
    at = 0
    for number, turn in enumerate(dialogue["turns"]):
        for place, part in enumerate(turn.get("sentences") or [{"text": turn["text"]}]):
            text = letters(part["text"])
            yield _Unit(number, place, at, at + len(text), part.get("label"), part.get("other")), text
            at += len(text)


class Match:
    """One dialogue beside its review."""

    def __init__(self, dialogue: Row, review: Mapping[str, Any]) -> None:
        pairs = list(_units(dialogue))
        self.dialogue, self.turns = dialogue, dialogue["turns"]
        self.sentences, self.cards = review["sentences"], review["follow_ups"]
        self.units = [unit for unit, _ in pairs]
        self.stream = "".join(text for _, text in pairs)
        self.place_of = {(unit.turn, unit.sentence): number for number, unit in enumerate(self.units)}
        self.lost = 0
        self.spans = list(self._spans())

    def _spans(self) -> Iterator[tuple[int, int]]:
        at = 0
        for sentence in self.sentences:
            text = letters(sentence["text"])
            start = self.stream.find(text, at) if text else at
            if start < 0:
                self.lost += 1
                yield at, at
            else:
                at = start + len(text)
                yield start, at

    def _overlapping(self, unit: _Unit) -> list[Row]:
        least = OWN_SHARE * max(1, unit.end - unit.start)
        return [
            sentence
            for sentence, (start, end) in zip(self.sentences, self.spans, strict=True)
            if min(end, unit.end) - max(start, unit.start) >= min(least, OWN_SHARE * max(1, end - start))
        ]

    def unit_at(self, sentence: int) -> int:
        """The unit that a sentence of the review belongs to."""
        start, end = self.spans[sentence]
        shared = [min(end, unit.end) - max(start, unit.start) for unit in self.units]
        return shared.index(max(shared))

    def count(self, scores: DialogueScores) -> None:
        scores.words += sum(len(turn["text"].split()) for turn in self.turns)
        scores.lost += self.lost
        for unit in self.units:
            if unit.label:
                found = [s["label"] for s in self._overlapping(unit) if s["label"] in LABELS] or ["neutral"]
                scores.labels.append((unit.label, min(found, key=BY_PRIORITY.index)))
        for number, sentence in enumerate(self.sentences):
            if sentence["flags"]:
                unit = self.units[self.unit_at(number)]
                scores.shown += 1
                scores.shown_rightly += unit.label in FLAGGED or unit.other in FLAGGED
        self._count_cards(scores)
        for claim in self.dialogue["claims"]:
            self._count_claim(claim, scores)

    def _count_cards(self, scores: DialogueScores) -> None:
        questions = [letters(card["question"]) for card in self.cards]
        scores.cards += len(questions)
        scores.said_twice += len(questions) - len(set(questions))
        scores.unquoted += sum(not card["quote"] for card in self.cards)
        for number in range(len(self.spans)):
            standing = sum(
                card["raised_after"] <= number and (card["retired_after"] is None or card["retired_after"] > number)
                for card in self.cards
            )
            scores.most_at_once = max(scores.most_at_once, standing)

    def _count_claim(self, claim: Row, scores: DialogueScores) -> None:
        number = self.place_of[claim["turn"], claim["sentence"]]
        card = self._card_of(number)
        scores.claims += 1
        scores.caught += card is not None or any(s["flags"] for s in self._overlapping(self.units[number]))
        if card is not None:
            fate = self._fate(claim, number, card)
            scores.fates[fate] += 1
            if fate not in ("in time", "kept open rightly"):
                place = f"{self.dialogue['id']} turn {claim['turn']}.{claim['sentence']}"
                scores.notes.append(f"{fate}: {place} “{card['quote']}” {card['retired_why']} {claim['resolved']}")

    def _card_of(self, number: int) -> Row | None:
        """The follow-up that quotes this unit, rather than a neighbour, and soonest."""
        unit = self.units[number]
        around = self.stream[max(0, unit.start - QUOTE_MARGIN) : unit.end + QUOTE_MARGIN]
        inside = self.stream[unit.start : unit.end]
        quoting = [card for card in self.cards if card["quote"] and (q := letters(card["quote"])) and q in around]
        return min(
            quoting,
            key=lambda card: (
                letters(card["quote"]) not in inside,
                abs(self.unit_at(card["raised_after"]) - number),
            ),
            default=None,
        )

    def _fate(self, claim: Row, number: int, card: Row) -> str:
        why, retired = card["retired_why"], card["retired_after"]
        never = len(self.units) + 9
        gone = never if retired is None else self.unit_at(retired)
        has_reason = retired is not None and why in ("asked", "answered")
        has_cause = has_reason and self._has_cause(claim, number, why, gone)
        if claim["resolved"] is None:
            return "taken back wrongly" if has_reason and (why == "answered" or not has_cause) else "kept open rightly"
        resolved = self.place_of[claim["resolved"]["turn"], claim["resolved"]["sentence"]]
        if retired is not None and not has_reason and gone < resolved + IN_TIME_SENTENCES:
            return "displaced"
        if has_reason and gone < resolved and not has_cause:
            return "too early"
        return "in time" if has_reason and gone <= resolved + IN_TIME_SENTENCES else "late"

    def _has_cause(self, claim: Row, number: int, why: str, gone: int) -> bool:
        """Whether by then the interviewer had asked for it, or something substantiated had been said."""
        since = self.units[number + 1 : gone + 1]
        if why == "answered":
            return any(unit.label in ("substantiated", "number_only") for unit in since)
        turns = [turn for turn in sorted({unit.turn for unit in since}) if self._is_interviewer(turn)]
        resolved = claim["resolved"]
        last = resolved["turn"] if resolved and claim["how"] == "after_being_asked" else -1
        led_there = max((turn for turn in range(claim["turn"] + 1, last + 1) if self._is_interviewer(turn)), default=-1)
        wanted = set(claim["missing"])
        return any(wanted & set(self.turns[turn].get("asks") or ()) or turn == led_there for turn in turns)

    def _is_interviewer(self, turn: int) -> bool:
        return bool(self.turns[turn]["speaker"] == "interviewer")
