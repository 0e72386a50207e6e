"""Which decode comes next, and what text becomes, without threads and without a model."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.ports import Effort
from assistant.speech.listener import Listener, SpeechStarted
from assistant.transcript.finals import Locked
from assistant.transcript.jobs import StreamingSettings
from assistant.transcript.pressure import Rung
from assistant.transcript.streaming import Streaming
from assistant.values import AudioFrame, Channel, UpdateKind
from tests.fakes import FRAME_SECONDS, CountingTranscriber, LoudnessDetector, frames_of, sound


def streaming(**settings_) -> Streaming:
    listeners = [Listener(channel, LoudnessDetector()) for channel in Channel]
    return Streaming(listeners, StreamingSettings(**settings_))


def frames(you: list[tuple[float, bool]], them: list[tuple[float, bool]]) -> Iterator[AudioFrame]:
    tracks = {
        channel: np.concatenate([sound(*stretch) for stretch in scene] or [sound(0, False)])
        for channel, scene in ((Channel.YOU, you), (Channel.THEM, them))
    }
    longest = max(map(len, tracks.values()))
    return frames_of({channel: np.pad(track, (0, longest - len(track))) for channel, track in tracks.items()})


def work(stream: Streaming, transcriber: CountingTranscriber, jobs: int | None = None) -> list:
    """Run the jobs that are due (or `jobs` of them); return updates and events in order."""
    out: list = []
    while jobs is None or jobs > 0:
        job = stream.next_job()
        if job is None:
            break
        out += stream.done(job, transcriber.transcribe(job.samples, job.effort, job.lead))
        out += stream.ready()[0]
        jobs = None if jobs is None else jobs - 1
    return out + stream.ready()[0]


def play(you=(), them=(), transcriber=None, every=1, **settings_) -> list:
    """Play a scene; the worker gets its turn after every `every`th frame and, at the end, until all is done."""
    stream, out = streaming(**settings_), []
    transcriber = transcriber or CountingTranscriber()
    for number, frame in enumerate(frames(list(you), list(them))):
        stream.hear(frame)
        if number % every == 0:
            out += work(stream, transcriber)
    stream.finish()
    return out + work(stream, transcriber)


def finals(out: list) -> list:
    return [event.update for event in out if isinstance(event, Locked)]


TALK = [(0.5, False), (3.0, True), (1.0, False)]


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


def test_of_two_voices_that_are_due_the_one_that_is_overdue_for_longest_comes_first():
    stream, transcriber, order = streaming(), CountingTranscriber(), []
    took_seconds = {Channel.YOU: 0.4, Channel.THEM: 0.05}  # so that they are due after .68 and .2 s
    for frame in frames([(2.0, True)], [(0.8, False), (1.2, True)]):
        stream.hear(frame)
        at_seconds = round(frame.end_seconds, 2)
        if frame.channel is Channel.THEM and at_seconds in (0.96, 1.3, 1.76):
            while (job := stream.next_job()) is not None:
                hypothesis = transcriber.transcribe(job.samples, job.effort, job.lead)
                stream.done(job, hypothesis, took_seconds[job.utterance.channel])
                order.append((at_seconds, job.utterance.channel))
    # At 1.76 more of "you" is unseen, .8 against .46 s, but the other voice is overdue for longer: .26 against .12 s.
    you, them = Channel.YOU, Channel.THEM
    assert order == [(0.96, you), (0.96, them), (1.3, them), (1.76, them), (1.76, you)]


def test_a_partial_is_not_repeated_without_new_sound():
    stream = streaming()
    for frame in frames([], [(2.0, True)]):
        stream.hear(frame)
    assert stream.next_job() is not None
    assert stream.next_job() is None


@pytest.mark.parametrize(
    ("took_seconds", "step_seconds"), [(0.0, 0.2), (0.09, 0.2), (0.2, 0.34), (0.4, 0.68), (2.0, 1.0)]
)
def test_partial_text_is_renewed_less_often_where_it_costs_more(took_seconds, step_seconds):
    stream, heard = streaming(), []
    for frame in frames([], [(5.0, True)]):
        stream.hear(frame)
        if (job := stream.next_job()) is not None:
            stream.done(job, CountingTranscriber().transcribe(job.samples, job.effort, job.lead), took_seconds)
            heard.append(job.utterance.end_seconds)
    steps = np.diff(heard)
    assert len(steps) >= 3
    assert steps == pytest.approx(step_seconds, abs=FRAME_SECONDS + 1e-6)


def partial_words(out: list) -> list[list[str]]:
    updates = [item for item in out if getattr(item, "kind", None) is UpdateKind.PARTIAL]
    return [[word.text for word in update.words] for update in updates]


@pytest.mark.parametrize(("took_seconds", "hears_afresh"), [(0.0, True), (0.1, True), (0.16, False)])
def test_partial_text_is_given_what_is_committed_but_for_the_last_words(took_seconds, hears_afresh):
    stream, given_and_committed, committed = streaming(), [], 0
    for frame in frames([], [(6.0, True)]):
        stream.hear(frame)
        if (job := stream.next_job()) is not None:
            given_and_committed.append((len(job.lead.words) if job.lead else 0, committed))
            hypothesis = CountingTranscriber().transcribe(job.samples, job.effort, job.lead)
            for update in stream.done(job, hypothesis, took_seconds):
                committed = len(update.words) if update.kind is UpdateKind.COMMITTED else committed
    assert len(given_and_committed) >= 15
    assert committed >= 9
    expected = [max(0, before - 3) for _, before in given_and_committed]
    if hears_afresh:  # all of it, each third time
        expected[2::3] = [0] * len(expected[2::3])
    assert [words for words, _ in given_and_committed] == expected


def test_partial_text_behind_what_was_given_shows_all_of_the_utterance_at_its_time():
    out = play(them=[(0.5, False), (6.0, True)])
    shown = partial_words(out)
    assert all(words == [f"w{place}" for place in range(len(words))] for words in shown)
    assert [len(words) for words in shown] == sorted(len(words) for words in shown)
    assert len(shown[-1]) >= 11
    for update in out:
        times = [at for word in getattr(update, "words", ()) for at in (word.start_seconds, word.end_seconds)]
        assert times == sorted(times)


class Repeating(CountingTranscriber):
    """Behind a lead it finds nothing, or nothing that can be believed."""

    def __init__(self, found: str) -> None:
        super().__init__()
        self.found = found

    def transcribe(self, samples, effort, lead=None):
        heard = super().transcribe(samples, effort, lead)
        if lead is None:
            return heard
        return replace(heard, words=()) if self.found == "nothing" else replace(heard, no_speech_probability=0.9)


@pytest.mark.parametrize("found", ["nothing", "doubt"])
def test_where_what_is_given_leads_to_nothing_the_next_decode_hears_everything(found):
    stream, transcriber, shown = streaming(), Repeating(found), []
    for frame in frames([], [(8.0, True)]):
        stream.hear(frame)
        if (job := stream.next_job()) is not None:
            # Each decode is dear, so that none would hear everything by itself.
            shown += stream.done(job, transcriber.transcribe(job.samples, job.effort, job.lead), 0.2)
    given_words = [lead is not None for lead in transcriber.leads]
    assert given_words[-6:] in ([False, True] * 3, [True, False] * 3)
    assert len(partial_words(shown)[-1]) >= 15
    assert [len(words) for words in partial_words(shown)] == sorted(len(words) for words in partial_words(shown))


def test_cheap_is_what_hears_everything_not_what_is_led():
    stream, transcriber = streaming(), CountingTranscriber()
    for frame in frames([], [(8.0, True)]):
        stream.hear(frame)
        if (job := stream.next_job()) is not None:
            hypothesis = transcriber.transcribe(job.samples, job.effort, job.lead)
            stream.done(job, hypothesis, 0.1 if job.lead else 0.3)
    first_led = next(place for place, lead in enumerate(transcriber.leads) if lead)
    assert len(transcriber.leads) - first_led >= 10
    assert all(transcriber.leads[first_led:])


def test_without_spaces_between_words_nothing_is_given():
    class Japanese(CountingTranscriber):
        def transcribe(self, samples, effort, lead=None):
            return replace(super().transcribe(samples, effort, lead), language="ja")

    transcriber = Japanese()
    shown = partial_words(play(them=[(5.0, True)], transcriber=transcriber))
    assert len(shown[-1]) >= 9
    assert not any(transcriber.leads)


def test_what_is_given_does_not_end_a_sentence_and_is_shown_as_it_was_heard():
    class EndsEachWord(CountingTranscriber):
        def transcribe(self, samples, effort, lead=None):
            heard = super().transcribe(samples, effort, lead)
            return replace(heard, words=tuple(replace(word, text=word.text + ".") for word in heard.words))

    transcriber = EndsEachWord()
    shown = partial_words(play(them=[(5.0, True)], transcriber=transcriber))
    leads = [lead for lead in transcriber.leads if lead and len(lead.words) > 1]
    assert leads
    assert {lead.words[-1].text[-1] for lead in leads} & set(".,?!") == set()
    assert {word.text[-1] for lead in leads for word in lead.words[:-1]} == {"."}
    assert {word[-1] for words in shown for word in words} == {"."}


def test_an_expensive_utterance_does_not_slow_the_next_one():
    stream, heard = streaming(), []
    for frame in frames([], [(2.0, True), (1.0, False), (1.0, True)]):
        stream.hear(frame)
        stream.ready()
        if (job := stream.next_job()) is not None:
            stream.done(job, CountingTranscriber().transcribe(job.samples, job.effort, job.lead), 0.4)
            heard += [] if job.is_final else [job.utterance.end_seconds]
    first, second = [at for at in heard if at < 2.5], [at for at in heard if at > 2.5]
    assert min(np.diff(first)) > 0.6
    assert second[0] < 3.2  # not 0.6 s behind its beginning


def test_an_expensive_voice_does_not_slow_the_other_one():
    stream, steps = streaming(), {channel: [] for channel in Channel}
    for frame in frames([(5.0, True)], [(5.0, True)]):
        stream.hear(frame)
        if (job := stream.next_job()) is not None:
            took_seconds = 0.4 if job.utterance.channel is Channel.YOU else 0.05
            stream.done(job, CountingTranscriber().transcribe(job.samples, job.effort, job.lead), took_seconds)
            steps[job.utterance.channel].append(job.utterance.end_seconds)
    assert np.diff(steps[Channel.YOU]) == pytest.approx(0.68, abs=0.05)
    assert np.diff(steps[Channel.THEM]) == pytest.approx(0.2, abs=0.05)


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


def test_what_the_model_doubts_is_shown_when_it_is_final_only():
    transcriber = CountingTranscriber()
    likely = transcriber.transcribe
    transcriber.transcribe = lambda *sound: replace(likely(*sound), no_speech_probability=0.6)
    out = play(them=TALK, transcriber=transcriber)
    assert finals(out)[0].words
    assert not [item for item in out if getattr(item, "kind", None) in (UpdateKind.PARTIAL, UpdateKind.COMMITTED)]


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


def test_partials_can_be_left_out():
    transcriber = CountingTranscriber()
    out = play(them=TALK, transcriber=transcriber, shows_partials=False)
    assert set(transcriber.efforts) == {Effort.FINAL}
    assert len(finals(out)) == 1


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


def test_under_pressure_only_the_candidate_gets_partial_text_while_both_speak():
    stream = streaming()
    shown = set()
    for number, frame in enumerate(frames([(6.0, True)], [(6.0, True)])):
        stream.hear(frame)
        # A worker that has time once in 2.4 s.
        if number % 240 == 239 and (job := stream.next_job()) is not None:
            assert not job.is_final
            stream.done(job, CountingTranscriber().transcribe(job.samples, job.effort, job.lead))
            shown.add((number > 240, job.utterance.channel))
    assert (True, Channel.THEM) in shown
    assert (True, Channel.YOU) not in shown


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
