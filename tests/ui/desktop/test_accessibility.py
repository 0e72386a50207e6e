"""The panel as those know it who hear it: every control by name and role, through Qt's accessibility interface."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from assistant.call import CallState, Version
from assistant.settings import Settings
from assistant.values import Channel, Stamped, State, Status
from tests.ui.desktop import script
from tests.ui.desktop.after.calls import interview
from tests.ui.desktop.after.conftest import NOW, Sound
from tests.ui.desktop.contrast import contrast
from ui.desktop import theme
from ui.desktop.after.export_page import ExportPage, Preview
from ui.desktop.after.history_page import HistoryPage
from ui.desktop.after.session_page import FLAGS, NOTES, SUMMARY, TRANSCRIPT, SessionPage
from ui.desktop.after.session_state import SessionState
from ui.desktop.agenda import Agenda
from ui.desktop.announcing import announce
from ui.desktop.bridge import Bridge
from ui.desktop.controls import Option, PastCall, Ready, Voice
from ui.desktop.model_offer import Download
from ui.desktop.shortcuts import Action
from ui.desktop.standing import Phase, Standing, words
from ui.desktop.tray import state_icon

Role = QAccessible.Role
CONTROLS = {Role.Button, Role.CheckBox, Role.ComboBox, Role.EditableText, Role.SpinBox, Role.List, Role.Slider}
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


def session_page(window, view: int) -> None:
    again = replace(interview(), version=Version.SECOND)
    page = SessionPage()
    window.show_page(page)
    page.show_session(SessionState.of(again, has_second_pass=True), Sound())
    page.views.show_view(view)
    page.start()
    if view == TRANSCRIPT:
        page.transcript.correction_wanted.emit(2)


def history_page(window) -> None:
    page = HistoryPage(lambda: NOW)
    window.show_page(page)
    page.show_calls([PastCall(str(n), f"Role {n}", NOW, 60.0, CallState.FINISHED) for n in range(3)])
    page.start()
    page.delete_current()


def export_page(window) -> None:
    page = ExportPage()
    window.show_page(page)
    page.show_export("Role", has_sound=True)
    page.show_preview(Preview("md", "# Role"))


def settings_page(window) -> None:
    window.show_settings(Settings(shortcuts={"mark": "F5"}))
    window.show_ready(READY)
    window.settings_over.open()


def troubled_page(window) -> None:
    window.show_ready(READY)
    window.show_error("The call can't start", "Close the other program.")


def model_missing_page(window, *, is_running: bool = False) -> None:
    window.show_ready(READY)
    window.ready_page.offer.show_download(
        Download("tiny.en", 78_000_000, 31_000_000, "host", "tiny-en", is_running=is_running)
    )


PAGES = {
    "ready": lambda window: window.show_ready(READY), "live": live, "settings": settings_page, "error": troubled_page,
    "model": model_missing_page, "download": partial(model_missing_page, is_running=True),
    "transcript": partial(session_page, view=TRANSCRIPT), "summary": partial(session_page, view=SUMMARY),
    "flags": partial(session_page, view=FLAGS), "notes": partial(session_page, view=NOTES),
    "history": history_page, "export": export_page,
}  # fmt: skip
KNOWN = {
    "settings": {
        "Key to mark this moment: key F5": Role.Button, "Back to key M: mark this moment": Role.Button,
        "Place": Role.ComboBox, "Width at the edge": Role.SpinBox, "How you ask for consent": Role.EditableText,
    },
    "model": {"Go on downloading tiny.en (47 MB left)": Role.Button},
    "download": {"Cancel the download": Role.Button},
    "error": {"Dismiss": Role.Button, "Copy": Role.Button},
    "transcript": {
        "Transcript": Role.List, "Corrected text": Role.EditableText, "Play, space bar": Role.Button,
        "Save the correction, Control and Enter": Role.Button, "Timeline of the call": Role.Slider,
    },
    "summary": {
        "Summary": Role.List, "View: Summary": Role.CheckBox, "Version: Second pass": Role.CheckBox,
        "Export, Control and E": Role.Button, "Back, Escape": Role.Button,
    },
    "flags": {"Flags": Role.List, "Flags shown: All 4": Role.CheckBox},
    "notes": {"Notes on this call": Role.EditableText},
    "history": {
        "Search all transcripts": Role.EditableText, "Interviews": Role.List, "Show: 7 days": Role.CheckBox,
        "Delete the chosen interview, key Delete": Role.Button, "Undo the deletion, Control and Z": Role.Button,
    },
    "export": {
        "Format: Markdown": Role.CheckBox, "Preview": Role.EditableText, "Choose the folder": Role.Button,
        "Write the file, Control and Enter": Role.Button,
    },
}  # fmt: skip


@pytest.mark.parametrize("page", list(KNOWN))
def test_every_page_is_known_by_names_and_roles(window, page):
    PAGES[page](window)
    QApplication.processEvents()
    found = controls_of(window)
    for name, role in KNOWN[page].items():
        assert found.get(name) is role, (name, found)


@pytest.mark.parametrize("page", list(PAGES))
def test_nothing_is_nameless_and_tab_reaches_all_of_it(window, page):
    window.show_settings(Settings())
    PAGES[page](window)
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


@pytest.mark.parametrize("page", list(PAGES))
def test_the_focus_is_seen_on_every_control(window, page):
    window.show_settings(Settings())
    PAGES[page](window)
    QApplication.processEvents()
    for one in window.findChildren(QWidget):
        if one.isVisible() and one.isEnabled() and one.focusPolicy() & Qt.FocusPolicy.TabFocus:
            one.clearFocus()
            without = one.grab().toImage()
            one.setFocus(Qt.FocusReason.TabFocusReason)
            assert one.grab().toImage() != without, (one, one.accessibleName())


def test_new_cards_and_troubles_are_announced(window, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr("ui.desktop.call_screen.announce", lambda _w, text, is_urgent=False: told.append(text))
    bridge = live(window)
    assert "Ask: What did that 7000% measure, and against what starting point?" in told
    told.clear()
    bridge.arrived.emit([Stamped(Status(State.DEVICE_LOST, "Plug it in.", Channel.YOU), 39.0, 39.0)])
    assert told == ["Your microphone is not heard. Plug it in."]


def test_errors_and_messages_are_announced_where_they_come(window, monkeypatch):
    told: list[tuple[str, bool]] = []
    monkeypatch.setattr("ui.desktop.notices.announce", lambda _w, text, is_urgent=False: told.append((text, is_urgent)))
    window.show_ready(READY)
    window.show_error("The call can't start", "Close the other program.")
    window.show_message("Exported", "role.md")
    assert told == [("The call can't start. Close the other program.", True), ("Exported. role.md", False)]


def test_what_changes_out_of_sight_is_announced(window, monkeypatch):
    told: list[str] = []
    for module in ("after.history_page", "after.export_page", "after.session_page", "key_rows"):
        monkeypatch.setattr(f"ui.desktop.{module}.announce", lambda _w, text, is_urgent=False: told.append(text))
    history_page(window)
    window.pages.currentWidget().field.setText("nobody said this")
    window.pages.currentWidget().show_hits("nobody said this", [])
    export_page(window)
    window.pages.currentWidget().show_written(Path("role.md"))
    session_page(window, SUMMARY)
    window.pages.currentWidget().show_version(SessionState.of(interview(), has_second_pass=True))
    settings_page(window)
    window.settings_over.page.keys.row(Action.MARK).wanted.emit(Action.MARK, "P")
    assert [text.split()[0] for text in told] == ["“Role", "Nothing", "Written:", "Live", "P"]


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
