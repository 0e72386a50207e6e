"""The speech model that a call needs: is it there, and if not, its download where a person asks for it.

Both wait for the disk or the network, so they have a lane of their own; what comes of them is shown on the UI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from assistant.errors import ModelError
from assistant.settings import Settings, data_folder
from models.stopping import Stop
from ui.desktop.lane import Lane
from ui.desktop.model_offer import Download, announce_arrival, announce_change
from ui.desktop.window import PanelWindow
from ui.preferences import Preferences

UNUSABLE = "No speech model can be used"
SETTINGS = ("model", "rewords_follow_ups", "candidate_words_may_leave_this_computer")  # what an offer says depends on


class ModelDownload(QObject):
    """Emits `arrived` when a model has been fetched. `end` it before the program ends."""

    arrived = Signal()

    def __init__(self, preferences: Preferences, window: PanelWindow) -> None:
        super().__init__(window)
        self._preferences = preferences
        self._window = window
        self._lane = Lane("model", self)
        self._shown = Download()
        self._stop = Stop()
        window.settings_over.opened.connect(partial(self.find, tells=False))
        for offer in (window.ready_page.offer, window.settings_over):
            offer.fetch_wanted.connect(self._fetch)
            offer.fetch_cancelled.connect(self._cancel)

    def end(self) -> None:
        self._stop.stop()
        self._lane.end()

    def find(self, *, tells: bool = True) -> None:
        """Offer the model that the settings name, where it is not here. Where it can't be fetched that is told, unless
        it was before."""
        self._lane.do(partial(_missing, self._preferences.now), self._found, partial(self._not_known, tells))

    def _found(self, missing: Download | None) -> None:
        self._window.notices.unsay(UNUSABLE)
        if self._shown.is_running:
            return  # begun since; when that ends, it is looked once more
        problem = self._shown.problem if missing is not None and missing.name == self._shown.name else ""
        self._show(replace(missing or Download(), problem=problem))

    def _not_known(self, tells: bool, why: str) -> None:
        if not self._shown.is_running:
            self._show(Download())
        if tells:
            self._window.show_error(UNUSABLE, why)

    def _fetch(self) -> None:
        if self._shown.is_running or not self._shown.name:
            return
        self._stop = Stop()
        self._show(replace(self._shown, is_running=True, problem=""))
        self._lane.do(
            partial(_fetch, self._shown.name, partial(self._tell, self._stop), self._stop),
            partial(self._fetched, self._shown.name),
            partial(self._failed, self._stop),
        )

    def _cancel(self) -> None:
        self._stop.stop()
        self._show(replace(self._shown, is_running=False))

    def _fetched(self, name: str, is_whole: bool) -> None:
        if is_whole:
            self._show(Download())
            announce_arrival(self._window, name)  # also where a stop came too late
            self.arrived.emit()
        self.find()

    def _failed(self, stop: Stop, why: str) -> None:
        if not stop.is_stopped:
            self._show(replace(self._shown, is_running=False, problem=why))
        self.find()  # which also says how much of it is here

    def _show(self, download: Download) -> None:
        before, self._shown = self._shown, download
        self._window.ready_page.offer.show_download(download)
        self._window.settings_over.show_download(download)
        announce_change(self._window, before, download)

    # --- on the lane ---

    def _tell(self, stop: Stop, done_bytes: int) -> None:
        self._lane.back(partial(self._show_progress, stop, done_bytes))

    def _show_progress(self, stop: Stop, done_bytes: int) -> None:
        if not stop.is_stopped:
            self._show(replace(self._shown, kept_bytes=done_bytes))


def _missing(settings: Settings) -> Download | None:
    """The model to fetch so that calls can start; None: it is here.

    Raises:
        ModelError: it is missing or damaged, and none of those that can be fetched.
    """
    from models.catalog import CATALOG
    from models.weights import choose_default, locate, ways_to_get

    name = settings.model
    try:
        locate(name or choose_default(data_folder()), data_folder())
    except ModelError as error:
        entry = CATALOG.get(name) if name else next(iter(CATALOG.values()))
        if entry is None:
            raise
        from models.hub import fetched_bytes, hub_host

        why = str(error)
        return Download(
            entry.name,
            entry.size_bytes,
            fetched_bytes(entry, data_folder()),
            hub_host(),
            entry.package.extra,
            "" if why == ways_to_get(entry) else why,
            is_alone=not (settings.rewords_follow_ups and settings.candidate_words_may_leave_this_computer),
        )
    return None


def _fetch(name: str, tell: Callable[[int], object], stop: Stop) -> bool:
    """Whether all of it is here; not where it was stopped.

    Raises:
        ModelError: it could not be fetched.
    """
    from models.catalog import CATALOG
    from models.hub import StoppedError, fetch

    told_megabytes = -1

    def progress(done_bytes: int) -> None:
        nonlocal told_megabytes
        if (megabytes := done_bytes // 1_000_000) != told_megabytes:  # a hundred steps, however the network cuts it
            told_megabytes = megabytes
            tell(done_bytes)

    try:
        fetch(CATALOG[name], data_folder(), progress, stop=stop)
    except StoppedError:
        return False
    return True
