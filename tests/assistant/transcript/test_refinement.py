"""Which finals are heard once more, when, and what becomes of their text, without threads and without a model."""

from dataclasses import replace

import numpy as np
import pytest

from assistant.ports import Effort, Hypothesis
from assistant.speech.listener import Utterance
from assistant.transcript.finals import Locked, final_of
from assistant.transcript.jobs import Job
from assistant.transcript.pressure import Rung
from assistant.transcript.refinement import KEPT_UTTERANCES, OLDEST_SECONDS, Refined, Refinement
from assistant.values import SAMPLE_RATE_HZ, Channel, Word
from tests.assistant.transcript.test_streaming import finals, frames, play, streaming
from tests.fakes import CountingTranscriber

DOUBTED, SURE, SURER = -0.9, -0.3, -0.2  # average log-probabilities


class Doubting(CountingTranscriber):
    """Doubts every final, and is surer of other words when it hears one once more."""

    def __init__(self, second: str = "better", again: float = SURER) -> None:
        super().__init__()
        self.jobs: list[Job] = []
        self.average = DOUBTED
        self._second = second
        self._again = again

    def hear(self, job: Job) -> Hypothesis:
        self.jobs.append(job)
        heard = self.transcribe(job.samples, job.effort, job.lead)
        words = heard.words
        if job.is_refinement:
            own = round(len(job.utterance.samples) / SAMPLE_RATE_HZ / 0.5)
            said = [replace(word, text=self._second) for word in words[:own]]
            after = [replace(word, text=f"w{place}") for place, word in enumerate(words[own:])]
            words = (*(said if self._second else ()), *after)
        return replace(heard, words=words, average_log_probability=self._again if job.is_refinement else self.average)

    @property
    def again(self) -> list[int]:
        """Numbers of the utterances that were heard once more."""
        return [job.number for job in self.jobs if job.is_refinement]


def run(transcriber, you=(), them=(), every=1, stream=None) -> list:
    """Play a scene to its end; the worker gets its turn after every `every`th frame."""
    stream = stream or streaming(refines=True, shows_partials=False)
    out: list = []
    for number, frame in enumerate(frames(list(you), list(them))):
        stream.hear(frame)
        if number % every == 0:
            out += _work(stream, transcriber)
    stream.finish()
    return out + _work(stream, transcriber)


def _work(stream, transcriber) -> list:
    out: list = []
    while (job := stream.next_job()) is not None:
        out += stream.done(job, transcriber.hear(job))
        out += stream.ready()[0]
    return out + stream.ready()[0]


def refined(out: list) -> list[Refined]:
    return [event for event in out if isinstance(event, Refined)]


TWO = [(2.0, True), (1.0, False), (2.0, True), (2.0, False)]


def test_a_doubted_final_is_heard_once_more_between_its_neighbours():
    transcriber = Doubting()
    out = run(transcriber, them=[(2.0, True), (0.8, False), *TWO])
    (job, *_) = [job for job in transcriber.jobs if job.is_refinement and job.number == 1]
    assert job.effort is Effort.FINAL
    assert job.lead is not None and [word.text for word in job.lead.words] == ["better"] * 4  # that was refined first
    own_seconds = len(job.samples) / SAMPLE_RATE_HZ - job.lead.seconds
    assert own_seconds > 4.0  # with what follows behind it
    assert [event.update.utterance for event in refined(out)] == [0, 1]
    (event, _) = refined(out)
    assert event.update.text == "better better better better"
    assert event.before is finals(out)[0]
    assert event.update.end_seconds == event.before.end_seconds


def test_each_is_heard_once_more_only_once_whatever_comes_of_it():
    for transcriber in (Doubting(), Doubting(again=DOUBTED)):
        run(transcriber, them=[*TWO, (4.0, False)])
        assert transcriber.again == [0]


def test_what_is_not_doubted_is_left_alone():
    transcriber = Doubting()
    transcriber.average = SURE
    run(transcriber, them=[*TWO, (5.0, False)])
    assert transcriber.again == []


def test_the_last_one_waits_for_what_follows():
    transcriber = Doubting()
    run(transcriber, them=[(2.0, True), (4.0, False)])
    assert transcriber.again == []


@pytest.mark.parametrize("you", [[(7.0, True)], [(1.0, True), (0.7, False)] * 4])
def test_nothing_is_heard_once_more_while_anybody_speaks(you):
    transcriber = Doubting()
    out = run(transcriber, them=[(2.0, True), (0.6, False), (2.0, True), (0.4, False)], you=[(4.0, False), *you])
    assert transcriber.again == []
    assert refined(out) == []


def test_a_place_for_it_that_comes_too_late_holds_nothing_back():
    """The worker was busy; somebody speaks by the time it could hear once more."""
    transcriber, stream = Doubting(), streaming(refines=True, shows_partials=False)
    quiet = [*TWO, (1.0, True), (1.0, False)]
    out: list = []
    for number, frame in enumerate(frames([], quiet)):
        stream.hear(frame)
        if not 5.7 < number / 2 * 0.02 < 7.3:  # both are silent from 5.2 to 7 s
            out += _work(stream, transcriber)
    *locked, again = [event for event in out if isinstance(event, Locked | Refined)]
    assert [event.update.utterance for event in locked] == [0, 1, 2]
    assert isinstance(again, Refined) and again.at_seconds > 8.0  # in the next silence
    assert stream.ready()[1] == pytest.approx(9.0, abs=0.1)


