"""The panel's process: how it starts, what it mends of the one before, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import numpy as np
import pytest

from assistant.audio.recording import CrashSafeRecorder
from assistant.call import CallState
from assistant.store import Store
from assistant.values import SAMPLE_RATE_HZ, AudioFrame, Channel
from tests.ui.in_sight import said_on_screen
from tests.ui.panel.acting import TITLE, kept, plan_of
from tests.waiting import wait_until

ENGINES = ("av", "ctranslate2", "faster_whisper", "numpy", "onnxruntime", "sounddevice", "webrtcvad")


def test_a_call_without_an_end_is_recovered_and_said_so(program, qtbot, home, beginning):
    with Store.open(home) as store:
        _, folder = store.begin(TITLE, datetime(2026, 3, 1, tzinfo=UTC), "tiny.en", tuple(Channel), None)
        recorder = CrashSafeRecorder(folder, tuple(Channel))
        for channel in Channel:
            recorder.write(AudioFrame(channel, 0.0, np.zeros(SAMPLE_RATE_HZ, np.int16)))
        recorder.close()
    panel = program(plan_of(beginning, 1.0))
    panel.check()
    qtbot.waitUntil(lambda: "were recovered" in said_on_screen(panel.window), timeout=30_000)
    qtbot.waitUntil(lambda: "recovered" in said_on_screen(panel.window).partition("KEPT CALLS")[2])


def test_the_window_comes_before_devices_codecs_and_engines(home):
    code = (
        "import sys, ui.panel\n"
        "from PySide6.QtCore import QTimer\n"
        "from ui.cli import main\n"
        "def shown(window, show=ui.panel.PanelWindow.show):\n"
        "    show(window)\n"
        f"    print([name for name in {ENGINES} if name in sys.modules])\n"
        "    QTimer.singleShot(0, window.close)\n"
        "ui.panel.PanelWindow.show = shown\n"
        "sys.exit(main(['panel']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


@pytest.mark.parametrize(("platform", "reason"), [("xcb", ":9876"), ("nonesuch", "nonesuch")])
@pytest.mark.parametrize("command", [["panel"], ["demo", "--window"]])
def test_where_no_window_can_be_opened_it_says_so_and_what_to_do(platform, reason, command):
    """Qt of its own would abort."""
    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", *command],
        env={**os.environ, "DISPLAY": ":9876", "QT_QPA_PLATFORM": platform},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("depthcue: no window can be opened here") and reason in done.stderr
    assert "depthcue doctor" in done.stderr and "depthcue listen" in done.stderr


def test_a_request_to_end_closes_the_call_properly(home):
    def is_recorded() -> bool:
        return any(file.stat().st_size > SAMPLE_RATE_HZ for file in home.glob("sessions/*/you.pcm"))

    panel = subprocess.Popen(
        [sys.executable, "-m", "ui.cli", "demo", "--window", "--model", "tiny.en"],
        stderr=subprocess.PIPE,
        env={**os.environ, "DEPTHCUE_HOME": str(home)},
    )
    try:
        wait_until(lambda: panel.poll() is not None or is_recorded())
        assert panel.poll() is None
        panel.send_signal(signal.SIGTERM)
        _, told = panel.communicate(timeout=30)
    finally:
        panel.kill()
        panel.wait()
    assert (panel.returncode, told) == (0, b"")
    [call] = kept(home)
    assert call.state is CallState.FINISHED and call.audio is not None
