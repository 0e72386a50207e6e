"""Does a media file end before it should? What the decoder can't tell is read from the file's own bytes."""

from __future__ import annotations

import os
from pathlib import Path

_OPEN_ENDED = 0x7FFFFFFF  # programs that write WAV to a pipe put this, or all ones, or 0, where the size belongs
_OGG_LAST_PAGE = 0x04  # flag of RFC 3533, section 6
_OGG_LONGEST_PAGE = 65_307


def is_cut_short(path: Path, format_name: str) -> bool:
    """The bytes say that more was meant to follow. False also where the format has no way to say so."""
    if format_name == "wav":
        return _wav_is_cut(path)
    if format_name == "ogg":
        return _ogg_is_cut(path)
    return False


def states_its_duration(path: Path, format_name: str) -> bool:
    """The duration comes from the file's header, written when it was whole; otherwise it is guessed from its size."""
    if format_name == "mp3":
        return _mp3_counts_its_frames(path)
    return format_name in ("flac", "caf", "aiff", "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm")


def _wav_is_cut(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(8)
    if len(head) < 8 or head[:4] != b"RIFF":
        return False
    size = int.from_bytes(head[4:8], "little")
    is_stated = 0 < size < _OPEN_ENDED
    # An odd last chunk may lack its padding byte.
    return is_stated and path.stat().st_size + 1 < size + 8


def _ogg_is_cut(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, 2 * _OGG_LONGEST_PAGE), os.SEEK_END)
        tail = file.read()
    last = tail.rfind(b"OggS")
    return last < 0 or len(tail) < last + 6 or not tail[last + 5] & _OGG_LAST_PAGE


def _mp3_counts_its_frames(path: Path) -> bool:
    """A Xing or Info header stands in the first frame, behind an ID3 tag of any size."""
    with path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3" and len(head) == 10:
            first, second, third, fourth = head[6:10]  # seven bits each
            file.seek(10 + (first << 21 | second << 14 | third << 7 | fourth))
        else:
            file.seek(0)
        frame = file.read(512)
    return b"Xing" in frame or b"Info" in frame
