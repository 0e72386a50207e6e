"""Which open utterance gets partial text next, what its decode is given, and what is shown of it."""

from dataclasses import replace

import numpy as np
import pytest

from assistant.ports import Effort
from assistant.values import Channel, UpdateKind, Word
from tests.assistant.transcript.playing import TALK, finals, frames, partial_words, play, streaming
from tests.fakes import FRAME_SECONDS, CountingTranscriber


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
        if self.found == "doubt":
            return replace(heard, no_speech_probability=0.9)
        return replace(heard, words={"nothing": (), "a point": (Word(".", 0.0, 0.1),)}.get(self.found, heard.words[:2]))


@pytest.mark.parametrize("found", ["nothing", "doubt", "a point", "what is committed"])
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


def test_what_has_led_to_nothing_is_heard_again_at_once_and_a_final_that_comes_first_is_shown():
    stream, transcriber, job = streaming(), Repeating("nothing"), None
    for frame in frames([], [(5.0, True), (0.2, False)]):
        stream.hear(frame)
        job = stream.next_job()
        if job is None:
            continue
        if job.lead is not None and job.utterance.end_seconds > 4.0:
            break
        stream.done(job, transcriber.transcribe(job.samples, job.effort, job.lead), 0.2)
    assert job is not None
    assert stream.done(job, replace(transcriber.transcribe(job.samples, job.effort), words=()), 0.2) == []
    again = stream.next_job()
    assert again is not None
    assert again.lead is None
    final = replace(again, is_final=True, effort=Effort.FINAL)
    shown = stream.done(final, CountingTranscriber().transcribe(again.samples, Effort.FINAL))
    assert UpdateKind.PARTIAL in [update.kind for update in shown]


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
            return replace(super().transcribe(samples, effort, lead), written_in="ja")

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


def test_what_the_model_doubts_is_shown_when_it_is_final_only():
    transcriber = CountingTranscriber()
    likely = transcriber.transcribe
    transcriber.transcribe = lambda *sound: replace(likely(*sound), no_speech_probability=0.6)
    out = play(them=TALK, transcriber=transcriber)
    assert finals(out)[0].words
    assert not [item for item in out if getattr(item, "kind", None) in (UpdateKind.PARTIAL, UpdateKind.COMMITTED)]


def test_partials_can_be_left_out():
    transcriber = CountingTranscriber()
    out = play(them=TALK, transcriber=transcriber, shows_partials=False)
    assert set(transcriber.efforts) == {Effort.FINAL}
    assert len(finals(out)) == 1


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
