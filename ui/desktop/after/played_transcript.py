"""The transcript of a call that is over, bound to its sound: a click on a word plays from there, and the word that is
heard is lit."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from ui.desktop.after.moments import HeardWord, word_at_character
from ui.desktop.keyboard import KEYBOARD, is_enter
from ui.desktop.shortcuts import Action, Where
from ui.desktop.theme import px
from ui.desktop.transcript_model import TranscriptModel
from ui.desktop.transcript_view import TranscriptView


class PlayedTranscript(TranscriptView):
    """Emits `moment_wanted(seconds)` for a word that was clicked or a line on which Enter was pressed, and
    `correction_wanted(row)`."""

    moment_wanted = Signal(float)
    correction_wanted = Signal(int)

    def __init__(self, model: TranscriptModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._lit: HeardWord | None = None
        self._goes_along = False  # the line that is heard stays in sight, until a person scrolls
        self._pressed_at: QPoint | None = None
        KEYBOARD.changed.connect(self._say_keys)
        self._say_keys()

    def _say_keys(self) -> None:
        self.setAccessibleDescription(
            f"Up and down go from line to line, Enter plays the line, {KEYBOARD.spoken(Action.CORRECT)} corrects it. "
            "Left and right go from one marked place to the next."
        )

    # --- what is heard ---

    def light(self, word: HeardWord | None) -> None:
        """Show which word is heard now."""
        if word == self._lit:
            return
        self._lit = word
        if word is not None and self._goes_along:
            self._keep_in_sight(word.row)
        self.viewport().update()

    def go_along(self) -> None:
        """Keep what is heard in sight from now on."""
        self._goes_along = True
        if self._lit is not None:
            self._keep_in_sight(self._lit.row)

    def _lit_characters(self, row: int) -> tuple[int, int] | None:
        return (self._lit.first, self._lit.last) if self._lit is not None and self._lit.row == row else None

    def _keep_in_sight(self, row: int) -> None:
        if row < len(self._rows):
            box = self.visualRect(self._lines.index(row))
            if box.top() < 0 or box.bottom() > self.viewport().height():
                self.show_row(row)

    def _scrolled_away(self) -> None:
        super()._scrolled_away()
        self._goes_along = False

    # --- the pointer ---

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 Qt's name
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed_at = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 Qt's name
        super().mouseReleaseEvent(event)
        pressed, self._pressed_at = self._pressed_at, None
        place = event.position().toPoint()
        if pressed is None or (place - pressed).manhattanLength() > px(4):
            return
        seconds = self._word_under(place)
        if seconds is not None:
            self.moment_wanted.emit(seconds)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 Qt's name
        super().mouseMoveEvent(event)
        is_word = self._word_under(event.position().toPoint()) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if is_word else Qt.CursorShape.ArrowCursor)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 Qt's name
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if not index.isValid():
            return
        row = index.row()
        line = self._lines.line(row)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Play from here", lambda: self.moment_wanted.emit(line.start_seconds))
        if line.words:
            menu.addAction("Correct this line", lambda: self.correction_wanted.emit(row))
        menu.addAction("Copy", lambda: QGuiApplication.clipboard().setText(line.text))
        here = self.viewport().mapToGlobal(self.visualRect(index).center())
        menu.popup(here if by_key else event.globalPos())

    def _word_under(self, point: QPoint) -> float | None:
        index = self.indexAt(point)
        if not index.isValid():
            return None
        top = self._rows.top(index.row()) + self._offset()
        character = self._layout_of(index.row()).character_at(point.x() - px(14), point.y() - top)
        return None if character is None else word_at_character(self._lines.line(index.row()), character)

    # --- the keyboard ---

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        row = self.currentIndex().row()
        if row < 0 or (action := KEYBOARD.action(event, Where.SESSION)) not in (None, Action.CORRECT):
            event.ignore()  # the page's keys
        elif action is Action.CORRECT:
            self.correction_wanted.emit(row)
        elif event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        elif is_enter(event):
            self.moment_wanted.emit(self._lines.line(row).start_seconds)
        else:
            super().keyPressEvent(event)
