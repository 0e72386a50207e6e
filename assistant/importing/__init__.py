"""Reads transcripts that other programs wrote: one reader for each kind of file, chosen here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from assistant.errors import ImportFileError
from assistant.importing.cleaning import clean_text
from assistant.importing.cues import is_timing_line
from assistant.importing.decoding import decode
from assistant.importing.json_segments import read_json
from assistant.importing.markdown import read_markdown
from assistant.importing.plain_text import read_plain_text
from assistant.importing.srt import read_srt
from assistant.importing.transcript import ImportedTranscript, Turn
from assistant.importing.vtt import read_vtt
from assistant.importing.word_document import read_word_document

__all__ = ["SUFFIXES", "ImportedTranscript", "Turn", "read_transcript"]

SUFFIXES = (".vtt", ".srt", ".txt", ".md", ".docx", ".json")
_LARGEST_BYTES = 64 * 1024 * 1024  # a day of talk is below 2 MB
_MOST_WARNINGS = 40
_WHAT_TO_DO = (
    "Export the transcript again as .vtt, .srt, .txt, .md, .docx or .json from the program that made it, "
    "and open that file."
)


def read_transcript(path: Path) -> ImportedTranscript:
    """What the file says, nothing added.

    Raises ImportFileError for files that can't be read and for those that hold no transcript.
    """
    name = clean_text(path.name)
    try:
        transcript = _read(path)
    except ImportFileError as error:
        raise ImportFileError(f"“{name}” can't be imported: {error}. {_WHAT_TO_DO}") from error
    except OSError as error:
        reason = error.strerror or "it can't be read"
        raise ImportFileError(f"“{name}” can't be opened: {reason}. Check the path and the rights.") from error
    warnings = transcript.warnings
    if len(warnings) > _MOST_WARNINGS:
        rest = len(warnings) - _MOST_WARNINGS
        warnings = (*warnings[:_MOST_WARNINGS], f"{rest} more places were repaired in the same ways.")
    if not transcript.speakers:
        warnings = (*warnings, "The file names no speaker.")
    return replace(transcript, warnings=tuple(clean_text(warning) for warning in warnings))


def _read(path: Path) -> ImportedTranscript:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ImportFileError(
            f"files that end in “{clean_text(suffix)}” are not read" if suffix else "it has no ending"
        )
    if path.exists() and not path.is_file():
        raise ImportFileError("it is a folder or a device, not a file")
    if path.stat().st_size > _LARGEST_BYTES:
        raise ImportFileError("it is larger than 64 MB, which no transcript is")
    data = path.read_bytes()
    if suffix == ".docx":
        return read_word_document(data)
    text, warning = decode(data)
    transcript = _read_text(text, suffix)
    return replace(transcript, warnings=(warning, *transcript.warnings)) if warning else transcript


def _read_text(text: str, suffix: str) -> ImportedTranscript:
    if text.startswith("WEBVTT"):
        return read_vtt(text)
    if suffix == ".json":
        return read_json(text)
    if suffix in (".srt", ".vtt"):
        return read_vtt(text) if suffix == ".vtt" else read_srt(text)
    if suffix == ".txt" and _is_srt(text):
        return read_srt(text)
    return read_markdown(text) if suffix == ".md" else read_plain_text(text)


def _is_srt(text: str) -> bool:
    """Whether a text file is subtitles saved under another ending: a number, then a line of times."""
    lines = [line.strip() for line in text[:2000].split("\n") if line.strip()]
    return len(lines) > 2 and lines[0].isdigit() and is_timing_line(lines[1])
