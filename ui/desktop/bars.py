"""The bars at the panel's edges: header, meters, footer. They show what they are told; they decide nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from assistant.plain import clock
from assistant.values import Channel
from ui.desktop.buttons import IconButton, button
from ui.desktop.panel_state import SILENCE_DBFS
from ui.desktop.signs import Bar, StateSign
from ui.desktop.standing import Phase, Standing, words
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, colours, font, px

_NARROW = 300


class _Edge(QWidget):
    """A row with a hairline above or below."""

    def __init__(self, line_above: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line_above = line_above
        self.row = QHBoxLayout(self)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        y = 0 if self._line_above else self.height() - 1
        QPainter(self).fillRect(0, y, self.width(), 1, QColor(colours().line))


class _Clock(QLabel):
    """Figures of one width, so that it does not shake."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:
            self._dress()

    def _dress(self) -> None:
        bold = font(Type.QUESTION)
        bold.setFeature(QFont.Tag("tnum"), 1)
        self.setFont(bold)


class HeaderButton(IconButton):
    """A word, or where there is no room for it a sign. A tool tip says the word then."""

    def __init__(self, text: str, name: str, sign: str, look: str = "") -> None:
        super().__init__(text, "")
        self._word, self._sign = text, sign
        self.setAccessibleName(name)
        self.setAutoDefault(False)
        if look:
            self.setProperty("look", look)

    def say(self, word: str, sign: str) -> None:
        is_word = bool(self.text())
        self._word, self._sign = word, sign
        self.use_words(is_word)

    def width_of_words(self) -> int:
        """Wide enough for both texts of a pause, so that a press moves no button under the pointer."""
        words = ("Pause", "Resume") if self._word in ("Pause", "Resume") else (self._word,)
        return max(map(QFontMetrics(font(Type.STRONG)).horizontalAdvance, words)) + 2 * px(8) + 2

    def use_words(self, is_word: bool) -> None:
        self.setText(self._word if is_word else "")
        self.use_icon("" if is_word else self._sign)
        self.setFixedWidth(self.width_of_words() if is_word else px(15) + 2 * px(8) + 2)


