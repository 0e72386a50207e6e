"""What a conversation has covered of each aspect, and what stayed open: about the talk, never a score of a person."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.call import Call
from assistant.values import Aspect, Channel, ReviewedSentence


@dataclass(frozen=True, slots=True)
class Coverage:
    aspect: Aspect
    answers: tuple[ReviewedSentence, ...]  # the candidate's sentences that answer it, by time
    asked_at_seconds: tuple[float, ...]  # when the interviewer asked for it


def coverage_of(call: Call) -> list[Coverage]:
    """One for each aspect, in the order of their definition."""
    covered = []
    for aspect in Aspect:
        touching = [one for one in call.sentences if aspect in one.aspects and one.sentence.words]
        answers = tuple(one for one in touching if one.sentence.channel is Channel.THEM)
        asked = tuple(one.sentence.start_seconds for one in touching if one.sentence.channel is Channel.YOU)
        covered.append(Coverage(aspect, answers, asked))
    return covered


def good_signs(call: Call) -> list[ReviewedSentence]:
    return [one for one in call.sentences if one.is_good_sign and one.sentence.words]
