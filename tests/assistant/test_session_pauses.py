"""A call that is paused, or loses a device: what is said then, and what is left of it."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest

from assistant.publisher import Publisher
from assistant.session import Session, SessionSettings
from assistant.speech.listener import Listener
from assistant.transcript.streaming import Streaming
from assistant.values import AudioFrame, AudioGap, Channel, State, Status, UpdateKind
from assistant.worker import Worker
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


def worker_of(conversation):
    sink = ListSink()
    streaming = Streaming([Listener(Channel.THEM, LoudnessDetector())])
    return Worker(streaming, CountingTranscriber(), conversation, Publisher([sink], lambda: 0.0)), sink


def hear_two_seconds(worker):
    source = ScriptedSource(them=[(2.0, True)])
    while (item := source.read()) is not None:
        worker.hear(item)


@contextmanager
def running(worker):
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.end()
        thread.join()


def test_a_pause_that_comes_in_the_middle_of_a_review_is_not_overlooked():
    conversation = RecordingConversation()
    worker, sink = worker_of(conversation)
    pauses = [lambda: worker.interrupt(Channel.THEM)]  # the last news for a while

    def review(at_seconds):
        if at_seconds > 1.9 and pauses:
            pauses.pop()()
        return []

    conversation.clock = review
    hear_two_seconds(worker)
    with running(worker):
        wait_until(lambda: bool(finals(sink)))
    assert finals(sink)[0].end_seconds == pytest.approx(2.0)


def test_a_fault_of_the_program_does_not_let_the_text_wait_for_sound_that_a_pause_holds_back():
    conversation = RecordingConversation()
    worker, sink = worker_of(conversation)
    faults = [ZeroDivisionError()]

    def started(channel, at_seconds):
        if faults:
            raise faults.pop()
        return []

    conversation.speech_started = started
    hear_two_seconds(worker)
    worker.interrupt(Channel.THEM)
    with running(worker):
        wait_until(lambda: bool(finals(sink)))
    assert not faults
    assert worker.crash is None


def test_a_pause_hears_first_what_the_guard_against_echo_holds_back():
    source = ScriptedSource(you=[(8.0, True)], them=[(0.5, False)])  # with nothing to compare it is held the longest
    session, sink, _ = make(source, mutes_echo=True)
    source.before = lambda at: session.pause() if 2.0 <= at < 6.0 else session.resume()
    session.run()
    spans = [(final.start_seconds, final.end_seconds) for final in finals(sink)]
    assert spans == [(0.0, pytest.approx(2.0, abs=0.01)), (pytest.approx(6.0, abs=0.3), pytest.approx(8.0))]


class PausingSource(ScriptedSource):
    """Gives sound out late, and by itself none of a pause from 3.0 to 6.0: what it tells of that comes in its place."""

    def __init__(self, **scenes):
        super().__init__(**scenes)
        gaps = [AudioGap(Channel(name), 3.0, 6.0, "paused") for name in scenes]
        self._told = [(3.0, [Status(State.PAUSED)]), (6.0, gaps)]
        self._next = []

    def read(self):
        if self._next:
            return self._next.pop(0)
        item = super().read()
        while item is not None and 2.99 < item.start_seconds < 5.99:
            if len(self._told) == 2:
                self._next = self._told.pop(0)[1]
                return self._next.pop(0)
            item = super().read()
        if item is not None and self._told and item.start_seconds > 5.99:
            self._next = [*self._told.pop(0)[1], item]
            return self._next.pop(0)
        return item


def test_what_a_source_gives_out_after_the_press_was_spoken_before_it_and_gets_its_text():
    recorder = MemoryRecorder()
    source = PausingSource(you=[(8.0, False)], them=[(8.0, True)])
    session, sink, _ = make(source, recorder=recorder, is_lossless=False)
    before_resume = []

    def act(at_seconds):
        if at_seconds == pytest.approx(2.7):
            session.pause(by_source=True)
        if at_seconds == pytest.approx(5.8) and not before_resume:
            wait_until(lambda: bool(finals(sink)))
            before_resume.extend(finals(sink))
            session.resume()

    source.before = act
    session.run()
    assert [round(final.end_seconds, 1) for final in before_resume] == [3.0]
    assert len(finals(sink)) == 2
    assert {(gap.channel, gap.start_seconds, gap.end_seconds) for gap in sink.of(AudioGap)} == {
        (channel, 3.0, 6.0) for channel in Channel
    }
    frames = [item for item in recorder.items if isinstance(item, AudioFrame)]
    assert sum(frame.end_seconds - frame.start_seconds for frame in frames) == pytest.approx(2 * 5.0)
    assert states(sink)[:3] == [State.RECORDING, State.PAUSED, State.RECORDING]


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
