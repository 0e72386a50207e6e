from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from ui.desktop.placing import Place, bring_back


def test_the_window_comes_back_where_it_stood(qtbot, tmp_path):
    place, first, second = Place(tmp_path / "window.ini"), QWidget(), QWidget()
    for widget in (first, second):
        qtbot.addWidget(widget)
    first.setGeometry(120, 40, 430, 500)
    place.keep(first)
    assert place.restore(second) == ""
    assert second.geometry() == first.geometry()


def test_a_place_that_can_not_be_read_is_said_and_not_taken(qtbot, tmp_path):
    path, widget = tmp_path / "window.ini", QWidget()
    qtbot.addWidget(widget)
    QSettings(str(path), QSettings.Format.IniFormat).setValue("geometry", "nonsense")
    assert "can't be read" in Place(path).restore(widget)
    path.write_bytes(b"\x00\xff[[[")
    assert Place(path).restore(widget) == ""


def test_a_window_on_a_screen_that_is_gone_is_brought_back(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.setGeometry(9000, 9000, 430, 5000)
    bring_back(widget)
    room = widget.screen().availableGeometry()
    assert room.contains(widget.geometry().topLeft()) and widget.height() <= room.height()
    inside = widget.geometry()
    bring_back(widget)
    assert widget.geometry() == inside
