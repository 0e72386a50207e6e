"""Real weights in another order say what they say in Whisper's; files in another order hold the same rows."""

import errno
import io
import json
import struct
import tempfile

import numpy as np
import pytest
from faster_whisper import WhisperModel
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import ModelError
from models import row_order
from models.decoding import decode
from models.encoding import Window
from models.known_speech import known_speech
from models.loading import load_engine
from models.row_order import COMMON, END, NO_TIMES, START, Reordered, reordered
from models.weights_format import whisper_variables
from models.whisper import WhisperTranscriber
from models.word_times import Heard
from tests.models.model_files import write

BEGINNING = " There were six of us,"
BEGINNING_SECONDS = 1.2


@pytest.fixture(scope="module")
def in_whispers_order(model_folder):
    return WhisperModel(str(model_folder), device="cpu", compute_type="int8", cpu_threads=1)


def heard(whisper, lead):
    sound = known_speech()
    encoded = whisper._encoder.encode(sound, Window(1.3, 5.0))
    tokens = tuple(whisper._tokenizer("en").encode(lead)) if lead else ()
    return Heard(encoded, len(sound) / 16_000, BEGINNING_SECONDS if lead else 0.0, tokens)


@pytest.mark.parametrize("beam_size", [1, 5])
@pytest.mark.parametrize("lead", ["", BEGINNING, BEGINNING + " four engineers, a designer, and"])
def test_what_is_heard_behind_a_lead_is_what_whispers_order_gives(whisper, in_whispers_order, lead, beam_size):
    assert isinstance(whisper.engine.model, Reordered)
    tokenizer = whisper._tokenizer("en")
    [ours] = decode(whisper.engine, tokenizer, [heard(whisper, lead)], beam_size, 0.0)
    [theirs] = decode(in_whispers_order, tokenizer, [heard(whisper, lead)], beam_size, 0.0)
    assert ours.words
    assert [word.text for word in ours.words] == [word.text for word in theirs.words]
    assert [word.start_seconds for word in ours.words] == [word.start_seconds for word in theirs.words]
    assert ours.average_log_probability == pytest.approx(theirs.average_log_probability, abs=0.01)
    assert ours.no_speech_probability == pytest.approx(theirs.no_speech_probability, abs=0.003)


def test_a_lead_without_a_common_token_is_split_and_comes_back_as_it_was_given(whisper):
    tokenizer = whisper._tokenizer("en")
    given = heard(whisper, " There")
    assert min(given.lead_tokens) >= COMMON
    prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps, *given.lead_tokens]
    [said] = whisper.engine.model.generate(given.encoded, [prompt], beam_size=5, max_length=80, return_scores=True)
    tokens = [token for token in said.sequences_ids[0] if token < tokenizer.eot]
    assert "six of us, four engineers" in tokenizer.decode(tokens)
    assert tokens[: len(given.lead_tokens)] == list(given.lead_tokens)


