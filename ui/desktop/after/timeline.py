"""The picture of a call in time: speech of both, what was not heard, flags, follow-ups, marks. It is a slider: a click
or a key goes to a moment."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QToolTip, QWidget

from assistant.parts import SPEAKERS
from assistant.plain import clock
from assistant.values import Channel
from ui.desktop.after.moments import POINT_NAMES, Point, PointKind, TimelineData, describe
from ui.desktop.text_block import tip_of
from ui.desktop.theme import Colours, Type, colours, font, px

_STEP_MS, _PAGE_MS = 5_000, 30_000
_HEIGHT, _LEFT, _RIGHT = 74, 52, 14  # lengths of the design; the height is that with one line of the legend
_LINE = 14  # of the legend
_LEGEND = (PointKind.NUMBER, PointKind.VAGUE, PointKind.FOLLOW_UP, PointKind.MARK)
_NEAR_PX = 5  # of a point: a click so near is meant for it
_EMPTY = TimelineData(0.0, dict.fromkeys(Channel, ()), (), ())
_MIDDLES = {PointKind.NUMBER: 15, PointKind.VAGUE: 15, PointKind.FOLLOW_UP: 48, PointKind.MARK: 15}
_COLOURS = {
    PointKind.NUMBER: "number",
    PointKind.VAGUE: "vague",
    PointKind.FOLLOW_UP: "accent",
    PointKind.MARK: "text",
}


class Timeline(QAbstractSlider):
    """Values are milliseconds. Emits `wanted(seconds)` when a person goes somewhere."""

    wanted = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # time does, wherever
        self._data = _EMPTY
        self._picture: QPixmap | None = None  # all but the place; made anew for another size or theme
        self.setAccessibleName("Timeline of the call")
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setSingleStep(_STEP_MS)
        self.setPageStep(_PAGE_MS)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setTracking(True)
        self.actionTriggered.connect(lambda _: self.wanted.emit(self.sliderPosition() / 1000))

    def show_call(self, data: TimelineData) -> None:
        self._data = data
        self.setRange(0, max(1, round(data.duration_seconds * 1000)))
        self.show_place(0.0)
        self._picture = None
        self.updateGeometry()
        self.update()

    def show_place(self, at_seconds: float) -> None:
        """Where it stands now; nobody is told."""
        self.setValue(round(at_seconds * 1000))
        self.setAccessibleDescription(f"{clock(at_seconds)} of {clock(self._data.duration_seconds)}")

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return QSize(px(300), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return QSize(px(120), self.heightForWidth(self.width()))

    def hasHeightForWidth(self) -> bool:  # noqa: N802 Qt's name
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 Qt's name
        return px(_HEIGHT) + px(_LINE) * max((line for _, _, line in self._legend(width)), default=0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():  # another number of lines, it may be
            self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:  # another theme, or another size of text
            self._picture = None
            self.updateGeometry()

    # --- places ---

    def x_of(self, at_seconds: float) -> float:
        room = self.width() - px(_LEFT) - px(_RIGHT)
        return px(_LEFT) + room * at_seconds / max(0.001, self._data.duration_seconds)

    def seconds_at(self, x: float) -> float:
        room = max(1, self.width() - px(_LEFT) - px(_RIGHT))
        share = min(max((x - px(_LEFT)) / room, 0.0), 1.0)
        return share * self._data.duration_seconds

    def point_at(self, x: float) -> Point | None:
        room = max(1, self.width() - px(_LEFT) - px(_RIGHT))
        return self._data.nearest(self.seconds_at(x), px(_NEAR_PX) * self._data.duration_seconds / room)

    # --- the pointer ---

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 Qt's name
        if event.button() is Qt.MouseButton.LeftButton:
            point = self.point_at(event.position().x())
            self._go(self.seconds_at(event.position().x()) if point is None else point.at_seconds)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 Qt's name
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(self.seconds_at(event.position().x()))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 Qt's name
        event.ignore()  # a turn of the wheel over the picture is meant for the page

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            x = event.pos().x()
            point = self.point_at(x)
            text = clock(self.seconds_at(x)) if point is None else tip_of(describe(point))
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def _go(self, at_seconds: float) -> None:
        self.show_place(at_seconds)
        self.wanted.emit(at_seconds)

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        painter = QPainter(self)
        scale = painter.deviceTransform().m11()  # of the screen, or of a picture of the window
        if self._picture is None or self._picture.size() != self.size() * scale:
            self._picture = self._drawn(own, scale)
        painter.drawPixmap(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x = self.x_of(self.value() / 1000)
        painter.setPen(QPen(QColor(own.accent), px(1.6)))
        painter.drawLine(QPointF(x, px(4)), QPointF(x, px(45)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(own.accent))
        painter.drawEllipse(QPointF(x, px(5)), px(3.5), px(3.5))
        if self.hasFocus():
            painter.setPen(QPen(QColor(own.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(px(5), 1, -px(5), -1), px(6), px(6))

    def _drawn(self, own: Colours, scale: float) -> QPixmap:
        picture = QPixmap(self.size() * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for channel, top, colour in ((Channel.YOU, px(21), own.accent), (Channel.THEM, px(34), own.voice)):
            self._draw_lane(painter, own, channel, top, colour)
        self._draw_gaps(painter, own)
        for point in self._data.points:
            _draw_point(painter, own, point.kind, self.x_of(point.at_seconds))
        self._draw_legend(painter, own)
        painter.end()
        return picture

    def _draw_lane(self, painter: QPainter, own: Colours, channel: Channel, top: int, colour: str) -> None:
        painter.setFont(font(Type.TINY))
        painter.setPen(QColor(own.muted))
        name = QRectF(px(14), top - px(3), px(_LEFT) - px(14), px(15))
        painter.drawText(name, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, SPEAKERS[channel])
        painter.setPen(Qt.PenStyle.NoPen)
        lane = QRectF(px(_LEFT), top, self.width() - px(_LEFT) - px(_RIGHT), px(9))
        painter.setBrush(QColor(own.track))
        painter.drawRoundedRect(lane, px(2), px(2))
        painter.setBrush(QColor(colour))
        for part in self._data.speech[channel]:
            left, right = self.x_of(part.start_seconds), self.x_of(part.end_seconds)
            painter.drawRect(QRectF(left, top, max(1.0, right - left), px(9)))

    def _draw_gaps(self, painter: QPainter, own: Colours) -> None:
        painter.setBrush(QColor(own.warning))
        for gap in self._data.gaps:
            left, right = self.x_of(gap.start_seconds), self.x_of(gap.end_seconds)
            painter.drawRect(QRectF(left, px(32), max(1.5, right - left), px(1)))

    def _legend(self, width: int) -> list[tuple[PointKind, float, int]]:
        """What is in the picture: the kind, where its sign begins, and in which line. The length ends the first one."""
        metrics = QFontMetricsF(font(Type.TINY))
        there = {point.kind for point in self._data.points}
        left, right = px(14), width - px(14)
        end = right - metrics.horizontalAdvance(clock(self._data.duration_seconds)) - px(8)
        places: list[tuple[PointKind, float, int]] = []
        x, line = float(left), 0
        for kind in (kind for kind in _LEGEND if kind in there):
            needed = px(10) + metrics.horizontalAdvance(POINT_NAMES[kind])
            if x > left and x + needed > (right if line else end):
                x, line = float(left), line + 1
            places.append((kind, x, line))
            x += needed + px(10)
        return places

    def _draw_legend(self, painter: QPainter, own: Colours) -> None:
        box = QRectF(px(14), px(58), self.width() - 2 * px(14), px(_LINE))
        painter.setFont(font(Type.TINY))
        painter.setPen(QColor(own.muted))
        length = clock(self._data.duration_seconds)
        painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, length)
        for kind, x, line in self._legend(self.width()):
            here = box.translated(0, line * px(_LINE))
            painter.save()
            painter.translate(0, here.center().y() - px(_MIDDLES[kind]))
            _draw_point(painter, own, kind, x + px(3))
            painter.restore()
            painter.setPen(QColor(own.muted))
            here.setLeft(x + px(10))
            painter.drawText(here, Qt.AlignmentFlag.AlignVCenter, POINT_NAMES[kind])


def _draw_point(painter: QPainter, own: Colours, kind: PointKind, x: float) -> None:
    """Each kind has a form of its own: square, circle, triangle, flag."""
    half = px(3)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(getattr(own, _COLOURS[kind])))
    match kind:
        case PointKind.NUMBER:
            painter.drawRect(QRectF(x - half, px(12), 2 * half, 2 * half))
        case PointKind.VAGUE:
            painter.drawEllipse(QPointF(x, px(12) + half), half, half)
        case PointKind.FOLLOW_UP:
            low = px(46)
            painter.drawPolygon(
                QPolygonF([QPointF(x, low), QPointF(x - half, low + px(5)), QPointF(x + half, low + px(5))])
            )
        case PointKind.MARK:
            painter.drawRect(QRectF(x - px(0.7), px(10), px(1.4), px(10)))
            painter.drawPolygon(QPolygonF([QPointF(x, px(10)), QPointF(x + px(6), px(12.5)), QPointF(x, px(15))]))
