"""A call that is over: timeline, sound, transcript, summary, flags, notes. It shows a `SessionState` and passes on what
a person does; narrow, one view at a time, and wide, the transcript beside the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.desktop.after.correction_bar import CorrectionBar
from ui.desktop.after.entry_list import EntryList
from ui.desktop.after.flags_view import FlagsView
from ui.desktop.after.keyed_page import KeyedPage
from ui.desktop.after.notes_field import NotesField
from ui.desktop.after.page_bar import PageBar
from ui.desktop.after.played_transcript import PlayedTranscript
from ui.desktop.after.player_bar import SKIP_SECONDS, PlayerBar, Playing
from ui.desktop.after.session_state import VERSION_NAMES, SessionState
from ui.desktop.after.summary import facts, seconds_of, talk_share
from ui.desktop.after.tabs import Tabs
from ui.desktop.after.timeline import Timeline
from ui.desktop.after.views import Views, column, padded
from ui.desktop.announcing import announce
from ui.desktop.bubble import Bubble
from ui.desktop.buttons import icon_button
from ui.desktop.fitted import Fitted, FittedArea
from ui.desktop.keyboard import KEYBOARD, ActionKey, KeyTip
from ui.desktop.shortcuts import Action, Where
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px
from ui.desktop.transcript_model import TranscriptModel, heading

TRANSCRIPT, SUMMARY, FLAGS, NOTES = range(4)
_CONTEXT_PX = 100  # of the transcript, above a line that is corrected
_ABOVE_SHARE = 0.45  # of the window, at most, for all above the views: with large text it scrolls


class SessionPage(KeyedPage):
    """Emits `back`, `export_wanted`, `notes_written(text)`, `corrected(row, text)`, `version_wanted(version)` and
    `not_heard(why)`."""

    back = Signal()
    export_wanted = Signal()
    notes_written = Signal(str)
    corrected = Signal(int, str)
    version_wanted = Signal(object)
    not_heard = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: SessionState | None = None
        self._bubble: Bubble | None = None
        self._export = icon_button("Export", "", "download")
        KeyTip(self._export, Action.EXPORT, "Export")
        self.bar = PageBar(self._export)
        self.versions = Tabs("Version", tuple(VERSION_NAMES.values()))
        self._versions_row = padded(self.versions)
        self.timeline, self.player, self.notes = Timeline(), PlayerBar(), NotesField()
        self.model = TranscriptModel(self)
        self.transcript, self.correction = PlayedTranscript(self.model), CorrectionBar()
        self.summary, self.flags = EntryList("Summary"), FlagsView()
        self._share, self._hint = TextBlock(Type.SMALL, "muted", 2), TextBlock(Type.TINY, "muted", 2)
        self._lay_out()
        self._connect()
        self._say_keys()

    @property
    def state(self) -> SessionState | None:
        """What is shown; read it, change nothing."""
        return self._state

    # --- what the composition says ---

    def show_session(self, state: SessionState, player: Playing | None, at_utterance: int | None = None) -> None:
        """Another call, at the place that was searched for if there is one."""
        self.correction.hide()
        self._make_room(False)
        self.player.take(player)
        self._hint.setVisible(player is not None)
        self._take(state)
        self.notes.show_notes(state.call.notes)
        row = None if at_utterance is None else state.row_of(at_utterance)
        if row is not None:
            self.views.show_view(TRANSCRIPT)
            words = state.rows[row].words
            self._go_to(words[0].start_seconds if words else state.rows[row].start_seconds)
            self.transcript.show_row(row)
            return
        self.views.show_view(self.views.current if self.views.is_wide else SUMMARY)
        if state.rows:
            self.transcript.setCurrentIndex(self.model.index(0))

    def show_version(self, state: SessionState) -> None:
        """The other version of the same call, at the same moment; sound, notes and view stay."""
        at_seconds = self.timeline.value() / 1000
        self._take(state)
        row = state.row_at(at_seconds)
        if row is not None:
            self.transcript.show_row(row)
        self._show_moment(at_seconds)
        announce(self, f"{state.version_name} is shown")

    def shows(self, call_id: str) -> bool:
        return self._state is not None and self._state.call.id == call_id

    def show_corrected(self, state: SessionState) -> None:
        """The same call after a correction, without moving anything."""
        before = self._state
        self._state = state
        for row, line in enumerate(state.rows):
            if before is None or row >= len(before.rows) or before.rows[row] != line:
                self.model.replace(row, line)
        self.timeline.show_call(state.timeline)

    def start(self) -> None:
        """The page comes into sight."""
        views: tuple[QWidget, ...] = (self.transcript, self.summary, self.flags.list, self.notes.field)
        views[self.views.current].setFocus(Qt.FocusReason.TabFocusReason)  # the line that was looked for is seen

    def rest(self) -> None:
        """Another page is over this one: store what is not stored, be silent."""
        self.notes.store()
        self.player.pause()
        self._hide_bubble()

    def leave(self) -> None:
        """The page is left: store what is not stored, be silent, let the sound go."""
        self.notes.store()
        self.player.take(None)
        self._hide_bubble()

    def _lay_out(self) -> None:
        self._hint_row = padded(self._hint)
        self.views = Views(
            "View",
            ("Transcript", "Summary", "Flags", "Notes"),
            column(self.transcript, self.correction, self._hint_row, growing=self.transcript),
            column(padded(self._share), self.summary, growing=self.summary),
            self.flags,
            self.notes,
        )
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        above = Fitted()
        rows = QVBoxLayout(above)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        for widget in (self.bar, self._versions_row, self.timeline, self.player):
            rows.addWidget(widget)
        self._above = FittedArea(above, _ABOVE_SHARE)
        outer.addWidget(self._above)
        outer.addWidget(self.views, 1)
        self.transcript.setMinimumHeight(px(40))
        self.summary.setMinimumHeight(px(60))
        self.views.show_view(SUMMARY)

    def _connect(self) -> None:
        self.bar.back.connect(self.back)
        self._export.clicked.connect(self.export_wanted)
        self.versions.chosen.connect(lambda number: self.version_wanted.emit(tuple(VERSION_NAMES)[number]))
        self.timeline.wanted.connect(self._go_to)
        self.player.moved.connect(self._show_moment)
        self.player.started.connect(self.transcript.go_along)
        self.player.failed.connect(self.not_heard)
        self.transcript.moment_wanted.connect(self._play_from)
        self.transcript.correction_wanted.connect(self._begin_correction)
        self.transcript.span_wanted.connect(self._explain)
        self.transcript.span_left.connect(self._hide_bubble)
        self.correction.saved.connect(self._save_correction)
        self.correction.left.connect(self._end_correction)
        self.summary.chosen.connect(self._choose_moment)
        self.flags.chosen.connect(self._open_moment)
        self.notes.written.connect(self.notes_written)
        KEYBOARD.changed.connect(self._say_keys)
        for action, by_seconds in ((Action.BACK, -SKIP_SECONDS), (Action.AHEAD, SKIP_SECONDS)):
            ActionKey(self, action, partial(self.player.skip, by_seconds))  # of itself a button would take an arrow key

    def _say_keys(self) -> None:
        self._hint.say(f"Click a word to hear it. {KEYBOARD.shown(Action.CORRECT)} corrects a line.")

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:  # another theme, or another size of text
            self.transcript.restyle()

    def _take(self, state: SessionState) -> None:
        self._state = state
        self.bar.say(state.title, facts(state.call))
        self.model.reset(state.rows)
        self.views.tabs.retitle(FLAGS, f"Flags {len(state.flags)}" if state.flags else "Flags")
        self._versions_row.setVisible(state.has_second_pass)
        self.versions.choose(tuple(VERSION_NAMES).index(state.call.version))
        self.transcript.start(is_live=False)
        self.timeline.show_call(state.timeline)
        self._share.say(talk_share(state.call))
        self.summary.show_entries(state.summary)
        self.flags.show_flags(state)

    # --- moments ---

    def _choose_moment(self, key: str) -> None:
        seconds = seconds_of(key)
        if seconds is not None:
            self._open_moment(seconds)

    def _open_moment(self, seconds: float) -> None:
        """From a list to the place in the transcript, which the sound waits at."""
        self.views.show_view(TRANSCRIPT)
        self._go_to(seconds)
        self.transcript.setFocus(Qt.FocusReason.TabFocusReason)

    def _go_to(self, seconds: float) -> None:
        self.player.go_to(seconds)
        row = self._state.row_at(seconds) if self._state else None
        if row is not None:
            self.transcript.show_row(row)
        self._show_moment(seconds)
        if self.player.is_playing:
            self.transcript.go_along()

    def _play_from(self, seconds: float) -> None:
        self.player.play_from(seconds)
        self._show_moment(seconds)

    def _show_moment(self, seconds: float) -> None:
        self.timeline.show_place(seconds)
        if self._state is not None:
            self.transcript.light(self._state.words.at(seconds))

    # --- a correction ---

    def _begin_correction(self, row: int) -> None:
        if self._state is not None and self._state.can_correct(row):
            line = self._state.rows[row]
            self.correction.begin(row, line.text, self._state.heard(row), heading(line))
            self._make_room(True)

    def _save_correction(self, row: int, text: str) -> None:
        self._end_correction()
        self.corrected.emit(row, text)

    def _end_correction(self) -> None:
        self.correction.hide()
        self._make_room(False)
        self.transcript.setFocus(Qt.FocusReason.TabFocusReason)

    def _make_room(self, is_needed: bool) -> None:
        """For the correction, which belongs to the version that is shown, so that stays: in a low window, or with large
        text, the picture goes meanwhile, and where that is not enough all that stands above the transcript."""
        self.versions.setDisabled(is_needed)
        self._hint_row.setHidden(is_needed)
        for part in (self.timeline, self._above, self.views.tabs_row):
            part.show()
        above = [self._above] if self.views.is_wide else [self._above, self.views.tabs_row]
        for part in (self.timeline, *above):
            if is_needed and self._needed_height(above) > self.height():
                part.hide()

    def _needed_height(self, above: Sequence[QWidget]) -> int:
        """Of a correction with some lines of the transcript, and what is shown of the parts above."""
        height = sum(part.heightForWidth(self.width()) for part in above if not part.isHidden())
        return height + px(_CONTEXT_PX) + self.correction.heightForWidth(self.transcript.width())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        if self.correction.is_open:
            self._make_room(True)

    # --- reasons ---

    def _explain(self, reason_id: str, near: QRect) -> None:
        if self._state is None:
            return
        reason = self._state.panel.reason(reason_id)
        if reason is None:
            return
        missing = f"Not said: {reason.missing}." if reason.missing else ""
        rows = ((reason.text, "text"), (missing, "muted"))
        if self._bubble is None:
            self._bubble = Bubble(self.window())
        self._bubble.say(reason.title, *(row for row in rows if row[0]), near=near)

    def _hide_bubble(self) -> None:
        if self._bubble is not None:
            self._bubble.hide()

    # --- keys ---

    def key_does(self, event: QKeyEvent) -> Callable[[], object] | None:
        match KEYBOARD.action(event, Where.SESSION):
            case Action.PLAY:
                return self.player.play_or_pause
            case Action.EXPORT:
                return self.export_wanted.emit
        is_back = event.key() == Qt.Key.Key_Escape or event.matches(QKeySequence.StandardKey.Back)
        return self.back.emit if is_back else None
