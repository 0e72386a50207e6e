"""Sessions of scripted parts, and what they have published."""

from __future__ import annotations

from assistant.errors import RecordingError
from assistant.session import Session, SessionSettings
from assistant.values import Status, TranscriptUpdate, UpdateKind
from assistant.worker import Patience
from tests.fakes import CountingTranscriber, ListSink, LoudnessDetector, RecordingConversation

CALL = {
    "you": [(0.5, False), (2.0, True), (4.0, False), (1.5, True), (1.0, False)],
    "them": [(3.2, False), (3.0, True), (2.8, False)],
}


class MemoryRecorder:
    def __init__(self, full_after_seconds: float = 1e9) -> None:
        self.items: list = []
        self.is_closed = False
        self._full_after_seconds = full_after_seconds

    def write(self, item):
        if item.start_seconds >= self._full_after_seconds:
            raise RecordingError("The disk is full. Free some space.")
        self.items.append(item)

    def close(self):
        self.is_closed = True

    def seconds(self, channel):
        return sum(i.end_seconds - i.start_seconds for i in self.items if i.channel is channel)


def make(source, transcriber=None, recorder=None, is_lossless=True, mutes_echo=False):
    sink, conversation = ListSink(), RecordingConversation()
    session = Session(
        source,
        transcriber or CountingTranscriber(),
        LoudnessDetector,
        conversation,
        [sink],
        recorder,
        SessionSettings(is_lossless, patience=Patience(pauses_seconds=(0.0, 0.01)), mutes_echo=mutes_echo),
    )
    return session, sink, conversation


def finals(sink):
    return [update for update in sink.of(TranscriptUpdate) if update.kind is UpdateKind.FINAL]


def states(sink):
    return [status.state for status in sink.of(Status)]
