"""A Whisper model with the rows of its vocabulary in an order in which words that are given cost next to nothing.

CTranslate2 computes at once what a prompt holds from `<|startoftranscript|>` on, as long as the numbers of its tokens
lie between that and `<|notimestamps|>` (`get_prompt_length` in its whisper.cc). In Whisper's order text lies outside,
so that the words of a lead are forced one by one, each at the price of a word that is sought: a third of the time of a
final in a telephone call. Here all text lies in between.

Of a lead only the end is still forced: where a prompt ends with text, the engine begins with a time; behind what it was
forced to it does not. For that, the most common tokens have a second row, outside. Neither it nor a time is ever said.
"""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from models.catalog import WEIGHTS
from models.weights_format import whisper_variables

START, NO_TIMES, END, FULL_STOP = "<|startoftranscript|>", "<|notimestamps|>", "<|endoftext|>", "."
COPIES = 500  # the vocabulary begins with single signs, and goes on with what is most common
MOST_BYTES = 200_000_000  # of weights
CHUNK_BYTES = 1 << 20
ROWS = ("decoder/embeddings/", "decoder/projection/")  # variables with a row for each token
SUPPRESSED, NUMBERS = "suppress_ids", ("suppress_ids", "suppress_ids_begin", "lang_ids")  # of tokens, in config.json


@dataclass(frozen=True, slots=True)
class Said:
    """What is used of CTranslate2's `WhisperGenerationResult`."""

    sequences_ids: list[list[int]]
    scores: list[float]
    no_speech_prob: float


@dataclass(frozen=True, slots=True)
class RowOrder:
    """Which token each row is of, in the tokenizer's numbers; of those from `first_copy` on there is one before.

    `no_times` and `full_stop` are tokens: what a prompt ends with, and what a lead without a common token does."""

    tokens: tuple[int, ...]
    first_copy: int
    no_times: int
    full_stop: int


