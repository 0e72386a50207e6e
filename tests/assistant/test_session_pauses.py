"""A call that is paused, or loses a device: what is said then, and what is left of it."""

from __future__ import annotations

import pytest

from assistant.session import Session, SessionSettings
from assistant.values import AudioFrame, AudioGap, Channel, State, Status, UpdateKind
from tests.assistant.sessions import CALL, MemoryRecorder, finals, make, states
from tests.fakes import CountingTranscriber, ListSink, LoudnessDetector, RecordingConversation, ScriptedSource
from tests.waiting import wait_until


class UnpluggedSource(ScriptedSource):
    """The interviewer's microphone is gone in the middle of a word; the other side is silent and goes on."""

    def __init__(self):
        super().__init__(you=[(2.0, True)], them=[(10.0, False)])
        self._is_told = False

    def read(self):
        item = super().read()
        if not self._is_told and isinstance(item, AudioFrame) and item.start_seconds >= 2.1:
            self._is_told = True
            return Status(State.DEVICE_LOST, "Your microphone is not heard.", Channel.YOU)
        return item


def test_what_was_said_when_a_device_was_lost_is_final_at_once():
    session, sink, _ = make(UnpluggedSource())
    session.run()
    (stamped,) = [s for s in sink.stamped if getattr(s.event, "kind", None) is UpdateKind.FINAL]
    assert stamped.audio_seconds < 3.0
    assert stamped.event.words


def test_the_last_words_of_a_device_that_is_lost_wait_for_no_call_that_hangs():
    class Hanging(ScriptedSource):
        """The other side hangs, so that the guard against echo waits with new sound; then the microphone goes."""

        is_told = False

        def read(self):
            item = super().read()
            if item is None and not self.is_told:
                self.is_told = True
                return Status(State.DEVICE_LOST, "Your microphone is not heard.", Channel.YOU)
            return item

    sink = ListSink()
    source = Hanging(you=[(2.0, True)], them=[(1.0, False)])
    settings = SessionSettings(is_lossless=True, mutes_echo=True)
    Session(source, CountingTranscriber(), LoudnessDetector, RecordingConversation(), [sink], settings=settings).run()
    (final,) = finals(sink)
    assert final.end_seconds == pytest.approx(2.0)


def test_a_pause_records_nothing_and_leaves_a_gap_with_its_reason():
    recorder = MemoryRecorder()
    source = ScriptedSource(**CALL)
    session, sink, _ = make(source, recorder=recorder)
    source.before = lambda at: session.pause() if 3.0 <= at < 6.0 else session.resume()
    session.run()
    gaps = sink.of(AudioGap)
    assert {gap.channel for gap in gaps} == set(Channel)
    for gap in gaps:
        assert (gap.start_seconds, gap.end_seconds) == (pytest.approx(3.0, abs=0.03), pytest.approx(6.0, abs=0.03))
        assert gap.reason == "paused"
    frames = [item for item in recorder.items if isinstance(item, AudioFrame)]
    assert not [f for f in frames if 3.05 < f.start_seconds < 5.95]
    assert states(sink)[:3] == [State.RECORDING, State.PAUSED, State.RECORDING]


def test_what_was_said_when_a_call_was_paused_is_final_at_once():
    source = ScriptedSource(them=[(8.0, True)], you=[(8.0, False)])
    session, sink, _ = make(source, is_lossless=False)
    before_resume = []

    def act(at_seconds):
        if at_seconds == pytest.approx(2.0):
            session.pause()
        elif at_seconds == pytest.approx(6.0):
            wait_until(lambda: bool(finals(sink)))
            before_resume[:] = finals(sink)
            session.resume()

    source.before = act
    session.run()
    assert [final.end_seconds for final in before_resume] == [pytest.approx(2.0, abs=0.1)]
    assert len(finals(sink)) == 2


def test_a_pause_hears_first_what_the_guard_against_echo_holds_back():
    source = ScriptedSource(you=[(8.0, True)], them=[(0.5, False)])  # with nothing to compare it is held the longest
    session, sink, _ = make(source, mutes_echo=True)
    source.before = lambda at: session.pause() if 2.0 <= at < 6.0 else session.resume()
    session.run()
    spans = [(final.start_seconds, final.end_seconds) for final in finals(sink)]
    assert spans == [(0.0, pytest.approx(2.0, abs=0.01)), (pytest.approx(6.0, abs=0.3), pytest.approx(8.0))]


