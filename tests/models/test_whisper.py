"""Real weights on real speech."""

import json
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import pytest
import soundfile
import soxr

from assistant.errors import ModelError, TranscriptionError
from assistant.ports import Effort
from models.encoding import Window
from models.known_speech import known_speech
from models.whisper import PADDED, WhisperTranscriber
from models.word_times import Heard, timed_words

DATA = Path(__file__).parents[1] / "data" / "speech"
READING = (
    "and mister john dashwood had then leisure to consider how much there might be prudently "
    "in his power to do for them"
)


def load(name):
    samples, rate_hz = soundfile.read(DATA / name, dtype="float32")
    return samples if rate_hz == 16_000 else soxr.resample(samples, rate_hz, 16_000)


def letters(words):
    return [re.sub(r"\W", "", word.text.lower()).replace("mr", "mister") for word in words]


@pytest.mark.parametrize("effort", Effort)
def test_a_short_window_hears_every_word(whisper, effort):
    assert letters(whisper.transcribe(load("librivox_sense_0870.wav"), effort).words) == READING.split()


def test_the_short_window_says_what_the_padded_one_says(model_folder, whisper):
    samples = load("librivox_sense_0870.wav")
    padded = WhisperTranscriber(model_folder, "tiny.en", decode=PADDED).transcribe(samples, Effort.FINAL)
    short = whisper.transcribe(samples, Effort.FINAL)
    assert letters(short.words) == letters(padded.words)
    assert short.average_log_probability == pytest.approx(padded.average_log_probability, abs=0.05)


def test_a_batch_hears_speech_and_doubts_a_noise_as_one_by_one(whisper):
    laughter = load("laughter.flac")[: 16_000 * 6]
    speech, noise = whisper.transcribe_all([load("librivox_sense_0870.wav"), laughter])
    assert letters(speech.words) == READING.split()
    alone = whisper.transcribe(laughter, Effort.FINAL)
    assert noise.no_speech_probability == pytest.approx(alone.no_speech_probability, abs=1e-3)
    assert alone.no_speech_probability > 0.3


def test_words_lie_where_they_are_said(whisper):
    truth = json.loads((DATA / "librivox_sense_0870.words.json").read_text(encoding="utf-8"))
    words = whisper.transcribe(load("librivox_sense_0870.wav"), Effort.FINAL).words
    assert median(abs(w.start_seconds - t["start_s"]) for w, t in zip(words, truth, strict=True)) <= 0.1
    assert median(abs(w.end_seconds - t["end_s"]) for w, t in zip(words, truth, strict=True)) <= 0.1
    assert all(w.start_seconds <= w.end_seconds for w in words)
    assert all(a.end_seconds <= b.start_seconds for a, b in pairwise(words))


@pytest.mark.parametrize(
    ("lead", "said"),
    [("There were six of us, four eng", "ineers, a designer, and me."), ("There were six of us...", "...four and me.")],
)
def test_what_goes_on_behind_a_lead_without_a_space_keeps_its_first_word(whisper, lead, said):
    tokenizer = whisper._tokenizer("en")
    sound = known_speech()
    encoded = whisper._encoder.encode(sound, Window(1.3, 5.0))
    heard = Heard(encoded, len(sound) / 16_000, 1.0, tuple(tokenizer.encode(" " + lead)))
    words = timed_words(whisper.engine, tokenizer, heard, tokenizer.encode(said), late_seconds=0.0)
    assert [word.text for word in words] == said.split()
    assert all(one.start_seconds < one.end_seconds for one in words)
    assert all(one.end_seconds <= other.start_seconds for one, other in pairwise(words))


def test_a_telephone_okay_is_kept(whisper):
    assert letters(whisper.transcribe(load("okay_telephone.wav"), Effort.FINAL).words) == ["okay"]


def test_silence_ends_soon_and_says_that_there_is_no_speech(whisper):
    hypothesis = whisper.transcribe(np.zeros(16_000 * 5, np.float32), Effort.FINAL)
    assert len(hypothesis.words) <= 3
    assert not hypothesis.words or hypothesis.no_speech_probability > 0.3


def test_numbers_are_single_words(whisper):
    from assistant.demo import INTERVIEW

    samples, _ = soundfile.read(INTERVIEW, dtype="float32", start=round(24.5 * 16_000), stop=round(27.6 * 16_000))
    texts = [word.text for word in whisper.transcribe(samples[:, 1].copy(), Effort.FINAL).words]
    assert re.sub(r"\W", "", texts[-1]) == "7000"
    assert texts[-1].rstrip(".").endswith("%")


def test_a_glossary_helps_finals_and_leaves_all_else_alone(whisper):
    samples = load("librivox_sense_0870.wav")
    helped = whisper.for_call("en", ["Dashwud", "Kubernetes", "Aoife"])
    texts = [word.text for word in helped.transcribe(samples, Effort.FINAL).words]
    expected = READING.replace("dashwood", "dashwud").split()
    assert letters(helped.transcribe(samples, Effort.FINAL).words) == expected
    assert any(text.startswith("Dashwud") for text in texts)
    assert letters(helped.transcribe(samples, Effort.PARTIAL).words) == READING.split()


