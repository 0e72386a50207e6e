"""What is shown of a call that is over, before any window: fates, summary, moments, corrections."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from assistant.call import Correction
from assistant.values import Channel
from tests.ui.desktop.after.calls import corrected, interview
from ui.desktop.after.flag_fates import Fate, flag_lines
from ui.desktop.after.moments import PointKind, WordTrack, describe, timeline_of, word_at_character
from ui.desktop.after.session_state import NO_FLAGS, NONE_LEFT, SessionState
from ui.desktop.after.summary import NOT_REVIEWED, facts, seconds_of, summary_entries, talk_share


def row_with(state: SessionState, text: str) -> int:
    return next(row for row, line in enumerate(state.rows) if text in line.text)


# --- flags ---


def test_every_flag_has_the_fate_that_the_call_gave_it() -> None:
    lines = flag_lines(interview())
    assert [line.fate for line in lines] == [Fate.ANSWERED, Fate.WITHDRAWN, Fate.OPEN, Fate.OPEN]
    assert [line.story for line in lines] == [
        "at 01:10",
        "asked 01:00, at 01:35: own part was named",
        "put off 01:02",
        "",
    ]


def test_a_question_that_was_asked_without_an_answer_leaves_the_flag_open() -> None:
    call = interview()
    call = replace(call, flags=(replace(call.flags[1], withdrawn_at_seconds=None, withdrawn_reason=None),))
    [line] = flag_lines(call)
    assert line.fate is Fate.OPEN and line.story == "asked 01:00, no answer to it was heard"


def test_the_list_of_flags_is_filtered_by_fate_and_says_where_there_is_none() -> None:
    state = SessionState.of(interview())
    assert [entry.key for entry in state.flag_entries(Fate.OPEN)] == ["f3", "f4"]
    assert len(state.flag_entries(None)) == 4 and state.fates()[Fate.WITHDRAWN] == 1
    assert "Withdrawn" in state.flag_entries(Fate.WITHDRAWN)[0].note
    bare = SessionState.of(replace(interview(), flags=()))
    assert bare.flag_entries(None)[0].title == NO_FLAGS and bare.flag_entries(Fate.OPEN)[0].title == NO_FLAGS
    only_open = SessionState.of(replace(interview(), flags=interview().flags[2:]))
    assert only_open.flag_entries(Fate.ANSWERED)[0].title == NONE_LEFT


# --- the summary ---


def test_the_summary_parts_what_was_covered_from_what_stayed_open_and_leads_to_the_places() -> None:
    entries = summary_entries(interview())
    titles = [entry.title for entry in entries]
    covered, still = titles[: titles.index("STAYED OPEN")], titles[titles.index("STAYED OPEN") :]
    assert "✓ What was measured" in covered and "○ Trade-off" in still
    assert "MARKS" in still and "ask about the OMS" in still and "QUESTIONS NOT ASKED" in still
    measured = entries[titles.index("✓ What was measured")]
    assert seconds_of(measured.key) == pytest.approx(67, abs=1) and measured.aside == "01:07"
    assert seconds_of("f1") is None


def test_a_call_that_was_not_reviewed_is_not_called_open() -> None:
    [only, *_] = summary_entries(replace(interview(), language="de", marks=()))
    assert only.title == NOT_REVIEWED
    assert (
        talk_share(interview()) == "You 31%, them 69% of the talk"
        and talk_share(replace(interview(), utterances=())) == ""
    )
    assert facts(interview()) == "01 Mar 2026, 10:15 · 03:06 · transcribed by tiny.en"


# --- moments ---


def test_the_timeline_holds_both_voices_gaps_and_all_points_in_order() -> None:
    data = timeline_of(interview())
    assert [point.kind for point in data.points].count(PointKind.FOLLOW_UP) == 4
    assert {point.kind for point in data.points} == set(PointKind)
    assert [point.at_seconds for point in data.points] == sorted(point.at_seconds for point in data.points)
    for channel in Channel:
        stretches = data.speech[channel]
        assert all(one.end_seconds < other.start_seconds for one, other in pairwise(stretches))
    assert len(data.gaps) == 1
    mark = data.nearest(61.5, 2.0)
    assert mark is not None and describe(mark) == "01:01 mark: ask about the OMS" and data.nearest(140.0, 1.0) is None


def test_the_word_that_is_heard_is_known_at_each_moment() -> None:
    state = SessionState.of(interview())
    row = row_with(state, "7000%")
    line = state.rows[row]
    word = next(word for word in line.words if "7000%" in word.text)
    heard = state.words.at(word.start_seconds + 0.01)
    assert heard is not None and heard.row == row and line.text[heard.first : heard.last] == word.text
    assert word_at_character(line, heard.first) == word_at_character(line, heard.last - 1) == word.start_seconds
    assert word_at_character(line, heard.first - 1) is None
    assert state.words.at(-1.0) is None and state.words.at(9999.0) is None and WordTrack([]).at(1.0) is None
    assert state.row_at(word.start_seconds) == row and state.row_at(9999.0) == len(state.rows) - 1


# --- corrections ---


def test_a_correction_changes_the_line_keeps_what_was_heard_and_can_be_taken_back() -> None:
    state = SessionState.of(interview())
    row = row_with(state, "OMS")
    heard = state.rows[row].text
    correction = state.correction(row, heard.replace("OMS", "order\nmanagement  system"))
    assert correction is not None and "order management system" in correction.text
    after = corrected(state, correction)
    assert after.rows[row].is_corrected and after.rows[row].text == correction.text and after.heard(row) == heard
    assert after.call.utterances == state.call.utterances
    assert after.words.at(state.rows[row].words[-1].start_seconds) is not None

    back = after.correction(row, heard)
    assert back is not None and back.text == ""
    assert corrected(after, back).rows[row] == state.rows[row]


def test_nothing_is_corrected_to_nothing_or_to_itself_or_beside_speech() -> None:
    state = SessionState.of(interview())
    row = row_with(state, "OMS")
    assert state.correction(row, "  ") is None and state.correction(row, state.rows[row].text) is None
    marked = row_with(state, "Marked")
    assert not state.can_correct(marked) and state.correction(marked, "x") is None and not state.can_correct(-1)


def test_hostile_text_of_a_correction_becomes_plain() -> None:
    state = SessionState.of(interview())
    correction = state.correction(5, "a\x1b[31m \u202eb" + "x" * 30_000)
    assert correction is not None and correction.text.startswith("a[31m b") and len(correction.text) < 20_001
    assert corrected(state, Correction(5, correction.text)).rows
