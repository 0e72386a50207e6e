"""What a glossary may change, and what it can't."""

import re
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.glossary import LONGEST_TERM, MOST_TERMS, glossary_notice, split_terms, usable_terms
from assistant.plain import STEERING
from assistant.values import Word
from models.glossary import PROMPT_TOKENS, Glossary


class Letters:
    """A tokenizer that takes each character for a token."""

    eot = 0x110000

    def encode(self, text):
        return [ord(character) for character in text]


def words(text):
    return [Word(part, i * 0.5, i * 0.5 + 0.4, 0.9) for i, part in enumerate(text.split())]


def merged(terms, plain, prompted):
    return " ".join(word.text for word in Glossary(terms, Letters()).merged(words(plain), words(prompted)))


def test_a_term_replaces_what_was_heard_in_its_place():
    assert merged(["Kantar"], "a tracking with Cantar, of course", "a tracking with Kantar, of course") == (
        "a tracking with Kantar, of course"
    )
    assert merged(["Drumcondra"], "we do the drum can draw.", "we do the Drum Condra.") == "we do the Drumcondra."
    assert (
        merged(["Mrs. Dunn"], "what was missing. That's end", "what was Mrs. Dunn's end") == "what was Mrs. Dunn's end"
    )
    assert merged(["Revit"], "I did riveting my job", "I did revit in my job") == "I did Revit in my job"
    assert merged(["BCIS"], "the be see eye s one", "the BCIS one") == "the BCIS one"


def test_a_term_heard_with_other_capitals_is_written_as_it_was_given():
    assert merged(["GitHub", "Slack"], "github and slack.", "github and slack.") == "GitHub and Slack."


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("C++", "We use C++."), ("C#", "C# mostly, (C#)"), ("F#", "in F#,"), (".NET", 'the .NET team, ".NET"'),
        ("Yahoo!", "at Yahoo! in"), ("Ph.D.", "a Ph.D. in"), ("U.S.", "in the U.S., and"), ("(ISC)²", "an (ISC)² exam"),
        ("Inc.", "Acme Inc. was"), ("O'Reilly", "by O’Reilly's"), ("P&L", "my P&L."), ("हिन्दी", "मैं हिन्दी, बोलता हूँ।"),
        ("தமிழ்", "நான் தமிழ்."), ("A/B", "an A/B test"),
    ],
)  # fmt: skip
def test_a_term_that_was_heard_as_it_is_stays_with_its_own_punctuation_and_marks(term, text):
    assert merged([term], text, text) == text


def test_a_term_without_its_own_punctuation_gets_it():
    assert merged(["Yahoo!", "Ph.D.", "Node.js"], "Yahoo, a PhD. node js", "Yahoo, a PhD. node js") == (
        "Yahoo!, a Ph.D. Node.js"
    )


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        (["C++", "C#"], "I write C++ and C#, plain C and vitamin c."), ([".NET"], "Our net result... net of tax"),
        (["IT", "ID", "US", "OR", "IF"], "I liked it. It is us or them, if I'd say so."), (["HELL", "Hell"], "he'll"),
        (["Wont"], "I won't"), (["ITS"], "It's in its place"), (["दिल्ली"], "अच्छी दलील"), (["की"], "उसका काम"),
    ],
)  # fmt: skip
def test_another_word_of_the_same_letters_is_no_term(terms, text):
    assert merged(terms, text, text) == text


def test_a_term_of_capitals_or_with_signs_is_written_where_the_decode_that_was_told_it_writes_it_so():
    assert merged(["IT"], "I worked in it.", "I worked in IT.") == "I worked in IT."
    assert merged(["C++", "C#"], "I write C and C", "I write C# and C++") == "I write C# and C++"
    assert merged([".NET"], "the net team", "the .NET team") == "the .NET team"
    assert merged(["USA"], "in the USA", "in the U.S.A") == "in the USA"


def test_a_term_of_capitals_that_is_no_ordinary_word_is_known_in_any_case():
    heard = "At Nasa with sql, b2b."
    assert merged(["NASA", "SQL", "B2B"], heard, heard) == "At NASA with SQL, B2B."


