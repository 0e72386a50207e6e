"""Markdown: the document to read after a call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.call import Call
from assistant.export import notes
from assistant.export.wording import Line, header, lines_of, runs_of, title_of
from assistant.parts import SPEAKERS
from assistant.plain import clock, plain

# Everything that CommonMark or its GitHub dialect could take for markup within a line. Percent signs, braces and
# dollars mean nothing there and stay as they are.
_MARKUP = re.compile(r"[\\`*_\[\]#|~@]|:(?=//)|(?<=www)\.", re.IGNORECASE)


def escape(text: str) -> str:
    """`text` such that a reader sees exactly it: no markup, no tag, no link."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKUP.sub(r"\\\g<0>", text)


def render(call: Call) -> str:
    return "\n".join(_document(call)) + "\n"


def _document(call: Call) -> Iterator[str]:
    yield f"# {escape(title_of(call))}"
    yield ""
    for name, value in header(call):
        yield f"- **{name}:** {escape(value)}"
    for section in notes.sections_of(call, escape):
        yield from ("", f"## {section.title}", "")
        for item in section.items:
            yield f"- **{item.head}:** {item.text}"
    yield from ("", "## Transcript", "")
    for line in lines_of(call):
        yield _paragraph(line, call)
        yield ""


def _paragraph(line: Line, call: Call) -> str:
    parts = []
    for run in runs_of(line, call.flags):
        text = escape(run.text)
        standing = [fate.flag.id for fate in run.flags if fate.withdrawn_at_seconds is None]
        withdrawn = [f"{fate.flag.id}, taken back" for fate in run.flags if fate.withdrawn_at_seconds is not None]
        marks = escape(plain("; ".join([*standing, *withdrawn])))
        parts.append((f"**{text}**" if standing else text) + (f" ({marks})" if marks else ""))
    return f"**{SPEAKERS[line.channel]}** {clock(line.start_seconds)}: {' '.join(parts)}"
