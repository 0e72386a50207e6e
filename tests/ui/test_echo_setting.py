"""`remove_echo` counts wherever a call or a recording is heard; where it can't be had, that is said."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.settings import Settings, settings_path
from assistant.store import Store
from models.echo import WebRtcEchoRemover
from tests.ui.running import depthcue, write_cut
from tests.ui.test_recovery import crashed
from ui.recovery import recover

SHORT = (41.0, 43.4)
SAID = "Echo can't be removed"

needs_package = pytest.mark.skipif(find_spec("pywebrtc_audio") is None, reason="comes with the extra for echo")


@pytest.fixture(autouse=True)
def echo_is_removed(home: Path, one_model: None, own_folder: None) -> None:
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text("remove_echo = true\n", encoding="utf-8")


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pywebrtc_audio", None)


@needs_package
@pytest.mark.parametrize("command", [("replay", "--speed", "100"), ("transcribe",)])
def test_a_recording_is_heard_without_echo(command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    heard_samples = 0
    remove = WebRtcEchoRemover.remove

    def counted(
        self: WebRtcEchoRemover, microphone: NDArray[np.float32], call: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        nonlocal heard_samples
        heard_samples += len(microphone)
        return remove(self, microphone, call)

    monkeypatch.setattr(WebRtcEchoRemover, "remove", counted)
    assert depthcue(*command, write_cut(Path("cut.wav"), SHORT)) == 0
    assert heard_samples >= (SHORT[1] - SHORT[0] - 0.1) * 16_000


@pytest.mark.parametrize("command", [("replay", "--speed", "100"), ("transcribe",)])
def test_a_recording_says_where_that_can_not_be_had(
    command: tuple[str, ...], no_package: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert depthcue(*command, write_cut(Path("cut.wav"), SHORT)) == 0
    said = capsys.readouterr()
    assert SAID in " ".join((said.out + said.err).split())


def test_what_is_heard_after_a_crash_or_once_more_says_so_too(
    home: Path, no_package: None, capsys: pytest.CaptureFixture[str]
) -> None:
    messages: list[str] = []
    with Store.open(home) as store:
        crashed(store)
        recover(store, Settings(remove_echo=True), messages.append)
    assert [message for message in messages if SAID in message]
    assert depthcue("transcribe", "--session", "last") == 0
    assert SAID in capsys.readouterr().err
