"""The style sheet, made of the theme's colours and lengths. Every kind of control that the panel uses is in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.desktop.theme import Colours


def sheet(own: Colours, px: Callable[[float], int], small_px: int) -> str:
    """`px` turns a length of the design into pixels; `small_px` is the size of small text."""
    return "\n".join(
        (_buttons(own, px, small_px), _fields(own, px), _popups(own, px), _scrolling(own, px), _tips(own, px))
    )


def _buttons(own: Colours, px: Callable[[float], int], small_px: int) -> str:
    return f"""
    QWidget {{ color: {own.text}; }}
    QPushButton {{
        background: {own.surface}; border: 1px solid {own.edge}; border-radius: {px(6)}px;
        padding: {px(4)}px {px(8)}px; min-height: {px(16)}px; outline: none;
    }}
    QPushButton:hover {{ background: {own.hover}; }}
    QPushButton:pressed {{ background: {own.line}; }}
    QPushButton:focus {{ border: 2px solid {own.accent}; padding: {px(4) - 1}px {px(8) - 1}px; }}
    QPushButton:disabled {{ color: {own.muted}; background: {own.ground}; }}
    QPushButton[look="primary"] {{
        background: {own.accent}; border-color: {own.accent}; color: {own.on_accent}; font-weight: bold;
    }}
    QPushButton[look="primary"]:focus {{ border-color: {own.text}; }}
    QPushButton[look="primary"]:disabled {{ background: {own.hover}; border-color: {own.edge}; color: {own.muted}; }}
    QPushButton[look="wide"] {{
        background: {own.accent}; border-color: {own.accent}; color: {own.on_accent}; font-weight: bold;
        padding: {px(9)}px; border-radius: {px(7)}px;
    }}
    QPushButton[look="wide"]:focus {{ border-color: {own.text}; padding: {px(9) - 1}px; }}
    QPushButton[look="wide"]:disabled {{ background: {own.hover}; border-color: {own.edge}; color: {own.muted}; }}
    QPushButton[look="small"] {{
        font-size: {small_px}px; padding: {px(1)}px {px(7)}px; min-height: {px(16)}px; border-radius: {px(5)}px;
    }}
    QPushButton[look="small"]:focus {{ padding: {px(1) - 1}px {px(7) - 1}px; }}
    QPushButton[look="link"] {{
        background: transparent; border: 1px solid transparent; color: {own.accent}; font-size: {small_px}px;
        padding: 0; text-decoration: underline; min-height: {px(14)}px;
    }}
    QPushButton[look="link"]:focus {{ border: 1px solid {own.accent}; }}
    QPushButton[look="icon"] {{
        background: transparent; border: 1px solid transparent; padding: {px(3)}px; min-height: {px(16)}px;
    }}
    QPushButton[look="icon"]:hover {{ background: {own.hover}; }}
    QPushButton[look="icon"]:focus {{ border: 2px solid {own.accent}; padding: {px(3) - 1}px; }}
    """


def _fields(own: Colours, px: Callable[[float], int]) -> str:
    return f"""
    QLineEdit, QPlainTextEdit, QSpinBox, QComboBox {{
        background: {own.surface}; border: 1px solid {own.muted}; border-radius: {px(6)}px;
        padding: {px(4)}px {px(8)}px; min-height: {px(18)}px;
        selection-background-color: {own.accent}; selection-color: {own.on_accent};
    }}
    QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus, QComboBox:focus {{
        border: 2px solid {own.accent}; padding: {px(4) - 1}px {px(8) - 1}px;
    }}
    QLineEdit:hover, QSpinBox:hover, QComboBox:hover {{ background: {own.hover}; }}
    QLineEdit:disabled, QSpinBox:disabled, QComboBox:disabled {{ color: {own.muted}; border-color: {own.edge}; }}
    QSpinBox QLineEdit {{ background: transparent; border: none; padding: 0; min-height: 0; }}
    QSpinBox::up-button, QSpinBox::down-button {{
        subcontrol-origin: border; width: {px(20)}px; border: none; background: transparent;
    }}
    QSpinBox::up-button {{ subcontrol-position: top right; }}
    QSpinBox::down-button {{ subcontrol-position: bottom right; }}
    QSpinBox::up-arrow, QSpinBox::down-arrow {{ width: 0; image: none; }}
    QComboBox::drop-down, QComboBox::down-arrow {{ width: 0; border: none; image: none; }}
    """


def _popups(own: Colours, px: Callable[[float], int]) -> str:
    return f"""
    QComboBox QAbstractItemView, QMenu {{
        background: {own.surface}; border: 1px solid {own.edge}; padding: {px(3)}px; outline: none;
        selection-background-color: {own.accent}; selection-color: {own.on_accent};
    }}
    QComboBox QAbstractItemView::item, QMenu::item {{
        min-height: {px(24)}px; padding: 0 {px(8)}px; border-radius: {px(4)}px;
    }}
    QComboBox QAbstractItemView::item:selected, QMenu::item:selected {{
        background: {own.accent}; color: {own.on_accent};
    }}
    QMenu::item:disabled {{ color: {own.muted}; }}
    """


def _scrolling(own: Colours, px: Callable[[float], int]) -> str:
    return f"""
    QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ background: transparent; width: {px(10)}px; margin: 0; }}
    QScrollBar::handle:vertical {{
        background: {own.edge}; border-radius: {px(3)}px; min-height: {px(28)}px; margin: 1px {px(2)}px;
    }}
    QScrollBar::handle:vertical:hover {{ background: {own.muted}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; width: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    """


def _tips(own: Colours, px: Callable[[float], int]) -> str:
    return f"""
    QToolTip {{
        background: {own.surface}; color: {own.text}; border: 1px solid {own.edge}; padding: {px(3)}px {px(6)}px;
    }}
    """
