from assistant.transcript.agreement import Agreement
from assistant.values import Word


def words(text: str) -> tuple[Word, ...]:
    return tuple(Word(word, i * 0.5, i * 0.5 + 0.4) for i, word in enumerate(text.split()))


def text(shown: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in shown)


def test_words_that_two_hypotheses_share_are_committed_but_never_the_last():
    agreement = Agreement()
    agreement.add(words("I increased"), 10.0)
    assert text(agreement.committed) == ""
    agreement.add(words("I increased revenue"), 10.0)
    assert text(agreement.committed) == "I increased"
    agreement.add(words("I increased revenue"), 10.0)
    assert text(agreement.committed) == "I increased"


def test_case_and_punctuation_do_not_count_as_a_difference():
    agreement = Agreement()
    agreement.add(words("Well. so we"), 10.0)
    agreement.add(words("Well, So we went"), 10.0)
    assert text(agreement.committed) == "Well, So we"


def test_words_near_the_end_of_the_sound_wait():
    agreement = Agreement()
    agreement.add(words("a b c d"), 1.9)
    agreement.add(words("a b c d e"), 1.9)  # c ends at 1.4, d at 1.9
    assert text(agreement.committed) == "a b c"


def test_a_changed_beginning_does_not_take_committed_words_back():
    agreement = Agreement()
    agreement.add(words("we ran a test"), 10.0)
    agreement.add(words("we ran a test on"), 10.0)
    shown = agreement.add(words("he ran a test on Monday"), 10.0)
    assert text(agreement.committed).startswith("we ran a test")
    assert text(shown) == "we ran a test on Monday"


def test_an_empty_hypothesis_shows_what_was_committed():
    agreement = Agreement()
    agreement.add(words("one two three"), 10.0)
    agreement.add(words("one two three"), 10.0)
    assert text(agreement.add((), 10.0)) == "one two"
