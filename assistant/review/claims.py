"""Claims that wait for substance: provisional at first, shown as flags when nothing came, closed when something did."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from assistant.review.emptiness import Strength
from assistant.review.judge import Finding, Judgement
from assistant.review.keywords import keywords
from assistant.review.numbers import read
from assistant.values import Aspect, ClaimKind, Flag, Label, Sentence

SILENCE_SECONDS = 2.0  # of the candidate, after which a flag is shown
# With what a decode takes, neither of these is longer than 3 s after the final text.
SPEECH_SECONDS = 2.5  # of more speech behind its words, after which it is shown while they speak on
LATEST_SECONDS = 2.5  # behind the final text, after which it is shown at the latest otherwise
TELLING_VALUE = 5.0  # smaller figures come up by chance
MAX_CLAIMS = 12  # that are followed at a time; the oldest are let go


class Stage(Enum):
    PENDING = "pending"  # provisional: not shown yet
    SHOWN = "shown"
    CLOSED = "closed"  # answered, or never made


@dataclass(slots=True, eq=False)
class Claim:
    """One finding in one sentence, and what became of it so far."""

    finding: Finding
    sentence: Sentence
    known_at_seconds: float
    answer: int  # which answer of the candidate it stands in
    keywords: frozenset[str]
    context: frozenset[str]  # the keywords of its whole sentence
    values: frozenset[float]
    silent_since_seconds: float
    has_card: bool  # the first claim of its sentence may be asked about
    stage: Stage = Stage.PENDING
    sentences_since: int = 0
    questions_since: int = 0
    asked_share: float = 0.0  # how likely the interviewer's last question is about it
    is_asked: bool = False
    is_closed_to_questions: bool = False  # an honest "I don't know" was the answer
    flag_id: str = ""

    def move_to(self, other: Claim) -> None:
        """It stands where `other` does, which is the same claim in a sentence that reads otherwise."""
        self.finding, self.sentence = other.finding, other.sentence
        self.keywords, self.context, self.values = other.keywords, other.context, other.values

    @property
    def kind(self) -> ClaimKind:
        return self.finding.kind

    @property
    def missing(self) -> tuple[Aspect, ...]:
        return self.finding.missing

    @property
    def quote(self) -> str:
        return self.sentence.text[self.finding.start : self.finding.end]

    def times(self) -> tuple[float, float]:
        """When the quoted words begin and end."""
        at, inside = 0, []
        for word in self.sentence.words:
            if at < self.finding.end and at + len(word.text) > self.finding.start:
                inside.append(word)
            at += len(word.text) + 1
        return inside[0].start_seconds, inside[-1].end_seconds

    def show_at_seconds(self, candidate_speaks: bool) -> float:
        """When the flag is shown if no further sentence comes."""
        if candidate_speaks:
            # What was said behind the words in the same breath has not filled them: it counts as waiting.
            return max(self.known_at_seconds, self.times()[1] + SPEECH_SECONDS)
        return min(self.known_at_seconds + LATEST_SECONDS, self.silent_since_seconds + SILENCE_SECONDS)

    def flag(self) -> Flag:
        start, end = self.times()
        finding, channel = self.finding, self.sentence.channel
        return Flag(
            self.flag_id,
            finding.kind,
            channel,
            self.sentence.index,
            self.quote,
            finding.start,
            finding.end,
            start,
            end,
            finding.missing,
            finding.reason,
        )


def claims_of(sentence: Sentence, judgement: Judgement, least: Strength, answer: int, at_seconds: float) -> list[Claim]:
    """The claims of a sentence that are worth following, at most two, in the order of their words."""
    worth = [finding for finding in judgement.findings if finding.strength >= least]
    worth = sorted(sorted(worth, key=lambda f: -f.strength)[:2], key=lambda f: f.start)
    claims = []
    for position, finding in enumerate(worth):
        reading, quantities = read(sentence.text[finding.start : finding.end])
        claims.append(
            Claim(
                finding,
                sentence,
                at_seconds,
                answer,
                keywords(reading),
                keywords(judgement.reading),
                frozenset(q.value for q in quantities if q.value is not None and q.value >= TELLING_VALUE),
                sentence.end_seconds,
                position == 0,
            )
        )
    return claims


@dataclass(slots=True)
class Ledger:
    """Which aspects the current story has answered, and how much of a story there is."""

    answered: set[Aspect] = field(default_factory=set)
    substantiated: int = 0

    def note(self, judgement: Judgement) -> None:
        if judgement.label is Label.SUBSTANTIATED:
            self.substantiated += 1
        self.answered.update(judgement.aspects)

    def new_topic(self) -> None:
        self.answered.clear()
        self.substantiated = 0
