from hypothesis import given
from hypothesis import strategies as st

from assistant.transcript.agreement import Agreement, same
from assistant.values import Word


def words(text: str) -> tuple[Word, ...]:
    return tuple(Word(word, i * 0.5, i * 0.5 + 0.4) for i, word in enumerate(text.split()))


def text(shown: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in shown)


def test_words_that_two_hypotheses_share_are_committed_but_never_the_last():
    agreement = Agreement()
    agreement.add(words("I increased"))
    assert text(agreement.committed) == ""
    agreement.add(words("I increased revenue"))
    assert text(agreement.committed) == "I increased"
    agreement.add(words("I increased revenue"))
    assert text(agreement.committed) == "I increased"


def test_case_and_punctuation_do_not_count_as_a_difference():
    agreement = Agreement()
    agreement.add(words("Well. so we"))
    agreement.add(words("Well, So we went"))
    assert text(agreement.committed) == "Well, So we"


def test_a_vowel_that_is_written_as_a_mark_is_a_difference():
    agreement = Agreement()
    agreement.add(words("उस की बात"))
    agreement.add(words("उस का बात थी"))
    assert text(agreement.committed) == "उस"


def test_words_of_punctuation_alone_are_compared_as_they_are():
    assert same(Word("...", 0.0, 0.1), Word("...", 0.0, 0.1))
    assert not same(Word("...", 0.0, 0.1), Word("?", 0.0, 0.1))


def test_a_changed_beginning_does_not_take_committed_words_back():
    agreement = Agreement()
    agreement.add(words("we ran a test"))
    agreement.add(words("we ran a test on"))
    shown = agreement.add(words("he ran a test on Monday"))
    assert text(agreement.committed).startswith("we ran a test")
    assert text(shown) == "we ran a test on Monday"


def test_an_empty_hypothesis_shows_what_was_committed():
    agreement = Agreement()
    agreement.add(words("one two three"))
    agreement.add(words("one two three"))
    assert text(agreement.add(())) == "one two"


def test_a_word_heard_anew_within_the_committed_ones_is_not_shown_twice():
    agreement = Agreement()
    agreement.add(words("we used radius for the cache"))
    agreement.add(words("we used radius for the cache and"))
    shown = agreement.add(words("we have used redis for the cache and it"))
    assert text(shown) == "we used radius for the cache and it"


WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=8).map(lambda found: words(" ".join(found)))


@given(st.lists(WORDS, max_size=6))
def test_committed_words_never_change_and_are_always_shown_first(hypotheses):
    agreement = Agreement()
    for hypothesis in hypotheses:
        before = agreement.committed
        shown = agreement.add(hypothesis)
        assert agreement.committed[: len(before)] == before
        assert shown[: len(agreement.committed)] == agreement.committed


@given(WORDS)
def test_a_hypothesis_that_is_heard_twice_is_committed_but_for_its_last_word(hypothesis):
    agreement = Agreement()
    agreement.add(hypothesis)
    assert agreement.add(hypothesis) == hypothesis
    assert agreement.committed == hypothesis[:-1]
