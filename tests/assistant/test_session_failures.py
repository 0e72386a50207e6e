"""A call in which something breaks: the recording goes on, and nothing is hidden."""

from __future__ import annotations

from itertools import cycle

import pytest

from assistant.errors import CaptureError, RecordingError, StoreError, TranscriptionError
from assistant.ports import Effort
from assistant.session import Session, SessionSettings
from assistant.values import Channel, State, Status
from tests.assistant.sessions import CALL, MemoryRecorder, finals, make, states
from tests.fakes import CountingTranscriber, ListSink, LoudnessDetector, RecordingConversation, ScriptedSource


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


@pytest.mark.parametrize("is_lossless", [True, False])
def test_what_could_not_be_kept_at_the_end_is_raised_and_all_is_closed(is_lossless):
    class Full(ListSink):
        def close(self):
            super().close()
            raise StoreError("The disk is full.")

    sinks = [ListSink(), Full(), ListSink()]
    session = Session(
        ScriptedSource(**CALL),
        CountingTranscriber(),
        LoudnessDetector,
        RecordingConversation(),
        sinks,
        settings=SessionSettings(is_lossless),
    )
    with pytest.raises(StoreError, match="disk is full"):
        session.run()
    assert all(sink.is_closed for sink in sinks)


def test_an_utterance_at_which_the_program_has_a_fault_costs_its_text_and_no_other():
    stumbling = Stumbling(0, 1, 2, error=IndexError("list index out of range"))
    session, sink, conversation = make(ScriptedSource(**CALL), stumbling, is_lossless=False)
    session.run()
    assert session.left_out == 1
    assert [len(final.words) > 0 for final in finals(sink)] == [False, True, True]
    told, left_out = [status.message for status in sink.of(Status) if status.state is State.WARNING]
    assert "IndexError" in told
    assert "could not be transcribed" in left_out
    assert states(sink)[-1] is State.FINISHED
    assert conversation.told[-1][0] == "finish"


def test_a_recording_at_which_the_program_has_a_fault_is_not_called_transcribed():
    session, sink, _ = make(ScriptedSource(**CALL), Stumbling(0, 1, 2, error=IndexError()), is_lossless=True)
    with pytest.raises(IndexError):
        session.run()
    assert states(sink)[-1] is not State.FINISHED


def test_each_kind_of_fault_is_told_once_and_where_it_was_to_whoever_asks(monkeypatch, capsys):
    class Faulty(CountingTranscriber):
        def transcribe(self, samples, effort, lead=None):
            if effort is Effort.PARTIAL:
                raise next(faults)
            return super().transcribe(samples, effort, lead)

    faults = cycle([KeyError("a"), IndexError("b")])
    monkeypatch.setenv("DEPTHCUE_TRACEBACK", "1")
    session, sink, _ = make(ScriptedSource(**CALL), Faulty())
    session.run()
    told = [status.message for status in sink.of(Status) if status.state is State.WARNING]
    assert ["KeyError" in told[0], "IndexError" in told[1]] == [True, True]
    assert len(told) == 2
    assert "raise next(faults)" in capsys.readouterr().err


def test_a_fault_of_the_program_at_every_partial_is_told_once_and_costs_no_final():
    class NoPartials(CountingTranscriber):
        def transcribe(self, samples, effort, lead=None):
            if effort is Effort.PARTIAL:
                raise ZeroDivisionError
            return super().transcribe(samples, effort, lead)

    session, sink, _ = make(ScriptedSource(**CALL), NoPartials())
    session.run()
    assert [len(final.words) > 0 for final in finals(sink)] == [True, True, True]
    (warning,) = [status for status in sink.of(Status) if status.state is State.WARNING]
    assert "ZeroDivisionError" in warning.message


def test_an_engine_with_a_bug_does_not_stop_the_recording_and_is_not_hidden():
    class Buggy(CountingTranscriber):
        def transcribe(self, samples, effort, lead=None):
            raise ZeroDivisionError

    recorder = MemoryRecorder()
    session, sink, _ = make(ScriptedSource(**CALL), Buggy(), recorder, is_lossless=False)
    with pytest.raises(ZeroDivisionError):
        session.run()
    assert recorder.seconds(Channel.THEM) == pytest.approx(9.0)
    assert State.FAILED in states(sink)
    assert State.FINISHED not in states(sink)
    assert sink.is_closed


def test_faults_of_the_program_beside_the_decodes_are_told_and_the_worker_goes_on_where_it_stood():
    session, sink, conversation = make(ScriptedSource(**CALL), is_lossless=False)
    faults_to_come = 2  # from the beginning, and from each final on: no more than the worker takes

    def locked(update, at_seconds):
        nonlocal faults_to_come
        faults_to_come = 2
        return []

    def clock(at_seconds):
        nonlocal faults_to_come
        faults_to_come -= 1
        if faults_to_come >= 0:
            raise ZeroDivisionError
        return []

    conversation.utterance_locked, conversation.clock = locked, clock
    session.run()
    assert len([final for final in finals(sink) if final.words]) == 3
    told = [status.message for status in sink.of(Status) if status.state is State.WARNING]
    assert len(told) >= 4
    assert all("ZeroDivisionError" in message for message in told)
    assert states(sink)[-1] is State.FINISHED
    assert conversation.told[-1][0] == "finish"


def test_faults_beside_the_decodes_without_end_do_not_stop_the_recording_and_are_not_hidden():
    def fail(at_seconds):
        raise ZeroDivisionError

    recorder = MemoryRecorder()
    session, sink, conversation = make(ScriptedSource(**CALL), recorder=recorder, is_lossless=False)
    conversation.clock = fail
    with pytest.raises(ZeroDivisionError):
        session.run()
    assert recorder.seconds(Channel.THEM) == pytest.approx(9.0)
    assert State.FAILED in states(sink)
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
