"""A final that comes a second time: said once more in the terminal, and counted once."""

import io
from dataclasses import replace

from assistant.values import (
    Aspect,
    Channel,
    ClaimKind,
    CommunicationCue,
    CueKind,
    Flag,
    Label,
    ReviewedSentence,
    Sentence,
    Stamped,
    TranscriptUpdate,
    UpdateKind,
    Word,
)
from ui.delays import DelayMeter
from ui.desktop.panel_state import PanelState
from ui.terminal import TerminalSink


def final(text: str) -> TranscriptUpdate:
    words = tuple(Word(word, float(i), i + 0.5) for i, word in enumerate(text.split()))
    return TranscriptUpdate(UpdateKind.FINAL, Channel.THEM, 0, 0.0, float(len(words)), words)


def flag(start_seconds: float) -> Flag:
    return Flag(
        "f1", ClaimKind.VAGUE, Channel.THEM, 0, "a lot", 0, 5, start_seconds, start_seconds + 1.0,
        (Aspect.RESULT,), "Nothing to check.",
    )  # fmt: skip


EVENTS = [final("we did a lot"), flag(2.0), final("and we did a lot"), flag(3.0)]


def test_the_terminal_says_that_a_line_was_heard_once_more_and_no_flag_twice() -> None:
    printed = io.StringIO()
    sink = TerminalSink(printed)
    for event in EVENTS:
        sink.next(Stamped(event, 10.0, 10.0))
    lines = printed.getvalue().splitlines()
    assert [line.split("Them", 1)[1].strip() for line in lines if "Them" in line] == [
        "we did a lot", "(heard once more) and we did a lot",
    ]  # fmt: skip
    assert len([line for line in lines if "vague" in line]) == 1


def test_a_second_hearing_makes_no_text_late() -> None:
    meter, same = DelayMeter(), DelayMeter()
    for at_seconds, event in enumerate(EVENTS):
        meter.next(Stamped(event, 10.0, 10.0 + 20 * at_seconds))
    for at_seconds, event in enumerate(EVENTS[:2]):
        same.next(Stamped(event, 10.0, 10.0 + 20 * at_seconds))
    assert meter.lines() == same.lines()


def test_what_a_sentence_answers_is_what_it_says_now() -> None:
    panel = PanelState()
    words = final("it took ten days before").words
    reviewed = ReviewedSentence(Sentence(0, Channel.THEM, words), Label.SUBSTANTIATED, (Aspect.BASELINE,), True)
    again = replace(reviewed, sentence=Sentence(0, Channel.THEM, words[:4]), aspects=(Aspect.LESSON,))
    for event in (final("it took ten days before"), reviewed, final("it took ten days"), again):
        panel.apply(Stamped(event, 10.0, 10.0))
    covered = {chip.name: [proof.text for proof in chip.evidence] for chip in panel.chips if chip.is_covered}
    assert covered == {"Lesson, differently today": ["it took ten days"]}
    (line,) = panel.lines.rows
    assert [line.text[span.start : span.end] for span in line.spans] == ["it took ten days"]


def test_what_helps_the_listener_stays_marked_in_the_new_words() -> None:
    panel = PanelState()
    first, again = final("it is like a queue"), final("and it is like a queue")
    reviewed = ReviewedSentence(Sentence(0, Channel.THEM, first.words), Label.NEUTRAL)
    cue = CommunicationCue(CueKind.HELPS_LISTENER, Channel.THEM, 0, "it is like a queue", 0.0, 4.5, "Helps.")
    for event in (first, reviewed, cue, again, replace(reviewed, sentence=Sentence(0, Channel.THEM, again.words))):
        panel.apply(Stamped(event, 10.0, 10.0))
    (line,) = panel.lines.rows
    (span,) = line.spans
    assert line.text[span.start : span.end] == "and it is like a queue"
    assert panel.reason(span.reason_id).text.startswith("Helps the listener along")
