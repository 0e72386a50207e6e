"""A line that a person corrected reads so in every format, and the file says so."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from assistant.call import Correction
from assistant.export import render_text
from tests.assistant.export.samples import HOSTILE, interview

CORRECTED = replace(
    interview(), corrections=(Correction(1, "I increased revenue by 70%. It went really well."),), notes="Ask\nher team"
)


@pytest.mark.parametrize("format_", ["md", "txt"])
def test_documents_show_the_new_text_and_what_was_heard(format_: str) -> None:
    text = render_text(CORRECTED, format_)
    transcript, listed = text.partition("Transcript")[2] or text, text.partition("Corrected by hand")[2]
    assert "one line was corrected by hand" in text
    assert "70%" in transcript and "heard as “I increased revenue by 7000%. It went really well.”" in text
    assert "heard as" in listed
    assert "Note:" in text and "her team" in text
    assert "corrected" not in render_text(interview(), format_).lower()


def test_a_flag_stays_on_the_words_that_took_the_place_of_its_own() -> None:
    assert "increased revenue by 70%. (f1, taken back) It went **really well.** (f2)" in render_text(CORRECTED, "md")


@pytest.mark.parametrize(("format_", "sign"), [("srt", "[corrected]"), ("vtt", "NOTE Corrected by hand")])
def test_subtitles_show_the_new_text_and_mark_it(format_: str, sign: str) -> None:
    text = render_text(CORRECTED, format_)
    said = [line for line in text.splitlines() if line.startswith(("Them: ", "<v Them>"))]
    assert "increased revenue by 70%" in said[0] and not any("7000%" in line for line in said)
    assert text.count(sign) == 1 and sign not in render_text(interview(), format_)


def test_json_keeps_both() -> None:
    table = json.loads(render_text(CORRECTED, "json"))
    assert table["notes"] == "Ask\nher team"
    assert [one["corrected_text"] for one in table["utterances"]] == [None, CORRECTED.corrections[0].text, None]
    assert table["utterances"][1]["text"].startswith("I increased revenue by 7000%")


@pytest.mark.parametrize("format_", ["md", "txt", "srt", "vtt", "json"])
def test_hostile_notes_and_corrections_are_text(format_: str) -> None:
    text = render_text(replace(CORRECTED, notes=HOSTILE, corrections=(Correction(1, HOSTILE),)), format_)
    assert "\x1b" not in text and "\u202e" not in text
    if format_ in ("md", "srt", "vtt"):
        assert "<script>" not in text
