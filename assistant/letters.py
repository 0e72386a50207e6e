"""What two writings of a word have in common."""

from __future__ import annotations

import unicodedata

_DOTTED_I = "i\u0307"  # what the Turkish capital becomes in the other case
_PICTURE_STYLES = frozenset(map(chr, range(0xFE00, 0xFE10)))  # of what is no letter


def letters(text: str) -> str:
    """Its letters and digits, in one case, with the marks on them: in Hindi and Thai the vowels are marks."""
    folded = unicodedata.normalize("NFC", text.casefold()).replace(_DOTTED_I, "i")
    return "".join(filter(is_letter, folded))


def is_letter(character: str) -> bool:
    return character.isalnum() or is_mark(character)


def is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M") and character not in _PICTURE_STYLES
