"""`depthcue`: the command line. Translates errors once, into one message and an exit code; no traceback reaches a user.

Exit codes: 0 done, 1 it could not be done, 2 the command was not understood.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

# NumPy's BLAS would take every core for matrices of a few kilobytes and steal them from the speech engine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from assistant.errors import AssistantError

COMMANDS = ("panel", "demo", "listen", "transcribe", "replay", "review", "sessions", "models", "devices")

EXAMPLES = """\
examples:
  depthcue                                open the side panel
  depthcue demo                           play the bundled interview in the terminal
  depthcue listen                         transcribe and review a live call in the terminal
  depthcue transcribe call.mp4            turn a recording into a transcript with its evidence
  depthcue review transcript.vtt          review a transcript that another program made
  depthcue sessions export last --format md,srt --out .
  depthcue doctor                         what is wrong, and how to mend it

Everything stays on this computer. `depthcue COMMAND --help` explains a command."""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="depthcue",
        description="Listens to both sides of an interview, writes down what is said, marks vague and number-only "
        "claims, and suggests what to ask next.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"depthcue {version('depthcue')}")
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name in COMMANDS:
        importlib.import_module(f"ui.commands.{name}").add_parser(subparsers)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the value is the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # whatever the locale says
    given = list(sys.argv[1:] if arguments is None else arguments)
    args = parser().parse_args(given or ["panel"])
    try:
        return int(args.run(args))
    except AssistantError as error:
        print(f"depthcue: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("depthcue: stopped.", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("DEPTHCUE_TRACEBACK"):
            raise
        print(
            f"depthcue: a fault in the program ({type(error).__name__}: {error}). What was recorded or written is "
            "kept. Set DEPTHCUE_TRACEBACK=1 and run it again to see where, and report it.",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main())
