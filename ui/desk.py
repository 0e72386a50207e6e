"""What the panel does beside a call: settings, what can be chosen, question sets, and the calls that were kept.

Everything that may wait runs on the desk's lane; its results come back to the window on the UI thread.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from assistant.errors import AssistantError
from assistant.settings import Settings, data_folder
from ui import history, question_files
from ui.desktop.app import dress_by
from ui.desktop.controls import Option, Voice
from ui.desktop.lane import Lane
from ui.desktop.setting_rows import BEST_MODEL, SAME_MODEL
from ui.desktop.window import PanelWindow
from ui.plans import Plan
from ui.preferences import Preferences

if TYPE_CHECKING:
    from assistant.ports import LanguageModel

Voices = tuple[Voice, Voice]
LOOK_MILLISECONDS = 4000  # a headset that is plugged in before a call is there to be chosen after this at most
Choices = dict[str, tuple[Option, ...]]


class Desk(QObject):
    """`end` it before the program ends."""

    def __init__(self, preferences: Preferences, plan: Plan, window: PanelWindow) -> None:
        super().__init__(window)
        self._preferences = preferences
        self._plan = plan
        self._window = window
        self._lane = Lane("desk", self)
        self._shown: Voices | None = None
        self._is_looking = False
        self._clock = QTimer(self)
        self._clock.timeout.connect(self._look_on)
        self._clock.start(LOOK_MILLISECONDS)
        self._trials = Lane("trial of the language model", self)  # it may wait for a minute
        self._tried: LanguageModel | None = None
        window.export_requested.connect(self._export)
        window.look_again_requested.connect(self.look)
        window.choices_requested.connect(self.offer)
        window.questions_edited.connect(self._edit_questions)
        window.questions_imported.connect(self._import_questions)
        window.trial_requested.connect(self._try_language_model)

    def end(self) -> None:
        if self._tried is not None:
            self._tried.close()
        self._trials.end()
        self._lane.end()

    # --- settings ---

    def choose(self, name: str, value: object) -> None:
        try:
            settings = self._preferences.change(name, value)
        except AssistantError as error:
            self._window.show_error("The settings are not saved", str(error))
            settings = self._preferences.now
        self.apply(settings)
        if name in ("mic", "call"):
            self.look()
        if name in question_files.SETTINGS:
            self.offer_questions()

    def apply(self, settings: Settings) -> None:
        """Show what counts now, everywhere."""
        dress_by(settings)
        self._window.show_settings(settings)

    # --- what can be chosen ---

    def look(self) -> None:
        """What would be heard now."""
        self._lane.do(
            partial(self._plan.voices, self._preferences.now),
            self._show_voices,
            self._failed("What can be heard is not known"),
        )

    def offer(self) -> None:
        """Models and question sets that are there, for the settings."""
        self._lane.do(_choices, self._window.show_choices, self._failed("What can be chosen is not known"))
        self.look()

    def offer_questions(self) -> None:
        """The files that there are, and what is wrong with those that are chosen."""
        self._lane.do(
            partial(_questions, self._preferences.now),
            self._show_questions,
            self._failed("The questions can't be read"),
        )

    def _show_questions(self, found: tuple[Choices, str]) -> None:
        choices, problems = found
        self._window.show_choices(choices)
        if problems:
            self._window.show_error("Some questions are not used", problems)

    def _look_on(self) -> None:
        """Devices come and go while a person chooses."""
        is_seen = self._window.isVisible() and not self._window.isMinimized()
        if is_seen and not self._is_looking and self._window.pages.currentWidget() is self._window.ready_page:
            self._is_looking = True
            self._lane.do(partial(self._plan.voices, self._preferences.now), self._looked, lambda _: self._looked(None))

    def _looked(self, voices: Voices | None) -> None:
        """None: it was told before why that is not known."""
        self._is_looking = False
        if voices is not None and voices != self._shown:
            self._show_voices(voices)

    def _show_voices(self, voices: Voices) -> None:
        self._shown = voices
        you, them = voices
        self._window.ready_page.show_voices(you, them)
        self._window.show_choices({"mic": you.options, "call": them.options})

    def _import_questions(self, setting: str, path: Path) -> None:
        self._take_questions(setting, partial(question_files.bring_in, setting, path), is_edited=False)

    def _edit_questions(self, setting: str) -> None:
        chosen = getattr(self._preferences.now, setting)
        self._take_questions(setting, partial(question_files.own_copy, setting, chosen), is_edited=True)

    def _take_questions(self, setting: str, make: Callable[[], str], is_edited: bool) -> None:
        def taken(name: str) -> None:
            self.choose(setting, name)
            if is_edited and not QDesktopServices.openUrl(QUrl.fromLocalFile(name)):
                self._window.show_message("Open it in a text editor", name)

        self._lane.do(make, taken, self._failed("These questions are not used"))

    # --- the language model ---

    def _try_language_model(self) -> None:
        from ui.language_model import language_model, try_out

        self._tried = language_model(self._preferences.now)
        show = self._window.settings_over.show_trial
        self._trials.do(partial(try_out, self._tried), show, show)

    # --- kept calls ---

    def list_past(self) -> None:
        self._lane.do(
            history.newest_calls, self._window.ready_page.show_past, self._failed("The kept calls can't be read")
        )

    def _export(self, call_id: str, folder: Path) -> None:
        self._lane.do(
            partial(history.export, call_id, folder),
            lambda path: self._window.show_message("Exported", str(path)),
            self._failed("The call is not exported"),
        )

    def _failed(self, title: str) -> Callable[[str], object]:
        return partial(self._window.show_error, title)


def _questions(settings: Settings) -> tuple[Choices, str]:
    from assistant.review.follow_ups import follow_ups_of

    problems = follow_ups_of(settings.question_set, settings.follow_ups).problems
    return question_files.choices(), "\n".join(problems)


def _choices() -> Choices:
    """May take a second: the files of a model are looked at."""
    from models.catalog import CATALOG, megabytes
    from models.weights import installed

    here = tuple(dict.fromkeys(copy.name for copy in installed(data_folder()) if copy.problem is None))
    models = tuple(Option(name, name) for name in here)
    absent = tuple(
        Option(entry.name, f"{entry.name} (not here yet, {megabytes(entry.size_bytes)})")
        for entry in CATALOG.values()
        if entry.name not in here
    )
    return {
        "model": (BEST_MODEL, *models, *absent),
        "second_pass_model": (SAME_MODEL, *models),
        **question_files.choices(),
    }
