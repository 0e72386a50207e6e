"""The bars of a call: meters above, footer below. They show what they are told; they decide nothing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from assistant.parts import SPEAKERS
from assistant.values import SILENCE_DBFS, Channel
from ui.desktop.buttons import button, icon_button
from ui.desktop.direction import Margins
from ui.desktop.edge import Edge
from ui.desktop.keyboard import KeyTip
from ui.desktop.shortcuts import Action
from ui.desktop.signs import Bar
from ui.desktop.standing import Phase, Standing
from ui.desktop.text_block import TextBlock, tip_of
from ui.desktop.theme import Type, colours, font, px

_NARROW, _TINY = 300, 180  # tiny is only a narrow panel with very large text
_DELAY_WIDTHS = (380, _NARROW, _TINY)  # below each the delay is said in fewer words
_NO_BAR = 340  # below, the balance is said in figures alone
_SHORT = 60  # of the consent, which is said in full in its tool tip


class Meters(Edge):
    """Proof that both voices arrive, and how late the text is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(line_above=False, parent=parent)
        self._bars = {
            Channel.YOU: Bar("Your voice", "voice", px(64)),
            Channel.THEM: Bar("Their voice", "voice", px(64)),
        }
        self._names = {channel: QLabel(name) for channel, name in SPEAKERS.items()}
        self._delay = QLabel()
        self._delay.setTextFormat(Qt.TextFormat.PlainText)
        self._delay.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for channel, bar in self._bars.items():
            self.row.addWidget(self._names[channel])
            self.row.addWidget(bar, 1)
        self.row.addStretch(1)
        self.row.addWidget(self._delay)
        self._is_late = False
        self._texts = ("", "", "", "")  # in full, and shorter for narrower panels
        self.restyle()

    def restyle(self) -> None:
        own = colours()
        for label in (*self._names.values(), self._delay):
            label.setFont(font(Type.SMALL))
            label.setStyleSheet(f"color: {own.muted}")
        if self._is_late:
            self._delay.setStyleSheet(f"color: {own.warning}; font-weight: bold")
        self._fit()

    def show_levels(self, levels: dict[Channel, float], standing: Standing) -> None:
        for channel, bar in self._bars.items():
            is_heard = standing.phase is Phase.RECORDING and not standing.lost & {channel, None}
            bar.setEnabled(is_heard)
            bar.fill_dbfs(levels[channel] if is_heard else SILENCE_DBFS)

    def show_delay(self, standing: Standing, delay_seconds: float | None) -> None:
        is_late = standing.behind_seconds is not None
        if standing.phase is not Phase.RECORDING or delay_seconds is None or standing.is_deaf:
            self._texts = ("", "", "", "")
        elif is_late:
            self._texts = (
                f"{delay_seconds:.0f} s behind: partial text paused",
                f"{delay_seconds:.0f} s behind, text waits",
                f"{delay_seconds:.0f} s, text waits",
                f"{delay_seconds:.0f} s",
            )
        else:
            behind = f"{delay_seconds:.1f} s behind"
            self._texts = (behind, behind, f"{delay_seconds:.1f} s", f"{delay_seconds:.1f} s")
        self._delay.setAccessibleName(self._texts[0] and f"Text is {self._texts[0]}")
        self._delay.setToolTip("The text in grey waits until what was said is final." if is_late else "")
        if is_late != self._is_late:
            self._is_late = is_late
            self.restyle()
        self._choose_text()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        is_tiny = self.width() < px(_TINY)
        side = px(6 if is_tiny else 14)
        self.row.setContentsMargins(side, px(8), side, px(9))
        self.row.setSpacing(px(3 if is_tiny else 7))
        self._choose_text()

    def _choose_text(self) -> None:
        self._delay.setText(self._texts[sum(self.width() < px(width) for width in _DELAY_WIDTHS)])


class Footer(Edge):
    """Who talked how much, and consent."""

    consent_given = Signal()
    settings = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(line_above=True, parent=parent)
        self._you, self._them, self._consent = QLabel(), QLabel(), TextBlock(Type.SMALL, "muted", 1)
        self._bar = Bar("Your share of the talk", "accent", px(104))
        self._consent.setMinimumWidth(1)
        self._consent_shown = False
        self._ask = button("Note consent", "Note that they gave consent", "link")
        self._ask.clicked.connect(self.consent_given)
        self._gear = icon_button("", "Settings", "settings", "icon")
        KeyTip(self._gear, Action.SETTINGS, "Settings")
        self._gear.clicked.connect(self.settings)
        Margins(self, self.row, px(14), px(4), px(8), px(4))
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
        self._fit()

    def show_balance(self, share_of_you: float | None) -> None:
        you = "–" if share_of_you is None else f"{share_of_you:.0%}"
        them = "–" if share_of_you is None else f"{1 - share_of_you:.0%}"
        self._you.setText(f"You {you}")
        self._them.setText(f"Them {them}")
        self._bar.fill(share_of_you or 0.0)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is no room for all the bar goes first, then consent that is known, their share, yours."""
        self._bar.setVisible(self.width() >= px(_NO_BAR))
        gap, margins = self.row.spacing(), self.row.contentsMargins()
        room = self.width() - margins.left() - margins.right() - self._gear.sizeHint().width()
        if not self._ask.isHidden():
            room -= gap + self._ask.sizeHint().width()
        for part, least in (
            (self._you, self._you.sizeHint().width()),
            (self._them, self._them.sizeHint().width()),
            (self._consent, min(self._consent.sizeHint().width(), px(_SHORT))),
        ):
            fits = gap + least <= room
            part.setVisible(fits and (part is not self._consent or self._consent_shown))
            room -= gap + least if fits else 0

    def show_consent(self, consent: str, can_note: bool) -> None:
        """`consent` is what is known of it; without, it can be noted while the call goes on."""
        self._consent.say(consent or "Consent not noted")
        self._consent.setToolTip(tip_of(self._consent.text()))
        self._consent_shown = bool(consent) or not can_note
        self._ask.setVisible(can_note and not consent)
        self._fit()
