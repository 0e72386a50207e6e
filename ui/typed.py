"""What is typed into the terminal while a call runs: a line is a note for this moment, and a `p` pauses.

A thread of its own reads the terminal as the operating system gives it, line by line: a read of Python's own would hold
a lock for as long as nobody types, and the program could not end.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

PAUSE = "p"
HELP = f"Enter marks this moment, with what you typed before it as a note; {PAUSE} and Enter pause, and go on."
_READ_BYTES = 4096  # what a terminal gives at once
_IN_BACKGROUND_SECONDS = 1.0


@contextlib.contextmanager
def typed_lines(take: Callable[[str], object]) -> Iterator[None]:
    """Inside, `take` gets each line from the terminal, without its end, on a thread of its own. Where the standard
    input is no terminal it belongs to somebody else, and is left alone."""
    terminal = _terminal()
    if terminal is None:
        yield
        return
    is_over = threading.Event()
    reader = threading.Thread(target=_read, args=(terminal, take, is_over), name="typed lines", daemon=True)
    with _may_go_to_the_background():
        reader.start()
        try:
            yield
        finally:
            is_over.set()


def _terminal() -> int | None:
    """The file descriptor of the standard input, if that is a terminal."""
    try:
        descriptor = sys.stdin.fileno()
    except (OSError, ValueError):  # whoever runs us put something else in its place
        return None
    return descriptor if os.isatty(descriptor) else None


def _read(terminal: int, take: Callable[[str], object], is_over: threading.Event) -> None:
    rest = b""
    while not is_over.is_set():
        try:
            data = os.read(terminal, _READ_BYTES)
        except OSError:  # the terminal belongs to another program just now, or is gone
            is_over.wait(_IN_BACKGROUND_SECONDS)
            continue
        if not data:  # the end of a file, Ctrl+D
            return
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            if not is_over.is_set():
                take(line.decode(errors="replace").strip())


@contextlib.contextmanager
def _may_go_to_the_background() -> Iterator[None]:
    """A program in the background that wants to read would be stopped, in the middle of a call; here its read fails."""
    if not hasattr(signal, "SIGTTIN"):  # Windows
        yield
        return
    before = signal.signal(signal.SIGTTIN, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGTTIN, before)
