"""What each format holds, read back as other programs read it."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.call import Call, CallState
from assistant.export import render_text, srt, vtt
from assistant.export.cues import LIMIT_SECONDS, cues_of, timestamp
from assistant.export.markdown import escape
from assistant.export.wording import milliseconds
from assistant.plain import plain
from assistant.values import Channel, TranscriptUpdate, UpdateKind, Word
from tests.assistant.export.reading import markdown_paragraphs, markdown_tokens, subtitle_cues, words_of
from tests.assistant.export.samples import HOSTILE, STEERING, call_of, interview, utterance
from tests.assistant.store.calls import calls

TEXT_FORMATS = ("md", "txt", "json", "srt", "vtt")
OUR_TOKENS = {
    "heading_open", "heading_close", "bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close",
    "paragraph_open", "paragraph_close", "inline", "text", "text_special", "strong_open", "strong_close",
}  # fmt: skip


@pytest.mark.parametrize("format_", TEXT_FORMATS)
def test_all_formats_hold_the_same_words(format_: str) -> None:
    call = interview()
    said = [word.text for update in call.utterances for word in update.words]
    assert words_of(format_, render_text(call, format_)) == said


@pytest.mark.parametrize("format_", TEXT_FORMATS)
def test_hostile_words_stay_words(format_: str) -> None:
    call = call_of(utterance(0, Channel.THEM, HOSTILE, 1.0), title=HOSTILE)
    text = render_text(call, format_)
    assert words_of(format_, text) == HOSTILE.split()
    for unchanged in ("%s", "200%", "{0}", "$1", "=cmd()", "Tomás", "你好", "🙂"):
        assert unchanged in text


@pytest.mark.parametrize("format_", TEXT_FORMATS)
def test_nothing_that_steers_a_reader_is_written(format_: str) -> None:
    call = interview()
    flag, question = call.flags[0], call.follow_ups[0]
    call = replace(
        call,
        title=STEERING,
        consent=STEERING,
        utterances=(utterance(0, Channel.YOU, STEERING, 1.0),),
        flags=(replace(flag, flag=replace(flag.flag, quote=STEERING, reason=STEERING), withdrawn_reason=STEERING),),
        follow_ups=(replace(question, follow_up=replace(question.follow_up, question=STEERING, why=STEERING)),),
        gaps=(replace(call.gaps[0], reason=STEERING),),
        marks=(replace(call.marks[0], note=STEERING),),
    )
    text = render_text(call, format_)
    text.encode("utf-8")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\ud800-\udfff]", text)
    if format_ == "json":  # escaped, so nothing is lost
        assert json.loads(text)["title"] == json.loads(text)["marks"][0]["note"] == STEERING


@settings(max_examples=60, deadline=None)
@given(calls())
def test_any_call_can_be_written(call: Call) -> None:
    for format_ in TEXT_FORMATS:
        render_text(call, format_).encode("utf-8")
    assert {token.type for token in markdown_tokens(render_text(call, "md"))} <= OUR_TOKENS
    seen = " ".join(words_of("txt", render_text(call, "txt")))
    for format_ in ("srt", "vtt"):
        text = render_text(call, format_)
        cues = subtitle_cues(text, "," if format_ == "srt" else ".")
        assert all(cue.end_seconds > cue.start_seconds for cue in cues)
        assert [cue.start_seconds for cue in cues] == sorted(cue.start_seconds for cue in cues)
        assert sorted(words_of(format_, text)) == sorted(seen.split())


# --- Markdown ------------------------------------------------------------------------------------------------------


def test_markdown_shows_hostile_text_as_it_is() -> None:
    call = interview()
    flag = replace(call.flags[1].flag, quote=HOSTILE, reason=HOSTILE)
    call = replace(call, title=HOSTILE, consent=HOSTILE, flags=(replace(call.flags[1], flag=flag),))
    text = render_text(call, "md")
    assert {token.type for token in markdown_tokens(text)} <= OUR_TOKENS
    paragraphs = markdown_paragraphs(text)
    assert paragraphs[0] == HOSTILE
    assert f"Consent: {HOSTILE}" in paragraphs
    assert any(f"“{HOSTILE}”" in paragraph for paragraph in paragraphs)
    # Readers of GitHub's dialect make links of bare addresses.
    assert not re.search(r"https?://|www\.|[^\\]@", text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1))
def test_markdown_escape_is_seen_as_the_text(text: str) -> None:
    shown = f"x{plain(text)}x"
    assert markdown_paragraphs(f"**You** 00:01: {escape(shown)}") == [f"You 00:01: {shown}"]


def test_markdown_tells_the_whole_call() -> None:
    text = render_text(interview(), "md")
    expected = """\
