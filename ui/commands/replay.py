"""`depthcue replay`: a recording as if it were live."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ui.commands.call_options import add_model_option
from ui.commands.speech_options import add_speech_options, with_speech_options

EXAMPLES = """\
examples:
  depthcue replay call.flac                               at the speed of speech
  depthcue replay call.flac --speed 100 --events out.jsonl
  depthcue replay call.flac --verbosity quiet

Stereo is one voice a channel: left You, right Them. Above real-time speed the recording waits for the transcription, so
the final words, flags and follow-ups are the same at any speed. Nothing is stored but the event log."""

REAL_TIME = 1.0
SLOWEST = 0.01


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "replay",
        help="play a recording as if it were a live call",
        description="Plays a recording through the same session as a live call, with its event log.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a recording")
    parser.add_argument("--speed", type=speed, default=REAL_TIME, metavar="X", help="1 is the speed of speech")
    parser.add_argument("--events", type=Path, metavar="OUT.jsonl", help="write the event log there")
    add_model_option(parser)
    add_speech_options(parser)
    parser.add_argument("--verbosity", choices=("quiet", "normal", "eager"), help="how much is worth saying")
    parser.set_defaults(run=run)


def speed(text: str) -> float:
    value = float(text)
    if not SLOWEST <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no speed: it must be {SLOWEST} or more")
    return value


def _spare_the_recording(recording: Path, events: Path | None) -> None:
    from assistant.errors import ExportError
    from assistant.plain import plain

    if events is not None and events.exists() and recording.exists() and events.samefile(recording):
        raise ExportError(
            f"The event log would replace the recording {plain(str(recording))}. Choose another place with --events."
        )


def run(args: argparse.Namespace) -> int:
    from assistant.audio.files import FileSource
    from assistant.audio.replay import PacedSource
    from assistant.event_log import EventLog
    from assistant.ports import Sink
    from ui import compose
    from ui.delays import DelayMeter
    from ui.echo_removal import echo_removal
    from ui.terminal import TerminalSink
    from ui.user_settings import user_settings

    settings = with_speech_options(user_settings(args.verbosity), args)
    _spare_the_recording(args.file, args.events)
    source = PacedSource(FileSource(args.file), args.speed)
    loaded = compose.load_transcriber(args.model, settings)
    transcriber = loaded.for_call(settings.language, settings.glossary)
    delays = DelayMeter()
    # Without a log nobody would get anything of what comes after the reader has gone.
    unheard = (lambda _: None) if args.events else (lambda _: source.close())
    terminal = TerminalSink(sys.stdout, sys.stdout.isatty(), unheard)
    sinks: list[Sink] = [terminal, delays]
    if args.events:
        sinks.append(EventLog(args.events))
    compose.recording_session(
        source,
        transcriber,
        settings.verbosity,
        sinks,
        is_lossless=args.speed > REAL_TIME,
        shows_partials=args.events is not None or args.speed == REAL_TIME,
        refines=settings.refine_finals,
        asks=compose.follow_ups(settings),
        echo=echo_removal(settings),
    ).run()
    if terminal.failure is not None:
        if args.events:
            return 0
        raise terminal.failure
    if args.speed == REAL_TIME:
        print("Delays measured on this computer, computation included:")
        print("\n".join(f"  {line}" for line in delays.lines()))
    return 0
