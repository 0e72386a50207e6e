"""Flags, cards and labels follow the words, when an utterance reads otherwise after it was heard once more."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.review.second_hearing import replaced
from assistant.values import Channel, Flag, Label, RetiredWhy, ReviewedSentence, Word
from tests.assistant.review.scene import Scene

REVENUE = "I increased revenue by 40 percent."
QUOTE = "increased revenue by 40 percent"


def last_texts(scene: Scene) -> list[str]:
    """Of each sentence as it reads in the end."""
    latest = {event.sentence.index: event.sentence.text for event in scene.sentences}
    return [latest[index] for index in sorted(latest)]


def last_label(scene: Scene, index: int) -> Label | None:
    return [event.label for event in scene.sentences if event.sentence.index == index][-1]


def test_a_flag_whose_words_are_gone_is_withdrawn_with_its_card() -> None:
    scene = Scene().them(REVENUE).silence(4)
    assert scene.flags == [QUOTE] and len(scene.cards) == 1
    assert scene.heard_again(0, "I increased the heating by forty minutes.")
    scene.silence(5)
    assert scene.withdrawn == [QUOTE]
    assert scene.retired == {QUOTE: RetiredWhy.UNSAID}
    assert last_texts(scene) == ["I increased the heating by forty minutes."]
    assert len(scene.flags) == 1


def test_a_claim_that_was_not_shown_yet_goes_without_a_word() -> None:
    scene = Scene().them(REVENUE)
    assert scene.heard_again(0, "I increased the heating by forty minutes.")
    scene.silence(6)
    assert scene.flags == [] and scene.withdrawn == [] and scene.cards == []


def test_a_flag_whose_words_are_still_there_stays_the_same_and_moves() -> None:
    scene = Scene().them("Well I increased revenue by 40 percent.").silence(4)
    assert scene.heard_again(0, "Indeed last spring I increased revenue by 40 percent.")
    flags = [event for event in scene.events if isinstance(event, Flag)]
    assert {flag.id for flag in flags} == {"f1"}
    sentence = scene.sentences[-1].sentence
    assert sentence.text[flags[-1].quote_start : flags[-1].quote_end] == QUOTE
    assert flags[-1].start_seconds == sentence.words[4].start_seconds
    assert scene.withdrawn == [] and scene.retired == {}


def test_a_claim_that_comes_with_the_new_words_is_flagged_and_asked_about() -> None:
    scene = Scene().them("I increased ravine by forty present.").silence(3)
    assert scene.flags == []
    assert scene.heard_again(0, REVENUE)
    scene.silence(3)
    assert scene.flags == [QUOTE]
    assert [card.quote for card in scene.cards] == [QUOTE]
    assert last_label(scene, 0) is Label.NUMBER_ONLY


def test_a_claim_that_what_follows_has_answered_already_is_not_raised() -> None:
    scene = Scene().them("I increased ravine by forty present.").them("Revenue was 2 million before.").silence(1)
    assert scene.heard_again(0, REVENUE)
    scene.silence(6).end()
    assert scene.flags == []


def test_what_was_open_is_answered_by_the_new_words() -> None:
    scene = Scene().them(REVENUE).them("That was in spring.").them("Revan was too merlion before.").silence(2)
    assert scene.flags == [QUOTE] and scene.withdrawn == []
    assert scene.heard_again(2, "Revenue was 2 million before.")
    assert scene.withdrawn == [QUOTE]
    assert scene.retired == {QUOTE: RetiredWhy.ANSWERED}


def test_in_an_earlier_answer_flags_go_with_their_words_and_no_new_ones_come() -> None:
    scene = Scene().them(REVENUE).them("We went there by train every week.").silence(3)
    scene.you("What would you do differently today?").them("I would talk to the shops first.").silence(3)
    assert QUOTE in scene.flags and scene.withdrawn == []
    assert scene.heard_again(0, "I increased the heating by forty minutes.")
    assert scene.heard_again(1, "We doubled conversion to 80 percent.")
    scene.silence(10).end()
    assert scene.withdrawn == [QUOTE]
    assert [quote for quote in scene.flags if "80" in quote] == []
    assert last_texts(scene)[1] == "We doubled conversion to 80 percent."


def test_what_the_interviewer_said_only_reads_otherwise() -> None:
    scene = Scene().them(REVENUE).silence(3).you("How was that messed?").silence(1)
    said = len(scene.log)
    assert scene.heard_again(1, "How was that measured?")
    (event,) = [event for _, event in scene.log[said:]]
    assert isinstance(event, ReviewedSentence)
    assert (event.sentence.channel, event.sentence.text, event.label) == (Channel.YOU, "How was that measured?", None)


def test_words_that_wait_for_the_end_of_their_sentence_are_replaced_before_it() -> None:
    scene = Scene().them("I increased ravine by forty", then_pause=0.4)
    assert scene.sentences == []
    assert scene.heard_again(0, "I increased revenue by 40")
    scene.them("percent.").silence(5)
    assert last_texts(scene) == [REVENUE]
    assert scene.flags == [QUOTE]


def test_a_sentence_over_two_utterances_keeps_what_the_other_one_said() -> None:
    scene = Scene().them("I increased revenue by forty", then_pause=0.4).them("present.").silence(5)
    assert scene.heard_again(1, "percent.")
    assert last_texts(scene) == ["I increased revenue by forty percent."]


def test_several_sentences_of_one_utterance_keep_their_places() -> None:
    scene = Scene().them("We tried it in March. It failed quite badly. So we went back.").silence(3)
    indices = [event.sentence.index for event in scene.sentences]
    assert scene.heard_again(0, "We tried it in May. It failed quite sadly again. So we went back.")
    assert last_texts(scene) == ["We tried it in May.", "It failed quite sadly again.", "So we went back."]
    assert {event.sentence.index for event in scene.sentences} == set(indices)


def test_a_sentence_whose_utterance_reads_otherwise_is_told_again_though_it_stays() -> None:
    scene = Scene().them("We tried it in March. It failed quite badly.").silence(3)
    said = len(scene.log)
    assert scene.heard_again(0, "We tried it in March. It failed quite sadly.")
    told = [event.sentence.text for _, event in scene.log[said:] if isinstance(event, ReviewedSentence)]
    assert told == ["We tried it in March.", "It failed quite sadly."]


def test_a_text_that_would_leave_a_sentence_empty_is_not_taken() -> None:
    scene = Scene().them("We tried it in March. It failed quite badly.").silence(3)
    said = len(scene.log)
    assert not scene.heard_again(0, "Sure.")
    assert len(scene.log) == said


def test_what_was_dismissed_or_answered_does_not_come_back() -> None:
    scene = Scene().them(REVENUE).them("Revenue was 2 million before.").silence(3)
    before = len(scene.flags)
    assert scene.heard_again(0, "Well I increased revenue by 40 percent.")
    scene.silence(8).end()
    assert len(scene.flags) == before


def test_a_call_in_another_language_only_reads_otherwise() -> None:
    scene = Scene().them(REVENUE).silence(4)
    scene._note(scene.conversation.transcribed_in("de"))
    said = len(scene.log)
    assert scene.heard_again(0, "Ich habe den Umsatz um 40 Prozent gesteigert.")
    assert [type(event) for _, event in scene.log[said:]] == [ReviewedSentence]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=8),
    st.lists(st.sampled_from("abc"), min_size=1, max_size=8),
    st.integers(0, 2),
)
def test_new_words_keep_their_order_and_what_is_not_replaced_stays(
    places: list[int], new: list[str], kept: int
) -> None:
    places = sorted(places)
    old = [Word("abc"[i % 3], i, i + 0.5) for i in range(len(places))]
    others = [Word("other", 100 + i, 100.5 + i) for i in range(kept)]
    groups = [tuple(word for word, place in zip(old, places, strict=True) if place == group) for group in range(4)]
    groups[3] = (*groups[3], *others)
    words = [Word(text, i, i + 0.4) for i, text in enumerate(new)]
    result = replaced(groups, old, words)
    assert result is not None
    assert [word for group in result for word in group] == [*words, *others]
    assert all(not group for group, before in zip(result, groups, strict=True) if not before)


def test_words_that_are_nowhere_are_not_replaced() -> None:
    word = Word("a", 0.0, 0.5)
    assert replaced([()], [word], [Word("b", 0.0, 0.5)]) is None
    assert replaced([(word,)], [word, Word("c", 1.0, 1.5)], [word]) is None


@pytest.mark.parametrize("text", ["I increased revenue by 40 percent", "I, increased revenue, by 40 percent!"])
def test_other_punctuation_is_no_other_claim(text: str) -> None:
    scene = Scene().them(REVENUE).silence(4)
    assert scene.heard_again(0, text)
    assert scene.withdrawn == []