# Product manager

- **Date:** 2026-11-26 12:04+01:00
- **Length:** 1:02:05
- **Speech model:** tiny.en
- **Consent:** yes, at 12:03
- **State:** the program ended in mid-call; everything up to 1:02:05 was recovered

## Covered

- **What was measured:** 1:00:05; first “We went from 30 a month to 9.”
- **Result:** 00:06; first “I increased revenue by 7000%.”
- **Lesson, differently today:** 1:00:09; first “I should have asked earlier.”

## Still open

- **How measured:** not touched
- **Own part:** not touched
- **Hardest part:** not touched
- **How overcome:** not touched
- **Trade-off:** asked at 00:01, not answered
- **Explained:** not touched

## Mistakes and lessons told openly

- **1:00:09:** “I should have asked earlier.”

## Flags

- **f1 at 00:06:** “increased revenue by 7000%.” (Them, only a number). A number without baseline. Missing: the \
starting point, own part. Taken back at 1:00:10: the baseline was named.
- **f2 at 00:09:** “really well.” (Them, vague). Nothing to check. It stands.

## Follow-ups

- **q1 at 00:09:** “7000% of what?” (the starting point, on “increased revenue by 7000%.” at 00:06). No baseline was \
given. Taken away at 1:00:10: answered.
- **q2 at 00:20:** “What was hardest?” (what was hard). Nobody asked yet. It was open to the end.

## Marks

- **00:12:** ask again
- **00:13:** marked

## Not heard

- **01:20 to 01:21:** You, the microphone was unplugged.

## Transcript

**You** 00:01: What did you achieve, and how?

**Them** 00:06: I increased revenue by 7000%. (f1, taken back) It went **really well.** (f2)

