"""Times as transcripts write them."""

from __future__ import annotations

import re

CLOCK = r"\d{1,4}(?::\d{1,2}){1,2}(?:[.,]\d{1,9})?"  # m:ss, h:mm:ss, with or without a fraction
_PARTS = re.compile(r"(?P<minus>-?)(?P<whole>\d{1,4}(?::\d{1,2}){1,2})(?:(?P<mark>[.,])(?P<fraction>\d{1,9}))?")
_MILLISECOND_DIGITS = 4  # "16,1000" is a program that counted 1,000 milliseconds, not a tenth of a second


def parse_clock(text: str) -> float | None:
    """Seconds of "h:mm:ss.fff", "m:ss" and their unpadded forms; None where it is no time. May be negative."""
    match = _PARTS.fullmatch(text.strip())
    if match is None:
        return None
    seconds = 0
    for part in match["whole"].split(":"):
        seconds = seconds * 60 + int(part)
    fraction = match["fraction"] or "0"
    part = int(fraction) / 1000 if is_millisecond_overflow(text) else float(f"0.{fraction}")
    exact = round(seconds + part, 6)
    return -exact if match["minus"] else exact


def is_millisecond_overflow(text: str) -> bool:
    """Whether the fraction has the four digits of a program that let the milliseconds run over."""
    match = _PARTS.fullmatch(text.strip())
    return match is not None and len(match["fraction"] or "") == _MILLISECOND_DIGITS
