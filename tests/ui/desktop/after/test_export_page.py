from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.desktop.after.conftest import press
from tests.ui.in_sight import said_on_screen
from ui.desktop.after.export_page import ExportPage, Preview


@pytest.fixture
def page(shown):
    made = ExportPage()
    shown(made)
    return made


def test_a_format_is_looked_at_before_it_is_written_to_the_chosen_folder(page, qtbot) -> None:
    with qtbot.waitSignal(page.preview_wanted) as told:
        page.show_export("Role", has_sound=True)
    assert told.args == ["md"]
    page.formats.tab(0).setFocus()
    with qtbot.waitSignal(page.preview_wanted) as told:
        press(page, Qt.Key.Key_Right)
    assert told.args == ["txt"]
    page.show_preview(Preview("md", "too late"))
    page.show_preview(Preview("txt", "<b>Role</b>\x1b[31m", is_whole=False))
    assert page.preview.toPlainText() == "<b>Role</b>[31m\n\n… The file goes on."
    page.take_folder(Path("/tmp/interviews"))
    assert "To /tmp/interviews" in said_on_screen(page)
    with qtbot.waitSignal(page.export_wanted) as told:
        press(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert told.args == ["txt", Path("/tmp/interviews")]


def test_what_became_of_it_is_said_in_place(page) -> None:
    page.show_export("Role", has_sound=True)
    page.show_written(Path("/tmp/Role.md"))
    assert "Written: /tmp/Role.md" in said_on_screen(page)
    page.show_failed("Nothing could be written to /tmp.")
    assert "Nothing could be written" in said_on_screen(page)
    QTest.mouseClick(page.formats.tab(1), Qt.MouseButton.LeftButton)
    assert "Nothing could be written" not in said_on_screen(page)


def test_without_sound_there_is_no_wav(page, qtbot) -> None:
    page.show_export("Role", has_sound=True)
    QTest.mouseClick(page.formats.tab(5), Qt.MouseButton.LeftButton)
    assert page.format == "wav"
    page.show_export("Other", has_sound=False)
    QApplication.processEvents()
    assert page.format == "md" and not page.formats.tab(5).isVisible()
    with qtbot.waitSignal(page.back):
        press(page, Qt.Key.Key_Escape)
