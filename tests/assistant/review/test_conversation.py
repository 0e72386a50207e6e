"""Scenes of a call, with what is flagged, shown, withdrawn and retired, and when nothing may happen."""

from __future__ import annotations

import pytest

from assistant.review.conversation import Conversation
from assistant.values import Channel, Flag, FlagWithdrawn, FollowUp, Label, RetiredWhy, Verbosity
from models.sentences import load
from tests.assistant.review.scene import REVENUE, Scene

KARIM = "When Karim was new I gave him the refund queue and sat next to him for two weeks."


def test_every_sentence_of_both_sides_comes_once_in_order() -> None:
    scene = Scene().you("Hi. How are you?").them("Good. I fixed the door").you("Nice.").end()
    assert [s.sentence.index for s in scene.sentences] == list(range(5))
    assert [(s.sentence.channel, s.label is None) for s in scene.sentences[:2]] == [(Channel.YOU, True)] * 2


def test_a_flag_waits_for_two_seconds_of_silence() -> None:
    scene = Scene(clock_step_seconds=0.1).them(REVENUE).silence(5)
    ended = scene.sentences[0].sentence.end_seconds
    assert scene.time_of(Flag) == pytest.approx(ended + 2.0, abs=0.11)


def test_a_flag_is_shown_after_the_following_sentence() -> None:
    scene = Scene().them(REVENUE).them("That was in spring.").end()
    assert scene.flags == ["increased revenue by 40 percent"]
    assert scene.time_of(Flag) < scene.sentences[0].sentence.end_seconds + 3.0


def test_a_flag_is_shown_two_and_a_half_seconds_behind_its_words_while_they_speak_on() -> None:
    scene = Scene(clock_step_seconds=0.1).them(REVENUE, then_pause=0.3)
    said = scene.sentences[0].sentence.end_seconds
    scene.them("and as I said to my sister it was a warm and sunny spring.")
    assert scene.time_of(Flag) == pytest.approx(said + 2.5, abs=0.11)
    assert scene.time_of(FollowUp) > said + 3.3  # no card in mid-sentence


def test_more_of_the_same_sentence_counts_as_waiting_once_they_speak_on() -> None:
    long = "I increased revenue by 40 percent and as I said to my sister it was a warm and sunny spring."
    scene = Scene(clock_step_seconds=0.1).them(long, then_pause=0.6)
    assert scene.flags == []  # they may stop here, and it waits for two seconds of silence
    again = scene.now
    scene.them("and then the summer came and all of us went to the sea.")
    assert scene.time_of(Flag) == pytest.approx(again, abs=0.01)
    assert scene.time_of(FollowUp) > again + 3.0
    silent = Scene(clock_step_seconds=0.1).them(long).silence(5)
    assert silent.time_of(Flag) == pytest.approx(silent.sentences[0].sentence.end_seconds + 2.0, abs=0.11)


def test_a_sentence_that_waits_for_its_end_is_flagged_before_a_long_utterance_is_over() -> None:
    doubtful = "I increased revenue by 40 percent, really."
    scene = Scene(clock_step_seconds=0.1).them(doubtful, then_pause=0.3)
    assert scene.sentences == []
    ended = scene.now
    scene.them(" ".join(["and then we walked over to the station and"] * 3) + " waited.")
    assert scene.flags == ["increased revenue by 40 percent"]
    assert scene.time_of(Flag) < ended + 3.0


def test_what_arrives_in_the_next_sentence_raises_nothing() -> None:
    scene = Scene().them(REVENUE, then_pause=0.3).them("It was 2 million before.").silence(5).end()
    assert scene.flags == [] and scene.cards == []


def test_a_number_answered_two_sentences_later_is_withdrawn_with_its_card() -> None:
    scene = Scene().them(REVENUE).them("That was in spring.").them("Revenue was 2 million before.").silence(4).end()
    assert scene.withdrawn == ["increased revenue by 40 percent"]
    assert scene.retired == {"increased revenue by 40 percent": RetiredWhy.ANSWERED}


