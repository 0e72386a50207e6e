from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.corrections import corrected_words
from assistant.values import Word

_texts = st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=6), max_size=12)


def heard(*texts: str) -> tuple[Word, ...]:
    return tuple(Word(text, 10.0 + index, 10.8 + index, 0.5) for index, text in enumerate(texts))


def times(words: tuple[Word, ...]) -> list[tuple[str, float, float]]:
    return [(word.text, word.start_seconds, word.end_seconds) for word in words]


def test_a_word_that_was_heard_so_keeps_its_time_and_takes_the_new_spelling() -> None:
    words = corrected_words(heard("we", "moved", "to", "kubernetes."), "We moved to Kubernetes!")
    assert times(words) == [("We", 10, 10.8), ("moved", 11, 11.8), ("to", 12, 12.8), ("Kubernetes!", 13, 13.8)]


def test_words_that_replace_others_share_their_time_by_length() -> None:
    words = corrected_words(heard("the", "order", "manage", "system"), "the OMS management system")
    assert times(words)[0] == ("the", 10, 10.8) and times(words)[-1] == ("system", 13, 13.8)
    assert [word.start_seconds for word in words[1:3]] == [11.0, 11.415] and words[2].end_seconds == 12.8


def test_an_added_word_lasts_no_time_and_a_removed_one_moves_nothing() -> None:
    words = corrected_words(heard("it", "is", "um", "fast"), "it is not very fast")
    assert times(words)[:2] == [("it", 10, 10.8), ("is", 11, 11.8)] and times(words)[-1] == ("fast", 13, 13.8)
    assert times(corrected_words(heard("it", "fast"), "it is fast"))[1] == ("is", 11, 11)


@given(_texts, _texts)
def test_any_correction_reads_as_written_within_the_time_of_what_was_heard(old: list[str], new: list[str]) -> None:
    before = heard(*old)
    words = corrected_words(before, " ".join(new))
    assert " ".join(word.text for word in words) == " ".join(new)
    bounds = [time for word in words for time in (word.start_seconds, word.end_seconds)]
    assert bounds == sorted(bounds)
    if before and words:
        assert before[0].start_seconds <= bounds[0] and bounds[-1] <= before[-1].end_seconds
