"""A disk that fills up in mid-call: what is kept, and whether it plays."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from assistant.audio.recorder.disk import RESERVE_BYTES
from assistant.audio.recording import finish, read_recording
from assistant.errors import RecordingError
from assistant.values import Status
from benchmarks.capture.rig import Recording
from tests.conftest import VirtualAudio
from tests.small_disk import small_disk

_ROOM_BYTES = 640_000  # 10 s of both voices


def measure(_audio: VirtualAudio) -> list[str]:
    """Lines of a report. Needs the right to mount a small disk."""
    with tempfile.TemporaryDirectory() as name, small_disk(Path(name) / "disk") as disk:
        if not disk.is_mounted:
            return ["full disk: not measured, no disk may be mounted here"]
        disk.leave(RESERVE_BYTES + _ROOM_BYTES)
        began = time.monotonic()
        recording = Recording(disk.folder / "call")
        recording.join(60)
        lasted = time.monotonic() - began
        said = " / ".join(item.state for item in recording.items if isinstance(item, Status))
        try:
            path = finish(disk.folder / "call")
            kept = f"packed as {path.name}" if path else "nothing"
        except RecordingError:
            kept = "kept raw"
        length = read_recording(disk.folder / "call").length_seconds
        return [
            f"full disk, room for 10.0 s: stopped by itself after {lasted:.1f} s, {length:.1f} s {kept}; said: {said}"
        ]
