"""The download of a speech model from the panel: real window, real web server on this computer, real files."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from assistant.settings import Settings, settings_path
from models import copies, hub
from models.catalog import CATALOG
from models.hub import Patience, fetched_bytes
from models.weights import locate
from tests.models import model_files
from tests.models.hub_server import Behaviour, serving
from tests.ui.in_sight import said_on_screen
from tests.ui.panel.acting import begin, phase, plan_of
from tests.ui.panel.conftest import beginning
from ui.desktop.fields import Select
from ui.desktop.model_offer import TITLE, Download, announce_change
from ui.desktop.panel_state import PanelState
from ui.desktop.standing import Phase
from ui.model_download import UNUSABLE
from ui.preferences import Preferences
from ui.program import NO_START, Program

__all__ = ["beginning"]  # a fixture that is shared
FILES = model_files.contents(size_bytes=3_000_000)
ENTRY = model_files.entry(FILES)
WEIGHTS_BEFORE = len(FILES["config.json"])  # bytes that are fetched before the weights
GET = "Download small (3 MB)"
CANCEL = "Cancel the download"


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CATALOG, "small", ENTRY)
    monkeypatch.setattr(hub, "fetch", partial(hub.fetch, patience=Patience(0.2, 0.01)))


@pytest.fixture
def panel(qtbot: Any, beginning: Path) -> Iterator[Callable[..., Program]]:
    made: list[Program] = []

    def make(model: str = "small", **said: Any) -> Program:
        program = Program(Preferences(Settings(), settings_path(), {"model": model, **said}), plan_of(beginning, 8.0))
        made.append(program)
        qtbot.addWidget(program.window)
        program.window.resize(400, 900)
        program.window.show()
        program.window.activateWindow()
        program.show_ready()
        program.check()
        return program

    yield make
    for program in made:
        program.end()


def names(program: Program) -> list[str]:
    return [one.accessibleName() for one in program.window.findChildren(QAbstractButton) if one.isVisible()]


def press(program: Program, name: str) -> None:
    """By key, as it has the focus then."""
    [one] = [
        one for one in program.window.findChildren(QAbstractButton) if one.isVisible() and one.accessibleName() == name
    ]
    one.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(one, Qt.Key.Key_Return)


def focused() -> str:
    widget = QApplication.focusWidget()
    return widget.accessibleName() if widget else ""


def is_here(home: Path) -> bool:
    return locate("small", home).folder == home / "models" / "small"


def test_a_stranger_without_a_model_gets_it_in_the_window_and_starts_a_call(panel, qtbot, home, monkeypatch):
    entry = CATALOG["tiny.en"]
    installed = locate("tiny.en", home).folder
    place = f"/{entry.hub.repository}/resolve/{entry.hub.revision}/"
    files = {f"{place}{file.name}": (installed / file.name).read_bytes() for file in entry.files}
    monkeypatch.setattr(copies, "_module_folder", lambda _module: None)  # no package brings one
    with serving(Behaviour(files, pause_seconds=0.001), monkeypatch):
        program = panel(model="")
        qtbot.waitUntil(
            lambda: TITLE in said_on_screen(program.window) and "depthcue[tiny-en]" in said_on_screen(program.window)
        )
        said = said_on_screen(program.window)
        assert "comes from 127.0.0.1" in said and "Nothing else goes to the network, and nothing of your calls" in said
        assert UNUSABLE not in said
        begin(program)
        qtbot.waitUntil(lambda: NO_START in said_on_screen(program.window))
        press(program, "Download tiny.en (78 MB)")
        assert focused() == CANCEL
        some = re.compile(r"Downloading tiny\.en: [1-9]\d* of 78 MB")
        qtbot.waitUntil(lambda: some.search(said_on_screen(program.window)) is not None, timeout=20_000)
        qtbot.waitUntil(lambda: TITLE not in said_on_screen(program.window), timeout=20_000)
    assert NO_START not in said_on_screen(program.window)
    assert focused() == "Start listening and recording"  # consent was given before
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: phase(program) is Phase.RECORDING, timeout=20_000)


def test_one_that_is_here_is_not_said_to_have_stopped(panel, qtbot, home, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr("ui.desktop.model_offer.announce", lambda _w, text, is_urgent=False: told.append(text))
    with serving(Behaviour(FILES), monkeypatch):
        program = panel()
        qtbot.waitUntil(lambda: GET in names(program))
        press(program, GET)
        qtbot.waitUntil(lambda: TITLE not in said_on_screen(program.window), timeout=30_000)
    assert told[-1] == "The speech model small is here."
    assert not [text for text in told if text.startswith("Stopped")]


def test_one_that_came_before_its_stop_is_said_to_be_here(panel, qtbot, home, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr("ui.desktop.model_offer.announce", lambda _w, text, is_urgent=False: told.append(text))
    stopped = threading.Event()
    monkeypatch.setattr("ui.model_download._fetch", lambda *_: stopped.wait(30))  # whole, but not before the stop
    with serving(Behaviour(FILES), monkeypatch):
        program = panel()
        qtbot.waitUntil(lambda: GET in names(program))
        press(program, GET)
        qtbot.waitUntil(lambda: CANCEL in names(program))
        press(program, CANCEL)
        stopped.set()
        qtbot.waitUntil(lambda: "The speech model small is here." in told)


def test_a_download_is_cancelled_and_goes_on_from_there(panel, qtbot, home, monkeypatch):
    is_over = threading.Event()
    behaviour = Behaviour(FILES, silent_from=2_000_000, silence=is_over, silence_seconds=30.0)
    monkeypatch.setattr(hub, "fetch", partial(hub.fetch.func))  # as patient as it is for everybody
    with serving(behaviour, monkeypatch):
        program = panel()
        qtbot.waitUntil(lambda: GET in names(program))
        press(program, GET)
        qtbot.waitUntil(lambda: "2 of 3 MB" in said_on_screen(program.window))
        press(program, CANCEL)
        assert focused() == "Go on downloading small (1 MB left)"
        assert "2 of 3 MB are here and kept" in said_on_screen(program.window)
        assert CANCEL not in names(program)
        is_over.set()
        press(program, "Go on downloading small (1 MB left)")
        qtbot.waitUntil(lambda: TITLE not in said_on_screen(program.window), timeout=5000)
    assert behaviour.ranges == ["bytes=2000000-"]
    assert is_here(home)


def test_a_server_that_goes_away_is_told_with_what_to_do_and_another_try_goes_on(panel, qtbot, home, monkeypatch):
    with serving(Behaviour(FILES, silent_from=1_000_000, silence_seconds=30.0), monkeypatch):
        program = panel()
        qtbot.waitUntil(lambda: GET in names(program))
        press(program, GET)
        qtbot.waitUntil(lambda: "1 of 3 MB" in said_on_screen(program.window))
    qtbot.waitUntil(lambda: "can't be reached" in said_on_screen(program.window), timeout=5000)
    said = said_on_screen(program.window)
    assert "HTTPS_PROXY" in said and "pip install 'depthcue[none]'" in said
    qtbot.waitUntil(lambda: "1 of 3 MB are here and kept" in said_on_screen(program.window))
    assert "can't be reached" in said_on_screen(program.window)  # until something else is done
    with serving(Behaviour(FILES), monkeypatch) as server:
        press(program, "Go on downloading small (2 MB left)")
        assert "can't be reached" not in said_on_screen(program.window)
        qtbot.waitUntil(lambda: TITLE not in said_on_screen(program.window), timeout=5000)
    assert server.behaviour.ranges == ["bytes=1000000-"]
    assert is_here(home)


def test_another_file_than_the_published_one_is_thrown_away_and_said(panel, qtbot, home, monkeypatch):
    weights = bytearray(FILES["model.bin"])
    weights[2_000_000] ^= 1
    with serving(Behaviour({**FILES, "model.bin": bytes(weights)}), monkeypatch):
        program = panel()
        qtbot.waitUntil(lambda: GET in names(program))
        press(program, GET)
        qtbot.waitUntil(lambda: "its SHA-256 differs" in said_on_screen(program.window), timeout=5000)
        qtbot.waitUntil(lambda: focused() == GET)  # once what is left of it has been looked at
    assert fetched_bytes(ENTRY, home) == WEIGHTS_BEFORE
    assert not (home / "models" / "small").exists()


@pytest.mark.parametrize(
    ("status", "spare_bytes", "words"),
    [(407, 0, "The proxy wants a name and a password: set HTTPS_PROXY"), (200, 1 << 60, "Make room on that disk")],
)
def test_what_hinders_it_is_said_in_place(panel, qtbot, home, monkeypatch, status, spare_bytes, words):
    monkeypatch.setattr("models.placing.SPARE_BYTES", spare_bytes)
    with serving(Behaviour(FILES, statuses=[status]), monkeypatch):
        program = panel()
        qtbot.waitUntil(lambda: GET in names(program))
        press(program, GET)
        qtbot.waitUntil(lambda: words in said_on_screen(program.window), timeout=5000)
    assert focused() == GET
    assert not program.window.notices.bars()


def test_a_model_that_is_not_here_is_chosen_and_fetched_in_the_settings(panel, qtbot, home, monkeypatch):
    with serving(Behaviour(FILES), monkeypatch):
        program = panel(model="tiny.en")
        program.window.settings_over.open()
        page = program.window.settings_over.page
        field = page.row("model").field
        assert isinstance(field, Select)
        qtbot.waitUntil(lambda: field.findText("small (not here yet, 3 MB)") >= 0)
        assert TITLE not in said_on_screen(program.window)
        field.setCurrentIndex(field.findData("small"))
        field.activated.emit(field.currentIndex())
        qtbot.waitUntil(lambda: GET in names(program))
        press(program, GET)
        qtbot.waitUntil(lambda: TITLE not in said_on_screen(program.window), timeout=5000)
        assert QApplication.focusWidget() is field
        qtbot.waitUntil(lambda: field.currentText() == "small")
    assert is_here(home)


def test_a_damaged_model_says_so_and_is_replaced(panel, qtbot, home, monkeypatch):
    model_files.write(home / "models" / "small", {**FILES, "model.bin": b"damaged"})
    with serving(Behaviour(FILES), monkeypatch):
        program = panel()
        qtbot.waitUntil(lambda: "is damaged: model.bin" in said_on_screen(program.window))
        press(program, GET)
        qtbot.waitUntil(lambda: TITLE not in said_on_screen(program.window), timeout=5000)
    assert is_here(home)


def test_a_language_model_elsewhere_is_not_kept_quiet(panel, qtbot):
    program = panel(rewords_follow_ups=True, candidate_words_may_leave_this_computer=True)
    qtbot.waitUntil(lambda: "but the language model that you have allowed" in said_on_screen(program.window))


def test_what_was_looked_for_before_a_download_began_does_not_hide_it(panel, qtbot, home, monkeypatch):
    is_over = threading.Event()
    behaviour = Behaviour(FILES, silent_from=2_000_000, silence=is_over, silence_seconds=30.0)
    monkeypatch.setattr(hub, "fetch", partial(hub.fetch.func))
    with serving(behaviour, monkeypatch):
        program = panel()
        qtbot.waitUntil(lambda: GET in names(program))
        program.choose("model", "one that nobody knows")  # which is looked for, and is not found
        program.window.ready_page.offer.fetch_wanted.emit()
        qtbot.waitUntil(lambda: "2 of 3 MB" in said_on_screen(program.window))
        assert CANCEL in names(program)
        is_over.set()
        qtbot.waitUntil(lambda: TITLE not in said_on_screen(program.window), timeout=30_000)
    assert is_here(home)


def test_leaving_ends_a_download_at_once(panel, qtbot, home, monkeypatch):
    monkeypatch.setattr(hub, "fetch", partial(hub.fetch.func))
    is_over = threading.Event()
    behaviour = Behaviour(FILES, silent_from=1_000_000, silence=is_over, silence_seconds=0.5)
    with serving(behaviour, monkeypatch) as server:
        program = panel()
        qtbot.waitUntil(lambda: GET in names(program))
        press(program, GET)
        qtbot.waitUntil(lambda: "1 of 3 MB" in said_on_screen(program.window))
        program.end()  # one that did not end the download would wait until all of it is here
        is_over.set()
        assert not [one for one in threading.enumerate() if one.name.startswith("model")]
    assert server.behaviour.ranges == []
    assert fetched_bytes(ENTRY, home) >= 1_000_000 + WEIGHTS_BEFORE  # once all of it is here, nothing is left of this


@pytest.mark.parametrize("in_settings", [False, True])
def test_a_screen_reader_hears_of_each_step_once(panel, qtbot, home, monkeypatch, in_settings):
    told: list[str] = []
    monkeypatch.setattr("ui.desktop.model_offer.announce", lambda _w, text, is_urgent=False: told.append(text))
    with serving(Behaviour(FILES), monkeypatch):
        program = panel()
        program.window.settings_over.open()
        if not in_settings:
            program.window.settings_over.close()
        qtbot.waitUntil(lambda: GET in names(program))
        press(program, GET)
        qtbot.waitUntil(lambda: TITLE not in said_on_screen(program.window), timeout=30_000)
    assert "Downloading small: 0 of 3 MB" in told
    assert len(told) == len(set(told))


def test_a_screen_reader_hears_why_a_download_failed_that_is_on_no_page(panel, qtbot, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr("ui.desktop.model_offer.announce", lambda _w, text, is_urgent=False: told.append(text))
    with serving(Behaviour(FILES, silent_from=1_000_000, silence_seconds=30.0), monkeypatch):
        program = panel()
        qtbot.waitUntil(lambda: GET in names(program))
        press(program, GET)
        qtbot.waitUntil(lambda: "1 of 3 MB" in said_on_screen(program.window))
        program.window.show_state(PanelState(), is_live=True)
    qtbot.waitUntil(lambda: "can't be reached" in told[-1], timeout=30_000)
    offer = program.window.ready_page.offer
    assert not offer.isVisible()
    qtbot.waitUntil(lambda: "are here and kept" in said_in(offer), timeout=30_000)  # looked at once more
    assert len(told) == len(set(told))


def said_in(offer):
    return " ".join(label.text() for label in offer.findChildren(QLabel) if not label.isHidden())


def test_a_screen_reader_hears_how_far_it_is_in_a_few_steps(qtbot, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr("ui.desktop.model_offer.announce", lambda _w, text, is_urgent=False: told.append(text))
    window, before = QWidget(), Download()
    qtbot.addWidget(window)
    for done in range(0, 101, 2):
        now = Download("small", 100_000_000, done * 1_000_000, "host", "none", is_running=True)
        announce_change(window, before, now)
        before = now
    assert told == [f"Downloading small: {done} of 100 MB" for done in (0, 26, 50, 76, 100)]
    announce_change(window, before, Download("small", 100_000_000, 0, "host", "none", problem="Nobody is there."))
    assert told[-1] == "Nobody is there."
