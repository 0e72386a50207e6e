"""Where the Tab key goes, during a call and where there are messages."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from assistant.call import CallState
from assistant.values import Channel, Stamped, State, Status
from tests.ui.desktop import script
from tests.ui.desktop.in_window import READY
from ui.desktop.after.export_page import ExportPage
from ui.desktop.agenda import Agenda
from ui.desktop.controls import PastCall
from ui.desktop.panel_state import PanelState


@pytest.mark.parametrize("backwards", [False, True])
def test_tab_goes_through_a_call_as_one_reads(window, still, qtbot, backwards):
    state = PanelState(agenda=Agenda(("What was your own part?", "How did you know that it worked?")))
    window.resize(400, 1400)  # so high that nothing scrolls
    window.live_page.plan.open(True)
    window.show_state(state, is_live=True)
    for stamped in script.events(60.0):  # one after the other: what comes during a call is made during it
        window.call_screen.follow(state.apply(stamped))
    note = Status(State.SILENT, "The call's sound has been digital silence for 10 s.", Channel.THEM)
    window.call_screen.follow(state.apply(Stamped(note, 60.0, 60.0)))
    QApplication.processEvents()
    next(one for one in window.findChildren(QAbstractButton) if one.accessibleName().startswith("Mark")).setFocus()
    reached = [window.focusWidget()]
    key = Qt.Key.Key_Backtab if backwards else Qt.Key.Key_Tab
    for _ in range(60):
        QTest.keyClick(window.focusWidget(), key)
        if window.focusWidget() is reached[0]:
            break
        reached.append(window.focusWidget())
    if backwards:
        reached = [reached[0], *reversed(reached[1:])]
    assert len(reached) > 12
    qtbot.waitUntil(lambda: is_as_one_reads(window, reached), timeout=30_000)  # once all of it has its place


@pytest.mark.parametrize("backwards", [False, True])
def test_the_way_back_to_now_comes_behind_the_transcript(window, still, qtbot, backwards):
    state = PanelState()
    window.show_state(state, is_live=True)  # so low that the transcript scrolls
    for stamped in script.events(60.0):
        window.call_screen.follow(state.apply(stamped))
    transcript, footer = window.live_page.transcript, window.live_page.footer.findChildren(QAbstractButton)
    bar = transcript.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0, timeout=30_000)
    bar.setValue(0)
    order = [transcript, transcript.jump_button(), next(one for one in footer if one.isVisible())]
    assert order[1].isVisible()
    if backwards:
        order.reverse()
    order[0].setFocus()
    for following in order[1:]:
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Backtab if backwards else Qt.Key.Key_Tab)
        assert window.focusWidget() is following


def test_a_message_that_is_said_otherwise_keeps_its_place(window, still, qtbot):
    window.show_state(PanelState(), is_live=True)
    for title, text in (("First", "One."), ("Second", "Two."), ("First", "One, otherwise.")):
        window.show_message(title, text)
    first, second = (bar.findChildren(QAbstractButton) for bar in window.notices.bars().values())
    qtbot.waitUntil(lambda: is_as_one_reads(window, [*first, *second]), timeout=30_000)
    first[-1].setFocus()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget() is second[0]


@pytest.mark.parametrize("page", ["ready", "settings", "export"])
def test_on_every_page_messages_come_first(window, qtbot, page):
    """Also before what was made after they came."""
    window.show_ready(READY)
    window.show_error("First", "One.")
    window.show_error("Second", "Two.")
    if page == "settings":
        window.settings_over.open()
    elif page == "export":
        window.show_page(ExportPage())
    past = PastCall("1", "Nurse", datetime(2026, 3, 1, tzinfo=UTC), 60.0, CallState.FINISHED)
    window.ready_page.show_past((past,))
    QApplication.processEvents()
    first, second = (bar.findChildren(QAbstractButton) for bar in window.notices.bars().values())
    first[0].setFocus()
    reached = [window.focusWidget()]
    for _ in range(4):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.append(window.focusWidget())
    assert reached[:4] == [*first, *second] and window.pages.isAncestorOf(reached[4])
    qtbot.waitUntil(lambda: is_as_one_reads(window, reached), timeout=30_000)
    QTest.keyClick(reached[4], Qt.Key.Key_Backtab)
    assert window.focusWidget() is second[-1]


def is_as_one_reads(window, widgets):
    """From top to bottom, in a row from left to right."""
    places = [one.mapTo(window, QPoint(0, one.height() // 2)) for one in widgets]
    return all(
        following.x() > one.x() if abs(following.y() - one.y()) < 8 else following.y() > one.y()
        for one, following in pairwise(places)
    )
