"""The main questions of a role: which come with the program, and which one an interviewer has just asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ReviewError
from assistant.review import question_sets
from assistant.values import Aspect

ONE = '[[question]]\ntext = "What did you plant?"\n'


def test_the_bundled_sets_cover_the_roles() -> None:
    roles = {"data", "design", "engineering", "health_care", "nursing", "product", "sales", "teaching"}
    assert set(question_sets.bundled_names()) == {"general", *roles}
    assert all(question_sets.bundled(role).follow_ups.layers for role in roles)


@pytest.mark.parametrize("name", question_sets.bundled_names())
def test_each_question_of_a_set_is_recognised_as_itself_also_without_marks(name: str) -> None:
    questions = question_sets.bundled(name)
    for index, question in enumerate(questions.questions):
        assert questions.asked_main_question(question.text) == index
        assert questions.asked_main_question(f"okay so {question.text.lower().rstrip('?.')}") == index


@pytest.mark.parametrize(
    ("name", "asked", "index"),
    [
        ("sales", "Could you walk me through a recent deal you closed?", 0),
        ("sales", "How much of that was inbound, and how much outbound?", 2),
        ("engineering", "And what was the root cause of it?", 1),
        ("nursing", "Have you ever had a near miss on the ward?", 3),
        ("general", "Looking back, is there anything you'd do differently?", 5),
        ("product", "Tell me about a time you had to say no to a feature.", 2),
        ("data", "And how did you validate the model?", 3),
        ("teaching", "How do you check for understanding in class?", 1),
        ("health_care", "Could you tell me about an adverse event?", 3),
        ("general", "Tell me about something you've worked on that you're really, really proud of.", 0),
        ("engineering", "So, uh, what's something you have worked on that you are proud of?", 0),
        ("data", "Tell me about something you're really proud of.", 0),
        ("nursing", "tell me about something you've worked on that you're really really proud of", 0),
        ("engineering", "Tell me about a project you're proud of.", 0),
        ("sales", "Which of those are you most proud of?", 0),
        ("general", "Give me an example of work you are proud of.", 0),
        ("data", "Okay, so describe a project you are proud of.", 0),
        ("product", "Can you share something you've worked on that you're proud of?", 0),
        ("general", "That's something to be proud of, what was your role in it?", 2),
        ("general", "Wow, you must be really proud of that work, how did you know that it worked?", 3),
    ],
)
def test_paraphrases_are_recognised(name: str, asked: str, index: int) -> None:
    assert question_sets.bundled(name).asked_main_question(asked) == index


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mm-hm.",
        "How are you?",
        "What?",
        "And how big was the team?",
        "Tell me more.",
        "You can be proud of that work.",
        "That sounds like something to be proud of.",
        "I'd be proud of that project, too.",
        "I can tell you're really proud of that project.",
        "You can be proud of what you've worked on.",
        "That's what I'd be most proud of, too.",
        "That's a significant improvement, thanks.",
        "Sorry, we have an incident, I have to go in ten minutes.",
        "We do a critique every Friday here.",
        "We say no a lot here.",
    ],
)
def test_other_words_ask_no_main_question(text: str) -> None:
    assert [question_sets.bundled(n).asked_main_question(text) for n in question_sets.bundled_names()] == [None] * 9


def test_a_set_of_the_users_own_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "gardener.toml"
    path.write_text(f'name = "Gardener"\n{ONE}covers = ["own_contribution"]\n', encoding="utf-8")
    own = question_sets.load(str(path))
    assert own.name == "Gardener" and own.questions[0].covers == (Aspect.OWN_CONTRIBUTION,)
    assert question_sets.load("sales") == question_sets.bundled("sales")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name = ", "not valid TOML"),
        ("name = " + "[" * 5000, "not valid TOML"),
        (ONE, "needs a `name`"),
        ('name = "X"\n', "no [[question]] entries"),
        (f'name = "X"\n{ONE}[[question]]\ncues = ["a"]\n', "entry 2 (line 4) needs a `text`"),
        (f'name = "X"\n{ONE}cue = ["a"]\n', "unknown key 'cue'"),
        (f'name = "X"\nfollowups = 1\n{ONE}', "unknown key 'followups'"),
        (f'name = "X"\nlanguage = "xx"\n{ONE}', "`language`"),
        (f'name = "X"\n{ONE}[[follow_up]]\naspect = "age"\n', "aspects are metric_definition"),
        (f'name = "X"\n{ONE}cues = "a"\n', "lists of texts"),
        (f'name = "X"\n{ONE}covers = ["age"]\n', "Aspects are metric_definition"),
        (f'name = "X"\n[[question]]\ntext = "{"long " * 40}?"\n', "at most 160 characters"),
        ('name = "X"\n[[question]]\ntext = "<b>Which dish?</b>"\n', "plain text"),
    ],
)
def test_what_is_wrong_with_a_set_is_said_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ReviewError, match="own set") as raised:
        question_sets.parse(text, "own set")
    assert said in str(raised.value)


def test_what_steers_a_layout_is_left_out_of_what_is_shown() -> None:
    own = question_sets.parse('name = "Chef\\u202e\\r"\n[[question]]\ntext = "Which\\u2028dish\\u202e?"\n', "own set")
    assert (own.name, own.questions[0].text) == ("Chef", "Which dish?")


def test_in_another_language_a_cue_is_heard_without_a_question_mark() -> None:
    german = f'name = "Gärtner"\nlanguage = "de"\n{ONE}cues = ["was gepflanzt"]\n'
    assert question_sets.parse(german, "own set").asked_main_question("und was haben sie da gepflanzt") == 0


def test_a_missing_set_names_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ReviewError, match="engineering"):
        question_sets.load("astronaut")
    with pytest.raises(ReviewError, match="can't be read"):
        question_sets.load(str(tmp_path / "none.toml"))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_taken(text: str) -> None:
    index = question_sets.bundled("engineering").asked_main_question(text)
    assert index is None or 0 <= index < 6
