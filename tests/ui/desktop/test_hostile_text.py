"""Names, roles, notes, questions and speech come from anywhere: on every page they are text, and break no layout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QToolTip, QWidget

from assistant.call import CallState
from assistant.settings import Settings
from assistant.values import AudioGap, Channel, FollowUp, Mark, Stamped, TranscriptUpdate, UpdateKind, Word
from tests.ui.desktop import script
from tests.ui.desktop.after.calls import interview
from ui.desktop.after.export_page import ExportPage, Preview
from ui.desktop.after.history_page import HistoryPage
from ui.desktop.after.history_state import Hit
from ui.desktop.after.session_page import SessionPage
from ui.desktop.after.session_state import SessionState
from ui.desktop.agenda import Agenda
from ui.desktop.controls import Option, PastCall, Ready, SideCheck, Voice, VoiceCheck
from ui.desktop.panel_state import PanelState
from ui.desktop.window import PanelWindow

HOSTILE = "<b>R&D</b><img src=/etc/passwd>\u202eevil\u202c " + "w" * 10_000
HOSTILE += " 👩\u200d👩\u200d👧 שלום مرحبا e" + "\u0301" * 50 + " \x1b[2J\x07 =1+1"
NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
PAST = (PastCall("1", HOSTILE, NOW, 60.0, CallState.RECOVERED),)
STEERS = set("\x07\x1b\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
OPTIONS = (Option("", HOSTILE), Option("x", HOSTILE * 2))


def ready(window: PanelWindow) -> None:
    word = "<b>" + "w" * 10_000
    window.show_settings(Settings(title=word, consent_text=word, question_set="/x/" + word))
    window.show_choices({"question_set": OPTIONS})
    window.show_ready(Ready(HOSTILE, Voice(HOSTILE, options=OPTIONS), Voice(HOSTILE, False), PAST, can_choose=True))
    window.ready_page.show_check(VoiceCheck((SideCheck(Channel.YOU, HOSTILE, -20.0, True),), note=HOSTILE))
    window.show_error(HOSTILE, HOSTILE + "\n" + HOSTILE)


def recording(window: PanelWindow) -> None:
    window.show_ready(Ready(HOSTILE, asks_consent=False))


def live(window: PanelWindow) -> None:
    window.show_settings(Settings())
    state = PanelState(title=HOSTILE, consent=HOSTILE, agenda=Agenda((HOSTILE, "<i>What?</i>" * 500), 45))
    state.apply_all(script.events(38.0))
    flag = script.flag_of(0, script.truth()[7])
    words = tuple(Word(word, 39.0, 40.0) for word in HOSTILE.split())
    for event in (
        TranscriptUpdate(UpdateKind.FINAL, Channel.THEM, 90, 39.0, 40.0, words),
        Mark(41.0, HOSTILE), AudioGap(Channel.YOU, 41.0, 45.0, HOSTILE),
        replace(flag, id="h", quote=HOSTILE, reason=HOSTILE),
        FollowUp("h", flag.kind, Channel.THEM, flag.missing[0], HOSTILE, HOSTILE, HOSTILE, 39.0, 40.0, "h"),
    ):  # fmt: skip
        state.apply(Stamped(event, 46.0, 46.0))
    state.take_card("q1")
    window.show_state(state, is_live=True)


def session(window: PanelWindow) -> None:
    page = SessionPage()
    window.show_page(page)
    page.show_session(SessionState.of(replace(interview(), title=HOSTILE, model=HOSTILE), True), None)


def history(window: PanelWindow) -> None:
    page = HistoryPage(lambda: NOW)
    window.show_page(page)
    page.show_calls((*PAST, replace(PAST[0], id="2")))
    page.list.setFocus()
    page.delete_current()
    page.field.setText("<b>" + "w" * 300)
    page.show_hits(page.field.text(), [Hit("2", 3, Channel.THEM, 60.0, HOSTILE)])


def export(window: PanelWindow) -> None:
    page = ExportPage()
    window.show_page(page)
    page.show_export(HOSTILE, has_sound=True, version="Live")
    page.show_preview(Preview("md", HOSTILE))
    page.take_folder(Path("/tmp") / ("<b>" + "f" * 5000))
    page.show_failed(HOSTILE)


def settings(window: PanelWindow) -> None:
    ready(window)
    window.settings_over.open()
    window.show_choices({"mic": OPTIONS, "call": OPTIONS, "model": OPTIONS, "question_set": OPTIONS})
    window.show_settings(Settings(glossary=("<b>" + "w" * 10_000, "שלום e\u0301\u0301"), mic="x" * 5000, model="<b>"))


def shown(window: PanelWindow) -> Iterator[QWidget]:
    return (one for one in window.findChildren(QWidget) if one.isVisible())


@pytest.mark.parametrize("width", [320, 520])
@pytest.mark.parametrize("show", [ready, recording, live, session, history, export, settings])
def test_it_is_shown_as_text_and_nothing_grows_out_of_the_window(window, still, show, width):
    window.resize(width, 900)
    show(window)
    QApplication.processEvents()
    assert window.width() == width
    for one in shown(window):
        if isinstance(one, (QAbstractButton, QLabel, QLineEdit)):
            left, right = one.mapTo(window, QPoint(0, 0)).x(), one.mapTo(window, one.rect().topRight()).x()
            assert left >= 0 and right < width, (one, one.accessibleName()[:80])
        if isinstance(one, QAbstractButton):
            assert one.shortcut().isEmpty(), "Alt and a letter of the text press it"
        if isinstance(one, QLabel):
            assert one.textFormat() is not Qt.TextFormat.RichText
            assert one.textFormat() is Qt.TextFormat.PlainText or "<" not in one.text()
        said = one.text().strip("\u2066\u2069") if isinstance(one, (QLabel, QAbstractButton)) else ""
        for text in (one.accessibleName(), one.toolTip(), said):
            assert not set(text) & STEERS, (one, text[:80])
    assert not window.grab().isNull()


def test_a_tool_tip_is_never_markup(window, still):
    """Qt takes a tip for markup where it looks like it; whatever does is escaped."""
    tips = set()
    for show in (ready, live, session, history, export):
        show(window)
        QApplication.processEvents()
        tips |= {one.toolTip() for one in shown(window)}
    marked = {tip for tip in tips if GuiQt.mightBeRichText(tip)}
    assert len(marked) >= 2 and all(len(tip) < 1000 for tip in tips)
    for tip in marked:
        assert "<" not in tip.removeprefix("<qt>").removesuffix("</qt>")


def test_a_point_of_the_timeline_is_told_without_markup(window):
    page = SessionPage()
    window.show_page(page)
    page.show_session(SessionState.of(replace(interview(), marks=(Mark(61.0, HOSTILE),))), None)
    QApplication.processEvents()
    place = QPoint(round(page.timeline.x_of(61.0)), 20)
    asked = QHelpEvent(QEvent.Type.ToolTip, place, page.timeline.mapToGlobal(place))
    QApplication.sendEvent(page.timeline, asked)
    tip = QToolTip.text()
    QToolTip.hideText()
    assert "mark: " in tip and "&lt;b&gt;R&amp;D" in tip and len(tip) < 1000
    assert "<" not in tip.removeprefix("<qt>").removesuffix("</qt>")