def test_a_number_that_was_only_asked_about_stays_flagged() -> None:
    scene = Scene().them(REVENUE).silence(3).you("How was that 40 percent measured?").end()
    assert scene.retired == {"increased revenue by 40 percent": RetiredWhy.ASKED}
    assert scene.flags and scene.withdrawn == []


def test_a_number_answered_after_being_asked_is_withdrawn() -> None:
    scene = Scene().them(REVENUE).silence(3).you("How was that measured?")
    scene.them("We surveyed 212 shops in the same weeks.")
    assert scene.retired == {"increased revenue by 40 percent": RetiredWhy.ASKED}
    assert scene.withdrawn == ["increased revenue by 40 percent"]


def test_an_honest_refusal_leads_to_nothing_new() -> None:
    scene = Scene().them(REVENUE).silence(3).you("How was that 40 percent measured?")
    before = len(scene.cards)
    scene.them("Honestly, I'd have to check.").them("I don't want to guess.").silence(10).end()
    assert len(scene.cards) == before and len(scene.flags) == 1 and scene.withdrawn == []


def test_a_refusal_without_a_question_takes_the_card_back() -> None:
    scene = Scene().them(REVENUE).silence(3).them("I don't know how they measured it.").end()
    assert scene.retired == {"increased revenue by 40 percent": RetiredWhy.ANSWERED}
    assert scene.withdrawn == []


@pytest.mark.parametrize(
    "question",
    [
        "And how big was the team?",
        "How big was the team that did it?",
        "When did you join?",
        "What tools did you use?",
    ],
)
def test_a_question_on_another_matter_retires_nothing(question: str) -> None:
    scene = Scene().them(REVENUE).silence(3).you(question).them("There were six of us.").end()
    assert len(scene.cards) == 1 and scene.retired == {} and scene.withdrawn == []


@pytest.mark.parametrize(
    "question",
    [
        "How'd you come up with that figure?",
        "Forty percent of what?",
        "okay and compared to what",
        "What exactly was measured there?",
        "And what was your part in that?",
        "You said 40 percent. Where does that number come from?",
        "Where is that figure from?",
        "How many people answered the survey?",
        "When was that measured?",
        "Which tools did you use to measure that?",
        "Says who?",
    ],
)
def test_paraphrases_of_the_question_are_recognised(question: str) -> None:
    scene = Scene().them(REVENUE).silence(3).you(question).end()
    assert scene.retired == {"increased revenue by 40 percent": RetiredWhy.ASKED}


@pytest.mark.parametrize("question", ["Where do you see yourself in five years?", "Where is that company based?"])
def test_where_asks_about_no_number_unless_it_asks_where_that_comes_from(question: str) -> None:
    assert Scene().them(REVENUE).silence(3).you(question).end().retired == {}


@pytest.mark.parametrize("nod", ["Mm-hm.", "Okay.", "Right, I see.", "Oh, nice."])
def test_a_nod_changes_nothing(nod: str) -> None:
    def scene(with_nod: bool) -> list[object]:
        played = Scene().them(REVENUE, then_pause=0.4)
        before = played.now
        played.you(nod, then_pause=0.4)
        if not with_nod:
            played = Scene().them(REVENUE, then_pause=0.4).silence(played.now - before)
        played.them("That was in spring.").them("It was 2 million before.").silence(4).end()
        return [(played.flags, played.withdrawn, played.retired, [card.question for card in played.cards])]

    assert scene(with_nod=True) == scene(with_nod=False)


def test_we_is_no_flag() -> None:
    scene = Scene().them("We moved the index to its own disk because it kept filling up.").silence(5).end()
    assert scene.flags == [] and scene.sentences[0].label is Label.SUBSTANTIATED


def test_an_admitted_mistake_is_noted_as_good_and_not_flagged() -> None:
    scene = Scene().them("I should have asked the warehouse before I changed the box.").silence(5).end()
    assert scene.sentences[0].is_good_sign and scene.flags == []


