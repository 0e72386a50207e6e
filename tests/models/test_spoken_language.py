from copy import copy

import numpy as np
import pytest

from assistant.languages import AUTO, UNSPACED_LANGUAGES, language_code, language_name, review_notice
from assistant.ports import Effort, Hypothesis, Lead
from assistant.values import Word
from models.decoding import decode
from models.known_speech import known_speech
from models.spoken_language import SpokenLanguage
from models.word_times import Heard, timed_words


def test_a_set_language_is_known_from_the_start():
    assert SpokenLanguage("de").known == "de"
    assert SpokenLanguage(AUTO).known is None


def test_the_first_sure_and_long_enough_final_settles_the_language():
    spoken = SpokenLanguage(AUTO)
    german = [("de", 0.95), ("en", 0.02)]
    assert spoken.hear([("nl", 0.6), ("de", 0.3)], 5.0, settles=True) == "nl"  # the best guess, but only for this
    assert spoken.hear([("cy", 0.4), ("en", 0.3)], 5.0, settles=True) == "en"  # it could be anything
    assert spoken.hear(german, 5.0, settles=False) == "de"  # text that will be replaced settles nothing
    assert spoken.hear(german, 1.0, settles=True) == "de"  # nor does a word or two
    assert spoken.known is None
    assert spoken.hear(german, 3.0, settles=True) == "de"
    assert spoken.known == "de"


@pytest.mark.parametrize(("code", "news"), [("de", "de"), ("en", "")])
def test_that_a_call_is_not_in_english_is_told_once(code, news):
    spoken = SpokenLanguage(AUTO)
    spoken.hear([(code, 0.95)], 3.0, settles=False)
    assert spoken.take_news() == ""
    spoken.hear([(code, 0.95)], 3.0, settles=True)
    assert [spoken.take_news(), spoken.take_news()] == [news, ""]
    assert SpokenLanguage("de").take_news() == ""


def listening(whisper, *guesses, glossary=()):
    """The model in a call whose language it hears: so sure of a language in each stretch."""
    call, coming = whisper.for_call("en", glossary), iter(guesses)
    call._spoken = SpokenLanguage(AUTO)
    call._hear_language = lambda heard, settles: call._spoken.hear([next(coming)], heard.seconds, settles)
    return call


def test_a_batch_tells_of_its_language_once(whisper):
    call = listening(whisper, ("de", 0.95))
    first, second = call.transcribe_all([np.zeros(16_000 * 3, np.float32)] * 2)
    assert (first.language, second.language) == ("de", "de")
    assert first.notice.startswith("Heard as German (de) from now on.")
    assert second.notice == ""


@pytest.mark.parametrize(("code", "decodes", "told"), [("de", 2, ""), ("ja", 1, "The glossary is not used: Japanese")])
def test_a_glossary_is_given_up_aloud_where_a_language_without_spaces_is_heard(
    whisper, monkeypatch, code, decodes, told
):
    counted = []
    monkeypatch.setattr("models.whisper.decode", lambda *given, **how: counted.append(1) or decode(*given, **how))
    call = listening(whisper, (code, 0.95), glossary=["Kantar"])
    tokenizer = copy(whisper._tokenizer("en"))
    tokenizer.language_code = code
    call._tokenizer = lambda _: tokenizer
    heard = call.transcribe(known_speech(), Effort.FINAL)
    assert len(counted) == decodes
    assert told in heard.notice
    assert ("glossary" in heard.notice) == bool(told)


def test_a_language_that_a_decode_has_heard_which_is_repeated_without_its_lead_is_told_too(whisper):
    call = listening(whisper, ("de", 0.95))
    lead = Lead(1.0, (Word("eins", 0.0, 0.4), Word("zwei", 0.5, 0.9)))
    said = [Hypothesis(lead.words, -0.3, 0.1, 1.0), Hypothesis((Word("drei", 0.0, 0.4),), -0.3, 0.1, 1.0)]
    call._said = lambda *_: [said.pop(0)]
    heard = call.transcribe(np.zeros(16_000 * 3, np.float32), Effort.FINAL, lead)
    assert [word.text for word in heard.words] == ["drei"]
    assert heard.notice.startswith("Heard as German (de) from now on.")


@pytest.mark.parametrize(
    ("guesses", "written_in"),
    [
        ([("de", 0.6), ("nl", 0.6), ("fr", 0.6)], "nl"),
        ([("de", 0.6), ("nl", 0.4), ("fr", 0.6)], "en"),
        ([("de", 0.6), ("nl", 0.9)], "nl"),
    ],
)
def test_a_batch_in_no_settled_language_is_written_in_what_its_longest_window_sounds_like(whisper, guesses, written_in):
    call, codes = listening(whisper, *guesses), set()
    call._tokenizer = lambda code: codes.add(code) or whisper._tokenizer("en")
    call.transcribe_all([np.zeros(round(16_000 * seconds), np.float32) for seconds in (1.5, 3.0, 1.0)])
    assert codes == {written_in}


@pytest.mark.parametrize("text", ["de", "DE", " de-AT ", "de_CH", "German", "german"])
def test_a_language_may_be_given_by_code_or_name(text):
    assert language_code(text) == "de"


@pytest.mark.parametrize("text", ["", "xx", "deutsch", "<|de|>", "e n"])
def test_what_is_no_language_is_refused_with_those_there_are(text):
    with pytest.raises(ValueError, match=r"is no language; give auto or one of af, am, .*zh"):
        language_code(text)


def test_that_only_english_is_reviewed_is_said_where_it_matters():
    assert review_notice("en") == ""
    assert "only; this call is transcribed in German" in review_notice("de")
    assert language_name("de") == "German (de)"


def test_an_english_only_model_says_what_it_can_not_do(whisper):
    assert whisper.for_call(AUTO, ()).notices == ()
    assert whisper.for_call("en", ()).notices == ()
    german = whisper.for_call("de", ())
    assert "knows English only" in german.notices[0]
    assert german.language == "en"


class Aligned:
    """An engine that has aligned these pieces, one in each 0.1 s."""

    def __init__(self, *pieces):
        self._pieces = pieces

    def find_alignment(self, *_):
        return [
            [
                {"word": piece, "tokens": [i], "start": i / 10, "end": (i + 1) / 10, "probability": 1.0}
                for i, piece in enumerate(self._pieces)
            ]
        ]


class Language:
    def __init__(self, code):
        self.language_code = code


def texts(code, *pieces):
    heard = Heard(np.zeros((1, 600, 8), np.float32), 10.0)
    words = timed_words(Aligned(*pieces), Language(code), heard, [1], 0.0)
    return [(word.text, word.start_seconds, word.end_seconds) for word in words]


def test_languages_without_spaces_come_in_phrases():
    assert "ja" in UNSPACED_LANGUAGES
    assert texts("ja", "今", "日", "は", "、", "いい", "天気", "。", "は", "い") == [
        ("今日は、", 0.0, 0.4),
        ("いい天気。", 0.4, 0.7),
        ("はい", 0.7, 0.9),
    ]
    assert len(texts("zh", *"很" * 50)) == 3


def test_numbers_and_percentages_stay_one_word():
    assert texts("en", " by", " 7", ",000", "%", ".", " 3", ".5", " million") == [
        ("by", 0.0, 0.1),
        ("7,000%.", 0.1, 0.5),
        ("3.5", 0.5, 0.7),
        ("million", 0.7, 0.8),
    ]
