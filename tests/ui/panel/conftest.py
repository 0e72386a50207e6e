from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import soundfile

from assistant.demo import INTERVIEW
from assistant.settings import Settings, settings_path
from assistant.values import SAMPLE_RATE_HZ
from tests.waiting import wait_until
from ui.plans import Plan
from ui.preferences import Preferences
from ui.program import Program


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first 32 s of the interview: two claims and the follow-ups to them."""
    samples, rate_hz = soundfile.read(INTERVIEW, stop=32 * SAMPLE_RATE_HZ, dtype="int16")
    file = tmp_path_factory.mktemp("call") / "beginning.flac"
    soundfile.write(file, samples, rate_hz)
    return file


@pytest.fixture
def program(qtbot: Any) -> Iterator[Callable[..., Program]]:
    made: list[Program] = []
    before = set(threading.enumerate())

    def make(plan: Plan, model: str = "tiny.en", **said: Any) -> Program:
        program = Program(Preferences(Settings(), settings_path(), {"model": model, **said}), plan)
        made.append(program)
        qtbot.addWidget(program.window)
        program.window.resize(400, 900)
        program.window.show()
        program.show_ready()
        return program

    yield make
    for program in made:
        program.end()

    def left() -> list[str]:
        return [one.name for one in threading.enumerate() if one not in before]

    wait_until(lambda: not left(), left)