def test_a_long_digression_neither_answers_nor_asks() -> None:
    scene = Scene().them(REVENUE).silence(3)
    for text in ("My cousin lives there.", "It rains a lot in that town.", "The food is nice, too.", "I like trains."):
        scene.them(text)
    scene.end()
    assert scene.retired == {} and scene.withdrawn == [] and len(scene.cards) == 1


def test_content_on_another_matter_does_not_answer() -> None:
    scene = Scene().them("It works so much better now.").silence(4)
    scene.you("You mentioned returns. What was going wrong there?")
    scene.them("Before that, one in nine bikes came back within a month.").silence(3).end()
    assert scene.withdrawn == []


def test_an_unnamed_difficulty_that_gets_its_name_is_answered() -> None:
    scene = Scene().them("Getting it approved was really challenging.").them("I remember that week very well.")
    scene.them("The problem was that our finance lead said no, twice.").silence(3).end()
    assert scene.retired == {"Getting it approved was really challenging": RetiredWhy.ANSWERED}


def test_quiet_says_less_than_eager() -> None:
    texts = (REVENUE, "I worked closely with the team.", "We did a lot of work in that area.", "We doubled it.")

    def flags(verbosity: Verbosity) -> list[str]:
        scene = Scene(Conversation(verbosity))
        for text in texts:
            scene.them(text).silence(3)
        return scene.end().flags

    quiet, normal, eager = (flags(v) for v in (Verbosity.QUIET, Verbosity.NORMAL, Verbosity.EAGER))
    assert set(quiet) < set(normal) <= set(eager)


def test_flags_and_cards_quote_the_sentence_exactly_with_the_times_of_the_words() -> None:
    scene = Scene().them("So, um, I increased revenue by 40 percent, yes.").silence(4)
    (flag,) = [event for event in scene.events if isinstance(event, Flag)]
    sentence = scene.sentences[flag.sentence].sentence
    assert sentence.text[flag.quote_start : flag.quote_end] == flag.quote == scene.cards[0].quote
    inside = [word for word in sentence.words if word.text.strip(",.") in flag.quote.split()]
    assert (flag.start_seconds, flag.end_seconds) == (inside[0].start_seconds, inside[-1].end_seconds)


def test_withdrawals_name_flags_that_were_raised() -> None:
    scene = Scene().them(REVENUE).them("That was in spring.").them("Revenue was 2 million before.").end()
    raised: set[str] = set()
    for event in scene.events:
        if isinstance(event, Flag):
            raised.add(event.id)
        if isinstance(event, FlagWithdrawn):
            assert event.id in raised


def test_we_does_not_answer_the_question_for_the_own_part_of_a_number() -> None:
    scene = Scene().them(REVENUE).silence(4).them("We are a nice team.").silence(3).end()
    assert scene.retired == {} and scene.withdrawn == []


def test_an_answer_goes_on_over_questions_on_it_and_another_one_begins_with_another_topic() -> None:
    scene = Scene(clock_step_seconds=None).you("What are you proud of?").them("I opened every returned box myself.")
    scene.you("How was that measured?").them("We surveyed 212 shops in the same weeks.")
    scene.you("Great.").you("Let's talk about something else.").you("What went wrong?").them("I lost a customer.").end()
    assert [one.answer for one in scene.sentences] == [0, 0, 0, 0, 0, 1, 1, 1]


def test_each_judgement_closing_and_question_is_explained_in_words() -> None:
    lines: list[tuple[int, str]] = []
    scene = Scene(Conversation(explain=lambda sentence, line: lines.append((sentence, line))))
    scene.them(REVENUE).silence(4).you("How was that measured?").them("We surveyed 212 shops in the same weeks.").end()
    assert any(n == 0 and "a bare number: percentage" in line for n, line in lines)
    assert any(n == 1 and line.startswith("asks about “increased revenue by 40 percent”") for n, line in lines)
    assert any(n == 2 and line.startswith("closes “increased revenue by 40 percent”") for n, line in lines)
    assert not any("_" in line for _, line in lines)