class Reordered:
    """A `ctranslate2.models.Whisper` loaded from what `reordered` has written, to be spoken to in the tokenizer's
    numbers and with the same results as one in Whisper's order."""

    def __init__(self, model: Any, order: RowOrder) -> None:
        self._model = model
        self._order = order
        self._row = {token: row for row, token in enumerate(order.tokens[: order.first_copy])}
        self._copy = {token: row for row, token in enumerate(order.tokens) if row >= order.first_copy}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def generate(
        self, features: Any, prompts: Sequence[list[int]], *, beam_size: int, max_length: int, **options: Any
    ) -> list[Said]:
        """See `ctranslate2.models.Whisper.generate`. Text may follow the prompt of a single stretch only, and comes
        back with what is said."""
        ends = [prompt.index(self._order.no_times) + 1 for prompt in prompts]
        if all(end == len(prompt) for prompt, end in zip(prompts, ends, strict=True)):
            plain = [self._rows(prompt) for prompt in prompts]
            results = self._model.generate(features, plain, beam_size=beam_size, max_length=max_length, **options)
            return [self._said(one, (), 0) for one in results]
        [prompt], [end] = prompts, ends
        text = prompt[end:]
        given = text if any(token in self._copy for token in text) else [*text, self._order.full_stop]
        ahead = max(place for place, token in enumerate(given) if token in self._copy)
        rows = [*self._rows(prompt[:end]), *self._rows(given)]
        rows[end + ahead] = self._copy[given[ahead]]
        # The engine bounds forced and new tokens at half of this, and all tokens at this.
        most = max(1, min(max_length // 2, max_length - end + 1) - ahead)
        max_length = max(2 * most, most + end - 1 + ahead)
        [result] = self._model.generate(
            features, [rows], beam_size=beam_size, max_length=max_length, num_hypotheses=beam_size, **options
        )
        return [self._said(result, text, len(given) - ahead)]

    def align(self, features: Any, start: list[int], texts: Sequence[list[int]], frames: Any, **options: Any) -> Any:
        """See `ctranslate2.models.Whisper.align`."""
        rows = [self._rows(text) for text in texts]
        return self._model.align(features, self._rows(start), rows, frames, **options)

    def _rows(self, tokens: Sequence[int]) -> list[int]:
        try:
            return [self._row[token] for token in tokens]
        except KeyError as error:
            raise ValueError(f"the model's vocabulary has no token {error}") from error

    def _said(self, result: Any, text: Sequence[int], forced: int) -> Said:
        """The best of the hypotheses, by the measure of one that was forced to all of `text` in place of its last
        `forced` tokens: the sum of the logarithms, which is 0 for given words, by the length with them."""
        best: tuple[float, list[int]] = (0.0, [])
        scores = result.scores or [0.0] * len(result.sequences_ids)
        for place, (rows, score) in enumerate(zip(result.sequences_ids, scores, strict=True)):
            tokens = [*text, *(self._order.tokens[row] for row in rows[forced:])]
            by_all = score * len(rows) / len(tokens) if tokens else score
            if not place or by_all > best[0]:
                best = (by_all, tokens)
        return Said([best[1]], [best[0]], result.no_speech_prob)


def reordered(folder: Path, into: Path) -> RowOrder | None:
    """Write the model of `folder` into the folder `into`, with its rows in another order. None for a large model, which
    takes longer to write than is gained, and for one that is not as expected, of which the engine may make what it can.

    Raises:
        OSError: a file can't be read or written.
    """
    weights = folder / WEIGHTS
    if weights.stat().st_size > MOST_BYTES:
        return None
    try:
        vocabulary = _vocabulary(folder)
        order = _order(vocabulary)
        config = json.loads((folder / "config.json").read_bytes())
        row = {token: row for row, token in enumerate(order.tokens[: order.first_copy])}
        for name in NUMBERS:
            config[name] = [row[token] for token in config.get(name, ()) if token in row]
        config[SUPPRESSED] += range(row[order.no_times] + 1, len(order.tokens))
        _write_rows(weights, into / WEIGHTS, len(vocabulary), order.tokens)
    except (EOFError, ValueError, TypeError, KeyError, AttributeError):
        return None
    (into / "config.json").write_text(json.dumps(config), encoding="utf-8")
    # A name that is there twice is looked up as its first row.
    names = [vocabulary[token] for token in order.tokens]
    (into / "vocabulary.json").write_text(json.dumps(names), encoding="utf-8")
    for name in ("tokenizer.json", "preprocessor_config.json"):
        if (folder / name).is_file():
            shutil.copyfile(folder / name, into / name)
    return order


def _write_rows(weights: Path, target: Path, count: int, rows: Sequence[int]) -> None:
    """The file with these rows in place of the `count` of each variable that has one for each token.

    Raises:
        EOFError, ValueError: it is not as expected.
    """
    with weights.open("rb") as file, target.open("wb") as copy:
        variables = [one for one in whisper_variables(file) if one.name.startswith(ROWS) and one.shape]
        if not variables or any(one.shape[0] != count or one.size_bytes % count for one in variables):
            raise ValueError("the rows are not those of the vocabulary")
        file.seek(0)
        for one in variables:
            _copy(file, copy, one.shape_at)
            copy.write(struct.pack("<I", len(rows)))
            file.seek(one.shape_at + 4)
            _copy(file, copy, one.data_at - 4)
            data = np.frombuffer(file.read(4 + one.size_bytes)[4:], np.uint8).reshape(count, -1)[list(rows)]
            copy.write(struct.pack("<I", data.nbytes))
            copy.write(data.data)
        shutil.copyfileobj(file, copy)


def _copy(file: BinaryIO, copy: BinaryIO, until: int) -> None:
    """From where `file` is, up to there."""
    while data := file.read(min(CHUNK_BYTES, until - file.tell())):
        copy.write(data)


def _order(vocabulary: Sequence[str]) -> RowOrder:
    """Start, text, all other signs, copies. Raises ValueError where one is missing."""
    start, end, no_times = (vocabulary.index(name) for name in (START, END, NO_TIMES))
    if not COPIES < end < start < no_times:
        raise ValueError("the vocabulary is not in Whisper's order")
    signs = (token for token in range(end, len(vocabulary)) if token != start)  # the last of them are times
    whole = (start, *range(end), *signs)
    full_stop = vocabulary.index(FULL_STOP, 0, COPIES)
    return RowOrder((*whole, *range(COPIES)), len(whole), no_times, full_stop)


def _vocabulary(folder: Path) -> list[str]:
    """The name of each token. Raises ValueError."""
    listed = folder / "vocabulary.json"
    if listed.is_file():
        names = json.loads(listed.read_bytes())
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            return names
        raise ValueError("the vocabulary is no list of names")
    return (folder / "vocabulary.txt").read_bytes().decode("utf-8").removesuffix("\n").split("\n")
