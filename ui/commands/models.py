"""`depthcue models`: which speech models are here, and how others get here."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.catalog import CatalogEntry
    from models.weights import Installed

EXAMPLES = """\
examples:
  depthcue models list                                which models are there, and whether they are whole
  depthcue models use base                            use it from now on; fetches it first if need be, after asking
  depthcue models use ~/whisper/small.en-ct2          a folder with a CTranslate2 Whisper model
  depthcue models import faster-whisper-base.zip      from a folder, .zip or .tar, without a network
  depthcue models import my-model/ --name mine        one that is not in the catalogue

Nothing is ever fetched but by `use`, or in the panel, after you said yes.
DEPTHCUE_MODEL_HUB names a mirror of the hub."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "models",
        help="which speech models are there, where they came from, whether they are whole",
        description="Lists, imports and chooses speech models.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    listing = _add_action(actions, "list", "which models are there, where each came from, whether it is whole")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    listing.set_defaults(run=_list)

    importing = _add_action(actions, "import", "copy a model from a folder or an archive")
    importing.add_argument("path", type=Path, metavar="PATH", help="folder, .zip or .tar that holds the model")
    importing.add_argument("--name", default="", metavar="N", help="name of a model that is not in the catalogue")
    importing.set_defaults(run=_import)

    using = _add_action(actions, "use", "use a model from now on; one of the catalogue is fetched if it is missing")
    using.add_argument("model", metavar="NAME_OR_FOLDER", help="name of a model, or folder with one")
    using.add_argument("--yes", action="store_true", help="fetch it without asking")
    using.set_defaults(run=_use)


