"""The window on any page: everything has a name, is reached by keyboard, is whole and can be read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from assistant.call import CallState
from assistant.settings import Appearance
from tests.ui.desktop import script
from tests.ui.desktop.after.calls import interview
from tests.ui.desktop.after.conftest import Sound
from tests.ui.desktop.contrast import contrast
from tests.ui.in_sight import said_on_screen
from ui.desktop import theme
from ui.desktop.after.export_page import ExportPage, Preview
from ui.desktop.after.session_page import TRANSCRIPT, SessionPage
from ui.desktop.after.session_state import SessionState
from ui.desktop.after.tabs import Tabs
from ui.desktop.app import dress
from ui.desktop.controls import PastCall, Ready
from ui.desktop.fitted import FittedArea
from ui.desktop.model_offer import Download
from ui.desktop.panel_state import PanelState
from ui.desktop.text_block import TextBlock
from ui.desktop.unlock_page import UnlockPage


def test_the_panel_never_opens_another_window(window, live, still, qapp):
    opened = []

    class Watch(QObject):
        def eventFilter(self, watched, event):  # noqa: N802 Qt's name
            if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
                opened.append(watched)
            return False

    watch = Watch()
    qapp.installEventFilter(watch)
    for _ in pages(window, live):
        window.show_error("Title", "What to do")
        for chip in window.live_page.chips.buttons():
            chip.click()
        QApplication.processEvents()
    qapp.removeEventFilter(watch)
    assert opened == []


def pages(window, live):
    window.show_ready(
        Ready("R", past=(PastCall("1", "T", datetime(2026, 3, 1, tzinfo=UTC), 60.0, CallState.FINISHED),))
    )
    yield "ready"
    live(script.events())
    yield "live"
    window.show_state(PanelState.from_call(script.call()), is_live=False)
    yield "finished"


def test_every_control_has_a_name_and_a_role(window, live):
    for page in pages(window, live):
        QApplication.processEvents()
        controls = [one for one in window.findChildren(QWidget) if one.isVisible() and isinstance(one, QAbstractButton)]
        assert controls, page
        for control in [*controls, *([window.live_page.transcript] if page != "ready" else [])]:
            interface = QAccessible.queryAccessibleInterface(control)
            assert interface.text(QAccessible.Text.Name), (page, control)
            assert interface.role() is not QAccessible.Role.Client, (page, control)


def test_a_screen_reader_hears_who_says_what_and_what_is_marked(window, live):
    live(script.events())
    interface = QAccessible.queryAccessibleInterface(window.live_page.transcript)
    assert interface.childCount() == len(window.state.lines.rows)
    index = next(row for row, line in enumerate(window.state.lines.rows) if "7000%." in line.text)
    name = interface.child(index).text(QAccessible.Text.Name)
    assert name.startswith("00:20 Them:")
    assert "(number without support: increased revenue by 7000%)" in name


def test_tab_reaches_every_control_of_a_call(window, live):
    live(script.events())
    window.activateWindow()
    wanted = {one for one in window.findChildren(QAbstractButton) if one.isVisible() and one.isEnabled()}
    wanted = {one for one in wanted if one.focusPolicy() & Qt.FocusPolicy.TabFocus}
    reached = set()
    for _ in range(60):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        reached.add(window.focusWidget())
    assert wanted <= reached
    assert window.live_page.transcript in reached


@pytest.mark.parametrize("width", [320, 400, 520])
def test_nothing_is_cut_at_any_width(window, live, width):
    live(script.events(), title="Senior staff engineer for distributed payment systems", consent="Consent noted 00:14")
    window.resize(width, 900)
    QApplication.processEvents()
    assert window.width() == width
    for control in window.findChildren(QAbstractButton):
        if control.isVisible() and control is not window.live_page.transcript.jump_button():
            assert control.width() >= control.minimumSizeHint().width(), control.accessibleName()
            assert control.mapTo(window, control.rect().topRight()).x() < width, control.accessibleName()


@pytest.mark.parametrize("percent", [100, 150, 200])
def test_the_footer_cuts_nothing_at_any_width_and_size_of_text(window, live, qapp, percent):
    dress(qapp, Appearance.LIGHT, percent)
    footer = window.live_page.footer
    try:
        for consent in ("", "Consent noted 00:14"):
            live(script.events(), consent=consent)
            for width in (320, 360, 400, 520, 900):
                window.resize(width, 900)
                QApplication.processEvents()
                there = [one for one in footer.findChildren(QWidget) if one.isVisible()]
                whole = [one for one in there if isinstance(one, (QLabel, QAbstractButton)) and one.text() != consent]
                assert all(one.width() >= one.sizeHint().width() for one in whole), (consent, width)
                assert all(one.geometry().right() < width for one in there)
                if consent:
                    assert "You" in said_on_screen(footer)
                else:
                    assert "Note consent" in [one.text() for one in whole]
    finally:
        dress(qapp, Appearance.LIGHT)


def test_many_notices_take_half_of_the_window_at_any_height(window, qtbot):
    for number in range(5):
        window.show_error(f"Problem {number}", f"{number} of many sentences, each of which takes some lines. " * 4)
    [area] = [one for one in window.findChildren(FittedArea) if one.widget() is window.notices]
    for height in (900, 700, 480, 1400):
        window.resize(400, height)
        room = min(height // 2, window.notices.heightForWidth(400))
        qtbot.waitUntil(lambda room=room: abs(area.height() - room) <= 3, timeout=30_000)


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("is_running", [False, True])
def test_the_offer_of_a_model_is_whole_in_the_narrowest_panel(window, qtbot, qapp, percent, is_running):
    dress(qapp, Appearance.LIGHT, percent)
    try:
        window.show_ready(Ready("Role", can_choose=True))
        window.resize(320, 900)
        offer = window.ready_page.offer
        offer.show_download(
            Download("tiny.en", 78_000_000, 31_000_000, "huggingface.co", "tiny-en", "Why.", "No. " * 20)
        )
        offer.show_download(replace(offer._download, is_running=is_running))
        qtbot.wait(60)  # until no layout waits for another one
        for one in (*offer.findChildren(QLabel), *offer.findChildren(QAbstractButton)):
            if one.isVisible():
                needed = one.heightForWidth(one.width()) if isinstance(one, QLabel) else one.sizeHint().height()
                assert one.height() >= needed, one.text()
                assert one.width() >= one.minimumSizeHint().width(), one.text()
    finally:
        dress(qapp, Appearance.LIGHT)


def unlock(window):
    page = UnlockPage()
    window.show_page(page)
    page.tell("This computer's key store is asked. You need not wait for it: your passphrase opens them, too.")
    page.show_problem("That is neither the passphrase nor the recovery code. Try again.")


def export(window):
    page = ExportPage()
    window.show_page(page)
    page.show_export("Senior product manager", has_sound=True, version="Second pass")
    page.show_preview(Preview("md", "# Title\n" * 40))
    page.show_written(Path("/home/someone/Documents/Senior product manager 20260301-101500.md"))


def correction(window):
    page = SessionPage()
    page.show_session(SessionState.of(interview(), has_second_pass=True), Sound())
    window.show_page(page)
    page.views.show_view(TRANSCRIPT)
    page.transcript.correction_wanted.emit(3)


@pytest.mark.parametrize("show", [unlock, export, correction])
@pytest.mark.parametrize(("width", "height", "percent"), [(320, 480, 150), (360, 640, 200), (400, 700, 200)])
def test_large_text_in_a_low_window_is_whole_where_it_is_read_and_written(
    window, qtbot, qapp, show, width, height, percent
):
    def cut() -> list[str]:
        parts = page.correction.findChildren(QWidget) if show is correction else page.findChildren(QWidget)
        texts = [one for one in parts if one.isVisible() and isinstance(one, (TextBlock, Tabs))]
        lows = [one for one in parts if one.isVisible() and isinstance(one, (QAbstractButton, QLineEdit))]
        below = [one for one in lows if one.mapTo(page, one.rect().bottomLeft()).y() > page.height()]
        return [
            *(one.accessibleName() for one in texts if one.height() < one.heightForWidth(one.width())),
            *(one.accessibleName() for one in lows if one.height() < one.sizeHint().height()),
            *(one.accessibleName() for one in below if show is correction),
        ]

    dress(qapp, Appearance.LIGHT, percent)
    try:
        window.resize(width, height)
        show(window)
        page = window.pages.currentWidget()
        qtbot.waitUntil(lambda: cut() == [])
        if show is unlock:
            qtbot.waitUntil(lambda: page._problem.visibleRegion().boundingRect() == page._problem.rect())
        field = window.focusWidget()
        assert not field.visibleRegion().isEmpty()
        assert show is not correction or field.height() >= field.sizeHint().height()
    finally:
        dress(qapp, Appearance.LIGHT)


def test_hostile_text_is_shown_as_text_and_does_not_widen_the_panel(window, live):
    live(script.events(20.0), title="<h1>" + "x" * 500)
    window.show_error("<b>boom</b>" + "e" * 3000, "d" * 5000)
    QApplication.processEvents()
    assert window.width() == 400
    for label in window.findChildren(QLabel):
        assert label.textFormat() is not Qt.TextFormat.RichText
        if "<" in label.text():
            assert label.textFormat() is Qt.TextFormat.PlainText


def test_the_theme_can_change_under_a_running_call(window, live, qapp):
    live(script.events(57.0))
    bright = window.grab().toImage().pixelColor(5, 600).lightness()
    theme.apply(qapp, theme.DARK, theme.DESIGN_PX)
    QApplication.processEvents()
    dark = window.grab().toImage().pixelColor(5, 600).lightness()
    theme.apply(qapp, theme.LIGHT, theme.DESIGN_PX)
    assert bright > 200 and dark < 60


@pytest.mark.parametrize("own", [theme.LIGHT, theme.DARK])
def test_all_text_has_a_contrast_of_at_least_four_and_a_half(own):
    pairs = [(own.text, ground) for ground in (own.ground, own.surface, own.hover, own.number_tint, own.vague_tint)]
    pairs += [(own.text, tint) for tint in (own.good_tint, own.warning_tint, own.error_tint)]
    pairs += [(ink, own.surface) for ink in (own.muted, own.number, own.vague, own.accent)]
    pairs += [(ink, own.ground) for ink in (own.muted, own.warning, own.error, own.accent)]
    pairs += [(own.good, own.good_tint), (own.on_accent, own.accent), (own.muted, own.hover)]
    for ink, ground in pairs:
        assert contrast(ink, ground) >= 4.5, (ink, ground)
