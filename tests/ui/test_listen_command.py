"""A live call through a real sound server with real weights: heard like its recording, and safe from any end."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.audio.files import FileSource
from assistant.event_log import EventLog
from assistant.settings import HOME_VARIABLE
from assistant.store import Store
from tests.conftest import VirtualAudio
from tests.ui.running import (
    PATIENCE_SECONDS,
    RECORDING,
    claims_in,
    cut_of_interview,
    depthcue,
    events_in,
    start,
    without_clock,
    words_in,
    write_wav,
)
from ui import compose
from ui.user_settings import user_settings

CUT = (18.6, 50.4)  # three claims, and the question about the first of them
KILLED_AT_SECONDS = 24.0  # in the middle of a sentence


@dataclass(frozen=True)
class Live:
    """One conversation, heard by two calls at once: one that is ended politely, and one that is killed."""

    folder: Path
    exit_code: int
    output: str
    killed_log: list[dict[str, Any]]

    @property
    def log(self) -> list[dict[str, Any]]:
        return events_in(self.folder / "whole.jsonl")


@pytest.fixture(scope="module")
def live(audio_rig: VirtualAudio, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    audio_rig.whole()
    folder = tmp_path_factory.mktemp("live")
    samples, rate_hz = cut_of_interview(*CUT)
    voices = [write_wav(folder / f"{name}.wav", samples[:, i], rate_hz) for i, name in enumerate(("mic", "call"))]
    calls = [
        start(
            "listen", "--consent", "--title", name, "--events", folder / f"{name}.jsonl", home=folder / name,
            environment=audio_rig.environment,
        )
        for name in ("whole", "killed")
    ]  # fmt: skip
    players: list[subprocess.Popen[bytes]] = []
    try:
        for call in calls:
            assert call.stdout.readline().startswith(RECORDING)
        players = [audio_rig.play(voice, sink) for voice, sink in zip(voices, ("micfeed", "call"), strict=True)]
        began = time.monotonic()
        time.sleep(max(0.0, KILLED_AT_SECONDS - (time.monotonic() - began)))
        calls[1].kill()
        killed_log = events_in(folder / "killed.jsonl")
        for player in players:
            assert player.wait(PATIENCE_SECONDS) == 0
        time.sleep(0.7)  # as after any last word
        calls[0].send_signal(signal.SIGTERM)
        output, errors = calls[0].communicate(timeout=PATIENCE_SECONDS)
        assert errors == ""
        yield Live(folder, calls[0].returncode, output, killed_log)
    finally:
        for process in (*calls, *players):
            process.kill()
            process.wait()
        with Store.open(folder / "killed") as store:
            store.end_recordings()  # the killed one's goes on


def replayed(recording: Path, log: Path) -> list[dict[str, Any]]:
    """The events of a replay that waits for every decode; without the text on its way, which costs most of the time."""
    settings = user_settings()
    compose.recording_session(
        FileSource(recording, channels="split"),
        compose.load_transcriber("", settings),
        settings.verbosity,
        [EventLog(log)],
        is_lossless=True,
        shows_partials=False,
    ).run()
    return events_in(log)


def recorded(home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sound of the only call in `home`."""
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    assert depthcue("sessions", "export", "last", "--format", "wav", "--out", folder) == 0
    (sound,) = folder.glob("*.wav")
    return sound


def test_a_live_call_is_flagged_and_followed_up_like_its_recording(live: Live, tmp_path: Path) -> None:
    cut = write_wav(tmp_path / "cut.wav", *cut_of_interview(*CUT))
    expected = claims_in(replayed(cut, tmp_path / "replay.jsonl"))
    assert [told[1] for told in expected if told[0] == "flag"] == ["number_only", "vague", "vague"]
    assert any(told[0] == "asked" for told in expected)
    # The same claims and questions; by a few milliseconds of sound it may differ which of two comes first, and whether
    # the model writes 7000% or 7,000%.
    heard = [tuple(part.replace("7,000", "7000") for part in told) for told in claims_in(live.log)]
    assert sorted(heard) == sorted(tuple(part.replace("7,000", "7000") for part in told) for told in expected)


def test_a_polite_kill_keeps_everything_and_is_no_error(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    assert live.exit_code == 0
    assert "Kept: " in live.output
    assert "3 flags" in live.output
    monkeypatch.setenv(HOME_VARIABLE, str(live.folder / "whole"))
    with Store.open(live.folder / "whole") as store:
        (kept,) = store.sessions()
        assert kept.state == "finished"
        assert kept.duration_seconds > CUT[1] - CUT[0]
        call = store.load(kept.id)
    assert [fate.flag.quote for fate in call.flags] == [e["quote"] for e in live.log if e["type"] == "flag"]


def test_after_a_kill_the_call_comes_back_to_its_last_second(
    live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    last_seconds = max(event["audio_s"] for event in live.killed_log)
    assert last_seconds > KILLED_AT_SECONDS - 2.0
    sound = recorded(live.folder / "killed", tmp_path / "sound", monkeypatch)
    assert depthcue("sessions", "list", "--format", "json") == 0
    output = capsys.readouterr()
    (listed,) = json.loads(output.out[output.out.index("[") :])
    assert listed["state"] == "recovered"
    assert listed["duration_s"] >= last_seconds
    assert "was cut off" in output.err

    # As if nothing had happened: what one who was not killed makes of the same sound.
    expected = replayed(sound, tmp_path / "replay.jsonl")
    with Store.open(live.folder / "killed") as store:
        call = store.load(listed["id"])
    for channel in ("you", "them"):
        said = [word.text for one in call.utterances if one.channel == channel for word in one.words]
        assert " ".join(said) == words_in(expected, channel)
    assert [fate.flag.quote for fate in call.flags] == [e["quote"] for e in expected if e["type"] == "flag"]
    asked = [event["question"] for event in expected if event["type"] == "follow_up"]
    assert [fate.follow_up.question for fate in call.follow_ups] == asked
    assert {"flag", "follow_up"} <= {event["type"] for event in live.killed_log}, "killed after something was shown"


def test_the_log_of_a_live_call_has_the_documented_shape(live: Live) -> None:
    times = [event["audio_s"] for event in live.log]
    assert times == sorted(times)
    assert all(event["wall_s"] >= 0 for event in live.log)
    assert {"partial", "committed", "final", "flag", "follow_up"} <= {event["type"] for event in live.log}
    assert without_clock(live.log)[-1]["state"] == "finished"
