"""Which stretches of a recording are decoded next, and what their text becomes, when nobody waits for the first word.

Pure policy, used by one thread: `hear` takes the sound in the order of the call, `take` gives windows to decode, `done`
takes what was heard in them, `ready` gives what follows, in the order in which it happened.

What a model makes of a window is not taken on trust. It may skip utterances, and after speech it takes everything for
speech: what came out empty or doubtful is heard once more, by itself, and the same rule as in a live call drops it.
"""

from __future__ import annotations

from bisect import insort_right
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from assistant.ports import Hypothesis
from assistant.speech.listener import Listener, SpeechEnded, SpeechStarted
from assistant.transcript.finals import Locked, final_of
from assistant.transcript.nonsense import is_nonsense
from assistant.transcript.packing import SPAN_SECONDS, Packer, Piece, Window, packed
from assistant.values import AudioFrame, AudioGap, Channel

DOUBTFUL_LOG_PROBABILITY = -1.0  # of an utterance's words in a window
SKIPPED_SHARE = 0.25  # of a window's voice without a word: the model has ended too early
LEAST_VOICE_SECONDS = 0.8  # with the pre-roll; what is shorter and without a word among others is a breath or a click


@dataclass(slots=True, eq=False)
class _Turn:
    """A place in the order of events; without an event while the text of utterance `number` is not known."""

    at_seconds: float
    channel: Channel
    number: int
    event: SpeechStarted | Locked | None = None


class OfflineTranscript:
    def __init__(self, listeners: Iterable[Listener]) -> None:
        self._listeners = {listener.channel: listener for listener in listeners}
        self._packers = {channel: Packer() for channel in self._listeners}
        self._windows: deque[Window] = deque()
        self._turns: list[_Turn] = []  # in the order in which they happened
        self._waiting: dict[int, _Turn] = {}  # for their text
        self._doubted: dict[int, Hypothesis] = {}  # what a window gave, until the utterance is heard by itself
        self._open: dict[Channel, int] = {}
        self._count = 0
        self._is_finished = False

    @property
    def clock_seconds(self) -> float:
        """How far all channels were heard."""
        return min(listener.position_seconds for listener in self._listeners.values())

    def hear(self, item: AudioFrame | AudioGap) -> None:
        self._note(self._listeners[item.channel].hear(item))
        for packer in self._packers.values():
            if item.end_seconds - packer.start_seconds > SPAN_SECONDS:
                self._queue(packer.close())

    def finish(self) -> None:
        """The sound is over: open utterances and windows end now."""
        self._is_finished = True
        for listener in self._listeners.values():
            self._note(listener.finish())
        for packer in self._packers.values():
            self._queue(packer.close())

    @property
    def windows_waiting(self) -> int:
        return len(self._windows)

    def take(self, most: int) -> list[Window]:
        """Up to so many windows to decode; give each to `done`."""
        return [self._windows.popleft() for _ in range(min(most, len(self._windows)))]

    def done(self, window: Window, hypothesis: Hypothesis) -> None:
        """`hypothesis` is what was heard in the window."""
        if len(window.pieces) == 1:
            self._heard_alone(window.pieces[0], hypothesis)
        elif is_nonsense(hypothesis):
            self._again([[piece] for piece in window.pieces])
        else:
            self._sort_out(window, hypothesis)

    def ready(self) -> list[SpeechStarted | Locked]:
        """What is complete and not given yet."""
        events: list[SpeechStarted | Locked] = []
        until_seconds = self.clock_seconds
        while self._turns and (self._is_finished or self._turns[0].at_seconds <= until_seconds):
            event = self._turns[0].event
            if event is None:
                break
            events.append(event)
            self._turns.pop(0)
        return events

    def _note(self, edges: list[SpeechStarted | SpeechEnded]) -> None:
        for edge in edges:
            if isinstance(edge, SpeechStarted):
                number = self._open[edge.channel] = self._count
                self._count += 1
                turn = _Turn(edge.at_seconds, edge.channel, number, edge)
            else:
                channel = edge.utterance.channel
                number = self._open.pop(channel)
                turn = self._waiting[number] = _Turn(edge.at_seconds, channel, number)
                self._queue(self._packers[channel].add(number, edge.utterance))
            insort_right(self._turns, turn, key=lambda turn: (turn.at_seconds, turn.channel))

    def _queue(self, window: Window | None) -> None:
        if window is not None:
            self._windows.append(window)

    def _sort_out(self, window: Window, hypothesis: Hypothesis) -> None:
        parts = window.unpacked(hypothesis)
        skipped_seconds = sum(piece.voice_seconds for piece, part in parts if not part.words)
        if skipped_seconds > SKIPPED_SHARE * sum(piece.voice_seconds for piece in window.pieces):
            # It has lost its way, and what it did hear may stand in the wrong place.
            middle = len(window.pieces) // 2
            self._again([window.pieces[:middle], window.pieces[middle:]])
            return
        doubted: list[Sequence[Piece]] = []
        for piece, part in parts:
            if not part.words and piece.voice_seconds > LEAST_VOICE_SECONDS:
                doubted.append([piece])
            elif part.words and (part.average_log_probability < DOUBTFUL_LOG_PROBABILITY or is_nonsense(part)):
                self._doubted[piece.number] = part
                doubted.append([piece])
            else:
                self._lock(piece, part)
        self._again(doubted)

    def _again(self, runs: Sequence[Sequence[Piece]]) -> None:
        """First of all: what follows waits for their text."""
        self._windows.extendleft(window for run in reversed(runs) for window in reversed(packed(run)))

    def _heard_alone(self, piece: Piece, hypothesis: Hypothesis) -> None:
        """If it was speech, what it gave among its neighbours is the better text."""
        in_window = self._doubted.pop(piece.number, None)
        if in_window is not None and hypothesis.words and not is_nonsense(hypothesis):
            hypothesis = replace(hypothesis, words=in_window.words)
        self._lock(piece, hypothesis)

    def _lock(self, piece: Piece, hypothesis: Hypothesis) -> None:
        turn = self._waiting.pop(piece.number)
        turn.event = Locked(final_of(piece.number, piece.utterance, hypothesis), turn.at_seconds)
