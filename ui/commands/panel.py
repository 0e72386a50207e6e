"""`depthcue` alone, or `depthcue panel`: the side panel."""

from __future__ import annotations

import argparse

EXAMPLES = """\
examples:
  depthcue
  depthcue panel --model base

1, 2, 3: the card was asked. Shift+1, 2, 3: later. M: mark this moment. Space: pause."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "panel",
        help="open the side panel (also: depthcue alone)",
        description="Opens the side panel: start a call there, or look at one that was kept.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--model", default="", metavar="M", help="a model's name or folder")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from ui import compose
    from ui.panel import live_plan, run_panel

    settings = compose.user_settings()
    return run_panel(settings, args.model, live_plan(settings))
