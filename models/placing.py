"""Our models folder, `data_folder/models/<name>/`: models come into it whole or not at all.

Each holds a record, `depthcue.json`, of where it came from and of the SHA-256 of its files.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ModelError
from models.catalog import megabytes
from models.integrity import CHUNK_BYTES, write_private

RECORD = "depthcue.json"
SPARE_BYTES = 50_000_000  # that a model must not take from calls
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept beside a model's files. `sha256` maps file names to digests."""

    source: str
    sha256: Mapping[str, str]


def models_folder(data_folder: Path) -> Path:
    return data_folder / "models"


def is_name(text: str) -> bool:
    """Can this be a model's name, and so a folder's? Never a path or a hidden folder."""
    return _NAME.fullmatch(text) is not None and not text.endswith(".")


def read_record(folder: Path) -> Record | None:
    try:
        table = json.loads((folder / RECORD).read_bytes())
        return Record(str(table["source"]), {str(name): str(digest) for name, digest in table["sha256"].items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # missing, or not as we write it
        return None


@contextmanager
def staging(data_folder: Path, needed_bytes: int) -> Iterator[Path]:
    """A private folder beside the models, removed at the end; what is in it can be settled.

    Raises:
        ModelError: it can't be written, or the disk has no room for `needed_bytes`.
    """
    parent = models_folder(data_folder)
    check_room(data_folder, needed_bytes)
    try:
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=".staging-"))
    except OSError as error:
        raise cannot_write(parent, error) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_room(data_folder: Path, needed_bytes: int) -> None:
    """Make the models folder. Raises ModelError if that fails, or the disk has no room for `needed_bytes` more."""
    parent = models_folder(data_folder)
    try:
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        free = shutil.disk_usage(parent).free
    except OSError as error:
        raise cannot_write(parent, error) from error
    if free < needed_bytes + SPARE_BYTES:
        raise ModelError(
            f"{megabytes(needed_bytes)} more are needed for the model, beside {megabytes(SPARE_BYTES)} that stay free "
            f"for calls, and {str(parent)!r} has only {megabytes(free)} left. Make room on that disk and try again; "
            "nothing was changed."
        )


def cannot_write(path: Path, error: OSError) -> ModelError:
    return ModelError(
        f"The model can't be written to {str(path)!r} ({error.strerror or error}). Nothing that was there has changed. "
        "Make room or make the folder writable, and try again."
    )


def chunks_of(*paths: Path) -> Iterator[bytes]:
    """The contents of the files one after the other. Raises OSError."""
    for path in paths:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


def write_new(target: Path, chunks: Iterable[bytes], limit_bytes: int) -> tuple[int, str]:
    """Write the file `target`. Its size and its SHA-256.

    Raises:
        ModelError: there is more than `limit_bytes`. OSError: it can't be read or written.
    """
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        target.chmod(0o600)
        for chunk in chunks:
            size += len(chunk)
            if size > limit_bytes:
                raise ModelError(
                    f"{target.name} is larger than such a file may be ({limit_bytes:,} bytes), so it is no part of a "
                    "speech model. Nothing was taken; get the model from where it is published."
                )
            digest.update(chunk)
            file.write(chunk)
    return size, digest.hexdigest()


def settle(staged: Path, name: str, record: Record, data_folder: Path) -> Path:
    """Make the whole model in `staged` the one called `name`, in place of one that was there. Its folder.

    Raises:
        ModelError: it can't be written; what was there stays.
    """
    target = models_folder(data_folder) / name
    try:
        write_private(staged / RECORD, json.dumps({"source": record.source, "sha256": dict(record.sha256)}, indent=1))
        if target.exists():  # a folder that is not empty can't be replaced in one step
            old = Path(tempfile.mkdtemp(dir=target.parent, prefix=".old-"))
            target.rename(old / name)
            try:
                staged.rename(target)
            except OSError:
                (old / name).rename(target)
                raise
            finally:
                shutil.rmtree(old, ignore_errors=True)
        else:
            staged.rename(target)
        target.chmod(0o700)
    except OSError as error:
        raise cannot_write(target, error) from error
    return target
