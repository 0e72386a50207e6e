"""What two writings of a word have in common."""

from __future__ import annotations

import unicodedata


def letters(text: str) -> str:
    """Its letters and digits, in one case, with the marks on them: in Hindi and Thai the vowels are marks."""
    return "".join(filter(is_letter, unicodedata.normalize("NFC", text.casefold())))


def is_letter(character: str) -> bool:
    return character.isalnum() or is_mark(character)


def is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")
