"""The follow-up bank: what ships, what a team's own file may get wrong, and which follow-ups a call asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ReviewError
from assistant.review import emptiness, question_sets
from assistant.review.follow_ups import follow_ups_of
from assistant.review.opinion import UNSAID
from assistant.review.questions import QuestionBank, bundled_text
from assistant.review.wording import MAX_CHARACTERS, problem
from assistant.values import Aspect, ClaimKind

GOOD = '[[question]]\nkind = "vague"\naspect = "result"\nwhy = "Why not."\ntext = ["What came of “{quote}”?"]\n'


def texts(bank: QuestionBank, kind: ClaimKind, aspect: Aspect, number: str = "", quote: str = "it") -> list[str]:
    return [question.text for question in bank.candidates(kind, "", (aspect,), number, quote)]


def test_every_finding_has_a_question_for_something_that_it_leaves_open() -> None:
    bank = QuestionBank.bundled()
    for pattern in emptiness._patterns():
        assert list(bank.candidates(ClaimKind.VAGUE, pattern.name, pattern.missing, "", "it"))


def test_words_are_put_in_and_what_would_be_too_long_is_left_out() -> None:
    bank = QuestionBank.parse(GOOD, "own")
    assert texts(bank, ClaimKind.VAGUE, Aspect.RESULT, quote="it went well") == ["What came of “it went well”?"]
    assert texts(bank, ClaimKind.VAGUE, Aspect.RESULT, quote="x" * MAX_CHARACTERS) == []
    assert texts(bank, ClaimKind.VAGUE, Aspect.BASELINE) == []
    assert texts(bank, ClaimKind.NUMBER_ONLY, Aspect.RESULT) == []


def test_an_entry_without_a_kind_fits_claims_and_untouched_parts_of_the_story() -> None:
    bank = QuestionBank.parse(GOOD.replace('kind = "vague"\n', "").replace("“{quote}”", "it"), "own")
    for kind in ClaimKind:
        assert texts(bank, kind, Aspect.RESULT) == ["What came of it?"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("vague", "silly"), "silly"),
        (('"result"', '"outcome"'), "outcome"),
        (("{quote}", "{name}"), "{name}"),
        (("”?", "”."), "question mark"),
        (("What came", "What " + "so " * 40 + "came"), str(MAX_CHARACTERS)),
        (("why = ", "because = "), "because"),
        (('why = "Why not."\n', ""), "why"),
        (('"Why not."', f'"{"so " * 60}"'), "why"),
        (("[[question]]", "[question"), "TOML"),
        (("[[question]]", "[[questions]]"), "questions"),
        (("[[question]]", "x = " + "9" * 5000 + "\n[[question]]"), "TOML"),
        (('["What came of “{quote}”?"]', '"What?"'), "list"),
        (('kind = "vague"', 'kind = "vague"\non = ["percentages"]'), "'percentages'"),
        (('kind = "vague"', 'kind = "vague"\non = ["age"]'), "'age'"),
        (('kind = "vague"', 'kind = "vague"\non = ["percentage"]'), "never be asked"),
        (('kind = "vague"', 'kind = "vague"\non = ["difficulty"]'), "lacks result"),
        (('kind = "vague"', 'kind = "number_only"'), "never be asked"),
        (('kind = "vague"', 'kind = "aspect"'), "never be asked"),
        (("“{quote}”", "that {number}"), "never be asked"),
        (("“{quote}”", f"{'that ' * 14}{{quote}}"), str(MAX_CHARACTERS)),
        (("What came of “{quote}”?", "It went well?"), "puts the answer"),
        (("[[question]]", 'language = "klingon"\n[[question]]'), "'klingon'"),
        (("[[question]]", 'with_built_in = "no"\n[[question]]'), "true or false"),
        (("What came of", "Didn't it come of"), "didn't"),
        (("What came of", "What, idiot, came of"), "idiot"),
        (("What came of", "<b>What</b> came of"), "'<'"),
        (("What came of", "What\\u202e came of"), "not seen"),
    ],
)
def test_what_is_wrong_in_a_bank_is_named_with_its_place(change: tuple[str, str], says: str) -> None:
    with pytest.raises(ReviewError, match=r"^own") as error:
        QuestionBank.parse(GOOD.replace(*change), "own")
    assert says in str(error.value)


def test_an_entry_may_be_for_what_only_the_sentence_model_sees() -> None:
    entry = GOOD.replace('kind = "vague"', 'kind = "vague"\non = ["nothing to check"]')
    bank = QuestionBank.parse(entry, "own")
    (found,) = bank.candidates(ClaimKind.VAGUE, "nothing to check", UNSAID, "", "it")
    assert found.text == "What came of “it”?"


def test_the_line_of_a_wrong_entry_is_said() -> None:
    with pytest.raises(ReviewError, match=r"entry 2 \(line 6\)"):
        QuestionBank.parse(GOOD + GOOD.replace("vague", "silly"), "own")


# --- what is read aloud ---


@pytest.mark.parametrize(
    "question",
    [
        "So you did that all by yourself?",
        "Don't you think that was luck?",
        "That was the marketing team, wasn't it?",
        "Surely the market grew, too?",
        "Is that really true, or did you make it up?",
        "Why didn't you measure it?",
        "Seriously, 40%?",
        "Are you married, by the way?",
        "How old were you then?",
        "What is your religion?",
        "**What** came of it?",
        "See https://example.com, what came of it?",
        "What came of it?\nAnd then?",
        "- What came of it?",
        "What came of it\u200b?",
        "What came of it\U000e0041?",
        "It went well.",
        "",
    ],
)
def test_what_nobody_should_read_aloud_is_refused(question: str) -> None:
    assert problem(question)


def test_open_questions_pass() -> None:
    own = [f for name in question_sets.bundled_names() for f in question_sets.bundled(name).follow_ups.layers]
    texts = [text for layer in (*own, *QuestionBank.bundled().layers) for entry in layer for text in entry.texts]
    assert len(texts) > 80
    for text in (*texts, "What goes into that, and what doesn't?", "Did people use it, and how do you know?"):
        assert not problem(text.replace("{number}", "7000%").replace("{quote}", "it went well")), text


def test_the_forms_count_in_every_language_and_the_words_in_english() -> None:
    assert not problem("Was war vorher, und wie wurde es gemessen?", "de")
    assert problem("Was war <b>vorher</b>?", "de")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120))
def test_any_text_is_judged_and_any_file_is_read_or_refused(text: str) -> None:
    problem(text)
    with pytest.raises(ReviewError):
        QuestionBank.parse(text, "own")


# --- which follow-ups a call asks ---


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_the_teams_own_come_first_and_the_built_in_ones_where_they_have_none(own: Path) -> None:
    bank, problems = follow_ups_of("general", str(own))
    assert problems == ()
    built_in = texts(QuestionBank.bundled(), ClaimKind.VAGUE, Aspect.RESULT)
    assert texts(bank, ClaimKind.VAGUE, Aspect.RESULT) == ["What came of “it”?", *built_in]
    assert texts(bank, ClaimKind.NUMBER_ONLY, Aspect.BASELINE, "7%")
    own.write_text(f"with_built_in = false\n{GOOD}", encoding="utf-8")
    bank, _ = follow_ups_of("general", str(own))
    assert texts(bank, ClaimKind.NUMBER_ONLY, Aspect.BASELINE, "7%") == []


def test_those_of_the_role_come_before_all_others(tmp_path: Path, own: Path) -> None:
    role = tmp_path / "chef.toml"
    follow_up = '[[follow_up]]\naspect = "result"\nwhy = "Open."\ntext = ["Who ate it?"]\n'
    role.write_text(f'name = "Chef"\n[[question]]\ntext = "Which dish?"\n{follow_up}', encoding="utf-8")
    bank, problems = follow_ups_of(str(role), str(own))
    assert problems == ()
    assert texts(bank, ClaimKind.VAGUE, Aspect.RESULT)[:2] == ["Who ate it?", "What came of “it”?"]
    assert texts(bank, ClaimKind.ASPECT, Aspect.RESULT)[0] == "Who ate it?"
    role.write_text(role.read_text(encoding="utf-8").replace("ate it?", "ate it"), encoding="utf-8")
    with pytest.raises(ReviewError, match=r"follow_up\]\] entry 1 \(line 4\).*question mark"):
        question_sets.load(str(role))


@pytest.mark.parametrize("broken", ["oops", None, 'language = "de"\n' + GOOD, "#" * (2 << 20)])
def test_what_can_not_be_used_is_left_out_and_said(own: Path, broken: str | None) -> None:
    if broken is None:
        own.unlink()
    else:
        own.write_text(broken, encoding="utf-8")
    bank, [said] = follow_ups_of("general", str(own))
    assert bank == QuestionBank.bundled()
    assert str(own) in said and "come with the program" in said
    bank, [said] = follow_ups_of("/nowhere/chef.toml", "")
    assert bank == QuestionBank.bundled() and "/nowhere/chef.toml" in said


def test_the_file_that_comes_with_the_program_is_one_that_a_team_can_edit(own: Path) -> None:
    own.write_text(bundled_text(), encoding="utf-8")
    bank, problems = follow_ups_of("general", str(own))
    assert (bank, problems) == (QuestionBank.bundled(), ())
