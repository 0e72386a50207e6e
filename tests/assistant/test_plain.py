from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.importing.cleaning import clean_text
from assistant.plain import clock, counted, harmless, plain, plain_lines


@given(st.text() | st.text(st.characters(categories=["Cc", "Cf", "Mn", "Zl", "Zp", "Cs"])))
def test_nothing_that_steers_is_left(text):
    shown = plain(text)
    assert not any(unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs") for character in shown)
    assert not any(
        character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f" for character in shown
    )
    assert plain(shown) == shown
    shown.encode("utf-16")


@pytest.mark.parametrize("text", ["<b>bold</b>", "=cmd()", "../../x", "مرحبا", "👩‍👩‍👧", "naïve"])
def test_what_is_only_text_stays(text):
    assert plain(text) == text


def test_one_is_not_told_in_the_plural():
    assert [counted(number, "call") for number in (0, 1, 2)] == ["0 calls", "1 call", "2 calls"]


@pytest.mark.parametrize("hidden", ["\u00ad", "\u2060", "\u2066", "\u206f", "\ufeff", "\ufff9", "\ufffb", "\x1b"])
def test_every_way_of_showing_text_leaves_out_the_same(hidden):
    for show in (plain, plain_lines, harmless, clean_text):
        assert show(f"re{hidden}view") == "review"


def test_half_characters_are_told_and_lines_keep_their_indents():
    assert plain("a\ud83d b") == "a\ufffd b"
    assert harmless("one:\n  two\t\ud83d" + "Z" + "\u0301" * 9) == "one:\n  two \ufffdZ\u0301\u0301\u0301"


def test_reversed_text_is_not_reversed():
    assert plain("harmless \u202egpj.exe") == "harmless gpj.exe"


def test_towers_of_accents_are_cut():
    assert plain("Z" + "\u0301" * 50) == "Z\u0301\u0301\u0301"


@pytest.mark.parametrize(("seconds", "shown"), [(0, "00:00"), (767.9, "12:47"), (3767, "1:02:47"), (-1, "00:00")])
def test_a_time_is_minutes_and_seconds_and_hours_from_the_first_on(seconds, shown):
    assert clock(seconds) == shown
