"""The check of both voices that the panel runs before a call. Runs on the calls' lane, so never beside a call.

Nothing that is heard is kept.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.plain import plain
from assistant.values import SILENCE_DBFS, Channel
from ui.desktop.controls import SideCheck, VoiceCheck

if TYPE_CHECKING:
    from assistant.audio.check import ChannelCheck
    from assistant.ports import AudioSource, Transcriber
    from assistant.values import Level, Verbosity

SECONDS = 12.0


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
        from ui.sound_check import LOUDSPEAKERS_NOTE, Overheard, overhear

        overheard = Overheard(source)
        check = overheard.check
        levels_dbfs = dict.fromkeys(Channel, SILENCE_DBFS)

        def show(level: Level) -> None:
            levels_dbfs[level.channel] = level.peak_dbfs
            sides = (_side(result, levels_dbfs, is_over=False) for result in check.results())
            self._tell(VoiceCheck(tuple(sides), is_running=True))

        self._source = source
        if self._is_over.is_set():
            source.close()
        overhear(overheard, transcriber, verbosity, SECONDS, show)
        return VoiceCheck(
            tuple(_side(result, levels_dbfs, is_over=True) for result in check.results()),
            note=LOUDSPEAKERS_NOTE if check.hears_call else "",
        )


def _side(result: ChannelCheck, levels_dbfs: dict[Channel, float], is_over: bool) -> SideCheck:
    from assistant.audio.check import Verdict

    is_fine = result.verdict is Verdict.FINE and result.first_words_seconds is not None
    words = f" “{plain(result.first_words)}”" if result.first_words else ""
    text = result.text[:1].upper() + result.text[1:]
    said = f"{text}.{words}".replace("..", ".") if is_over or is_fine else "Listening…"
    return SideCheck(result.channel, said, levels_dbfs[result.channel], True if is_fine else False if is_over else None)
