"""The panel as those know it who hear it: every control by name and role, through Qt's accessibility interface."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from assistant.call import CallState
from assistant.settings import Settings
from assistant.values import Channel, Stamped, State, Status
from tests.ui.desktop import script
from tests.ui.desktop.test_window import contrast
from ui.desktop import theme
from ui.desktop.agenda import Agenda
from ui.desktop.announcing import announce
from ui.desktop.bridge import Bridge
from ui.desktop.controls import Option, PastCall, Ready, Voice
from ui.desktop.standing import Phase, Standing, words
from ui.desktop.tray import state_icon

Role = QAccessible.Role
CONTROLS = {Role.Button, Role.CheckBox, Role.ComboBox, Role.EditableText, Role.SpinBox, Role.List}
OPTIONS = (Option("", "The system's default"), Option("usb", "USB microphone"))
READY = Ready(
    "Nurse", Voice("USB", options=OPTIONS), Voice("Firefox", options=OPTIONS), can_choose=True,
    past=(PastCall("1", "Nurse", datetime(2026, 3, 1, tzinfo=UTC), 60.0, CallState.FINISHED),),
)  # fmt: skip


def walk(interface: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """Everything that is not hidden, but not the parts of a control."""
    for number in range(interface.childCount()):
        child = interface.child(number)
        if child is None or child.state().invisible:
            continue
        yield child
        if child.role() not in CONTROLS:
            yield from walk(child)


def controls_of(window) -> dict[str, Role]:
    found = [one for one in walk(QAccessible.queryAccessibleInterface(window)) if one.role() in CONTROLS]
    return {_name(one): one.role() for one in found}


def _name(control: QAccessibleInterface) -> str:
    """On Linux Qt gives the value of a box as its name; what it is for is said by its description."""
    if control.role() is Role.ComboBox:
        return control.text(QAccessible.Text.Description).partition(":")[0]
    return control.text(QAccessible.Text.Name)


def live(window) -> Bridge:
    bridge = Bridge(window)
    window.show_live("Nurse", "", bridge, Agenda(("What was hardest?",), 45))
    bridge.arrived.emit(list(script.events(38.0)))
    QApplication.processEvents()
    return bridge


def test_before_a_call(window):
    window.show_settings(Settings())
    window.show_ready(READY)
    QApplication.processEvents()
    found = controls_of(window)
    for name, role in {
        "Role": Role.EditableText, "Question set": Role.ComboBox, "Suggestions": Role.ComboBox,
        "Microphone": Role.ComboBox, "Sound of the call": Role.ComboBox, "Check both voices": Role.Button,
        "Consent given: they know that this is recorded and transcribed": Role.CheckBox,
        "Start listening and recording": Role.Button, "Settings, Control and comma": Role.Button,
    }.items():  # fmt: skip
        assert found.get(name) is role, (name, found)
    assert any(name.startswith("Open Nurse") for name in found)


def test_during_a_call(window):
    window.show_settings(Settings())
    live(window)
    found = controls_of(window)
    for name, role in {
        "Mark this moment, key M": Role.Button, "Pause, space bar": Role.Button, "Stop the call": Role.Button,
        "Asked, key 1: What did that 7000% measure, and against what starting point?": Role.Button,
        "Plan: 0 of 1 asked · 45 min left, key P": Role.CheckBox, "What was hardest?: open": Role.CheckBox,
        "Own part: open": Role.Button, "Transcript": Role.List, "Note that they gave consent": Role.Button,
    }.items():  # fmt: skip
        assert found.get(name) is role, (name, found)


def test_the_settings(window):
    window.show_settings(Settings())
    window.show_ready(READY)
    window.settings_over.open()
    QApplication.processEvents()
    found = controls_of(window)
    for name, role in {
        "Back, Escape": Role.Button, "Language": Role.ComboBox, "Size of text": Role.SpinBox,
        "Stay on top": Role.CheckBox, "Names and terms": Role.EditableText,
    }.items():  # fmt: skip
        assert found.get(name) is role, (name, found)


@pytest.mark.parametrize("page", ["ready", "live", "settings"])
def test_nothing_is_nameless_and_tab_reaches_all_of_it(window, page):
    window.show_settings(Settings())
    window.show_ready(READY) if page != "live" else live(window)
    if page == "settings":
        window.settings_over.open()
    QApplication.processEvents()
    assert "" not in controls_of(window)
    wanted = {
        one for one in window.findChildren(QAbstractButton)
        if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
    }  # fmt: skip
    reached = set()
    for _ in range(len(wanted) + 40):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.add(window.focusWidget())
    assert wanted <= reached, [one.accessibleName() for one in wanted - reached]


def test_the_focus_is_seen_on_every_button(window):
    window.show_settings(Settings())
    live(window)
    for one in window.findChildren(QAbstractButton):
        if one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus:
            window.live_page.transcript.setFocus()
            without = one.grab().toImage()
            one.setFocus()
            assert one.grab().toImage() != without, one.accessibleName()


def test_new_cards_and_troubles_are_announced(window, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr("ui.desktop.call_screen.announce", lambda _w, text, is_urgent=False: told.append(text))
    bridge = live(window)
    assert "Ask: What did that 7000% measure, and against what starting point?" in told
    told.clear()
    bridge.arrived.emit([Stamped(Status(State.DEVICE_LOST, "Plug it in.", Channel.YOU), 39.0, 39.0)])
    assert told == ["Your microphone is not heard. Plug it in."]


def test_each_state_has_a_sign_and_words_of_its_own(window):
    standings = [Standing(phase) for phase in Phase] + [Standing(Phase.RECORDING, lost=frozenset({Channel.YOU}))]
    assert len({words(one) for one in standings}) == len(standings)
    pictures = [state_icon(one).pixmap(64).toImage().convertToFormat(QImage.Format.Format_Alpha8) for one in standings]
    shapes = {bytes(picture.constBits()) for picture in pictures}
    assert len(shapes) == len(standings) - 1  # starting and finishing are one sign, and two words


def test_the_windows_title_says_the_state_of_the_call(window):
    bridge = live(window)
    assert window.windowTitle().startswith("Recording")
    bridge.arrived.emit([Stamped(Status(State.PAUSED), 39.0, 39.0)])
    assert window.windowTitle().startswith("Paused")


@pytest.mark.parametrize("own", [theme.LIGHT, theme.DARK])
def test_borders_of_fields_and_what_stands_in_them_can_be_seen(own):
    for ground in (own.surface, own.hover, own.ground):
        assert contrast(own.muted, ground) >= 4.5  # borders of fields, place holders
        assert contrast(own.accent, ground) >= 3.0  # the ring of the focus (WCAG 2.2, 1.4.11)
    assert contrast(own.good, own.surface) >= 4.5 and contrast(own.warning, own.surface) >= 4.5


def test_a_screen_readers_announcement_is_an_event_of_qt(window, qapp, monkeypatch):
    sent: list[QAccessible.Event] = []
    monkeypatch.setattr(QAccessible, "isActive", staticmethod(lambda: True))
    monkeypatch.setattr(QAccessible, "updateAccessibility", staticmethod(lambda event: sent.append(event.type())))
    announce(window, "Ask: why?")
    assert sent == [QAccessible.Event.Announcement]
