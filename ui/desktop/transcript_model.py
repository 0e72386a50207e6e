"""The transcript's lines as a Qt model: what a view paints and a screen reader reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from assistant.parts import SPEAKERS
from assistant.plain import clock
from ui.desktop.lines import Inserted, Line, LineChange, LineKind, Removed, Replaced, SpanKind

LINE_ROLE = int(Qt.ItemDataRole.UserRole)
_SPOKEN_KINDS = {
    SpanKind.NUMBER_ONLY: "number without support",
    SpanKind.VAGUE: "vague",
    SpanKind.GOOD_SIGN: "good sign",
}


def heading(line: Line) -> str:
    """What stands before the text of a line."""
    speaker = SPEAKERS[line.channel] if line.kind is LineKind.SPEECH and line.channel else ""
    corrected = ", corrected" if line.is_corrected else ""
    return f"{clock(line.start_seconds)} {speaker}{corrected}".strip()


def spoken(line: Line) -> str:
    """A line for those who hear the screen: marks are said."""
    parts = [heading(line) + ":", line.text]
    parts += [f"({_SPOKEN_KINDS[span.kind]}: {line.text[span.start : span.end]})" for span in line.spans]
    return " ".join(parts + ([] if line.is_final else ["(still speaking)"]))


class TranscriptModel(QAbstractListModel):
    """Holds its own list, changed step by step as the state's changes say."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []

    def reset(self, lines: Iterable[Line]) -> None:
        self.beginResetModel()
        self._lines = list(lines)
        self.endResetModel()

    def replace(self, row: int, line: Line) -> None:
        self.follow([Replaced(row, line)])

    def follow(self, changes: Iterable[LineChange]) -> None:
        for change in changes:
            match change:
                case Inserted(row, line):
                    self._insert(row, line)
                case Replaced(row, line):
                    self._lines[row] = line
                    self.dataChanged.emit(self.index(row), self.index(row))
                case Removed(row):
                    self.beginRemoveRows(QModelIndex(), row, row)
                    del self._lines[row]
                    self.endRemoveRows()

    def line(self, row: int) -> Line:
        return self._lines[row]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802 Qt's
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        readers: dict[int, Callable[[Line], object]] = {
            Qt.ItemDataRole.DisplayRole: spoken,
            Qt.ItemDataRole.AccessibleTextRole: spoken,
            LINE_ROLE: lambda line: line,
        }
        reader = readers.get(role)
        return reader(self._lines[index.row()]) if reader else None

    def _insert(self, row: int, line: Line) -> None:
        self.beginInsertRows(QModelIndex(), row, row)
        self._lines.insert(row, line)
        self.endInsertRows()