**Them** 1:00:05: We went from 30 a month to 9. I should have asked earlier.
"""
    assert text.replace("\n\n\n", "\n\n").strip() == expected.strip()


def test_a_call_without_review_has_no_empty_sections() -> None:
    text = render_text(call_of(utterance(0, Channel.YOU, "Hello", 1.0)), "md")
    assert [line for line in text.split("\n") if line.startswith("#")] == ["# Product manager", "## Transcript"]


# --- plain text and JSON -------------------------------------------------------------------------------------------


def test_txt_has_times_voices_and_flags() -> None:
    lines = render_text(interview(), "txt").split("\n")
    assert lines[0] == "Product manager"
    assert "[00:06] Them: I increased revenue by 7000%. It went really well." in lines
    assert "- f2 at 00:09: “really well.” (Them, vague). Nothing to check. It stands." in lines


def test_json_holds_everything_exactly() -> None:
    call = interview()
    table = json.loads(render_text(call, "json"))
    assert (table["format"], table["version"], table["state"]) == ("depthcue-call", 1, "recovered")
    assert table["started"] == "2026-11-26T12:04:05+01:00"
    assert table["utterances"][1]["words"][4] == {"text": "7000%.", "start_s": 8.0, "end_s": 8.4, "probability": 0.9}
    assert table["sentences"][4]["aspects"] == ["lesson"]
    assert table["sentences"][4]["is_good_sign"] is True
    first = table["flags"][0]
    assert first["quote"] == table["sentences"][1]["text"][first["quote_start"] : first["quote_end"]]
    assert (first["start_s"], first["withdrawn_at_s"], first["withdrawn_reason"]) == (
        6.5,
        3610.0,
        "the baseline was named",
    )
    assert table["follow_ups"][0]["retired_why"] == "answered"
    assert table["follow_ups"][1]["quote"] is None
    assert table["gaps"] == [
        {"channel": "you", "start_s": 80.0, "end_s": 81.4, "reason": "the microphone was unplugged"}
    ]
    assert table["marks"][0] == {"at_s": 12.0, "note": "ask again"}


def test_json_gives_no_place_of_a_quote_whose_sentence_was_heard_otherwise_since() -> None:
    call = interview()
    again = replace(call.sentences[1].sentence, words=call.sentences[1].sentence.words[1:])
    sentences = (call.sentences[0], replace(call.sentences[1], sentence=again), *call.sentences[2:])
    first, second = json.loads(render_text(replace(call, sentences=sentences), "json"))["flags"]
    assert (first["quote"], first["quote_start"], first["quote_end"]) == ("increased revenue by 7000%.", None, None)
    assert (second["quote_start"], second["quote_end"]) == (8, 20)


def test_a_transcript_of_sentences_only_is_written_too() -> None:
    call = replace(interview(), utterances=(), model="", state=CallState.FINISHED)
    for format_ in ("md", "txt", "srt", "vtt"):
        assert "earlier." in words_of(format_, render_text(call, format_))


# --- subtitles -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0.0, "00:00:00,000"),
        (0.9995, "00:00:01,000"),
        (0.9994, "00:00:00,999"),
        (59.9996, "00:01:00,000"),
        (3599.9999, "01:00:00,000"),
        (36_000.001, "10:00:00,001"),
    ],
)
def test_milliseconds_are_carried(seconds: float, expected: str) -> None:
    assert timestamp(milliseconds(seconds), ",") == expected


def test_srt_and_vtt_as_they_stand() -> None:
    call = replace(interview(), utterances=interview().utterances[:2])
    assert render_text(call, "srt") == (
        "1\n00:00:01,000 --> 00:00:03,900\nYou: What did you achieve, and how?\n\n"
        "2\n00:00:06,000 --> 00:00:10,400\nThem: I increased revenue by 7000%. It went really well.\n"
    )
    blocks = render_text(call, "vtt").split("\n\n")
    assert blocks[0] == "WEBVTT"
    assert blocks[2] == "NOTE Consent: yes, at 12:03"
    assert blocks[3] == "00:00:01.000 --> 00:00:03.900\n<v You>What did you achieve, and how?"
    assert blocks[4].startswith("NOTE Flag f1 at 00:06: “increased revenue by 7000%.” (Them")
    assert blocks[6].endswith("<v Them>I increased revenue by 7000%. It went really well.\n")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0.01, 4), st.sampled_from(["yes", "no.", "a" * 30]))))
def test_cues_are_short_and_hold_the_words_at_their_times(pieces: list[tuple[float, float, str]]) -> None:
    said, clock_seconds = [], 0.0
    for pause_seconds, length_seconds, text in pieces:
        clock_seconds += pause_seconds
        said.append(Word(text, clock_seconds, clock_seconds + length_seconds))
        clock_seconds += length_seconds
    update = TranscriptUpdate(UpdateKind.FINAL, Channel.THEM, 0, 0.0, clock_seconds, tuple(said))
    cues = cues_of(call_of(update))
    assert " ".join(cue.text for cue in cues).split() == [word.text for word in said]
    for cue in cues:
        assert cue.end_ms - cue.start_ms <= LIMIT_SECONDS * 1000 + 1
        assert len(cue.text) <= 84
    for before, after in pairwise(cues):
        assert before.end_ms <= after.start_ms
    assert {cue.start_ms for cue in cues} <= {milliseconds(word.start_seconds) for word in said}


def test_a_cue_ends_with_its_sentence_where_that_is_long_enough() -> None:
    text = "This is a sentence of eight words here. And the next one."
    assert [cue.text for cue in cues_of(call_of(utterance(0, Channel.YOU, text, 0.0)))] == [
        "This is a sentence of eight words here.",
        "And the next one.",
    ]


def test_words_without_times_are_cues_all_the_same() -> None:
    update = TranscriptUpdate(UpdateKind.FINAL, Channel.YOU, 0, 0.0, 0.0, (Word("Hello", 0.0, 0.0),))
    assert subtitle_cues(render_text(call_of(update), "vtt"), ".")[0].end_seconds == 0.5


@given(st.text())
def test_subtitle_escapes_are_read_as_the_text(text: str) -> None:
    for escaped in (srt.escape(text), vtt.escape(text)):
        assert html.unescape(escaped).replace("\u2060", "") == text.replace("\u2060", "")
        assert not re.search("[<>]", escaped)


def test_srt_leaves_what_no_player_reads_as_markup() -> None:
    assert srt.escape("R&D at AT&T, 200% {0}") == "R&D at AT&T, 200% {0}"
    assert srt.escape("R&amp;D &lt;b&gt;") == "R&amp;amp;D &amp;lt;b&amp;gt;"
    assert "{\\" not in srt.escape("{\\an8}top")
