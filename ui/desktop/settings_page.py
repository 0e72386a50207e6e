"""All settings on one page, each with what it does. It shows values and says what was chosen; it stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from assistant.settings import Settings
from ui.desktop.buttons import button, icon_button
from ui.desktop.controls import Option
from ui.desktop.direction import in_order
from ui.desktop.docking import NOT_HERE, can_place
from ui.desktop.encryption_form import EncryptionForm
from ui.desktop.fields import AreaField, LineField, NumberField, Select
from ui.desktop.fitted import Fitted, scrolled
from ui.desktop.flow import in_line
from ui.desktop.focus import holds_focus
from ui.desktop.in_sight import FocusInSight
from ui.desktop.key_rows import KeyRows
from ui.desktop.model_offer import ModelOffer
from ui.desktop.setting_rows import SECTIONS, Kind, Row
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, px
from ui.desktop.tick import Tick
from ui.desktop.trial_line import TrialLine

_WIDEST, _TINY = 620, 240  # tiny is only a narrow panel with very large text
_SETTLE_MS = 60  # until a layout within a layout has settled
_MOST_LINES = 12  # of a sentence: what leaves the computer is never cut off


class SettingsPage(QWidget):
    """Emits `chosen(name, value)`, `left`, of which setting questions are to be edited or imported, and `try_model`
    where the language model is to be tried: say with `trial` what came of it."""

    chosen = Signal(str, object)
    left = Signal()
    edit_questions = Signal(str)
    import_questions = Signal(str)
    try_model = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, _SettingRow] = {}
        self.encryption = EncryptionForm()
        self.encryption.grown.connect(lambda: QTimer.singleShot(_SETTLE_MS, self, self._show_encryption))
        self._back = icon_button("Back", "Back, Escape", "arrow-left")
        self._back.clicked.connect(self.left)
        self.trial = TrialLine("the language model")
        self.trial.wanted.connect(self.try_model)
        self.offer = ModelOffer()
        self.offer.focus_left.connect(lambda: self._rows["model"].field.setFocus(Qt.FocusReason.OtherFocusReason))
        self._inner = Fitted()
        column = QVBoxLayout(self._inner)
        column.setSpacing(px(6))
        self._column = column
        self._fill(column)
        self._area = scrolled(self._inner)
        self._focus = FocusInSight(self, self._area, self._inner)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)

    def show_settings(self, settings: Settings) -> None:
        for name, row in self._rows.items():
            row.show_value(getattr(settings, name))

    def show_choices(self, choices: Mapping[str, tuple[Option, ...]]) -> None:
        """What can be chosen of settings whose options only the program knows, by their names."""
        for name, options in choices.items():
            self._rows[name].show_options(options)

    def row(self, name: str) -> QWidget:
        return self._rows[name]

    def start(self) -> None:
        """It was opened: from its beginning."""
        self._back.setFocus(Qt.FocusReason.OtherFocusReason)
        self._area.verticalScrollBar().setValue(0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 Qt's name
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._focus.keep)  # docking changes the height under the very hands that chose it
        is_tiny = self.width() < px(_TINY)
        side = max(px(8 if is_tiny else 20), (self.width() - px(_WIDEST)) // 2)
        self._back.show_words(not is_tiny)
        self._column.setContentsMargins(side, px(14), side, px(24))

    def _show_encryption(self) -> None:
        """All of it, if there is room, where somebody works at it; what has the focus in any case."""
        if holds_focus(self.encryption):
            self._area.ensureWidgetVisible(self.encryption, 0, px(10))
            self._focus.show()

    def _fill(self, column: QVBoxLayout) -> None:
        head = QHBoxLayout()
        title = TextBlock(Type.TITLE, "text", 1)
        title.say("Settings")
        head.addWidget(title, 1)
        head.addWidget(self._back)
        column.addLayout(head)
        for section in SECTIONS:
            column.addSpacing(px(14))
            _label(column, section.title)
            for row in section.rows:
                made = self._rows[row.name] = _SettingRow(row)
                made.chosen.connect(self.chosen)
                column.addWidget(made)
                if row.is_file:
                    column.addWidget(self._file_buttons(row))
                if row.name == "model":
                    column.addWidget(self.offer)
                if row.name == "language_model":
                    column.addWidget(self.trial)
                if row.name == "keep_days":
                    column.addWidget(self.encryption)
        if not can_place():
            for name in ("docked", "dock_width"):
                self._rows[name].say_why_not(NOT_HERE)
        column.addSpacing(px(14))
        _label(column, "KEYS")
        self.keys = KeyRows()
        self.keys.chosen.connect(partial(self.chosen.emit, "shortcuts"))
        column.addWidget(self.keys)
        column.addStretch(1)

    def _file_buttons(self, row: Row) -> QWidget:
        line: list[QWidget] = []
        for text, does, signal in (
            (in_order("Edit…"), "edit in a text editor", self.edit_questions),
            (in_order("Import…"), "import from a file", self.import_questions),
        ):
            made = button(text, f"{row.title}: {does}", "link")
            made.clicked.connect(partial(signal.emit, row.name))
            line.append(made)
        return in_line(*line)


def _label(column: QVBoxLayout, text: str) -> None:
    label = TextBlock(Type.LABEL, "muted", 2)
    label.say(text)
    column.addWidget(label)


class _SettingRow(QWidget):
    """A title, its control, and what it does."""

    chosen = Signal(str, object)

    def __init__(self, row: Row) -> None:
        super().__init__()
        self._row = row
        self._options = row.options
        self._value: object = None
        self._field = self._made_field()
        self._field.setAccessibleDescription(f"{row.title}: {row.sentence}")
        self._sentence = TextBlock(Type.SMALL, "muted", _MOST_LINES)
        self._sentence.say(row.sentence)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, px(5), 0, px(5))
        column.setSpacing(px(3))
        if row.kind is not Kind.TICK:
            title = TextBlock(Type.BODY, "text", 2)
            title.say(row.title)
            column.addWidget(title)
        if row.kind is Kind.NUMBER:
            column.addWidget(self._field, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            column.addWidget(self._field)
        column.addWidget(self._sentence)

    @property
    def field(self) -> QWidget:
        return self._field

    def show_value(self, value: object) -> None:
        self._value = value
        match self._field:
            case Select() as select:
                select.show_options(self._options, str(value))
            case Tick() as tick:
                tick.setChecked(bool(value))
            case NumberField() as number:
                number.show_number(int(str(value)))
            case LineField() as line:
                line.show_text(str(value))
            case AreaField() as area:
                area.show_text("\n".join(value) if isinstance(value, tuple) else str(value))

    def say_why_not(self, sentence: str) -> None:
        """It can't be set here."""
        self._field.setEnabled(False)
        self._field.setAccessibleDescription(f"{self._row.title}: {sentence}")
        self._sentence.say(sentence)

    def show_options(self, options: tuple[Option, ...]) -> None:
        self._options = options
        if self._value is not None:
            self.show_value(self._value)

    def _made_field(self) -> QWidget:
        row = self._row
        match row.kind:
            case Kind.CHOICE:
                select = Select(row.title)
                select.chosen.connect(self._tell)
                return select
            case Kind.TICK:
                tick = Tick(row.title)
                tick.clicked.connect(self._tell)
                tick.entered.connect(tick.click)
                return tick
            case Kind.NUMBER:
                number = NumberField(row.title, *row.range, row.step, row.unit, row.least_text)
                number.counted.connect(self._tell)
                return number
            case Kind.LINES:
                lines = AreaField(row.title, 4)
                lines.written.connect(lambda text: self._tell(tuple(filter(None, map(str.strip, text.split("\n"))))))
                return lines
            case Kind.LINE:
                line = LineField(row.title)
                line.written.connect(self._tell)
                return line
            case Kind.TEXT:
                text = AreaField(row.title, 3)
                text.written.connect(self._tell)
                return text

    def _tell(self, value: object) -> None:
        self.chosen.emit(self._row.name, value)
