"""Fields to choose and to write in, in the panel's look. They say what was chosen by a person, never what was shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from assistant.plain import plain
from ui.desktop.controls import Option
from ui.desktop.direction import draw_line, is_mirrored
from ui.desktop.theme import colours, px, round_pen

_MOST_CHARACTERS = 200  # of a line
_LEAST_WIDTH_CHARACTERS = 8


class Select(QComboBox):
    """One of several. Emits `chosen` with its value. It grows no wider than its place, whatever its texts."""

    chosen = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setAccessibleDescription(name)  # on Linux Qt gives the value as the name
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(_LEAST_WIDTH_CHARACTERS)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(14)
        self.activated.connect(lambda row: self.chosen.emit(self.itemData(row)))

    def show_options(self, options: Sequence[Option], value: str) -> None:
        """`value` is offered even where it is none of the options: it is what the settings say."""
        offered = [(option.value, plain(option.text)) for option in options]
        if value not in (one for one, _ in offered):
            offered.append((value, plain(value)))
        if offered != [(self.itemData(row), self.itemText(row)) for row in range(self.count())]:
            self.clear()
            for data, text in offered:
                self.addItem(text, data)
        self.setCurrentIndex([data for data, _ in offered].index(value))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 Qt's name
        event.ignore()  # it scrolls the page

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        runs_left = is_mirrored(self)
        room = self.rect().adjusted(*((px(26), 0, -px(9), 0) if runs_left else (px(9), 0, -px(26), 0)))
        text = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(QColor(colours().text if self.isEnabled() else colours().muted))
        draw_line(painter, room.toRectF(), text, runs_left)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(round_pen(colours().muted, 1.6))
        middle, half = self.height() / 2, px(4)
        x = px(14) if runs_left else self.width() - px(14)
        ends = [
            QPointF(x - half, middle - half / 2),
            QPointF(x, middle + half / 2),
            QPointF(x + half, middle - half / 2),
        ]
        painter.drawPolyline(ends)


class LineField(QLineEdit):
    """One line of text. Emits `written` when it was changed and left, or Enter was pressed."""

    written = Signal(str)

    def __init__(self, name: str, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setMaxLength(_MOST_CHARACTERS)
        self._shown = ""
        self.editingFinished.connect(self._tell)

    def show_text(self, text: str) -> None:
        self._shown = plain(text)
        if not self.hasFocus() and self.text() != self._shown:
            self.setText(self._shown)
            self.setCursorPosition(0)  # of a text that is too long its beginning is seen

    def _tell(self) -> None:
        if (text := plain(self.text())) != self._shown:
            self._shown = text
            self.written.emit(text)


class AreaField(QPlainTextEdit):
    """Several lines of text. Emits `written` when they were changed and left. Tab leaves it."""

    written = Signal(str)

    def __init__(self, name: str, lines: int, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setTabChangesFocus(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._lines, self._shown = lines, ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        self._shown = text
        if not self.hasFocus() and self.toPlainText() != text:
            self.setPlainText(text)

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return QSize(px(200), self._lines * QFontMetrics(self.font()).lineSpacing() + px(22))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self.updateGeometry()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 Qt's name
        super().focusOutEvent(event)
        if (text := self.toPlainText()) != self._shown:
            self._shown = text
            self.written.emit(text)


class NumberField(QSpinBox):
    """A whole number. Emits `counted` when it was changed; typed ones once they are whole."""

    counted = Signal(int)

    def __init__(
        self,
        name: str,
        least: int,
        most: int,
        step: int,
        unit: str,
        least_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`unit` stands behind the number, in the plural where it is a word; `least_text` is shown in place of the
        least number, where that means something else."""
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setRange(least, most)
        self.setSingleStep(step)
        self._unit = unit
        self.setSpecialValueText(least_text)
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.valueChanged.connect(self._name_unit)
        self.valueChanged.connect(self.counted)
        self._name_unit(self.value())
        self._make_room()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:  # another theme, or another size of text
            self._make_room()

    def _make_room(self) -> None:
        """Beside the frame; the style sheet's padding does not reach the number."""
        self.lineEdit().setTextMargins(px(6), 0, px(4), 0)

    def show_number(self, value: int) -> None:
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)
        self._name_unit(value)

    def _name_unit(self, value: int) -> None:
        self.setSuffix(self._unit.removesuffix("s") if value == 1 else self._unit)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 Qt's name
        event.ignore()  # it scrolls the page

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(round_pen(colours().muted, 1.4))
        middle, half, gap = self.height() / 2, px(3), px(3)
        x = px(11) if is_mirrored(self) else self.width() - px(11)
        for way in (-1, 1):
            near, far = middle + way * gap, middle + way * (gap + half)
            painter.drawPolyline([QPointF(x - half, near), QPointF(x, far), QPointF(x + half, near)])
