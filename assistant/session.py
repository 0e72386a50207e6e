"""A call from its first sound to its last event: wires the stages in order and owns the threads.

    source -> recorder -> listeners -> streaming -> conversation -> sinks

Threads of a live call:
- the listening thread (the caller of `run`) reads the source, writes the recording before anything else sees the sound,
  and feeds the listeners; it never waits for a decode;
- the decode worker owns the model and the conversation; it blocks in decodes and waits for events, never for a poll.
Both publish to the sinks, one at a time. `pause`, `stop`, `mark` and the rest may be called from any thread.

A lossless replay runs both on the caller's thread: the source waits for the worker, so that nothing depends on speed.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assistant.audio.meter import Meter
from assistant.errors import AssistantError, RecordingError
from assistant.ports import AudioSource, Effort, Hypothesis, Recorder, Sink, Transcriber, VoiceDetector
from assistant.review.conversation import Conversation
from assistant.speech.listener import Listener, SpeechStarted, Utterance
from assistant.transcript.streaming import Job, Streaming, StreamingSettings
from assistant.values import (
    SAMPLE_RATE_HZ,
    AudioFrame,
    AudioGap,
    Channel,
    Event,
    Mark,
    ReviewEvent,
    Stamped,
    State,
    Status,
    TranscriptUpdate,
)

BEHIND_SECONDS = 3.0  # a final that waits longer is said aloud
CAUGHT_UP_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class SessionSettings:
    is_lossless: bool = False  # the source waits for the worker: recordings above real-time speed
    known: tuple[TranscriptUpdate, ...] = ()  # finals from before a crash: what they cover is not decoded again
    streaming: StreamingSettings = field(default_factory=StreamingSettings)


class Session:
    """One call. `run` it once.

    Args:
        source: closed by the session.
        recorder: closed by the session; None records nothing (the source is a recording).
        detector: makes a voice detector for a channel.
        sinks: closed by the session, in order, also after a failure.
    """

    def __init__(
        self,
        source: AudioSource,
        transcriber: Transcriber,
        detector: Callable[[], VoiceDetector],
        conversation: Conversation,
        sinks: Sequence[Sink],
        recorder: Recorder | None = None,
        settings: SessionSettings | None = None,
    ) -> None:
        self._source = source
        self._transcriber = transcriber
        self._conversation = conversation
        self._sinks = sinks
        self._recorder = recorder
        self._settings = settings or SessionSettings()
        self._streaming = Streaming(
            [Listener(channel, detector()) for channel in source.channels], self._settings.streaming
        )
        self._known = {_place(update.channel, update.end_seconds): update for update in self._settings.known}
        self._condition = threading.Condition()  # guards streaming and everything below
        self._publishing = threading.Lock()
        self._commands: deque[Callable[[float], list[ReviewEvent]]] = deque()
        self._heard_seconds = dict.fromkeys(source.channels, 0.0)
        self._meters = {channel: Meter(channel) for channel in source.channels}
        self._started_wall: float | None = None
        self._paused = False
        self._gap_reasons: dict[Channel, str] = {}  # why the stretch before a channel's next frame was not heard
        self._is_over = False  # no more sound will come
        self._is_deaf = False  # the engine has failed: only the recording goes on
        self._failure: AssistantError | None = None
        self._crash: Exception | None = None  # a bug on the worker, raised once all is safe
        self._is_behind = False

    # --- any thread ---

    @property
    def clock_seconds(self) -> float:
        """Position of the call's clock: the end of the newest sound."""
        return max(self._heard_seconds.values(), default=0.0)

    def stop(self) -> None:
        """End the call; what was said so far is still decoded, reviewed and kept."""
        self._source.close()

    def pause(self) -> None:
        """From now on nothing is recorded or heard, until `resume`."""
        with self._condition:
            if self._paused or self._is_over:
                return
            self._paused = True
        self._publish(Status(State.PAUSED, "Paused: nothing is recorded."))

    def resume(self) -> None:
        with self._condition:
            if not self._paused or self._is_over:
                return
            self._paused = False
            self._gap_reasons = dict.fromkeys(self._source.channels, "paused")
        self._publish(Status(State.RECORDING))

    def mark(self, note: str = "") -> None:
        """Remember this moment."""
        self._publish(Mark(self.clock_seconds, note))

    def asked(self, follow_up_id: str) -> None:
        """The interviewer has asked it."""
        self._command(lambda at_seconds: self._conversation.asked(follow_up_id, at_seconds))

    def dismissed(self, follow_up_id: str) -> None:
        """Not now."""
        self._command(lambda at_seconds: self._conversation.dismissed(follow_up_id, at_seconds))

    # --- the listening thread ---

    def run(self) -> None:
        """Run the call to its end. Everything up to a failure is decoded, published and kept before it is raised.

        Raises:
            AssistantError: the source, the recording, the engine or a sink failed.
        """
        worker = (
            None if self._settings.is_lossless else threading.Thread(target=self._work_guarded, name="decode worker")
        )
        if worker:
            worker.start()
        try:
            self._listen()
        except AssistantError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001 a bug of ours: what was said is kept first, then `run` raises it
            self._give_up(error)
        finally:
            self._source.close()
            with self._condition:
                self._is_over = True
                self._streaming.finish()
                self._condition.notify_all()
            self._close_recorder()
            self._publish(Status(State.FINISHING))
            if worker:
                worker.join()
            else:
                self._work_guarded()
            self._finish()
        if self._crash is not None:
            raise self._crash
        if self._failure is not None:
            raise self._failure

    def _listen(self) -> None:
        while (item := self._source.read()) is not None:
            if self._started_wall is None:
                self._started_wall = time.monotonic()
                self._publish(Status(State.RECORDING))
            if isinstance(item, Status):
                self._publish(item)
                continue
            if self._paused:
                continue
            for heard in self._with_gap(item):
                self._take(heard)
            if self._settings.is_lossless:
                self._decode_all()

    def _with_gap(self, item: AudioFrame | AudioGap) -> list[AudioFrame | AudioGap]:
        """`item`, and before it the stretch of a pause that no one heard."""
        reason = self._gap_reasons.pop(item.channel, None)
        heard_seconds = self._heard_seconds[item.channel]
        if reason is None or (item.start_seconds - heard_seconds) * SAMPLE_RATE_HZ < 1:
            return [item]
        return [AudioGap(item.channel, heard_seconds, item.start_seconds, reason), item]

    def _take(self, item: AudioFrame | AudioGap) -> None:
        try:
            if self._recorder is not None:
                self._recorder.write(item)
        except RecordingError as error:
            self._publish(Status(State.DISK_FULL, str(error)))
            raise
        with self._condition:
            self._heard_seconds[item.channel] = item.end_seconds
            if not self._is_deaf:
                self._streaming.hear(item)
            self._condition.notify_all()
        if isinstance(item, AudioGap):
            self._publish(item)
        elif (level := self._meters[item.channel].measure(item)) is not None:
            self._publish(level)

    def _close_recorder(self) -> None:
        try:
            if self._recorder is not None:
                self._recorder.close()
        except AssistantError as error:
            self._fail(error)

    # --- the decode worker ---

    def _work_guarded(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 a bug here must not stop the recording; `run` raises it at the end
            self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        self._crash = self._crash or error
        self._is_deaf = True
        message = "Transcription has stopped by a fault in the program. What is recorded is kept."
        self._publish(Status(State.FAILED, message))

    def _work(self) -> None:
        """Decode until no sound will come any more and everything is decoded."""
        while True:
            with self._condition:
                if not self._is_over and not self._commands:
                    self._condition.wait()  # each frame wakes us: time itself can make a flag due
                is_last = self._is_over
            self._decode_all()
            if is_last:
                return

    def _decode_all(self) -> None:
        """Run every decode that is due, and publish what follows from it."""
        while not self._is_deaf:
            with self._condition:
                job = self._streaming.next_job()
            if job is None:
                break
            try:
                hypothesis = self._recall(job) or self._transcriber.transcribe(job.samples, job.effort, job.lead)
            except AssistantError as error:
                self._is_deaf = True
                self._fail(error)
                break
            with self._condition:
                updates = self._streaming.done(job, hypothesis)
            for update in updates:
                self._publish(update)
            self._review()
        self._review()

    def _recall(self, job: Job) -> Hypothesis | None:
        """The text that a final decode of exactly this utterance gave before a crash."""
        update = self._known.get(_place(job.utterance.channel, job.utterance.end_seconds))
        if update is None or job.effort is not Effort.FINAL or not _is_near(update.start_seconds, job.utterance):
            return None
        shift = -update.start_seconds
        return Hypothesis(tuple(word.moved(shift) for word in update.words), 0.0, 0.0, 1.0)

    def _review(self) -> None:
        """Hand what is locked to the conversation, in the order in which it happened, then the time."""
        with self._condition:
            events, complete_until_seconds = self._streaming.ready()
            waiting_seconds = self._streaming.waiting_seconds
            commands = list(self._commands)
            self._commands.clear()
        for event in events:
            if isinstance(event, SpeechStarted):
                self._publish_all(self._conversation.speech_started(event.channel, event.at_seconds))
            else:
                self._publish(event.update)
                self._publish_all(self._conversation.utterance_locked(event.update, event.at_seconds))
        self._publish_all(self._conversation.clock(complete_until_seconds))
        for command in commands:
            self._publish_all(command(complete_until_seconds))
        if not self._settings.is_lossless:
            self._say_delay(waiting_seconds)

    def _say_delay(self, waiting_seconds: float) -> None:
        if waiting_seconds > BEHIND_SECONDS:
            self._is_behind = True
            message = f"{waiting_seconds:.0f} s behind: partial text paused"
            self._publish(Status(State.BEHIND, message, behind_seconds=round(waiting_seconds, 1)))
        elif self._is_behind and waiting_seconds < CAUGHT_UP_SECONDS:
            self._is_behind = False
            self._publish(Status(State.CAUGHT_UP))

    def _finish(self) -> None:
        try:
            if self._crash is None:
                self._publish_all(self._conversation.finish(self.clock_seconds))
            if self._crash is None and self._failure is None:
                self._publish(Status(State.FINISHED))
        finally:
            for sink in self._sinks:
                try:
                    sink.close()
                except AssistantError as error:
                    self._fail(error)

    # --- both ---

    def _command(self, command: Callable[[float], list[ReviewEvent]]) -> None:
        with self._condition:
            self._commands.append(command)
            self._condition.notify_all()

    def _fail(self, error: AssistantError) -> None:
        """Remember the first failure and show it."""
        with self._condition:
            is_first = self._failure is None
            if is_first:
                self._failure = error
        if is_first:
            self._publish(Status(State.FAILED, str(error)))

    def _publish_all(self, events: Sequence[Event]) -> None:
        for event in events:
            self._publish(event)

    def _publish(self, event: Event) -> None:
        with self._publishing:
            wall_seconds = time.monotonic() - self._started_wall if self._started_wall is not None else 0.0
            stamped = Stamped(event, round(self.clock_seconds, 3), round(wall_seconds, 3))
            for sink in self._sinks:
                sink.next(stamped)


def _place(channel: Channel, end_seconds: float) -> tuple[Channel, int]:
    return channel, round(end_seconds * 1000)


def _is_near(start_seconds: float, utterance: Utterance) -> bool:
    return abs(start_seconds - utterance.start_seconds) < 0.001
