"""The plan of the call in the panel: a slim line for each main question, with a tick once it was asked."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from ui.desktop.agenda import Agenda
from ui.desktop.direction import draw_line, is_mirrored, mirrored, mirrored_points
from ui.desktop.keyboard import KeyTip
from ui.desktop.shortcuts import Action
from ui.desktop.text_block import tip_of
from ui.desktop.theme import Type, colours, font, px, round_pen


class PlanLine(QAbstractButton):
    """A question of the plan; a press ticks it by hand, or takes the tick back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_question(self, text: str, is_asked: bool) -> None:
        self.setText(text)
        self.setShortcut(QKeySequence())  # an "&" in a question is no hidden key
        self.setChecked(is_asked)
        self.setToolTip(tip_of(text))
        self.setAccessibleName(f"{text}: {'asked' if is_asked else 'open'}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return QSize(px(200), round(QFontMetricsF(font(Type.SMALL)).height()) + px(3))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return QSize(px(80), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus() or self.underMouse():
            painter.setPen(QPen(QColor(own.accent), 1.5) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(own.hover))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), px(4), px(4))
        runs_left = is_mirrored(self)
        left, middle = (self.width() - px(14) if runs_left else px(5)), self.height() / 2
        if self.isChecked():
            painter.setPen(round_pen(own.good, 1.6))
            low = QPointF(left + px(3), middle + px(3))
            painter.drawPolyline([QPointF(left, middle), low, QPointF(left + px(8), middle - px(3))])
        else:
            painter.setPen(QPen(QColor(own.muted), 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(left + px(4), middle), px(3.5), px(3.5))
        painter.setFont(font(Type.SMALL))
        painter.setPen(QColor(own.muted if self.isChecked() else own.text))
        room = QRectF(px(4) if runs_left else px(21), 0, self.width() - px(25), self.height())
        text = QFontMetricsF(painter.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        draw_line(painter, room, text, runs_left)


class _Heading(QAbstractButton):
    """What the plan stands at; a press opens and closes it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._tip = KeyTip(self, Action.PLAN, "Plan")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        if text != self.text():
            self.setText(text)
            self._tip.say(f"Plan: {text}")
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return QSize(px(200), round(QFontMetricsF(font(Type.LABEL)).height()) + px(4))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(QColor(own.accent), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), px(4), px(4))
        room = QRectF(self.rect())
        runs_left, before_sign = is_mirrored(self), room.adjusted(0, 0, -px(19), 0)
        painter.setPen(QColor(own.muted))
        painter.setFont(font(Type.LABEL))
        draw_line(painter, room, "PLAN", runs_left)
        painter.setFont(font(Type.TINY))
        before_sign = mirrored(before_sign, self.width()) if runs_left else before_sign
        draw_line(painter, before_sign, self.text(), runs_left, at_end=True)
        painter.setPen(round_pen(own.muted, 1.4))
        x, y, half = room.right() - px(8), room.center().y(), px(3.5)
        sign = [QPointF(x - 1, y - half), QPointF(x + half - 1, y), QPointF(x - 1, y + half)]
        if self.isChecked():
            sign = [QPointF(x - half, y - 1), QPointF(x, y + half - 1), QPointF(x + half, y - 1)]
        painter.drawPolyline(mirrored_points(sign, self.width()) if runs_left else sign)


class PlanList(QWidget):
    """Emits `toggled` with the number of a line, and `opened` when it was opened or closed."""

    toggled = Signal(int)
    opened = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = _Heading()
        self.heading.toggled.connect(self._show_lines)
        self.heading.clicked.connect(self.opened)
        self._lines: list[PlanLine] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.heading)

    def show_agenda(self, agenda: Agenda, clock_seconds: float) -> None:
        self.setVisible(bool(agenda.questions))
        lines = agenda.lines()
        for line in self._lines[len(lines) :]:
            line.hide()
            line.deleteLater()
        del self._lines[len(lines) :]
        while len(self._lines) < len(lines):
            self._add()
        for line, (text, is_asked) in zip(self._lines, lines, strict=True):
            line.show_question(text, is_asked)
        self.show_clock(agenda, clock_seconds)
        self._show_lines()

    def show_clock(self, agenda: Agenda, clock_seconds: float) -> None:
        self.heading.say(agenda.summary(clock_seconds))

    def open(self, is_open: bool) -> None:
        self.heading.setChecked(is_open)

    def lines(self) -> list[PlanLine]:
        return list(self._lines)

    def _add(self) -> None:
        line, number = PlanLine(), len(self._lines)
        line.clicked.connect(lambda: self.toggled.emit(number))
        self._lines.append(line)
        self._column.addWidget(line)

    def _show_lines(self) -> None:
        for line in self._lines:
            line.setVisible(self.heading.isChecked())
        self.heading.update()
        self.updateGeometry()
