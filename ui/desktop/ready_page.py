"""Before a call: what it will hear, consent, start; and the calls that were kept."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from assistant.call import CallState
from assistant.plain import plain
from ui.desktop.buttons import button
from ui.desktop.controls import PastCall, Ready, Voice
from ui.desktop.fitted import Fitted
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, colours, px, round_pen

CONSENT_TEXT = "Consent given: they know that this is recorded and transcribed"
START_NAME = "Start listening and recording"
WITHOUT_CONSENT_TEXT = "Start without consent"
NO_CONSENT_TEXT = (
    "Nobody has said yes yet. Ask them and tick the box; or press again to record without an answer, which is kept "
    "with the call."
)
HINT_TEXT = "Listens to both sides of the call and shows what to ask next. Everything stays on this computer."
_STATES = {
    CallState.FINISHED: "",
    CallState.RECOVERED: "recovered",
    CallState.RECORDING: "being recorded",
}


class ReadyPage(QWidget):
    start = Signal(bool)  # whether consent was given
    opened = Signal(str)
    look_again = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = TextBlock(Type.TITLE, "text", 3)
        self._hint = TextBlock(Type.BODY, "muted", 3)
        self._hint.say(HINT_TEXT)
        self._you, self._them = _Source("You"), _Source("Them")
        self._again = button("Look again", "Look again for what can be heard", "link")
        self._again.clicked.connect(self.look_again)
        self._again.hide()
        self._consent = Tick(CONSENT_TEXT)
        self._reminder = TextBlock(Type.SMALL, "warning", 4)
        self._reminder.say(NO_CONSENT_TEXT)
        self._reminder.hide()
        self._start = button("Start", START_NAME, "wide")
        self._start.clicked.connect(self._pressed)
        self._consent.toggled.connect(self._settle_start)
        self._past_label = TextBlock(Type.LABEL, "muted", 1)
        self._past_label.say("KEPT CALLS")
        self._past = QVBoxLayout()
        self._past.setSpacing(px(2))
        self._lay_out()

    def show_ready(self, ready: Ready) -> None:
        self._title.say(ready.title or "Ready for an interview")
        self._consent.setChecked(False)
        self._consent.setVisible(ready.asks_consent)
        self.show_voices(ready.mic, ready.call)
        self.show_past(ready.past)
        self.focus_start()

    def show_voices(self, mic: Voice, call: Voice) -> None:
        self._you.say(mic)
        self._them.say(call)
        self._again.setVisible(not (mic.is_heard and call.is_heard))

    def show_past(self, past_calls: tuple[PastCall, ...]) -> None:
        """The newest first."""
        while (item := self._past.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._past_label.setVisible(bool(past_calls))
        for past in past_calls:
            row = PastRow(past)
            row.opened.connect(self.opened)
            self._past.addWidget(row)

    def wait(self) -> None:
        """Start was pressed: a second press would start a second call."""
        self._start.setEnabled(False)
        self._start.setText("Starting…")

    @property
    def is_waiting(self) -> bool:
        return not self._start.isEnabled()

    def _pressed(self) -> None:
        """To record without an answer takes a second press, on a button that says so."""
        if self._consent.isChecked() or self._consent.isHidden() or not self._reminder.isHidden():
            self.start.emit(self._consent.isChecked())
        else:
            self._reminder.show()
            self._start.setText(WITHOUT_CONSENT_TEXT)
            self._start.setAccessibleName(WITHOUT_CONSENT_TEXT)

    def _settle_start(self) -> None:
        self._reminder.hide()
        self._start.setText("Start")
        self._start.setAccessibleName(START_NAME)

    def focus_start(self) -> None:
        self._settle_start()
        self._start.setEnabled(True)
        self._start.setFocus(Qt.FocusReason.OtherFocusReason)

    def _lay_out(self) -> None:
        inner = Fitted()
        column = QVBoxLayout(inner)
        column.setContentsMargins(px(20), px(26), px(20), px(18))
        column.setSpacing(px(8))
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addSpacing(px(14))
        column.addWidget(self._you)
        column.addWidget(self._them)
        column.addWidget(self._again, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(px(12))
        column.addWidget(self._consent)
        column.addWidget(self._reminder)
        column.addSpacing(px(6))
        column.addWidget(self._start)
        column.addSpacing(px(24))
        column.addWidget(self._past_label)
        column.addLayout(self._past)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)


class _Source(QWidget):
    """Who is heard through what."""

    def __init__(self, who: str) -> None:
        super().__init__()
        label = TextBlock(Type.STRONG, "text", 2)
        label.say(who)
        label.setFixedWidth(px(46))
        self._name = TextBlock(Type.BODY, "text", 3)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(12), px(9), px(12), px(9))
        row.setSpacing(px(6))
        row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._name, 1)

    def say(self, voice: Voice) -> None:
        self._name.say(voice.text)
        self._name.recolour("text" if voice.is_heard else "warning")
        self._name.setAccessibleName(f"Heard through: {self._name.text()}")

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(own.edge), 1))
        painter.setBrush(QColor(own.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(7), px(7))


class Tick(QAbstractButton):
    """A check box whose text wraps."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._words = TextBlock(Type.BODY, "text", 3, self)
        self._words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words.say(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(px(28), px(5), px(4), px(5))
        row.addWidget(self._words)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()

    def hitButton(self, _place: object) -> bool:  # noqa: N802 Qt's name
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = px(16)
        box = QRectF(px(2), px(6), side, side)
        painter.setPen(
            QPen(QColor(own.accent if self.hasFocus() or self.isChecked() else own.muted), 2 if self.hasFocus() else 1)
        )
        painter.setBrush(QColor(own.accent if self.isChecked() else own.surface))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), px(4), px(4))
        if self.isChecked():
            painter.setPen(round_pen(own.on_accent, 1.8))
            x, y = box.left(), box.top()
            low = QPointF(x + side * 0.43, y + side * 0.70)
            high = QPointF(x + side * 0.76, y + side * 0.32)
            painter.drawPolyline([QPointF(x + side * 0.25, y + side * 0.52), low, high])
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(own.accent), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(-0.5, 0.5, -0.5, -0.5), px(5), px(5))


class PastRow(QAbstractButton):
    """A kept call: title, and when."""

    opened = Signal(str)

    def __init__(self, past: PastCall, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = TextBlock(Type.BODY, "text", 1, self)
        self._when = TextBlock(Type.TINY, "muted", 1, self)
        self._title.say(past.title or "Untitled call")
        note = _STATES[past.state]
        when = f"{past.started:%d %b %Y, %H:%M}" + (f" · {note}" if note else "")
        self._when.say(when)
        for block in (self._title, self._when):
            block.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(10), px(6), px(10), px(7))
        column.setSpacing(px(1))
        column.addWidget(self._title)
        column.addWidget(self._when)
        self.setText(plain(past.title))
        self.setAccessibleName(f"Open {plain(past.title) or 'untitled call'}, {when}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(lambda: self.opened.emit(past.id))

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        own = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(own.accent), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(own.hover) if self.underMouse() else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), px(6), px(6))
