"""Markdown (.md): any of the plain text styles, with headings, emphasis and perhaps a YAML header."""

from __future__ import annotations

import re

from assistant.importing.dialogue import TextLine
from assistant.importing.own_exports import own_markdown
from assistant.importing.plain_text import from_lines, from_own_export
from assistant.importing.srt import unescape
from assistant.importing.transcript import ImportedTranscript

_HEADING = re.compile(r"#{1,6}\s*(?P<text>.*?)\s*#*")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_]{1,2000}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_]{1,2000}?)(?<=\S)\1(?![\w*])")
_LINK = re.compile(r"(?<!!)\[([^\[\]]{1,500})\]\((?:https?:|mailto:|#)[^()\s]{0,2000}\)")
_CODE = re.compile(r"`([^`]{1,2000})`")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_ASIDE = 0x10F000  # private characters that no text uses
_STEPPED_ASIDE = re.compile("[\U0010f021-\U0010f07e]")
_OPENING = re.compile(r"^(?:(?:>\s?)+|[-*+]\s+(?=\S))")
_RULE = re.compile(r"(?:[-*_]\s*){3,}")
_LINE_BREAK = re.compile(r"(?:\\|<br\s*/?>)$")
_FENCE = "---"
_LIST_ITEM = re.compile(r"\s*-\s+(.+)")


def read_markdown(text: str) -> ImportedTranscript:
    """Raises ImportFileError where nothing is said."""
    lines = text.split("\n")
    title, names, lines = _front_matter(lines)
    plain_lines = [plain for line in lines if (plain := _plain(line)).text]
    own = own_markdown([plain.text for plain in plain_lines])
    return from_own_export(own) if own is not None else from_lines(plain_lines, title=title, names=names)


def _plain(line: str) -> TextLine:
    stripped = line.strip()
    if _RULE.fullmatch(stripped):
        return TextLine("")
    heading = _HEADING.fullmatch(stripped) if stripped.startswith("#") else None
    body = heading["text"] if heading else _LINE_BREAK.sub("", _OPENING.sub("", stripped, count=1))
    return TextLine(_without_inline_marks(body).strip(), is_heading=heading is not None)


def _without_inline_marks(text: str) -> str:
    # Escaped signs step aside first, so that they neither make marks nor stand in the way of them.
    text = _ESCAPE.sub(lambda match: chr(_ASIDE + ord(match[1])), text)
    text = _LINK.sub(r"\1", text)
    text = _CODE.sub(r"\1", text)
    text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text))
    return _STEPPED_ASIDE.sub(lambda match: chr(ord(match[0]) - _ASIDE), unescape(text))


def _front_matter(lines: list[str]) -> tuple[str | None, list[str], list[str]]:
    """Title and speakers of a YAML header, and the lines after it. Nothing else in it is of use here."""
    if not lines or lines[0].strip() != _FENCE or _FENCE not in [line.strip() for line in lines[1:]]:
        return None, [], lines
    end = 1 + [line.strip() for line in lines[1:]].index(_FENCE)
    title: str | None = None
    names: list[str] = []
    in_names = False
    for line in lines[1:end]:
        key, _, value = line.partition(":")
        item = _LIST_ITEM.fullmatch(line)
        if in_names and item:
            names.append(item[1].strip(" '\""))
            continue
        in_names = key.strip() == "speakers"
        if in_names:
            names = [name for part in value.strip(" []").split(",") if (name := part.strip(" '\""))]
        elif key.strip() == "title":
            title = value.strip(" '\"") or None
    return title, names, lines[end + 1 :]
