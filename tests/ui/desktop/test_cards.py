"""The cards of a call: by key and button, and when they may move."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from assistant.values import FollowUpRetired, RetiredWhy, Stamped
from tests.ui.desktop import script
from tests.ui.desktop.in_window import card_ids, click
from ui.desktop.panel_state import PanelState


def test_number_keys_mean_asked_and_with_shift_later(window, live, controls, still):
    live(script.events(38.0))
    assert card_ids(window) == ["q1", "q2", "q9"]
    QTest.keyClick(window, Qt.Key.Key_2)
    assert controls.calls == [("asked", "q2")]
    QTest.qWait(750)  # keys are deaf for a moment when cards have got other numbers
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ShiftModifier)
    assert controls.calls[1:] == [("dismissed", "q9")]
    assert card_ids(window) == ["q1"]


def test_a_key_meant_for_a_card_that_just_moved_up_does_nothing(window, live, controls, still):
    live(script.events(38.0))
    QTest.keyClick(window, Qt.Key.Key_1)
    QTest.keyClick(window, Qt.Key.Key_1)
    assert controls.calls == [("asked", "q1")]


def test_the_buttons_of_a_card_do_what_its_keys_do(window, live, controls, still):
    live(script.events(38.0))
    click(window, "Asked, key 1")
    click(window, "Later, Shift and 1")
    assert controls.calls == [("asked", "q1"), ("dismissed", "q2")]


def test_an_answered_card_fades_out_and_cannot_be_pressed_meanwhile(window, live, controls, qtbot):
    state = live(script.events(38.0))
    window.call_screen.follow(state.apply(Stamped(FollowUpRetired("q1", RetiredWhy.ANSWERED), 39.0, 39.0)))
    assert card_ids(window) == ["q2", "q9"]
    QTest.keyClick(window, Qt.Key.Key_1)
    assert controls.calls == []
    numbers = lambda: [widget.number for widget in window.live_page.cards.widgets()]  # noqa: E731
    assert numbers() == [2, 3]  # nothing has moved yet
    qtbot.waitUntil(lambda: numbers() == [1, 2], timeout=3000)


def test_nothing_moves_while_the_pointer_rests_on_the_cards(window, live, still, monkeypatch):
    state = live(script.events(38.0))
    cards = window.live_page.cards
    monkeypatch.setattr(cards, "underMouse", lambda: True)
    places = [widget.geometry() for widget in cards.widgets()][1:]
    window.call_screen.follow(state.apply(Stamped(FollowUpRetired("q1", RetiredWhy.ANSWERED), 39.0, 39.0)))
    QTest.qWait(300)
    assert [widget.geometry() for widget in cards.widgets()] == places


def test_there_are_never_more_than_three_cards(window, live, still):
    state = live(script.events(45.0))
    assert len(state.cards) == 4
    assert card_ids(window) == ["q1", "q2", "q9"]
    window.call_screen.follow(state.take_card("q2"))
    assert card_ids(window) == ["q1", "q9", "q3"]


def test_a_finished_call_has_no_buttons_on_its_cards(window):
    window.show_state(PanelState.from_call(script.call()), is_live=False)
    QApplication.processEvents()
    assert card_ids(window) == ["q3", "q4"]
    assert not [one for one in window.findChildren(QAbstractButton) if one.isVisible() and one.text() == "Later"]
    QTest.keyClick(window, Qt.Key.Key_1)
    assert card_ids(window) == ["q3", "q4"]
