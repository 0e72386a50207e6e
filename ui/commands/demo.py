"""`depthcue demo`: the bundled interview, through the same session as a live call."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.languages import ENGLISH
from ui.commands.call_options import add_model_option

if TYPE_CHECKING:
    from assistant.call import Call
    from assistant.settings import Settings

EXAMPLES = """\
examples:
  depthcue demo                     as fast as this computer keeps up, in the terminal
  depthcue demo --realtime          at the speed of speech, with the delays that it measured
  depthcue demo --window            in the side panel, at the speed of speech
  depthcue demo --model base --out demo-output

The interview is invented, its voices are synthetic: an interviewer on the left channel, a candidate on the right."""

FORMATS = ("md", "txt", "json", "srt", "vtt")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "demo",
        help="play the bundled interview",
        description="Plays the bundled two-voice interview through the same session as a live call, and shows who "
        "says what, each flag with its reason, and each follow-up as it comes and goes.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--window", action="store_true", help="in the side panel instead of the terminal")
    parser.add_argument("--realtime", action="store_true", help="at the speed of speech; prints the measured delays")
    parser.add_argument("--out", type=Path, default=Path("demo-output"), metavar="DIR", help="where the files go")
    add_model_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from ui.user_settings import user_settings

    if args.window:
        return _run_in_window(args.model)
    settings = replace(user_settings(), language=ENGLISH, glossary=())  # the user's are about other calls
    return _run_in_terminal(args, settings)


def _run_in_window(model: str) -> int:
    from assistant.settings import load, settings_path
    from ui.panel import run_panel
    from ui.plans import demo_plan
    from ui.preferences import Preferences

    stored, messages = load(settings_path())
    own = {"language": ENGLISH, "glossary": (), "question_set": "product", **({"model": model} if model else {})}
    preferences = Preferences(stored, settings_path(), own, is_damaged=bool(messages))
    return run_panel(preferences, demo_plan(), starts_at_once=True, messages=messages)


def _run_in_terminal(args: argparse.Namespace, settings: Settings) -> int:
    from assistant.audio.files import FileSource
    from assistant.audio.replay import PacedSource
    from assistant.demo import INTERVIEW, TITLE
    from assistant.export import check_writable, export_call
    from assistant.plain import plain
    from assistant.ports import AudioSource
    from ui import compose
    from ui.delays import DelayMeter
    from ui.terminal import TerminalSink, findings

    check_writable(args.out)  # said now, not after the call
    started = time.monotonic()
    transcriber = compose.load_transcriber(args.model, settings)
    print(f"{TITLE}, transcribed on this computer by {transcriber.name}. Left channel: You, right channel: Them.\n")
    source = FileSource(INTERVIEW, channels="split")
    delays = DelayMeter()
    played: AudioSource = PacedSource(source, 1.0) if args.realtime else source
    call = compose.kept_call(
        played,
        transcriber,
        settings,
        title=TITLE,
        consent="Not needed: both voices are synthetic",
        sinks=[TerminalSink(sys.stdout, sys.stdout.isatty(), lambda _: played.close()), delays],
        is_lossless=not args.realtime,
        shows_partials=args.realtime,  # the terminal shows final text only
    ).run()
    files = export_call(call, FORMATS, args.out)
    picture = _draw(call, args.out)
    print(f"\n{findings(call)} in {call.duration_seconds:.0f} s of talk, "
          f"played in {time.monotonic() - started:.0f} s.")  # fmt: skip
    if args.realtime:
        print("Delays measured on this computer, computation included:")
        print("\n".join(f"  {line}" for line in delays.lines()))
    print("The call's files:")
    print("\n".join(f"  {plain(str(path))}" for path in files))
    print(f"The panel's picture:\n  {plain(str(picture))}")
    print(f"Kept in the history: depthcue sessions show {call.id}")
    return 0


def _draw(call: Call, folder: Path) -> Path:
    from ui.desktop.panel_state import PanelState
    from ui.desktop.picture import draw_panel

    picture = folder / "panel.png"
    draw_panel(PanelState.from_call(call), picture)
    return picture