@pytest.mark.parametrize(
    "turn",
    [
        "Let's talk about teamwork.",
        "Let's move on.",
        "Next topic, your time at Acme.",
        "Share a story about a hard customer.",
        "I'd be interested in your time at Acme.",
    ],
)
def test_a_story_behind_another_turn_of_the_interviewer_answers_no_claim(turn: str) -> None:
    scene = Scene(Conversation(model=load())).you("What was your biggest success?")
    scene.them(REVENUE).silence(4).you(turn).them(KARIM).silence(3).end()
    assert len(scene.cards) == 1 and scene.withdrawn == []
    assert RetiredWhy.ANSWERED not in scene.retired.values()


@pytest.mark.parametrize(
    "remark",
    [
        "Eighteen months, that's quick.",
        "I'm going to take some notes while you talk.",
        "We are a team of five here.",
    ],
)
def test_a_remark_begins_no_other_answer(remark: str) -> None:
    scene = Scene(Conversation(model=load())).them(REVENUE).silence(4).you(remark)
    scene.them("It was 2 million before, by the ledger.").silence(3).end()
    assert scene.withdrawn == ["increased revenue by 40 percent"]


def test_a_card_goes_with_the_topic_also_where_nothing_is_asked() -> None:
    scene = Scene().them(REVENUE).silence(4).you("Let's talk about teamwork.")
    assert scene.retired == {}
    scene.them(KARIM).silence(2)
    assert scene.retired == {"increased revenue by 40 percent": RetiredWhy.STALE}


@pytest.mark.parametrize(
    "turn",
    [
        "I would love to hear an example.",
        "Could you take one case?",
        "Can you elaborate?",
        "Go on.",
        "Tell me more.",
        "Such as?",
        "Meaning?",
    ],
)
def test_who_asks_for_an_example_or_for_more_asks_about_the_empty_words_before(turn: str) -> None:
    scene = Scene().them("We improved a lot of things in the shop.").silence(4).you(turn)
    assert list(scene.retired.values()) == [RetiredWhy.ASKED]


def test_a_short_question_is_about_all_claims_of_the_sentence_before() -> None:
    scene = Scene().them("There were a lot of issues with the data quality, and we did a lot of cleaning.").silence(4)
    assert len(scene.flags) == 2 and len(scene.cards) == 1
    assert list(scene.you("Such as?").retired.values()) == [RetiredWhy.ASKED]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Over what period?", "Over the whole year."),
        ("Compared to what?", "Against last year, both times."),
        ("Compared to what?", "Compared to 2022."),
        ("Of what?", "Of the two hundred we mailed."),
        ("Counted how?", "Per active user."),
        ("What was it before?", "Two million."),
        ("And before?", "It was about 2.1 million."),
        ("What was the baseline?", "18 percent."),
    ],
)
def test_a_straight_answer_to_a_short_question_about_a_number_explains_it(question: str, answer: str) -> None:
    scene = Scene(Conversation(model=load())).them(REVENUE).silence(4).you(question).them(answer).end()
    assert scene.withdrawn == ["increased revenue by 40 percent"]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What was it before?", "Forty percent."),
        ("What was it before?", "Fifty percent more."),
        ("Compared to what?", "Well, it was 40 percent."),
        ("How was that measured?", "By 40 percent."),
        ("Of what?", "Good question."),
    ],
)
def test_a_figure_that_says_nothing_of_the_number_asked_about_does_not_explain_it(question: str, answer: str) -> None:
    scene = Scene(Conversation(model=load())).them(REVENUE).silence(4).you(question).them(answer).end()
    assert scene.withdrawn == []


@pytest.mark.parametrize("turn", ["Give me an example of a time you failed.", "Tell me more about your time at Acme."])
def test_who_asks_for_an_example_of_something_else_does_not(turn: str) -> None:
    assert Scene().them("We improved a lot of things in the shop.").silence(4).you(turn).retired == {}
