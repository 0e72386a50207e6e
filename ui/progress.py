"""How far a recording has been read, as a bar with the time left."""

from __future__ import annotations

import shutil
import sys

from tqdm import tqdm

from assistant.plain import plain
from assistant.ports import AudioSource
from assistant.values import AudioFrame, AudioGap, Channel, Stamped, State, Status


class ProgressSource:
    """Passes a source through and shows its position. Also a sink: it ends with the session and shows warnings."""

    def __init__(self, source: AudioSource, name: str) -> None:
        self._source = source
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

    @property
    def channels(self) -> tuple[Channel, ...]:
        return self._source.channels

    @property
    def duration_seconds(self) -> float | None:
        return self._source.duration_seconds

    def read(self) -> AudioFrame | AudioGap | Status | None:
        item = self._source.read()
        if isinstance(item, AudioFrame | AudioGap) and item.end_seconds >= self._position_seconds + 1:
            self._bar.update(int(item.end_seconds - self._position_seconds))
            self._position_seconds += int(item.end_seconds - self._position_seconds)
        return item

    def next(self, stamped: Stamped) -> None:
        if isinstance(stamped.event, Status) and stamped.event.state is State.WARNING:
            self._bar.clear()
            print(f"depthcue: {plain(stamped.event.message)}", file=sys.stderr)

    def close(self) -> None:
        self._source.close()
        self._bar.close()
