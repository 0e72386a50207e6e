"""Which stretch of sound is decoded next, and what its text becomes: partial, committed, final.

Pure policy, no threads and no clocks of its own. The session calls `hear` on the listening thread, and `next_job`,
`done` and `ready` on the decode worker, all under one lock; the decode itself runs between the two, without it.

- Finals before partials; of the partials, the one that is overdue for longest.
- A final is decoded speculatively as soon as the voice pauses. If the pause lasts, that text is locked the moment the
  end is known; if speech goes on, it served as a hypothesis. Either way the same audio gives the same final.
- A short final has the utterance before it in front, sound and text, if that one was near: context that it lacks.
- Partials grow stale, finals never: what can't be decoded in time is decoded later, in order. What gives way under
  load is said by `pressure.Rung`.
- While nobody speaks and nothing waits, finals that deserve it are heard once more, see `refinement.Refinement`. When
  that is depends on the call's clock alone, so that it has the same place in the order of events at any speed.
"""

from __future__ import annotations

from bisect import insort_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from assistant.ports import Effort, Hypothesis
from assistant.speech.listener import Listener, SpeechEnded, SpeechStarted, Utterance
from assistant.transcript.finals import Locked, final_of
from assistant.transcript.jobs import Job, Open, StreamingSettings
from assistant.transcript.leads import LONGEST_LED_SECONDS, led
from assistant.transcript.partials import Partials
from assistant.transcript.pressure import Pressure, Rung
from assistant.transcript.refinement import Refined, Refinement
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, AudioGap, Channel, TranscriptUpdate

LAG_SECONDS = 1.5  # a channel that is this much behind the other one no longer holds the clock back
QUIET_SECONDS = 0.5  # on both sides, before a final is heard once more, and before the next one is


@dataclass(slots=True, eq=False)
class _Turn:
    """A place in the order of events: known when it happened, complete when it has its event."""

    at_seconds: float
    event: SpeechStarted | Locked | Refined | None = field(default=None, kw_only=True)


@dataclass(slots=True, eq=False)
class _End(_Turn):
    """Of an utterance: it waits for its text."""

    number: int
    utterance: Utterance


@dataclass(slots=True, eq=False)
class _Quiet(_Turn):
    """Nobody speaks: a final may be heard once more."""


