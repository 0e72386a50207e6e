"""`depthcue check`: are both voices heard, and are their words? Before a call, in ten seconds."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from assistant.parts import SPEAKERS
from ui.commands.call_options import add_model_option, add_voice_options, seconds, with_voice_options

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from assistant.values import Channel, Level

EXAMPLES = """\
examples:
  depthcue check                        say something, and let the call play something
  depthcue check --call Zoom --play     and hear what was recorded
  depthcue check --seconds 20

Nothing is kept: what was recorded is held in memory, for --play in a private file that is deleted afterwards. The exit
code is 0 when every voice is heard well with its words, 1 otherwise. It ends as soon as words of both were heard, with
--play only when the time is over."""

_METER_WIDTH = 20
_METER_SECONDS = 0.2
_SOFTEST_DBFS = 60.0


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "check",
        help="before a call: are both voices heard?",
        description="Listens to both sides for some seconds, shows their levels and first words, and says what is "
        "wrong: nothing heard, muted, too soft, clipped, loudspeakers in the microphone.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_voice_options(parser)
    add_model_option(parser)
    parser.add_argument("--seconds", type=seconds, default=10.0, metavar="N", help="listen no longer (10)")
    parser.add_argument("--play", action="store_true", help="play what was recorded, left you, right them")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from assistant.audio.capture import open_live
    from assistant.audio.check import Verdict
    from assistant.plain import plain
    from ui import compose
    from ui.sound_check import LOUDSPEAKERS_NOTE, Overheard, overhear
    from ui.user_settings import user_settings

    settings = with_voice_options(user_settings(), args)
    transcriber = compose.load_transcriber(args.model, settings).for_call(settings.language, settings.glossary)
    overheard, meters = Overheard(open_live(settings.mic, settings.call)), _Meters()
    print(f"Say something, and let the call play something: {args.seconds:.0f} s at most.", flush=True)
    try:
        overhear(overheard, transcriber, settings.verbosity, args.seconds, meters.show, ends_early=not args.play)
    finally:
        meters.end()
    check = overheard.check
    results = check.results()
    for result in results:
        print(f"{SPEAKERS[result.channel]:<5} {plain(result.text)}")
        if result.first_words_seconds is not None:
            print(f'      first words after {result.first_words_seconds:.1f} s: "{plain(result.first_words)}"')
    if check.hears_call:
        print(LOUDSPEAKERS_NOTE)
    if args.play:
        play(overheard.sound())
    return int(not (check.is_complete and all(result.verdict is Verdict.FINE for result in results)))


class _Meters:
    """Levels on one line of a terminal, some times a second. `show` comes from the session's threads."""

    def __init__(self) -> None:
        self._levels: dict[Channel, float] = {}
        self._shown_seconds = 0.0

    def show(self, level: Level) -> None:
        self._levels[level.channel] = level.peak_dbfs
        self._draw()

    def end(self) -> None:
        if sys.stdout.isatty():
            print(flush=True)

    def _draw(self) -> None:
        if not sys.stdout.isatty() or time.monotonic() - self._shown_seconds < _METER_SECONDS:
            return
        self._shown_seconds = time.monotonic()
        meters = [f"{SPEAKERS[name]} [{_bar(level)}]" for name, level in sorted(self._levels.items(), reverse=True)]
        print("\r" + "  ".join(meters), end="", flush=True)


def _bar(level_dbfs: float) -> str:
    full = round(_METER_WIDTH * min(1.0, max(0.0, 1.0 + level_dbfs / _SOFTEST_DBFS)))
    return "#" * full + " " * (_METER_WIDTH - full)


def play(sound: NDArray[np.int16]) -> None:
    """Through the default output, to its end; the file is private and gone afterwards.

    Raises:
        CaptureError: nothing can play it.
    """
    import soundfile

    from assistant.errors import CaptureError
    from assistant.values import SAMPLE_RATE_HZ

    with tempfile.TemporaryDirectory(prefix="depthcue-") as folder:  # 0700
        file = f"{folder}/check.wav"
        soundfile.write(file, sound, SAMPLE_RATE_HZ)
        print("Playing what was recorded ...", flush=True)
        if shutil.which("paplay"):
            done = subprocess.run(["paplay", "--client-name=Depthcue", file], stderr=subprocess.DEVNULL, check=False)
            if done.returncode == 0:
                return
        from assistant.audio.capture.portaudio import load

        sounddevice = load()
        try:
            sounddevice.play(sound, SAMPLE_RATE_HZ, blocking=True)
        except sounddevice.PortAudioError as error:
            raise CaptureError(f"The recording can't be played ({error}). Check the default output.") from error
