"""Where an export lands: safe names, private files, whole or not at all, and nothing of others replaced."""

from __future__ import annotations

import errno
import filecmp
import os
import re
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import BinaryIO

from assistant.call import Call
from assistant.errors import ExportError
from assistant.plain import plain

LIMIT_BYTES = 120  # of the title's part: file systems take 255 for the whole name
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')  # in Windows; a slash everywhere
# https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(\.|$)", re.IGNORECASE)


def file_stem(call: Call) -> str:
    """A name made of title and start that is one plain file name on every system."""
    title = unicodedata.normalize("NFC", plain(call.title)).replace("\ufffd", " ")
    title = " ".join(_FORBIDDEN.sub(" ", title).split())
    # A leading dot hides a file, a leading dash makes it an option, an equals sign a formula.
    title = re.sub(r"^[\s.~=+@-]+|[\s.]+$", "", title)
    encoding = sys.getfilesystemencoding()  # not UTF-8 everywhere: what it lacks is left out of the name
    title = title.encode(encoding, "ignore")[:LIMIT_BYTES].decode(encoding, "ignore").strip(" .") or "call"
    if _RESERVED.match(title):
        title = f"call {title}"
    return f"{title} {call.started:%Y%m%d-%H%M%S}"


def place(folder: Path, stem: str, extension: str, write: Callable[[BinaryIO], None]) -> Path:
    """Write a file under a free name: "stem.md", or "stem (2).md" where that one holds something else.

    Writing the same again changes nothing and gives the name of the first.

    Raises:
        ExportError: the folder can't be written, or the disk is full; no half-written file stays.
    """
    with _part(folder, write) as part:
        return _name(part, folder, stem, extension)


def renew(target: Path, write: Callable[[BinaryIO], None]) -> None:
    """Write a file in place of the one that may be there, whole or not at all.

    Raises:
        ExportError: as `place`; the old file stays then.
    """
    with _part(target.parent, write) as part:
        part.replace(target)


def check_writable(folder: Path) -> None:
    """Make `folder` if need be and see whether a file can be written there: better known before a long work than after.

    Raises:
        ExportError: it can't be.
    """
    with _part(folder, lambda _: None):
        pass


@contextmanager
def _part(folder: Path, write: Callable[[BinaryIO], None]) -> Iterator[Path]:
    """A complete private file in `folder` that waits for its name. Raises ExportError, also for errors of the block."""
    part: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(".part", ".depthcue-", folder)  # private, and nobody else's
        part = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        yield part
    except OSError as error:
        raise ExportError(_text(folder, error)) from error
    finally:
        if part:
            part.unlink(missing_ok=True)


def _name(part: Path, folder: Path, stem: str, extension: str) -> Path:
    """Give a complete file its name."""
    for number in count(1):
        target = folder / (f"{stem}.{extension}" if number == 1 else f"{stem} ({number}).{extension}")
        try:
            # Claiming the name first makes sure that a file of another program is never replaced.
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            if target.is_file() and filecmp.cmp(part, target, shallow=False):
                return target
            continue
        try:
            part.replace(target)
        except OSError:
            target.unlink(missing_ok=True)
            raise
        return target
    raise AssertionError("numbers do not end")


def _text(folder: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        advice = "The disk is full: free some space, or choose a folder on another disk."
    elif error.errno in (errno.EEXIST, errno.ENOTDIR):
        advice = "There is a file where the folder should be: choose another folder."
    else:
        advice = "Choose a folder that you may write to."
    where = f"{plain(str(folder))} ({error.strerror or error})"
    return f"Nothing could be written to {where}. {advice} Nothing that was there has changed."