def test_it_does_not_depend_on_how_often_the_worker_looks():
    scene = [(2.0, True), (1.0, False), (2.0, True), (1.6, False), (3.0, True), (0.7, False), (1.0, True), (2.0, False)]
    outs = [run(Doubting(), them=scene, every=every) for every in (1, 2, 5)]
    texts = [[event.update for event in refined(out)] for out in outs]
    assert texts[0] and texts[0] == texts[1] == texts[2]


def test_events_stay_in_the_order_of_the_clock():
    out = run(Doubting(), them=[*TWO, *TWO], you=[(5.2, False), (1.0, True), (3.0, False)])
    times = [event.at_seconds for event in out if hasattr(event, "at_seconds")]
    assert times == sorted(times)


@pytest.mark.parametrize(
    "transcriber",
    [
        Doubting(second=""),  # nothing is left of it
        Doubting(second="better", again=-1.0),  # less likely than before
    ],
)
def test_a_text_that_is_no_better_changes_nothing(transcriber):
    out = run(transcriber, them=[*TWO, (2.0, False)])
    assert transcriber.again == [0]
    assert refined(out) == []


def test_the_same_words_change_nothing():
    class Same(Doubting):
        def hear(self, job):
            heard = self.transcribe(job.samples, job.effort, job.lead)
            self.jobs.append(job)
            return replace(heard, average_log_probability=DOUBTED)

    transcriber = Same()
    out = run(transcriber, them=[*TWO, (2.0, False)])
    assert transcriber.again == [0] and refined(out) == []


def test_nonsense_and_a_decode_that_stops_before_what_follows_change_nothing():
    for changed in ({"compression_ratio": 3.0}, {"words": (Word("better", 0.0, 1.0),)}):

        class Lost(Doubting):
            def hear(self, job, changed=changed):
                heard = super().hear(job)
                return replace(heard, **changed) if job.is_refinement else heard

        transcriber = Lost()
        out = run(transcriber, them=[*TWO, (2.0, False)])
        assert transcriber.again == [0] and refined(out) == []


def test_a_refined_text_leads_the_next_utterance():
    class Pressed:
        rung = Rung.GREEDY_FINALS

        def feel(self, waiting_seconds):
            """It is said by the test."""

    stream, transcriber = streaming(refines=True, shows_partials=False), Doubting()
    stream._pressure = Pressed()
    for number, frame in enumerate(frames([], [(2.0, True), (1.5, False), (2.0, True), (1.0, False)])):
        if number / 2 * 0.02 > 2.6:
            Pressed.rung = Rung.FREE
        stream.hear(frame)
        _work(stream, transcriber)
    assert transcriber.again[0] == 0  # decoded in haste, so it does not wait for what follows
    leads = [job.lead for job in transcriber.jobs if job.number == 1]
    assert [word.text for word in leads[-1].words] == ["better"] * 4


def test_hasty_finals_are_heard_once_more_when_the_worker_has_caught_up():
    stream, transcriber = streaming(refines=True, shows_partials=False), Doubting()
    transcriber.average = SURE
    scene = [(2.0, True), (1.0, False)] * 4
    for frame in frames([], scene):
        stream.hear(frame)
    out = _work(stream, transcriber)  # late: 8 s and more behind
    hasty = [job.number for job in transcriber.jobs if job.effort is Effort.HASTY]
    assert hasty and refined(out) == []
    for number, frame in enumerate(frames([], [(6.0, False)])):
        stream.hear(replace(frame, start_seconds=12.0 + number // 2 * 0.02))
        out += _work(stream, transcriber)
    assert transcriber.again == hasty
    assert {event.update.utterance for event in refined(out)} == set(hasty)


def test_it_can_be_left_out():
    transcriber = Doubting()
    run(transcriber, them=[*TWO, (5.0, False)], stream=streaming(refines=False, shows_partials=False))
    assert transcriber.again == []


def test_partials_and_finals_are_the_same_without_it():
    scene = [(2.0, True), (1.0, False), (1.0, True), (3.0, False)]
    assert play(them=scene, refines=True) == play(them=scene)


def note(refinement: Refinement, number: int, at_seconds: float, seconds: float = 1.0, **changed) -> Utterance:
    samples = np.zeros(round(seconds * SAMPLE_RATE_HZ), np.float32)
    utterance = Utterance(Channel.THEM, at_seconds, at_seconds + seconds, samples)
    hypothesis = replace(Hypothesis((Word("word", 0.0, 0.5),), DOUBTED, 0.1, 1.0), **changed)
    refinement.note(utterance, final_of(number, utterance, hypothesis), hypothesis, Effort.FINAL)
    return utterance


def test_what_is_old_long_or_empty_is_left_alone():
    refinement = Refinement()
    note(refinement, 0, 0.0)
    note(refinement, 1, 1.5)
    assert refinement.choose(2.6 + OLDEST_SECONDS) is None
    note(refinement, 2, 100.0, seconds=13.0)
    note(refinement, 3, 113.5)
    note(refinement, 4, 115.0, words=())
    note(refinement, 5, 120.0)
    chosen = refinement.choose(125.0)
    assert chosen is not None and chosen.number == 3
    assert refinement.choose(125.0) is None


def test_a_long_call_costs_no_more_memory_than_a_short_one():
    refinement = Refinement()
    kept = [note(refinement, number, number * 1.5) for number in range(100)]
    held = [one.utterance for row in refinement._kept.values() for one in row]
    assert held == kept[-KEPT_UTTERANCES:]


def test_text_is_locked_once_and_refined_text_is_no_second_lock():
    out = run(Doubting(), them=[*TWO, (3.0, False)])
    assert [event.update.utterance for event in out if isinstance(event, Locked)] == [0, 1]
