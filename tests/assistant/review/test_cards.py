"""The questions that the review of a conversation shows: how many, when, and when they go."""

from __future__ import annotations

from assistant.values import Aspect, ClaimKind, FollowUp, FollowUpRetired, RetiredWhy
from tests.assistant.review.scene import REVENUE, Scene


def test_going_back_to_it_by_name_retires_only_what_is_asked_then() -> None:
    scene = Scene().them(REVENUE).them("And we improved a lot of things across the platform.").silence(6)
    scene.you("Let me go back to the 40 percent for a second.")
    assert scene.retired == {}
    scene.you("What exactly was measured there?")
    assert scene.retired == {"increased revenue by 40 percent": RetiredWhy.ASKED}


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


def test_no_question_carries_markup_or_is_too_long() -> None:
    scene = Scene().them("I increased revenue by 40 percent <b>=cmd()|'/x'\u202e</b>.").silence(4)
    assert scene.cards
    assert all(len(card.question) <= 90 and not set("<>|=\u202e") & set(card.question) for card in scene.cards)


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


def test_two_cards_of_one_answer_do_not_ask_the_same_thing_in_other_words() -> None:
    scene = Scene().them("I use a holistic approach.").silence(5).them("It's all about relationships.").silence(5)
    first, second = (card.question for card in scene.cards)
    assert first == "When did that last show in your work?"
    assert "all about relationships" in second
    scene.you("Thanks. What would your last boss say?").them("I'm a people person.").silence(5)
    assert scene.cards[-1].question == "What is a recent example of that?"  # the others have gone with their answer
