"""Makes text harmless to show. Names, notes and speech come from anywhere and are shown as text."""

from __future__ import annotations

import re

# What steers a terminal, a layout or the reading order. Joiners stay: emoji and several scripts need them.
_STEERING = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_SPACES = re.compile("[\\s\u2028\u2029]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
_STACKED = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
                      "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # fmt: skip


def plain(text: str) -> str:
    """`text` on one line, without characters that steer, and with no more than three accents on a letter."""
    text = _SURROGATES.sub("\ufffd", text)
    text = _SPACES.sub(" ", _STEERING.sub("", text))
    return _STACKED.sub(r"\1", text).strip()


def plain_lines(text: str) -> str:
    """As `plain`, line by line; empty lines go."""
    return "\n".join(line for line in map(plain, text.splitlines()) if line)


def clock(seconds: float) -> str:
    """12:47, and 1:02:47 from the first hour on."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