class LateSource(ScriptedSource):
    """Gives sound out some tenths of a second after it was spoken, and by itself none of a pause."""

    LATE_SECONDS = 0.3

    def __init__(self, press, pauses, **scenes):
        super().__init__(**scenes)
        self._press, self._pauses = press, pauses

    def read(self):
        while (item := super().read()) is not None:
            if not any(start - 0.01 <= item.start_seconds < end - 0.01 for start, end in self._pauses):
                self._press(round(item.start_seconds + self.LATE_SECONDS, 2))
                return item
        return None


def late_call(presses, pauses, **options):
    """A call of 8 s that is paused and resumed at `presses`; the sink, and the recorder's items."""
    recorder = MemoryRecorder()
    left = dict(presses)

    def press(now_seconds):
        for at_seconds in [one for one in left if one <= now_seconds]:
            (session.pause if left.pop(at_seconds) == "pause" else session.resume)(at_seconds)

    source = LateSource(press, pauses, you=[(8.0, False)], them=[(8.0, True)])
    session, sink, _ = make(source, recorder=recorder, **options)
    session.run()
    assert not left
    return sink, recorder.items


def spans_of_gaps(sink):
    return {
        (gap.channel, round(gap.start_seconds, 2), round(gap.end_seconds, 2), gap.reason) for gap in sink.of(AudioGap)
    }


def test_what_was_spoken_before_a_pause_but_comes_after_the_press_is_heard():
    sink, items = late_call({3.0: "pause", 6.0: "resume"}, [(3.0, 6.0)])
    assert spans_of_gaps(sink) == {(channel, 3.0, 6.0, "paused") for channel in Channel}
    assert [round(final.end_seconds, 1) for final in finals(sink)] == [3.0, 8.0]
    assert sum(
        item.end_seconds - item.start_seconds for item in items if isinstance(item, AudioFrame)
    ) == pytest.approx(10)


def test_it_gets_its_text_once_all_of_it_is_here():
    source = LateSource(lambda now: None, [(3.0, 6.0)], you=[(8.0, False)], them=[(8.0, True)])
    session, sink, _ = make(source)
    told = []

    def act(at_seconds):
        if at_seconds == pytest.approx(2.7):
            session.pause(3.0)
            told.append(len(finals(sink)))
        if at_seconds == pytest.approx(6.0):
            told.append(len(finals(sink)))
            session.resume(6.0)

    source.before = act
    session.run()
    assert sorted(set(told)) == [0, 1]


def test_a_pause_shorter_than_its_sound_is_late_leaves_its_gap():
    sink, _ = late_call({3.0: "pause", 3.1: "resume"}, [(3.0, 3.1)])
    assert spans_of_gaps(sink) == {(channel, 3.0, 3.1, "paused") for channel in Channel}


def test_two_of_them_leave_two():
    presses = {3.0: "pause", 3.06: "resume", 3.12: "pause", 3.2: "resume"}
    sink, _ = late_call(presses, [(3.0, 3.06), (3.12, 3.2)])
    expected = {(channel, *pause, "paused") for channel in Channel for pause in [(3.0, 3.06), (3.12, 3.2)]}
    assert spans_of_gaps(sink) == expected


def test_a_pause_of_no_length_leaves_no_gap():
    source = ScriptedSource(**CALL)
    session, sink, _ = make(source)
    pressed = []

    def press(at_seconds):
        if at_seconds == 3.0 and not pressed:
            pressed.append(at_seconds)
            session.pause()
            session.resume()

    source.before = press
    session.run()
    assert pressed
    assert sink.of(AudioGap) == []


def test_nothing_resumes_a_call_that_is_over():
    session, sink, _ = make(ScriptedSource(them=[(0.5, False)]))
    session.run()
    session.pause()
    session.resume()
    assert states(sink)[-1] is State.FINISHED
