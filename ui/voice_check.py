"""The check of both voices that the panel runs before a call. Runs on the calls' lane, so never beside a call.

Nothing that is heard is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.plain import plain
from assistant.values import Channel, Level, Stamped, Status, TranscriptUpdate
from ui.desktop.controls import SideCheck, VoiceCheck

if TYPE_CHECKING:
    from assistant.audio.check import ChannelCheck, SoundCheck
    from assistant.ports import AudioSource, Transcriber
    from assistant.values import Verbosity

SECONDS = 12.0
_LOUDSPEAKERS = "Your microphone hears the call: loudspeakers are in use. A headset is better."
_SILENCE_DBFS = -96.0


class RunningCheck:
    """One check. `run` it once, on one thread; `stop` may be called from any, also before."""

    def __init__(self, tell: Callable[[VoiceCheck], object]) -> None:
        """`tell` is called from the threads of the session, some ten times a second."""
        self._tell = tell
        self._is_over = threading.Event()
        self._source: AudioSource | None = None

    def stop(self) -> None:
        self._is_over.set()
        if (source := self._source) is not None:
            source.close()

    def run(self, source: AudioSource, transcriber: Transcriber, verbosity: Verbosity) -> VoiceCheck:
        """Until words of both were seen, or the time is over, or it is stopped.

        Raises:
            AssistantError: a device or the engine failed.
        """
        from assistant.audio.check import SoundCheck
        from ui import compose
        from ui.commands.check import Overheard

        check = SoundCheck(source.channels)
        self._source = source
        view = _View(check, self._tell, self.stop)
        session = compose.recording_session(
            Overheard(source, check), transcriber, verbosity, [view], is_lossless=False, shows_partials=True
        )
        timer = threading.Timer(SECONDS, self.stop)
        timer.daemon = True
        timer.start()
        if self._is_over.is_set():
            source.close()
        try:
            session.run()
        finally:
            timer.cancel()
        return VoiceCheck(
            tuple(_side(result, view.levels_dbfs, is_over=True) for result in check.results()),
            note=_LOUDSPEAKERS if check.hears_call else "",
        )


class _View:
    """A sink: tells the check what was said, and the panel what the check says."""

    def __init__(self, check: SoundCheck, tell: Callable[[VoiceCheck], object], stop: Callable[[], None]) -> None:
        self._check, self._tell, self._stop = check, tell, stop
        self.levels_dbfs = dict.fromkeys(Channel, _SILENCE_DBFS)

    def next(self, stamped: Stamped) -> None:
        from assistant.session import LOUDSPEAKERS

        match stamped.event:
            case TranscriptUpdate() as update:
                self._check.words(update.channel, update.text, stamped.wall_seconds)
                if self._check.is_complete:
                    self._stop()
            case Status(message=message) if message == LOUDSPEAKERS:
                self._check.hears_call = True
            case Level() as level:
                self.levels_dbfs[level.channel] = level.peak_dbfs
                sides = (_side(result, self.levels_dbfs, is_over=False) for result in self._check.results())
                self._tell(VoiceCheck(tuple(sides), is_running=True))

    def close(self) -> None:
        """Nothing is held open."""


def _side(result: ChannelCheck, levels_dbfs: dict[Channel, float], is_over: bool) -> SideCheck:
    from assistant.audio.check import Verdict

    is_fine = result.verdict is Verdict.FINE and result.first_words_seconds is not None
    words = f" “{plain(result.first_words)}”" if result.first_words else ""
    text = result.text[:1].upper() + result.text[1:]
    said = f"{text}.{words}".replace("..", ".") if is_over or is_fine else "Listening…"
    return SideCheck(result.channel, said, levels_dbfs[result.channel], True if is_fine else False if is_over else None)
