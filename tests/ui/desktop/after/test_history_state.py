"""Looking through the history: days, filters, hits, deleting and taking back. Without a window."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.call import CallState
from assistant.values import Channel
from ui.desktop.after.history_state import (
    NOTHING_FOUND,
    NOTHING_HERE,
    NOTHING_KEPT,
    HistoryState,
    Hit,
    Period,
    day_name,
    place_of,
    snippet,
)
from ui.desktop.controls import PastCall

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def kept(call_id: str, days: float, title: str = "", state: CallState = CallState.FINISHED) -> PastCall:
    return PastCall(call_id, title or f"Role {call_id}", NOW - timedelta(days=days), 125.0, state)


@pytest.fixture
def history() -> HistoryState:
    state = HistoryState()
    state.take_calls([kept("a", 0.1), kept("b", 1, "Data engineer"), kept("c", 40), kept("d", 800)])
    return state


def keys(state: HistoryState) -> list[str]:
    return [entry.key for entry in state.entries(NOW) if entry.key]


def test_calls_stand_under_their_days(history) -> None:
    entries = history.entries(NOW)
    assert [entry.title for entry in entries[:4]] == ["TODAY", "Role a", "YESTERDAY", "Data engineer"]
    assert entries[1].note == "2 min" and day_name(date(2026, 1, 21), NOW.date()) == "WEDNESDAY, 21 JANUARY 2026"


def test_a_period_leaves_out_what_is_older(history) -> None:
    for period, shown in (
        (Period.WEEK, ["a", "b"]),
        (Period.YEAR, ["a", "b", "c"]),
        (Period.ALL, ["a", "b", "c", "d"]),
    ):
        history.period = period
        assert keys(history) == shown


def test_hits_stand_under_their_calls_in_the_order_of_the_best(history) -> None:
    history.search("revenue")
    hits = [
        Hit("c", 4, Channel.THEM, 65.0, "the revenue grew"),
        Hit("a", 1, Channel.YOU, 3.0, "which revenue?"),
        Hit("c", 2, Channel.THEM, 30.0, "revenue first"),
        Hit("gone", 2, Channel.THEM, 30.0, "revenue of a call that is not in the list"),
    ]
    assert history.take_hits("revenue", hits)
    assert (
        keys(history) == ["c", "c 2", "c 4", "a", "a 1"]
        and place_of("c 4") == ("c", 4)
        and place_of("c") == ("c", None)
    )
    hit = history.entries(NOW)[2]
    assert hit.aside == "01:05 Them" and hit.marked == ((4, 11),)


def test_a_late_answer_to_another_query_is_not_shown(history) -> None:
    history.search("rev")
    history.search("revenue")
    assert not history.take_hits("rev", [Hit("a", 1, Channel.YOU, 3.0, "rev")])
    assert history.entries(NOW)[0].title == NOTHING_FOUND


def test_titles_are_searched_too_and_an_empty_query_shows_all(history) -> None:
    history.search("ENGINEER data")
    assert keys(history) == ["b"]
    history.search("  ")
    assert keys(history) == ["a", "b", "c", "d"]


def test_what_was_deleted_comes_back_one_by_one_until_the_page_is_left(history) -> None:
    assert history.delete("b") and history.delete("a") and not history.delete("a") and not history.delete("nobody")
    assert keys(history) == ["c", "d"] and history.told_deleted().startswith("“Role a” and 1 more deleted")
    assert history.undo() == "a" and keys(history) == ["a", "c", "d"]
    assert history.take_deleted() == ("b",)
    assert history.undo() is None and keys(history) == ["a", "c", "d"] and history.told_deleted() == ""


def test_a_call_that_is_being_recorded_is_not_deleted() -> None:
    state = HistoryState()
    state.take_calls([kept("live", 0, state=CallState.RECORDING)])
    assert not state.delete("live") and "being recorded" in state.entries(NOW)[1].note


def test_an_empty_history_says_what_it_is_for(history) -> None:
    empty = HistoryState()
    assert empty.entries(NOW)[0].title == "Looking…"
    empty.take_calls([])
    assert empty.entries(NOW)[0].title == NOTHING_KEPT
    history.take_calls([kept("d", 800)])
    history.period = Period.WEEK
    assert history.entries(NOW)[0].title == NOTHING_HERE


def test_a_snippet_begins_shortly_before_the_first_hit_and_marks_whole_words() -> None:
    text, marked = snippet("word " * 40 + "then the Kubernetes cluster fell over", "kuber")
    assert text.startswith("… ") and text.index("Kubernetes") < 60
    assert [text[first:last] for first, last in marked] == ["Kubernetes"]
    assert snippet("short (a+b)* text", "(a+b)*")[1] and snippet("nothing", "!?") == ("nothing", ())


@given(st.text(max_size=60), st.text(max_size=12))
def test_any_snippet_marks_characters_that_it_has(text: str, query: str) -> None:
    shown, marked = snippet(text, query)
    assert all(0 <= first < last <= len(shown) for first, last in marked)