def _add_action(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, description: str
) -> argparse.ArgumentParser:
    return actions.add_parser(
        name,
        help=description,
        description=f"{description[0].upper()}{description[1:]}.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _list(args: argparse.Namespace) -> int:
    from assistant.settings import data_folder
    from models.catalog import CATALOG
    from models.weights import installed
    from ui.user_settings import user_settings

    chosen = user_settings().model
    copies = installed(data_folder())
    if chosen and chosen not in [copy.name for copy in copies] and chosen not in CATALOG:
        copies.append(_chosen_folder(chosen, data_folder()))
    used = next((copy for copy in copies if copy.problem is None and chosen in ("", copy.name)), None)
    rows = [_row(copy, copy is used) for copy in copies]
    rows += [_absent(entry) for entry in CATALOG.values() if entry.name not in [copy.name for copy in copies]]
    if args.format == "json":
        print(json.dumps(rows, indent=2))
    else:
        _print_table(rows)
    return 0


def _chosen_folder(chosen: str, data_folder: Path) -> Installed:
    """The folder that the settings name, whole or not."""
    from assistant.errors import ModelError
    from models.weights import Installed, locate

    try:
        found = locate(chosen, data_folder)
    except ModelError as error:
        return Installed(chosen, Path(chosen), "a folder", 0, None, str(error))
    size_bytes = sum(path.stat().st_size for path in found.folder.iterdir() if path.is_file())
    return Installed(chosen, found.folder, found.source, size_bytes, found.entry, None)


def _row(copy: Installed, is_used: bool) -> dict[str, Any]:
    return {
        "name": copy.name,
        "state": "whole" if copy.problem is None else "damaged",
        "in_use": is_used,
        "size_bytes": copy.size_bytes,
        "languages": copy.entry.languages if copy.entry else None,
        "licence": copy.entry.licence if copy.entry else None,
        "in_catalog": copy.entry is not None,
        "source": copy.source,
        "folder": str(copy.folder),
        "problem": copy.problem,
    }


def _absent(entry: CatalogEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "state": "absent",
        "in_use": False,
        "size_bytes": entry.size_bytes,
        "languages": entry.languages,
        "licence": entry.licence,
        "in_catalog": True,
        "source": None,
        "folder": None,
        "problem": None,
    }


def _print_table(rows: list[dict[str, Any]]) -> None:
    from assistant.plain import plain
    from models.catalog import megabytes

    states = {"whole": "whole", "damaged": "DAMAGED", "absent": "not here"}
    width = max(len(plain(row["name"])) for row in rows)
    for row in rows:
        source = row["source"] or f"get it with: depthcue models use {row['name']}"
        if not row["in_catalog"]:
            source += " (not in the catalogue)"
        mark = "*" if row["in_use"] else " "
        size, languages = megabytes(row["size_bytes"]), row["languages"] or ""
        print(
            f"{mark} {plain(row['name']):{width}}  {size:>7}  {languages:12}  {states[row['state']]:8}  {plain(source)}"
        )
        if row["folder"]:
            print(f"  {'':{width}}  {plain(row['folder'])}")
        if row["problem"]:
            print(f"  {'':{width}}  {plain(row['problem'])}")
    used = any(row["in_use"] for row in rows)
    print("* is used where a command names no other." if used else "None of them can be used as it is.")


def _import(args: argparse.Namespace) -> int:
    from assistant import settings
    from assistant.plain import plain
    from models.adding import import_model

    model = import_model(args.path, settings.data_folder(), args.name)
    kind = "the catalogue's, every digest is right" if model.entry else "not in the catalogue"
    print(f"Imported {model.name} ({kind}) into {plain(str(model.folder))}.")
    print(f"Use it from now on: depthcue models use {model.name}")
    return 0


def _use(args: argparse.Namespace) -> int:
    from assistant import settings
    from assistant.errors import ModelError
    from assistant.plain import plain
    from models.catalog import CATALOG
    from models.weights import locate

    data_folder = settings.data_folder()
    entry = CATALOG.get(args.model)
    try:
        model = locate(args.model, data_folder)
    except ModelError as error:
        if entry is None:
            raise
        if not _is_wanted(entry, str(error), args.yes):
            print("Nothing was fetched or changed.", file=sys.stderr)
            return 1
        _fetch(entry, data_folder)
        model = locate(args.model, data_folder)
    is_named = entry is not None or model.folder.parent == data_folder / "models"
    _save(args.model if is_named else str(model.folder.resolve()))
    print(f"{plain(model.name)} ({plain(model.source)}) is used from now on.")
    return 0


def _is_wanted(entry: CatalogEntry, problem: str, is_yes: bool) -> bool:
    """Say what would be fetched, and ask. Raises ModelError where nobody can answer."""
    from assistant.errors import ModelError
    from models.catalog import megabytes
    from models.hub import hub_address

    size = megabytes(entry.size_bytes)
    what = f"{entry.name} ({size}, licence {entry.licence}) from {hub_address()}/{entry.hub.repository}"
    if is_yes:
        print(f"Fetching {what}.", file=sys.stderr)
        return True
    if not sys.stdin.isatty():
        raise ModelError(f"{problem}\nTo fetch it ({size}) without a question: depthcue models use {entry.name} --yes")
    print(f"{problem}\n", file=sys.stderr)
    print(f"Fetch {what}? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _fetch(entry: CatalogEntry, data_folder: Path) -> None:
    from tqdm import tqdm

    from models.hub import fetch

    with tqdm(
        total=entry.size_bytes, unit="B", unit_scale=True, desc=entry.name, disable=not sys.stderr.isatty()
    ) as bar:
        fetch(entry, data_folder, lambda done_bytes: bar.update(done_bytes - bar.n))


def _save(model: str) -> None:
    """Write the choice into the settings; a file that is not understood is kept beside the new one."""
    from dataclasses import replace

    from assistant import settings
    from assistant.errors import SettingsError

    path = settings.settings_path()
    current, messages = settings.load(path)
    if messages:
        kept = path.with_name(f"{path.name}.kept")
        try:
            kept.write_bytes(path.read_bytes())
        except OSError as error:
            raise SettingsError(f"{messages[0]} It can't be copied ({error}): nothing was changed.") from error
        print(f"depthcue: {messages[0]} What it was is kept in {kept}.", file=sys.stderr)
    settings.save(replace(current, model=model), path)
