"""The review of a transcript that another program made, through the very same `Conversation` as a live call.

Where the transcript has no times, a clock is made up from the pace of ordinary speech, so that what depends on time
(silence, cool-down, staleness) works; times are then reported as None.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from assistant.ports import SentenceModel
from assistant.review.conversation import Conversation
from assistant.review.questions import QuestionBank
from assistant.values import (
    Channel,
    CommunicationCue,
    Flag,
    FlagWithdrawn,
    FollowUp,
    FollowUpRetired,
    RetiredWhy,
    ReviewedSentence,
    ReviewEvent,
    TranscriptUpdate,
    UpdateKind,
    Verbosity,
    Word,
)

WORD_SECONDS = 60 / 150  # 150 words a minute
SENTENCE_PAUSE_SECONDS = 0.35
TURN_PAUSE_SECONDS = 0.8
END_SILENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """What one speaker said in a run. Times are seconds, None where the transcript has none."""

    speaker: str | None
    text: str
    start_seconds: float | None = None
    end_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class FlagInText:
    flag: Flag
    withdrawn_after: int | None = None  # index of a sentence


@dataclass(frozen=True, slots=True)
class SentenceInText:
    """A reviewed sentence with its speaker's name; times are None where the transcript has none."""

    reviewed: ReviewedSentence
    speaker: str
    start_seconds: float | None
    end_seconds: float | None
    flags: tuple[FlagInText, ...] = ()
    reasons: tuple[str, ...] = ()  # why it was judged so, where that was asked for


@dataclass(frozen=True, slots=True)
class FollowUpInText:
    """A follow-up by the sentences (indices from 0) after which it was raised and retired."""

    follow_up: FollowUp
    raised_after: int
    retired_after: int | None = None
    retired_why: RetiredWhy | None = None


@dataclass(frozen=True, slots=True)
class TranscriptReview:
    sentences: tuple[SentenceInText, ...]
    follow_ups: tuple[FollowUpInText, ...]
    cues: tuple[CommunicationCue, ...]
    has_times: bool  # of its own; without, the times in it are made up


def review_transcript(
    turns: Sequence[SpokenTurn],
    candidate: str | None,
    verbosity: Verbosity,
    bank: QuestionBank | None = None,
    model: SentenceModel | None = None,
    *,
    is_explained: bool = False,
) -> TranscriptReview:
    """Review what `candidate` says; everybody else is the interviewer. `turns` are in the order in which they began."""
    notes = _Notes(has_times=all(turn.start_seconds is not None for turn in turns))
    conversation = Conversation(verbosity, bank, model, notes.explain if is_explained else None)
    now = 0.0
    for number, turn in enumerate(turns):
        words = _timed_words(turn, now)
        if not words:
            continue
        channel = Channel.THEM if turn.speaker == candidate else Channel.YOU
        speaker = turn.speaker or ("Candidate" if channel is Channel.THEM else "Interviewer")
        for part in _breaths(words):
            start, end = part[0].start_seconds, part[-1].end_seconds
            update = TranscriptUpdate(UpdateKind.FINAL, channel, number, start, end, tuple(part))
            notes.take(conversation.speech_started(channel, max(now, start)), "")
            now = max(now, end)
            notes.speakers[channel] = speaker
            notes.take(conversation.utterance_locked(update, now), speaker)
        if number + 1 < len(turns) and turns[number + 1].speaker != turn.speaker:
            now += TURN_PAUSE_SECONDS if turns[number + 1].start_seconds is None else 0.0
    notes.take(conversation.finish(now + END_SILENCE_SECONDS), "")
    return notes.result()


def _timed_words(turn: SpokenTurn, now: float) -> list[Word]:
    """The words of a turn spread over its time, or over the time that saying them takes."""
    texts = turn.text.split()
    if not texts:
        return []
    start = max(now, now if turn.start_seconds is None else turn.start_seconds)
    pauses = sum(_ends_sentence(text) for text in texts[:-1]) * SENTENCE_PAUSE_SECONDS
    natural = len(texts) * WORD_SECONDS + pauses
    given = natural if turn.end_seconds is None else max(turn.end_seconds - start, 0.05 * len(texts))
    pace = given / natural
    words = []
    for text in texts:
        words.append(Word(text, start, start + WORD_SECONDS * pace))
        start += (WORD_SECONDS + (SENTENCE_PAUSE_SECONDS if _ends_sentence(text) else 0.0)) * pace
    return words


def _breaths(words: list[Word]) -> Iterable[list[Word]]:
    """The words of a turn as utterances of about a sentence, as a live call would have cut them."""
    part: list[Word] = []
    for word in words:
        part.append(word)
        if _ends_sentence(word.text):
            yield part
            part = []
    if part:
        yield part


def _ends_sentence(text: str) -> bool:
    return text.rstrip("\"'”’)]").endswith((".", "?", "!", "…")) and len(text) > 1


@dataclass(slots=True)
class _Notes:
    """Collects the events of a review by the number of sentences seen so far."""

    has_times: bool
    sentences: list[SentenceInText] = field(default_factory=list)
    follow_ups: dict[str, FollowUpInText] = field(default_factory=dict)
    cues: list[CommunicationCue] = field(default_factory=list)
    speakers: dict[Channel, str] = field(default_factory=dict)
    reasons: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def explain(self, sentence: int, reason: str) -> None:
        self.reasons[sentence].append(reason)

    def take(self, events: Iterable[ReviewEvent], speaker: str) -> None:
        for event in events:
            last = len(self.sentences) - 1
            match event:
                case ReviewedSentence():
                    self._sentence(event)
                case Flag():
                    self._flagged(event.sentence, FlagInText(event))
                case FlagWithdrawn():
                    self._withdrawn(event.id, last)
                case CommunicationCue():
                    self.cues.append(event)
                case FollowUp():
                    self.follow_ups[event.id] = FollowUpInText(event, last)
                case FollowUpRetired():
                    raised = self.follow_ups[event.id]
                    self.follow_ups[event.id] = replace(raised, retired_after=last, retired_why=event.why)

    def result(self) -> TranscriptReview:
        told = (replace(s, reasons=tuple(self.reasons[i])) for i, s in enumerate(self.sentences))
        return TranscriptReview(tuple(told), tuple(self.follow_ups.values()), tuple(self.cues), self.has_times)

    def _sentence(self, reviewed: ReviewedSentence) -> None:
        sentence = reviewed.sentence
        start = round(sentence.start_seconds, 3) if self.has_times else None
        end = round(sentence.end_seconds, 3) if self.has_times else None
        self.sentences.append(SentenceInText(reviewed, self.speakers[sentence.channel], start, end))

    def _flagged(self, index: int, flag: FlagInText) -> None:
        sentence = self.sentences[index]
        self.sentences[index] = replace(sentence, flags=(*sentence.flags, flag))

    def _withdrawn(self, flag_id: str, after: int) -> None:
        for index in range(len(self.sentences) - 1, -1, -1):
            flags = self.sentences[index].flags
            if any(flag.flag.id == flag_id for flag in flags):
                changed = tuple(replace(f, withdrawn_after=after) if f.flag.id == flag_id else f for f in flags)
                self.sentences[index] = replace(self.sentences[index], flags=changed)
                return
