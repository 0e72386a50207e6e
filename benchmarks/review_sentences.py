"""Scores of single sentences: labels, shown flags, their words, and aspects, each sentence found again in a review.

A row: `id`, `question`, `previous`, `sentence`, `label`, `spans`, `aspects_answered`, `source`. A review: the table
that `depthcue review --format json` writes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LABELS = ("vague", "number_only", "substantiated", "neutral")
FLAGGED = ("vague", "number_only")
BY_PRIORITY = ("substantiated", "number_only", "vague", "neutral")  # a mixed sentence takes the first that applies
OWN_SHARE = 0.3  # of a sentence, or of a piece of the review, that makes them one
Row = dict[str, Any]


def letters(text: str) -> str:
    """What two writings of the same words share."""
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@dataclass(frozen=True, slots=True)
class Rates:
    """Precision, recall and their harmonic mean, 0 where there is nothing to divide by."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.wrong + self.missed) if self.right else 0.0

    def __str__(self) -> str:
        return f"{self.precision:.2f}/{self.recall:.2f}/{self.f1:.2f}"


def rates_of(pairs: Iterable[tuple[bool, bool]]) -> Rates:
    """`pairs` are (true, said)."""
    count = Counter(pairs)
    return Rates(count[True, True], count[False, True], count[True, False])


def label_rates(pairs: Sequence[tuple[str, str]]) -> dict[str, Rates]:
    """`pairs` are (true label, label of the review)."""
    return {label: rates_of((true == label, said == label) for true, said in pairs) for label in LABELS}


def macro_f1(rates: Mapping[str, Rates]) -> float:
    return sum(rate.f1 for rate in rates.values()) / len(rates)


def transcript_of(rows: Sequence[Row]) -> str:
    """One transcript of all rows: question, what was said before, the sentence."""
    lines = []
    for row in rows:
        lines.append("Interviewer: " + flat(row["question"] or "Tell me more about that."))
        lines += ["Candidate: " + flat(row[part]) for part in ("previous", "sentence") if row[part]]
    return "\n".join(lines) + "\n"


def found_again(rows: Sequence[Row], review: Mapping[str, Any]) -> dict[str, Row]:
    """What the review says of each row, by its id: `label`, `spans`, `aspects`; without those it did not hold."""
    pieces = [piece for piece in review["sentences"] if piece["label"]]
    stream = "".join(letters(piece["text"]) for piece in pieces)
    owner = [number for number, piece in enumerate(pieces) for _ in letters(piece["text"])]
    found, at = {}, 0
    for row in rows:
        for part in ("previous", "sentence"):
            wanted = letters(row[part] or "")
            start = stream.find(wanted, at) if wanted else -1
            if start < 0:
                continue
            at = start + len(wanted)
            if part == "sentence":
                found[row["id"]] = _said([pieces[number] for number in _owners(owner[start:at], pieces, wanted)])
    return found


def _owners(owners: Sequence[int], pieces: Sequence[Row], wanted: str) -> list[int]:
    """The pieces that hold a good part of a sentence, or of which it is a good part."""
    shares = Counter(owners)
    least = {number: OWN_SHARE * min(len(letters(pieces[number]["text"])), len(wanted)) for number in shares}
    return [number for number, share in shares.items() if share >= least[number]] or list(shares)


def _said(pieces: Sequence[Row]) -> Row:
    return {
        "label": min((piece["label"] for piece in pieces), key=BY_PRIORITY.index),
        "spans": [flag["text"] for piece in pieces for flag in piece["flags"]],
        "aspects": {aspect for piece in pieces for aspect in piece["aspects"]},
    }


def report(title: str, rows: Sequence[Row], review: Mapping[str, Any], other: Mapping[str, str]) -> list[str]:
    """The lines to print. `other` is the second defensible label of some rows, by id."""
    said = found_again(rows, review)
    real = [row for row in rows if not row["source"].startswith("written")]
    written = [row for row in rows if row["source"].startswith("written")]
    lines = [f"{title}: precision/recall/F1"]
    for name, part in (("all", rows), ("real speech", real), ("written", written)):
        if part and (part is rows or len(part) < len(rows)):
            lines.append(_label_line(name, part, said, {}))
    if other:
        lines.append(_label_line("either reading", rows, said, other))
    lines.append(_shown_line(rows, said, other))
    aspects = [(set(row["aspects_answered"]), said.get(row["id"], {"aspects": set()})["aspects"]) for row in rows]
    lines.append(f"  aspects, micro {_micro(aspects)}")
    lines.append(f"  right flags on the right words {_on_words(rows, said)}; not found {len(rows) - len(said)}")
    return lines


def _label_line(name: str, rows: Sequence[Row], said: Mapping[str, Row], other: Mapping[str, str]) -> str:
    pairs = []
    for row in rows:
        mine = said[row["id"]]["label"] if row["id"] in said else "neutral"
        pairs.append((mine if other.get(row["id"]) == mine else row["label"], mine))
    by_label = label_rates(pairs)
    flags = rates_of((true in FLAGGED, mine in FLAGGED) for true, mine in pairs)
    each = ", ".join(f"{label} {rate}" for label, rate in by_label.items())
    return f"  {name:14} n={len(rows):<4} macro F1 {macro_f1(by_label):.3f}; {each}; flagged labels {flags}"


def _shown_line(rows: Sequence[Row], said: Mapping[str, Row], other: Mapping[str, str]) -> str:
    """Sentences with flagged words, which is what a user sees, whatever their label."""
    shown = {row["id"] for row in rows if row["id"] in said and said[row["id"]]["spans"]}
    wanted = {row["id"] for row in rows if row["label"] in FLAGGED}
    defensible = wanted | {row["id"] for row in rows if other.get(row["id"]) in FLAGGED}
    precision = len(shown & defensible) / len(shown) if shown else 0.0
    recall = len(shown & wanted) / len(wanted) if wanted else 0.0
    return f"  shown {len(shown)} of {len(rows)}: precision {precision:.2f}, recall {recall:.2f}"


def _micro(pairs: Sequence[tuple[Collection[str], Collection[str]]]) -> Rates:
    return Rates(
        sum(len(set(true) & set(mine)) for true, mine in pairs),
        sum(len(set(mine) - set(true)) for true, mine in pairs),
        sum(len(set(true) - set(mine)) for true, mine in pairs),
    )


def _on_words(rows: Sequence[Row], said: Mapping[str, Row]) -> str:
    right = [row for row in rows if row["spans"] and row["id"] in said and said[row["id"]]["label"] == row["label"]]
    hits = sum(bool(_words(said[row["id"]]["spans"]) & _words(row["spans"])) for row in right)
    return f"{hits} of {len(right)}"


def _words(spans: Sequence[str]) -> set[str]:
    return {word for span in spans for word in span.lower().split()}
