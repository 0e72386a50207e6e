"""The flags of a call that is over, with what became of each: all of them, or those with one fate."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.desktop.after.entry_list import EntryList
from ui.desktop.after.flag_fates import Fate
from ui.desktop.after.session_state import SessionState
from ui.desktop.after.tabs import Tabs
from ui.desktop.after.views import padded
from ui.desktop.theme import px

_FILTERS: tuple[Fate | None, ...] = (None, Fate.OPEN, Fate.ANSWERED, Fate.WITHDRAWN)


class FlagsView(QWidget):
    """Emits `chosen(seconds)`: when the words were said of a flag that was chosen."""

    chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: SessionState | None = None
        self.filter = Tabs("Flags shown", ("All", "Open", "Answered", "Withdrawn"))
        self.list = EntryList("Flags")
        self.list.setMinimumHeight(px(60))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(padded(self.filter))
        column.addWidget(self.list, 1)
        self.filter.chosen.connect(lambda _: self._show())
        self.list.chosen.connect(self._choose)

    def show_flags(self, state: SessionState) -> None:
        """Those of another call, all of them, or of another version of the same, as they were filtered."""
        if self._state is None or self._state.call.id != state.call.id:
            self.filter.choose(0)
        self._state = state
        counts = state.fates()
        for number, fate in enumerate(_FILTERS):
            name = fate.value.capitalize() if fate else "All"
            self.filter.retitle(number, f"{name} {counts[fate] if fate else len(state.flags)}")
        self._show()

    def _show(self) -> None:
        if self._state is not None:
            self.list.show_entries(self._state.flag_entries(_FILTERS[self.filter.current]))

    def _choose(self, flag_id: str) -> None:
        seconds = self._state.flag_seconds(flag_id) if self._state else None
        if seconds is not None:
            self.chosen.emit(seconds)
