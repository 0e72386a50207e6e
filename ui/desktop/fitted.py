"""Scroll areas that are as high as what they hold, where there is room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QScrollArea, QSizePolicy, QWidget

from ui.desktop.theme import px

_SETTLE_MS = 50
_AS_IT_COMES = 16_777_215  # QWIDGETSIZE_MAX


class Fitted(QWidget):
    """What a scroll area holds: takes any width, and goes by the height for it."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802 Qt's name
        """The layout's own answer is the height for the narrowest width."""
        return QSize(px(120), 0)  # with the largest text, too, less than the narrowest window


def scrolled(inner: QWidget) -> QScrollArea:
    """`inner` in all the room that there is; where it needs to be higher than that, it scrolls."""
    area = QScrollArea()
    area.setWidget(inner)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


class FittedArea(QScrollArea):
    """As high as what it holds, where there is room, but at most so large a `share` of the window; scrolls where it can
    not be as high."""

    def __init__(self, inner: QWidget, share: float = 1.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inner, self._share = inner, share
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._settling = QTimer(self)  # until the outer layout has given what room there is, no bar flashes up
        self._settling.setSingleShot(True)
        self._settling.timeout.connect(self._settle)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        inner.installEventFilter(self)

    def keep_width(self, width: int | None) -> None:
        """Stand beside something, as wide as this and as high as there is room; None: above it, as before."""
        policy = self.sizePolicy()
        policy.setVerticalPolicy(QSizePolicy.Policy.Maximum if width is None else QSizePolicy.Policy.Expanding)
        policy.setHeightForWidth(width is None)
        self.setSizePolicy(policy)
        self.setMinimumWidth(width or 0)
        self.setMaximumWidth(width or _AS_IT_COMES)

    def hasHeightForWidth(self) -> bool:  # noqa: N802 Qt's name
        return self.sizePolicy().hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:  # noqa: N802 Qt's name
        return min(self._inner.heightForWidth(width), round(self.window().height() * self._share))

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        width = self.width() or px(380)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return QSize(px(120), max(0, min(px(60), self._inner.heightForWidth(self.width()))))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 Qt's name
        if event.type() is QEvent.Type.LayoutRequest:
            self.fit()
        return super().eventFilter(watched, event)

    def fit(self) -> None:
        """What it holds, or the window's height, which no width tells, is another one."""
        self.updateGeometry()
        self._settling.start(_SETTLE_MS)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        self._settling.start(_SETTLE_MS)

    def _settle(self) -> None:
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # a busy computer is late with them
        is_short = self.height() < self._inner.heightForWidth(self.width())
        policies = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policies.ScrollBarAsNeeded if is_short else policies.ScrollBarAlwaysOff)
