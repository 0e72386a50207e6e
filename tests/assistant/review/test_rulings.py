"""Each borderline ruling of the labelling guidelines, on sentences of our own."""

from __future__ import annotations

import pytest

from assistant.review.judge import Judgement, judge
from assistant.values import Aspect, Label
from tests.assistant.review.scene import Scene

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
    (2, (), "We cut the error rate in half.", N),
    (7, (), "I cut the board in half.", S),
    (3, (), "I wrote a script that brings in 500 k in revenue.", N),
    (4, (), "I think sales kind of went up by around 40 percent.", N),
    (4, (), "I think it was around 30 percent, we measured it with an A/B test.", S),
    (4, (), "I don't remember the number.", O),
    (5, (), "I joined in 2019.", O),
    (5, (), "We were a team of six.", O),
    (5, (), "The target was 95 percent.", O),
    (5, (), "Our goal is to grow sales by 20 percent.", O),
    (5, (), "We have 40,000 users.", N),
    (5, (), "I finished the year at 140 percent of target.", N),
    (5, (), "We had a target market of 2 million users.", O),
    (5, (), "They set us a goal to increase sales by 40 percent.", O),
    (5, (), "We sold at 140 percent of our quarterly target.", N),
    (5, (), "We beat the revenue target by 20 percent.", N),
    (5, (), "We beat the budget by twenty percent.", N),
    (5, (), "We sold at 120 percent of our annual plan.", N),
    (5, (), "We are at 30 percent of the traffic.", O),
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
    (20, ("Revenue is up 40 percent.",), "Forty percent, yes.", O),
    (21, (), "The speed was not good.", V),
    (24, (), "I improved a lot of things.", V),
    (26, (), "If our sensor reports nothing for an hour, it goes back to the last good value.", S),
    (26, (), "Our index is split by country, so that a slow one blocks nobody else.", S),
    (26, (), "The company is a marketplace for used bikes.", O),
    (26, (), "It's a scheduling product for clinics.", O),
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


def test_a_general_contribution_given_earlier_does_not_lift_a_later_number() -> None:
    """Ruling 17, second half."""
    earlier = story("I opened every returned box myself.")
    assert judge("Returns are down 60 percent.", (), earlier).label is Label.NUMBER_ONLY


@pytest.mark.parametrize(
    ("question", "answer", "aspect"),
    [
        ("On what basis is that counted?", "On signed partners.", Aspect.METRIC_DEFINITION),
        ("Is that monthly or all of them? What exactly is counted?", "Per active user.", Aspect.METRIC_DEFINITION),
        ("How was that measured?", "Before and after.", Aspect.MEASUREMENT_METHOD),
        ("And compared to what exactly?", "Against last year, both times.", Aspect.BASELINE),
    ],
)
def test_a_bare_answer_to_a_question_about_a_number_answers_it(question: str, answer: str, aspect: Aspect) -> None:
    """Ruling 20."""
    scene = Scene(clock_step_seconds=None).you(question).them(answer).end()
    said = scene.sentences[-1]
    assert said.label is Label.SUBSTANTIATED and aspect in said.aspects


def test_the_same_words_without_the_question_answer_nothing() -> None:
    assert Scene(clock_step_seconds=None).them("Per active user.").end().sentences[-1].label is Label.NEUTRAL


@pytest.mark.parametrize("answer", ["Yes.", "In general, yes.", "Good question.", "I don't know.", "Forty percent."])
def test_what_is_no_answer_is_not_taken_for_one(answer: str) -> None:
    scene = Scene(clock_step_seconds=None).them("I increased revenue by 40 percent.").you("How was that measured?")
    scene.them(answer).end()
    assert scene.sentences[-1].label is Label.NEUTRAL and scene.withdrawn == []


@pytest.mark.parametrize(
    "answer",
    [
        "I'd have to check.",
        "I would have to check that with finance.",
        "I'm not allowed to say.",
        "I had no idea.",
        "No idea, sorry.",
        "That's confidential.",
        "It's hard to say exactly.",
        "We did not measure that.",
        "Nobody ever measured it.",
        "We never measured the waiting time.",
        "I can't talk about that.",
        "I don't have the figures to hand.",
        "I couldn't tell you.",
        "We didn't have any data on that.",
        "We didn't have numbers for that.",
        "I had no idea about the numbers.",
        "I can't say that exactly.",
        "I can't say that.",
        "I didn't have the exact number in front of me.",
        "We couldn't measure the impact of that.",
        "I didn't know the number back then.",
        "I'd have to check the dashboard.",
        "I'd have to check with my old boss.",
    ],
)
def test_an_honest_refusal_is_known_in_many_words(answer: str) -> None:
    """Ruling 23."""
    assert judge(answer).is_refusal and judge(answer).is_settled


