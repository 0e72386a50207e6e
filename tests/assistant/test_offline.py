"""The offline way of a recording with a scripted model: order, what is heard again, what is dropped, what is held."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.errors import CaptureError, TranscriptionError
from assistant.offline import OfflineSession
from assistant.ports import Hypothesis
from assistant.values import SAMPLE_RATE_HZ, Channel, State, Status, TranscriptUpdate, Word
from tests.fakes import ListSink, LoudnessDetector, RecordingConversation, ScriptedSource

Hear = Callable[[float, int], Hypothesis]  # length of a window in seconds, number of the call


class ScriptedBatches:
    """Hears what `hear` says. By default a word every half second."""

    name = "scripted"
    notices = ("A notice.",)

    def __init__(self, hear: Hear | None = None, language: str = "en", workers: int = 2) -> None:
        self.language = language
        self.workers = workers
        self.lengths_seconds: list[float] = []
        self.most_at_once = 0
        self._at_once = 0
        self._hear = hear or (lambda seconds, _: said(seconds))

    def for_call(self, language: str, glossary: Sequence[str]) -> ScriptedBatches:
        return self

    def transcribe_all(self, windows: Sequence[NDArray[np.float32]]) -> list[Hypothesis]:
        heard = []
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        for window in windows:
            self.lengths_seconds.append(len(window) / SAMPLE_RATE_HZ)
            heard.append(self._hear(self.lengths_seconds[-1], len(self.lengths_seconds)))
        self._at_once -= 1
        return heard


def said(seconds: float, from_seconds: float = 0.0, probability: float = 0.9) -> Hypothesis:
    times = np.arange(from_seconds, seconds - 0.4, 0.5)
    words = tuple(Word(f"w{number}", float(at), float(at) + 0.4, probability) for number, at in enumerate(times))
    return Hypothesis(words, -0.3 if probability > 0.5 else -1.5, 0.1, 1.0)


def run(source: ScriptedSource, batches: ScriptedBatches) -> tuple[ListSink, RecordingConversation]:
    sink, conversation = ListSink(), RecordingConversation()
    OfflineSession(source, batches, LoudnessDetector, conversation, [sink]).run()
    assert sink.is_closed
    assert source.is_closed
    return sink, conversation


def finals(sink: ListSink) -> list[TranscriptUpdate]:
    return sink.of(TranscriptUpdate)


TURNS = [(1.0, False), (2.0, True), (1.0, False), (3.0, True), (1.0, False), (2.0, True), (1.0, False)]


def test_utterances_come_packed_to_the_model_and_in_order_to_the_review() -> None:
    batches = ScriptedBatches()
    sink, conversation = run(ScriptedSource(you=[(3.5, False), (0.8, True), (9.0, False)], them=TURNS), batches)
    assert len(batches.lengths_seconds) == 2
    assert [final.channel for final in finals(sink)] == [Channel.THEM, Channel.YOU, Channel.THEM, Channel.THEM]
    told = [(what, who) for what, who, _ in conversation.told if what in ("started", "locked")]
    assert told[:5] == [
        ("started", Channel.THEM),
        ("locked", Channel.THEM),
        ("started", Channel.YOU),
        ("started", Channel.THEM),
        ("locked", Channel.YOU),
    ]
    times = [at for what, _, at in conversation.told if what != "finish"]
    assert times == sorted(times)
    for final in finals(sink):
        assert final.start_seconds - 1e-3 <= final.words[0].start_seconds
        assert final.words[-1].end_seconds <= final.end_seconds
    assert [status.message for status in sink.of(Status) if status.state is State.WARNING] == ["A notice."]


def test_events_are_stamped_with_the_moment_at_which_a_call_would_have_had_them() -> None:
    sink, _ = run(ScriptedSource(them=TURNS), ScriptedBatches())
    stamps = [stamped.audio_seconds for stamped in sink.stamped if isinstance(stamped.event, TranscriptUpdate)]
    assert stamps == [pytest.approx(end, abs=0.6) for end in (3.4, 7.3, 10.3)]


def test_what_falls_due_in_the_silence_at_the_end_is_told_when_it_is_due() -> None:
    _, conversation = run(ScriptedSource(them=[*TURNS, (5.0, False)]), ScriptedBatches())
    times = [at_seconds for kind, _, at_seconds in conversation.told if kind == "clock"]
    assert max(later - earlier for earlier, later in pairwise(times)) < 0.2
    assert times[-1] == pytest.approx(conversation.told[-1][2])


def test_utterances_that_a_window_skips_are_heard_again() -> None:
    """The model ends after the first words of a window; heard in smaller windows everything comes out."""

    def ends_early(seconds: float, _: int) -> Hypothesis:
        return said(seconds) if seconds < 5 else said(1.0)

    sink, _ = run(ScriptedSource(them=TURNS), ScriptedBatches(ends_early))
    assert len(finals(sink)) == 3
    assert all(final.words for final in finals(sink))


def test_one_skipped_utterance_among_many_costs_one_short_window() -> None:
    talk = [*TURNS, (4.5, True), (1.0, False)]
    batches = ScriptedBatches(lambda seconds, _: said(seconds, from_seconds=2.8) if seconds > 10 else said(seconds))
    sink, _ = run(ScriptedSource(them=talk), batches)
    assert all(final.words for final in finals(sink))
    assert [seconds < 5 for seconds in batches.lengths_seconds] == [False, True]


def test_a_doubtful_utterance_alone_is_no_speech_and_is_dropped() -> None:
    def noise_alone(seconds: float, number: int) -> Hypothesis:
        if number == 1:
            good = said(seconds)
            doubtful = tuple(Word(word.text, word.start_seconds, word.end_seconds, 0.1) for word in good.words[-4:])
            return Hypothesis((*good.words[:-4], *doubtful), -0.5, 0.1, 1.0)
        return Hypothesis((Word("you", 0.0, 0.3, 0.1),), -1.5, 0.9, 1.0)

    sink, _ = run(ScriptedSource(them=TURNS), ScriptedBatches(noise_alone))
    assert [bool(final.words) for final in finals(sink)] == [True, True, False]


def test_a_window_of_nonsense_is_judged_utterance_by_utterance() -> None:
    def loops(seconds: float, _: int) -> Hypothesis:
        good = said(seconds)
        return good if seconds < 5 else Hypothesis(good.words, -0.2, 0.1, 9.0)

    batches = ScriptedBatches(loops)
    sink, _ = run(ScriptedSource(them=TURNS), batches)
    assert len(batches.lengths_seconds) == 4
    assert all(final.words for final in finals(sink))


def test_batches_wait_for_each_other_until_the_language_is_known() -> None:
    def takes_a_moment(seconds: float, _: int) -> Hypothesis:
        time.sleep(0.005)
        return said(seconds)

    batches = ScriptedBatches(takes_a_moment, language="")
    sink, _ = run(ScriptedSource(them=TURNS * 20), batches)
    assert len(finals(sink)) == 60
    assert batches.most_at_once == 1


def test_a_voice_that_says_little_does_not_hold_the_other_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Text comes out while the recording is still read: sound that is held is bounded."""
    monkeypatch.setattr("assistant.offline.BATCH_WINDOWS", 1)
    for module in ("offline", "packing"):
        monkeypatch.setattr(f"assistant.transcript.{module}.SPAN_SECONDS", 20.0)
    source = ScriptedSource(you=[(1.0, True), (79.0, False)], them=TURNS * 7)
    sink, seen = ListSink(), []
    source.before = lambda at_seconds: seen.append(len(sink.of(TranscriptUpdate))) if at_seconds > 75 else None
    OfflineSession(source, ScriptedBatches(), LoudnessDetector, RecordingConversation(), [sink]).run()
    assert seen[0] > 5


@pytest.mark.parametrize("kind", [TranscriptionError, CaptureError])
def test_a_failure_is_raised_and_everything_is_closed(kind: type[Exception]) -> None:
    def fails(seconds: float, _: int) -> Hypothesis:
        raise TranscriptionError("The engine is gone.")

    source, sink = ScriptedSource(them=TURNS), ListSink()
    source.raises_at_seconds = 5.0 if kind is CaptureError else None
    session = OfflineSession(source, ScriptedBatches(fails), LoudnessDetector, RecordingConversation(), [sink])
    with pytest.raises(kind):
        session.run()
    assert sink.is_closed
    assert source.is_closed
