"""Whether a history is encrypted at all, and who is asked for its passphrase. Every start looks here, so nothing else
is loaded for it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

FILE_NAME = "encryption.json"
COPY_NAME = "encryption.copy.json"

_ask: Callable[[Path], object] | None = None


def is_encrypted(folder: Path) -> bool:
    """Whether the history in `folder` is encrypted, or on its way to or from it."""
    return (folder / FILE_NAME).exists() or (folder / COPY_NAME).exists()


def ask_by(ask: Callable[[Path], object] | None) -> None:
    """How a locked history is opened where its key is needed: `ask(folder)` gets a person to give a secret to
    `assistant.sealing.vault.unlock`. None: whoever needs the key is told that it is locked."""
    global _ask
    _ask = ask


def ask(folder: Path) -> None:
    """Have somebody asked, if there is a way."""
    if _ask is not None:
        _ask(folder)
