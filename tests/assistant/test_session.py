"""The order of things in a call, of scripted parts. Words are judged elsewhere, by real weights."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from assistant.ports import Effort
from assistant.session import Session, SessionSettings
from assistant.values import (
    SAMPLE_RATE_HZ,
    AudioFrame,
    Channel,
    Level,
    Mark,
    State,
    Status,
    TranscriptUpdate,
    UpdateKind,
)
from tests.assistant.sessions import CALL, MemoryRecorder, finals, make, states
from tests.fakes import (
    CountingTranscriber,
    ListSink,
    LoudnessDetector,
    RecordingConversation,
    ScriptedSource,
    SpokenSource,
)


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


def test_what_a_lossless_replay_shows_does_not_depend_on_how_fast_the_engine_is():
    shown = []
    for delay_seconds in (0.0, 0.15):
        session, sink, _ = make(ScriptedSource(them=[(1.5, True), (0.6, False)]), CountingTranscriber(delay_seconds))
        session.run()
        shown.append(sink.of(TranscriptUpdate))
    assert len(shown[0]) > 3
    assert shown[0] == shown[1]


def test_a_slower_engine_is_asked_for_partial_text_less_often_in_a_live_call():
    asked = []
    for delay_seconds in (0.0, 0.3):
        transcriber = CountingTranscriber(delay_seconds)
        source = SpokenSource(1.0, them=[(2.5, True), (0.6, False)])
        make(source, transcriber, is_lossless=False)[0].run()
        asked.append(transcriber.efforts.count(Effort.PARTIAL))
    quick, slow = asked
    assert quick >= 8
    assert 2 <= slow <= 6  # 0.51 s and not 0.3 s apart, which would be eight


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


def test_only_final_text_is_reviewed():
    session, sink, conversation = make(ScriptedSource(**CALL))
    reviewed = []
    conversation.utterance_locked = lambda update, at_seconds: reviewed.append(update) or []
    session.run()
    updates = sink.of(TranscriptUpdate)
    assert any(update.kind is UpdateKind.PARTIAL for update in updates)
    assert reviewed == [update for update in updates if update.kind is UpdateKind.FINAL]


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


def test_a_mark_that_comes_when_the_call_is_closed_is_refused():
    taken = []

    class Slow(ListSink):
        def close(self):
            taken.append(session.mark("while it is closed"))
            super().close()

    source, sinks = ScriptedSource(them=[(0.5, False)]), [ListSink(), Slow()]
    session = Session(source, CountingTranscriber(), LoudnessDetector, RecordingConversation(), sinks)
    source.before = lambda _: taken or taken.append(session.mark("in time"))
    session.run()
    taken.append(session.mark("late"))
    assert taken == [True, False, False]
    assert [[mark.note for mark in sink.of(Mark)] for sink in sinks] == [["in time"], ["in time"]]


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
