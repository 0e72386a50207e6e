"""A recording from its first sound to its last event, as fast as the computer goes: nobody waits for the first word.

    source -> listeners -> windows -> batches -> conversation -> sinks

The caller's thread reads, packs, reviews and publishes; `workers` threads decode, each a batch of windows at a time,
while it reads on. Only some minutes of sound are held, however long the recording. What comes out does not depend on
how fast they are: batches are made and taken in a fixed order.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from assistant.ports import AudioSource, BatchTranscriber, EchoRemover, Hypothesis, Sink, VoiceDetector
from assistant.publisher import Publisher
from assistant.review.conversation import Conversation
from assistant.review_feed import ReviewFeed
from assistant.speech.listener import Listener
from assistant.transcript.offline import OfflineTranscript
from assistant.transcript.packing import Window
from assistant.values import AudioGap, State, Status
from assistant.without_echo import WithoutEcho

BATCH_WINDOWS = 6  # a twentieth faster than 4 on two cores; 8 hold more memory and save nothing more
CLOCK_STEP_SECONDS = 0.1  # of the review: when something was due is told as exactly as this


class OfflineSession:
    """One recording. `run` it once.

    Args:
        source: closed by the session.
        transcriber: for this recording.
        detector: makes a voice detector for a channel.
        sinks: closed by the session, in order, also after a failure. An event is stamped with the moment of the
            recording at which a live call would have had it.
        warnings: what a user should know before the first word, beside what the transcriber says.
    """

    def __init__(
        self,
        source: AudioSource,
        transcriber: BatchTranscriber,
        detector: Callable[[], VoiceDetector],
        conversation: Conversation,
        sinks: Sequence[Sink],
        warnings: Sequence[str] = (),
        echo_remover: EchoRemover | None = None,
    ) -> None:
        self._source = source
        self._warnings = (*transcriber.notices, *warnings)
        self._transcriber = transcriber
        self._conversation = conversation
        self._transcript = OfflineTranscript([Listener(channel, detector()) for channel in source.channels])
        self._reviewed_seconds = 0.0
        self._publisher = Publisher(sinks, lambda: self._reviewed_seconds)
        self._without_echo = WithoutEcho(source.channels, self._publisher, self._transcript.hear, echo_remover)
        self._feed = ReviewFeed(conversation, self._publisher)
        self._in_flight: deque[tuple[list[Window], Future[list[Hypothesis]]]] = deque()
        self.duration_seconds = 0.0  # that was heard so far

    def run(self) -> None:
        """Transcribe and review it to its end.

        Raises:
            AssistantError: the source, the engine or a sink failed.
        """
        pool = ThreadPoolExecutor(self._transcriber.workers, "decode worker")
        try:
            self._publisher.start()
            self._publisher.publish(Status(State.RECORDING))
            self._publisher.publish_all([Status(State.WARNING, warning) for warning in self._warnings])
            self._listen(pool)
            self._publisher.publish(Status(State.FINISHING))
            while self._transcript.windows_waiting or self._in_flight:
                self._decode(pool, is_last=True)
            self._review()
            self._pass_time(self.duration_seconds)
            self._publisher.publish_all(self._conversation.finish(self.duration_seconds))
            self._publisher.publish(Status(State.FINISHED))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            self._source.close()
            if failures := self._publisher.close():
                raise failures[0]

    def _listen(self, pool: ThreadPoolExecutor) -> None:
        while (item := self._source.read()) is not None:
            if isinstance(item, Status):
                self._publisher.publish(item)
                continue
            if isinstance(item, AudioGap):
                self._publisher.publish(item)
            self.duration_seconds = max(self.duration_seconds, item.end_seconds)
            self._without_echo.hear(item)
            while self._transcript.windows_waiting >= BATCH_WINDOWS:
                self._decode(pool)
        self._without_echo.finish()
        self._transcript.finish()

    def _decode(self, pool: ThreadPoolExecutor, is_last: bool = False) -> None:
        """Give the workers a batch, and take the oldest one back where they have enough to do."""
        waiting = self._transcript.windows_waiting
        share = math.ceil(waiting / self._transcriber.workers) if is_last else waiting  # the last ones for all workers
        windows = self._transcript.take(min(share, BATCH_WINDOWS))
        if windows:
            self._in_flight.append((windows, pool.submit(self._heard, windows)))
        most = self._transcriber.workers if self._transcriber.language else 0
        while len(self._in_flight) > most or (self._in_flight and not self._transcript.windows_waiting and is_last):
            self._take_back()

    def _heard(self, windows: list[Window]) -> list[Hypothesis]:
        return self._transcriber.transcribe_all([window.samples() for window in windows])

    def _take_back(self) -> None:
        windows, future = self._in_flight.popleft()
        for window, hypothesis in zip(windows, future.result(), strict=True):
            self._feed.note_language(hypothesis)
            self._transcript.done(window, hypothesis)
        self._review()

    def _review(self) -> None:
        """Hand what is complete to the conversation, at the moment at which it happened."""
        for event in self._transcript.ready():
            self._pass_time(event.at_seconds)
            self._feed.take(event)

    def _pass_time(self, until_seconds: float) -> None:
        while self._reviewed_seconds < until_seconds:
            self._reviewed_seconds = min(self._reviewed_seconds + CLOCK_STEP_SECONDS, until_seconds)
            self._publisher.publish_all(self._conversation.clock(self._reviewed_seconds))
