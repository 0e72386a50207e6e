"""A disk that is really full: a small tmpfs where this process may mount one, else the system's limit on file sizes."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SIZE_BYTES = 8_000_000


@dataclass(frozen=True)
class SmallDisk:
    folder: Path
    is_mounted: bool

    def leave(self, free_bytes: int) -> None:
        """Let only so much more be written (in each file, where the limit stands in for the disk)."""
        if not self.is_mounted:
            resource.setrlimit(resource.RLIMIT_FSIZE, (free_bytes, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
            return
        ballast = self.folder / "ballast"
        ballast.unlink(missing_ok=True)
        ballast.write_bytes(bytes(max(0, shutil.disk_usage(self.folder).free - free_bytes)))


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_BYTES}", "tmpfs", str(folder)]
    if os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0:
        try:
            yield SmallDisk(folder, True)
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        return
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield SmallDisk(folder, False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
