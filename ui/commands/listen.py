"""`depthcue listen`: a live call in the terminal."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from ui.commands.call_options import add_model_option, add_voice_options, seconds, with_voice_options
from ui.commands.speech_options import add_speech_options, with_speech_options

if TYPE_CHECKING:
    from assistant.settings import Settings
    from assistant.store import Store
    from assistant.values import Channel
    from ui.kept_call import KeptCall

EXAMPLES = """\
examples:
  depthcue listen                                  the default microphone, and what the loudspeakers play
  depthcue listen --call Zoom                      the sound of one program (see `depthcue devices`)
  depthcue listen --mic none --call "Headphones"   only the other side
  depthcue listen --events call.jsonl --seconds 60

Ctrl+C ends the call and keeps everything. Enter marks the moment, with what you typed before it as a note; p and Enter
pause the call, and go on with it. Ask everyone on the call before you record them, then give --consent; without it you
are asked. What was answered is kept with the call and stands in every export."""
_CLOSING = "The call has ended and is being closed: it can't {} any more."


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "listen",
        help="transcribe and review a live call in the terminal",
        description="Records both sides of a call, transcribes them as they speak, flags vague and number-only "
        "claims and suggests follow-ups.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_voice_options(parser)
    add_model_option(parser)
    add_speech_options(parser)
    parser.add_argument("--verbosity", choices=("quiet", "normal", "eager"), help="how much is worth saying")
    parser.add_argument("--title", default=None, help="the role that is interviewed for")
    consent = parser.add_mutually_exclusive_group()
    consent.add_argument("--consent", action="store_true", help="everyone on the call has agreed to be recorded")
    consent.add_argument("--without-consent", action="store_true", help="record without an answer; that is kept, too")
    parser.add_argument("--events", type=Path, metavar="OUT.jsonl", help="write the event log there")
    parser.add_argument("--seconds", type=seconds, metavar="N", help="end by itself after so long")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from assistant.audio.recorder import RecorderSource
    from ui import compose
    from ui.terminal import TerminalSink, findings
    from ui.typed import typed_lines
    from ui.unlocking import unlock_history
    from ui.user_settings import user_settings

    consent = _consent(args)
    unlock_history()  # while nothing is heard yet
    settings = with_voice_options(with_speech_options(user_settings(args.verbosity), args), args)
    transcriber = compose.load_transcriber(args.model, settings)
    source = RecorderSource(settings.mic, settings.call)
    kept = compose.kept_call(
        source,
        transcriber,
        settings,
        title=args.title or settings.title or "Interview",
        consent=consent,
        sinks=[TerminalSink(sys.stdout, sys.stdout.isatty(), _goes_on)],
        events=args.events,
        shows_partials=args.events is not None,
    )
    with _signals_stop(kept.session.stop), typed_lines(partial(_do_typed, kept)):
        _greet(source.channels, transcriber.name, args.without_consent)
        if args.seconds:
            timer = threading.Timer(args.seconds, kept.session.stop)
            timer.daemon = True
            timer.start()
        call = kept.run()
        _tell(f"\nKept: {call.duration_seconds:.0f} s, {findings(call)}. depthcue sessions show {call.id}")
    if settings.second_pass:
        _transcribe_again(kept.store, call.id, settings)
    return 0


def _do_typed(call: KeptCall, line: str) -> None:
    """What was typed while the call runs, on the thread that reads the terminal."""
    from ui.typed import PAUSE

    if line.casefold() != PAUSE:
        if not call.session.mark(line):
            _tell(_CLOSING.format("be marked"))
    elif call.is_paused:
        _tell("Recording again." if call.resume(time.monotonic()) else _CLOSING.format("go on"))
    elif not call.pause(time.monotonic()):
        _tell(_CLOSING.format("be paused"))


def _transcribe_again(store: Store, session_id: str, settings: Settings) -> None:
    """Ctrl+C ends this, too, as it ends any command: the live version is kept then, and it can be done later."""
    from assistant.plain import plain
    from ui.progress import with_progress
    from ui.second_pass import transcribe_after_call
    from ui.terminal import findings

    _tell("Transcribing it once more, without haste. Ctrl+C leaves it at what was heard live.")
    call = transcribe_after_call(store, session_id, settings, with_progress(session_id))
    _tell(f"Transcribed once more by {plain(call.model)}: {findings(call)}.")


def _consent(args: argparse.Namespace) -> str:
    """What is kept with the call. Raises RecordingError: nobody has agreed, so nothing is recorded."""
    from assistant.errors import RecordingError
    from ui import compose

    if args.without_consent:
        return compose.consent_not_asked()
    if args.consent:
        return compose.consent_given()
    if not sys.stdin.isatty():
        raise RecordingError(
            "Nothing is recorded: has everyone on the call agreed to be recorded and transcribed? Ask them and use "
            "--consent. To record without an answer on purpose there is --without-consent; the call says so, then."
        )
    try:
        answer = input("Has everyone on the call agreed to be recorded and transcribed? [y/N] ")
    except EOFError:
        answer = ""
    if answer.strip().casefold() not in ("y", "yes"):
        raise RecordingError("Nothing is recorded. Ask everyone on the call, then start again.")
    return compose.consent_given()


def _greet(channels: tuple[Channel, ...], model: str, is_without_consent: bool) -> None:
    from assistant.plain import plain
    from assistant.values import Channel
    from ui.typed import HELP

    alone = {Channel.YOU: "only your voice", Channel.THEM: "only the other side"}
    voices = "both voices" if len(channels) > 1 else alone[channels[0]]
    _tell(f"Recording {voices}; transcribed on this computer by {plain(model)}. Ctrl+C ends the call.")
    if sys.stdin.isatty():
        _tell(HELP)
    if is_without_consent:
        _tell("No consent is noted, and that is kept with the call. Such a recording can be against the law.")


def _tell(text: str) -> None:
    try:
        print(text, flush=True)
    except OSError as error:
        _goes_on(error)


def _goes_on(error: OSError) -> None:
    """A call is not lost because a window was closed or a pipe broke."""
    with contextlib.suppress(OSError):  # the terminal itself may have gone
        print(
            f"depthcue: nobody can read the output any more ({error.strerror}), but the call goes on being recorded. "
            "Ctrl+C ends it and keeps everything.",
            file=sys.stderr,
        )


@contextlib.contextmanager
def _signals_stop(stop: Callable[[], None]) -> Iterator[None]:
    """Inside, Ctrl+C or a polite kill ends the call and keeps everything; it is not an error. Afterwards they mean what
    they did before."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        # Not from inside the handler: it may have interrupted a read that holds the source's lock.
        threading.Thread(target=stop, daemon=True).start()

    names = ("SIGINT", "SIGTERM", "SIGHUP")  # the last one: its terminal was closed; Windows has none
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = [(number, signal.signal(number, handle)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
