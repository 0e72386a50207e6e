"""What a conversation has covered of each aspect, and what stayed open: about the talk, never a score of a person.

The ledger is folded from the reviewed sentences, each of which says what it answers (or asks for) and to which of the
candidate's answers it belongs. Nothing else is kept of it, so that it can't differ from what the panel's chips show.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.call import Call
from assistant.parts import PARTS
from assistant.values import Aspect, Channel, ReviewedSentence


@dataclass(frozen=True, slots=True)
class Coverage:
    answers: tuple[ReviewedSentence, ...]  # the candidate's sentences that answer it, by time
    asked_in: tuple[ReviewedSentence, ...]  # the interviewer's that ask for it


@dataclass(frozen=True, slots=True)
class AspectCoverage(Coverage):
    aspect: Aspect


@dataclass(frozen=True, slots=True)
class PartCoverage(Coverage):
    """Of a part of the story, as people read it: of several aspects together, each sentence once."""

    name: str

    @property
    def asked_at_seconds(self) -> tuple[float, ...]:
        return tuple(one.sentence.start_seconds for one in self.asked_in)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the candidate tells on one topic, over all questions on it."""

    number: int  # from 0
    sentences: tuple[ReviewedSentence, ...]  # of both, by time; at least one is the candidate's

    @property
    def question(self) -> ReviewedSentence | None:
        """What the interviewer said last before the candidate began; None where the candidate began by themselves."""
        before = None
        for one in self.sentences:
            if one.sentence.channel is Channel.THEM:
                break
            before = one
        return before

    @property
    def said(self) -> tuple[ReviewedSentence, ...]:
        return tuple(one for one in self.sentences if one.sentence.channel is Channel.THEM)

    @property
    def coverage(self) -> list[AspectCoverage]:
        return coverage_in(self.sentences)

    @property
    def parts(self) -> list[PartCoverage]:
        return parts_in(self.sentences)


def coverage_in(sentences: Iterable[ReviewedSentence]) -> list[AspectCoverage]:
    """One for each aspect, in the order of their definition."""
    said = [one for one in sentences if one.sentence.words]
    return [AspectCoverage(*_touching((aspect,), said), aspect) for aspect in Aspect]


def parts_of(call: Call) -> list[PartCoverage]:
    """Of the whole conversation: one for each part of the story."""
    return parts_in(call.sentences)


def parts_in(sentences: Iterable[ReviewedSentence]) -> list[PartCoverage]:
    said = [one for one in sentences if one.sentence.words]
    return [PartCoverage(*_touching(aspects, said), name) for name, aspects in PARTS.items()]


_Sentences = tuple[ReviewedSentence, ...]


def _touching(aspects: Sequence[Aspect], said: Sequence[ReviewedSentence]) -> tuple[_Sentences, _Sentences]:
    """What the candidate says to any of these aspects, and what the interviewer asks about them."""
    touching = [one for one in said if not set(aspects).isdisjoint(one.aspects)]
    answers, asked = (
        tuple(one for one in touching if one.sentence.channel is channel) for channel in (Channel.THEM, Channel.YOU)
    )
    return answers, asked


def answers_in(sentences: Iterable[ReviewedSentence]) -> list[Answer]:
    """The candidate's answers, in order."""
    by_number: dict[int, list[ReviewedSentence]] = {}
    for one in sentences:
        if one.sentence.words:
            by_number.setdefault(one.answer, []).append(one)
    answers = [Answer(number, tuple(by_number[number])) for number in sorted(by_number)]
    return [answer for answer in answers if answer.said]


def good_signs(call: Call) -> list[ReviewedSentence]:
    return [one for one in call.sentences if one.is_good_sign and one.sentence.words]


def ledger_table(sentences: Sequence[ReviewedSentence], *, has_times: bool = True) -> dict[str, Any]:
    """The ledger for other programs: of the whole conversation and of each answer, every aspect with its evidence.

    Sentences are given by their indices. Without `has_times` all times are None: the transcript had none.
    """
    return {
        "conversation": _aspects_table(coverage_in(sentences), has_times),
        "answers": [
            {
                "answer": answer.number,
                "question": None if answer.question is None else answer.question.sentence.index,
                "first_sentence": answer.said[0].sentence.index,
                "last_sentence": answer.said[-1].sentence.index,
                "start_s": answer.said[0].sentence.start_seconds if has_times else None,
                "end_s": answer.said[-1].sentence.end_seconds if has_times else None,
                "aspects": _aspects_table(answer.coverage, has_times),
            }
            for answer in answers_in(sentences)
        ],
    }


def _aspects_table(coverage: Iterable[AspectCoverage], has_times: bool) -> list[dict[str, Any]]:
    return [
        {
            "aspect": one.aspect.value,
            "is_answered": bool(one.answers),
            "answered_in": [_place(said, has_times) for said in one.answers],
            "asked_in": [_place(said, has_times) for said in one.asked_in],
        }
        for one in coverage
    ]


def _place(one: ReviewedSentence, has_times: bool) -> dict[str, Any]:
    return {"sentence": one.sentence.index, "at_s": one.sentence.start_seconds if has_times else None}
