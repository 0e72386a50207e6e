"""Is a file what it should be: SHA-256 with a memory, and the shape of a CTranslate2 Whisper model.

A digest of unchanged files (size and time of change) is computed once; start-up stays fast.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from assistant.errors import ModelError
from models.catalog import CATALOG, WEIGHTS, CatalogEntry
from models.weights_format import whisper_variables

CHUNK_BYTES = 1 << 20
VOCABULARIES = ("vocabulary.txt", "vocabulary.json")
REQUIRED = (WEIGHTS, "config.json", "tokenizer.json")
OPTIONAL = ("preprocessor_config.json",)
MODEL_FILES = frozenset((*REQUIRED, *VOCABULARIES, *OPTIONAL))


class Digests:
    """SHA-256 of files, remembered in the file `memory` as long as size and time of change stay the same."""

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._known = _read_table(memory)

    def sha256(self, pieces: Sequence[Path]) -> str:
        """The digest of the files' contents one after the other. Raises OSError where one can't be read."""
        key = os.pathsep.join(str(piece.absolute()) for piece in pieces)
        state = [[stat.st_size, stat.st_mtime_ns] for stat in (piece.stat() for piece in pieces)]
        known = self._known.get(key)
        if isinstance(known, dict) and known.get("state") == state and isinstance(known.get("sha256"), str):
            return str(known["sha256"])
        digest = hashlib.sha256()
        for piece in pieces:
            with piece.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    digest.update(chunk)
        self._remember(key, state, digest.hexdigest())
        return digest.hexdigest()

    def _remember(self, key: str, state: list[list[int]], sha256: str) -> None:
        self._known = {**_read_table(self._memory), key: {"state": state, "sha256": sha256}}
        with suppress(OSError):  # where nothing can be written, the next start takes longer and is just as safe
            write_private(self._memory, json.dumps(self._known, indent=1))


def _read_table(path: Path) -> dict[str, Any]:
    try:
        table = json.loads(path.read_bytes())
    except (OSError, ValueError):  # missing or damaged: everything is computed again
        return {}
    return table if isinstance(table, dict) else {}


def write_private(path: Path, text: str) -> None:
    """Replace `path` atomically by a file that only the user can read. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # 0600, and no two writers share it
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(part).replace(path)
    except OSError:
        Path(part).unlink(missing_ok=True)
        raise


def match(sizes: Mapping[str, int], digests: Mapping[str, str]) -> tuple[CatalogEntry | None, tuple[str, ...]]:
    """The catalogue's model that these files are, and the names of those that it has otherwise.

    A model with differing files is only named where it is meant beyond doubt: the weights are the catalogue's, or all
    sizes are and some of the digests.
    """
    for entry in CATALOG.values():
        wrong = tuple(file.name for file in entry.files if digests.get(file.name) != file.sha256)
        same_sizes = all(sizes.get(file.name) == file.size_bytes for file in entry.files)
        if not wrong or WEIGHTS not in wrong or (same_sizes and len(wrong) < len(entry.files)):
            return entry, wrong
    return None, ()


def check_layout(folder: Path) -> tuple[Path, ...]:
    """The files of the CTranslate2 Whisper model in `folder`.

    Raises:
        ModelError: a file is missing, or is visibly not what its name says.
    """
    for name in REQUIRED:
        if not (folder / name).is_file():
            raise ModelError(
                f"The folder {str(folder)!r} has no {name}, so it is no Whisper model in CTranslate2's form or only "
                "part of one. Copy the whole model again, or choose another: `depthcue models list`."
            )
    if not any((folder / name).is_file() for name in VOCABULARIES):
        raise ModelError(
            f"The folder {str(folder)!r} has no {' or '.join(VOCABULARIES)}, so its words can't be read. "
            "Copy the whole model again, or choose another: `depthcue models list`."
        )
    files = tuple(folder / name for name in sorted(MODEL_FILES) if (folder / name).is_file())
    for path in files:
        try:
            if path.name == WEIGHTS:
                _check_weights(path)
            elif path.suffix == ".json":
                json.loads(path.read_bytes())
        except (ValueError, EOFError, RecursionError) as error:
            raise ModelError(
                f"The file {str(path)!r} is damaged or no part of a Whisper model in CTranslate2's form ({error}). "
                "It was not loaded. Copy the whole model again, or choose another: `depthcue models list`."
            ) from error
        except OSError as error:
            raise ModelError(f"The file {str(path)!r} can't be read ({error.strerror}).") from error
    return files


def _check_weights(path: Path) -> None:
    """Raises ValueError: it is another model. EOFError: it ends early."""
    with path.open("rb") as file:
        deque(whisper_variables(file), maxlen=0)
