"""The bar above a call: its state, clock and title, and what can be done now. It decides nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from assistant.plain import clock
from ui.desktop.buttons import IconButton
from ui.desktop.edge import Edge
from ui.desktop.keyboard import KeyTip
from ui.desktop.shortcuts import Action
from ui.desktop.signs import StateSign
from ui.desktop.standing import Phase, Standing, words
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, font, px


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

    def use_words(self, is_word: bool, is_slim: bool = False) -> None:
        self.setText(self._word if is_word else "")
        self.use_icon("" if is_word else self._sign)
        self.setFixedWidth(self.width_of_words() if is_word else _sign_width(is_slim))


def _sign_width(is_slim: bool) -> int:
    return px(15) + 2 * px(3 if is_slim else 8) + 2


class Header(Edge):
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
        self._mark = HeaderButton("Mark", "Mark this moment", "bookmark")
        self._pause = HeaderButton("Pause", "Pause", "pause")
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
        KeyTip(self._mark, Action.MARK, "Mark this moment")
        self._pause_tip = KeyTip(self._pause, Action.PAUSE, "Pause")
        self.row.setSpacing(px(5))
        for widget in (self._sign, self._clock):
            self.row.addWidget(widget)
        self.row.addWidget(self._title, 1)
        for made in self._buttons:
            self.row.addWidget(made)
        self._role = self._state_word = ""  # the word is empty where the sign says enough
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
        self._fit()

    def show_standing(self, standing: Standing) -> None:
        phase = standing.phase
        is_open = phase in (Phase.RECORDING, Phase.PAUSED)
        self._sign.show_phase(phase, bool(standing.lost))
        word = words(standing)
        self._sign.setAccessibleName(word)
        self._sign.setToolTip(word)
        self._state_word = "" if phase in (Phase.RECORDING, Phase.FINISHED) else word
        self._title.say(self._state_word or self._role or word)
        self._title.recolour({Phase.PAUSED: "warning", Phase.STOPPED: "error"}.get(phase, "muted"))
        self._title.setToolTip("")
        self._pause.say(*(("Resume", "play") if phase is Phase.PAUSED else ("Pause", "pause")))
        self._pause_tip.say("Resume" if phase is Phase.PAUSED else "Pause")
        self._set_primary(phase is Phase.PAUSED)
        for made in (self._mark, self._pause):
            made.setVisible(is_open)
        self._stop.setVisible(phase not in (Phase.FINISHING, Phase.FINISHED))
        self._done.setVisible(phase is Phase.FINISHED)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Signs in place of words where there is no room for both the words and the clock; slim ones, if they must."""
        shown = [made for made in self._buttons if not made.isHidden()]
        said = QFontMetrics(font(Type.BODY)).horizontalAdvance(self._state_word)
        beside = self._clock.sizeHint().width() + max(px(62), px(44) + said)
        is_narrow = self.width() < sum(made.width_of_words() + px(5) for made in shown) + beside
        is_tight = self.width() < len(shown) * (_sign_width(is_slim=False) + px(5)) + beside
        for made in self._buttons:
            made.use_words(not is_narrow, is_tight)
        side = px(6 if is_tight else 14)
        self.row.setContentsMargins(side, px(10), side, px(11))

    def _set_primary(self, is_primary: bool) -> None:
        look = "primary" if is_primary else ""
        if self._pause.property("look") != look:
            self._pause.setProperty("look", look)
            self._pause.style().unpolish(self._pause)
            self._pause.style().polish(self._pause)
