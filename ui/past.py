"""Calls that are over: the history, a call that is looked at, its export. Joins their pages with the store.

Everything that may wait runs on this lane, in the order in which it was asked for; what is to be stored is stored
before the program ends.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from ui import history
from ui.desktop.lane import Lane
from ui.desktop.window import PanelWindow

if TYPE_CHECKING:  # the pages are imported when they are first wanted: the window comes up before them
    from assistant.audio.playback import Player
    from assistant.call import Version
    from ui.desktop.after.export_page import ExportPage
    from ui.desktop.after.history_page import HistoryPage
    from ui.desktop.after.session_page import SessionPage
    from ui.desktop.after.session_state import SessionState


def now() -> datetime:
    return datetime.now().astimezone()


class Past(QObject):
    """Emits `left` when the way back leads to the page before a call, and `changed` when a call was deleted.

    `end` it before the program ends.
    """

    left = Signal()
    changed = Signal()

    def __init__(self, window: PanelWindow) -> None:
        super().__init__(window)
        self._window = window
        self._lane = Lane("past", self)
        self.history_page: HistoryPage | None = None
        self.session_page: SessionPage | None = None
        self.export_page: ExportPage | None = None
        self._comes_from_history = False
        window.open_requested.connect(self.open)
        window.ready_page.history_wanted.connect(self.open_history)

    def end(self) -> None:
        """Store and delete what waits for it, and return when no thread is left."""
        self._leave_pages()
        self._lane.end(does_all=True)

    # --- the history ---

    def open_history(self) -> None:
        page = self._history()
        page.field.clear()
        self._window.show_page(page)
        page.start()
        self._lane.do(history.past_calls, page.show_calls, self._failed("The history can't be read"))

    def _history(self) -> HistoryPage:
        from ui.desktop.after.history_page import HistoryPage

        if self.history_page is None:
            self.history_page = page = HistoryPage(now)
            page.back.connect(self._leave_history)
            page.search_wanted.connect(self._search)
            page.opened.connect(partial(self._open, from_history=True))
        return self.history_page

    def _search(self, query: str) -> None:
        page = self._history()
        self._lane.do(
            partial(history.search, query),
            partial(page.show_hits, query),
            self._failed("The history can't be searched"),
        )

    def _leave_history(self) -> None:
        self._delete()
        self.left.emit()

    def _delete(self) -> None:
        gone = self.history_page.take_deleted() if self.history_page is not None else ()
        if gone:
            self._lane.do(partial(history.delete, gone), lambda _: self.changed.emit(), self._not_deleted)

    def _not_deleted(self, why: str) -> None:
        self._window.show_error("Not all of it is deleted", why)
        self.changed.emit()

    # --- a call ---

    def open(self, call_id: str) -> None:
        self._open(call_id, -1, from_history=False)

    def open_after_call(self, call_id: str) -> None:
        """The call on the screen has ended; whoever looks at something else by now is left there."""
        if self._window.pages.currentWidget() is self._window.live_page:
            self._open(call_id, -1, from_history=False)

    def _open(self, call_id: str, utterance: int, from_history: bool) -> None:
        shown = self._window.pages.currentWidget()

        def opened(result: tuple[SessionState, Player | None, str]) -> None:
            state, player, why_silent = result
            if self._window.pages.currentWidget() is not shown:
                return  # somebody went elsewhere meanwhile
            self._comes_from_history = from_history
            page = self._session()
            page.show_session(state, player, None if utterance < 0 else utterance)
            self._window.show_page(page)
            page.start()
            if why_silent:
                self._window.show_error("The sound can't be played", why_silent)

        self._lane.do(partial(history.open_session, call_id), opened, self._failed("The call can't be opened"))

    def _session(self) -> SessionPage:
        from ui.desktop.after.session_page import SessionPage

        if self.session_page is None:
            self.session_page = page = SessionPage()
            page.back.connect(self._leave_session)
            page.export_wanted.connect(self._open_export)
            page.notes_written.connect(self._keep_notes)
            page.corrected.connect(self._correct)
            page.version_wanted.connect(self._show_version)
            page.not_heard.connect(partial(self._window.show_error, "Nothing can be heard"))
        return self.session_page

    def _leave_session(self) -> None:
        self._session().leave()
        if self._comes_from_history:
            page = self._history()
            self._window.show_page(page)
            page.list.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.left.emit()

    def _keep_notes(self, notes: str) -> None:
        if (state := self._session().state) is not None:
            keep = partial(history.keep_notes, state.call.id, notes)
            self._lane.do(keep, lambda _: None, self._failed("The notes are not stored"))

    def _correct(self, row: int, text: str) -> None:
        state = self._session().state
        correction = state.correction(row, text) if state is not None else None
        if state is not None and correction is not None:
            correct = partial(history.correct, state.call.id, state.call.version, correction)
            self._lane.do(correct, self._corrected, self._failed("The line is not corrected"))

    def _corrected(self, state: SessionState) -> None:
        page = self._session()
        if page.shows(state.call.id) and page.state is not None and page.state.call.version is state.call.version:
            page.show_corrected(state)

    def _show_version(self, version: Version) -> None:
        page = self._session()

        def loaded(state: SessionState) -> None:
            if page.shows(state.call.id):
                page.show_version(state)

        if page.state is not None:
            load = partial(history.version_of, page.state.call.id, version)
            self._lane.do(load, loaded, self._failed("The other version can't be opened"))

    # --- export ---

    def _open_export(self) -> None:
        if (state := self._session().state) is not None:
            page = self._export_page()
            self._session().rest()
            self._window.show_page(page)
            page.show_export(state.title, has_sound=state.call.audio is not None, version=state.version_name)

    def _export_page(self) -> ExportPage:
        from ui.desktop.after.export_page import ExportPage

        if self.export_page is None:
            self.export_page = page = ExportPage()
            page.back.connect(self._leave_export)
            page.preview_wanted.connect(self._preview)
            page.export_wanted.connect(self._export)
        return self.export_page

    def _preview(self, format_: str) -> None:
        page = self._export_page()
        if (state := self._session().state) is not None:
            preview = partial(history.preview, state.call.id, state.call.version, format_)
            self._lane.do(preview, page.show_preview, page.show_failed)

    def _export(self, format_: str, folder: Path) -> None:
        page = self._export_page()
        if (state := self._session().state) is not None:
            export = partial(history.export, state.call.id, folder, format_, state.call.version)
            self._lane.do(export, page.show_written, page.show_failed)

    def _leave_export(self) -> None:
        self._window.show_page(self._session())
        self._session().start()

    # --- helpers ---

    def _leave_pages(self) -> None:
        if self.session_page is not None:
            self.session_page.leave()
        self._delete()

    def _failed(self, title: str) -> Callable[[str], object]:
        return partial(self._window.show_error, title)
