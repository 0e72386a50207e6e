"""Makes text harmless to show. Names, notes and speech come from anywhere and are shown as text."""

from __future__ import annotations

import re

# What steers a terminal, a layout or the reading order. Joiners stay: emoji and several scripts need them.
_STEERING = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_SPACES = re.compile("[\\s\u2028\u2029]+")
_BREAKS = re.compile("[\x09-\x0d\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def plain(text: str) -> str:
    """`text` on one line, without characters that steer."""
    return _SPACES.sub(" ", _STEERING.sub("", _SURROGATES.sub("\ufffd", text))).strip()


def harmless(text: str) -> str:
    """`text` of several lines, without characters that steer; lines and their indents stay."""
    return "\n".join(_BREAKS.sub(" ", _STEERING.sub("", _SURROGATES.sub("\ufffd", line))) for line in text.split("\n"))


def clock(seconds: float) -> str:
    """12:47, and 1:02:47 from the first hour on."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"
