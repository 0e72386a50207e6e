"""Before a call: the role and its questions, what will be heard, consent, start; and the calls that were kept."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from assistant.parts import SPEAKERS
from assistant.plain import plain
from assistant.settings import Settings
from assistant.values import Channel
from ui.desktop.buttons import button, icon_button
from ui.desktop.controls import Option, PastCall, Ready, Voice, VoiceCheck
from ui.desktop.direction import in_order
from ui.desktop.fields import LineField, Select
from ui.desktop.fitted import Fitted, scrolled
from ui.desktop.flow import in_line
from ui.desktop.keyboard import KeyTip
from ui.desktop.model_offer import ModelOffer
from ui.desktop.past_row import PastRow
from ui.desktop.setting_rows import VERBOSITIES
from ui.desktop.shortcuts import Action
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px
from ui.desktop.tick import Tick
from ui.desktop.voice_row import VoiceRow

CONSENT_TEXT = "Consent given: they know that this is recorded and transcribed"
START_NAME = "Start listening and recording"
WITHOUT_CONSENT_TEXT = "Start without consent"
NO_CONSENT_TEXT = (
    "Nobody has said yes yet. Ask them and tick the box; or press again to record without an answer, which is kept "
    "with the call."
)
HINT_TEXT = "Listens to both sides of the call and shows what to ask next. Everything stays on this computer."
ENTER_TEXT = "Enter notes their consent and starts. Tab goes through the choices, which are remembered."
_WIDEST, _TINY = 560, 240  # tiny is only a narrow panel with very large text


class ReadyPage(QWidget):
    """Emits what was pressed; `chosen(name, value)` names a setting."""

    start = Signal(bool)  # whether consent was given
    opened = Signal(str)
    look_again = Signal()
    chosen = Signal(str, object)
    check_wanted = Signal()
    settings_wanted = Signal()
    history_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._hint = TextBlock(Type.TITLE, "text", 3), TextBlock(Type.BODY, "muted", 6)
        self._hint.say(HINT_TEXT)
        self.offer = ModelOffer()
        self._role = LineField("Role", "Role, for example Backend engineer")
        self._role.written.connect(lambda text: self.chosen.emit("title", text))
        self._question_sets: tuple[Option, ...] = ()
        self._questions, self._verbosity = Select("Question set"), Select("Suggestions")
        self._you = VoiceRow(SPEAKERS[Channel.YOU], "Microphone")
        self._them = VoiceRow(SPEAKERS[Channel.THEM], "Sound of the call")
        for select, name in (
            (self._questions, "question_set"), (self._verbosity, "verbosity"), (self._you, "mic"), (self._them, "call"),
        ):  # fmt: skip
            select.chosen.connect(lambda value, name=name: self.chosen.emit(name, value))
        self._check = button("Check both voices", "Check both voices", "link")
        self._check.clicked.connect(self.check_wanted)
        self._check_note = TextBlock(Type.SMALL, "muted", 3)
        self._again = button("Look again", "Look again for what can be heard", "link")
        self._again.clicked.connect(self.look_again)
        self._again.hide()
        self._consent, self._script = Tick(CONSENT_TEXT), TextBlock(Type.SMALL, "muted", 6)
        self._reminder, self._enter = TextBlock(Type.SMALL, "warning", 4), TextBlock(Type.SMALL, "muted", 2)
        self._reminder.say(NO_CONSENT_TEXT)
        self._reminder.hide()
        self._enter.say(ENTER_TEXT)
        self._start = button("Start", START_NAME, "wide")
        self._start.clicked.connect(self._pressed)
        self._consent.toggled.connect(self._settle_start)
        self._consent.entered.connect(self._agree_and_start)
        self._settings = icon_button("Settings", "Settings", "settings", "icon")
        KeyTip(self._settings, Action.SETTINGS, "Settings")
        self._settings.clicked.connect(self.settings_wanted)
        self._past_label = TextBlock(Type.LABEL, "muted", 1)
        self._past_label.say("KEPT CALLS")
        self._history = button(in_order("Search all…"), "", "link")
        KeyTip(self._history, Action.OPEN_HISTORY, "History: search all kept calls")
        self._history.clicked.connect(self.history_wanted)
        self._past = QVBoxLayout()
        self._past.setSpacing(px(2))
        self._chosen_only = QWidget()
        self._column = self._laid_out()

    def show_ready(self, ready: Ready) -> None:
        self._title.say(ready.title or "Ready for an interview")
        self._title.setVisible(not ready.can_choose)
        for widget in (self._role, self._chosen_only, self._check):
            widget.setVisible(ready.can_choose)
        self._consent.setChecked(False)
        self._consent.setVisible(ready.asks_consent)
        self._enter.setVisible(ready.asks_consent)
        self.show_voices(ready.mic, ready.call)
        self.show_check(VoiceCheck())
        self.show_past(ready.past)
        self.focus_start()

    def show_settings(self, settings: Settings) -> None:
        self._role.show_text(settings.title)
        self._verbosity.show_options(VERBOSITIES, settings.verbosity)
        self._questions.show_options(self._question_sets, settings.question_set)
        script = plain(settings.consent_text)
        self._script.say(f"Read aloud: “{script}”")
        self._script.setVisible(bool(script) and not self._consent.isHidden())

    def show_choices(self, choices: Mapping[str, tuple[Option, ...]]) -> None:
        """As `SettingsPage.show_choices`."""
        if "question_set" in choices:
            self._question_sets = choices["question_set"]
            self._questions.show_options(self._question_sets, self._questions.currentData() or "")

    def show_voices(self, mic: Voice, call: Voice) -> None:
        self._you.say(mic)
        self._them.say(call)
        self._again.setVisible(not (mic.is_heard and call.is_heard))

    def show_check(self, check: VoiceCheck) -> None:
        sides = {side.channel: side for side in check.sides}
        self._you.show_check(sides.get(Channel.YOU))
        self._them.show_check(sides.get(Channel.THEM))
        self._check.setText(in_order("Listening… say something") if check.is_running else "Check both voices")
        self._check.setEnabled(not check.is_running)
        self._check_note.say_if_any(check.note)

    def show_past(self, past_calls: tuple[PastCall, ...]) -> None:
        """The newest first."""
        while (item := self._past.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for widget in (self._past_label, self._history):
            widget.setVisible(bool(past_calls))
        for past in past_calls:
            row = PastRow(past)
            row.opened.connect(self.opened)
            self._past.addWidget(row)

    def wait(self) -> None:
        """Start was pressed: a second press would start a second call."""
        self._start.setEnabled(False)
        self._start.setText(in_order("Starting…"))

    def focus_start(self) -> None:
        """Where one key does what is usual: on consent while it is asked for, else on Start."""
        self._settle_start()
        self._start.setEnabled(True)
        asks = not self._consent.isHidden() and not self._consent.isChecked()
        (self._consent if asks else self._start).setFocus(Qt.FocusReason.OtherFocusReason)

    def restyle(self) -> None:
        self._set_margins()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        self._set_margins()

    def _agree_and_start(self) -> None:
        self._consent.setChecked(True)
        self._start.click()

    def _pressed(self) -> None:
        """To record without an answer takes a second press, on a button that says so."""
        if self._consent.isChecked() or self._consent.isHidden() or not self._reminder.isHidden():
            self.start.emit(self._consent.isChecked())
        else:
            self._reminder.show()
            self._start.setText(WITHOUT_CONSENT_TEXT)
            self._start.setAccessibleName(WITHOUT_CONSENT_TEXT)

    def _settle_start(self) -> None:
        self._reminder.hide()
        self._start.setText("Start")
        self._start.setAccessibleName(START_NAME)

    def _set_margins(self) -> None:
        is_tiny = self.width() < px(_TINY)
        side = max(px(8 if is_tiny else 20), (self.width() - px(_WIDEST)) // 2)
        self._settings.show_words(not is_tiny)
        directions = QBoxLayout.Direction
        self._chosen.setDirection(directions.TopToBottom if is_tiny else directions.LeftToRight)
        self._column.setContentsMargins(side, px(22), side, px(18))

    def _laid_out(self) -> QVBoxLayout:
        inner = Fitted()
        column = QVBoxLayout(inner)
        column.setSpacing(px(8))
        head = QHBoxLayout()
        titles = QVBoxLayout()
        titles.addWidget(self._title)
        titles.addWidget(self._role)
        head.addLayout(titles, 1)
        head.addWidget(self._settings, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(self._hint)
        column.addWidget(self.offer)
        column.addSpacing(px(8))
        chosen = self._chosen = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._chosen_only)
        chosen.setContentsMargins(0, 0, 0, 0)
        chosen.setSpacing(px(8))
        chosen.addLayout(_labelled("Questions", self._questions), 3)
        chosen.addLayout(_labelled("Suggestions", self._verbosity), 2)
        column.addWidget(self._chosen_only)
        column.addWidget(self._you)
        column.addWidget(self._them)
        column.addWidget(in_line(self._check, self._again))
        column.addWidget(self._check_note)
        column.addSpacing(px(8))
        for widget in (self._consent, self._script, self._reminder):
            column.addWidget(widget)
        column.addSpacing(px(4))
        column.addWidget(self._start)
        column.addWidget(self._enter)
        column.addSpacing(px(20))
        kept = QHBoxLayout()
        kept.addWidget(self._past_label, 1)
        kept.addWidget(self._history)
        column.addLayout(kept)
        column.addLayout(self._past)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inner))
        return column


def _labelled(text: str, field: QWidget) -> QVBoxLayout:
    label = TextBlock(Type.SMALL, "muted", 1)
    label.say(text)
    column = QVBoxLayout()
    column.setSpacing(px(2))
    column.addWidget(label)
    column.addWidget(field)
    return column
