"""The question bank: what ships, and what a team's own file may get wrong."""

from __future__ import annotations

import pytest

from assistant.errors import ReviewError
from assistant.review import emptiness
from assistant.review.questions import MAX_CHARACTERS, QuestionBank
from assistant.values import Aspect, ClaimKind

GOOD = '[[question]]\nkind = "vague"\naspect = "result"\nwhy = "Why not."\ntext = ["What came of “{quote}”?"]\n'


def test_every_finding_has_a_question_for_something_that_it_leaves_open() -> None:
    bank = QuestionBank.bundled()
    for pattern in emptiness._patterns():
        assert list(bank.candidates(ClaimKind.VAGUE, pattern.name, pattern.missing, "", "it"))


def test_words_are_put_in_and_what_would_be_too_long_is_left_out() -> None:
    bank = QuestionBank(GOOD)
    (question,) = bank.candidates(ClaimKind.VAGUE, "", (Aspect.RESULT,), "", "it went well")
    assert question.text == "What came of “it went well”?"
    assert list(bank.candidates(ClaimKind.VAGUE, "", (Aspect.RESULT,), "", "x" * MAX_CHARACTERS)) == []
    assert list(bank.candidates(ClaimKind.VAGUE, "", (Aspect.BASELINE,), "", "it")) == []
    assert list(bank.candidates(ClaimKind.NUMBER_ONLY, "", (Aspect.RESULT,), "", "it")) == []


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
        (("[[question]]", "[question"), "TOML"),
        (("[[question]]", "[[questions]]"), "no [[question]]"),
        (('["What came of “{quote}”?"]', '"What?"'), "list"),
    ],
)
def test_what_is_wrong_in_a_bank_is_named(change: tuple[str, str], says: str) -> None:
    with pytest.raises(ReviewError) as error:
        QuestionBank(GOOD.replace(*change))
    assert says in str(error.value)
