"""The order of things in a call, and what happens when a part fails. Words are judged elsewhere, by real weights."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from assistant.errors import CaptureError, RecordingError, TranscriptionError
from assistant.ports import Effort
from assistant.session import Session, SessionSettings
from assistant.values import (
    SAMPLE_RATE_HZ,
    AudioFrame,
    AudioGap,
    Channel,
    Level,
    Mark,
    State,
    Status,
    TranscriptUpdate,
    UpdateKind,
)
from assistant.worker import Patience
from tests.fakes import (
    CountingTranscriber,
    ListSink,
    LoudnessDetector,
    RecordingConversation,
    ScriptedSource,
    SpokenSource,
)

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


def test_a_call_from_its_first_sound_to_its_last_event():
    recorder = MemoryRecorder()
    session, sink, conversation = make(ScriptedSource(**CALL), recorder=recorder)
    session.run()
    assert [final.channel for final in finals(sink)] == [Channel.YOU, Channel.THEM, Channel.YOU]
    assert states(sink) == [State.RECORDING, State.FINISHING, State.FINISHED]
    assert recorder.is_closed
    assert recorder.seconds(Channel.YOU) == pytest.approx(9.0)
    assert sink.is_closed
    assert conversation.told[-1] == ("finish", None, pytest.approx(9.0))
    assert {level.channel for level in sink.of(Level)} == set(Channel)


def test_the_conversation_hears_everything_in_the_order_of_the_clock():
    session, _, conversation = make(ScriptedSource(**CALL))
    session.run()
    times = [at_seconds for _, _, at_seconds in conversation.told]
    assert times == sorted(times)
    heard = [(what, channel) for what, channel, _ in conversation.told if what in ("started", "locked")]
    you, them = Channel.YOU, Channel.THEM
    assert heard == [(what, who) for who in (you, them, you) for what in ("started", "locked")]


def test_live_and_lossless_give_the_same_finals_and_the_same_order():
    lossless, sink, conversation = make(ScriptedSource(**CALL))
    lossless.run()
    live, live_sink, live_conversation = make(SpokenSource(6.0, **CALL), is_lossless=False)
    live.run()
    assert finals(live_sink) == finals(sink)

    def order(told):
        return [entry for entry in told if entry[0] in ("started", "locked")]

    assert order(live_conversation.told) == order(conversation.told)


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


def test_a_slow_engine_costs_partial_text_but_no_sound_and_no_final():
    recorder = MemoryRecorder()
    source = SpokenSource(20.0, **CALL)
    session, sink, _ = make(source, CountingTranscriber(delay_seconds=0.15), recorder, is_lossless=False)
    session.run()
    assert recorder.seconds(Channel.THEM) == pytest.approx(9.0)
    assert len(finals(sink)) == 3


def test_an_engine_that_needs_four_seconds_for_each_one_loses_no_sound_and_no_word():
    talk = [(3.0, True), (0.7, False)] * 5
    source = SpokenSource(20.0, them=talk)

    class TooSlow(CountingTranscriber):
        def transcribe(self, samples, effort, lead=None):
            own_seconds = len(samples) / SAMPLE_RATE_HZ - (lead.seconds if lead else 0.0)
            until_seconds = session.clock_seconds + 4.0 * own_seconds  # of the call, however slowly that is played
            while session.clock_seconds < until_seconds and not source.is_closed:
                time.sleep(0.002)
            return super().transcribe(samples, effort, lead)

    recorder, engine = MemoryRecorder(), TooSlow()
    session, sink, _ = make(source, engine, recorder, is_lossless=False)
    session.run()
    in_time, its_sink, _ = make(ScriptedSource(them=talk))
    in_time.run()
    assert finals(sink) == finals(its_sink)
    assert recorder.seconds(Channel.THEM) == pytest.approx(18.5)
    behind = [status for status in sink.of(Status) if status.state is State.BEHIND]
    assert behind[0].behind_seconds > 3
    assert any("partial text paused" in status.message for status in behind)
    assert Effort.HASTY in engine.efforts
    assert states(sink)[-1] is State.FINISHED


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
            patience = time.monotonic() + 10.0
            while not finals(sink) and time.monotonic() < patience:
                time.sleep(0.01)
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


def test_a_full_disk_stops_the_call_and_keeps_what_was_said():
    recorder = MemoryRecorder(full_after_seconds=4.0)
    session, sink, _ = make(ScriptedSource(**CALL), recorder=recorder)
    with pytest.raises(RecordingError, match="full"):
        session.run()
    assert State.DISK_FULL in states(sink)
    assert [final.channel for final in finals(sink)] == [Channel.YOU, Channel.THEM]
    assert recorder.is_closed
    assert sink.is_closed


@pytest.mark.parametrize("is_lossless", [True, False])
def test_a_lost_source_keeps_what_was_said_before(is_lossless):
    source = ScriptedSource(**CALL)
    source.raises_at_seconds = 4.0
    session, sink, conversation = make(source, is_lossless=is_lossless)
    with pytest.raises(CaptureError, match="sound server"):
        session.run()
    assert len(finals(sink)) == 2
    assert conversation.told[-1][0] == "finish"
    assert sink.is_closed


@pytest.mark.parametrize("is_lossless", [True, False])
def test_a_broken_engine_does_not_stop_the_recording(is_lossless):
    recorder = MemoryRecorder()
    source = ScriptedSource(them=[(2.0, True), (1.0, False)] * 7)
    session, sink, _ = make(source, CountingTranscriber(fails_after=2), recorder, is_lossless=is_lossless)
    with pytest.raises(TranscriptionError):
        session.run()
    assert recorder.seconds(Channel.THEM) == pytest.approx(21.0)
    assert State.FAILED in states(sink)
    assert sink.is_closed


def test_a_broken_engine_is_raised_though_the_source_breaks_too():
    """Who runs a call learns from it that sound without text is left."""
    source = ScriptedSource(them=[(2.0, True), (1.0, False)] * 7)
    source.raises_at_seconds = 20.0
    session, _, _ = make(source, CountingTranscriber(fails_after=2))
    with pytest.raises(TranscriptionError):
        session.run()


class Stumbling(CountingTranscriber):
    """Fails at these final decodes, counted from 0."""

    def __init__(self, *fails_at, error=None):
        super().__init__()
        self._fails_at, self._finals = fails_at, -1
        self._error = error or TranscriptionError("out of memory")

    def transcribe(self, samples, effort, lead=None):
        if effort is Effort.FINAL:
            self._finals += 1
            if self._finals in self._fails_at:
                raise self._error
        return super().transcribe(samples, effort, lead)


def test_a_decode_that_fails_is_tried_again_and_nobody_need_know():
    session, sink, _ = make(ScriptedSource(**CALL), Stumbling(0, 1))
    session.run()
    assert [len(final.words) > 0 for final in finals(sink)] == [True, True, True]
    assert states(sink) == [State.RECORDING, State.FINISHING, State.FINISHED]


def test_an_utterance_that_cannot_be_decoded_is_left_out_aloud_and_the_call_goes_on():
    session, sink, conversation = make(ScriptedSource(**CALL), Stumbling(0, 1, 2))
    session.run()
    assert [len(final.words) > 0 for final in finals(sink)] == [False, True, True]
    (warning,) = [status for status in sink.of(Status) if status.state is State.WARNING]
    assert "your voice" in warning.message
    assert "00:0" in warning.message
    assert warning.channel is Channel.YOU
    assert states(sink)[-1] is State.FINISHED
    assert conversation.told[-1][0] == "finish"


def test_only_final_text_is_reviewed():
    session, sink, conversation = make(ScriptedSource(**CALL))
    reviewed = []
    conversation.utterance_locked = lambda update, at_seconds: reviewed.append(update) or []
    session.run()
    updates = sink.of(TranscriptUpdate)
    assert any(update.kind is UpdateKind.PARTIAL for update in updates)
    assert reviewed == [update for update in updates if update.kind is UpdateKind.FINAL]


def test_a_partial_that_fails_costs_nothing_but_itself():
    class NoPartials(CountingTranscriber):
        def transcribe(self, samples, effort, lead=None):
            if effort is Effort.PARTIAL:
                raise TranscriptionError("out of memory")
            return super().transcribe(samples, effort, lead)

    session, sink, _ = make(ScriptedSource(**CALL), NoPartials())
    session.run()
    assert len(finals(sink)) == 3
    assert State.WARNING not in states(sink)


def test_a_fault_on_the_worker_is_told_and_the_worker_goes_on_where_it_stood():
    session, sink, conversation = make(
        ScriptedSource(**CALL), Stumbling(1, error=ZeroDivisionError()), is_lossless=False
    )
    session.run()
    assert len([final for final in finals(sink) if final.words]) == 3
    (warning,) = [status for status in sink.of(Status) if status.state is State.WARNING]
    assert "ZeroDivisionError" in warning.message
    assert states(sink)[-1] is State.FINISHED
    assert conversation.told[-1][0] == "finish"


def test_a_bug_on_the_worker_does_not_stop_the_recording_and_is_not_hidden():
    class Buggy(CountingTranscriber):
        def transcribe(self, samples, effort, lead=None):
            raise ZeroDivisionError

    recorder = MemoryRecorder()
    session, sink, _ = make(ScriptedSource(**CALL), Buggy(), recorder, is_lossless=False)
    with pytest.raises(ZeroDivisionError):
        session.run()
    assert recorder.seconds(Channel.THEM) == pytest.approx(9.0)
    assert sink.is_closed


@pytest.mark.parametrize("is_lossless", [True, False])
def test_a_bug_in_the_review_closes_everything_and_is_never_called_finished(is_lossless):
    source = ScriptedSource(**CALL)
    session, sink, conversation = make(source, is_lossless=is_lossless)

    def fail(update, at_seconds):
        raise IndexError("a bug")

    conversation.utterance_locked = fail
    with pytest.raises(IndexError, match="a bug"):
        session.run()
    assert sink.is_closed
    assert State.FAILED in states(sink)
    assert State.FINISHED not in states(sink)


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


def test_stop_ends_a_live_call_and_decodes_what_was_said():
    source = SpokenSource(10.0, them=[(60.0, True)])
    session, sink, _ = make(source, is_lossless=False)
    heard = threading.Event()
    source.before = lambda at_seconds: heard.set() if at_seconds > 3.0 else None
    stopping = threading.Thread(target=lambda: heard.wait() and session.stop())
    stopping.start()
    session.run()
    stopping.join()
    (final,) = finals(sink)
    assert 1.0 < final.end_seconds < 30.0
    assert states(sink)[-1] is State.FINISHED


def test_marks_and_buttons_reach_their_places():
    source = ScriptedSource(**CALL)
    session, sink, conversation = make(source)

    def press(at_seconds):
        if at_seconds == 2.0 and not sink.of(Mark):
            session.mark("good story")
            session.mark("an earlier one", 1.5)
            session.asked("q1")
            session.dismissed("q2")

    source.before = press
    session.run()
    assert sink.of(Mark) == [Mark(pytest.approx(2.0), "good story"), Mark(1.5, "an earlier one")]
    assert [entry[:2] for entry in conversation.told if entry[0] in ("asked", "dismissed")] == [
        ("asked", "q1"), ("dismissed", "q2"),
    ]  # fmt: skip


def softened(source, db):
    """The same source, softer."""
    read = source.read

    def read_softened():
        item = read()
        if isinstance(item, AudioFrame):
            return replace(item, samples=np.rint(item.samples * 10 ** (db / 20)).astype(np.int16))
        return item

    source.read = read_softened
    return source


class AnySound(LoudnessDetector):
    def is_speech(self, samples):
        return bool(samples.any())


@pytest.mark.parametrize(("db", "is_told"), [(-20.0, False), (-50.0, True)])  # the voice itself has -12 dBFS
def test_a_voice_that_is_too_soft_is_told_once(db, is_told):
    source = softened(ScriptedSource(you=[(30.0, False)], them=[(6.0, True), (1.0, False)] * 4), db)
    sink = ListSink()
    settings = SessionSettings(is_lossless=True)
    Session(source, CountingTranscriber(), AnySound, RecordingConversation(), [sink], settings=settings).run()
    told = [status.channel for status in sink.of(Status) if status.state is State.WARNING]
    assert told == [Channel.THEM] * is_told
    assert len(finals(sink)) == 4
