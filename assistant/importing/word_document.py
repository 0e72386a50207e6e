"""Word documents (.docx) of Teams and Google Meet.

Read straight from the archive: these programs write documents that lack parts which Word libraries ask for, and a
hostile archive has to be stopped before it is unpacked.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from assistant.errors import ImportFileError
from assistant.importing.cleaning import without_unsafe_characters
from assistant.importing.decoding import refuse_other_kinds
from assistant.importing.dialogue import TextLine
from assistant.importing.plain_text import from_lines
from assistant.importing.transcript import ImportedTranscript

_DOCUMENT = "word/document.xml"
_LARGEST_DOCUMENT_BYTES = 64 * 1024 * 1024  # unpacked; a day of talk with its formatting is below 20 MB
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the format's; each other one fails in ways of its own
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HIDDEN = {  # pictures, deleted text, and the second copy of what newer programs draw
    f"{_W}drawing",
    f"{_W}pict",
    f"{_W}del",
    f"{_W}moveFrom",
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}


def read_word_document(data: bytes) -> ImportedTranscript:
    """Raises ImportFileError for what is no Word document, is damaged or is made to do harm."""
    root = _parsed(_document_part(data))
    lines = [
        TextLine(line.strip(), _is_heading(paragraph))
        for paragraph in root.iter(f"{_W}p")
        for line in without_unsafe_characters(_text(paragraph)).split("\n")
    ]
    return from_lines([line for line in lines if line.text])


def _document_part(data: bytes) -> bytes:
    if not data.startswith(b"PK"):
        refuse_other_kinds(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.getinfo(_DOCUMENT).compress_type not in _PACKINGS:
                raise ImportFileError("it is packed in a way that no Word document is")
            with archive.open(_DOCUMENT) as part:
                document = part.read(_LARGEST_DOCUMENT_BYTES + 1)
    except KeyError as error:
        raise ImportFileError("it is an archive, but no Word document") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise ImportFileError("it is no Word document, or a damaged or encrypted one") from error
    if len(document) > _LARGEST_DOCUMENT_BYTES:
        raise ImportFileError("its text is larger than 64 MB when unpacked, which no transcript is")
    return document


def _parsed(document: bytes) -> Element:
    try:
        root: Element = fromstring(document, forbid_dtd=True)
    except DefusedXmlException as error:
        raise ImportFileError("it defines XML entities, which Word never does") from error
    except (ParseError, LookupError, ValueError) as error:
        raise ImportFileError("its text part is damaged") from error
    return root


def _text(paragraph: Element) -> str:
    return "".join(_texts(paragraph))


def _texts(paragraph: Element) -> Iterator[str]:
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if element.tag == f"{_W}t":
            yield element.text or ""
        elif element.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif element.tag == f"{_W}tab":
            yield "\t"
        elif element.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif element.tag not in _HIDDEN and element.tag not in (f"{_W}p", f"{_W}pPr"):
            waiting.extend(reversed(element))


def _is_heading(paragraph: Element) -> bool:
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    return style is not None and style.get(f"{_W}val", "").lower().startswith(("heading", "title"))