def test_several_terms_in_one_place_cost_no_word_around_them():
    terms = ["Kubernetes", "Terraform", "Kafka"]
    prompted = "we use Kubernetes, Terraform is really good for us"
    assert merged(terms, "we use cuban eddies tera form is really good for us", prompted) == prompted
    assert merged(terms, "we use kubernettesterraforms is really good for us", prompted) == prompted
    assert merged(terms, "caf car then so we had all of that tera form", "Kafka first, Terraform") == (
        "Kafka then so we had all of that Terraform"
    )


def test_only_terms_are_taken_from_the_decode_that_was_told_them():
    assert merged(["Kantar"], "we had ten people", "we had two people") == "we had ten people"


def test_a_term_that_stands_for_nothing_is_not_taken():
    assert merged(["Kantar"], "of course", "of course Kantar") == "of course"
    assert merged(["Kantar"], "", "Kantar Kantar") == ""


def test_a_term_that_sounds_like_nothing_said_there_is_not_taken():
    assert merged(["Kubernetes"], "we gave up on it", "we gave Kubernetes it") == "we gave up on it"


def test_without_terms_nothing_changes():
    assert merged([], "of course", "Kantar") == "of course"
    assert Glossary([], Letters()).prompt == ()


def test_a_prompt_never_outgrows_the_model():
    glossary = Glossary([f"term{i:03}" for i in range(100)], Letters())
    assert 0 < len(glossary.terms) < 100
    assert len(glossary.prompt) <= PROMPT_TOKENS


spoken = st.lists(st.sampled_from(["Kantar", "cantar", "Drum", "Condra", "drum", "can", "draw", "yes.", "7", "ok"]))


@example(["cantar"] * 3, ["Kantar"])
@given(spoken, spoken)
def test_times_stay_in_order_and_inside_what_was_heard(plain, prompted):
    before, after = words(" ".join(plain)), words(" ".join(prompted))
    result = Glossary(["Kantar", "Drumcondra"], Letters()).merged(before, after)
    assert bool(result) == bool(before)
    assert all(word.start_seconds <= word.end_seconds for word in result)
    assert all(one.end_seconds <= other.start_seconds + 1e-9 for one, other in pairwise(result))
    if before:
        assert result[0].start_seconds == before[0].start_seconds
        assert result[-1].end_seconds == before[-1].end_seconds


def test_hostile_terms_are_cleaned_or_left_out_and_that_is_said():
    given_terms = [
        "Aoife",
        "aoife",
        "<|endoftext|>",
        "x\x00\x1b[31m\u202eevil",
        "B" * 5000,
        "one two three four five six",
        "",
    ]
    usable = usable_terms(given_terms)
    assert usable == ("Aoife", "x[31mevil")
    assert "2 of the glossary's" in glossary_notice(given_terms, len(usable), "en")
    assert glossary_notice(["Aoife", "Kantar"], 2, "en") == ""


def test_a_glossary_for_a_language_without_spaces_is_not_used_and_that_is_said():
    assert "The glossary is not used: Japanese" in glossary_notice(["Kantar"], 1, "ja")
    assert glossary_notice([], 0, "ja") == ""


@given(st.lists(st.text(max_size=60), max_size=200))
def test_usable_terms_are_few_short_and_harmless(given_terms):
    usable = usable_terms(given_terms)
    assert len(usable) <= MOST_TERMS
    assert all(0 < len(term) <= LONGEST_TERM and "<|" not in term for term in usable)
    assert not any(re.search(f"[{STEERING}\n\r\t]", term) for term in usable)


def test_a_list_of_terms_is_divided_by_commas_of_any_script_and_lines():
    assert split_terms("阿里巴巴、腾讯，百度；京东") == ["阿里巴巴", "腾讯", "百度", "京东"]
    assert split_terms("أرامكو، سابك") == ["أرامكو", "سابك"]
    assert split_terms("Aoife, Mrs. Dunn;\nP&L\r\n\n") == ["Aoife", "Mrs. Dunn", "P&L"]
