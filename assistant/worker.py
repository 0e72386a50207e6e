"""The decode worker of a call: owns the model and the conversation.

Runs on a thread of its own in a live call, which blocks in decodes and waits for events, never for a poll; on the
caller's thread in a lossless replay. `hear`, `command` and `end` are called by the listening thread or any other one.

A decode that fails is tried again, whatever it fails with; an utterance that can't be decoded at all is left out,
aloud, and the call goes on. Only an engine that fails at one utterance after the other is given up. A fault of the
program elsewhere in here starts the loop anew where it stood.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from assistant.errors import AssistantError
from assistant.faults import trace
from assistant.plain import clock
from assistant.ports import Hypothesis, Transcriber
from assistant.publisher import Publisher
from assistant.review.conversation import Conversation
from assistant.review_feed import ReviewFeed
from assistant.speech.listener import SpeechStarted, Utterance
from assistant.transcript.finals import Locked
from assistant.transcript.jobs import Job
from assistant.transcript.pressure import Rung
from assistant.transcript.refinement import Refined
from assistant.transcript.streaming import Streaming
from assistant.values import SAME_SECONDS, AudioFrame, AudioGap, Channel, ReviewEvent, State, Status, TranscriptUpdate

BEHIND_SECONDS = 3.0  # a final that waits longer is said aloud
CAUGHT_UP_SECONDS = 1.0
SILENCE = Hypothesis((), 0.0, 0.0, 1.0)
SPEAKERS = {Channel.YOU: "your voice", Channel.THEM: "the other side"}


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a part that fails is tried again."""

    pauses_seconds: tuple[float, ...] = (0.1, 1.0)  # before each new try of a decode
    lost_utterances: int = 3  # in a row: then the engine is given up
    restarts: int = 2  # of the loop, after faults of the program, without a final between them


