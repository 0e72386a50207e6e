"""New files that only the user may read."""

from __future__ import annotations

import os
from pathlib import Path


def create_private(path: Path) -> int:
    """The descriptor of a new, empty file, to write to. Raises OSError, FileExistsError among them."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