@pytest.mark.parametrize(
    "sentence",
    [
        "The customers had no idea that we existed.",
        "Patients are not allowed to eat after ten.",
        "We didn't know why people left.",
        "At first I did not know what was wrong.",
        "We did not tell the customers.",
        "I couldn't tell the two bottles apart.",
        "The data was confidential, so I built fake records.",
        "It's hard to say no to a doctor.",
        "I have to check the blood pressure twice.",
        "We would have to check every box by hand.",
        "Nobody ever measured it before, so I bought a stopwatch.",
        "I can't say that I did it alone, Ana wrote the tests.",
    ],
)
def test_a_story_of_what_was_not_known_or_not_allowed_is_no_refusal(sentence: str) -> None:
    assert not judge(sentence).is_refusal and not judge(sentence).is_settled
    scene = Scene().them("I increased revenue by 40 percent.").silence(4).them(sentence).silence(3)
    assert scene.retired == {}


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("Let me think, we improved a lot of things.", V),
        ("Nice to meet you, I'm a team player.", V),
        ("I'm good at talking to people.", V),
        ("What was really cool is that everybody loved it.", V),
        ("Thanks to my campaign we doubled sales.", S),
        ("Thank you, we increased sales by 40 percent.", N),
        ("Did it in two weeks and saved 40 percent.", N),
    ],
)
def test_an_opening_or_a_question_word_hides_no_claim_behind_it(sentence: str, label: Label) -> None:
    assert judge(sentence).label is label
    assert not judge("What is important to me is teamwork and trust.").is_settled


@pytest.mark.parametrize(
    "sentence",
    [
        "Good morning, I'm good, thanks, and you?",
        "Thank you so much for having me.",
        "Let me think about that for a moment.",
        "That's a good question, thanks.",
        "I'm great, thank you.",
        "What is the team like",
        "So how many people are on call",
        "Yes, what does success look like in the first six months?",
        "Did the company grow by 40 percent last year?",
        "Do the reps hit 100 percent of quota?",
        "Did that include the 3 million in revenue?",
        "What was the growth last year, was it 40 percent?",
        "Sure, do you use 20 percent time",
        "Okay, and how many of the 40 stores are yours?",
    ],
)
def test_talk_about_the_talk_is_settled(sentence: str) -> None:
    assert judge(sentence).label is O and judge(sentence).is_settled


def test_a_rising_voice_makes_no_question_of_a_figure() -> None:
    assert judge("We increased sales by 40 percent?").label is N


def test_a_vague_claim_is_filled_by_the_first_content_even_a_bare_number_which_is_a_claim_of_its_own() -> None:
    """Ruling 24, first half."""
    scene = Scene().them("It was really challenging.").silence(3).you("What was hard about it?")
    scene.them("The problem was that nobody answered the phone for 3 weeks.").silence(3).end()
    assert scene.withdrawn == ["It was really challenging"]


def test_a_number_is_filled_by_the_method_that_was_asked_for_not_by_the_first_content() -> None:
    """Ruling 24, second half."""
    scene = Scene().them("I increased revenue by 40 percent.").silence(3).you("How was that measured?")
    scene.them("My aunt has a shop.")
    assert scene.withdrawn == []
    scene.them("We compared the same weeks of both years in the ledger.").end()
    assert scene.withdrawn == ["increased revenue by 40 percent"]


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
        ("I really believe in building trust, so it's all about them.", "I really believe in building trust"),
        ("I always try to empower my people and lead by example.", "I always try to empower my people"),
        ("I'm very detail oriented and I work well under pressure.", "I'm very detail oriented"),
        ("It's a clean design, and users love it.", "users love it"),
        ("i'm good in team i always had good contact with everybody", "i'm good in team"),
        ("Sales are up 20 percent, costs are down.", "Sales are up 20 percent"),
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
