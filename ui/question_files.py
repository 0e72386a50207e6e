"""The question sets that can be chosen: those that come with the program, and the user's own files.

Each call may wait for the disk: run them on the desk's lane. The user's own lie in `question_sets/` beside the
settings.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from assistant.errors import ReviewError
from assistant.settings import config_folder
from ui.desktop.agenda import Agenda
from ui.desktop.controls import Option

SUFFIX = ".toml"


def own_folder() -> Path:
    return config_folder() / "question_sets"


def options() -> tuple[Option, ...]:
    """All that can be read, the user's own last."""
    from assistant.review.question_sets import bundled, bundled_names, load

    made = [Option(name, bundled(name).name) for name in bundled_names()]
    for path in sorted(own_folder().glob(f"*{SUFFIX}")):
        try:
            made.append(Option(str(path), f"{load(str(path)).name} (yours)"))
        except ReviewError:
            made.append(Option(str(path), f"{path.stem} (can't be read)"))
    return tuple(made)


def agenda(name_or_path: str, minutes: int) -> Agenda:
    """The plan of a call by that set. Raises ReviewError: it can't be read."""
    from assistant.review.question_sets import load

    found = load(name_or_path)
    return Agenda(tuple(question.text for question in found.questions), minutes, found.asked_main_question)


def bring_in(path: Path) -> str:
    """Copy a set into the folder of the user's own, once it was read; what the setting `question_set` takes.

    Raises:
        ReviewError: it is no question set, or it can't be copied.
    """
    from assistant.review.question_sets import load

    load(str(path))
    return _keep(path.stem, _read(path))


def own_copy(name_or_path: str) -> str:
    """A file of the user's own with that set, to be edited; a bundled one is copied first.

    Raises:
        ReviewError: it can't be read or copied.
    """
    from assistant.review.question_sets import bundled_names

    if name_or_path not in bundled_names():
        return name_or_path
    source = files("assistant.review").joinpath("question_sets", name_or_path + SUFFIX)
    return _keep(name_or_path, source.read_text(encoding="utf-8"))


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReviewError(f"The question set {path} can't be read ({error}).") from error


def _keep(stem: str, text: str) -> str:
    """Under a name that is free, whole or not at all."""
    folder = own_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name, number = stem, 2
        while (folder / f"{name}{SUFFIX}").exists():
            name, number = f"{stem}-{number}", number + 1
        part = folder / f"{name}.part"
        part.write_text(text, encoding="utf-8")
        part.chmod(0o600)
        return str(part.replace(folder / f"{name}{SUFFIX}"))
    except OSError as error:
        raise ReviewError(
            f"The question set can't be kept in {folder} ({error.strerror}). Make that folder writable for you."
        ) from error
