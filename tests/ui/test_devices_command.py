"""`depthcue devices` and `depthcue doctor`, against a real sound server and without one."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.audio.capture import open_live
from assistant.settings import HOME_VARIABLE, Settings
from tests.conftest import VirtualAudio
from ui.commands import devices
from ui.doctor import checks, sound
from ui.doctor.finding import Health

ENGINES = ("av", "ctranslate2", "faster_whisper", "onnxruntime", "webrtcvad")


@pytest.fixture(autouse=True)
def no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):  # its missing libraries are no fault
        monkeypatch.delenv(name, raising=False)


def depthcue(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    devices.add_parser(parser.add_subparsers())
    args = parser.parse_args(arguments)
    return int(args.run(args))


def findings(text: str) -> dict[str, tuple[str, str]]:
    """Subject: (state, text) of each line of the doctor."""
    lines = [re.fullmatch(r"(ok|note|problem) +([^:]+): (.*)", line) for line in text.splitlines()]
    return {match[2]: (match[1], match[3]) for match in lines if match}


def test_the_words_that_devices_prints_choose_that_device(
    virtual_audio: VirtualAudio, capsys: pytest.CaptureFixture[str]
) -> None:
    assert depthcue("devices") == 0
    output = capsys.readouterr().out
    assert "* --mic mic  Virtual microphone" in output
    words = [shlex.split(line.lstrip(" *"))[:2] for line in output.splitlines() if "--" in line]
    assert ["--call", "call"] in words
    for option, name in words:
        source = open_live(name, "none") if option == "--mic" else open_live("none", name)
        source.close()


def test_devices_for_other_programs_are_json(virtual_audio: VirtualAudio, capsys: pytest.CaptureFixture[str]) -> None:
    assert depthcue("devices", "--format", "json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert {"kind": "microphone", "name": "mic", "description": "Virtual microphone", "is_default": True} in rows


def test_a_list_of_devices_loads_no_engine(virtual_audio: VirtualAudio, home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / "settings.toml").write_text("mic = 3\n")
    code = (
        "import sys\n"
        "from ui.cli import main\n"
        "code = main(['devices'])\n"
        f"print([name for name in {ENGINES} if name in sys.modules])\n"
        "sys.exit(code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 0
    assert "--mic mic" in done.stdout
    assert done.stdout.endswith("\n[]\n")
    assert done.stderr.startswith("depthcue: ")  # what in the settings could not be used


def test_what_passes_on_the_call_of_the_settings_is_named_as_no_default_microphone(
    virtual_audio: VirtualAudio, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    remap = ("module-remap-source", "source_name=echo", "master=speakers.monitor")
    module = virtual_audio.pactl("load-module", *remap).strip()
    try:
        virtual_audio.pactl("set-default-source", "echo")
        for call, default in (("", "echo"), ("speakers", "mic")):
            home.mkdir(exist_ok=True)
            (home / "settings.toml").write_text(f"call = '{call}'\n")
            depthcue("devices", "--format", "json")
            rows = json.loads(capsys.readouterr().out)
            marked = [row["name"] for row in rows if row["kind"] == "microphone" and row["is_default"]]
            assert marked == [default]
            microphone, _ = sound.defaults(Settings(call=call))
            assert microphone.text.endswith(f"({default})")
    finally:
        virtual_audio.pactl("unload-module", module)


def test_the_doctor_finds_nothing_wrong_where_all_is_well(
    virtual_audio: VirtualAudio, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    noise = np.random.default_rng(1).normal(0, 0.1, 48_000 * 10)
    soundfile.write(tmp_path / "noise.wav", noise, 48_000)
    player = virtual_audio.play(tmp_path / "noise.wav", "call")
    code = depthcue("doctor")
    player.kill()
    player.wait()
    output = capsys.readouterr().out
    found = findings(output)
    assert code == 0, output
    assert not [subject for subject, (state, _) in found.items() if state == "problem"]
    assert found["default microphone"] == ("ok", "Virtual microphone (mic)")
    assert found["default call output"] == ("ok", "Virtual call (call)")
    assert re.fullmatch(r"heard, up to -\d+ dB", found["the call's sound"][1])
    assert found["your voice"] == ("note", "digital silence: the microphone is muted. Switch it on.")
    assert found["speech model"][0] == "ok"
    assert "GB free" in found["data folder"][1]


def test_the_doctor_says_that_there_is_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    found = checks._window()
    assert found.health is Health.NOTE and "no screen" in found.text
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert checks._window().health is Health.OK


@pytest.mark.usefixtures("no_sound_at_all")
def test_the_doctor_says_what_is_broken_and_what_to_do(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    home.mkdir()
    (home / "depthcue.db").write_bytes(b"this is no database" * 100)
    (home / "settings.toml").write_text("model = 'nonesuch'\nverbosity = 'loud'\n")
    assert depthcue("doctor") == 1
    output = capsys.readouterr().out
    found = findings(output)
    assert output.rstrip().endswith("Something is broken: see the lines marked problem.")
    assert found["sound server"][0] == "problem"
    assert "systemctl --user start pipewire-pulse" in found["sound server"][1]
    assert found["PortAudio"] == ("problem", "missing; needed without a sound server: sudo apt install libportaudio2")
    assert found["voices"][0] == "problem"
    assert found["settings"][0] == "note"
    assert found["history"][0] == "problem"
    assert found["speech model"][0] == "problem"
    assert (home / "depthcue.db").read_bytes() == b"this is no database" * 100


@pytest.mark.usefixtures("no_sound_at_all")
def test_a_data_folder_that_cant_be_written_is_a_problem(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "file" / "home"))
    assert depthcue("doctor") == 1
    state, text = findings(capsys.readouterr().out)["data folder"]
    assert state == "problem"
    assert "can't be written" in text
    assert HOME_VARIABLE in text
