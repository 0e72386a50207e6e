"""What a person does and sees in the panel's program."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from assistant.audio.files import FileSource
from assistant.audio.replay import PacedSource
from assistant.call import Call
from assistant.store import Store
from ui.desktop.after.session_page import SessionPage
from ui.desktop.controls import Voice
from ui.desktop.ready_page import CONSENT_TEXT
from ui.desktop.standing import Phase
from ui.plans import Plan
from ui.program import Program

TITLE = "Backend engineer"


def plan_of(file: Path, speed: float) -> Plan:
    voices = Voice("Left channel"), Voice("Right channel")
    return Plan(lambda _: PacedSource(FileSource(file, channels="split"), speed), lambda _: voices, TITLE)


def buttons(program: Program, text: str) -> list[QAbstractButton]:
    return [one for one in program.window.findChildren(QAbstractButton) if one.isVisible() and one.text() == text]


def click(program: Program, text: str) -> None:
    [button] = buttons(program, text)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def begin(program: Program) -> None:
    click(program, CONSENT_TEXT)
    click(program, "Start")


def phase(program: Program) -> Phase:
    return program.window.state.standing.phase


def session_of(program: Program) -> SessionPage | None:
    """The session view, while it is shown with a call."""
    page = program.window.pages.currentWidget()
    return page if isinstance(page, SessionPage) and page.state is not None else None


def kept(home: Path) -> list[Call]:
    with Store.open(home) as store:
        return [store.load(summary.id) for summary in store.sessions()]
