"""What was covered, in which sentence and when: of the whole call and of each answer, in every format alike."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assistant.call import Call
from assistant.export import render_text
from assistant.export.coverage import answers_in, coverage_in, parts_of
from assistant.values import Aspect, Channel, CommunicationCue, CueKind, Label, ReviewedSentence, Sentence, Verbosity
from tests.assistant.export.samples import STEERING, call_of, utterance
from ui.desktop.panel_state import PanelState

YOU, THEM = Channel.YOU, Channel.THEM
SAID = [
    # (channel, text, start, label, aspects, answer)
    (YOU, "What was the result?", 1.0, None, (Aspect.RESULT,), 0),
    (THEM, "Returns fell from 11 to 4.", 5.0, Label.SUBSTANTIATED, (Aspect.RESULT, Aspect.BASELINE), 0),
    (THEM, "I opened every box.", 10.0, Label.SUBSTANTIATED, (Aspect.OWN_CONTRIBUTION,), 0),
    (YOU, "Tell me about a mistake.", 20.0, None, (Aspect.LESSON, Aspect.CHALLENGE), 1),
    (THEM, "I should have asked earlier.", 25.0, Label.SUBSTANTIATED, (Aspect.LESSON,), 1),
]
CUES = (
    CommunicationCue(CueKind.UNEXPLAINED_TERM, THEM, 1, "CQRS", 5.0, 5.5, "Ask for it as for a newcomer."),
    CommunicationCue(CueKind.HELPS_LISTENER, THEM, 2, "think of it as a box", 10.0, 11.0, "Helps the listener."),
)


def told() -> Call:
    updates = [utterance(n, channel, text, start) for n, (channel, text, start, *_) in enumerate(SAID)]
    sentences = tuple(
        ReviewedSentence(Sentence(n, channel, updates[n].words), label, aspects, answer=answer)
        for n, (channel, _, _, label, aspects, answer) in enumerate(SAID)
    )
    return replace(call_of(*updates), sentences=sentences, cues=CUES, verbosity=Verbosity.QUIET)


def test_the_whole_call_and_each_answer_say_which_sentence_answered_what() -> None:
    whole = {one.aspect: [said.sentence.index for said in one.answers] for one in coverage_in(told().sentences)}
    assert [whole[a] for a in (Aspect.RESULT, Aspect.OWN_CONTRIBUTION, Aspect.LESSON)] == [[1], [2], [4]]
    assert whole[Aspect.CHALLENGE] == []
    first, second = answers_in(told().sentences)
    assert [one.question and one.question.sentence.text for one in (first, second)] == [SAID[0][1], SAID[3][1]]
    covered = [{part.aspect for part in one.coverage if part.answers} for one in (first, second)]
    assert covered == [{Aspect.RESULT, Aspect.BASELINE, Aspect.OWN_CONTRIBUTION}, {Aspect.LESSON}]


def test_json_holds_the_ledger_with_times_and_the_verbosity() -> None:
    table = json.loads(render_text(told(), "json"))
    assert table["verbosity"] == "quiet"
    whole = {one["aspect"]: one for one in table["ledger"]["conversation"]}
    assert whole["result"]["answered_in"] == [{"sentence": 1, "at_s": 5.0}]
    assert whole["result"]["asked_in"] == [{"sentence": 0, "at_s": 1.0}]
    assert (whole["tradeoff"]["is_answered"], whole["tradeoff"]["answered_in"]) == (False, [])
    second = table["ledger"]["answers"][1]
    assert (second["answer"], second["question"], second["first_sentence"], second["start_s"]) == (1, 3, 4, 25.0)
    assert [one["aspect"] for one in second["aspects"] if one["is_answered"]] == ["lesson"]
    assert [one["answer"] for one in table["sentences"]] == [0, 0, 0, 1, 1]
    assert table["cues"][0]["quote"] == "CQRS"


@pytest.mark.parametrize("format_", ["md", "txt"])
def test_documents_tell_it_answer_by_answer(format_: str) -> None:
    text = render_text(told(), format_).replace("**", "")
    assert ": to “What was the result?”; covered: what was measured (00:05), own part (00:10), result (00:05)" in text
    assert "covered: lesson, differently today (00:25); asked, not answered: hardest part" in text
    assert "- 00:05: “CQRS” Ask for it as for a newcomer." in text and "Explained for the listener" in text
    assert "Review: quiet" in text


@pytest.mark.parametrize("format_", ["md", "txt", "json", "srt", "vtt"])
def test_cues_with_hostile_words_are_text(format_: str) -> None:
    text = render_text(replace(told(), cues=(replace(CUES[0], quote=STEERING),)), format_)
    assert not {"\x1b", "\u202e", "\x00"} & set(text)


def test_the_panels_chips_show_the_same() -> None:
    call = told()
    answers = {part.name: [said.sentence.text for said in part.answers] for part in parts_of(call)}
    chips = {chip.name: [proof.text for proof in chip.evidence] for chip in PanelState.from_call(call).chips}
    assert chips == answers and any(chips.values())


def test_a_sentence_that_says_two_things_of_one_part_is_said_once() -> None:
    both = frozenset({Aspect.METRIC_DEFINITION, Aspect.BASELINE})
    call = told()
    once = replace(next(one for one in call.sentences if one.sentence.channel is Channel.THEM), aspects=both)
    [measured] = [part for part in parts_of(replace(call, sentences=(once,))) if part.answers]
    assert measured.name == "What was measured" and measured.answers == (once,)
