"""A field that is worked at stays in sight while a page changes around it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget


class FocusInSight(QObject):
    """Of a page that scrolls `inner` in `area`. A field that a person has scrolled away from is not brought back."""

    def __init__(self, page: QWidget, area: QScrollArea, inner: QWidget) -> None:
        super().__init__(page)
        self._page, self._area, self._inner = page, area, inner
        self._left_behind: QWidget | None = None  # has the focus, and a person has scrolled it out of sight
        area.verticalScrollBar().actionTriggered.connect(self._scrolled)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._focus_moved)

    def keep(self) -> None:
        """The page has another size, or other things in it."""
        if self._left_behind is None or self._page.focusWidget() is not self._left_behind:
            self.show()

    def show(self) -> None:
        """Also one that was scrolled away from."""
        if (focused := self._focused()) is not None:
            self._area.ensureWidgetVisible(focused)

    def _focused(self) -> QWidget | None:
        """Of what scrolls."""
        focused = self._page.focusWidget()
        return focused if focused is not None and self._inner.isAncestorOf(focused) else None

    def _scrolled(self) -> None:
        """By a person, by wheel, bar or key; the program's own scrolling does not come here."""
        focused = self._focused()
        self._left_behind = None
        if focused is not None:
            top = focused.mapTo(self._inner, QPoint()).y() - self._area.verticalScrollBar().sliderPosition()
            is_seen = top + focused.height() > 0 and top < self._area.viewport().height()
            self._left_behind = None if is_seen else focused

    def _focus_moved(self, _before: QWidget | None, now: QWidget | None) -> None:
        if now is not None and now is not self._left_behind:  # none has it while another window is in front
            self._left_behind = None
