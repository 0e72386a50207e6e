"""What the conversation has covered so far: the depth chips, each with the sentences behind it. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from assistant.parts import PARTS
from assistant.plain import plain
from assistant.values import ReviewedSentence


@dataclass(frozen=True, slots=True)
class Proof:
    """A sentence that answers what a chip asks."""

    at_seconds: float
    text: str
    sentence: int = field(default=-1, compare=False)  # its index: heard once more, it takes its own place


@dataclass(frozen=True, slots=True)
class Chip:
    name: str
    evidence: tuple[Proof, ...] = ()

    @property
    def is_covered(self) -> bool:
        return bool(self.evidence)


def empty_chips() -> tuple[Chip, ...]:
    return tuple(Chip(name) for name in PARTS)


def with_sentence(chips: tuple[Chip, ...], reviewed: ReviewedSentence) -> tuple[Chip, ...]:
    """The chips after a sentence; the same object if it changes nothing. Questions (label None) answer nothing."""
    index = reviewed.sentence.index
    if any(proof.sentence == index for chip in chips for proof in chip.evidence):
        chips = tuple(replace(chip, evidence=tuple(p for p in chip.evidence if p.sentence != index)) for chip in chips)
    if reviewed.label is None or not reviewed.aspects:
        return chips
    proof = Proof(reviewed.sentence.start_seconds, plain(reviewed.sentence.text), index)
    return tuple(
        Chip(chip.name, (*chip.evidence, proof)) if set(PARTS[chip.name]) & set(reviewed.aspects) else chip
        for chip in chips
    )
