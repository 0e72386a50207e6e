"""The first page where the kept calls are encrypted: it asks for the passphrase, and nothing else."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.desktop.buttons import button
from ui.desktop.direction import in_order
from ui.desktop.fitted import Fitted, scrolled
from ui.desktop.in_sight import FocusInSight
from ui.desktop.secret_fields import PasswordField
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px

TITLE = "Your calls are encrypted"
SENTENCE = "Your passphrase opens them; the recovery code does, too."
_WIDEST = 420


class UnlockPage(QWidget):
    """Emits `unlock_wanted(secret)`."""

    unlock_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title, sentence = TextBlock(Type.TITLE, "text", 2), TextBlock(Type.BODY, "muted", 6)
        title.say(TITLE)
        sentence.say(SENTENCE)
        self._problem = TextBlock(Type.BODY, "error", 8)
        self._note = TextBlock(Type.BODY, "muted", 8)
        self._problem.hide()
        self._note.hide()
        self._field = PasswordField("Passphrase")
        self._field.returnPressed.connect(self._unlock)
        self._button = button("Unlock", "Unlock the kept calls", "primary")
        self._button.clicked.connect(self._unlock)
        inner = Fitted()
        self._column = QVBoxLayout(inner)
        self._column.setSpacing(px(10))
        self._column.addStretch(1)
        for widget in (title, sentence, self._note, self._field, self._problem, self._button):
            self._column.addWidget(widget)
        self._column.addStretch(2)
        self._area = scrolled(inner)
        self._focus = FocusInSight(self, self._area, inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)

    def show_problem(self, text: str) -> None:
        """It was not unlocked: try again."""
        self._problem.say(text)
        self._problem.show()
        self._wait(False)
        self._field.selectAll()
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, self._bring_into_sight)  # once the text has its place

    def tell(self, text: str) -> None:
        """Something to know, while the passphrase may be typed already."""
        self._note.say(text)
        self._note.show()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 Qt's name
        super().showEvent(event)
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._focus.keep)
        side = max(px(20), (self.width() - px(_WIDEST)) // 2)
        self._column.setContentsMargins(side, px(20), side, px(20))

    def _bring_into_sight(self) -> None:
        """What is wrong and, above all, where to type."""
        self._area.ensureWidgetVisible(self._problem)
        self._focus.show()

    def _unlock(self) -> None:
        if self._field.isEnabled() and self._field.text():
            self._wait(True)
            self.unlock_wanted.emit(self._field.text())

    def _wait(self, waits: bool) -> None:
        self._field.setEnabled(not waits)
        self._button.setEnabled(not waits)
        self._button.setText(in_order("Unlocking…") if waits else "Unlock")
