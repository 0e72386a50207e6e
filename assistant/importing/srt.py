"""SubRip (.srt), also as subtitle editors bend it."""

from __future__ import annotations

import html
import re

from assistant.errors import ImportFileError
from assistant.importing.captions import Line, PlainCue, pieces_of
from assistant.importing.cues import Cue, read_cues
from assistant.importing.pieces import join_turns
from assistant.importing.transcript import ImportedTranscript

_TAG = re.compile(r"</?(?:i|b|u|s|font)(?:\s[^<>]*)?>|\{\\[^{}]*\}|\{/?[ibus]\}", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos|nbsp|lrm|rlm);")
_SHOWN = 80


def read_srt(text: str) -> ImportedTranscript:
    """Raises ImportFileError where there is no cue with text."""
    file = read_cues(text, is_vtt=False)
    if not file.cues:
        raise ImportFileError("it holds no line with the times of a cue (00:00:01,000 --> 00:00:02,000)")
    warnings = list(file.warnings)
    if file.header:
        warnings.append(f"Left out before the first cue: “{' '.join(file.header)[:_SHOWN]}”.")
    return ImportedTranscript(join_turns(pieces_of([_plain(cue) for cue in file.cues])), tuple(warnings))


def unescape(text: str) -> str:
    """Resolves the character references that captions use; any other "&" stays what it is."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text)


def _plain(cue: Cue) -> PlainCue:
    return PlainCue(cue, tuple(Line(unescape(_TAG.sub("", line))) for line in cue.lines))
