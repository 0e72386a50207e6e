"""`depthcue check` on a virtual sound card with real weights."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import VirtualAudio
from tests.ui.running import ONE_CLAIM, cut_of_interview, depthcue, write_wav


def test_it_ends_when_the_words_of_both_voices_were_heard_and_keeps_nothing(
    virtual_audio: VirtualAudio, tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Two voices: the same words on both sides would be an echo.
    players = []
    for sink, column, cut in (("micfeed", 0, (14.8, 19.0)), ("call", 1, ONE_CLAIM)):
        samples, rate_hz = cut_of_interview(*cut)
        voice = write_wav(tmp_path / f"{sink}.wav", np.tile(samples[:, column], 15), rate_hz)
        players.append(virtual_audio.play(voice, sink))
    try:
        code = depthcue("check", "--seconds", 60)
        assert [player.poll() for player in players] == [None, None], "it ends long before the voices do"
    finally:
        for player in players:
            player.kill()
            player.wait()
    output = capsys.readouterr().out
    assert code == 0, output
    heard = dict(re.findall(r"^(You|Them) +(.*)$", output, re.MULTILINE))
    assert heard == {"You": "heard well", "Them": "heard well"}
    assert len(re.findall(r'first words after [\d.]+ s: ".+"', output)) == 2
    assert {file.name for file in home.rglob("*") if file.is_file()} <= {"verified.json"}  # of the model, not the call


def test_it_says_what_is_wrong_with_each_voice(virtual_audio: VirtualAudio, capsys: pytest.CaptureFixture[str]) -> None:
    virtual_audio.pactl("set-source-mute", "mic", "1")
    assert depthcue("check", "--seconds", 2) == 1
    output = capsys.readouterr().out
    assert re.search(r"^You +Virtual microphone is muted", output, re.MULTILINE)
    assert re.search(r"^Them +digital silence: nothing plays", output, re.MULTILINE)
