"""What an export will look like before it is written: the format, the file's own text, and the folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from assistant.plain import harmless
from ui.desktop.after.keyed_page import KeyedPage
from ui.desktop.after.page_bar import PageBar
from ui.desktop.after.tabs import Tabs
from ui.desktop.announcing import announce
from ui.desktop.buttons import button
from ui.desktop.direction import in_order
from ui.desktop.file_choice import choose_folder
from ui.desktop.fitted import Fitted, scrolled
from ui.desktop.keyboard import is_enter
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type, colours, px

MOST_CHARACTERS = 60_000  # of a preview: some hundred screens
_FORMATS = (
    ("md", "Markdown", "To read and to keep: coverage, flags, follow-ups, notes and the transcript."),
    ("txt", "Text", "The same without any markup."),
    ("json", "JSON", "Everything that is kept, for other programs. Lines stand as heard, with their corrections."),
    ("srt", "SRT", "Subtitles for players. Corrected lines end in [corrected]."),
    ("vtt", "VTT", "Subtitles for the web, with a note at each flag and correction."),
    ("wav", "WAV", "The sound: left you, right them, 16 kHz."),
)


@dataclass(frozen=True, slots=True)
class Preview:
    """The beginning of a file. `is_whole` False: there is more of it."""

    format: str
    text: str
    is_whole: bool = True


class ExportPage(KeyedPage):
    """Emits `back`, `preview_wanted(format)` and `export_wanted(format, folder)`."""

    back = Signal()
    preview_wanted = Signal(str)
    export_wanted = Signal(str, Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self._folder = Path(documents or Path.home())
        self.bar = PageBar()
        self.formats = Tabs("Format", tuple(name for _, name, _ in _FORMATS))
        self._what, self._where = TextBlock(Type.SMALL, "muted", 4), TextBlock(Type.SMALL, "muted", 2)
        self._told = TextBlock(Type.SMALL, "good", 3)
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setAccessibleName("Preview")
        self.preview.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.preview.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.preview.setTabChangesFocus(True)
        self._choose = button(in_order("Folder…"), "Choose the folder")
        self._write = button("Export", "Write the file, Control and Enter", "primary")
        self._write.setToolTip("Ctrl+Enter")
        self.bar.back.connect(self.back)
        self.formats.chosen.connect(lambda _: self._change())
        self._choose.clicked.connect(self._ask_for_folder)
        self._write.clicked.connect(self._export)
        self._lay_out()

    @property
    def format(self) -> str:
        return _FORMATS[self.formats.current][0]

    @property
    def folder(self) -> Path:
        return self._folder

    def show_export(self, title: str, has_sound: bool, version: str = "") -> None:
        """Of another call, or of one of its versions; the last format and folder stay chosen."""
        self.bar.say("Export", f"{version}: {title}" if version else title)
        self.formats.tab(len(_FORMATS) - 1).setVisible(has_sound)
        if not has_sound and self.format == "wav":
            self.formats.choose(0)
        self._change()
        self._write.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_preview(self, preview: Preview) -> None:
        if preview.format == self.format:
            more = "" if preview.is_whole else "\n\n… The file goes on."
            self.preview.setPlainText(harmless(preview.text) + more)

    def show_written(self, path: Path) -> None:
        self._say(f"Written: {path}", "good")

    def show_failed(self, why: str) -> None:
        self._say(why, "error")

    def _say(self, text: str, colour: str) -> None:
        self._told.say_if_any(text)
        self._told.recolour(colour)
        if text:
            announce(self, text)

    def _change(self) -> None:
        self._what.say(_FORMATS[self.formats.current][2])
        self._where.say(f"To {self._folder}")
        self._say("", "good")
        self.preview.setPlainText("")
        self.preview_wanted.emit(self.format)

    def _ask_for_folder(self) -> None:
        choose_folder(self, "Choose a folder", self.take_folder)

    def take_folder(self, folder: Path) -> None:
        self._folder = folder
        self._where.say(f"To {folder}")
        self._say("", "good")

    def _export(self) -> None:
        self.export_wanted.emit(self.format, self._folder)

    def _lay_out(self) -> None:
        lower = _Lower()
        below = QVBoxLayout(lower)
        below.setContentsMargins(px(14), px(10), px(14), px(12))
        below.setSpacing(px(6))
        below.addWidget(self._told)
        below.addWidget(self._where)
        row = QHBoxLayout()
        row.setSpacing(px(6))
        row.addWidget(self._write)
        row.addWidget(self._choose)
        row.addStretch(1)
        below.addLayout(row)
        upper = Fitted()
        above = QVBoxLayout(upper)
        above.setContentsMargins(px(14), px(8), px(14), px(10))
        above.setSpacing(px(8))
        above.addWidget(self.formats)
        above.addWidget(self._what)
        above.addWidget(self.preview, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(scrolled(upper), 1)
        column.addWidget(lower)

    # --- keys ---

    def key_does(self, event: QKeyEvent) -> Callable[[], object] | None:
        if event.key() == Qt.Key.Key_Escape:
            return self.back.emit
        has_control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        return self._export if is_enter(event) and has_control else None


class _Lower(QWidget):
    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 Qt's name
        QPainter(self).fillRect(0, 0, self.width(), 1, QColor(colours().line))
