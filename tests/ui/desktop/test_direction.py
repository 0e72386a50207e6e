"""The panel from right to left, and text that runs its own way, whichever way the panel does."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from assistant.settings import Appearance, Settings
from assistant.values import Channel, Stamped, TranscriptUpdate, UpdateKind, Word
from tests.ui.desktop import script
from tests.ui.desktop.after.calls import interview
from ui.desktop.after.session_page import FLAGS, SUMMARY, SessionPage
from ui.desktop.after.session_state import SessionState
from ui.desktop.agenda import Agenda
from ui.desktop.app import dress
from ui.desktop.controls import Ready
from ui.desktop.direction import text_direction
from ui.desktop.lines import Line, LineKind, Span, SpanKind
from ui.desktop.notices import NoticeBar
from ui.desktop.signs import Bar
from ui.desktop.theme import colours, px
from ui.desktop.tick import Tick
from ui.desktop.transcript_layout import RowLayout, TextStyle

HEBREW = "הגדלתי את ההכנסות ב-7000% בשנה אחת, בעזרת Kubernetes."
ARABIC = "في النهاية حسّنّا أشياء كثيرة وكانت النتيجة 35%."
LEFT, RIGHT = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft


@pytest.fixture
def mirror(qapp):
    yield lambda: dress(qapp, Appearance.LIGHT, right_to_left=True)
    dress(qapp, Appearance.LIGHT)


SETTLED_MS = 100  # a layout in a layout takes more than one turn of the event loop


def box(window, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


def flipped(window, widget: QWidget) -> QRect:
    place = box(window, widget)
    return QRect(window.width() - place.left() - place.width(), place.top(), place.width(), place.height())


def columns_of(widget: QWidget, colour: str) -> list[int]:
    """The columns of a widget's picture in which a colour is."""
    picture = widget.grab().toImage()
    y = min(picture.height() // 2, px(9))
    wanted = [picture.pixelColor(x, y).name() for x in range(picture.width())]
    return [x for x, one in enumerate(wanted) if one == colour]


@pytest.mark.parametrize("is_late", [False, True])
def test_everything_stands_on_the_other_side(window, live, mirror, still, is_late, qtbot):
    """Whether the panel is mirrored before a call is shown or while it is."""

    def show() -> None:
        state = live(script.events(38.0), consent="Consent noted 00:14")
        state.agenda = Agenda(("What was hardest?",), 45)
        window.show_state(state, is_live=True)
        window.show_error("Title", "What to do")
        qtbot.wait(SETTLED_MS)

    def parts() -> list[QWidget]:
        page = window.live_page
        labels = [one for bar in window.findChildren(NoticeBar) for one in bar.findChildren(QLabel) if one.isVisible()]
        cards = [one for card in page.cards.widgets() for one in card.findChildren(QLabel) if one.isVisible()]
        return [*window.header._buttons[:3], *page.chips.buttons(), *labels, *cards, page.footer._gear]

    show()
    before = [flipped(window, one) for one in parts()]
    strip = columns_of(window.live_page.cards.widgets()[0], colours().number)
    mirror()
    if not is_late:
        show()
    qtbot.wait(SETTLED_MS)
    assert [box(window, one) for one in parts()] == before
    card = window.live_page.cards.widgets()[0]
    assert max(strip) < px(5) and min(columns_of(card, colours().number)) >= card.width() - px(5)


def test_a_tick_and_a_meter_turn_round(window, mirror, qtbot):
    window.show_settings(Settings())
    window.show_ready(Ready("R"))
    [tick] = [one for one in window.findChildren(Tick) if one.isVisible()]
    tick.setChecked(True)
    window.setFocus()  # its frame is of the same colour
    meter = Bar("Share", "accent", 100)
    qtbot.addWidget(meter)
    meter.fill(0.2)
    meter.resize(100, 6)
    qtbot.wait(SETTLED_MS)
    words = tick.findChild(QLabel)
    before = flipped(window, words)
    assert max(columns_of(tick, colours().accent)) < px(22) and max(columns_of(meter, colours().accent)) <= 20
    mirror()
    QApplication.processEvents()
    assert box(window, words) == before
    assert (
        min(columns_of(tick, colours().accent)) > tick.width() - px(22)
        and min(columns_of(meter, colours().accent)) >= 79
    )


def test_rows_after_a_call_turn_round_and_time_does_not(qtbot, mirror):
    page = SessionPage()
    qtbot.addWidget(page)
    page.resize(400, 800)
    page.show_session(SessionState.of(interview()), None)
    page.show()
    page.views.show_view(FLAGS)
    rows = page.flags.list
    first = rows.visualRect(rows.entries.index(0))

    def columns() -> list[int]:
        picture = rows.viewport().grab().toImage()
        return [
            x for x in range(picture.width()) if picture.pixelColor(x, first.center().y()).name() == colours().number
        ]

    assert columns() and max(columns()) < px(20)
    at_seconds = page.timeline.seconds_at(100)
    mirror()
    QApplication.processEvents()
    assert min(columns()) > rows.viewport().width() - px(34) and page.timeline.seconds_at(100) == at_seconds
    page.timeline.setFocus()
    QTest.keyClick(page.timeline, Qt.Key.Key_Right)
    assert page.timeline.value() == 5000


def test_arrow_keys_go_where_they_point(window, live, mirror, qtbot):
    mirror()
    live(script.events())
    view = window.live_page.transcript
    view.setFocus()
    view.setCurrentIndex(window.live_page.model.index(0))
    wanted = []
    view.span_wanted.connect(lambda reason, _: wanted.append(reason))
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert len(wanted) == 3 and wanted[0] == wanted[2] != wanted[1]
    page = SessionPage()
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.views.tabs.tab(SUMMARY).setFocus()
    QTest.keyClick(page.views.tabs.tab(SUMMARY), Qt.Key.Key_Left)
    assert page.views.tabs.current == FLAGS


# --- the direction of a text ---


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("So it grew.", LEFT), (HEBREW, RIGHT), (ARABIC, RIGHT), ("7000% שלום", RIGHT), ("“(שלום", RIGHT),
        ("a שלום", LEFT), ("7000%", LEFT), ("", LEFT),
    ],
)  # fmt: skip
def test_a_text_runs_as_its_first_letter_does(text, direction):
    assert text_direction(text) is direction


