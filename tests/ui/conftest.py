"""Windows are drawn without a screen unless the caller names a platform."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assistant.ports import BatchTranscriber, Transcriber
from assistant.settings import HOME_VARIABLE, Settings
from ui import compose

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_loaded: dict[str, Transcriber] = {}
_loaded_batch: dict[str, BatchTranscriber] = {}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program keeps all that it keeps; never the folder of whoever runs the tests."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def qapp() -> Iterator[QApplication]:
    """Our own, in place of the one that pytest-qt makes; what opens no window does not load Qt."""
    from ui.desktop.app import application

    yield application(dark=False)


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command writes where it is run goes there."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands of this process share the real weights once loaded: most of a short command's time is theirs."""
    load, load_batch = compose.load_transcriber, compose.load_batch_transcriber

    def load_once(model: str, settings: Settings) -> Transcriber:
        if model not in ("", "tiny.en") or settings.model:
            return load(model, settings)
        if "tiny.en" not in _loaded:
            _loaded["tiny.en"] = load("tiny.en", settings)
        return _loaded["tiny.en"]

    def load_batch_once(model: str, settings: Settings) -> BatchTranscriber:
        if model not in ("", "tiny.en") or settings.model:
            return load_batch(model, settings)
        if "tiny.en" not in _loaded_batch:
            _loaded_batch["tiny.en"] = load_batch("tiny.en", settings)
        return _loaded_batch["tiny.en"]

    monkeypatch.setattr(compose, "load_transcriber", load_once)
    monkeypatch.setattr(compose, "load_batch_transcriber", load_batch_once)
