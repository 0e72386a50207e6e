"""A list of entries: a Qt model, a delegate that paints them, and a view that goes by keyboard alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ui.desktop.after.entries import Entry, Tone
from ui.desktop.after.paragraph import Paragraph
from ui.desktop.keyboard import is_enter
from ui.desktop.theme import Type, colours, font, px

ENTRY_ROLE = int(Qt.ItemDataRole.UserRole)
_TITLE_LINES = 4
_NOTE_LINES = 4
_KEPT_LAYOUTS = 2000
Index = QModelIndex | QPersistentModelIndex


class EntryModel(QAbstractListModel):
    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []

    def show(self, entries: Iterable[Entry]) -> None:
        self.beginResetModel()
        self._entries = list(entries)
        self.endResetModel()

    def entry(self, row: int) -> Entry:
        return self._entries[row]

    def row_of(self, key: str) -> int | None:
        return next((row for row, entry in enumerate(self._entries) if entry.key == key), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 Qt's
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return entry.spoken
        return entry if role == ENTRY_ROLE else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and self._entries[index.row()].key:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return Qt.ItemFlag.NoItemFlags  # the keyboard goes past it


@dataclass(frozen=True, slots=True)
class _Laid:
    title: Paragraph
    aside: Paragraph
    text: Paragraph
    note: Paragraph
    height: int


class EntryDelegate(QStyledItemDelegate):
    """Lays an entry out once for each width and paints it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._laid: dict[tuple[Entry, int, bool], _Laid] = {}

    def forget(self) -> None:
        """Fonts have changed."""
        self._laid.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802 Qt's name
        width = _width_of(option)
        return QSize(width, self._layout(index.data(ENTRY_ROLE), width, _runs_left(option)).height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry = index.data(ENTRY_ROLE)
        box = QRectF(option.rect)
        own = colours()
        width, runs_left = _width_of(option), _runs_left(option)
        laid = self._layout(entry, width, runs_left)
        edge = box.right() - width if runs_left else box.left()

        def place(first: float, wide: float) -> float:
            """The left side of something so wide that is so far from where the row begins."""
            return edge + (width - first - wide if runs_left else first)

        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if entry.key:
            self._paint_frame(painter, option, box, _is_current(option, index))
        top = box.top() + _above(entry)
        if not entry.is_heading and entry.tone not in (Tone.PLAIN, Tone.QUIET):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(getattr(own, entry.tone.value)))
            height = box.height() - _above(entry) - _below(entry) - px(2)
            bar = QRectF(place(px(14), px(3)), top + px(1), px(3), height)
            painter.drawRoundedRect(bar, px(1), px(1))
        tone = own.muted if entry.is_heading else getattr(own, entry.tone.value)
        first = width - px(14) - laid.aside.natural_width if entry.title else _side(entry)
        laid.aside.paint(painter, place(first, laid.aside.width), top + px(1), own.muted)
        laid.title.paint(painter, place(_side(entry), laid.title.width), top, tone)
        top += max(laid.title.height, laid.aside.height)
        for part, colour in ((laid.text, own.text), (laid.note, own.muted)):
            top += px(2) if part.height else 0
            part.paint(painter, place(_side(entry), part.width), top, colour)
            top += part.height
        painter.restore()

    def _paint_frame(self, painter: QPainter, option: QStyleOptionViewItem, box: QRectF, is_current: bool) -> None:
        own = colours()
        state = option.state
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_MouseOver or is_current:
            painter.setBrush(QColor(own.hover))
            painter.drawRoundedRect(box.adjusted(px(5), 1, -px(5), -1), px(6), px(6))
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(own.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(px(5), 1.5, -px(5), -1.5), px(6), px(6))

    def _layout(self, entry: Entry, width: int, runs_left: bool) -> _Laid:
        laid = self._laid.get((entry, width, runs_left))
        if laid is None:
            if len(self._laid) >= _KEPT_LAYOUTS:
                self._laid.clear()
            laid = self._laid[entry, width, runs_left] = _laid_out(entry, width, runs_left)
        return laid