def laid_out(text: str, spans: tuple[Span, ...] = ()) -> RowLayout:
    return RowLayout(
        Line(LineKind.SPEECH, 61.0, text, len(text), Channel.THEM, spans=spans), 300, TextStyle.of(colours())
    )


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("text", [HEBREW, ARABIC])
def test_each_utterance_stands_where_its_script_begins(text):
    first = laid_out(text)._boxes(0, 3)[0]
    assert first.left() > 150  # beside the time, which stands at the right
    assert laid_out("So it grew.")._boxes(0, 3)[0].left() < 100


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("text", [HEBREW, "So we said שלום לכולם to everyone."])
def test_a_marked_span_covers_its_words_and_no_others_in_text_that_runs_both_ways(text):
    words = text.split()
    row = laid_out(text)
    places = []
    for number, word in enumerate(words):
        start = len(" ".join(words[:number])) + bool(number)
        boxes = row._boxes(start, start + len(word))
        places.append(boxes)
        for character in range(start, start + len(word)):
            middle = row._boxes(character, character + 1)[0].center()
            assert any(one.adjusted(-1, -1, 1, 1).contains(middle) for one in boxes)
            assert row.character_at(middle.x(), middle.y()) == character
    for one, other in pairwise(places):
        assert not any(a.adjusted(1, 1, -1, -1).intersects(b.adjusted(1, 1, -1, -1)) for a in one for b in other)


def test_a_reason_is_found_under_the_pointer_in_hebrew(window, live, qtbot):
    words = tuple(Word(word, 1.0 + number, 1.5 + number) for number, word in enumerate(HEBREW.split()))
    update = TranscriptUpdate(UpdateKind.FINAL, Channel.THEM, 0, 1.0, 9.0, words)
    live([Stamped(update, 9.5, 9.5)])
    line = window.state.lines.rows[0]
    marked = replace(line, spans=(Span(0, 7, SpanKind.NUMBER_ONLY, "r1"),))
    window.live_page.model.replace(0, marked)
    QApplication.processEvents()
    view = window.live_page.transcript
    spot = view._layout_of(0).span_box(0).center().toPoint() + QPoint(px(14), round(view._rows.top(0) + view._offset()))
    wanted = []
    view.span_wanted.connect(lambda reason, where: wanted.append((reason, where)))
    view.span_wanted.disconnect(window.live_page._explain)
    QTest.mouseMove(view.viewport(), spot)
    qtbot.waitUntil(lambda: bool(wanted))
    assert wanted[0][0] == "r1" and wanted[0][1].center().x() > window.width() // 2
