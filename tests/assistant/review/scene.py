"""A call as a script: who says what, with pauses; plays it to a Conversation and keeps what came out, with times."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from assistant.review.conversation import Conversation
from assistant.values import (
    Channel,
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

WORD_SECONDS = 0.35
ENDPOINT_SECONDS = 0.3
REVENUE = "I increased revenue by 40 percent."


def words_at(text: str, start_seconds: float) -> tuple[Word, ...]:
    return tuple(
        Word(word, start_seconds + i * WORD_SECONDS, start_seconds + (i + 0.9) * WORD_SECONDS)
        for i, word in enumerate(text.split())
    )


@dataclass
class Scene:
    conversation: Conversation = field(default_factory=lambda: Conversation(Verbosity.NORMAL))
    clock_step_seconds: float | None = 0.5  # None: the clock is never told by itself
    now: float = 0.0
    log: list[tuple[float, ReviewEvent]] = field(default_factory=list)
    updates: list[TranscriptUpdate] = field(default_factory=list)

    def them(self, text: str, then_pause: float = 0.6) -> Scene:
        return self._say(Channel.THEM, text, then_pause)

    def you(self, text: str, then_pause: float = 0.6) -> Scene:
        return self._say(Channel.YOU, text, then_pause)

    def heard_again(self, number: int, text: str) -> bool:
        """The utterance of that number reads `text` from now on, unless the review can't follow."""
        before = self.updates[number]
        self.updates[number] = replace(before, words=words_at(text, before.start_seconds))
        events = self.conversation.utterance_refined(before, self.updates[number])
        self._note(events or [])
        return events is not None

    def silence(self, seconds: float) -> Scene:
        self._until(self.now + seconds)
        return self

    def end(self) -> Scene:
        self._note(self.conversation.finish(self.now))
        return self

    def _say(self, channel: Channel, text: str, then_pause: float) -> Scene:
        start = self.now
        self._note(self.conversation.speech_started(channel, start))
        words = words_at(text, start)
        end = words[-1].end_seconds if words else start + 0.5
        self._until(end + ENDPOINT_SECONDS)
        update = TranscriptUpdate(UpdateKind.FINAL, channel, len(self.updates), start, end, words)
        self.updates.append(update)
        self._note(self.conversation.utterance_locked(update, self.now))
        return self.silence(max(0.0, then_pause - ENDPOINT_SECONDS))

    def _until(self, at: float) -> None:
        if self.clock_step_seconds is not None:
            while self.now + self.clock_step_seconds < at:
                self.now += self.clock_step_seconds
                self._note(self.conversation.clock(self.now))
            self.now = at
            self._note(self.conversation.clock(at))
        self.now = at

    def _note(self, events: list[ReviewEvent]) -> None:
        self.log += [(self.now, event) for event in events]

    @property
    def events(self) -> list[ReviewEvent]:
        return [event for _, event in self.log]

    @property
    def sentences(self) -> list[ReviewedSentence]:
        return [event for event in self.events if isinstance(event, ReviewedSentence)]

    @property
    def flags(self) -> list[str]:
        return [event.quote for event in self.events if isinstance(event, Flag)]

    @property
    def withdrawn(self) -> list[str]:
        gone = {event.id for event in self.events if isinstance(event, FlagWithdrawn)}
        return [event.quote for event in self.events if isinstance(event, Flag) and event.id in gone]

    @property
    def cards(self) -> list[FollowUp]:
        return [event for event in self.events if isinstance(event, FollowUp)]

    @property
    def retired(self) -> dict[str, RetiredWhy]:
        """Why the card of each quote (or, without one, of each question) went."""
        names = {card.id: card.quote or card.question for card in self.cards}
        return {names[event.id]: event.why for event in self.events if isinstance(event, FollowUpRetired)}

    def time_of(self, kind: type, number: int = 0) -> float:
        return [at for at, event in self.log if isinstance(event, kind)][number]
