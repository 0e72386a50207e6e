"""Each borderline ruling of the labelling guidelines, on sentences of our own."""

from __future__ import annotations

import pytest

from assistant.review.judge import Judgement, judge
from assistant.values import Aspect, Label

V, N, S, O = Label.VAGUE, Label.NUMBER_ONLY, Label.SUBSTANTIATED, Label.NEUTRAL  # noqa: E741


def story(*before: str) -> tuple[Judgement, ...]:
    said: list[Judgement] = []
    for sentence in before:
        said.append(judge(sentence, tuple(said)))
    return tuple(said)


RULINGS = [
    # (ruling, what was said before, sentence, label)
    (1, (), "We went from 30 complaints a month to 9.", S),
    (2, (), "We grew revenue from nothing to two million euros.", N),
    (2, (), "Our conversion doubled.", N),
    (3, (), "I wrote a script that brings in 500 k in revenue.", N),
    (4, (), "I think sales kind of went up by around 40 percent.", N),
    (4, (), "I think it was around 30 percent, we measured it with an A/B test.", S),
    (4, (), "I don't remember the number.", O),
    (5, (), "I joined in 2019.", O),
    (5, (), "We were a team of six.", O),
    (5, (), "The target was 95 percent.", O),
    (5, (), "We have 40,000 users.", N),
    (6, (), "We had 30 complaints a week.", S),
    (7, (), "We moved the index to its own disk.", S),
    (7, (), "We improved a lot of things.", V),
    (8, ("Sales went up by 40 percent.",), "Which is huge.", O),
    (9, (), "I'm a people person.", V),
    (9, (), "I like that.", O),
    (10, (), "It was really challenging.", V),
    (10, (), "It was hard because the sensor only reported once a day.", S),
    (11, (), "This will be a huge game changer.", V),
    (12, (), "We use Python and Postgres.", O),
    (13, (), "We are faster than everyone, up 40 percent.", N),
    (14, (), "We got great feedback.", V),
    (15, (), "We tracked all the KPIs.", V),
    (16, (), "We was moving the index to other disk because it were full.", S),
    (18, (), "Rami updated the maps library.", O),
    (19, (), "We also got two new machines that month, so part of the 20 percent comes from that.", S),
    (21, (), "It was a disaster.", V),
    (21, (), "I should have asked the warehouse first.", S),
    (22, (), "There is a number in the company, it says plus eleven percent.", N),
    (23, (), "We never measured it.", O),
    (23, (), "I can't share that.", O),
    (7, (), "What we did is we moved the index to its own disk.", S),
    (25, (), "Next month we move to the new office.", O),
]


@pytest.mark.parametrize(("ruling", "before", "sentence", "label"), RULINGS)
def test_borderline_rulings(ruling: int, before: tuple[str, ...], sentence: str, label: Label) -> None:
    assert judge(sentence, story(*before)).label is label, f"ruling {ruling}"


@pytest.mark.parametrize(("ruling", "before", "sentence", "label"), RULINGS)
def test_accent_case_and_hesitation_are_no_evidence(
    ruling: int, before: tuple[str, ...], sentence: str, label: Label
) -> None:
    """Ruling 16: the same words without case and punctuation, with a filler in front, are judged alike."""
    bare = "um " + "".join(c for c in sentence.lower() if c.isalnum() or c in " '/%")
    assert judge(bare, story(*before)).label is label, f"ruling {ruling}"


def test_a_baseline_given_before_the_interviewers_question_lifts_a_later_number() -> None:
    earlier = story("Before that, returns were 11 percent.")
    assert judge("Returns are down 60 percent.").label is Label.NUMBER_ONLY
    assert judge("Returns are down 60 percent.", (), earlier).label is Label.SUBSTANTIATED


def test_a_baseline_of_something_else_lifts_nothing() -> None:
    earlier = story("Before that, the queue was 40 minutes.")
    assert judge("Revenue is up 60 percent.", earlier).label is Label.NUMBER_ONLY


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("So, at my last company, I increased revenue by 7000%.", "increased revenue by 7000%"),
        ("Oh, customer satisfaction is up 35%.", "customer satisfaction is up 35%"),
        ("um so i we increased revenue by seven thousand percent", "increased revenue by seven thousand percent"),
        ("And, uh, we improved a lot of things in the shop.", "improved a lot of things in the shop"),
        (
            "Oh, and we moved everything over to the new OMS, and it works so much better now.",
            "it works so much better now",
        ),
        ("Getting it approved was really challenging, though.", "Getting it approved was really challenging"),
    ],
)
def test_the_flag_stands_on_the_words_that_justify_it(sentence: str, quote: str) -> None:
    (finding,) = judge(sentence).findings
    assert sentence[finding.start : finding.end] == quote


@pytest.mark.parametrize(
    ("sentence", "aspect"),
    [
        ("I opened every returned box myself.", Aspect.OWN_CONTRIBUTION),
        ("We surveyed 212 farmers at the collection points.", Aspect.MEASUREMENT_METHOD),
        ("Returns fell from 11% to 4%.", Aspect.BASELINE),
        ("The problem was that nobody could say why.", Aspect.CHALLENGE),
        ("We got there by folding the inserts by hand.", Aspect.HOW_OVERCOME),
        ("I should have changed only one thing at a time.", Aspect.LESSON),
        ("It cost us six weeks.", Aspect.TRADEOFF),
        ("I explained it to the finance lead in euros per box.", Aspect.AUDIENCE_EXPLAINED),
    ],
)
def test_what_a_sentence_answers_is_seen(sentence: str, aspect: Aspect) -> None:
    assert aspect in judge(sentence).aspects


def test_an_admitted_mistake_is_a_good_sign() -> None:
    assert judge("I should have asked the warehouse first.").is_good_sign
    assert not judge("I asked the warehouse first.").is_good_sign