class Streaming:
    def __init__(self, listeners: Iterable[Listener], settings: StreamingSettings | None = None) -> None:
        self._listeners = {listener.channel: listener for listener in listeners}
        self._settings = settings or StreamingSettings()
        self._open: dict[Channel, Open] = {}
        self._ended: dict[int, Open] = {}
        self._turns: list[_Turn] = []  # in the order in which they happened
        self._released_seconds = 0.0
        self._previous: dict[Channel, tuple[Utterance, TranscriptUpdate]] = {}  # released last
        self._count = 0
        self._pressure = Pressure()
        self._partials = Partials(self._listeners, self._settings, self._pressure)
        self._refinement = Refinement()
        self._quiet_since_seconds = 0.0
        self._is_finished = False

    # --- listening thread ---

    def hear(self, item: AudioFrame | AudioGap) -> None:
        self._note(self._listeners[item.channel].hear(item))
        self._note_quiet()

    def interrupt(self, channel: Channel) -> None:
        """The channel's device is lost: what was said up to there gets its text now, not when the device is back."""
        self._note(self._listeners[channel].interrupt())

    def finish(self) -> None:
        """The sound is over: open utterances end now."""
        self._is_finished = True
        for listener in self._listeners.values():
            self._note(listener.finish())

    def _note(self, edges: list[SpeechStarted | SpeechEnded]) -> None:
        for edge in edges:
            at_seconds = max(edge.at_seconds, self._released_seconds)  # a channel that hung may come too late
            if isinstance(edge, SpeechStarted):
                self._open[edge.channel] = Open(self._count, edge.channel)
                self._count += 1
                self._place(_Turn(at_seconds, event=replace(edge, at_seconds=at_seconds)))
            else:
                ended = self._open.pop(edge.utterance.channel)
                self._ended[ended.number] = ended
                self._place(_End(at_seconds, ended.number, edge.utterance))
            self._quiet_since_seconds = max(self._quiet_since_seconds, at_seconds)

    def _note_quiet(self) -> None:
        """Make a place for a refinement, one at a time, where nobody has spoken for a while."""
        at_seconds = self._quiet_since_seconds + QUIET_SECONDS
        is_due = self._settings.refines and not self._open and self.clock_seconds >= at_seconds
        if is_due and not any(isinstance(turn, _Quiet) for turn in self._turns):
            self._quiet_since_seconds = at_seconds = max(at_seconds, self._released_seconds)
            self._place(_Quiet(at_seconds))

    def _place(self, turn: _Turn) -> None:
        insort_right(self._turns, turn, key=lambda turn: turn.at_seconds)

    # --- decode worker ---

    @property
    def clock_seconds(self) -> float:
        """How far the call was heard: both channels, unless one hangs."""
        positions = [listener.position_seconds for listener in self._listeners.values()]
        return max(min(positions), max(positions) - LAG_SECONDS)

    @property
    def waiting_seconds(self) -> float:
        """How long the oldest final has been waiting for the worker."""
        waiting = next((turn for turn in self._turns if isinstance(turn, _End)), None)
        return max(0.0, self.clock_seconds - waiting.at_seconds) if waiting else 0.0

    @property
    def rung(self) -> Rung:
        """What gives way just now, since the worker is late."""
        return self._pressure.rung

    def next_job(self) -> Job | None:
        self._pressure.feel(max(self.waiting_seconds, self._partials.waiting_seconds(self._open.values())))
        for turn in self._turns:
            if isinstance(turn, _End) and self._speculation_of(turn) is None:
                return self._final_job(turn.number, turn.utterance)
        return self._speculative_job() or self._partials.job(self._open.values()) or self._refining_job()

    def done(self, job: Job, hypothesis: Hypothesis, took_seconds: float = 0.0) -> list[TranscriptUpdate]:
        """Take a result, and how long the worker was at it where that matters; return what it shows at once. Locked and
        refined text comes by `ready`, in order."""
        if job.is_refinement:
            self._refined(hypothesis)
            return []
        heard = self._ended.get(job.number) or self._open.get(job.utterance.channel)
        if heard is None or heard.number != job.number:
            return []
        if job.is_final:
            heard.speculative, heard.speculative_end_seconds = hypothesis, job.utterance.end_seconds
            heard.speculative_effort = job.effort
        else:
            heard.partial_took_seconds = took_seconds
            if job.lead is None:
                heard.whole_took_seconds = took_seconds
        return [] if job.number in self._ended else self._partials.show(heard, job, hypothesis)

    def ready(self) -> tuple[list[SpeechStarted | Locked | Refined], float]:
        """What is complete, in the order in which it happened, and the time up to which nothing is missing."""
        events: list[SpeechStarted | Locked | Refined] = []
        until_seconds = self.clock_seconds
        while self._turns and (self._is_finished or self._turns[0].at_seconds <= until_seconds):
            turn = self._turns[0]
            if isinstance(turn, _End):
                self._lock(turn)
            if turn.event is not None:
                events.append(turn.event)
            elif not self._is_missed(turn):
                until_seconds = turn.at_seconds
                break
            self._turns.pop(0)
            until_seconds = max(until_seconds, turn.at_seconds)
        self._released_seconds = max(self._released_seconds, until_seconds)
        return events, self._released_seconds

    def _lock(self, turn: _End) -> None:
        """Complete the end of an utterance, if its text is there."""
        hypothesis = self._speculation_of(turn)
        if hypothesis is None:
            return
        effort = self._ended.pop(turn.number).speculative_effort
        update = final_of(turn.number, turn.utterance, hypothesis)
        turn.event = Locked(update, turn.at_seconds)
        self._previous[turn.utterance.channel] = turn.utterance, update
        if self._settings.refines:
            self._refinement.note(turn.utterance, update, hypothesis, effort)

    def _is_missed(self, turn: _Turn) -> bool:
        """Whether a place for a refinement has come to nothing: what is said since does not wait for it."""
        return isinstance(turn, _Quiet) and (len(self._turns) > 1 or self.rung > Rung.FREE)

    def _refining_job(self) -> Job | None:
        turn = self._turns[0] if self._turns else None
        if not isinstance(turn, _Quiet) or self._is_missed(turn):
            return None
        chosen = self._refinement.choose(turn.at_seconds)
        if chosen is None:
            self._turns.pop(0)
            return None
        samples, lead = chosen.sound()
        return Job(chosen.number, chosen.utterance, Effort.FINAL, samples, lead=lead, is_refinement=True)

    def _refined(self, hypothesis: Hypothesis) -> None:
        turn = next(turn for turn in self._turns if isinstance(turn, _Quiet))  # nothing was released meanwhile
        turn.event = refined = self._refinement.done(hypothesis, turn.at_seconds)
        if refined is None:
            self._turns.remove(turn)
            return
        utterance, update = self._previous[refined.update.channel]
        if update.utterance == refined.update.utterance:
            self._previous[update.channel] = utterance, refined.update

    def _final_job(self, number: int, utterance: Utterance) -> Job:
        """A final decode; that of a short utterance with the one before in front. That one is always decoded by then:
        finals come in order and before speculative ones, so that the same sound has the same lead whenever the worker
        has time."""
        effort = Effort.HASTY if self.rung >= Rung.GREEDY_FINALS else Effort.FINAL
        is_led = len(utterance.samples) <= LONGEST_LED_SECONDS * SAMPLE_RATE_HZ
        samples, lead = led(utterance, self._before(number, utterance.channel) if is_led else None)
        return Job(number, utterance, effort, samples, is_final=True, lead=lead)

    def _before(self, number: int, channel: Channel) -> tuple[Utterance, TranscriptUpdate] | None:
        """The utterance before this one on its channel, with its final text."""
        for turn in reversed(self._turns):
            if isinstance(turn, _End) and turn.utterance.channel is channel and turn.number < number:
                hypothesis = self._speculation_of(turn)
                return (turn.utterance, final_of(turn.number, turn.utterance, hypothesis)) if hypothesis else None
        return self._previous.get(channel)

    def _speculation_of(self, turn: _End) -> Hypothesis | None:
        """The final decode of an ended utterance, if it was of exactly its audio."""
        ended = self._ended.get(turn.number)
        if ended is None:
            return None
        fits = abs(ended.speculative_end_seconds - turn.utterance.end_seconds) < 1e-6
        return ended.speculative if fits else None

    def _speculative_job(self) -> Job | None:
        if not self._settings.speculates:
            return None
        for opened in self._open.values():
            listener = self._listeners[opened.channel]
            span = listener.open_span_seconds if listener.is_silent_after_speech else None
            if span is None or abs(opened.speculative_end_seconds - span[1]) < 1e-6:
                continue
            if utterance := listener.open_utterance():
                opened.seen_until_seconds = utterance.end_seconds
                return self._final_job(opened.number, utterance)
        return None
