"""Scenes of a call, with what is flagged, shown, withdrawn and retired, and when nothing may happen."""

from __future__ import annotations

import gc
import re
from types import FunctionType, MethodType, ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.review.claims import MAX_CLAIMS
from assistant.review.conversation import Conversation
from assistant.values import (
    Aspect,
    Channel,
    ClaimKind,
    Flag,
    FlagWithdrawn,
    FollowUp,
    FollowUpRetired,
    Label,
    RetiredWhy,
    TranscriptUpdate,
    UpdateKind,
    Verbosity,
)
from tests.assistant.review.scene import Scene, words_at

REVENUE = "I increased revenue by 40 percent."


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


@pytest.mark.parametrize("question", ["And how big was the team?", "When did you join?", "What tools did you use?"])
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
    ],
)
def test_paraphrases_of_the_question_are_recognised(question: str) -> None:
    scene = Scene().them(REVENUE).silence(3).you(question).end()
    assert scene.retired == {"increased revenue by 40 percent": RetiredWhy.ASKED}


def test_going_back_to_it_by_name_retires_only_what_is_asked_then() -> None:
    scene = Scene().them(REVENUE).them("And we improved a lot of things across the platform.").silence(6)
    scene.you("Let me go back to the 40 percent for a second.")
    assert scene.retired == {}
    scene.you("What exactly was measured there?")
    assert scene.retired == {"increased revenue by 40 percent": RetiredWhy.ASKED}


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


def test_at_most_three_cards_and_no_question_twice() -> None:
    claims = ["revenue", "sales", "retention", "attendance", "productivity", "conversion"]
    scene = Scene()
    for n, metric in enumerate(claims):
        scene.them(f"I increased {metric} by {20 + n} percent.").silence(5)
    open_cards: set[str] = set()
    for event in scene.events:
        if isinstance(event, FollowUp):
            open_cards.add(event.id)
        if isinstance(event, FollowUpRetired):
            open_cards.remove(event.id)
        assert len(open_cards) <= 3
    assert len(scene.cards) == 6 and len({card.question for card in scene.cards}) == 6
    assert set(scene.retired.values()) == {RetiredWhy.DISPLACED}


def test_new_cards_keep_their_distance() -> None:
    scene = Scene(clock_step_seconds=0.1).them(REVENUE, 0.4).them("I increased sales by 30 percent.").silence(8)
    shown = [at for at, event in scene.log if isinstance(event, FollowUp)]
    assert len(shown) == 2 and shown[1] - shown[0] >= 2.99


def test_a_card_that_comes_too_late_is_not_shown() -> None:
    scene = Scene().them(REVENUE, then_pause=0.3)
    scene.them(" ".join(["and then we walked over to the station and"] * 4) + " waited.")  # a breath of 13 s
    scene.silence(5)
    assert scene.flags == ["increased revenue by 40 percent"] and scene.cards == []


def test_a_card_goes_stale() -> None:
    scene = Scene().them(REVENUE).silence(4).you("Thanks.").silence(140)
    assert scene.retired == {"increased revenue by 40 percent": RetiredWhy.STALE}


def test_the_user_retires_cards() -> None:
    scene = Scene().them(REVENUE).silence(4)
    (card,) = scene.cards
    assert scene.conversation.asked(card.id, scene.now) == [FollowUpRetired(card.id, RetiredWhy.ASKED)]
    assert scene.conversation.asked(card.id, scene.now) == []
    other = Scene().them(REVENUE).silence(4)
    assert other.conversation.dismissed("q1", other.now) == [FollowUpRetired("q1", RetiredWhy.DISMISSED)]
    assert other.conversation.dismissed("no such card", other.now) == []


def test_a_part_of_the_story_is_asked_for_only_in_a_long_silence_and_after_a_story() -> None:
    story = (
        "I opened every returned box myself.",
        "I wrote down what was wrong.",
        "I planned the test with the warehouse.",
        "I put the cost of one return next to it.",
    )
    short = Scene().them(story[0]).silence(10)
    assert short.cards == []
    scene = Scene()
    for text in story:
        scene.them(text)
    assert scene.cards == []
    scene.silence(10)
    (card,) = scene.cards
    assert (card.kind, card.quote, card.flag_id) == (ClaimKind.ASPECT, None, None)
    assert card.aspect is not Aspect.OWN_CONTRIBUTION
    scene.them("I told them so.").silence(10)
    assert len(scene.cards) == 1  # at most one in two minutes


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


def test_no_question_carries_markup_or_is_too_long() -> None:
    scene = Scene().them("I increased revenue by 40 percent <b>=cmd()|'/x'\u202e</b>.").silence(4)
    assert scene.cards
    assert all(len(card.question) <= 90 and not set("<>|=\u202e") & set(card.question) for card in scene.cards)


