from __future__ import annotations

from assistant.review import question_sets
from assistant.values import Channel, ReviewedSentence, Sentence, Stamped, Word
from ui.desktop.agenda import Agenda
from ui.desktop.panel_state import PanelState, Part

QUESTIONS = ("What did you build?", "What was hardest?")


def plan() -> Agenda:
    return Agenda(QUESTIONS, 45, lambda text: 1 if "hard" in text else None)


def said(channel: Channel, text: str) -> Stamped:
    words = tuple(Word(word, 0.0, 1.0) for word in text.split())
    return Stamped(ReviewedSentence(Sentence(0, channel, words), None), 1.0, 1.0)


def test_only_the_interviewers_words_tick_a_question_and_only_once():
    state = PanelState(agenda=plan())
    assert Part.AGENDA not in state.apply(said(Channel.THEM, "It was hard.")).parts
    assert Part.AGENDA in state.apply(said(Channel.YOU, "What was hard?")).parts
    assert Part.AGENDA not in state.apply(said(Channel.YOU, "So, hard?")).parts
    assert state.agenda.lines() == ((QUESTIONS[0], False), (QUESTIONS[1], True))


def test_a_question_with_a_pause_in_it_is_ticked_unless_the_candidate_spoke_in_it():
    general = question_sets.bundled("general")
    first, rest = "So tell me about something you've worked on that you're really.", "Really proud of."
    state = PanelState(agenda=Agenda(tuple(q.text for q in general.questions), 45, general.asked_main_question))
    for channel, text in (
        (Channel.YOU, first),
        (Channel.THEM, "Hm?"),
        (Channel.YOU, rest),
        (Channel.THEM, "Ah."),
        (Channel.YOU, first),
    ):
        assert Part.AGENDA not in state.apply(said(channel, text)).parts
    assert Part.AGENDA in state.apply(said(Channel.YOU, rest)).parts
    assert state.agenda.asked == {0}


def test_a_tick_can_be_set_and_taken_back_by_hand():
    state = PanelState(agenda=plan())
    state.toggle_question(0)
    state.toggle_question(1)
    state.toggle_question(0)
    assert state.agenda.asked == {1}


def test_the_time_that_is_left_is_said_and_so_is_what_is_over():
    assert plan().summary(0.0) == "0 of 2 asked · 45 min left"
    assert plan().summary(44.5 * 60) == "0 of 2 asked · 1 min left"
    assert plan().summary(50 * 60) == "0 of 2 asked · 5 min over"
    assert Agenda(QUESTIONS).summary(60.0) == "0 of 2 asked"


def test_hostile_questions_are_harmless_to_show():
    assert Agenda(("a\x00b\u202ec\nd",)).lines() == (("abc d", False),)
