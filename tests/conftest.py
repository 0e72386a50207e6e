"""Sound servers of our own for the tests that listen: the real PulseAudio, and PipeWire, without a sound card."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path

import pytest

RIG = Path(__file__).with_name("virtual_audio.sh")
PULSEAUDIO, PIPEWIRE = "pulseaudio", "pipewire"
CLIENTS = ("pactl", "paplay", "parec")
PROGRAMS = {PULSEAUDIO: ("pulseaudio",), PIPEWIRE: ("pipewire", "wireplumber", "pipewire-pulse")}

# For tests that use `virtual_audio`: with both servers. Everything else runs with PulseAudio.
both_servers = pytest.mark.parametrize("virtual_audio", [PULSEAUDIO, PIPEWIRE], indirect=True)


class VirtualAudio:
    """The rig's commands. `environment` lets any program of ours find its server."""

    def __init__(self, folder: Path, server: str = PULSEAUDIO) -> None:
        self.server = server
        self._env = {**os.environ, "VIRTUAL_AUDIO_FOLDER": str(folder), "VIRTUAL_AUDIO_SERVER": server}
        self.environment = dict(re.findall(r"export (PULSE_\w+)='(.*)'", self("env")))

    def __call__(self, *arguments: str) -> str:
        done = subprocess.run([RIG, *arguments], env=self._env, capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, f"virtual_audio.sh {' '.join(arguments)}: {done.stderr}"
        return done.stdout

    def pactl(self, *arguments: str) -> str:
        return subprocess.run(
            ["pactl", *arguments], env={**self._env, **self.environment}, capture_output=True, text=True, check=True
        ).stdout

    def play(self, file: Path, device: str, program: str = "player") -> subprocess.Popen[bytes]:
        """Play into the sink `device`; whoever calls it ends it."""
        command = ["paplay", f"--device={device}", f"--client-name={program}", str(file)]
        return subprocess.Popen(command, env={**self._env, **self.environment})

    def whole(self) -> None:
        """Bring it back to how it starts, whatever a test did to it."""
        self("start")
        sinks = self.pactl("list", "short", "sinks").splitlines()
        for sink, side in (("call", "call"), ("micfeed", "mic")):
            if not any(f"\t{sink}\t" in line and "48000Hz" in line for line in sinks):
                self(f"unplug-{side}")
                self(f"plug-{side}")
        self.pactl("set-default-sink", "call")
        self.pactl("set-default-source", "mic")
        self.pactl("set-sink-mute", "call", "0")
        self.pactl("set-source-mute", "mic", "0")


@pytest.fixture(scope="session")
def audio_rigs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], VirtualAudio]]:
    """A sound server by its name, started when it is asked for first."""
    with ExitStack() as stack:

        @cache
        def rig(server: str) -> VirtualAudio:
            missing = [program for program in (*CLIENTS, *PROGRAMS[server]) if shutil.which(program) is None]
            needed = "pipewire-pulse wireplumber" if server == PIPEWIRE else "pulseaudio pulseaudio-utils"
            told = f"{missing} missing: apt-get install -y --no-install-recommends {needed}"
            if missing and server == PIPEWIRE:  # `make test` doesn't install a second sound server
                pytest.skip(told)
            assert not missing, told
            audio = VirtualAudio(tmp_path_factory.mktemp(server), server)
            stack.callback(audio, "stop")
            audio("start")
            return audio

        yield rig


@pytest.fixture(scope="session")
def audio_rig(audio_rigs: Callable[[str], VirtualAudio]) -> VirtualAudio:
    return audio_rigs(PULSEAUDIO)


@pytest.fixture
def virtual_audio(
    request: pytest.FixtureRequest, audio_rigs: Callable[[str], VirtualAudio], monkeypatch: pytest.MonkeyPatch
) -> VirtualAudio:
    """A sound server with a microphone "mic" and an output "call", both the defaults; this process finds it."""
    audio_rig = audio_rigs(getattr(request, "param", PULSEAUDIO))
    audio_rig.whole()
    for name, value in audio_rig.environment.items():
        monkeypatch.setenv(name, value)
    return audio_rig


@pytest.fixture
def no_sound_server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'nobody'}")


@pytest.fixture
def no_sound_at_all(no_sound_server: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither a server nor PortAudio: the module fails as the real one does where its library is missing."""
    folder = tmp_path / "without_portaudio"
    folder.mkdir()
    (folder / "sounddevice.py").write_text("raise OSError('PortAudio library not found')")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
