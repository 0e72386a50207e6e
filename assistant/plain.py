"""Makes text harmless to show. Names, notes and speech come from anywhere and are shown as text."""

from __future__ import annotations

import re

# Both are the inside of a character class. What steers a terminal, a layout or the reading order, and what is not seen
# but parts words. Joiners (200C, 200D) stay: Persian, Hindi and emoji need them.
STEERING = "\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
SURROGATES = "\ud800-\udfff"  # half characters: JSON may hold them, no encoding does

_ACCENTS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_STEERING = re.compile(f"[{STEERING}]")
_SURROGATES = re.compile(f"[{SURROGATES}]")
_STACKED = re.compile(f"([{_ACCENTS}]{{3}})[{_ACCENTS}]+")
_SPACES = re.compile("[\\s\u2028\u2029]+")
_BREAKS = re.compile("[\x09-\x0d\u2028\u2029]")


def plain(text: str) -> str:
    """`text` on one line, without characters that steer, and with no more than three accents on a letter."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text  # as most words are, of which a call has thousands
    return _SPACES.sub(" ", _without_tricks(text)).strip()


def plain_lines(text: str) -> str:
    """As `plain`, line by line; empty lines go."""
    return "\n".join(line for line in map(plain, text.splitlines()) if line)


def harmless(text: str) -> str:
    """`text` of several lines, without characters that steer; lines and their indents stay."""
    return "\n".join(_BREAKS.sub(" ", _without_tricks(line)) for line in text.split("\n"))


def clock(seconds: float) -> str:
    """12:47, and 1:02:47 from the first hour on."""
    whole = max(0, int(seconds))
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def roughly(seconds: float) -> str:
    """12 min, and 40 s below one and a half."""
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"


def counted(number: int, noun: str) -> str:
    """1 call, 2 calls: of a noun whose plural ends in s."""
    return f"{number} {noun}{'s' * (number != 1)}"


def _without_tricks(text: str) -> str:
    return _STACKED.sub(r"\1", _STEERING.sub("", _SURROGATES.sub("\ufffd", text)))
