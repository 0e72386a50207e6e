"""Bytes of a text file to text, whatever program wrote them."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from assistant.errors import ImportFileError
from assistant.importing.cleaning import without_unsafe_characters

_BYTE_ORDER_MARKS = (  # longest first: the mark of UTF-32 LE begins with that of UTF-16 LE
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = (
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old or encrypted Office document"),
    (b"{\\rtf", "an RTF document"),
    (b"RIFF", "a recording"),
    (b"OggS", "a recording"),
    (b"fLaC", "a recording"),
    (b"ID3", "a recording"),
    (b"\x1aE\xdf\xa3", "a video"),
    (b"SQLite format 3\x00", "a database"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a compressed archive"),
)
# What subtitle editors still write. Code pages of single bytes fit any bytes at all, so the list stays short.
_LEGACY_ENCODINGS = ["gb18030", "big5", "cp932", "euc_jp", "cp949", "cp1250", "cp1251", "cp1253", "cp1254", "koi8_r"]
_GUESS_BYTES = 200_000  # enough to tell an encoding; more only takes time
_WESTERN = re.compile(r"[\x00-\x7f\xa0¡¿ª°º«»§©®£€¢·–—‘’‚“”„†‡•…™ŠšŽžŒœŸÀ-ÖØ-öø-ÿ½¼¾²³¹×]*")
_FOREIGN_RUN = re.compile(rb"[\x80-\xff]{3}")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_MOST_CONTROLS = 0.01  # share of characters; text of a broken program has a few, a binary file has many


def decode(data: bytes) -> tuple[str, str | None]:
    """The text with "\\n" line ends, and a warning where the encoding had to be guessed.

    Raises ImportFileError where the bytes are no text.
    """
    refuse_other_kinds(data)
    text, warning = _decode(data)
    if len(_CONTROLS.findall(text)) > _MOST_CONTROLS * len(text):
        raise ImportFileError("it holds binary data instead of text")
    return without_unsafe_characters(re.sub(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]", "\n", text)), warning


def refuse_other_kinds(data: bytes) -> None:
    """Raises ImportFileError for the files that are most often taken for a transcript by mistake."""
    if not data.strip(b" \t\r\n\x00"):
        raise ImportFileError("it is empty")
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise ImportFileError(f"it is {kind} inside")
    if data[4:8] == b"ftyp":
        raise ImportFileError("it is a video or a recording inside")


def _decode(data: bytes) -> tuple[str, str | None]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), None
            except UnicodeDecodeError:
                readable = data.decode(encoding, errors="replace")
                return readable, f"Some characters are damaged: the file says {encoding.upper()} but is not."
    unmarked = _utf16_without_mark(data)
    if unmarked is not None:
        return unmarked, None
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        return _decode_legacy(data)


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 of mostly Latin text has a zero in every other byte; nothing else has."""
    sample = data[:4096]
    if len(sample) < 4 or sample.count(0) < len(sample) * 0.3:
        return None
    encoding = "utf-16-le" if sample[1::2].count(0) > sample[0::2].count(0) else "utf-16-be"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _decode_legacy(data: bytes) -> tuple[str, str]:
    if not _FOREIGN_RUN.search(data):
        # Single accented letters between plain ones. Statistics confuse the Latin code pages on short texts, so the
        # commonest one stands wherever it gives nothing but letters and punctuation.
        try:
            western = data.decode("cp1252")
        except UnicodeDecodeError:
            western = None
        if western is not None and _WESTERN.fullmatch(western):
            return western, _guessed("Windows-1252")
    best = from_bytes(data[:_GUESS_BYTES], cp_isolation=_LEGACY_ENCODINGS).best()
    if best is None:
        raise ImportFileError("it is no text in any encoding known here")
    return data.decode(best.encoding, errors="replace"), _guessed(best.encoding.upper())


def _guessed(encoding: str) -> str:
    return (
        f"The file is not UTF-8 and does not say its encoding; {encoding} was taken. Check that its letters are right."
    )
