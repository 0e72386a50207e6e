"""What the panel sees to behind its first page, on a lane of its own: what a crash has left, old calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from assistant.plain import counted
from assistant.settings import data_folder
from ui import history
from ui.desktop.lane import Lane
from ui.desktop.window import PanelWindow
from ui.preferences import Preferences


class Upkeep(QObject):
    """Emits `changed` when the kept calls are others than before. `end` it before the program ends."""

    changed = Signal()

    def __init__(self, preferences: Preferences, window: PanelWindow, is_wanted_elsewhere: Callable[[], bool]) -> None:
        """`is_wanted_elsewhere`: a call needs the cores, or the program ends; what can wait does then."""
        super().__init__(window)
        self._preferences = preferences
        self._window = window
        self._is_wanted_elsewhere = is_wanted_elsewhere
        self._lane = Lane("repair", self)

    def end(self) -> None:
        self._lane.end()

    def complete_calls(self) -> None:
        """Those that a crash has left without an end."""
        self._lane.do(self._recover, self._recovered, partial(self._window.show_error, "A call is not recovered"))

    def transcribe_again(self, call_id: str) -> None:
        """Once more without haste, as the settings say."""
        if self._preferences.now.second_pass:
            self._lane.do(
                partial(self._second_pass, call_id),
                self._transcribed_again,
                partial(self._window.show_error, "The call is not transcribed once more; what was heard live is kept"),
            )

    def delete_old_calls(self) -> None:
        """As the settings say."""
        if days := self._preferences.now.keep_days:
            self._lane.do(
                partial(history.delete_older, days),
                partial(self._deleted, days),
                partial(self._window.show_error, "Old calls are not deleted"),
            )

    def _recover(self) -> list[str]:
        from assistant.store import Store
        from ui.recovery import recover

        messages: list[str] = []
        with Store.open(data_folder()) as store:
            recover(store, self._preferences.now, messages.append, self._is_wanted_elsewhere)
        return messages

    def _second_pass(self, call_id: str) -> list[str] | None:
        """What is good to know of it that was not told live; None where it was not done: a new call comes first, and
        `depthcue transcribe --session` can do it later."""
        from assistant.store import Store
        from ui.cancelling import Cancellable, CancelledError
        from ui.second_pass import NewWarnings, transcribe_after_call

        with Store.open(data_folder()) as store:
            warnings = NewWarnings(store, call_id)
            try:
                transcribe_after_call(
                    store,
                    call_id,
                    self._preferences.now,
                    lambda source: (Cancellable(source, self._is_wanted_elsewhere), [warnings]),
                )
            except CancelledError:
                return None
        return warnings.messages

    def _transcribed_again(self, warnings: list[str] | None) -> None:
        if warnings is not None:
            text = "\n".join(("Open it to see the second version.", *warnings))
            self._window.show_message("The call was transcribed once more", text)
            self.changed.emit()

    def _recovered(self, messages: list[str]) -> None:
        if messages:
            self._window.show_message("A call was cut off", "\n".join(messages))
            self.changed.emit()

    def _deleted(self, days: int, titles: list[str]) -> None:
        if titles:
            self._window.show_message(f"Calls older than {counted(days, 'day')} were deleted", ", ".join(titles))
            self.changed.emit()
