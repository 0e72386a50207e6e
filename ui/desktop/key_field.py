"""A field that takes a key: a press or Enter lets it listen, and the next key is the one. Until then keys mean what
they always do, so that nobody changes one by passing by."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from ui.desktop.keyboard import is_enter, pressed_key
from ui.desktop.theme import Type, colours, font, px

LISTENING = "Press a key…"
_ONLY_WITH_OTHERS = (
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock, Qt.Key.Key_Super_L, Qt.Key.Key_Super_R, Qt.Key.Key_unknown,
)  # fmt: skip
_LEAVING = (Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab)


class KeyField(QAbstractButton):
    """Emits `taken(key)` in Qt's portable form. What it shows is said from outside, with `show_key`."""

    taken = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._shown, self._is_listening = name, "", False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleDescription("Press Enter, then the key that is to do this.")
        self.clicked.connect(lambda: self._listen(True))

    def show_key(self, shown: str, spoken: str) -> None:
        self._shown = shown
        self.setAccessibleName(f"{self._name}: {spoken}")
        self._listen(False)

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        metrics = QFontMetricsF(font(Type.SMALL))
        widest = max(map(metrics.horizontalAdvance, (LISTENING, self._shown)))
        return QSize(round(widest) + px(18), round(metrics.height()) + px(9))

    def event(self, event: QEvent) -> bool:
        if self._is_listening and event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # no key does what it did before
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        if not self._is_listening:
            if is_enter(event):
                self.click()
            else:
                super().keyPressEvent(event)
        elif event.key() in _LEAVING:
            self._listen(False)
        elif event.key() not in _ONLY_WITH_OTHERS and not event.isAutoRepeat():
            self._listen(False)
            self.taken.emit(pressed_key(event))

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 Qt's name
        super().focusOutEvent(event)
        self._listen(False)

    def _listen(self, listens: bool) -> None:
        self._is_listening = listens
        self.setText(LISTENING if listens else self._shown)
        self.updateGeometry()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 2 if self.hasFocus() else 1
        painter.setPen(QPen(QColor(own.accent if self.hasFocus() else own.muted), width))
        painter.setBrush(QColor(own.hover if self.underMouse() else own.surface))
        inset = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), px(5), px(5))
        painter.setFont(font(Type.SMALL))
        painter.setPen(QColor(own.accent if self._is_listening else own.text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
