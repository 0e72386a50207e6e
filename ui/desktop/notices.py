"""Messages in place: what is wrong or asked, and what to do. Never a dialog over a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from assistant.plain import plain, plain_lines
from ui.desktop.announcing import announce
from ui.desktop.buttons import button
from ui.desktop.direction import Margins, is_mirrored, mirrored
from ui.desktop.fitted import Fitted
from ui.desktop.flow import in_line
from ui.desktop.focus import holds_focus
from ui.desktop.signs import triangle
from ui.desktop.standing import Notice, Severity
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Colours, Type, colours, px, round_pen

_SAID = "said"  # how the keys of notices begin that do not come from the call itself
_MOST_LINES = 6


@dataclass(frozen=True, slots=True)
class Choice:
    """A button of a notice."""

    text: str
    does: Callable[[], None]
    is_primary: bool = False


def _ink(own: Colours, severity: Severity) -> tuple[str, str]:
    return {
        Severity.INFO: (own.accent, own.surface),
        Severity.WARNING: (own.warning, own.warning_tint),
        Severity.ERROR: (own.error, own.error_tint),
    }[severity]


class NoticeBar(QFrame):
    def __init__(self, notice: Notice, choices: tuple[Choice, ...] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = notice
        title = TextBlock(Type.STRONG, "text", 3)
        title.say(notice.title)
        column = QVBoxLayout(self)
        Margins(self, column, px(38), px(9), px(8), px(10))
        column.setSpacing(px(3))
        column.addWidget(title)
        for line in _cut(notice.detail):
            detail = TextBlock(Type.SMALL, "text", 20)
            detail.say(line)
            column.addWidget(detail)
        self._buttons = [_button(choice) for choice in choices]
        if choices:
            column.addSpacing(px(5))
            column.addWidget(in_line(*self._buttons, gap=8))
        self.setAccessibleName(notice.title)
        self.setAccessibleDescription(notice.detail)

    def focus_first(self) -> None:
        """To answer by key."""
        self._buttons[0].setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        ink, tint = _ink(own, self.notice.severity)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(tint))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), QColor(own.line))
        box = QRectF(px(14), px(10), px(15), px(15))
        box = mirrored(box, self.width()) if is_mirrored(self) else box
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ink))
        if self.notice.severity is Severity.WARNING:
            painter.drawPolygon(triangle(box))
        elif self.notice.severity is Severity.ERROR:
            painter.drawRoundedRect(box, px(3), px(3))
        else:
            painter.drawEllipse(box)
        painter.setPen(round_pen(tint, 1.7))
        middle = box.center().x()
        is_info = self.notice.severity is Severity.INFO
        low, high = box.top() + box.height() * 0.40, box.top() + box.height() * 0.62
        if is_info:
            low, high = box.top() + box.height() * 0.48, box.top() + box.height() * 0.74
        painter.drawLine(QPointF(middle, low), QPointF(middle, high))
        painter.drawPoint(QPointF(middle, box.top() + box.height() * (0.26 if is_info else 0.82)))


def _cut(detail: str) -> list[str]:
    """The lines that are shown. Where that is not all of them, the last one says so."""
    lines = detail.splitlines()
    if len(lines) <= _MOST_LINES:
        return lines
    shown = lines[: _MOST_LINES - 1]
    return [*shown, f"and {len(lines) - len(shown)} more"]


def _button(choice: Choice) -> QPushButton:
    made = button(choice.text, choice.text, "primary" if choice.is_primary else "")
    made.clicked.connect(choice.does)
    return made


class Notices(Fitted):
    """The notices that stand, one above the other. Emits `focus_left` when one goes that had the focus, and
    `read(key)` where a person has read what the call says only to be known."""

    focus_left = Signal()
    read = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: dict[str, NoticeBar] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def put(self, notice: Notice, *choices: Choice) -> NoticeBar:
        """Show a notice in the place of the one with the same key."""
        old = self._bars.get(notice.key)
        if old is not None and old.notice == notice:
            return old
        bar = NoticeBar(notice, choices)
        if old is None:
            self._column.addWidget(bar)
        else:
            self._column.replaceWidget(old, bar)
            self._discard(old)
        bar.show()  # now: a layout would show it with the next turn of the event loop
        self._bars[notice.key] = bar
        self.updateGeometry()
        return bar

    def say(self, severity: Severity, title: str, text: str) -> None:
        """Something that the call does not say itself. It stays until it is dismissed, or until `take_said`."""
        title = plain(title)
        notice = Notice(f"{_SAID} {title}", severity, title, plain_lines(text))
        for key, old in self._said().items():
            if old.detail == notice.detail:
                self.take(key)
        copy = Choice("Copy", lambda: QGuiApplication.clipboard().setText(text))
        dismiss = Choice("Dismiss", lambda: self.take(notice.key))
        is_to_pass_on = severity is Severity.ERROR or _cut(notice.detail) != notice.detail.splitlines()
        self.put(notice, *((dismiss, copy) if is_to_pass_on else (dismiss,)))
        announce(self, f"{title}. {notice.detail}", is_urgent=severity is Severity.ERROR)

    def unsay(self, title: str) -> None:
        """What `say` has said under this title is true no more."""
        self.take(f"{_SAID} {title}")

    def take_said(self) -> None:
        for key in self._said():
            self.take(key)

    def follow(self, notices: Sequence[Notice], keeps: str) -> None:
        """What the call says now. `keeps` stays, and so does what was said beside the call, unless it is the same."""
        for notice in notices:
            is_known_once_read = notice.severity is Severity.INFO
            self.put(notice, *([Choice("Dismiss", partial(self.read.emit, notice.key))] if is_known_once_read else []))
        details = {notice.detail for notice in notices}
        said = {key for key, notice in self._said().items() if notice.detail not in details}
        self._keep_only({notice.key for notice in notices} | said | {keeps})

    def _said(self) -> dict[str, Notice]:
        return {key: bar.notice for key, bar in self._bars.items() if key.startswith(_SAID)}

    def take(self, key: str) -> None:
        if (bar := self._bars.pop(key, None)) is not None:
            self._column.removeWidget(bar)
            self._discard(bar)
            self.updateGeometry()

    def _keep_only(self, keys: set[str]) -> None:
        for key in set(self._bars) - keys:
            self.take(key)

    def bars(self) -> dict[str, NoticeBar]:
        return dict(self._bars)

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return super().sizeHint() if self._bars else QSize(0, 0)

    def _discard(self, bar: NoticeBar) -> None:
        had_focus = holds_focus(bar)
        bar.hide()
        bar.deleteLater()
        if had_focus:
            self.focus_left.emit()