class Header(_Edge):
    """State, clock, title, and what can be done now."""

    mark = Signal()
    pause = Signal()  # or go on
    stop = Signal()
    export = Signal()
    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(line_above=False, parent=parent)
        self._sign, self._clock, self._title = StateSign(), _Clock(), TextBlock(Type.BODY, "muted", 1)
        self._title.setMinimumWidth(1)  # it gives way to all else
        self._mark = HeaderButton("Mark", "Mark this moment, key M", "bookmark")
        self._pause = HeaderButton("Pause", "Pause, space bar", "pause")
        self._stop = HeaderButton("Stop", "Stop the call", "square")
        self._export = HeaderButton("Export", "Export to a file", "download")
        self._export.setToolTip("Writes the call to a Markdown file")
        self._done = HeaderButton("Done", "Done with this call", "check", "primary")
        self._buttons = (self._mark, self._pause, self._stop, self._export, self._done)
        for made, signal in (
            (self._mark, self.mark),
            (self._pause, self.pause),
            (self._stop, self.stop),
            (self._export, self.export),
            (self._done, self.done),
        ):
            made.clicked.connect(signal)
        self._mark.setToolTip("M")
        self._pause.setToolTip("Space")
        self.row.setContentsMargins(px(14), px(10), px(14), px(11))
        self.row.setSpacing(px(5))
        for widget in (self._sign, self._clock):
            self.row.addWidget(widget)
        self.row.addWidget(self._title, 1)
        for made in self._buttons:
            self.row.addWidget(made)
        self._role = ""
        self.restyle()

    def restyle(self) -> None:
        self._fit()

    def show_title(self, title: str) -> None:
        self._role = title
        self._title.say(title)

    def show_clock(self, seconds: float) -> None:
        self._clock.setText(clock(seconds))
        self._clock.setAccessibleName(f"Time {clock(seconds)}")

    def show_export(self, can_export: bool) -> None:
        self._export.setVisible(can_export)

    def show_standing(self, standing: Standing) -> None:
        phase = standing.phase
        is_open = phase in (Phase.RECORDING, Phase.PAUSED)
        self._sign.show_phase(phase, bool(standing.lost))
        word = words(standing)
        self._sign.setAccessibleName(word)
        self._sign.setToolTip(word)
        says_state = phase is not Phase.RECORDING
        self._title.say(word if says_state and phase is not Phase.FINISHED else self._role or word)
        self._title.recolour({Phase.PAUSED: "warning", Phase.STOPPED: "error"}.get(phase, "muted"))
        self._title.setToolTip("")
        self._pause.say(*(("Resume", "play") if phase is Phase.PAUSED else ("Pause", "pause")))
        self._pause.setAccessibleName("Resume, space bar" if phase is Phase.PAUSED else "Pause, space bar")
        self._set_primary(phase is Phase.PAUSED)
        for made in (self._mark, self._pause):
            made.setVisible(is_open)
        self._stop.setVisible(phase is not Phase.FINISHED)
        self._stop.setEnabled(phase is not Phase.FINISHING)
        self._done.setVisible(phase is Phase.FINISHED)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Signs in place of words where there is no room for both the words and the clock."""
        shown = [made for made in self._buttons if not made.isHidden()]
        words = sum(made.width_of_words() + px(5) for made in shown)
        is_narrow = self.width() < words + self._clock.sizeHint().width() + px(62)
        for made in self._buttons:
            made.use_words(not is_narrow)

    def _set_primary(self, is_primary: bool) -> None:
        look = "primary" if is_primary else ""
        if self._pause.property("look") != look:
            self._pause.setProperty("look", look)
            self._pause.style().unpolish(self._pause)
            self._pause.style().polish(self._pause)


class Meters(_Edge):
    """Proof that both voices arrive, and how late the text is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(line_above=False, parent=parent)
        self._bars = {
            Channel.YOU: Bar("Your voice", "voice", px(64)),
            Channel.THEM: Bar("Their voice", "voice", px(64)),
        }
        self._names = {Channel.YOU: QLabel("You"), Channel.THEM: QLabel("Them")}
        self._delay = QLabel()
        self._delay.setTextFormat(Qt.TextFormat.PlainText)
        self._delay.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.row.setContentsMargins(px(14), px(8), px(14), px(9))
        self.row.setSpacing(px(6))
        for channel, bar in self._bars.items():
            self.row.addWidget(self._names[channel])
            self.row.addWidget(bar)
            self.row.addSpacing(px(8))
        self.row.addStretch(1)
        self.row.addWidget(self._delay)
        self._is_late = False
        self._texts = ("", "", "")  # in full, and shorter for narrower panels
        self.restyle()

    def restyle(self) -> None:
        own = colours()
        for label in (*self._names.values(), self._delay):
            label.setFont(font(Type.SMALL))
            label.setStyleSheet(f"color: {own.muted}")
        if self._is_late:
            self._delay.setStyleSheet(f"color: {own.warning}; font-weight: bold")

    def show_levels(self, levels: dict[Channel, float], standing: Standing) -> None:
        for channel, bar in self._bars.items():
            is_heard = standing.phase is Phase.RECORDING and not standing.lost & {channel, None}
            bar.setEnabled(is_heard)
            bar.fill_dbfs(levels[channel] if is_heard else SILENCE_DBFS)

    def show_delay(self, standing: Standing, delay_seconds: float | None) -> None:
        is_late = standing.behind_seconds is not None
        if standing.phase is not Phase.RECORDING or delay_seconds is None or standing.is_deaf:
            self._texts = ("", "", "")
        elif is_late:
            self._texts = (
                f"{delay_seconds:.0f} s behind: partial text paused",
                f"{delay_seconds:.0f} s behind, text waits",
                f"{delay_seconds:.0f} s, text waits",
            )
        else:
            behind = f"{delay_seconds:.1f} s behind"
            self._texts = (behind, behind, f"{delay_seconds:.1f} s")
        self._delay.setAccessibleName(self._texts[0] and f"Text is {self._texts[0]}")
        self._delay.setToolTip("The text in grey waits until what was said is final." if is_late else "")
        if is_late != self._is_late:
            self._is_late = is_late
            self.restyle()
        self._choose_text()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        self._choose_text()

    def _choose_text(self) -> None:
        self._delay.setText(self._texts[0 if self.width() >= px(380) else 1 if self.width() >= px(_NARROW) else 2])


class Footer(_Edge):
    """Who talked how much, and consent."""

    consent_given = Signal()
    settings = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(line_above=True, parent=parent)
        self._you, self._them, self._consent = QLabel(), QLabel(), TextBlock(Type.SMALL, "muted", 1)
        self._bar = Bar("Your share of the talk", "accent", px(104))
        self._consent.setMinimumWidth(1)
        self._ask = button("Note consent", "Note that they gave consent", "link")
        self._ask.clicked.connect(self.consent_given)
        self._gear = button("", "Settings, Control and comma", "icon", icon_name="settings")
        self._gear.setToolTip("Ctrl+,")
        self._gear.clicked.connect(self.settings)
        self.row.setContentsMargins(px(14), px(4), px(8), px(4))
        self.row.setSpacing(px(9))
        self.row.addWidget(self._you)
        self.row.addWidget(self._bar, 1)
        self.row.addWidget(self._them)
        self.row.addWidget(self._consent, 0)
        self.row.addWidget(self._ask)
        self.row.addWidget(self._gear)
        self.restyle()

    def restyle(self) -> None:
        own = colours()
        for label in (self._you, self._them):
            label.setFont(font(Type.SMALL))
            label.setStyleSheet(f"color: {own.muted}")

    def show_balance(self, share_of_you: float | None) -> None:
        you = "–" if share_of_you is None else f"{share_of_you:.0%}"
        them = "–" if share_of_you is None else f"{1 - share_of_you:.0%}"
        self._you.setText(f"You {you}")
        self._them.setText(f"Them {them}")
        self._bar.fill(share_of_you or 0.0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        self._bar.setVisible(self.width() >= px(_NARROW))

    def show_consent(self, consent: str, can_note: bool) -> None:
        """`consent` is what is known of it; without, it can be noted while the call goes on."""
        self._consent.say(consent or "Consent not noted")
        self._consent.setToolTip(self._consent.text())
        self._consent.setVisible(bool(consent) or not can_note)
        self._ask.setVisible(can_note and not consent)
