"""Play, pause, skip, and where it stands: the player is asked some times a second what is heard."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from assistant.plain import clock
from ui.desktop.buttons import IconButton, button
from ui.desktop.direction import in_order
from ui.desktop.edge import Lined
from ui.desktop.flow import in_line
from ui.desktop.keyboard import KeyTip
from ui.desktop.shortcuts import Action
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, font, px

SKIP_SECONDS = 10.0
_TICK_MS = 40
NO_SOUND = "No sound was kept"


class Playing(Protocol):
    """What the bar needs of a recording that can be heard; `assistant.audio.playback.Player` is one."""

    @property
    def length_seconds(self) -> float: ...

    @property
    def is_playing(self) -> bool: ...

    @property
    def position_seconds(self) -> float: ...

    @property
    def failure(self) -> str: ...

    def play(self, from_seconds: float | None = None) -> None: ...

    def pause(self) -> None: ...

    def seek(self, to_seconds: float) -> None: ...

    def close(self) -> None: ...


class _Clock(TextBlock):
    """With digits of one width, so that it does not tremble; as high as the buttons beside it."""

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        return super().sizeHint() + QSize(px(6), px(4))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.ParentChange):
            digits = font(Type.SMALL)
            digits.setFeature(QFont.Tag("tnum"), 1)
            self.setFont(digits)


class _PlayButton(IconButton):
    def __init__(self) -> None:
        super().__init__("Play", "play")
        self.setProperty("look", "small")
        self.setAutoDefault(False)
        self._tip = KeyTip(self, Action.PLAY, "Play")

    def say(self, is_playing: bool) -> None:
        word, self._icon_name = ("Pause", "pause") if is_playing else ("Play", "play")
        if self.text() != word:
            self.setText(word)
            self._tip.say(word)
            self._dress()

    def sizeHint(self) -> QSize:  # noqa: N802 Qt's name
        """Wide enough for both words, so that a press moves nothing under the pointer."""
        more = self.fontMetrics().horizontalAdvance("Pause") - self.fontMetrics().horizontalAdvance(self.text())
        size = super().sizeHint()
        return QSize(size.width() + more, size.height())


class PlayerBar(Lined):
    """Emits `moved(seconds)` as it is heard and when it is moved, and `failed(text)` where nothing can be heard."""

    moved = Signal(float)
    failed = Signal(str)
    started = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(line_above=False, parent=parent)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # time does, wherever
        self._player: Playing | None = None
        self._back = button(in_order("−10 s"), "", "small")
        self._play = _PlayButton()
        self._ahead = button(in_order("+10 s"), "", "small")
        self._clock = _Clock(Type.SMALL, "muted", 1)
        KeyTip(self._back, Action.BACK, "Ten seconds back")
        KeyTip(self._ahead, Action.AHEAD, "Ten seconds ahead")
        for made, does in (
            (self._back, lambda: self.skip(-SKIP_SECONDS)),
            (self._play, self.play_or_pause),
            (self._ahead, lambda: self.skip(SKIP_SECONDS)),
        ):
            made.clicked.connect(does)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(14), px(2), px(14), px(8))
        column.addWidget(in_line(self._back, self._play, self._ahead, self._clock))
        self.take(None)

    @property
    def is_playing(self) -> bool:
        return self._player is not None and self._player.is_playing

    def take(self, player: Playing | None) -> None:
        """Another recording, or none; the one before is closed."""
        self._timer.stop()
        if self._player is not None:
            self._player.close()
        self._player = player
        for made in (self._back, self._play, self._ahead):
            made.setEnabled(player is not None)
        self._settle()

    def play_or_pause(self) -> None:
        if self._player is None:
            return
        if self._player.is_playing:
            self._player.pause()
            self._settle()
        else:
            self._begin(None)

    def pause(self) -> None:
        if self.is_playing:
            self.play_or_pause()

    def play_from(self, at_seconds: float) -> None:
        if self._player is not None:
            self._begin(at_seconds)

    def go_to(self, at_seconds: float) -> None:
        """Stand there, and go on playing if it does."""
        if self._player is not None:
            self._player.seek(at_seconds)
            self._settle()
            self.moved.emit(at_seconds)

    def skip(self, by_seconds: float) -> None:
        if self._player is not None:
            self.go_to(min(max(0.0, self._player.position_seconds + by_seconds), self._player.length_seconds))

    def _begin(self, at_seconds: float | None) -> None:
        assert self._player is not None
        self._player.play(at_seconds)
        self._timer.start()
        self.started.emit()
        self._tick()

    def _tick(self) -> None:
        assert self._player is not None
        is_over = not self._player.is_playing
        if is_over:
            self._timer.stop()
            if self._player.failure:
                self.failed.emit(self._player.failure)
        self._settle()
        self.moved.emit(self._player.position_seconds)

    def _settle(self) -> None:
        if self._player is None:
            self._clock.say(NO_SOUND)
            return
        self._play.say(self._player.is_playing)
        self._clock.say(f"{clock(self._player.position_seconds)} of {clock(self._player.length_seconds)}")
