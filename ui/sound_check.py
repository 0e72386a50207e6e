"""Both voices are heard for some seconds and a check is told of them, for the terminal and for the panel.

Loads codecs: import it where it is needed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from assistant.audio.around import SourceAround
from assistant.audio.check import SoundCheck
from assistant.ports import AudioSource, Transcriber
from assistant.values import (
    SAMPLE_RATE_HZ,
    AudioFrame,
    AudioGap,
    Channel,
    Level,
    Stamped,
    Status,
    TranscriptUpdate,
    Verbosity,
)
from assistant.without_echo import LOUDSPEAKERS
from ui import compose

LOUDSPEAKERS_NOTE = "Your microphone hears the call: loudspeakers are in use. A headset is better."


class Overheard(SourceAround):
    """A source that tells its `check` what passes, and holds it for playing back. Read by the listening thread."""

    def __init__(self, source: AudioSource) -> None:
        super().__init__(source)
        self._frames: list[AudioFrame] = []
        self.check = SoundCheck(source.channels)

    def read(self) -> AudioFrame | AudioGap | Status | None:
        item = super().read()
        if isinstance(item, AudioFrame | Status):
            self.check.hear(item)
        if isinstance(item, AudioFrame):
            self._frames.append(item)
        return item

    def sound(self) -> NDArray[np.int16]:
        """(samples, 2): left you, right them, at the places where they were heard."""
        sides = list(Channel)
        length = max((round(frame.end_seconds * SAMPLE_RATE_HZ) for frame in self._frames), default=0)
        both = np.zeros((length + 1, len(sides)), np.int16)
        for frame in self._frames:
            start = round(frame.start_seconds * SAMPLE_RATE_HZ)
            both[start : start + len(frame.samples), sides.index(frame.channel)] = frame.samples
        return both


def overhear(
    overheard: Overheard,
    transcriber: Transcriber,
    verbosity: Verbosity,
    seconds: float,
    show: Callable[[Level], object],
    *,
    ends_early: bool = True,
) -> None:
    """Until the time is over or the source is closed, or with `ends_early` until words of every voice were seen.
    `show` is called from the threads of the session, some ten times a second for each voice.

    Raises:
        AssistantError: a device or the engine failed.
    """
    sink = _CheckSink(overheard, show, ends_early)
    session = compose.recording_session(
        overheard, transcriber, verbosity, [sink], is_lossless=False, shows_partials=True
    )
    timer = threading.Timer(seconds, session.stop)
    timer.daemon = True
    timer.start()
    try:
        session.run()
    finally:
        timer.cancel()


class _CheckSink:
    """Tells the check what was said."""

    def __init__(self, overheard: Overheard, show: Callable[[Level], object], ends_early: bool) -> None:
        self._overheard = overheard
        self._show = show
        self._ends_early = ends_early

    def next(self, stamped: Stamped) -> None:
        check = self._overheard.check
        match stamped.event:
            case TranscriptUpdate() as update:
                check.words(update.channel, update.text, stamped.wall_seconds)
                if check.is_complete and self._ends_early:
                    self._overheard.close()
            case Status(message=message) if message == LOUDSPEAKERS:
                check.hears_call = True
            case Level() as level:
                self._show(level)

    def close(self) -> None:
        """Nothing is held open."""
