"""The number that a question names is the one that was offered as a success, in the candidate's words."""

from __future__ import annotations

import re

import pytest

from assistant.review import boasts
from assistant.review.judge import judge
from assistant.review.number_words import words_of
from assistant.review.numbers import read
from tests.assistant.review.scene import Scene


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("We went from 38 to 61 completed bookings.", 0, "61"),
        ("I exceeded my target by 15 points.", 0, "15 points"),
        ("Revenue grew 40 percent to 3 million.", 0, "40 percent"),
        ("We went from 38 to 61 completed bookings.", 1, "61"),
        ("We went from 38 to 61 completed bookings in a hundred.", 2, "61"),
        ("We grew from 30 percent of it to 45 percent.", 0, "45 percent"),
        ("We reduced costs by 20 to 30 percent.", 1, "20 to 30 percent"),
        ("We reduced costs by 20-30 percent.", 1, "20-30 percent"),
        ("It took three to four days.", 1, "three to four days"),
        ("It took three days.", 0, "three days"),
        ("We handled fifteen hundred tickets a month.", 0, "fifteen hundred tickets a month"),
        ("We have 40 stores.", 0, "40 stores"),
        ("Latency fell by three hundred milliseconds.", 0, "three hundred milliseconds"),
        ("Sales rose by 20 percent, costs by 10.", 0, "20 percent"),
    ],
)
def test_a_number_is_called_by_its_words_with_unit_and_range(text: str, place: int, words: str) -> None:
    assert words_of(*read(text), place) == words


def test_a_claim_carries_its_own_number_and_not_the_first_of_its_words() -> None:
    (finding,) = judge("We cut the p 99 by 40 percent.").findings
    assert finding.number == "40 percent"


@pytest.mark.parametrize(
    ("claim", "question"),
    [
        ("We cut the p 99 by 40 percent.", "What did that 40 percent measure, and against what?"),
        ("We have a hundred percent retention.", "What did that hundred percent measure, and against what?"),
        ("It saved us a million euros.", "How was that million euros worked out?"),
        ("It saves us two million euros a year.", "How was that two million euros worked out?"),
        ("I closed 200 k in new business.", "How was that 200 k worked out?"),
        ("We handled 1500 tickets a month.", "What was it before it was 1500 tickets a month?"),
        ("We reduced costs by 20 to 30 percent.", "What did that 20 to 30 percent measure, and against what?"),
    ],
)
def test_a_question_about_a_number_is_good_english(claim: str, question: str) -> None:
    (card,) = Scene().them(claim).silence(5).cards
    assert card.question == question


def test_who_speaks_is_looked_for_once_in_a_word_of_thousands_of_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counted:
        searches = 0

        def search(self, text: str) -> re.Match[str] | None:
            self.searches += 1
            return found.search(text)

    found, counted = boasts._OWN, Counted()
    monkeypatch.setattr(boasts, "_OWN", counted)
    assert judge("we grew 5%," * 300).findings
    assert counted.searches == 1  # each goes through all of the sentence
