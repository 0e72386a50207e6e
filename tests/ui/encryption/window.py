"""The panel's window with nothing but the kept calls behind it, and what a person does there."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QWidget

from tests.ui.in_sight import said_on_screen
from ui.desktop.controls import NoControls
from ui.desktop.window import PanelWindow
from ui.safekeeping import Safekeeping


class Panel:
    def __init__(self, qtbot: Any) -> None:
        self.qtbot = qtbot
        self.window = PanelWindow(NoControls())
        self.is_calling = False
        self.safekeeping = Safekeeping(self.window, lambda: self.is_calling)
        qtbot.addWidget(self.window)
        self.window.resize(400, 900)
        self.window.show()
        qtbot.waitExposed(self.window)

    def settings(self) -> None:
        self.window.settings_over.open()
        QApplication.processEvents()

    def found(self, kind: type[Any], name: str) -> Any:
        [one] = [one for one in self.window.findChildren(kind) if one.isVisible() and one.accessibleName() == name]
        return one

    def click(self, name: str) -> None:
        QTest.mouseClick(self.found(QAbstractButton, name), Qt.MouseButton.LeftButton)
        QApplication.processEvents()

    def types(self, name: str, text: str, *, enters: bool = False) -> None:
        field = self.found(QLineEdit, name)
        field.clear()
        QTest.keyClicks(field, text)
        if enters:
            QTest.keyClick(field, Qt.Key.Key_Return)

    def said(self) -> str:
        return said_on_screen(self.window)

    def until(self, text: str) -> None:
        self.qtbot.waitUntil(lambda: text in self.said(), timeout=20_000)


def focused() -> QWidget | None:
    return QApplication.focusWidget()
