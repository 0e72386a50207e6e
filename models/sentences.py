"""The sentence encoder of the claim review: a six-layer BERT with four heads, int8, on onnxruntime.

Blocks the thread that asks for some milliseconds a sentence; any may ask. How text becomes token ids mirrors the
training (`pair_ids` and `context_of` in `training/`): ids that it was not trained on are noise to it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as engine
from tokenizers import Tokenizer

from assistant.errors import ModelError
from assistant.ports import SentenceScores
from assistant.values import Aspect, Label

FOLDER = Path(__file__).parent / "review"
MODEL, TOKENIZER, DIGESTS = "review.onnx", "tokenizer.json", "digests.txt"

CLS, SEP = 101, 102
MOST_TOKENS = 128
SENTENCE_HEAD, SENTENCE_TAIL = 24, 48  # a longer sentence keeps its first and its last tokens
PREVIOUS_SENTENCES = 3
# The tokens that are kept are far fewer; what lies between is cut before it costs time.
MOST_CHARACTERS = 20_000


class SentenceEncoder:
    """Implements `assistant.ports.SentenceModel`.

    Args:
        session: of the verified file.
        tokenizer: of the same training, without truncation and padding.

    Raises:
        ModelError: the file's metadata does not say how to read its outputs.
    """

    def __init__(self, session: onnxruntime.InferenceSession, tokenizer: Tokenizer) -> None:
        self._session: Any = session
        self._tokenizer = tokenizer
        facts: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        try:
            self._labels = [Label(name) for name in json.loads(facts["labels"])]
            self._aspects = [Aspect(name) for name in json.loads(facts["aspects"])]
            training = json.loads(facts["training"])
            self._label_bias = np.array(training["label_bias"], np.float64)
            self._label_temperature = float(training["label_temperature"])
        except (KeyError, ValueError) as error:
            raise ModelError(_unusable(f"{MODEL} does not say what its outputs mean: {error}")) from error

    def score(self, context: Sequence[str], text: str) -> SentenceScores:
        """What `text` is; any text will do. See `assistant.ports.SentenceModel`.

        `context` is the question ("" where there was none), then what was said before in the same answer, of which the
        last three are read; for a turn of the interviewer it is the same as before that turn. `labels` holds the label
        bias and the temperature of the training, fitted to dialogues that the model had not seen.
        """
        label, aspect, ask, topic = self._logits(*self.pair_ids(context, text))
        labels = _softmax((label + self._label_bias) / self._label_temperature)
        return SentenceScores(
            labels=dict(zip(self._labels, labels.tolist(), strict=True)),
            aspects=dict(zip(self._aspects, _sigmoid(aspect).tolist(), strict=True)),
            asks=dict(zip(self._aspects, _sigmoid(ask).tolist(), strict=True)),
            opens_topic=float(_sigmoid(topic)[0]),
        )

    def pair_ids(self, context: Sequence[str], text: str) -> tuple[list[int], list[int]]:
        """Token ids and segments (0 context, 1 sentence), at most 128; the context loses its oldest first."""
        joined = " ".join([*context[:1], *context[1:][-PREVIOUS_SENTENCES:]]).strip()
        before, sentence = self._ids(joined[-MOST_CHARACTERS:]), self._ids(text)
        if len(sentence) > SENTENCE_HEAD + SENTENCE_TAIL:
            sentence = sentence[:SENTENCE_HEAD] + sentence[-SENTENCE_TAIL:]
        before = before[-(MOST_TOKENS - 3 - len(sentence)) :]
        return [CLS, *before, SEP, *sentence, SEP], [0] * (len(before) + 2) + [1] * (len(sentence) + 1)

    def _ids(self, text: str) -> list[int]:
        if len(text) > MOST_CHARACTERS:
            text = f"{text[: MOST_CHARACTERS // 2]} {text[-MOST_CHARACTERS // 2 :]}"
        # Half a surrogate pair, as a damaged file may hold it, is no text to the tokenizer.
        clean = text.encode("utf-8", "replace").decode("utf-8")
        return list(self._tokenizer.encode(clean, add_special_tokens=False).ids)

    def _logits(self, ids: list[int], segments: list[int]) -> list[NDArray[np.float64]]:
        rows = {"input_ids": ids, "token_type_ids": segments}
        outputs = self._session.run(None, {name: np.array([row], np.int64) for name, row in rows.items()})
        return [np.asarray(output[0], np.float64) for output in outputs]


def load(folder: Path = FOLDER) -> SentenceEncoder:
    """The encoder that the program brings along.

    Raises:
        ModelError: a file is missing, is not the one that was published with the program, or can't be run.
    """
    files = _verified(folder)
    onnxruntime.disable_telemetry_events()  # older builds for Windows know no other way
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # the other cores belong to the decoder
    options.log_severity_level = 3  # errors: what it warns of is nothing that a user can act on
    try:
        # Of the very bytes whose digest was computed, so that nothing can change in between.
        session = onnxruntime.InferenceSession(files[MODEL], options, providers=["CPUExecutionProvider"])
    except (
        engine.Fail,
        engine.InvalidGraph,
        engine.InvalidProtobuf,
        engine.NotImplemented,
        engine.RuntimeException,
    ) as error:
        raise ModelError(_unusable(str(error))) from error
    tokenizer = Tokenizer.from_str(files[TOKENIZER].decode("utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return SentenceEncoder(session, tokenizer)


def _verified(folder: Path) -> dict[str, bytes]:
    """The contents of the files by name; each has the digest that is written beside it."""
    try:
        lines = (folder / DIGESTS).read_text(encoding="utf-8").splitlines()
        expected = {name: sha256 for sha256, name in (line.split() for line in lines)}
        contents = {name: (folder / name).read_bytes() for name in (MODEL, TOKENIZER)}
    except OSError as error:
        raise ModelError(_unusable(f"{error.filename}: {error.strerror}")) from error
    except ValueError as error:
        raise ModelError(_unusable(f"{folder / DIGESTS} is damaged")) from error
    for name, content in contents.items():
        if hashlib.sha256(content).hexdigest() != expected.get(name):
            raise ModelError(_unusable(f"{folder / name} is damaged: its SHA-256 differs from the published one"))
    return contents


def _unusable(why: str) -> str:
    return (
        f"The sentence encoder of the review can't be used ({why}). Claims are reviewed by rules alone, less exactly. "
        "Install Depthcue again to get the encoder back."
    )


def _softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max())
    shares: NDArray[np.float64] = powers / powers.sum()
    return shares


def _sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    values: NDArray[np.float64] = 1.0 / (1.0 + np.exp(-logits))
    return values
