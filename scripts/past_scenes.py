"""The pictures of calls that are over: the bundled interview as it is kept, in the history and in the session view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from assistant.call import Call, CallCollector, CallState, Correction, Version
from assistant.export import render_text
from assistant.values import Channel, Mark, Stamped
from ui.desktop.after.export_page import ExportPage, Preview
from ui.desktop.after.history_page import HistoryPage
from ui.desktop.after.history_state import Hit
from ui.desktop.after.session_page import FLAGS, NOTES, SUMMARY, TRANSCRIPT, SessionPage
from ui.desktop.after.session_state import SessionState
from ui.desktop.controls import PastCall
from ui.desktop.window import PanelWindow

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
HEARD_SECONDS = 25.5
QUERY = "revenue"
NOTES_TEXT = "Clear about what went wrong with the boxes.\nNext round: the move to the new order system."
KEPT = (
    PastCall("20260302-160000", "Backend engineer", NOW - timedelta(hours=2), 2710.0, CallState.FINISHED),
    PastCall("20260302-101500", "Data engineer, payments", NOW - timedelta(hours=8), 744.0, CallState.RECOVERED),
    PastCall("20260301-101500", "Senior product manager", NOW - timedelta(hours=31), 187.0, CallState.FINISHED),
    PastCall("20260220-140000", "Designer", NOW - timedelta(days=10), 3187.0, CallState.FINISHED),
)


class Standing:
    """A recording that stands at a moment; nobody hears a picture."""

    length_seconds = 187.0
    is_playing = False
    position_seconds = HEARD_SECONDS
    failure = ""

    def play(self, from_seconds: float | None = None) -> None: ...

    def pause(self) -> None: ...

    def seek(self, to_seconds: float) -> None:
        self.position_seconds = to_seconds

    def close(self) -> None: ...


def kept_call(whole: list[Stamped], title: str, consent: str) -> Call:
    """The call as the store would give it, with what a person did to it afterwards."""
    collector = CallCollector()
    for stamped in whole:
        collector.next(stamped)
    empty = Call(
        KEPT[2].id, title, KEPT[2].started, KEPT[2].duration_seconds, CallState.FINISHED, "tiny.en", language="en",
        consent=consent, notes=NOTES_TEXT,
    )  # fmt: skip
    call = replace(collector.call(empty), marks=(Mark(61.0, "the order system"),))
    asked = next(update for update in call.utterances if update.channel is Channel.YOU and "team" in update.text)
    return replace(call, corrections=(Correction(asked.utterance, "Oh, nice, and how big was your team?"),))


def past_scenes(whole: list[Stamped], title: str, consent: str) -> dict[str, Callable[[PanelWindow], None]]:
    call = kept_call(whole, title, consent)
    state, twice = SessionState.of(call), SessionState.of(replace(call, version=Version.SECOND, model="base"), True)

    def session(window: PanelWindow, view: int, corrects: bool = False, state: SessionState = state) -> None:
        page = SessionPage()
        window.show_page(page)
        page.show_session(state, Standing())
        page.resize(window.pages.size())
        page.timeline.wanted.emit(HEARD_SECONDS)
        page.views.show_view(view)
        if corrects:
            row = next(row for row, line in enumerate(state.rows) if "platform" in line.text)
            page.transcript.correction_wanted.emit(row)
        page.start()

    def history(window: PanelWindow, query: str = "", deletes: bool = False) -> None:
        page = HistoryPage(lambda: NOW)
        window.show_page(page)
        page.show_calls(KEPT)
        page.start()
        if deletes:
            page.delete_current()
        if query:
            page.field.setText(query)
            found = (update for update in call.utterances if query in update.text)
            page.show_hits(
                query, (Hit(call.id, one.utterance, one.channel, one.start_seconds, one.text) for one in found)
            )

    def export(window: PanelWindow) -> None:
        page = ExportPage()
        window.show_page(page)
        page.show_export(title, has_sound=True)
        page.show_preview(Preview("md", render_text(call, "md")))

    return {
        "session-summary": partial(session, view=SUMMARY),
        "session-transcript": partial(session, view=TRANSCRIPT),
        "session-correction": partial(session, view=TRANSCRIPT, corrects=True),
        "session-flags": partial(session, view=FLAGS),
        "session-versions": partial(session, view=SUMMARY, state=twice),
        "session-notes": partial(session, view=NOTES),
        "export": export,
        "history": history,
        "history-search": partial(history, query=QUERY),
        "history-deleted": partial(history, deletes=True),
    }
