"""What a person reads in a window."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLabel, QWidget


def said_on_screen(widget: QWidget) -> str:
    """All texts in it that are in sight, and then what is chosen in its lists."""
    labels = [one.text() for one in widget.findChildren(QLabel) if one.isVisible()]
    return " | ".join(labels + [one.currentText() for one in widget.findChildren(QComboBox) if one.isVisible()])
