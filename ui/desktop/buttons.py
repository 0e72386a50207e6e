"""Buttons of the panel: plain, and with a key drawn as a cap. Their words are English, so inside they run from left to
right, wherever they stand."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QGuiApplication, QIcon, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QStyle, QStyleOptionButton, QStylePainter, QWidget

from ui.desktop.direction import draw_line
from ui.desktop.icons import icon
from ui.desktop.theme import Type, colours, font, px

_Button = TypeVar("_Button", bound=QPushButton)
_POINTING = ("arrow-left",)  # along the line: these turn where the panel is mirrored


class IconButton(QPushButton):
    """A button whose icon follows the theme."""

    def __init__(self, text: str, icon_name: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self._icon_name, self._words = icon_name, text
        self._dress()

    def show_words(self, is_word: bool) -> None:
        """Only the icon where there is no room for both; the name is for those who hear it."""
        self.setText(self._words if is_word else "")

    def use_icon(self, icon_name: str) -> None:
        """Empty: none."""
        if icon_name != self._icon_name:
            self._icon_name = icon_name
            self._dress()

    def _dress(self) -> None:
        side = px(15)
        own = colours()
        colour = own.on_accent if self.property("look") == "primary" else own.text
        turns = self._icon_name in _POINTING and QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self.setIcon(icon(self._icon_name, colour, side, turns) if self._icon_name else QIcon())
        self.setIconSize(QSize(side, side))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:  # another theme, size of text or direction
            self._dress()


def button(text: str, name: str, look: str = "", parent: QWidget | None = None) -> QPushButton:
    """A push button; a screen reader says `name`, `look` is one of the style sheet's ("primary", "small", "link",
    "icon")."""
    return _made(QPushButton(text, parent), name, look)


def icon_button(text: str, name: str, icon_name: str, look: str = "") -> IconButton:
    """The same with an icon before the text."""
    return _made(IconButton(text, icon_name), name, look)


def _made(made: _Button, name: str, look: str) -> _Button:
    made.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    made.setAccessibleName(name)
    made.setAutoDefault(False)
    if look:
        made.setProperty("look", look)
    return made


class KeyButton(QPushButton):
    """A small button that shows its key: Asked [1]."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.setProperty("look", "small")
        self.setAutoDefault(False)
        self._key = ""

    def set_key(self, key: str) -> None:
        """`key` as keyboards name it."""
        self._key = key
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        size = super().sizeHint()
        return QSize(size.width() + self._cap_width() + px(6), size.height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        option = QStyleOptionButton()
        self.initStyleOption(option)
        label, option.text = option.text, ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        own = colours()
        metrics = QFontMetricsF(self.font())
        width = metrics.horizontalAdvance(label) + px(6) + self._cap_width()
        left = (self.width() - width) / 2
        painter.setFont(self.font())
        painter.setPen(QColor(own.text if self.isEnabled() else own.muted))
        draw_line(painter, QRectF(left, 0, width, self.height()), label, runs_left=False)
        side = px(15)
        cap = QRectF(left + width - self._cap_width(), (self.height() - side) / 2, self._cap_width(), side)
        painter.setPen(QPen(QColor(own.edge), 1))
        painter.setBrush(QColor(own.ground))
        painter.drawRoundedRect(cap.adjusted(0.5, 0.5, -0.5, -0.5), px(3), px(3))
        painter.setPen(QColor(own.muted))
        painter.setFont(font(Type.TINY))
        painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, self._key)
        painter.end()

    def _cap_width(self) -> int:
        return max(px(15), round(QFontMetricsF(font(Type.TINY)).horizontalAdvance(self._key)) + px(7))
