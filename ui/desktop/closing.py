"""The end of the window: during a recording it asks once, in place, and waits until the last words are safe."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ui.desktop.call_screen import CLOSING, CallScreen
from ui.desktop.notices import Choice, Notices
from ui.desktop.standing import Notice, Phase, Severity

_ASKED = Notice(
    CLOSING, Severity.WARNING, "The call is still being recorded", "Stop it now? What was said so far is kept."
)


class Closing(QObject):
    """Asks in the notices of `window`, and closes it when the call that was stopped for this is over."""

    def __init__(self, window: QWidget, call_screen: CallScreen, notices: Notices) -> None:
        super().__init__(window)
        self._window, self._call_screen, self._notices = window, call_screen, notices
        self._closes_when_finished = False
        call_screen.standing_changed.connect(self._follow)

    def may_close(self) -> bool:
        """Whether nothing would be lost; else a person is asked."""
        if self._call_screen.is_open:
            self._ask()
            return False
        return True

    def leave(self) -> None:
        """Close as if "Stop and close" were pressed: nothing is asked, everything is kept."""
        if self._call_screen.is_open:
            self._stop_and_close()
        else:
            self._window.close()

    def take_back(self) -> bool:
        """The question goes, and the call goes on; whether it was asked."""
        was_asked = CLOSING in self._notices.bars()
        self._notices.take(CLOSING)
        return was_asked

    def _ask(self) -> None:
        bar = self._notices.put(
            _ASKED,
            Choice("Keep recording", self._keep_recording, is_primary=True),
            Choice("Stop and close", self._stop_and_close),
        )
        bar.focus_first()

    def _keep_recording(self) -> None:
        self.take_back()

    def _stop_and_close(self) -> None:
        self._closes_when_finished = True
        self._notices.take(CLOSING)
        self._call_screen.stop()

    def _follow(self) -> None:
        if not self._call_screen.is_open:
            self._notices.take(CLOSING)
        if self._call_screen.state.standing.phase is Phase.FINISHED and self._closes_when_finished:
            self._window.close()
