"""Reads exported files as other programs do, so that tests compare what a reader sees."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def markdown_tokens(text: str) -> list[Token]:
    return [token for block in PARSER.parse(text) for token in (block, *(block.children or ()))]


def markdown_paragraphs(text: str) -> list[str]:
    """What each paragraph, heading and item shows."""
    return [
        "".join(token.content for token in block.children or () if token.type in ("text", "text_special"))
        for block in PARSER.parse(text)
        if block.type == "inline"
    ]


@dataclass(frozen=True)
class SubtitleCue:
    start_seconds: float
    end_seconds: float
    text: str  # as it stands in the file


def _seconds(text: str) -> float:
    hours, minutes, seconds = text.replace(",", ".").split(":")
    assert re.fullmatch(r"\d\d\.\d\d\d", seconds)
    assert int(minutes) < 60
    assert float(seconds) < 60
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def subtitle_cues(text: str, separator: str) -> list[SubtitleCue]:
    """Cues of SRT or VTT: blocks with a line of times and one line of text."""
    timing = re.compile(rf"(\d\d:\d\d:\d\d\{separator}\d\d\d) --> (\d\d:\d\d:\d\d\{separator}\d\d\d)")
    cues = []
    for block in filter(None, text.strip("\n").split("\n\n")):
        lines = block.split("\n")
        if separator == ",":
            assert lines.pop(0) == str(len(cues) + 1)
        elif lines[0].startswith(("WEBVTT", "NOTE")):
            assert "-->" not in block
            continue
        times = timing.fullmatch(lines[0])
        assert times, block
        assert len(lines) == 2, block
        cues.append(SubtitleCue(_seconds(times[1]), _seconds(times[2]), lines[1]))
    return cues


def words_of(format_: str, text: str) -> list[str]:
    """The words that were said, with "You:" or "Them:" before each piece taken off."""
    if format_ == "json":
        said = [word["text"] for one in json.loads(text)["utterances"] for word in one["words"]]
        return " ".join(said).split()
    if format_ in ("srt", "vtt"):
        cues = subtitle_cues(text, "," if format_ == "srt" else ".")
        pieces = [re.sub(r"^(You: |Them: |<v You>|<v Them>)", "", cue.text) for cue in cues]
        return html.unescape(" ".join(pieces)).replace("\u2060", "").split()
    lines = markdown_paragraphs(text) if format_ == "md" else text.split("\n")
    pattern = r"(?:You|Them) [\d:]+: (.*)" if format_ == "md" else r"\[[\d:]+\] (?:You|Them): (.*)"
    pieces = [found[1] for line in lines if (found := re.fullmatch(pattern, line))]
    return " ".join(re.sub(r" \(f\d(, taken back)?\)", "", piece) for piece in pieces).split()
