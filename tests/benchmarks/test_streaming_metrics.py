"""The measures behind the figures of the README, on histories made by hand."""

from __future__ import annotations

import math

import pytest

from assistant.values import Channel, UpdateKind, Word
from benchmarks.streaming import metrics
from benchmarks.streaming.metrics import Shown
from benchmarks.streaming.text import errors, tokens

PARTIAL, COMMITTED, FINAL = UpdateKind.PARTIAL, UpdateKind.COMMITTED, UpdateKind.FINAL


def spoken(text: str, start_seconds: float = 0.0, word_seconds: float = 0.5) -> tuple[Word, ...]:
    """Words of half a second, one after the other."""
    return tuple(
        Word(word, start_seconds + place * word_seconds, start_seconds + (place + 1) * word_seconds)
        for place, word in enumerate(text.split())
    )


def shown(kind: UpdateKind, text: str, at_seconds: float, utterance: int = 0, start_seconds: float = 0.0) -> Shown:
    words = spoken(text, start_seconds)
    return Shown(kind, Channel.THEM, utterance, start_seconds, at_seconds, words, at_seconds)


REFERENCE = tokens(spoken("we cut the costs"))  # ends at 0.5, 1.0, 1.5, 2.0
HISTORY = [
    shown(PARTIAL, "we", 0.7),
    shown(PARTIAL, "we got", 1.2),
    shown(PARTIAL, "We cut the", 1.8),
    shown(COMMITTED, "We", 1.8),
    shown(PARTIAL, "we cut the cost", 2.1),
    shown(COMMITTED, "We cut the cost", 2.2),
    shown(FINAL, "We cut the costs.", 2.5),
]


def test_a_word_is_shown_when_it_first_stands_there_correctly() -> None:
    seen = metrics.first_correct(REFERENCE, HISTORY)
    assert seen == {0: 0.7, 1: 1.8, 2: 1.8, 3: 2.5}
    assert metrics.delays(REFERENCE, seen) == pytest.approx([0.2, 0.8, 0.3, 0.5])


def test_a_stable_word_is_committed_or_final() -> None:
    assert metrics.first_correct(REFERENCE, HISTORY, metrics.is_stable) == {0: 1.8, 1: 2.2, 2: 2.2, 3: 2.5}


def test_a_word_that_is_never_right_has_no_delay() -> None:
    seen = metrics.first_correct(REFERENCE, HISTORY[:-1])
    assert 3 not in seen
    assert len(metrics.delays(REFERENCE, seen)) == 3


def test_a_repeated_word_is_not_taken_for_one_that_is_not_said_yet() -> None:
    reference = tokens(spoken("yeah yeah no yeah"))
    history = [shown(PARTIAL, "yeah", 0.6), shown(FINAL, "yeah yeah no yeah", 2.2)]
    assert metrics.first_correct(reference, history) == {0: 0.6, 1: 2.2, 2: 2.2, 3: 2.2}


def test_among_equal_words_the_nearest_in_time_is_meant() -> None:
    reference = tokens(spoken("so so so"))
    (late,) = tokens([Word("so", 1.0, 1.5)])
    assert metrics.matches(reference, [late]) == [(2, 0)]


def test_a_word_of_another_utterance_is_not_meant() -> None:
    reference = tokens([*spoken("right"), *spoken("right", 10.0)])
    history = [shown(PARTIAL, "right", 10.8, utterance=1, start_seconds=10.0)]
    assert metrics.first_correct(reference, history) == {1: 10.8}


def test_an_extra_word_does_not_move_the_rest() -> None:
    assert metrics.matches(REFERENCE, tokens(spoken("we had cut the costs"))) == [(0, 0), (1, 2), (2, 3), (3, 4)]


def test_words_with_a_guessed_time_are_left_out_of_delays_only() -> None:
    guessed = [Word("cut", 0.5, 1.0, 0.01), Word("the", 1.0, 1.5, 0.9)]
    reference = tokens(guessed, least_probability=0.05)
    seen = metrics.first_correct(reference, [shown(FINAL, "cut the", 1.7)])
    assert set(seen) == {0, 1}
    assert metrics.delays(reference, seen) == pytest.approx([0.2])


def test_the_last_words_of_turns_stand_before_a_silence() -> None:
    reference = tokens([*spoken("hello there"), *spoken("go on", 1.2), *spoken("well", 3.0)])
    assert metrics.last_of_turns(reference) == [3, 4]


def test_the_first_final_text_of_an_utterance_counts() -> None:
    history = [shown(FINAL, "we cut", 1.4), shown(FINAL, "we cut", 9.0), shown(FINAL, "", 12.0, utterance=1)]
    assert metrics.final_delays(history, lambda _: 1.0) == pytest.approx([0.4])
    assert metrics.final_delays(history, lambda _: 1.0, counts_empty=True) == pytest.approx([0.4, 11.0])


