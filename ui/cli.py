"""`depthcue`: the command line. Translates errors once, into one message and an exit code; no traceback reaches a user.

Exit codes: 0 done, 1 it could not be done, 2 the command was not understood.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from types import FrameType

# NumPy's BLAS would take every core for matrices of a few kilobytes and steal them from the speech engine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import models  # noqa: F401 how engines use memory counts from the first thread on
from assistant.errors import AssistantError
from assistant.plain import harmless
from assistant.sealing import gate

COMMANDS = ("panel", "demo", "listen", "transcribe", "replay", "review", "sessions", "models", "devices", "check")

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
    _prepare_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        with _interrupts_end_the_command():
            args = parser().parse_args(given or ["panel"])
            gate.ask_by(_ask_for_passphrase)
            code = int(args.run(args))
            _flush_output()
            return code
    except AssistantError as error:
        _say(str(error))
    except KeyboardInterrupt:
        _say("stopped. What was recorded or written so far is kept.")
    except BrokenPipeError:  # the reader of our output has gone, as `head` does: nobody to tell anything
        _abandon_output()
    except Exception as error:
        if os.environ.get("DEPTHCUE_TRACEBACK"):
            raise
        if isinstance(error, OSError) and error.filename is None and not _can_be_written():
            _abandon_output()
            _say(f"the output can't be written ({error.strerror}). What was recorded or written to files is kept.")
        else:
            _say(
                f"a fault in the program ({type(error).__name__}: {error}). What was recorded or written is kept. "
                "Set DEPTHCUE_TRACEBACK=1 and run it again to see where, and report it."
            )
    return 1


def _ask_for_passphrase(data_folder: Path) -> None:
    from ui.unlocking import ask_in_terminal

    ask_in_terminal(data_folder)


def _flush_output() -> None:
    """What a command has printed last. A reader that has gone before the end does not make a done command fail."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _abandon_output()


def _say(message: str) -> None:
    """An error, for a person. Names of files and devices in it must not steer the terminal."""
    print(f"depthcue: {harmless(message)}", file=sys.stderr)


def _prepare_streams() -> None:
    if sys.platform != "win32":
        # A standard stream that is closed leaves its number to the next file that is opened, and whatever a library
        # prints would end up in there: in the database, say.
        while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
            pass
        os.close(descriptor)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # as long as we live
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")  # whatever the locale says


@contextmanager
def _interrupts_end_the_command() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl+C does: files are closed, and the exit code is one of ours.

    Only the first one counts: a second one would tear down what the first one is closing, under a thread that decodes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    is_ending = False

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal is_ending
        if not is_ending:
            is_ending = True
            raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            # Python's own last steps are no time to be interrupted either.
            signal.signal(number, signal.SIG_IGN if is_ending else handler)


def _can_be_written() -> bool:
    try:
        print(flush=True)
    except OSError:
        return False
    return True


def _abandon_output() -> None:
    """What waits to be written can't be: Python must not stumble over it once more at the very end."""
    with suppress(OSError):  # also a stream without a file behind it, in a test
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
