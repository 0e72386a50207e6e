"""Brings a model from a folder or an archive into our models folder. What is wrong with it is found before it is there.

Archives are hostile: nothing is unpacked but the few files of a model, under our own names, with a limit for each.
"""

from __future__ import annotations

import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, NoReturn

from assistant.errors import ModelError
from models.catalog import CATALOG, WEIGHTS
from models.integrity import CHUNK_BYTES, MODEL_FILES, check_layout, match
from models.placing import (
    Record,
    is_name,
    models_folder,
    read_record,
    settle,
    staging,
    write_new,
)
from models.weights import ModelFolder

LARGEST_WEIGHTS_BYTES = 8 << 30  # twice the largest Whisper model in 16 bits
LARGEST_OTHER_BYTES = 64 << 20
LARGEST_ARCHIVE_BYTES = 10 << 30  # unpacked
MOST_MEMBERS = 10_000
HIGHEST_RATIO = 200  # weights hardly shrink, vocabularies to a fifth
DEEPEST = 3  # folders between the given one and the model, as in a hub's cache


@dataclass(frozen=True, slots=True)
class _Item:
    """A file that may be taken: its path in the folder or archive, its size as declared, and its content."""

    path: PurePosixPath
    size_bytes: int
    open: partial[IO[bytes]]


def import_model(path: Path, data_folder: Path, name: str = "") -> ModelFolder:
    """Copy the model in the folder or archive `path`. The catalogue's models are known by their digests; another
    needs a `name` of its own.

    Raises:
        ModelError: it can't be read, is no whole model, or the name can't be used. What was there stays as it was.
    """
    if name and (not is_name(name) or name in CATALOG):
        raise ModelError(
            f"{name!r} can't be the name of an imported model: "
            + ("it belongs to the catalogue." if name in CATALOG else "use letters, digits, '.', '_' and '-'.")
        )
    try:
        with _items(path) as items:
            return _take(_one_model(items, path), path, data_folder, name)
    except (zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, NotImplementedError) as error:
        raise ModelError(
            f"The archive {str(path)!r} is damaged ({error}). Nothing was imported. Download or copy it again."
        ) from error
    except OSError as error:
        raise ModelError(
            f"The model could not be copied from {str(path)!r} ({error}). Nothing was imported."
        ) from error
    except RuntimeError as error:  # how zipfile says that a password is wanted
        raise ModelError(f"{str(path)!r} can't be read ({error}). Unpack it and import the folder.") from error


def _take(items: Sequence[_Item], path: Path, data_folder: Path, name: str) -> ModelFolder:
    sizes: dict[str, int] = {}
    sha256: dict[str, str] = {}
    with staging(data_folder, sum(item.size_bytes for item in items)) as staged:
        for item in items:
            file = item.path.name
            limit = LARGEST_WEIGHTS_BYTES if file == WEIGHTS else LARGEST_OTHER_BYTES
            with item.open() as source:
                chunks = iter(partial(source.read, CHUNK_BYTES), b"")
                sizes[file], sha256[file] = write_new(staged / file, chunks, min(limit, item.size_bytes))
        try:
            check_layout(staged)
        except ModelError as error:
            raise ModelError(str(error).replace(str(staged), str(path))) from error
        name = _named(sizes, sha256, path, data_folder, name)
        source_text = f"imported from {path}"
        folder = settle(staged, name, Record(source_text, sha256), data_folder)
    return ModelFolder(name, folder, source_text, CATALOG.get(name))


def _named(sizes: Mapping[str, int], sha256: Mapping[str, str], path: Path, data_folder: Path, name: str) -> str:
    """The name under which to keep these files."""
    entry, wrong = match(sizes, sha256)
    if entry is not None and not wrong:
        return entry.name
    if not name:
        looks = (
            f"It looks like {entry.name!r}, but its {' and '.join(wrong)} differs: it may be damaged. "
            if entry is not None
            else ""
        )
        raise ModelError(
            f"The model in {str(path)!r} is none of the catalogue's ({', '.join(CATALOG)}). {looks}Nothing was "
            "imported. If you trust where it came from, import it under a name of its own: add --name NAME."
        )
    record = read_record(models_folder(data_folder) / name)
    if (models_folder(data_folder) / name).exists() and (record is None or dict(record.sha256) != dict(sha256)):
        raise ModelError(
            f"There is another model named {name!r} already. Choose another --name, or remove the folder "
            f"{str(models_folder(data_folder) / name)!r} first."
        )
    return name


