from __future__ import annotations

import os
import subprocess
import sys

import pytest
from PySide6.QtGui import QImage

from assistant.errors import ExportError
from tests.ui.desktop import script
from ui.desktop.panel_state import PanelState
from ui.desktop.picture import draw_panel


def test_a_picture_of_a_call_has_its_size_and_shows_more_than_one_colour(qapp, tmp_path):
    path = tmp_path / "panel.png"
    draw_panel(script.events(57.0), path, width=320, height=700, title=script.TITLE, scale=2.0)
    picture = QImage(str(path))
    assert (picture.width(), picture.height()) == (640, 1400)
    colours = {picture.pixelColor(x, y).name() for x in range(0, 640, 3) for y in range(0, 1400, 7)}
    assert len(colours) > 50
    assert list(tmp_path.iterdir()) == [path]


def test_dark_and_light_differ(qapp, tmp_path):
    state = PanelState.from_call(script.call())
    draw_panel(state, tmp_path / "light.png", height=600)
    draw_panel(state, tmp_path / "dark.png", height=600, dark=True)
    corner = [QImage(str(tmp_path / name)).pixelColor(4, 1100).lightness() for name in ("light.png", "dark.png")]
    assert corner[0] > 200 > 60 > corner[1]


def test_a_folder_that_is_not_there_is_said(qapp, tmp_path):
    with pytest.raises(ExportError, match="can't be written"):
        draw_panel([], tmp_path / "none" / "panel.png", height=500)


DRAW = """
import sys, pathlib
from ui.desktop.picture import draw_panel
draw_panel([], pathlib.Path(sys.argv[1]), scale=1)
"""
LOADED = """
import sys, ui.desktop.window, ui.desktop.app
print([name for name in ("ctranslate2", "faster_whisper", "av", "sounddevice", "sqlite3") if name in sys.modules])
"""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    screens = ("DISPLAY", "QT_QPA_PLATFORM", "WAYLAND_DISPLAY")
    bare = {key: value for key, value in os.environ.items() if key not in screens}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, env=bare, capture_output=True, text=True, timeout=30, check=False)


def test_it_draws_without_a_screen_and_says_nothing(tmp_path):
    path = tmp_path / "panel.png"
    ran = run(DRAW, str(path))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert QImage(str(path)).height() == 900


def test_the_panel_loads_no_engine():
    assert run(LOADED).stdout.strip() == "[]"
