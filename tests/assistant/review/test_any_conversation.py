"""What holds for the review of any conversation, however long it is and however often the clock is told."""

from __future__ import annotations

import gc
import re
from types import FunctionType, MethodType, ModuleType

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.review.claims import MAX_CLAIMS
from assistant.review.conversation import Conversation
from assistant.values import Channel, Flag, TranscriptUpdate, UpdateKind, Verbosity
from tests.assistant.review.scene import REVENUE, Scene, words_at

SAID = st.sampled_from(
    [
        REVENUE,
        "I increased revenue by 40 percent, really.",
        "I increased revenue by 40 percent and as I said to my sister it was a warm and sunny spring.",
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
