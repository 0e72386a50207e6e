"""The encoder that the program brings along, with its real file."""

import hashlib
import math
import os
import shutil
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import ModelError
from assistant.values import Aspect, Label
from models import sentences

PROUD = "What have you worked on that you are proud of?"


@pytest.fixture(scope="module")
def encoder():
    return sentences.load()


@pytest.fixture
def copied(tmp_path):
    return shutil.copytree(sentences.FOLDER, tmp_path / "review")


def label_of(scores):
    return max(scores.labels, key=scores.labels.get)


@pytest.mark.parametrize(
    ("context", "text", "label"),
    [
        ([PROUD], "we improved a lot of things across the platform", Label.VAGUE),
        ([PROUD], "I increased revenue by 7000%", Label.NUMBER_ONLY),
        (
            ["How did you know that it was the insert?", "We shipped half of the parcels with it."],
            "With the insert, returns fell from 11% to 4%, and without it, they stayed at 11%.",
            Label.SUBSTANTIATED,
        ),
        (["How big was the team?"], "There were six of us", Label.NEUTRAL),
    ],
)
def test_clear_cases_get_their_label(encoder, context, text, label):
    assert label_of(encoder.score(context, text)) is label


def test_a_question_about_a_figure_asks_what_was_measured(encoder):
    asks = encoder.score([PROUD, "I increased revenue by 7000%."], "What exactly was measured there?").asks
    assert max(asks, key=asks.get) in {Aspect.METRIC_DEFINITION, Aspect.MEASUREMENT_METHOD}


def test_a_new_subject_opens_a_topic_and_a_nod_does_not(encoder):
    context = [PROUD, "We moved the shop to a new platform.", "It took a year."]
    new = encoder.score(context, "Great, let's move on. Tell me about a conflict you had with a colleague.")
    assert new.opens_topic > 0.5 > encoder.score(context, "mm-hm, okay").opens_topic


def test_probabilities_are_complete(encoder):
    scores = encoder.score([PROUD], "It was hard.")
    assert set(scores.labels) == set(Label) and set(scores.aspects) == set(scores.asks) == set(Aspect)
    assert sum(scores.labels.values()) == pytest.approx(1.0)


# What `encode_pairs` of training/review_model.py makes of the same rows.
ANSWER = ["We had a shop.", "It was slow.", "I fixed it.", "I, um, measured it."]
# fmt: off
SHORT_IDS = [
    101, 2054, 2106, 2017, 2079, 2045, 1029, 2009, 2001, 4030, 1012, 1045, 4964, 2009, 1012, 1045, 1010, 8529,
    1010, 7594, 2009, 1012, 102, 1045, 3445, 6599, 2011, 6352, 2692, 1003, 102,
]
LONG_IDS = [
    101, 2339, 1029, 102, 1059, 2692, 1059, 2487, 1059, 2475, 1059, 2509, 1059, 2549, 1059, 2629, 1059, 2575,
    1059, 2581, 1059, 2620, 1059, 2683, 1059, 10790, 1059, 14526, 1059, 21619, 1059, 24434, 1059, 22025, 1059,
    23499, 1059, 12740, 1059, 23632, 1059, 20958, 1059, 23777, 1059, 22932, 1059, 19961, 1059, 21472, 1059,
    22610, 1059, 18139, 1059, 26224, 1059, 12376, 1059, 22203, 1059, 25746, 1059, 22275, 1059, 27009, 1059,
    24087, 1059, 26976, 1059, 28311, 1059, 27814, 1059, 28154, 102,
]
FULL_IDS = [
    101, *[1998, 2059, 1029] * 38, 2028, 2048, 2093, 2176, 2274, 2416, 2698, 102, 2061, 2057, 12057, 2009, 102,
]
# fmt: on


