"""What a call and the program say beside the text, and what becomes of it once it was read."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from assistant.values import Channel, Stamped, State, Status
from tests.ui.desktop import script
from tests.ui.desktop.in_window import READY
from tests.ui.in_sight import said_on_screen

SILENT = "The call's sound has been digital silence for 10 s."
LOST = "The call is not heard: unplugged."


def buttons(window):
    return {one.text(): one for bar in window.notices.bars().values() for one in bar.findChildren(QAbstractButton)}


def test_a_note_of_the_call_is_put_away_by_key_and_comes_again_only_when_it_is_said_again(window, live):
    state = live(script.events())
    told = [Status(State.DEVICE_LOST, LOST, Channel.YOU), Status(State.SILENT, SILENT, Channel.THEM)]
    window.call_screen.follow(state.apply_all([Stamped(one, 200.0, 200.0) for one in told]))
    assert list(buttons(window)) == ["Dismiss"]  # what goes on being wrong can't be put away
    dismiss = buttons(window)["Dismiss"]
    dismiss.setFocus()
    QTest.keyClick(dismiss, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert SILENT not in said_on_screen(window) and "unplugged" in said_on_screen(window).lower()
    assert window.focusWidget() is window.live_page.transcript
    window.call_screen.follow(state.close())
    assert SILENT not in said_on_screen(window)
    window.call_screen.follow(state.apply(Stamped(told[1], 300.0, 300.0)))
    assert SILENT in said_on_screen(window)


@pytest.mark.parametrize(("count", "last"), [(6, "Line 6"), (9, "and 4 more")])
def test_of_a_long_message_it_is_said_how_much_is_left_out_and_all_of_it_can_be_copied(window, qapp, count, last):
    lines = [f"Line {number}" for number in range(1, count + 1)]
    window.show_ready(READY)
    window.show_message("Some settings are not used", "\n".join(lines))
    QApplication.processEvents()
    said = said_on_screen(window.notices).split(" | ")
    assert said[-1] == last and len(said) == 1 + 6
    assert ("Copy" in buttons(window)) is (count > 6)
    if count > 6:
        buttons(window)["Copy"].click()
        assert qapp.clipboard().text().splitlines() == lines