@pytest.mark.parametrize("lead", [BEGINNING, " There", " Kazakhstan"])
@pytest.mark.parametrize("max_length", [6, 18, 30, 44])
def test_a_bound_on_the_length_counts_what_is_given_as_whispers_order_does(
    whisper, in_whispers_order, max_length, lead
):
    given = heard(whisper, lead)
    tokenizer = whisper._tokenizer("en")
    prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps, *given.lead_tokens]
    ours, theirs = (
        model.generate(given.encoded, [prompt], beam_size=1, max_length=max_length)[0].sequences_ids[0]
        for model in (whisper.engine.model, in_whispers_order.model)
    )
    assert ours[: len(given.lead_tokens)] == list(given.lead_tokens)
    at_most = max(max_length // 2, len(given.lead_tokens))
    assert len(theirs) == min(len(theirs), at_most)
    if lead == BEGINNING:
        assert ours[: len(theirs)] == theirs
    if len(theirs) == at_most:  # the bound has cut it
        assert len(ours) == at_most


def test_terms_of_a_glossary_stand_before_a_lead(whisper, in_whispers_order):
    tokenizer, given = whisper._tokenizer("en"), heard(whisper, BEGINNING)
    terms = tokenizer.encode(" Glossary: Kubernetes, Aoife.")
    ours, theirs = (
        [word.text for word in decode(engine, tokenizer, [given], 5, 0.0, terms)[0].words]
        for engine in (whisper.engine, in_whispers_order)
    )
    assert ours == theirs
    assert len(ours) >= 5


def test_several_stretches_at_once_come_back_each_with_its_own_words(whisper, in_whispers_order):
    tokenizer, both = whisper._tokenizer("en"), [heard(whisper, ""), heard(whisper, "")]
    ours, theirs = (decode(engine, tokenizer, both, 5, 0.0) for engine in (whisper.engine, in_whispers_order))
    assert [[w.text for w in one.words] for one in ours] == [[w.text for w in one.words] for one in theirs]


class Listening:
    """A model that passes on what it is asked, and remembers the prompts."""

    def __init__(self, model):
        self.model = model
        self.prompts = []

    def generate(self, features, prompts, **options):
        self.prompts = prompts
        return self.model.generate(features, prompts, **options)


def test_in_a_multilingual_vocabulary_all_text_and_all_signs_of_a_prompt_lie_within_it():
    signs = ("<|en|>", "<|de|>", "<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>")
    vocabulary = [*names()[: COMMON + 19], "", *names(signs=signs)[COMMON + 20 :]]
    order = row_order._order(vocabulary)
    rows = order.rows
    start, no_times = rows[vocabulary.index(START)], rows[vocabulary.index(NO_TIMES)]
    inside = [vocabulary[order.tokens[row]] for row in range(start, no_times + 1)]
    assert set(inside) == {*vocabulary[: COMMON + 20], START, END, *signs, NO_TIMES}
    assert all(row > no_times for row in order.second_rows.values())
    assert {vocabulary[token] for token in order.second_rows} == {*vocabulary[:COMMON]}


@pytest.mark.parametrize("lead", [BEGINNING, " We migrated Kubernetes, then Kubernetes"])
def test_of_a_lead_only_the_end_is_forced_word_by_word(whisper, monkeypatch, lead):
    given = heard(whisper, lead)
    listening = Listening(whisper.engine.model._model)
    monkeypatch.setattr(whisper.engine.model, "_model", listening)
    [hypothesis] = decode(whisper.engine, whisper._tokenizer("en"), [given], 5, 0.0, has_exact_times=False)
    [prompt] = listening.prompts
    outside = [row for row in prompt if row >= whisper.engine.model._order.first_second]
    assert len(outside) == 1
    assert prompt.index(outside[0]) >= len(prompt) - 4
    assert "engineers" in " ".join(word.text for word in hypothesis.words).lower()
    assert not any("kubernetes" in word.text.lower() for word in hypothesis.words)


def test_a_token_that_the_model_does_not_have_is_a_fault_of_the_engine(whisper):
    with pytest.raises(ValueError, match="no token 99999"):
        whisper.engine.model.generate(
            None, [[99999, whisper._tokenizer("en").no_timestamps]], beam_size=1, max_length=2
        )


# --- files ---


def names(text_count=COMMON + 20, times=3, signs=("<|en|>", "<|transcribe|>", "<|nospeech|>")):
    text = [".", *(f"t{number}" for number in range(1, text_count))]
    return [*text, END, START, *signs, NO_TIMES, *(f"<|{number}|>" for number in range(times))]


def weights(variables):
    """A `model.bin` with these (name, array) variables and one alias."""

    def text(value):
        return struct.pack("<H", len(value) + 1) + value.encode() + b"\0"

    content = struct.pack("<I", 6) + text("WhisperSpec") + struct.pack("<II", 3, len(variables))
    for name, data in variables:
        content += (
            text(name) + struct.pack(f"<B{data.ndim}IBI", data.ndim, *data.shape, 1, data.nbytes) + data.tobytes()
        )
    return content + struct.pack("<I", 1) + text("decoder/projection/weight") + text("decoder/embeddings/weight")


def files(vocabulary, variables, **config):
    numbers = {"suppress_ids": [1, 2], "suppress_ids_begin": [3], "lang_ids": [vocabulary.index("<|en|>")], **config}
    return {
        "config.json": json.dumps(numbers).encode(),
        "model.bin": weights(variables),
        "tokenizer.json": b"{}",
        "vocabulary.json": json.dumps(vocabulary).encode(),
    }


def arrays(content):
    file = io.BytesIO(content)
    return {
        one.name: (one.shape, content[one.data_at : one.data_at + one.size_bytes]) for one in whisper_variables(file)
    }


def changed(folder, into):
    order = reordered(folder, into)
    return order, {path.name: path.read_bytes() for path in into.iterdir()}


@given(
    places=st.lists(st.sampled_from(["encoder", "weight", "scale", "none"]), min_size=1, max_size=6),
    width=st.integers(1, 5),
    times=st.integers(0, 4),
    extra_text=st.integers(0, 30),
    is_text_file=st.booleans(),
)
def test_every_row_of_the_vocabulary_moves_and_all_else_stays(
    tmp_path_factory, places, width, times, extra_text, is_text_file
):
    vocabulary = names(COMMON + 1 + extra_text, times)
    count = len(vocabulary)
    number = np.random.default_rng(width).integers(0, 255, (count, width), np.uint8)
    kinds = {
        "encoder": ("encoder/conv1/weight", np.arange(12, dtype=np.float32).reshape(3, 4)),
        "scale": ("decoder/embeddings/weight_scale", np.arange(count, dtype=np.float32)),
        "none": ("decoder/scale_embeddings", np.array(1, np.int8)),
        "weight": ("decoder/layer_0/ffn/linear_0/weight", np.ones((count, 2), np.float16)),
    }
    others = [
        (f"{kinds[place][0]}{'' if place == 'scale' else at}", kinds[place][1]) for at, place in enumerate(places)
    ]
    variables = [*others, ("decoder/embeddings/weight", number)]
    given_files = files(vocabulary, variables)
    if is_text_file:
        del given_files["vocabulary.json"]
        given_files["vocabulary.txt"] = ("\n".join(vocabulary) + "\n").encode()
    folder = write(tmp_path_factory.mktemp("model"), given_files)
    order, made = changed(folder, tmp_path_factory.mktemp("changed"))
    before, after = arrays(given_files["model.bin"]), arrays(made["model.bin"])
    assert list(before) == list(after)
    assert made["model.bin"][-60:] == given_files["model.bin"][-60:]
    for name, (shape, data) in after.items():
        if name.startswith("decoder/embeddings"):
            rows = np.frombuffer(before[name][1], np.uint8).reshape(count, -1)
            assert shape == (len(order.tokens), *before[name][0][1:])
            assert np.array_equal(
                np.frombuffer(data, np.uint8).reshape(len(order.tokens), -1), rows[list(order.tokens)]
            )
        else:
            assert (shape, data) == before[name]
    assert sorted(order.tokens[: order.first_second]) == list(range(count))
    assert json.loads(made["vocabulary.json"]) == [vocabulary[token] for token in order.tokens]


def test_numbers_of_tokens_in_the_settings_of_the_model_move_with_their_rows(tmp_path, tmp_path_factory):
    vocabulary = names(times=2)
    folder = write(tmp_path, files(vocabulary, [("decoder/embeddings/weight", np.ones((len(vocabulary), 1), np.int8))]))
    order, made = changed(folder, tmp_path_factory.mktemp("changed"))
    config = json.loads(made["config.json"])
    named = {name: [vocabulary[order.tokens[row]] for row in config[name]] for name in config}
    assert named["lang_ids"] == ["<|en|>"]
    assert named["suppress_ids_begin"] == ["t3"]
    assert named["suppress_ids"][:4] == ["t1", "t2", "<|0|>", "<|1|>"]  # and the second rows
    assert config["suppress_ids"][2:] == list(range(order.first_second - 2, len(order.tokens)))


def spoiled(kind):
    vocabulary = names()
    variable = "decoder/embeddings/weight", np.ones((len(vocabulary), 1), np.int8)
    if kind == "no sign for the start":
        return files([name for name in vocabulary if name != START], [variable])
    if kind == "another order":
        return files([*vocabulary[COMMON:], *vocabulary[:COMMON]], [variable])
    if kind == "few words":
        return files(names(COMMON - 1), [variable])
    if kind == "rows of another vocabulary":
        return files([*vocabulary, "<|more|>"], [variable])
    if kind == "no rows":
        return files(vocabulary, [("encoder/weight", variable[1])])
    made = files(vocabulary, [variable])
    if kind == "cut weights":
        return made | {"model.bin": made["model.bin"][:300]}
    if kind == "no list":
        return made | {"vocabulary.json": b'{"a": 1}'}
    if kind == "numbers that are none":
        return made | {"config.json": b'{"suppress_ids": 3}'}
    return {name: data for name, data in made.items() if name != "config.json"} | {"config.json": b"[]"}


@pytest.mark.parametrize(
    "kind",
    [
        "no sign for the start", "another order", "few words", "rows of another vocabulary", "no rows", "cut weights",
        "no list", "numbers that are none", "no settings",
    ],
)  # fmt: skip
def test_a_model_that_is_not_as_expected_is_left_to_the_engine(tmp_path, kind):
    (tmp_path / "into").mkdir()
    assert reordered(write(tmp_path / "model", spoiled(kind)), tmp_path / "into") is None


def test_a_large_model_is_loaded_in_its_own_order(model_folder, monkeypatch):
    monkeypatch.setattr(row_order, "MOST_BYTES", 1_000_000)
    whisper = WhisperTranscriber(model_folder, "tiny.en")
    assert not isinstance(whisper.engine.model, Reordered)
    assert whisper.notices == ()


def test_without_room_to_write_a_model_is_loaded_in_its_own_order(model_folder, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(row_order, "_write_rows", full)
    assert not isinstance(load_engine(model_folder, threads=1, workers=1).model, Reordered)


def test_without_a_folder_for_it_a_model_is_loaded_in_its_own_order(model_folder, monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "not there"))
    assert not isinstance(load_engine(model_folder, threads=1, workers=1).model, Reordered)


def test_a_loaded_model_leaves_no_file_behind(model_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert isinstance(load_engine(model_folder, threads=1, workers=1).model, Reordered)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_weights_is_an_error_that_says_so(tmp_path, model_folder):
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_bytes((model_folder / name).read_bytes())
    with pytest.raises(ModelError, match=r"model\.bin"):
        load_engine(tmp_path, threads=1, workers=1)