def test_the_end_of_speech_is_that_of_what_is_said_last_in_the_utterance() -> None:
    speech = [(0.0, 0.5), (0.5, 1.0), (1.6, 2.0)]
    assert metrics.end_of_speech(speech, shown(FINAL, "we cut", 1.1)) == 1.0
    assert metrics.end_of_speech(speech, shown(FINAL, "we", 1.95, start_seconds=1.2)) == 2.0


def test_the_end_of_speech_is_not_known_where_speech_goes_on_or_nothing_is_said() -> None:
    speech = [(0.0, 0.5), (0.5, 3.0)]
    assert metrics.end_of_speech(speech, shown(FINAL, "we", 1.1)) is None
    assert metrics.end_of_speech(speech, shown(FINAL, "we", 9.0, start_seconds=8.0)) is None


def test_erasure_counts_what_was_taken_back_and_all_behind_it() -> None:
    history = [shown(PARTIAL, "we got a", 1.0), shown(PARTIAL, "We cut a", 1.5), shown(FINAL, "we cut a lot", 2.0)]
    measured = metrics.steadiness(history)
    assert (measured.erased, measured.final) == (2, 4)


def test_committed_words_that_the_final_text_lacks_are_changed() -> None:
    measured = metrics.steadiness(HISTORY)
    assert (measured.committed, measured.changed) == (4, 1)


def test_a_committed_word_that_moved_is_not_changed() -> None:
    history = [shown(COMMITTED, "we cut the", 1.5), shown(FINAL, "So we cut the costs", 2.5)]
    assert metrics.steadiness(history).changed == 0


def test_a_committed_word_that_was_taken_back_before_the_final_is_changed() -> None:
    history = [shown(COMMITTED, "we got", 1.5), shown(COMMITTED, "we cut", 2.0), shown(FINAL, "we cut", 2.5)]
    measured = metrics.steadiness(history)
    assert (measured.committed, measured.changed) == (3, 1)


def test_an_utterance_that_is_taken_back_changes_all_that_was_committed() -> None:
    history = [shown(PARTIAL, "thank you", 1.0), shown(COMMITTED, "thank", 1.0), shown(FINAL, "", 2.0)]
    measured = metrics.steadiness(history)
    assert (measured.committed, measured.changed, measured.erased, measured.final) == (1, 1, 2, 0)


def test_stable_text_is_what_was_committed_completed_by_the_final() -> None:
    history = [shown(COMMITTED, "we got", 1.5), shown(FINAL, "we cut the costs", 2.5)]
    assert metrics.steadiness(history).stable_texts == ("we got the costs",)


def test_a_refined_text_counts_in_the_end_and_is_told_apart() -> None:
    history = [shown(FINAL, "we got costs", 1.0), shown(FINAL, "we cut costs", 3.0)]
    measured = metrics.steadiness(history)
    assert measured.replaced == 1
    assert [word.text for word in metrics.final_words(history)] == ["we", "cut", "costs"]


def test_final_words_stand_in_the_order_of_their_utterances() -> None:
    history = [shown(FINAL, "second", 5.0, utterance=2), shown(FINAL, "first", 6.0, utterance=1)]
    assert [word.text for word in metrics.final_words(history)] == ["first", "second"]


def test_words_where_nobody_speaks_are_invented() -> None:
    assert metrics.invented(spoken("you thank you", 10.0), [(0.0, 9.0), (11.0, 12.0)]) == 1


def test_what_never_reached_the_window_was_not_on_the_screen() -> None:
    history = [
        Shown(PARTIAL, Channel.THEM, 0, 0.0, 1.0, spoken("we"), 1.0, None),
        Shown(PARTIAL, Channel.THEM, 0, 0.0, 1.2, spoken("we cut"), 1.2, 1.25),
    ]
    assert [(s.text, s.at_seconds) for s in metrics.on_screen(history)] == [("we cut", 1.25)]


def test_shares_and_percentiles() -> None:
    values = [0.1, 0.2, 0.5, 0.9, 3.0]
    assert metrics.share_within(values, 0.5) == 0.6
    assert metrics.percentile(values, 0.5) == 0.5
    assert metrics.percentile(values, 0.95) == 3.0
    assert math.isnan(metrics.percentile([], 0.5))


def test_words_are_compared_as_one_normaliser_writes_them() -> None:
    assert [t.text for t in tokens(spoken("Um, I'm gonna"))] == ["i", "am", "going", "to"]
    assert errors("It's thirty five percent, um", "it is 35%").wrong == 0
    assert errors("a b c", "a x c d").wrong == 2
    assert (errors("a b", "").wrong, errors("a b", "").count) == (2, 2)


def test_a_number_of_several_words_is_one_with_the_time_of_all() -> None:
    made = tokens(spoken("a twenty eighteen Tesla"))
    assert [(t.text, t.start_seconds, t.end_seconds) for t in made] == [
        ("a", 0.0, 0.5),
        ("2018", 0.5, 1.5),
        ("tesla", 1.5, 2.0),
    ]
    assert [t.text for t in tokens(spoken("up 35 percent now"))] == ["up", "35%", "now"]
