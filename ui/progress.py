"""How far a recording has been transcribed, as a bar with the time left."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable

from tqdm import tqdm

from assistant.audio.around import SourceAround
from assistant.plain import plain
from assistant.ports import AudioSource, Sink
from assistant.values import Stamped, State, Status


class ProgressSource(SourceAround):
    """Passes a source through. As a sink it shows how far the text is, and warnings, and ends with the session."""

    def __init__(self, source: AudioSource, name: str) -> None:
        super().__init__(source)
        self._position_seconds = 0.0
        size = shutil.get_terminal_size()  # a usual one where a terminal does not tell
        total_seconds = source.duration_seconds and round(source.duration_seconds)
        self._bar = tqdm(
            total=total_seconds,
            desc=name,
            unit="s",
            bar_format="{desc}: {percentage:3.0f}%|{bar}| {remaining} left" if total_seconds else None,
            smoothing=0.05,  # silence goes by much faster than talk; what is left is a mixture of both
            ncols=size.columns - 1,
            nrows=size.lines,
            disable=not sys.stderr.isatty(),
            leave=False,
            file=sys.stderr,
        )

    def next(self, stamped: Stamped) -> None:
        if (seconds := int(stamped.audio_seconds - self._position_seconds)) > 0:
            self._bar.update(seconds)
            self._position_seconds += seconds
        match stamped.event:
            case Status(state=State.FINISHED):
                self._bar.refresh()
            case Status(state=State.WARNING, message=message):
                self._bar.clear()
                print(f"depthcue: {plain(message)}", file=sys.stderr)

    def close(self) -> None:
        super().close()
        self._bar.close()


def with_progress(name: str) -> Callable[[AudioSource], tuple[AudioSource, list[Sink]]]:
    """Wraps a source so that a bar shows how far its transcription is; the sinks belong to its session."""

    def shown(source: AudioSource) -> tuple[AudioSource, list[Sink]]:
        progress = ProgressSource(source, name)
        return progress, [progress]

    return shown