class Worker:
    """Feed it sound; it decodes, has it reviewed, and publishes what follows.

    Args:
        known: finals from before a crash; what they cover is not decoded again.
        is_live: the worker may be late, and says so; otherwise it always has the time it needs.
    """

    def __init__(
        self,
        streaming: Streaming,
        transcriber: Transcriber,
        conversation: Conversation,
        publisher: Publisher,
        *,
        known: tuple[TranscriptUpdate, ...] = (),
        is_live: bool = True,
        patience: Patience | None = None,
    ) -> None:
        self._streaming = streaming
        self._transcriber = transcriber
        self._conversation = conversation
        self._publisher = publisher
        self._feed = ReviewFeed(conversation, publisher)
        self._known = {_place(update.channel, update.end_seconds): update for update in known}
        self._is_live = is_live
        self._patience = patience or Patience()
        self._condition = threading.Condition()  # guards streaming, commands and the three flags
        self._commands: deque[Callable[[float], list[ReviewEvent]]] = deque()
        self._has_news = False  # since the worker last looked: it must not wait, whatever it was doing meanwhile
        self._is_over = False  # no more sound will come
        self._is_deaf = False  # the engine was given up: only the recording goes on
        self._to_review: deque[SpeechStarted | Locked | Refined] = deque()
        self._lost_in_a_row = 0
        self._restarts = 0  # since the last final
        self._told_faults: set[type[Exception]] = set()  # of decodes
        self.left_out = 0  # utterances that could not be transcribed
        self._said = ""  # how far behind, as last told
        self.failure: AssistantError | None = None
        self.crash: Exception | None = None  # a fault of the program that nothing helped against

    # --- any thread ---

    def hear(self, item: AudioFrame | AudioGap) -> None:
        with self._condition:
            if not self._is_deaf:
                self._streaming.hear(item)
            self._wake()

    def interrupt(self, channel: Channel) -> None:
        with self._condition:
            if not self._is_deaf:
                self._streaming.interrupt(channel)
            self._wake()

    def command(self, command: Callable[[float], list[ReviewEvent]]) -> None:
        """Have the conversation do this, at the moment up to which the call is reviewed."""
        with self._condition:
            self._commands.append(command)
            self._wake()

    def end(self) -> None:
        """The sound is over: `run` returns once everything is decoded."""
        with self._condition:
            self._is_over = True
            self._streaming.finish()
            self._wake()

    def _wake(self) -> None:
        self._has_news = True
        self._condition.notify_all()

    # --- the worker's thread ---

    def run(self) -> None:
        """Decode until no sound will come any more and everything is decoded. What failed is in `failure`, `crash`."""
        while self.crash is None:
            try:
                self._work()
                return
            except Exception as fault:  # noqa: BLE001 a fault here must not end the call; `crash` keeps it
                self._start_anew(fault)

    def decode_all(self) -> None:
        """Run every decode that is due, and publish what follows from it."""
        while not self._is_deaf:
            with self._condition:
                job = self._streaming.next_job()
            if job is None:
                break
            began_seconds = time.monotonic()
            hypothesis = self._recall(job) or self._decode(job)
            # Where there is always time, what is shown must not depend on how fast the computer is.
            took_seconds = time.monotonic() - began_seconds if self._is_live else 0.0
            if hypothesis is None:
                break
            self._feed.note_language(hypothesis)
            with self._condition:
                updates = self._streaming.done(job, hypothesis, took_seconds)
            self._publisher.publish_all(updates)
            self._review()
        self._review()

    def _work(self) -> None:
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._has_news)  # each frame is: time can make a flag due
                self._has_news = False
                is_last = self._is_over
            self.decode_all()
            if is_last:
                return

    def _start_anew(self, fault: Exception) -> None:
        with self._condition:
            self._has_news = True  # what the fault interrupted
        self._restarts += 1
        trace(fault)
        if self._restarts <= self._patience.restarts and self._is_live:
            message = f"A fault in the program ({type(fault).__name__}) interrupted the transcription. It goes on."
            self._publisher.publish(Status(State.WARNING, message))
            return
        self._crash_with(fault)

    def _crash_with(self, fault: Exception) -> None:
        self.crash = fault
        self._is_deaf = True
        message = "Transcription has stopped by a fault in the program. What is recorded is kept."
        self._publisher.publish(Status(State.FAILED, message))

    def _decode(self, job: Job) -> Hypothesis | None:
        """What is heard; silence where that can't be told; None once the engine is given up."""
        for pause_seconds in (*self._patience.pauses_seconds, None):
            try:
                hypothesis = self._transcriber.transcribe(job.samples, job.effort, job.lead)
            except Exception as error:  # what is wrong with one utterance must not end the call
                is_fault = not isinstance(error, AssistantError)
                if is_fault:
                    self._tell_of_decode(error)
                if not job.is_final:
                    return SILENCE  # its words come with the final, or are there already
                if pause_seconds is None:
                    if is_fault and not self._is_live:
                        raise  # a recording can be transcribed again, and should be whole then
                    return self._leave_out(job.utterance, error)
                time.sleep(pause_seconds)
            else:
                self._lost_in_a_row = 0
                return hypothesis
        raise AssertionError("the last try returns")

    def _tell_of_decode(self, fault: Exception) -> None:
        trace(fault)
        if type(fault) not in self._told_faults:
            self._told_faults.add(type(fault))
            message = (
                f"A fault in the program ({type(fault).__name__}) holds up the transcription of what is being said. "
                "The recording goes on."
            )
            self._publisher.publish(Status(State.WARNING, message))

    def _leave_out(self, utterance: Utterance, error: Exception) -> Hypothesis | None:
        self._lost_in_a_row += 1
        if self._lost_in_a_row >= self._patience.lost_utterances:
            if not isinstance(error, AssistantError):
                self._crash_with(error)
                return None
            self._is_deaf = True
            self.failure = error
            self._publisher.publish(Status(State.FAILED, str(error)))
            return None
        self.left_out += 1
        span = f"{clock(utterance.start_seconds)}-{clock(utterance.end_seconds)}"
        message = (
            f"What {SPEAKERS[utterance.channel]} said at {span} could not be transcribed. It is recorded, and the call "
            "goes on; transcribe it again afterwards."
        )
        self._publisher.publish(Status(State.WARNING, message, utterance.channel))
        return SILENCE

    def _recall(self, job: Job) -> Hypothesis | None:
        """The text that a final decode of exactly this utterance gave before a crash."""
        update = self._known.get(_place(job.utterance.channel, job.utterance.end_seconds))
        if update is None or not job.is_final or not _is_near(update.start_seconds, job.utterance):
            return None
        shift = -update.start_seconds
        return Hypothesis(tuple(word.moved(shift) for word in update.words), 0.0, 0.0, 1.0)

    def _review(self) -> None:
        """Hand what is locked to the conversation, in the order in which it happened, then the time."""
        with self._condition:
            events, complete_until_seconds = self._streaming.ready()
            waiting_seconds, rung = self._streaming.waiting_seconds, self._streaming.rung
            commands = list(self._commands)
            self._commands.clear()
        self._to_review.extend(events)
        publish_all = self._publisher.publish_all
        while self._to_review:
            # Taken out first: should the review stumble, it does not stumble over this again.
            event = self._to_review.popleft()
            self._feed.take(event)
            if isinstance(event, Locked):
                self._restarts = 0
        publish_all(self._conversation.clock(complete_until_seconds))
        for command in commands:
            publish_all(command(complete_until_seconds))
        if self._is_live:
            self._say_delay(waiting_seconds, rung)

    def _say_delay(self, waiting_seconds: float, rung: Rung) -> None:
        if waiting_seconds > BEHIND_SECONDS or (self._said and waiting_seconds >= CAUGHT_UP_SECONDS):
            message = f"{waiting_seconds:.0f} s behind{_given_up(rung)}"
            if message != self._said:
                behind_seconds = round(waiting_seconds, 1)
                self._publisher.publish(Status(State.BEHIND, message, behind_seconds=behind_seconds))
            self._said = message
        elif self._said:
            self._said = ""
            self._publisher.publish(Status(State.CAUGHT_UP))


def _given_up(rung: Rung) -> str:
    if rung >= Rung.GREEDY_FINALS:
        return ": partial text paused, final text less exact"
    if rung >= Rung.NO_PARTIALS:
        return ": partial text paused"
    return ": partial text comes more slowly" if rung else ""


def _place(channel: Channel, end_seconds: float) -> tuple[Channel, int]:
    return channel, round(end_seconds * 1000)


def _is_near(start_seconds: float, utterance: Utterance) -> bool:
    return abs(start_seconds - utterance.start_seconds) < SAME_SECONDS
