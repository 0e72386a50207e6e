"""Which decode comes next, and what text becomes, without threads and without a model."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.ports import Effort
from assistant.speech.listener import SpeechStarted
from assistant.transcript.finals import Locked
from assistant.transcript.pressure import Rung
from assistant.values import AudioFrame, Channel, UpdateKind
from tests.assistant.transcript.playing import TALK, finals, frames, play, streaming, work
from tests.fakes import FRAME_SECONDS, CountingTranscriber


def test_partial_text_grows_and_one_final_follows():
    out = play(them=TALK)
    kinds = [item.kind for item in out if hasattr(item, "kind")]
    assert kinds.count(UpdateKind.PARTIAL) >= 4
    assert UpdateKind.COMMITTED in kinds
    (final,) = finals(out)
    assert final.channel is Channel.THEM
    assert final.words[0].start_seconds == pytest.approx(final.start_seconds)


def test_the_final_is_decoded_while_the_silence_is_not_yet_an_end():
    transcriber, stream = CountingTranscriber(), streaming()
    for frame in frames([], [(2.0, True), (0.24, False)]):
        stream.hear(frame)
    work(stream, transcriber)
    assert transcriber.efforts[-1] is Effort.FINAL
    decoded = len(transcriber.efforts)
    for number, frame in enumerate(frames([], [(0.2, False)])):
        stream.hear(AudioFrame(frame.channel, 2.24 + number // 2 * FRAME_SECONDS, frame.samples))
    events, _ = stream.ready()
    assert [type(event) for event in events] == [Locked]  # locked the moment the end is known, without another decode
    assert len(transcriber.efforts) == decoded


def test_speech_that_goes_on_after_a_pause_is_decoded_again_as_a_whole():
    out = play(them=[(2.0, True), (0.2, False), (0.5, True), (1.0, False)])
    (final,) = finals(out)
    assert final.end_seconds == pytest.approx(2.84, abs=0.03)


def test_finals_come_before_partials():
    stream = streaming()
    for frame in frames([(2.0, True), (1.0, False)], [(3.0, True)]):
        stream.hear(frame)
    job = stream.next_job()
    assert job is not None
    assert (job.utterance.channel, job.is_final) == (Channel.YOU, True)


def test_a_result_that_comes_after_the_end_shows_nothing():
    stream, transcriber = streaming(), CountingTranscriber()
    for frame in frames([], [(2.0, True)]):
        stream.hear(frame)
    job = stream.next_job()
    stream.finish()
    assert job is not None
    assert stream.done(job, transcriber.transcribe(job.samples, job.effort, job.lead)) == []


def test_locked_text_waits_for_what_ended_before_it():
    stream, transcriber = streaming(shows_partials=False), CountingTranscriber()
    for frame in frames([(2.0, True)], [(2.5, True), (1.0, False)]):
        stream.hear(frame)
    first = stream.next_job()
    events, until_seconds = stream.ready()
    assert [type(event) for event in events] == [SpeechStarted, SpeechStarted]
    assert until_seconds == pytest.approx(2.3, abs=0.05)  # nothing behind the first end is complete
    assert first is not None
    stream.done(first, transcriber.transcribe(first.samples, first.effort, first.lead))
    second = stream.next_job()
    assert second is not None
    stream.done(second, transcriber.transcribe(second.samples, second.effort, second.lead))
    locked = [event for event in stream.ready()[0] if isinstance(event, Locked)]
    assert [event.update.channel for event in locked] == [Channel.YOU, Channel.THEM]


def test_nonsense_is_taken_back():
    transcriber = CountingTranscriber()
    transcriber.is_nonsense = True
    out = play(them=TALK, transcriber=transcriber)
    assert [update.words for update in finals(out)] == [()]
    assert not [item for item in out if getattr(item, "kind", None) is UpdateKind.PARTIAL]


def test_a_final_has_the_utterance_before_it_in_front_when_that_was_near():
    transcriber = CountingTranscriber()
    near, far, long = (2.0, True), (1.5, True), (9.0, True)
    scene = [near, (1.0, False), near, (3.0, False), far, (0.8, False), near, (0.8, False), long, (0.8, False), near]
    play(them=[*scene, (1.0, False)], transcriber=transcriber, shows_partials=False)
    leads = transcriber.leads
    assert [lead is not None for lead in leads] == [False, True, False, True, False, False]
    assert leads[1].seconds == pytest.approx(2.7, abs=0.05)  # its sound, and the silence up to the pre-roll
    assert [word.text for word in leads[1].words] == ["w0", "w1", "w2", "w3"]


def test_nonsense_leads_nowhere():
    transcriber = CountingTranscriber()
    transcriber.is_nonsense = True
    play(them=[(2.0, True), (1.0, False)] * 3, transcriber=transcriber, shows_partials=False)
    assert transcriber.leads == [None, None, None]


def test_finals_are_the_same_without_speculation_and_decoded_once():
    scene = [(2.0, True), (0.2, False), (1.0, True), (1.0, False), (1.5, True), (0.6, False)]
    eager, patient = CountingTranscriber(), CountingTranscriber()
    out = play(them=scene, transcriber=eager, shows_partials=False)
    again = play(them=scene, transcriber=patient, shows_partials=False, speculates=False)
    assert finals(again) == finals(out)
    assert len(patient.efforts) == len(finals(out)) < len(eager.efforts)


def test_a_worker_that_is_late_pauses_partials_and_loses_nothing():
    stream, transcriber = streaming(), CountingTranscriber()
    for frame in frames([], [(2.0, True), (1.0, False)] * 4 + [(2.0, True)]):
        stream.hear(frame)
    assert stream.waiting_seconds > 4
    out = work(stream, transcriber, jobs=1)
    assert stream.rung >= Rung.NO_PARTIALS
    out += work(stream, transcriber)
    assert len(finals(out)) == 4
    assert stream.rung < Rung.NO_PARTIALS
    assert work(stream, transcriber) == []


def test_a_worker_that_is_very_late_searches_finals_less_and_again_as_before_once_it_has_caught_up():
    stream, transcriber = streaming(), CountingTranscriber()
    for frame in frames([], [(2.0, True), (1.0, False)] * 6):
        stream.hear(frame)
    out = work(stream, transcriber)
    assert len(finals(out)) == 6
    assert (transcriber.efforts[0], transcriber.efforts[-1]) == (Effort.HASTY, Effort.FINAL)


class LeadTeller(CountingTranscriber):
    """Its first word tells what stood in front."""

    def transcribe(self, samples, effort, lead=None):
        hypothesis = super().transcribe(samples, effort, lead)
        first = replace(hypothesis.words[0], text=f"behind {lead}")
        return replace(hypothesis, words=(first, *hypothesis.words[1:]))


@pytest.mark.parametrize(("second_seconds", "is_led"), [(3.0, True), (4.5, True), (5.5, False)])
def test_a_long_utterance_has_context_of_its_own(second_seconds, is_led):
    transcriber = CountingTranscriber()
    play(them=[(2.0, True), (0.6, False), (second_seconds, True), (1.0, False)], transcriber=transcriber)
    assert (transcriber.leads[-1] is not None) is is_led
    assert transcriber.efforts[-1] is Effort.FINAL


SCENE = st.lists(st.tuples(st.integers(1, 40), st.booleans()), max_size=8)


@settings(max_examples=20, deadline=None)
@given(SCENE, SCENE, st.integers(1, 400))
def test_finals_do_not_depend_on_when_the_worker_had_time(you, them, every):
    scenes = {
        "you": [(tenths / 10, is_voice) for tenths, is_voice in you],
        "them": [(tenths / 10, is_voice) for tenths, is_voice in them],
    }
    prompt = play(**scenes, transcriber=LeadTeller())
    late = play(**scenes, transcriber=LeadTeller(), every=every, shows_partials=False)
    assert finals(prompt) == finals(late)
    order = [event for event in prompt if isinstance(event, SpeechStarted | Locked)]
    assert order == [event for event in late if isinstance(event, SpeechStarted | Locked)]
    times = [event.at_seconds for event in order]
    assert times == sorted(times)
