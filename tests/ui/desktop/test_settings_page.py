"""The settings, the choices before a call and the plan, as a person uses them."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLayout, QScrollArea, QWidget

from assistant.settings import Appearance, Settings, usable_value
from assistant.values import Channel
from tests.ui.desktop import script
from tests.ui.desktop.in_window import hold
from tests.ui.in_sight import said_on_screen
from ui.desktop.agenda import Agenda
from ui.desktop.app import dress
from ui.desktop.bridge import Bridge
from ui.desktop.controls import Option, Ready, SideCheck, Voice, VoiceCheck
from ui.desktop.fields import LineField, NumberField, Select
from ui.desktop.key_field import KeyField
from ui.desktop.plan_list import PlanLine
from ui.desktop.setting_rows import SECTIONS, Kind
from ui.desktop.shortcuts import FIXED, TABLE, Where, shown
from ui.desktop.text_block import TextBlock
from ui.desktop.theme import Type
from ui.desktop.tick import Tick

OPTIONS = (Option("", "The system's default"), Option("usb", "USB microphone"))
READY = Ready("Nurse", Voice("USB microphone", options=OPTIONS), Voice("Firefox", options=OPTIONS), can_choose=True)
WITH_VALUES = ("verbosity", "appearance", "docked")
ROWS = [row for section in SECTIONS for row in section.rows]


def field(window, name: str):
    kinds = (Select, Tick, NumberField, LineField)
    [found] = [one for one in window.findChildren(QWidget) if isinstance(one, kinds) and one.isVisible()
               and one.accessibleName() == name]  # fmt: skip
    return found


def opened(window, settings: Settings | None = None):
    window.show_settings(settings or Settings())
    window.show_ready(READY)
    QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    QApplication.processEvents()
    return window.settings_over.page


def test_every_setting_has_a_place_and_a_sentence_and_shows_its_value(window):
    elsewhere = {"title", "shortcuts"}  # on the page before a call, and below the settings
    assert {row.name for row in ROWS} | elsewhere == {one.name for one in fields(Settings)}
    assert all(row.sentence.endswith(".") for row in ROWS)
    page = opened(window, Settings(text_percent=120, second_pass=True, glossary=("Aoife", "P&L")))
    assert field(window, "Size of text").value() == 120 and field(window, "Transcribe twice").isChecked()
    assert page.row("glossary").field.toPlainText() == "Aoife\nP&L"
    assert all(row.sentence in said_on_screen(window) for row in ROWS)


def test_the_keys_of_every_page_are_listed(window):
    page = opened(window)
    fields = [one for one in page.findChildren(KeyField) if one.isVisible()]
    assert [one.text() for one in fields] == [shown(key) for key in sorted_keys()]
    assert all(does in said_on_screen(window) for _, does in FIXED)


def sorted_keys() -> list[str]:
    pages = list(Where)
    return [one.key for one in sorted(TABLE, key=lambda one: pages.index(one.where))]


def test_what_is_chosen_by_key_is_a_value_that_the_settings_take(window, controls):
    page = opened(window)
    for row in ROWS:
        own = page.row(row.name).field
        own.setFocus()
        match row.kind:
            case Kind.CHOICE:
                if row.name not in WITH_VALUES:
                    page.show_choices({row.name: (*row.options, Option("other", "Another"))})
                QTest.keyClick(own, Qt.Key.Key_Up if row.name == "question_set" else Qt.Key.Key_Down)
            case Kind.TICK:
                QTest.keyClick(own, Qt.Key.Key_Space)
            case Kind.NUMBER:
                QTest.keyClick(own, Qt.Key.Key_Up)
            case Kind.LINES | Kind.TEXT | Kind.LINE:
                QTest.keyClicks(own, "New words")
                QTest.keyClick(own, Qt.Key.Key_Tab)
    chosen = {name: value for _, name, value in controls.calls}
    assert set(chosen) == {row.name for row in ROWS}
    for name, value in chosen.items():
        assert usable_value(name, value) == value != getattr(Settings(), name), name


def test_enter_held_on_a_box_ticks_it_once(window, controls):
    name = "candidate_words_may_leave_this_computer"
    opened(window).row(name).field.setFocus()
    hold(window, Qt.Key.Key_Return)
    assert controls.calls == [("choose", name, True)]


def test_one_day_is_not_told_in_the_plural(window):
    page = opened(window)
    days = page.row("keep_days").field
    said = []
    for count in (0, 1, 30):
        window.show_settings(Settings(keep_days=count))
        said.append(days.text())
    days.setValue(1)
    assert [*said, days.text()] == ["Never", "1 day", "30 days", "1 day"]


def test_what_was_written_is_not_lost_when_the_page_is_left_by_key(window, controls):
    page = opened(window)
    text = page.row("consent_text").field
    text.setFocus()
    QTest.keyClicks(text, "May I?")
    QTest.keyClick(text, Qt.Key.Key_Escape)
    assert controls.calls == [("choose", "consent_text", "May I?")]
    assert window.pages.currentWidget() is window.ready_page


def test_no_sentence_is_cut_at_the_least_width_with_the_largest_text(window, qapp, undressed):
    window.resize(320, 900)
    dress(qapp, Appearance.LIGHT, 200)
    page = opened(window)
    QApplication.processEvents()
    for row in ROWS:
        block = page.row(row.name)._sentence
        unlimited = TextBlock(Type.SMALL, lines=100)
        unlimited.say(block.text())
        assert block.heightForWidth(block.width()) == unlimited.heightForWidth(block.width()), row.name


def test_the_language_model_is_tried_by_a_press_and_says_in_place_what_came_of_it(window):
    opened(window)
    tries = []
    window.trial_requested.connect(lambda: tries.append(1))
    [button] = [one for one in window.findChildren(QAbstractButton) if one.accessibleName() == "Try the language model"]
    button.click()
    assert tries == [1] and not button.isEnabled() and "Trying…" in said_on_screen(window)
    window.settings_over.show_trial("It answered in 0.8 s.")
    assert button.isEnabled() and "It answered in 0.8 s." in said_on_screen(window)


def test_the_wheel_scrolls_the_page_and_changes_nothing(window, controls):
    page = opened(window)
    own = page.row("interview_minutes").field
    event = QWheelEvent(
        QPointF(5, 5), QPointF(own.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(own, event)
    assert controls.calls == []


def test_a_call_goes_on_while_the_settings_are_open_and_letters_are_letters_there(window, controls, live):
    live(script.events(20.0))
    window.show_settings(Settings())
    window.settings_over.open()
    assert window.header.isVisible()
    QTest.keyClicks(window.settings_over.page.row("glossary").field, "m1")
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.live_page
    assert [call for call in controls.calls if call[0] != "choose"] == []


# --- before a call ---


def test_choices_before_a_call_are_settings(window, controls):
    window.show_settings(Settings())
    window.show_choices({"question_set": (Option("general", "General"), Option("nursing", "Nursing"))})
    window.show_ready(READY)
    for name, keys in (("Microphone", Qt.Key.Key_Down), ("Question set", Qt.Key.Key_Down)):
        QTest.keyClick(field(window, name), keys)
    role = field(window, "Role")
    role.setFocus()
    QTest.keyClicks(role, "Nurse")
    QTest.keyClick(role, Qt.Key.Key_Return)
    assert controls.calls == [
        ("choose", "mic", "usb"), ("choose", "question_set", "nursing"), ("choose", "title", "Nurse"),
    ]  # fmt: skip


def test_the_usual_case_is_one_key(window, controls):
    window.show_settings(Settings(title="Nurse", consent_text="May I record this?"))
    window.show_ready(READY)
    assert "Read aloud: “May I record this?”" in said_on_screen(window)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert controls.calls == [("start", True)]


def test_the_check_of_both_voices_shows_what_it_finds_in_place(window, controls, qtbot):
    window.show_ready(READY)
    [check] = [one for one in window.findChildren(QAbstractButton) if one.text() == "Check both voices"]
    QTest.mouseClick(check, Qt.MouseButton.LeftButton)
    assert controls.calls == [("check_voices",)]
    sides = (SideCheck(Channel.YOU, "Heard well.", -20.0, True), SideCheck(Channel.THEM, "Silence.", -96.0, False))
    window.ready_page.show_check(VoiceCheck(sides, note="Loudspeakers."))
    assert all(text in said_on_screen(window) for text in ("Heard well.", "Silence.", "Loudspeakers."))


# --- the plan ---


def test_the_plan_is_ticked_by_press_and_folded_by_key(window, controls):
    window.show_settings(Settings())
    window.show_live("Nurse", "", Bridge(window), Agenda(("First?", "Second?"), 45))
    QApplication.processEvents()
    lines = [line for line in window.findChildren(PlanLine) if line.isVisible()]
    assert [line.accessibleName() for line in lines] == ["First?: open", "Second?: open"]
    QTest.mouseClick(lines[1], Qt.MouseButton.LeftButton)
    assert window.state.agenda.asked == {1} and lines[1].accessibleName() == "Second?: asked"
    QTest.keyClick(window, Qt.Key.Key_P)
    assert not lines[0].isVisible() and controls.calls == [("choose", "shows_plan", False)]


# --- the look ---


@pytest.fixture
def undressed(qapp):
    yield
    dress(qapp, Appearance.LIGHT)


@pytest.mark.parametrize("percent", [80, 200])
@pytest.mark.parametrize("width", [320, 1400])
def test_nothing_is_cut_with_small_and_large_text(window, live, qapp, undressed, percent, width):
    window.resize(width, 900)
    state = live(script.events(), title="Senior staff engineer", consent="Consent noted 00:14")
    state.agenda = Agenda(("What was the hardest part of it, and how did you get it done?",) * 6, 45)
    dress(qapp, Appearance.LIGHT, percent)
    window.show_state(state, is_live=True)
    QApplication.processEvents()
    assert window.width() == width
    for made in window.header.findChildren(QWidget):
        if made.isVisible():
            assert made.mapTo(window, made.rect().topRight()).x() < width
    margins = lambda: [one.contentsMargins() for one in window.findChildren(QLayout)]  # noqa: E731
    before = margins()
    for other in (100, 130, percent):
        dress(qapp, Appearance.LIGHT, other)
    assert margins() == before  # there and back, nothing drifts


def test_the_panel_stays_on_top_where_that_is_chosen(window):
    on_top = lambda: bool(window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint)  # noqa: E731
    window.settings_over.open()
    field = window.settings_over.page.row("stays_on_top").field
    field.setFocus()
    shown = window.windowHandle()
    for wanted in (True, False):
        window.show_settings(replace(Settings(), stays_on_top=wanted))
        QApplication.processEvents()
        assert on_top() is wanted and window.windowHandle() is shown and field.hasFocus()


def test_a_field_that_a_person_has_scrolled_away_from_stays_out_of_sight(window):
    page = opened(window)
    bar = page.findChild(QScrollArea).verticalScrollBar()
    page.row("model").field.setFocus()
    QApplication.processEvents()

    def scroll(steps: int) -> None:
        over = page.findChild(QScrollArea).viewport()
        event = QWheelEvent(
            QPointF(5, 5), QPointF(over.mapToGlobal(QPoint(5, 5))), QPoint(), QPoint(0, -120 * steps),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(over, event)

    def in_sight() -> bool:
        return not page.row("model").field.visibleRegion().isEmpty()

    while bar.value() < bar.maximum():
        scroll(100)  # no more than a page at once
    assert not in_sight()
    window.resize(window.width(), window.height() - 30)
    QTest.qWait(1)
    assert not in_sight()
    page.row("language").field.setFocus()
    page.row("model").field.setFocus()
    window.resize(window.width(), window.height() - 30)
    QTest.qWait(1)
    assert in_sight()