SAID = st.sampled_from(
    [
        REVENUE,
        "We improved a lot of things.",
        "It was 2 million before.",
        "Getting it approved was really challenging",
        "I opened every returned box myself.",
        "I don't know.",
        "um",
        "",
    ]
)
ASKED = st.sampled_from(["Mm-hm.", "How was that measured?", "What was the hardest part?", "Let's move on.", ""])
TURN = st.tuples(st.booleans(), SAID, ASKED, st.sampled_from([0.3, 0.7, 1.4, 2.3, 5.0, 40.0]))


def play(turns: list[tuple[bool, str, str, float]], step: float | None) -> list[object]:
    scene = Scene(clock_step_seconds=step)
    for is_candidate, said, asked, pause in turns:
        if is_candidate:
            scene.them(said, pause)
        else:
            scene.you(asked, pause)
    return list(scene.end().events)


@settings(max_examples=40, deadline=None)
@given(st.lists(TURN, max_size=10), st.sampled_from([0.07, 0.5, 3.0]))
def test_how_often_the_clock_is_told_changes_nothing(turns: list[tuple[bool, str, str, float]], step: float) -> None:
    assert play(turns, step) == play(turns, None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.text(max_size=60)), max_size=8))
def test_any_text_is_reviewed_and_quoted_exactly(turns: list[tuple[bool, str]]) -> None:
    scene = Scene(Conversation(Verbosity.EAGER), clock_step_seconds=None)
    for is_candidate, text in turns:
        scene = scene.them(text) if is_candidate else scene.you(text)
    scene.end()
    texts = {s.sentence.index: s.sentence.text for s in scene.sentences}
    assert list(texts) == list(range(len(texts)))
    for flag in (event for event in scene.events if isinstance(event, Flag)):
        assert texts[flag.sentence][flag.quote_start : flag.quote_end] == flag.quote


def test_what_is_remembered_and_looked_at_stays_flat_over_a_long_call() -> None:
    """Time a sentence goes with what is looked through for it, which is all counted here."""
    conversation = Conversation(Verbosity.EAGER)
    lines = ("We improved a lot of things in Q{}X.", "I opened the box with Z{}X.", "It was really hard in P{}X.")
    sizes = []
    for n in range(1200):
        at = 4.0 * n
        channel = Channel.YOU if n % 10 == 9 else Channel.THEM
        text = f"How did you do part {n}?" if n % 10 == 9 else lines[n % len(lines)].format(n)
        words = words_at(text, at)
        update = TranscriptUpdate(UpdateKind.FINAL, channel, n, at, words[-1].end_seconds, words)
        conversation.speech_started(channel, at)
        conversation.utterance_locked(update, words[-1].end_seconds + 0.3)
        if n in (599, 1199):
            sizes.append(objects_in(conversation) - len(conversation._deck._said))  # of those no more than 2000
    assert sizes[1] < 1.1 * sizes[0]
    assert len(conversation._open.claims) <= MAX_CLAIMS + 3


def objects_in(root: object) -> int:
    """How many objects hang on one, without what belongs to the program itself."""
    seen: dict[int, object] = {}
    waiting = [root]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen and not isinstance(one, type | ModuleType | FunctionType | MethodType | re.Pattern):
            seen[id(one)] = one
            waiting += gc.get_referents(one)
    return len(seen)


def test_withdrawals_name_flags_that_were_raised() -> None:
    scene = Scene().them(REVENUE).them("That was in spring.").them("Revenue was 2 million before.").end()
    raised: set[str] = set()
    for event in scene.events:
        if isinstance(event, Flag):
            raised.add(event.id)
        if isinstance(event, FlagWithdrawn):
            assert event.id in raised


def test_a_card_goes_when_the_talk_moves_on_and_its_flag_stays() -> None:
    scene = Scene().them(REVENUE).silence(4).you("And why did you choose gardening as a hobby?")
    assert scene.retired == {}  # their answer may still come to it
    scene.them("My aunt had roses.").silence(2)
    assert scene.retired == {"increased revenue by 40 percent": RetiredWhy.STALE} and scene.withdrawn == []


def test_a_card_stays_while_another_claim_is_asked_about() -> None:
    scene = Scene().them(REVENUE).silence(4).them("And we improved a lot of things across the platform.").silence(5)
    assert len(scene.cards) == 2
    scene.you("Let me go back to the 40 percent. How was it measured?").them("Let me think for a moment.").silence(1)
    assert scene.retired == {"increased revenue by 40 percent": RetiredWhy.ASKED}


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
