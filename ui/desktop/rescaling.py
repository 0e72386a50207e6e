"""Lengths that were set when a widget was made, at another size of text."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QLayout, QWidget

_LENGTHS = "exact_lengths"  # before they were rounded, so that nothing drifts
_BY_SHEET = ("_q_stylesheet_minw", "_q_stylesheet_minh")  # Qt's marks on widgets whose sizes the style sheet sets
_AS_IT_COMES = 16_777_215  # QWIDGETSIZE_MAX


def rescale(window: QWidget, factor: float) -> None:
    """Margins, gaps and fixed sizes of everything in the window times `factor`. The window's own size stays."""
    for layout in window.findChildren(QLayout):
        margins = layout.contentsMargins()
        gaps = (margins.left(), margins.top(), margins.right(), margins.bottom(), max(0, layout.spacing()))
        left, top, right, bottom, gap = _scaled(layout, gaps, factor)
        layout.setContentsMargins(left, top, right, bottom)
        layout.setSpacing(gap)
    for widget in window.findChildren(QWidget):
        if any(widget.property(mark) is not None for mark in _BY_SHEET):
            continue
        sizes = (widget.minimumWidth(), widget.minimumHeight(), widget.maximumWidth(), widget.maximumHeight())
        if sizes != (0, 0, _AS_IT_COMES, _AS_IT_COMES):
            least_width, least_height, most_width, most_height = _scaled(widget, sizes, factor)
            widget.setMinimumSize(least_width, least_height)
            widget.setMaximumSize(most_width, most_height)


def _scaled(made: QObject, lengths: tuple[int, ...], factor: float) -> list[int]:
    exact = made.property(_LENGTHS)
    if exact is None or [round(length) for length in exact] != list(lengths):  # set anew since
        exact = list(lengths)
    exact = [length if length in (1, _AS_IT_COMES) else length * factor for length in exact]  # a hairline stays one
    made.setProperty(_LENGTHS, exact)
    return [round(length) for length in exact]
