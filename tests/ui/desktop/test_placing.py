from __future__ import annotations

import pytest
from PySide6.QtCore import QMargins, QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from assistant.settings import Dock, Settings
from ui.desktop.controls import NoControls
from ui.desktop.docking import at_edge
from ui.desktop.placing import Place, bring_back
from ui.desktop.settings_page import SettingsPage
from ui.desktop.window import PanelWindow


def test_the_window_comes_back_where_it_stood(qtbot, tmp_path):
    place, first, second = Place(tmp_path / "window.ini"), QWidget(), QWidget()
    for widget in (first, second):
        qtbot.addWidget(widget)
    first.setGeometry(120, 40, 430, 500)
    place.keep(first.saveGeometry())
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


# --- at an edge ---


@pytest.fixture
def docked(window):
    def apply(**settings) -> QRect:
        window.show_settings(Settings(**settings))
        QApplication.processEvents()
        return window.frameGeometry()  # what a person sees of it

    return apply


def test_at_an_edge_it_takes_the_full_height_and_comes_back_where_it_stood(window, docked):
    window.setGeometry(150, 40, 430, 500)
    room = window.screen().availableGeometry()
    left = docked(docked=Dock.LEFT, dock_width=360)
    assert (left.topLeft(), left.height()) == (room.topLeft(), room.height()) and window.width() == 360
    right = docked(docked=Dock.RIGHT, dock_width=420, stays_on_top=True)
    assert (right.topRight(), right.height()) == (room.topRight(), room.height()) and window.width() == 420
    assert window.isVisible() and window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint
    docked()
    assert window.geometry() == QRect(150, 40, 430, 500)


def test_where_it_stood_is_kept_while_it_is_docked_and_it_is_docked_again_when_it_is_shown(window, docked, tmp_path):
    window.setGeometry(150, 40, 430, 500)
    docked(docked=Dock.RIGHT, dock_width=360)
    place = Place(tmp_path / "window.ini")
    place.keep(window.docking.free_geometry())
    window.hide()
    assert place.restore(window) == ""
    assert window.geometry() == QRect(150, 40, 430, 500)
    window.show()
    assert window.width() == 360 and window.frameGeometry().right() == window.screen().availableGeometry().right()
    docked()
    assert window.geometry() == QRect(150, 40, 430, 500)


def test_a_screen_that_changes_is_followed(window, docked):
    docked(docked=Dock.RIGHT, dock_width=360)
    there = window.geometry()
    window.move(3, 3)
    window.screen().availableGeometryChanged.emit(window.screen().availableGeometry())
    assert window.geometry() == there
    window.move(9000, 9000)
    QGuiApplication.instance().screenRemoved.emit(window.screen())
    assert window.geometry() == there
    docked()
    window.move(9000, 9000)
    QGuiApplication.instance().screenRemoved.emit(window.screen())
    assert window.screen().availableGeometry().contains(window.geometry().topLeft())


@pytest.mark.parametrize("side", [Dock.LEFT, Dock.RIGHT])
def test_the_frame_stays_on_the_screen(side):
    room, frame = QRect(1920, 30, 800, 600), QMargins(4, 28, 5, 6)
    inside = at_edge(room, side, 400, frame)
    assert room.contains(inside.marginsAdded(frame)) and inside.height() == 600 - 28 - 6
    assert at_edge(QRect(0, 0, 300, 600), side, 400, QMargins()) == QRect(0, 0, 300, 600)


def test_a_frame_that_is_drawn_after_the_window_was_shown_is_kept_on_the_screen(window, docked, qtbot, monkeypatch):
    docked(docked=Dock.RIGHT, dock_width=360)
    window.hide()
    frame = QMargins(1, 20, 1, 5)
    window.show()
    monkeypatch.setattr("ui.desktop.docking.frame_of", lambda _window: frame)  # nothing tells that it is there
    room = window.screen().availableGeometry()
    qtbot.waitUntil(lambda: window.geometry().marginsAdded(frame).top() == room.top())
    outside = window.geometry().marginsAdded(frame)
    assert (outside.topRight(), outside.height()) == (room.topRight(), room.height())
    window.move(3, 3)  # by hand: it stays there
    qtbot.wait(150)
    assert window.pos() == QPoint(3, 3)


def test_where_windows_can_not_be_placed_the_setting_says_so(qtbot, monkeypatch):
    monkeypatch.setattr(QGuiApplication, "platformName", staticmethod(lambda: "wayland"))
    page = SettingsPage()
    qtbot.addWidget(page)
    page.show()
    assert not page.row("docked").field.isEnabled()
    assert any("Wayland" in label.text() for label in page.row("docked").findChildren(QLabel))
    window = PanelWindow(NoControls())
    qtbot.addWidget(window)
    window.show()
    before = window.geometry()
    window.show_settings(Settings(docked=Dock.LEFT))
    assert window.geometry() == before
