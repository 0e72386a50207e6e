"""A call from its first sound to its last event: wires the stages in order and owns the threads.

    source -> recorder -> listeners -> streaming -> conversation -> sinks

Threads of a live call:
- the listening thread (the caller of `run`) reads the source, writes the recording before anything else sees the sound,
  and feeds the listeners; it never waits for a decode;
- the decode worker (`assistant.worker`) owns the model and the conversation;
- where follow-ups are reworded, the thread of `assistant.review.rewording` asks the language model.
All publish to the sinks, one at a time. `pause`, `stop`, `mark` and the rest may be called from any thread.

A lossless replay runs both on the caller's thread: the source waits for the worker, so that nothing depends on speed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from assistant.audio.meter import Meter
from assistant.errors import AssistantError, RecordingError
from assistant.ports import AudioSource, EchoRemover, Recorder, Sink, Transcriber, VoiceDetector
from assistant.publisher import Publisher
from assistant.review.conversation import Conversation
from assistant.review.rewording import Reworder
from assistant.softness import SoftVoices
from assistant.speech.listener import Listener
from assistant.transcript.jobs import StreamingSettings
from assistant.transcript.streaming import Streaming
from assistant.values import (
    PAUSED,
    SAMPLE_RATE_HZ,
    AudioFrame,
    AudioGap,
    Channel,
    Mark,
    State,
    Status,
    TranscriptUpdate,
)
from assistant.without_echo import WithoutEcho
from assistant.worker import Patience, Worker


@dataclass(frozen=True, slots=True)
class SessionSettings:
    is_lossless: bool = False  # the source waits for the worker: recordings above real-time speed
    known: tuple[TranscriptUpdate, ...] = ()  # finals from before a crash: what they cover is not decoded again
    streaming: StreamingSettings = field(default_factory=StreamingSettings)
    patience: Patience = field(default_factory=Patience)
    warnings: tuple[str, ...] = ()  # what a user should know before the first word
    mutes_echo: bool = False  # leave out of the microphone's words what it hears of the call ...
    echo_remover: EchoRemover | None = None  # ... and take it out of its sound before anything listens; for this call


class Session:
    """One call. `run` it once.

    Args:
        source: closed by the session.
        recorder: closed by the session; None records nothing (the source is a recording).
        reworder: the conversation's, started and closed by the session.
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
        reworder: Reworder | None = None,
    ) -> None:
        self._source = source
        self._conversation = conversation
        self._recorder = recorder
        self._reworder = reworder
        self._settings = settings or SessionSettings()
        self._publisher = Publisher(sinks, lambda: self.clock_seconds)
        listeners = [Listener(channel, detector()) for channel in source.channels]
        self._worker = Worker(
            Streaming(listeners, self._settings.streaming),
            transcriber,
            conversation,
            self._publisher,
            known=self._settings.known,
            is_live=not self._settings.is_lossless,
            patience=self._settings.patience,
        )
        self._lock = threading.Lock()  # guards the state below
        self._heard_seconds = dict.fromkeys(source.channels, 0.0)
        self._meters = {channel: Meter(channel) for channel in source.channels}
        muted_channels = source.channels if self._settings.mutes_echo else ()
        self._without_echo = WithoutEcho(
            muted_channels, self._publisher, self._worker.hear, self._settings.echo_remover
        )
        self._soft_voices = SoftVoices(listeners, self._publisher)
        self._paused = False
        self._source_pauses = False
        self._gap_reasons: dict[Channel, str] = {}  # why the stretch before a channel's next frame was not heard
        self._is_over = False  # no more sound will come
        self._failure: AssistantError | None = None
        self._crash: Exception | None = None  # a fault of the program, raised once all is safe

    # --- any thread ---

    @property
    def clock_seconds(self) -> float:
        """Position of the call's clock: the end of the newest sound."""
        return max(self._heard_seconds.values(), default=0.0)

    def stop(self) -> None:
        """End the call; what was said so far is still decoded, reviewed and kept."""
        self._source.close()

    @property
    def is_paused(self) -> bool:
        return self._paused

    def pause(self, by_source: bool = False) -> bool:
        """From now on nothing is recorded or heard, until `resume`; what was said before gets its text now. False: it
        was paused already, or it has ended.

        `by_source`: a source that gives sound out later than it was spoken leaves the pause out by itself, says why,
        and says `State.PAUSED` once it has given out what was spoken before; that is the moment then.
        """
        with self._lock:
            if self._paused or self._is_over:
                return False
            self._source_pauses = by_source
            self._paused = True
        if not by_source:
            self._interrupt_all()
        return self._publisher.publish(Status(State.PAUSED, "Paused: nothing is recorded."))

    def resume(self) -> bool:
        """False: it was not paused, or it has ended meanwhile."""
        with self._lock:
            if not self._paused or self._is_over:
                return False
            if not self._source_pauses:
                self._gap_reasons = dict.fromkeys(self._source.channels, PAUSED)  # before the next frame can come
            self._paused = False
        return self._publisher.publish(Status(State.RECORDING))

    def mark(self, note: str = "", at_seconds: float | None = None) -> bool:
        """Remember this moment, or the one that is given. False: the call is closed already, and nobody keeps it."""
        return self._publisher.publish(Mark(self.clock_seconds if at_seconds is None else at_seconds, note))

    @property
    def left_out(self) -> int:
        """Utterances that could not be transcribed so far; each was told."""
        return self._worker.left_out

    def asked(self, follow_up_id: str) -> None:
        """The interviewer has asked it."""
        self._worker.command(lambda at_seconds: self._conversation.asked(follow_up_id, at_seconds))

    def dismissed(self, follow_up_id: str) -> None:
        """Not now."""
        self._worker.command(lambda at_seconds: self._conversation.dismissed(follow_up_id, at_seconds))

    # --- the listening thread ---

    def run(self) -> None:
        """Run the call to its end. Everything up to a failure is decoded, published and kept before it is raised.

        Raises:
            AssistantError: the source, the recording, the engine or a sink failed.
        """
        thread = None
        if not self._settings.is_lossless:
            thread = threading.Thread(target=self._worker.run, name="decode worker")
            thread.start()
        try:
            self._listen()
        except AssistantError as error:
            self._fail(error)
        except Exception as fault:  # noqa: BLE001 a fault of ours: what was said is kept first, then `run` raises it
            self._crash = fault
            message = "The call has stopped by a fault in the program. What is recorded is kept."
            self._publisher.publish(Status(State.FAILED, message))
        finally:
            self._source.close()
            with self._lock:
                self._is_over = True
            self._worker.end()
            self._close_recorder()
            self._publisher.publish(Status(State.FINISHING))
            if thread:
                thread.join()
            else:
                self._worker.run()
            self._crash = self._crash or self._worker.crash
            # What the engine failed with comes first: it leaves sound without text, which somebody has to catch up on.
            self._failure = self._worker.failure or self._failure
            self._finish()
        if self._crash is not None:
            raise self._crash
        if self._failure is not None:
            raise self._failure

    def _listen(self) -> None:
        while (item := self._source.read()) is not None:
            if not self._publisher.has_started:
                self._publisher.start()
                self._publisher.publish(Status(State.RECORDING))
                self._publisher.publish_all([Status(State.WARNING, warning) for warning in self._settings.warnings])
                if self._reworder is not None:
                    self._reworder.start(self._warn)
            if isinstance(item, Status) and item.state is State.PAUSED:
                self._interrupt_all()
                continue
            if isinstance(item, Status):
                self._publisher.publish(item)
                if item.state is State.DEVICE_LOST and item.channel is not None:
                    self._without_echo.flush()
                    self._worker.interrupt(item.channel)
                continue
            if self._paused and not self._source_pauses:
                continue
            for heard in self._with_gap(item):
                self._take(heard)
            if self._settings.is_lossless:
                self._worker.decode_all()
        self._without_echo.finish()

    def _with_gap(self, item: AudioFrame | AudioGap) -> list[AudioFrame | AudioGap]:
        """`item`, and before it the stretch of a pause that no one heard."""
        reason = self._gap_reasons.pop(item.channel, None)
        heard_seconds = self._heard_seconds[item.channel]
        if reason is None or (item.start_seconds - heard_seconds) * SAMPLE_RATE_HZ < 1:
            return [item]
        return [AudioGap(item.channel, heard_seconds, item.start_seconds, reason), item]

    def _interrupt_all(self) -> None:
        """Nothing more comes for a while: what was said so far gets its text."""
        self._without_echo.flush()
        for channel in self._source.channels:
            self._worker.interrupt(channel)

    def _take(self, item: AudioFrame | AudioGap) -> None:
        try:
            if self._recorder is not None:
                self._recorder.write(item)
        except RecordingError as error:
            self._publisher.publish(Status(State.DISK_FULL, str(error)))
            raise
        self._heard_seconds[item.channel] = item.end_seconds
        self._without_echo.hear(item)
        self._soft_voices.look_at(item.channel)
        if isinstance(item, AudioGap):
            self._publisher.publish(item)
        elif (level := self._meters[item.channel].measure(item)) is not None:
            self._publisher.publish(level)

    def _close_recorder(self) -> None:
        try:
            if self._recorder is not None:
                self._recorder.close()
        except AssistantError as error:
            self._fail(error)

    def _warn(self, message: str) -> None:
        self._publisher.publish(Status(State.WARNING, message))

    def _finish(self) -> None:
        try:
            if self._reworder is not None:
                self._reworder.close()
            if self._crash is None:
                self._publisher.publish_all(self._conversation.finish(self.clock_seconds))
            if self._crash is None and self._failure is None:
                self._publisher.publish(Status(State.FINISHED))
        finally:
            for failure in self._publisher.close():
                self._failure = self._failure or failure

    def _fail(self, error: AssistantError) -> None:
        """Remember the first failure and show it."""
        if self._failure is None:
            self._failure = error
            self._publisher.publish(Status(State.FAILED, str(error)))
