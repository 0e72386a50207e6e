"""Fields for what opens encrypted calls: a passphrase to type, a recovery code to read."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from ui.desktop.keyboard import is_enter
from ui.desktop.theme import px

_TO_COPY = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard


class PasswordField(QLineEdit):
    """What is typed is not shown. `returnPressed` says that Enter was pressed."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(name)
        self.setEchoMode(QLineEdit.EchoMode.Password)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        super().keyPressEvent(event)
        if is_enter(event):
            event.accept()  # else the window presses the button that has the focus when this field is gone


class CodeField(QPlainTextEdit):
    """A code to read, to write down and to copy, in groups of letters; where it is narrow it goes on in the next line,
    so that none of it is out of sight."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(_TO_COPY)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def say(self, code: str) -> None:
        self.setPlainText(code.replace("-", " "))
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:  # noqa: N802 Qt's name
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 Qt's name
        metrics = QFontMetrics(self.font())
        room = QRect(0, 0, max(1, width - px(28)), 0)
        box = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, self.toPlainText())
        return max(box.height(), metrics.lineSpacing()) + px(20)

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return QSize(px(200), self.heightForWidth(px(200)))
