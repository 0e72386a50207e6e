"""`depthcue` alone, or `depthcue panel`: the side panel."""

from __future__ import annotations

import argparse

from ui.commands.call_options import add_model_option, add_voice_options

EXAMPLES = """\
examples:
  depthcue
  depthcue panel --model base
  depthcue panel --mic "Blue Yeti" --call Firefox

1, 2, 3: the card was asked. Shift+1, 2, 3: later. M: mark this moment. Space: pause."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "panel",
        help="open the side panel (also: depthcue alone)",
        description="Opens the side panel: start a call there, or look at one that was kept.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_voice_options(parser)
    add_model_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from assistant.settings import load, settings_path
    from ui.panel import run_panel
    from ui.plans import live_plan
    from ui.preferences import Preferences

    settings, messages = load(settings_path())
    options = {"mic": args.mic, "call": args.call, "model": args.model or None}
    said = {name: value for name, value in options.items() if value is not None}
    preferences = Preferences(settings, settings_path(), said, is_damaged=bool(messages))
    return run_panel(preferences, live_plan(), messages=messages)
