"""Hands what was heard to the review of a call, and what follows from it to the sinks. Live and afterwards alike.

Used by the one thread that owns the conversation.
"""

from __future__ import annotations

from assistant.languages import ENGLISH
from assistant.ports import Hypothesis
from assistant.publisher import Publisher
from assistant.review.conversation import Conversation
from assistant.speech.listener import SpeechStarted
from assistant.transcript.finals import Locked
from assistant.transcript.refinement import Refined
from assistant.values import State, Status


class ReviewFeed:
    def __init__(self, conversation: Conversation, publisher: Publisher) -> None:
        self._conversation = conversation
        self._publisher = publisher
        self._language = ENGLISH  # the one that the review was told

    def note_language(self, hypothesis: Hypothesis) -> None:
        """What a decode says of the call's language, before its text is reviewed."""
        if hypothesis.notice:
            self._publisher.publish(Status(State.WARNING, hypothesis.notice))
        if hypothesis.language != self._language:
            self._language = hypothesis.language
            self._publisher.publish_all(self._conversation.transcribed_in(hypothesis.language))

    def take(self, event: SpeechStarted | Locked | Refined) -> None:
        """The next thing that happened; final text is shown before what is found in it."""
        match event:
            case SpeechStarted(channel, at_seconds):
                self._publisher.publish_all(self._conversation.speech_started(channel, at_seconds))
            case Locked(update, at_seconds):
                self._publisher.publish(update)
                self._publisher.publish_all(self._conversation.utterance_locked(update, at_seconds))
            case Refined(update, before, at_seconds):
                self._publisher.publish_all(self._conversation.clock(at_seconds))
                found = self._conversation.utterance_refined(before, update)
                if found is not None:  # otherwise the text stays as it was
                    self._publisher.publish(update)
                    self._publisher.publish_all(found)
