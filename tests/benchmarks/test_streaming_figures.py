"""Calls with their truth, and what a run of one adds up to."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.values import Channel, UpdateKind, Word
from benchmarks.streaming import calls, history
from benchmarks.streaming.calls import BenchCall, Voice
from benchmarks.streaming.figures import figures, together
from benchmarks.streaming.history import Decode, Run
from benchmarks.streaming.metrics import Shown
from benchmarks.streaming.table import ratio_table, table
from benchmarks.streaming.text import Errors, errors


def spoken(text: str, start_seconds: float) -> tuple[Word, ...]:
    return tuple(
        Word(word, start_seconds + place * 0.5, start_seconds + place * 0.5 + 0.5)
        for place, word in enumerate(text.split())
    )


def voice(text: str, start_seconds: float, is_scored: bool = True) -> Voice:
    words = spoken(text, start_seconds)
    speech = tuple((word.start_seconds, word.end_seconds) for word in words)
    return Voice(np.zeros(10 * 16_000, np.int16), text, speech, words, is_scored)


def shown(kind: UpdateKind, channel: Channel, text: str, start: float, at: float, screen: float | None) -> Shown:
    return Shown(kind, channel, int(channel is Channel.THEM), start, at - 0.2, spoken(text, start), at, screen)


CALL = BenchCall("one", Path("one.wav"), {Channel.YOU: voice("go on", 1.0), Channel.THEM: voice("we cut costs", 4.0)})
RUN = Run(
    shown=[
        shown(UpdateKind.FINAL, Channel.YOU, "go on", 1.0, 2.4, 2.5),
        shown(UpdateKind.PARTIAL, Channel.THEM, "we", 4.0, 4.7, None),
        shown(UpdateKind.PARTIAL, Channel.THEM, "we cut", 4.0, 5.1, 5.2),
        shown(UpdateKind.FINAL, Channel.THEM, "we cut cost", 4.0, 5.9, 6.0),
    ],
    cpu_seconds=5.0,
    peak_bytes=10**8,
    ended_seconds=10.5,
    decodes=[Decode(False, 1.0, 4.6, 4.7), Decode(True, 1.7, 5.6, 5.9)],
)
OFFLINE = {Channel.YOU: "go on", Channel.THEM: "we cut costs"}


def test_delays_are_those_of_the_screen() -> None:
    made = figures(CALL, RUN, OFFLINE)
    assert made.partial == pytest.approx([1.0, 0.5, 0.7, 0.2])
    assert made.published == pytest.approx([0.9, 0.4, 0.2, 0.1])
    assert made.stable == pytest.approx([1.0, 0.5, 1.5, 1.0])
    assert made.last_word == pytest.approx([0.5])
    assert made.final == pytest.approx([0.5, 0.5])
    assert (made.shown, made.spoken) == (4, 5)


def test_errors_and_costs_are_added_over_channels_and_calls() -> None:
    made = together([figures(CALL, RUN, OFFLINE), figures(CALL, RUN, OFFLINE)])
    assert (made.final_errors.wrong, made.final_errors.count) == (2, 10)
    assert made.offline_errors.wrong == 0
    assert made.busy_seconds == pytest.approx(0.8)
    assert (made.cpu_seconds, made.peak_bytes, made.finished_late_seconds) == (10.0, 10**8, 0.5)


def test_a_channel_that_hears_the_other_side_is_not_scored() -> None:
    leaking = BenchCall("one", Path("one.wav"), {**CALL.voices, Channel.YOU: voice("go on", 1.0, is_scored=False)})
    assert figures(leaking, RUN, OFFLINE).final_errors.count == 3


def test_weights_without_meaning_have_delays_of_finals_only() -> None:
    made = figures(CALL, RUN, None, is_shape=True)
    assert made.final and not made.partial
    assert made.final_errors.count == 0


def test_tables_leave_out_what_nobody_has_and_compare_medians() -> None:
    made = figures(CALL, RUN, OFFLINE)
    assert "| end of speech → final text, s | 0.50 / 0.50 / 0.50 |" in table({"ours": made})
    assert "longest wait" not in table({"ours": made})
    later = figures(CALL, RUN, OFFLINE)
    later.stable = [2 * value for value in later.stable]
    assert "| stable, p50, its delay against ours | 2.0 × |" in ratio_table({"ours": made}, {"ours": later})


@pytest.mark.parametrize(("ours", "ahead"), [([-0.25], "+0.75 s"), ([0.0], "+0.50 s"), ([0.09], "+0.41 s"), ([], "–")])
def test_a_delay_of_next_to_nothing_is_compared_by_its_difference(ours: list[float], ahead: str) -> None:
    made, later = figures(CALL, RUN, OFFLINE), figures(CALL, RUN, OFFLINE)
    made.last_word = ours
    assert f"| last word, p50, its delay against ours | {ahead} |" in ratio_table({"ours": made}, {"ours": later})


def test_a_run_is_read_as_it_was_written(tmp_path: Path) -> None:
    RUN.write(tmp_path / "run.json")
    assert history.read(tmp_path / "run.json") == RUN


def test_a_pair_of_recordings_is_one_call_cut_where_asked(tmp_path: Path) -> None:
    (tmp_path / "refs").mkdir()
    for side, start in (("agent", 0.1), ("caller", 1.0)):
        soundfile.write(tmp_path / f"x_{side}.wav", np.zeros(3 * 8000, np.int16), 8000)
        words = [{"w": w.text, "s": w.start_seconds, "e": w.end_seconds, "p": 0.9} for w in spoken("so it is", start)]
        (tmp_path / "refs" / f"x_{side}.words.json").write_text(json.dumps(words), encoding="utf-8")
    (call,) = calls.load([tmp_path], 2.0, tmp_path)
    assert call.duration_seconds == 2.0
    assert [call.voices[channel].text for channel in Channel] == ["so it is", "so it"]
    assert soundfile.info(call.recording).channels == 2


def test_a_call_with_its_truth_beside_it_knows_a_microphone_that_leaks(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "y.wav", np.zeros((2 * 16_000, 2), np.int16), 16_000)
    sentence = {"speaker": "candidate", "text": "Yes.", "start_s": 0.5, "end_s": 1.0}
    truth = {"sentences": [sentence], "conditions": ["call leaks into the microphone at -12 dB"]}
    (tmp_path / "y.json").write_text(json.dumps(truth), encoding="utf-8")
    (tmp_path / "work").mkdir()
    (call,) = calls.load([tmp_path], None, tmp_path / "work")
    assert [call.voices[channel].is_scored for channel in Channel] == [False, True]
    assert call.voices[Channel.THEM].speech == ((0.5, 1.0),)
    assert not call.voices[Channel.THEM].words


def test_the_voice_ends_where_it_is_loud_last() -> None:
    samples = np.zeros(32_000, np.int16)
    samples[8_000:16_000] = 8_000
    samples[16_000:20_000] = 20
    heard = Voice(samples, "", (), (), True)
    assert heard.voice_end_seconds(0.2, 1.5) == pytest.approx(1.0, abs=0.02)


def test_a_word_whose_time_is_guessed_may_be_anywhere_between_its_neighbours() -> None:
    def where(end_seconds: float) -> list[tuple[float, float]]:
        car = Word("car", end_seconds - 0.3, end_seconds, 0.8)
        words = (Word("your", 1.0, 1.2, 0.9), Word("your", 1.2, 1.2, 0.0), car)
        speech = tuple((word.start_seconds, word.end_seconds) for word in words)
        return Voice(np.zeros(1, np.int16), "your your car", speech, words, True).maybe_speech

    assert (1.0, 4.0) in where(4.0)
    assert max(end - start for start, end in where(60.0)) < 1.0


def test_three_dots_are_no_word() -> None:
    assert errors("of your car", "of your... car…") == Errors(0, 3)