@pytest.mark.parametrize(
    ("context", "text", "ids", "context_length"),
    [
        pytest.param(
            ["What did you do there?", *ANSWER], "I increased revenue by 7000%", SHORT_IDS, 23, id="last three said"
        ),
        pytest.param(
            [], "naïve café — don't!", [101, 102, 15743, 7668, 1517, 2123, 1005, 1056, 999, 102], 2, id="no context"
        ),
        pytest.param(["Why?"], " ".join(f"w{i}" for i in range(60)), LONG_IDS, 4, id="head and tail of the sentence"),
        pytest.param(
            ["And then? " * 60, "one two three four five six seven"],
            "so we shipped it",
            FULL_IDS,
            123,
            id="oldest context goes first",
        ),
    ],
)
def test_the_encoder_reads_the_ids_that_it_was_trained_on(encoder, context, text, ids, context_length):
    segments = [0] * context_length + [1] * (len(ids) - context_length)
    assert encoder.pair_ids(context, text) == (ids, segments)


def test_scores_are_those_of_the_training_after_bias_and_temperature(encoder):
    labels = encoder.score(["How big was the team?"], "There were six of us").labels
    # softmax((logits + bias) / temperature) of the float model; without temperature neutral would have 0.96.
    float_model = {Label.VAGUE: 0.04, Label.NUMBER_ONLY: 0.01, Label.SUBSTANTIATED: 0.08, Label.NEUTRAL: 0.87}
    assert labels == pytest.approx(float_model, abs=0.05)


def test_the_same_words_get_the_same_scores(encoder):
    context = [PROUD, "We had a shop."]
    assert encoder.score(context, "it got better") == encoder.score(context, "it got better")
    assert sentences.load().score(context, "it got better") == encoder.score(context, "it got better")


TEXT = st.text(st.characters(), max_size=300)  # surrogates, control and bidi characters included


@settings(max_examples=40, deadline=None)
@given(context=st.lists(TEXT, max_size=6), text=TEXT)
def test_any_text_gets_scores(encoder, context, text):
    scores = encoder.score(context, text)
    values = [*scores.labels.values(), *scores.aspects.values(), *scores.asks.values(), scores.opens_topic]
    assert all(math.isfinite(value) and 0.0 <= value <= 1.0 for value in values)


def test_half_a_surrogate_pair_is_no_obstacle(encoder):
    assert encoder.score(["\ud800"], "it \udfff was hard").labels


def test_an_endless_sentence_counts_by_its_beginning_and_end(encoder):
    begin, end = "We improved a lot of things " * 500, "and that is what we did in the end " * 500
    middle = "I do not matter. " * 100_000
    assert encoder.score([], begin + middle + end) == encoder.score([], begin + end)


@pytest.mark.parametrize("name", [sentences.MODEL, sentences.TOKENIZER])
@pytest.mark.parametrize("harm", ["changed", "cut", "empty", "missing"])
def test_a_damaged_file_is_not_loaded(copied, name, harm):
    path = copied / name
    content = path.read_bytes()
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes({"changed": content[:-1] + b"!", "cut": content[: len(content) // 2], "empty": b""}[harm])
    with pytest.raises(ModelError, match=f"{name}.*rules alone.*Install Depthcue again"):
        sentences.load(copied)


@pytest.mark.parametrize("content", [b"", b"no digests at all", b"\xff\xfe\x00"])
def test_damaged_digests_vouch_for_nothing(copied, content):
    (copied / sentences.DIGESTS).write_bytes(content)
    with pytest.raises(ModelError, match="Install Depthcue again"):
        sentences.load(copied)


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(ModelError, match="Install Depthcue again"):
        sentences.load(tmp_path / "nothing")


def test_a_file_that_the_engine_cannot_run_is_said(copied):
    (copied / sentences.MODEL).write_bytes(b"no model")
    names = (sentences.MODEL, sentences.TOKENIZER)
    lines = [f"{hashlib.sha256((copied / name).read_bytes()).hexdigest()}  {name}" for name in names]
    (copied / sentences.DIGESTS).write_text("\n".join(lines))
    with pytest.raises(ModelError, match="Install Depthcue again"):
        sentences.load(copied)


def test_nothing_of_torch_is_loaded():
    code = "import sys; from models import sentences; sentences.load(); sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nothing_is_kept_or_reported_about_the_use(tmp_path):
    """onnxruntime's own builds leave a device's identifier and a queue of events in the user's home, unless told."""
    kept_out = {"ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME"}
    environment = {name: value for name, value in os.environ.items() if name not in kept_out} | {"HOME": str(tmp_path)}
    code = "from models import sentences; sentences.load().score([], 'It was hard.')"
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)
    assert list(tmp_path.rglob("*")) == []
