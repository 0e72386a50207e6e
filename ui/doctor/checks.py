"""What `depthcue doctor` looks at."""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Iterator
from pathlib import Path

from assistant import settings as stored_settings
from assistant.errors import ModelError
from assistant.plain import plain
from assistant.settings import Settings
from ui.doctor import history, sound
from ui.doctor.finding import Finding, Health

_MODEL_PATIENCE_SECONDS = 15.0  # a server may load its model first


def all_checks() -> Iterator[Finding]:
    """One after the other, as they are done."""
    data_folder = stored_settings.data_folder()
    settings, complaints = stored_settings.load(stored_settings.settings_path())
    # An older Python than the program needs can't install it, and does not get here.
    yield Finding("Python", Health.OK, platform.python_version())
    yield _cores()
    yield (
        Finding("settings", Health.NOTE, " ".join(complaints))
        if complaints
        else Finding("settings", Health.OK, str(stored_settings.settings_path()))
    )
    yield from sound.server()
    yield from sound.defaults(settings)
    yield from sound.voices(settings)
    yield history.data_folder(data_folder)
    yield history.encryption(data_folder)
    yield from history.opens_by_itself(data_folder)
    yield history.database(data_folder)
    yield from _models(data_folder, settings)
    yield _questions(settings)
    yield _language_model(settings)
    yield _window()


def _cores() -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores >= 2:
        return Finding("processor", Health.OK, f"{cores} cores")
    return Finding("processor", Health.NOTE, "1 core: transcription may fall behind; choose the model tiny.en.")


def _models(folder: Path, settings: Settings) -> Iterator[Finding]:
    from models.weights import choose_default, installed, locate

    try:
        chosen = locate(settings.model or choose_default(folder), folder)
    except ModelError as error:
        yield Finding("speech model", Health.PROBLEM, str(error))
    else:
        yield Finding("speech model", Health.OK, f"{plain(chosen.name)}, whole, from {plain(chosen.source)}")
    for model in installed(folder):
        if model.problem:
            yield Finding(f"speech model {plain(model.name)}", Health.NOTE, model.problem)


def _questions(settings: Settings) -> Finding:
    from assistant.review.follow_ups import follow_ups_of

    problems = follow_ups_of(settings.question_set, settings.follow_ups).problems
    if problems:
        return Finding("questions", Health.NOTE, plain(" ".join(problems)))
    own = settings.follow_ups or "those that come with the program"
    return Finding("questions", Health.OK, plain(f"question set {settings.question_set}, follow-ups: {own}"))


def _language_model(settings: Settings) -> Finding:
    from ui.language_model import language_model, try_out

    if not settings.rewords_follow_ups:
        return Finding("language model", Health.OK, "off; follow-ups keep the wording of the question bank")
    try:
        said = try_out(language_model(settings), _MODEL_PATIENCE_SECONDS)
    except ModelError as error:
        return Finding("language model", Health.NOTE, f"not used. {error}")
    where = plain(settings.language_model_address)
    return Finding("language model", Health.OK, f"on, at {where}. {said}")


def _window() -> Finding:
    try:
        from PySide6.QtCore import QLibraryInfo
        from PySide6.QtWidgets import QApplication  # noqa: F401  # loads the libraries that windows need
    except ImportError as error:
        return Finding("window", Health.PROBLEM, f"Qt can't be loaded ({error}). {_QT_PACKAGES}")
    if platform.system() == "Linux":
        has_screen = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
        plugins = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
        wanted = "libqwayland.so" if os.environ.get("WAYLAND_DISPLAY") else "libqxcb.so"
        try:
            ctypes.CDLL(str(plugins / wanted))
        except OSError as error:
            health = Health.PROBLEM if has_screen else Health.NOTE
            return Finding("window", health, f"Qt can't open windows here ({error}). {_QT_PACKAGES}")
        if not has_screen and not os.environ.get("QT_QPA_PLATFORM"):
            return Finding("window", Health.NOTE, _NO_SCREEN)
    return Finding("window", Health.OK, "Qt's libraries load")


_NO_SCREEN = (
    "Qt's libraries load, but there is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set), so the panel can't "
    "be opened. Start it in a desktop session; `depthcue listen` works in the terminal."
)
_QT_PACKAGES = "Install its libraries: sudo apt install libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libdbus-1-3"
