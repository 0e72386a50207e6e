"""How something is told: terms that nobody explains, long answers that do not answer, help for the listener."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.review.communication import REMEMBERED_TERMS
from assistant.review.conversation import Conversation
from assistant.values import Channel, CommunicationCue, CueKind, Flag, FollowUp, Verbosity
from tests.assistant.review.scene import Scene

TERM, LONG, HELPS = CueKind.UNEXPLAINED_TERM, CueKind.LONG_ANSWER, CueKind.HELPS_LISTENER
TALK = ("We met on Monday.", "My cousin lives there.", "It rained a lot.")


def cues(scene: Scene) -> list[tuple[CueKind, str]]:
    return [(event.kind, event.quote) for event in scene.events if isinstance(event, CommunicationCue)]


def told(*texts: str, verbosity: Verbosity = Verbosity.NORMAL) -> Scene:
    scene = Scene(Conversation(verbosity), clock_step_seconds=None)
    for text in texts:
        scene.them(text)
    return scene.end()


@pytest.mark.parametrize("term", ["CQRS", "SLO", "S.L.O.", "HNSW", "cqrs", "idempotency", "vector clocks"])
def test_a_term_that_nobody_explains_is_noted_once_two_sentences_later(term: str) -> None:
    singular = term.removesuffix("s") if " " in term else term
    scene = told(f"We moved orders to {singular} in spring.", *TALK, f"The {singular} part was new.", *TALK)
    ((kind, quote),) = cues(scene)
    assert (kind, quote.replace(".", "")) == (TERM, singular.replace(".", ""))
    (cue,) = [event for event in scene.events if isinstance(event, CommunicationCue)]
    said = scene.sentences[0].sentence
    assert cue.sentence == 0 and said.start_seconds < cue.start_seconds < cue.end_seconds < said.end_seconds
    place = [event for event in scene.events if not isinstance(event, (Flag, FollowUp))].index(cue)
    assert place == 3  # right behind the second sentence after it


@pytest.mark.parametrize(
    "texts",
    [
        ("We moved orders to CQRS, which means that reads and writes are apart.", *TALK),
        ("We use command query responsibility segregation, CQRS, for orders.", *TALK),
        ("We moved orders to CQRS.", "That is a split of reads and writes.", *TALK),
        ("We moved orders to CQRS.", "My cousin lives there.", "It stands for command and query split.", *TALK),
        ("I told the CEO and the BBC about our API.", *TALK),
        ("I WAS SHOUTING ABOUT IT ALL DAY LONG.", *TALK),
    ],
)
def test_what_is_explained_or_known_to_all_is_not(texts: tuple[str, ...]) -> None:
    assert [kind for kind, _ in cues(told(*texts)) if kind is not HELPS] == []


def test_a_term_that_the_interviewer_uses_needs_no_explanation() -> None:
    scene = Scene().you("Have you worked with CQRS?").them("Yes, CQRS was our first choice.")
    for text in TALK:
        scene.them(text)
    assert cues(scene.end()) == []


def test_quiet_notes_nothing_and_normal_one_in_three_minutes() -> None:
    texts = [text for n in range(30) for text in (f"We had a K{'ABCDEFGHIJKLMNOPQRSTUVWXYZJQXZ'[n]}Z there.", *TALK)]
    assert cues(told(*texts, verbosity=Verbosity.QUIET)) == []
    scene = told(*texts)
    at = [event.start_seconds for event in scene.events if isinstance(event, CommunicationCue)]
    assert len(at) == 1 + int((scene.now - at[0]) // 180)
    assert len(cues(told(*texts, verbosity=Verbosity.EAGER))) > len(at)


def test_after_three_minutes_without_an_answer_the_question_is_still_open() -> None:
    scene = Scene(clock_step_seconds=None).you("How was that measured?")
    asked_until = scene.now
    while scene.now < asked_until + 176:
        scene.them("My aunt has a garden with roses.")
    assert cues(scene) == []
    for _ in range(6):
        scene.them("My aunt has a garden with roses.")
    assert cues(scene) == [(LONG, "How was that measured?")]
    (cue,) = [event for event in scene.events if isinstance(event, CommunicationCue)]
    assert (cue.channel, cue.sentence) == (Channel.YOU, 0)


@pytest.mark.parametrize("answer", ["We surveyed 212 shops in the same weeks.", "Honestly, I don't know."])
def test_a_long_answer_that_answers_or_says_that_it_can_not_is_not_noted(answer: str) -> None:
    scene = Scene(clock_step_seconds=None).you("How was that measured?").them(answer)
    while scene.now < 240:
        scene.them("My aunt has a garden with roses.")
    assert cues(scene) == []


@pytest.mark.parametrize(
    "text",
    [
        "There were two parts to it.",
        "Think of it as a library with one shelf for readers.",
        "Let me give you some background first.",
        "In plain terms, it decides who waits.",
        "Does that make sense?",
    ],
)
def test_words_that_help_the_listener_are_noted_as_good(text: str) -> None:
    scene = told("I ran the pilot.", text)
    assert cues(scene) == [(HELPS, text)]
    assert all(event.is_good for event in scene.events if isinstance(event, CommunicationCue))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.text(max_size=40)), max_size=8))
def test_any_text_is_taken_and_quoted_as_it_stands(turns: list[tuple[bool, str]]) -> None:
    scene = Scene(Conversation(Verbosity.EAGER), clock_step_seconds=None)
    for is_candidate, text in turns:
        scene = scene.them(text) if is_candidate else scene.you(text)
    texts = {s.sentence.index: s.sentence.text for s in scene.end().sentences}
    for cue in (event for event in scene.events if isinstance(event, CommunicationCue)):
        assert cue.quote.removeprefix("… ") in texts[cue.sentence] or cue.kind is TERM


def test_no_more_terms_are_remembered_in_a_long_call() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    conversation = Conversation(Verbosity.EAGER)
    scene = Scene(conversation, clock_step_seconds=None)
    for n in range(REMEMBERED_TERMS + 60):
        scene.them(f"We had the Q{letters[n % 26]}{letters[n // 26 % 26]}X there.")
    memory = conversation._communication
    assert len(memory._terms) <= REMEMBERED_TERMS and len(memory._shared) <= REMEMBERED_TERMS
