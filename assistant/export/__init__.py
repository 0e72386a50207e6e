"""A call as files: one module per format. All hold the same words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

from assistant.call import Call
from assistant.errors import ExportError
from assistant.export import markdown, srt, structured, txt, vtt, wav
from assistant.export.files import check_writable, file_stem, place, renew

__all__ = ["FORMATS", "check_writable", "export_call", "render_text", "renew_export"]

_RENDERERS: dict[str, Callable[[Call], str]] = {
    "md": markdown.render,
    "txt": txt.render,
    "json": structured.render,
    "srt": srt.render,
    "vtt": vtt.render,
}
FORMATS = (*_RENDERERS, "wav")


def render_text(call: Call, format_: str) -> str:
    """A call in a text format (any but wav)."""
    return _RENDERERS[format_](call)


def export_call(call: Call, formats: Sequence[str], folder: Path) -> list[Path]:
    """Write a call in each format to `folder`, which is made if needed; the paths in the same order.

    Raises:
        ExportError: an unknown format, no recording for wav (nothing is written then), the folder can't be written.
        RecordingError: the recording can't be read.
    """
    wanted = list(dict.fromkeys(formats))
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown or not wanted:
        what = f"The format {unknown[0]!r} is not known" if unknown else "No format was given"
        raise ExportError(f"{what}. There are: {', '.join(FORMATS)}.")
    if "wav" in wanted and call.audio is None:
        raise ExportError(f"The call {call.id} has no recording, so there is no wav to write. Choose other formats.")
    return [place(folder, file_stem(call), name, _writer(call, name)) for name in wanted]


def renew_export(call: Call, format_: str, target: Path) -> None:
    """Write a call in one format to `target`, in place of the file that may be there.

    Raises:
        ExportError: as `export_call`; an old file stays then.
    """
    renew(target, _writer(call, format_))


def _writer(call: Call, format_: str) -> Callable[[BinaryIO], None]:
    if format_ == "wav":
        return lambda file: wav.write(call, file)
    # Always UTF-8 and always these line ends, whatever the system's habits are.
    content = render_text(call, format_).encode("utf-8")
    return lambda file: _write_all(file, content)


def _write_all(file: BinaryIO, content: bytes) -> None:
    file.write(content)
