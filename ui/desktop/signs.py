"""Small painted signs: the state's dot, a level meter, the talk balance. Each says in words what it shows."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.desktop.direction import is_mirrored, mirrored
from ui.desktop.standing import Phase
from ui.desktop.theme import colours, px

_FLOOR_DBFS, _CEILING_DBFS = -54.0, -6.0  # what an empty and a full meter stand for


def triangle(box: QRectF) -> QPolygonF:
    """Pointing up: something is not as it should be."""
    return QPolygonF([QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()])


class StateSign(QWidget):
    """A sign of its own shape for every phase, so that colour is never the only difference."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._phase, self._is_troubled = Phase.READY, False
        self.setFixedSize(px(12), px(12))

    def show_phase(self, phase: Phase, is_troubled: bool) -> None:
        """`is_troubled`: recording, but one of the voices does not arrive."""
        self._phase, self._is_troubled = phase, is_troubled
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        paint_phase(painter, box, self._phase, self._is_troubled, px(1.5))


def paint_phase(painter: QPainter, box: QRectF, phase: Phase, is_troubled: bool, line_width: float) -> None:
    """The sign of a phase in `box`; `is_troubled` as in `StateSign.show_phase`."""
    own = colours()
    painter.setPen(Qt.PenStyle.NoPen)
    match phase:
        case Phase.RECORDING if is_troubled:
            painter.setBrush(QColor(own.warning))
            painter.drawPolygon(triangle(box))
        case Phase.RECORDING:
            painter.setBrush(QColor(own.recording))
            painter.drawEllipse(box)
        case Phase.PAUSED:
            painter.setBrush(QColor(own.warning))
            width = box.width() * 0.34
            painter.drawRect(QRectF(box.left(), box.top(), width, box.height()))
            painter.drawRect(QRectF(box.right() - width, box.top(), width, box.height()))
        case Phase.STOPPED:
            painter.setBrush(QColor(own.error))
            painter.drawRect(box)
        case Phase.FINISHED:
            pen = QPen(QColor(own.good), line_width * 4 / 3)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            low = QPointF(box.left() + box.width() * 0.38, box.bottom() - 1)
            painter.drawPolyline([QPointF(box.left(), box.center().y()), low, QPointF(box.right(), box.top() + 1)])
        case _:
            painter.setPen(QPen(QColor(own.muted), line_width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(box.adjusted(1, 1, -1, -1))


class Bar(QWidget):
    """A thin bar, filled from where a line begins."""

    def __init__(self, name: str, colour: str, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._colour, self._share = name, colour, 0.0
        self.setMinimumWidth(width // 4)
        self._hint = QSize(width, px(6))
        self.setFixedHeight(px(6))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.fill(0.0)

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return self._hint

    def fill(self, share: float) -> None:
        share = min(max(share, 0.0), 1.0)
        if round(share * 100) != round(self._share * 100) or not self.accessibleName():
            self._share = share
            self.setAccessibleName(f"{self._name}: {share:.0%}")
            self.update()

    def fill_dbfs(self, peak_dbfs: float) -> None:
        self.fill((peak_dbfs - _FLOOR_DBFS) / (_CEILING_DBFS - _FLOOR_DBFS))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        box = QRectF(self.rect())
        painter.setBrush(QColor(own.track))
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        if self._share > 0:
            filled = QRectF(0, 0, max(box.height(), box.width() * self._share), box.height())
            filled = mirrored(filled, box.width()) if is_mirrored(self) else filled
            painter.setBrush(QColor(getattr(own, self._colour) if self.isEnabled() else own.muted))
            painter.drawRoundedRect(filled, box.height() / 2, box.height() / 2)
