"""The panel's keys: the table, what is stored, and a person who changes one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from assistant.settings import Settings, load, save
from tests.ui.desktop import script
from tests.ui.desktop.after.calls import interview
from ui.desktop.after.history_page import HistoryPage
from ui.desktop.after.session_page import SessionPage
from ui.desktop.after.session_state import SessionState
from ui.desktop.controls import Ready
from ui.desktop.key_field import LISTENING
from ui.desktop.keyboard import KEYBOARD
from ui.desktop.shortcuts import TABLE, Action, Keys, Where, portable, shown, spoken

CONTROL = Qt.KeyboardModifier.ControlModifier


def use(window, **changed: str) -> None:
    window.show_settings(Settings(shortcuts=changed))
    QApplication.processEvents()


# --- the table ---


def test_every_action_has_one_key_that_nothing_beside_it_has():
    assert {one.action for one in TABLE} == set(Action)
    for page in Where:
        there = [one.key for one in TABLE if one.where in (page, Where.EVERYWHERE)]
        assert max(Counter(there).values()) == 1
    assert all(portable(one.key) == one.key for one in TABLE)


@pytest.mark.parametrize(
    ("key", "says"),
    [("M", "key M"), ("Space", "space bar"), ("Ctrl+,", "Control and comma"), ("Shift+1", "Shift and 1"),
     ("Ctrl++", "Control and plus"), ("+", "key plus"), ("Del", "key Delete")],
)  # fmt: skip
def test_keys_are_said_in_words(key, says):
    assert spoken(key) == says


@pytest.mark.parametrize(
    ("stored", "says"),
    [
        ({"mark": "nonsense"}, "no key that can be used"), ({"mark": ""}, "no key that can be used"),
        ({"mark": "Ctrl+K, Ctrl+M"}, "no key that can be used"), ({"dance": "F5"}, "nothing in the panel is called"),
        ({"mark": "Tab"}, "a meaning of its own"), ({"settings": "Ctrl+C"}, "a meaning of its own"),
        ({"settings": "S"}, "is written where there is text"), ({"mark": "P"}, "another one's, too"),
        ({"mark": "Ctrl+,"}, "another one's, too"),
    ],
)  # fmt: skip
def test_what_can_not_be_used_falls_back_and_is_said(stored, says):
    keys, [message] = Keys.of(stored)
    assert keys == Keys() and says in message


def test_two_keys_may_be_swapped_and_pages_do_not_disturb_each_other():
    keys, messages = Keys.of({"mark": "P", "plan": "M", "pause": "F2"})
    assert not messages and (keys.key(Action.MARK), keys.key(Action.PLAN)) == ("P", "M")
    assert "is taken: mark this moment" in keys.refusal(Action.NOW, "P")
    assert keys.refusal(Action.CORRECT, "F2") == ""  # it pauses on another page
    assert "is taken: open the settings" in keys.refusal(Action.CORRECT, "Ctrl+,")


@given(st.dictionaries(st.sampled_from([*Action, "x"]) | st.text(max_size=9), st.text(max_size=12) | st.sampled_from(
    ["M", "P", "Ctrl+,", "F5", "Shift+1", "Space", "Ctrl+Q"]), max_size=8))  # fmt: skip
def test_whatever_is_stored_every_key_means_one_thing(stored):
    keys, messages = Keys.of({str(name): key for name, key in stored.items()})
    assert len(keys.changed) + len(messages) == len(stored)
    for page in Where:
        there = [keys.key(one.action) for one in TABLE if one.where in (page, Where.EVERYWHERE)]
        assert max(Counter(there).values()) == 1
    assert Keys.of(keys.stored()) == (keys, [])


def test_changed_keys_are_stored_as_a_table_of_the_settings(tmp_path):
    path = tmp_path / "settings.toml"
    save(Settings(shortcuts={"mark": "F5"}), path)
    assert load(path) == (Settings(shortcuts={"mark": "F5"}), [])
    path.write_text("shortcuts = 3\n")
    settings, [message] = load(path)
    assert settings == Settings() and "shortcuts" in message
    path.write_text("[shortcuts]\nmark = 3\n")
    assert load(path)[0] == Settings()


# --- what they do ---


def test_a_changed_key_counts_at_once_and_the_old_one_no_more(window, live, controls, still):
    live(script.events(38.0))
    use(window, mark="F5", asked_1="Ctrl+1", pause="B", now="Space")
    for key in (Qt.Key.Key_M, Qt.Key.Key_1, Qt.Key.Key_F5, Qt.Key.Key_B):
        QTest.keyClick(window.live_page.transcript, key)
    QTest.keyClick(window.live_page.transcript, Qt.Key.Key_1, CONTROL)
    assert controls.calls == [("mark", ""), ("pause",), ("asked", "q1")]
    assert KEYBOARD.keys.key(Action.NOW) == "J"  # Space is what presses buttons


def test_every_place_that_shows_a_key_shows_the_one_that_counts(window, live, qtbot):
    session, history = SessionPage(), HistoryPage(lambda: interview().started)
    for page in (session, history):
        qtbot.addWidget(page)
    session.show_session(SessionState.of(interview()), None)
    live(script.events(38.0))
    window.show_ready(Ready("R", can_choose=True))
    use(window, mark="F5", pause="F6", plan="F7", asked_1="F8", later_1="Shift+F8", settings="Ctrl+P",
        history="Alt+H", export="Ctrl+S", play="F9", back="Alt+1", ahead="Alt+2", correct="F10", delete="Ctrl+D",
        undo="Alt+U")  # fmt: skip
    tips = {one.toolTip() for page in (window, session, history) for one in page.findChildren(QAbstractButton)}
    assert {
        "F5",
        "F6",
        "F7",
        "Shift+F8",
        "Ctrl+P",
        "Alt+H",
        "Ctrl+S",
        "F9",
        "Alt+1",
        "Alt+2",
        "Ctrl+D",
        "Alt+U",
    } <= tips
    assert not tips & {"M", "Space", "P", "Shift+1", "Ctrl+,", "Ctrl+H", "Ctrl+E", "Ctrl+Left", "Del", "Ctrl+Z"}
    names = " | ".join(one.accessibleName() for one in window.findChildren(QAbstractButton))
    assert "Mark this moment, key F5" in names and "Asked, key F8: " in names and "Settings, Control and P" in names
    assert "F10 corrects a line" in session._hint.text() and "key F10" in session.transcript.accessibleDescription()
    assert window.live_page.cards.widgets()[0]._asked._key == "F8"


def test_the_readme_names_the_keys_of_the_table():
    readme = " ".join((Path(__file__).parents[3] / "README.md").read_text("utf-8").split())
    for action in (Action.MARK, Action.PAUSE, Action.PLAN, Action.SETTINGS, Action.OPEN_HISTORY, Action.BACK,
                   Action.AHEAD, Action.CORRECT, Action.EXPORT, Action.UNDO):  # fmt: skip
        assert Keys().key(action) in readme, action


# --- changing them ---


@pytest.fixture
def rows(window, controls):
    """The key rows of the open settings; what is chosen counts, as the program lets it."""
    window.show_settings(Settings())
    window.show_ready(Ready("R"))
    window.settings_over.open()
    page = window.settings_over.page
    page.chosen.connect(lambda name, value: window.show_settings(Settings(**{name: value})))
    QApplication.processEvents()
    return page.keys


def press_into(row, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    row.field.setFocus()
    QTest.keyClick(row.field, Qt.Key.Key_Return)
    assert row.field.text() == LISTENING
    QTest.keyClick(row.field, key, modifier)
    QApplication.processEvents()


def test_a_key_is_given_by_key_alone_and_given_back(rows, controls):
    row = rows.row(Action.MARK)
    press_into(row, Qt.Key.Key_K, CONTROL)
    assert controls.calls == [("choose", "shortcuts", {"mark": "Ctrl+K"})] and row.field.text() == shown("Ctrl+K")
    assert row.reset.isVisible() and row.field.hasFocus()
    QTest.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert controls.calls[1:] == [("choose", "shortcuts", {})] and row.field.text() == "M"
    assert row.field.hasFocus() and not row.reset.isVisible()


def test_a_key_that_is_taken_is_refused_with_a_sentence(rows, controls):
    row = rows.row(Action.MARK)
    press_into(row, Qt.Key.Key_P)
    assert controls.calls == [] and row.field.text() == "M"
    assert row.refused.isVisible() and row.refused.text().startswith("P is taken: show or hide the plan. Give")
    press_into(rows.row(Action.CLOSE), Qt.Key.Key_X)
    assert "is written where there is text" in rows.row(Action.CLOSE).refused.text()
    press_into(row, Qt.Key.Key_F6)
    assert not row.refused.isVisible() and not rows.row(Action.CLOSE).refused.isVisible()


def test_a_listening_field_takes_keys_that_do_something_else_and_escape_gives_up(rows, window, controls):
    row = rows.row(Action.MARK)
    press_into(row, Qt.Key.Key_Q, CONTROL)
    assert window.isVisible() and "is taken: close the panel" in row.refused.text()
    press_into(row, Qt.Key.Key_Escape)
    assert row.field.text() == "M" and window.pages.currentWidget() is window.settings_over.page
    QTest.keyClick(row.field, Qt.Key.Key_F7)  # nobody asked for it
    press_into(row, Qt.Key.Key_Tab)
    assert controls.calls == []


def test_all_keys_are_taken_back_at_once(rows, controls):
    press_into(rows.row(Action.MARK), Qt.Key.Key_F5)
    press_into(rows.row(Action.PLAN), Qt.Key.Key_M)
    assert controls.calls[-1] == ("choose", "shortcuts", {"mark": "F5", "plan": "M"})
    QTest.mouseClick(rows._all, Qt.MouseButton.LeftButton)
    assert controls.calls[-1] == ("choose", "shortcuts", {}) and KEYBOARD.keys == Keys()
