"""Things that stand one after the other, and go on in the next line where there is no room for them."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QLayout, QLayoutItem, QStyle, QWidget

from ui.desktop.theme import px


class FlowLayout(QLayout):
    """Along the line, then down, as text flows."""

    def __init__(self, parent: QWidget, gap: int) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._row, self._gap = parent, gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802 Qt's name
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 Qt's name
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802 Qt's name
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:  # noqa: N802 Qt's name
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 Qt's name
        return self._place(QRect(0, 0, width, 0), moves=False)

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802 Qt's name
        super().setGeometry(rect)
        self._place(rect, moves=True)

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return self.minimumSize()

    def minimumSize(self) -> QSize:  # noqa: N802 Qt's name
        widest = max((item.sizeHint().width() for item in self._items), default=0)
        return QSize(widest, max((item.sizeHint().height() for item in self._items), default=0))

    def _place(self, rect: QRect, moves: bool) -> int:
        left, top, row_height = rect.left(), rect.top(), 0
        for item in self._items:
            if item.isEmpty():  # hidden: no gap beside it
                continue
            size = item.sizeHint()
            if left > rect.left() and left + size.width() > rect.right() + 1:
                left, top, row_height = rect.left(), top + row_height + self._gap, 0
            if moves:
                place = QRect(QPoint(left, top), QSize(min(size.width(), rect.width()), size.height()))
                item.setGeometry(QStyle.visualRect(self._row.layoutDirection(), rect, place))
            left += size.width() + self._gap
            row_height = max(row_height, size.height())
        return top + row_height - rect.top()


def in_line(*widgets: QWidget, gap: float = 6) -> QWidget:
    """`widgets` as text flows; `gap` is a length of the design."""
    made = QWidget()
    flow = FlowLayout(made, px(gap))
    for widget in widgets:
        flow.addWidget(widget)
    return made
