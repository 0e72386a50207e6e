"""Plain text, with times. Also what `depthcue sessions show` prints: nothing in it drives a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.call import Call
from assistant.export import notes
from assistant.export.wording import header, lines_of, title_of
from assistant.parts import SPEAKERS
from assistant.plain import clock, plain


def render(call: Call) -> str:
    return "\n".join(_document(call)) + "\n"


def _document(call: Call) -> Iterator[str]:
    yield title_of(call)
    for name, value in header(call):
        yield f"{name}: {value}"
    yield ""
    for line in lines_of(call):
        text = " ".join(filter(None, (plain(word.text) for word in line.words)))
        yield f"[{clock(line.start_seconds)}] {SPEAKERS[line.channel]}: {text}"
    for section in notes.sections_of(call, str):
        yield from ("", section.title)
        yield from (f"- {item.head}: {item.text}" for item in section.items)
