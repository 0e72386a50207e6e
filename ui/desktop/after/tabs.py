"""One of several, as a row of small buttons: views of a page, or a filter. Arrow keys go along it. It breaks where it
must."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from ui.desktop.direction import is_mirrored, text_direction
from ui.desktop.flow import FlowLayout
from ui.desktop.theme import Type, colours, font, px


class Tab(QAbstractButton):
    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self.setText(text)
        self.setAccessibleName(name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        metrics = QFontMetrics(font(Type.SMALL))
        return QSize(metrics.horizontalAdvance(self.text()) + px(17), metrics.height() + px(10))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return QSize(px(30), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(QColor(own.edge), 1) if self.isChecked() else Qt.PenStyle.NoPen)
        fill = own.surface if self.isChecked() else (own.hover if self.underMouse() else "transparent")
        painter.setBrush(QColor(fill))
        if self.hasFocus():
            painter.setPen(QPen(QColor(own.accent), 2))
        painter.drawRoundedRect(box, px(6), px(6))
        of = font(Type.SMALL)
        painter.setFont(of)
        painter.setPen(QColor(own.text if self.isChecked() else own.muted))
        text = QFontMetrics(of).elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width() - px(6))
        painter.setLayoutDirection(text_direction(text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(own.accent))
            painter.drawRoundedRect(QRectF(px(8), self.height() - px(3), self.width() - px(16), px(2)), 1, 1)


class Tabs(QWidget):
    """Emits `chosen(number)` when another one is pressed."""

    chosen = Signal(int)

    def __init__(self, name: str, texts: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._name = name
        self._group = QButtonGroup(self)
        row = FlowLayout(self, px(2))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        for number, text in enumerate(texts):
            tab = Tab(text, f"{name}: {text}")
            self._group.addButton(tab, number)
            self._take_tab_key(number, False)
            row.addWidget(tab)
        self._group.idToggled.connect(self._take_tab_key)
        self._group.button(0).setChecked(True)
        self._group.idClicked.connect(self.chosen)

    @property
    def current(self) -> int:
        return self._group.checkedId()

    def tab(self, number: int) -> QAbstractButton:
        return self._group.button(number)

    def choose(self, number: int) -> None:
        """As if it had been pressed, without a signal."""
        self._group.button(number).setChecked(True)

    def retitle(self, number: int, text: str) -> None:
        tab = self._group.button(number)
        tab.setText(text)
        tab.setAccessibleName(f"{self._name}: {text}")
        tab.updateGeometry()

    def _take_tab_key(self, number: int, is_chosen: bool) -> None:
        """Tab leads to the one that is chosen, from either side; arrow keys go on from there."""
        policies = Qt.FocusPolicy
        self._group.button(number).setFocusPolicy(policies.StrongFocus if is_chosen else policies.ClickFocus)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 Qt's name
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()), 0) * (-1 if is_mirrored(self) else 1)
        shown = [n for n in range(len(self._group.buttons())) if not self._group.button(n).isHidden()]
        if not step or self.current not in shown:
            event.ignore()
            return
        wanted = shown[(shown.index(self.current) + step) % len(shown)]
        self.choose(wanted)
        self._group.button(wanted).setFocus(Qt.FocusReason.TabFocusReason)
        self.chosen.emit(wanted)
