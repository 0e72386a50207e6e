"""The files of questions that can be chosen: those that come with the program, and the user's own.

There are two settings of them: `question_set`, the main questions of a role, and `follow_ups`. Each call may wait for
the disk: run them on the desk's lane. The user's own lie in a folder for each setting, beside the settings.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ReviewError
from assistant.settings import config_folder
from ui.desktop.agenda import Agenda
from ui.desktop.controls import Option

SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class Files:
    """What is kept in files for one setting; the folder of the user's own has the setting's name or a plural of it.

    `bundled` are the options that come with the program, `text_of` gives the file of one, and `name_of` reads a file of
    the user's own and gives its name, or raises ReviewError.
    """

    what: str
    folder_name: str
    bundled: Callable[[], tuple[Option, ...]]
    text_of: Callable[[str], str]
    name_of: Callable[[Path], str]

    @property
    def own_folder(self) -> Path:
        return config_folder() / self.folder_name


def _question_sets() -> Files:
    from assistant.review import question_sets

    return Files(
        "question set",
        "question_sets",
        lambda: tuple(Option(name, question_sets.bundled(name).name) for name in question_sets.bundled_names()),
        question_sets.bundled_text,
        lambda path: question_sets.load(str(path)).name,
    )


def _follow_ups() -> Files:
    from assistant.review.questions import QuestionBank, bundled_text

    def name_of(path: Path) -> str:
        QuestionBank.load(path)
        return path.stem

    return Files(
        "file of follow-ups",
        "follow_ups",
        lambda: (Option("", "Those of the program"),),
        lambda _: bundled_text(),
        name_of,
    )


_FILES = {"question_set": _question_sets, "follow_ups": _follow_ups}
SETTINGS = tuple(_FILES)


def choices() -> dict[str, tuple[Option, ...]]:
    """What can be chosen, by setting."""
    return {setting: options(setting) for setting in _FILES}


def options(setting: str) -> tuple[Option, ...]:
    """All that there are, the user's own last; those that can't be used say so."""
    files = _FILES[setting]()
    made = list(files.bundled())
    for path in sorted(files.own_folder.glob(f"*{SUFFIX}")):
        try:
            made.append(Option(str(path), f"{files.name_of(path)} (yours)"))
        except ReviewError:
            made.append(Option(str(path), f"{path.stem} (can't be used)"))
    return tuple(made)


def agenda(name_or_path: str, minutes: int) -> Agenda:
    """The plan of a call by that question set. Raises ReviewError: it can't be read."""
    from assistant.review.question_sets import load

    found = load(name_or_path)
    return Agenda(tuple(question.text for question in found.questions), minutes, found.asked_main_question)


def bring_in(setting: str, path: Path) -> str:
    """Copy a file into the folder of the user's own, once it was read; what the setting takes.

    Raises:
        ReviewError: it is no such file, or it can't be copied.
    """
    from assistant.review.toml_files import read_text

    files = _FILES[setting]()
    files.name_of(path)
    return _keep(files, path.stem, read_text(path, files.what))


def own_copy(setting: str, value: str) -> str:
    """A file of the user's own with what the setting says, to be edited; what comes with the program is copied first.

    Raises:
        ReviewError: it can't be copied.
    """
    files = _FILES[setting]()
    if value not in (option.value for option in files.bundled()):
        return value
    return _keep(files, value or files.folder_name, files.text_of(value))


def _keep(files: Files, stem: str, text: str) -> str:
    """Under a name that is free, whole or not at all."""
    folder = files.own_folder
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
            f"The {files.what} can't be kept in {folder} ({error.strerror}). Make that folder writable for you."
        ) from error
