"""A small note inside the window that says why something is marked. It never takes the focus or the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.desktop.direction import is_mirrored
from ui.desktop.edge import Boxed
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px


class Bubble(Boxed):
    def __init__(self, parent: QWidget) -> None:
        super().__init__("muted", parent)
        self._outer = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title = TextBlock(Type.STRONG, "text", 2)
        self._rows = [
            TextBlock(Type.SMALL, "text", 8),
            TextBlock(Type.SMALL, "muted", 8),
            TextBlock(Type.SMALL, "accent", 6),
        ]
        column = QVBoxLayout(self)
        column.setContentsMargins(px(12), px(9), px(12), px(10))
        column.setSpacing(px(3))
        for block in (self._title, *self._rows):
            column.addWidget(block)
        self.hide()

    def say(self, title: str, *rows: tuple[str, str], near: QRect) -> None:
        """Show up to three rows of (text, colour of the theme) above `near`, or below where there is no room.

        `near` is in the parent's coordinates.
        """
        self._title.say(title)
        nothing = ("", "text")
        for block, (text, colour) in zip(self._rows, (*rows, nothing, nothing, nothing), strict=False):
            block.say_if_any(text)
            block.recolour(colour)
        self.setAccessibleName(" ".join((title, *(text for text, _ in rows))))
        margin = px(10)
        outer = self._outer.rect()
        width = min(px(340), outer.width() - 2 * margin)
        column = self.layout()
        assert column is not None
        height = column.heightForWidth(width)
        beside = near.right() + px(12) - width if is_mirrored(self) else near.left() - px(12)
        left = min(max(beside, margin), outer.right() - width - margin)
        top = near.top() - height - px(5)
        if top < margin:
            top = min(near.bottom() + px(5), outer.bottom() - height - margin)
        self.setGeometry(QRect(QPoint(left, top), QPoint(left + width - 1, top + height - 1)))
        self.show()
        self.raise_()

    def text(self) -> str:
        return self.accessibleName() if self.isVisible() else ""