def _one_model(items: Iterable[_Item], path: Path) -> list[_Item]:
    """The files of the one model among the items."""
    wanted = [item for item in items if item.path.name in MODEL_FILES]
    folders = sorted({item.path.parent for item in wanted if item.path.name == WEIGHTS})
    if not folders:
        raise ModelError(
            f"There is no {WEIGHTS} in {str(path)!r}, so it is no Whisper model in CTranslate2's form or only part of "
            "one. Models in another form (.pt, .safetensors, .gguf) can't be used."
        )
    if len(folders) > 1:
        named = ", ".join(repr(str(folder)) for folder in folders[:5])
        raise ModelError(f"There are {len(folders)} models in {str(path)!r}: {named}. Import them one by one.")
    return [item for item in wanted if item.path.parent == folders[0]]


@contextmanager
def _items(path: Path) -> Iterator[list[_Item]]:
    """What is in a folder or archive. Raises ModelError where it is neither, or the archive is not to be trusted."""
    if path.is_dir():
        yield _folder_items(path)
    elif not path.is_file():
        raise ModelError(f"There is no folder or file {str(path)!r}. Give the folder or the archive with the model.")
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield _zip_items(archive, path)
    elif tarfile.is_tarfile(path):
        with tarfile.open(path) as archive:
            yield _tar_items(archive, path)
    else:
        raise ModelError(f"{str(path)!r} is neither a folder nor a .zip or .tar archive with a model.")


def _folder_items(path: Path) -> list[_Item]:
    """The model files of the highest folders that have weights. Links are followed: a hub's cache consists of them."""
    for depth in range(DEEPEST + 1):
        found = sorted(path.glob("/".join(["*"] * depth + [WEIGHTS])))
        if found:
            files = [weights.parent / name for weights in found for name in sorted(MODEL_FILES)]
            return [
                _Item(PurePosixPath(file.as_posix()), file.stat().st_size, partial(file.open, "rb"))
                for file in files
                if file.is_file()
            ]
    return []


def _zip_items(archive: zipfile.ZipFile, path: Path) -> list[_Item]:
    guard, items = _Guard(path), []
    for member in archive.infolist():
        guard.admit(member.filename, member.file_size, is_special=stat.S_ISLNK(member.external_attr >> 16))
        if not member.is_dir():
            name = PurePosixPath(member.filename)
            items.append(_Item(name, member.file_size, partial(archive.open, member)))
    return items


def _tar_items(archive: tarfile.TarFile, path: Path) -> list[_Item]:
    guard, items = _Guard(path), []
    for member in archive:  # one by one, so that a bomb is seen before it is unpacked
        guard.admit(member.name, member.size, is_special=not (member.isreg() or member.isdir()))
        if member.isreg():
            items.append(_Item(PurePosixPath(member.name), member.size, partial(_open_member, archive, member)))
    return items


def _open_member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    source = archive.extractfile(member)
    if source is None:
        raise tarfile.ReadError(f"{member.name!r} holds no data")
    return source


class _Guard:
    """Refuses archives that were made to harm. Each member has to be admitted before its content is touched."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._names: set[str] = set()
        self._total_bytes = 0
        self._limit_bytes = min(LARGEST_ARCHIVE_BYTES, HIGHEST_RATIO * path.stat().st_size)

    def admit(self, name: str, size_bytes: int, *, is_special: bool) -> None:
        """Raises ModelError with what is wrong with the archive."""
        windows = PureWindowsPath(name)  # understands both kinds of slashes
        if windows.anchor or ".." in windows.parts:
            self._refuse(f"{name!r} would lie outside of it")
        if is_special:
            self._refuse(f"{name!r} is a link or a device")
        if name in self._names:
            self._refuse(f"{name!r} is in it twice")
        self._names.add(name)
        self._total_bytes += size_bytes
        if self._total_bytes > self._limit_bytes:
            self._refuse("it would become far larger than a model when unpacked")
        if len(self._names) > MOST_MEMBERS:
            self._refuse(f"it has more than {MOST_MEMBERS:,} files")

    def _refuse(self, reason: str) -> NoReturn:
        raise ModelError(
            f"The archive {str(self._path)!r} is refused: {reason}. Nothing was imported. "
            "Pack only the model's own files, or get it from where it is published."
        )
