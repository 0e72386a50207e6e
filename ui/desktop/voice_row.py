"""One side of the call before it begins: what it is heard through, how loud it is, and what the check says."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from ui.desktop.controls import SideCheck, Voice
from ui.desktop.edge import Boxed
from ui.desktop.fields import Select
from ui.desktop.signs import Bar
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px

_TINY = 200  # only in a narrow panel with very large text
_VERDICT_COLOURS = {True: "good", False: "warning", None: "muted"}


class VoiceRow(Boxed):
    """Emits `chosen` with the value of the device or program that was chosen."""

    chosen = Signal(str)

    def __init__(self, who: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        label = self._label = TextBlock(Type.STRONG, "text", 1)
        label.say(who)
        label.setFixedWidth(px(46))
        self._name, self._verdict = TextBlock(Type.BODY, "text", 3), TextBlock(Type.SMALL, "muted", 4)
        self._select = Select(name)
        self._select.chosen.connect(self.chosen)
        self._level = Bar(f"Level of {name.lower()}", "voice", px(120))
        column = QVBoxLayout()
        column.setSpacing(px(6))
        for widget in (self._select, self._name, self._level, self._verdict):
            column.addWidget(widget)
        row = self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(px(12), px(9), px(12), px(9))
        row.setSpacing(px(6))
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        for widget in (self._select, self._level, self._verdict):
            widget.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        is_tiny = self.width() < px(_TINY)
        self._row.setDirection(directions.TopToBottom if is_tiny else directions.LeftToRight)

    def say(self, voice: Voice) -> None:
        if voice.options:
            self._select.show_options(voice.options, voice.chosen)
        self._select.setVisible(bool(voice.options))
        self._label.setFixedHeight(px(28 if voice.options else 18))  # of the box or the line beside it
        self._name.say(voice.text)
        self._name.setVisible(not (voice.options and voice.is_heard))
        self._name.recolour("text" if voice.is_heard else "warning")
        self._name.setAccessibleName(f"Heard through: {self._name.text()}")

    def show_check(self, check: SideCheck | None) -> None:
        """None: there is none."""
        for widget in (self._level, self._verdict):
            widget.setVisible(check is not None)
        if check is not None:
            self._level.fill_dbfs(check.level_dbfs)
            self._verdict.say(check.text)
            self._verdict.recolour(_VERDICT_COLOURS[check.is_fine])