def _laid_out(entry: Entry, width: int, runs_left: bool) -> _Laid:
    room = max(px(60), width - _side(entry) - px(14))
    tiny = font(Type.TINY)
    tiny.setFeature(QFont.Tag("tnum"), 1)
    aside = Paragraph(entry.aside, tiny, room * (0.55 if entry.title else 1.0), 1, (), runs_left)
    beside = room - (aside.natural_width + px(10) if entry.aside and entry.title else 0)
    of = Type.LABEL if entry.is_heading else (Type.STRONG if entry.is_title_strong else Type.BODY)
    title = Paragraph(entry.title, font(of), beside, _TITLE_LINES, (), runs_left)
    text_font = font(Type.SMALL if entry.title else Type.BODY)
    text = Paragraph(entry.text, text_font, room, entry.text_lines, entry.marked, runs_left)
    note = Paragraph(entry.note, font(Type.SMALL), room, _NOTE_LINES, (), runs_left)
    gaps = px(2) * sum(part.height > 0 for part in (text, note))
    height = max(title.height, aside.height) + text.height + note.height + gaps + _above(entry) + _below(entry)
    return _Laid(title, aside, text, note, round(height))


def _side(entry: Entry) -> int:
    return px(14) if entry.is_heading or entry.tone in (Tone.PLAIN, Tone.QUIET) else px(26)


def _above(entry: Entry) -> int:
    return px(16) if entry.is_heading else px(7)


def _below(entry: Entry) -> int:
    return px(2) if entry.is_heading else px(7)


def _is_current(option: QStyleOptionViewItem, index: Index) -> bool:
    """Also while something else has the focus: what a press on another control would be about."""
    view = option.widget
    return isinstance(view, QListView) and view.currentIndex() == index


def _runs_left(option: QStyleOptionViewItem) -> bool:
    return bool(option.direction == Qt.LayoutDirection.RightToLeft)


def _width_of(option: QStyleOptionViewItem) -> int:
    """The same with and without a scroll bar, so that one that appears does not break every row anew."""
    view = option.widget
    assert isinstance(view, QListView)
    return view.width() - view.verticalScrollBar().sizeHint().width()


class EntryList(QListView):
    """Emits `chosen(key)` when a row is clicked or Enter is pressed on it."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries = EntryModel(self)
        self._delegate = EntryDelegate(self)
        self.setModel(self.entries)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalScrollBar().setSingleStep(px(18))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMouseTracking(True)
        self.setStyleSheet("QListView { background: transparent; border: none; outline: none; }")
        self.clicked.connect(self._press)

    def show_entries(self, entries: Iterable[Entry], *, keeps_place: bool = False) -> None:
        """Show other rows; with `keeps_place` as if the list had only changed a little."""
        key, value = self.current_key(), self.verticalScrollBar().value()
        row = max(0, self.currentIndex().row())
        self.entries.show(entries)
        if keeps_place:
            same = self.entries.row_of(key) if key else None
            self.go_to(row if same is None else same)
            self.verticalScrollBar().setValue(value)
        else:
            self.go_to(0)

    def go_to(self, row: int) -> None:
        """Make the row the current one, or the next one that stands for something, or else the last such."""
        count = self.entries.rowCount()
        ahead = [*range(row, count), *reversed(range(min(row, count)))]
        found = next((other for other in ahead if self.entries.entry(other).key), None)
        if found is not None:
            self.setCurrentIndex(self.entries.index(found))

    def current_key(self) -> str:
        index = self.currentIndex()
        return self.entries.entry(index.row()).key if index.isValid() else ""

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:  # another theme, or another size of text
            self._delegate.forget()
            self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        if is_enter(event):
            self._press(self.currentIndex())
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Escape) or event.text():
            event.ignore()  # the page's keys; typing does not walk through the rows
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()

    def _press(self, index: Index) -> None:
        if index.isValid() and (key := self.entries.entry(index.row()).key):
            self.chosen.emit(key)