def test_a_glossary_can_not_be_heard_in_sounds_without_speech(whisper):
    terms = ["Brightpath", "Kaylee", "Revit", "BCIS", "Gong"]
    helped = whisper.for_call("en", terms)
    breathing, _ = soundfile.read(DATA / "breathing.flac", dtype="float32")
    noise = np.random.default_rng(0).normal(0, 0.05, 16_000 * 3).astype(np.float32)
    for samples in (breathing[: 16_000 * 6], noise, np.zeros(16_000 * 3, np.float32)):
        said = " ".join(word.text for word in helped.transcribe(samples, Effort.FINAL).words).lower()
        assert not any(term.lower() in said for term in terms)


def test_a_long_glossary_before_a_short_sound_is_no_error(whisper):
    helped = whisper.for_call("en", [f"Term{i}" for i in range(1000)])
    assert "of the glossary's 1,000 terms" in helped.notices[0]
    assert letters(helped.transcribe(load("okay_telephone.wav"), Effort.FINAL).words) == ["okay"]


def test_no_samples_and_a_few_samples_are_no_error(whisper):
    for count in (0, 1, 399, 1600):
        assert len(whisper.transcribe(np.zeros(count, np.float32), Effort.PARTIAL).words) <= 3


def test_more_than_the_window_is_refused(whisper):
    with pytest.raises(ValueError, match="30 s"):
        whisper.transcribe(np.zeros(16_000 * 31, np.float32), Effort.FINAL)


@pytest.mark.parametrize("fault", [MemoryError(), ValueError("no number"), RuntimeError("broken")])
def test_whatever_the_engine_fails_with_is_an_error_that_says_so(whisper, monkeypatch, fault):
    def fail(*_):
        raise fault

    monkeypatch.setattr(whisper._encoder, "encode", fail)
    monkeypatch.setattr(whisper._encoder, "encode_thinned", fail)
    told = str(fault) or "MemoryError"
    with pytest.raises(TranscriptionError, match=told):
        whisper.transcribe(np.zeros(16_000, np.float32), Effort.FINAL)
    with pytest.raises(TranscriptionError, match=told):
        whisper.transcribe_all([np.zeros(16_000, np.float32)])


def test_a_window_never_exceeds_whispers():
    assert Window(1.3, 5.0).samples(0) == 5 * 16_000
    assert Window(1.3, 5.0).samples(10 * 16_000) == pytest.approx(11.3 * 16_000, abs=320)
    assert Window(1.3, 5.0).samples(29 * 16_000 + 15_000) == 30 * 16_000


def test_a_folder_without_tokenizer_is_refused_and_nothing_is_fetched(tmp_path, model_folder):
    shutil.copy(model_folder / "config.json", tmp_path)
    with pytest.raises(ModelError, match=r"tokenizer\.json"):
        WhisperTranscriber(tmp_path, "mine")


def test_a_damaged_model_is_an_error_that_says_so(tmp_path, model_folder):
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        shutil.copy(model_folder / name, tmp_path)
    (tmp_path / "model.bin").write_bytes((model_folder / "model.bin").read_bytes()[:1_000_000])
    with pytest.raises(ModelError, match="damaged"):
        WhisperTranscriber(tmp_path, "mine")


def test_want_of_memory_is_not_taken_for_a_damaged_model(model_folder, monkeypatch):
    def fail(*_args, **_kwargs):
        raise MemoryError

    for place in ("models.loading.WhisperModel", "models.whisper.WhisperTranscriber._get_acquainted"):
        with monkeypatch.context() as patched, pytest.raises(ModelError, match="not enough memory") as caught:
            patched.setattr(place, fail)
            WhisperTranscriber(model_folder, "mine")
        assert "damaged" not in str(caught.value)


OF_ANOTHER_MODEL = """{"version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null,
"pre_tokenizer": null, "post_processor": null, "decoder": null,
"model": {"type": "WordLevel", "vocab": {"[UNK]": 0, "hello": 1}, "unk_token": "[UNK]"}}"""


@pytest.mark.parametrize(
    ("name", "text"),
    [("tokenizer.json", "{}"), ("tokenizer.json", OF_ANOTHER_MODEL), ("preprocessor_config.json", "[]")],
)
def test_a_model_with_a_wrong_file_is_an_error_that_says_so(tmp_path, model_folder, name, text):
    for file in model_folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).write_text(text)
    with pytest.raises(ModelError, match="can't be loaded"):
        WhisperTranscriber(tmp_path, "mine")


MANY_LENGTHS = """
import resource, sys
from pathlib import Path
import numpy as np
from models.encoding import Window
from models.whisper import WhisperTranscriber
encoder = WhisperTranscriber(Path(sys.argv[1]), "tiny.en")._encoder
encoder.encode(np.zeros(12 * 16_000, np.float32), Window(0.0, 1.0))
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for frames in range(600, 720, 2):
    encoder.encode(np.zeros(frames * 160, np.float32), Window(0.0, 1.0))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak)
"""


def test_utterances_of_many_lengths_take_no_more_memory(model_folder):
    ran = subprocess.run(
        [sys.executable, "-c", MANY_LENGTHS, str(model_folder)], capture_output=True, text=True, check=True
    )
    assert int(ran.stdout) * (1 if sys.platform != "darwin" else 1 / 1024) < 15_000  # KiB; without care a megabyte each
