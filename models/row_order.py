"""A Whisper model with the rows of its vocabulary in an order in which words that are given cost next to nothing.

CTranslate2 computes at once what a prompt holds from `<|startoftranscript|>` on, as long as the numbers of its tokens
lie between that and `<|notimestamps|>` (`get_prompt_length` in its whisper.cc). In Whisper's order text lies outside,
so that the words of a lead are forced one by one, each at the price of a word that is sought: a third of the time of a
final in a telephone call. Here all text lies in between.

The end of a lead is still forced. If a prompt ended with text, the engine's rules for times would demand a time next;
they do not behind what was forced. So the last common token of a lead is given by a second row, which lies outside;
where none is common, the last one is split.
Second rows and times are never said. They make the doubt of speech smaller by .002 at most, and a hypothesis that is
shorter than all others may win where it would not; on 1,396 words of two calls the text was the same.
"""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from models.catalog import WEIGHTS
from models.weights_format import whisper_variables

START, NO_TIMES, END = "<|startoftranscript|>", "<|notimestamps|>", "<|endoftext|>"
COMMON = 500  # the vocabulary begins with single signs, and goes on with what is most common
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
    """Which token each row is of, in the tokenizer's numbers. Rows from `first_second` on are the second ones of tokens
    that have one before. `no_times` is the token that a prompt without a lead ends with; `names` are the tokens'."""

    tokens: tuple[int, ...]
    first_second: int
    no_times: int
    names: tuple[str, ...]

    @property
    def rows(self) -> dict[int, int]:
        """The (first) row of each token."""
        return {token: row for row, token in enumerate(self.tokens[: self.first_second])}

    @property
    def second_rows(self) -> dict[int, int]:
        return {token: row for row, token in enumerate(self.tokens) if row >= self.first_second}


class Reordered:
    """A `ctranslate2.models.Whisper` loaded from what `reordered` has written, to be spoken to in the tokenizer's
    numbers. It says what one in Whisper's order says."""

    def __init__(self, model: Any, order: RowOrder) -> None:
        self._model = model
        self._order = order
        self._rows = order.rows
        self._second_rows = order.second_rows

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def generate(
        self, features: Any, prompts: Sequence[list[int]], *, beam_size: int, max_length: int, **options: Any
    ) -> list[Said]:
        """See `ctranslate2.models.Whisper.generate`. Text may follow the prompt of a single stretch only, and comes
        back with what is said."""
        starts = [prompt.index(self._order.no_times) for prompt in prompts]
        if all(start == len(prompt) - 1 for prompt, start in zip(prompts, starts, strict=True)):
            plain = [self._in_rows(prompt) for prompt in prompts]
            results = self._model.generate(features, plain, beam_size=beam_size, max_length=max_length, **options)
            return [self._said(one, (), 0) for one in results]
        [prompt], [start] = prompts, starts
        text = prompt[start + 1 :]
        if not any(token in self._second_rows for token in text):
            prompt = [*prompt[:-1], *self._split(prompt[-1])]
        outside = max(at for at, token in enumerate(prompt) if at > start and token in self._second_rows)
        rows = self._in_rows(prompt)
        rows[outside] = self._second_rows[prompt[outside]]
        forced = len(prompt) - outside
        # The engine bounds forced and new tokens at half of this, and all tokens at this.
        most = max(1, min(max_length // 2, max_length - start) - len(text) + forced)
        max_length = max(2 * most, most + outside - 1)
        [result] = self._model.generate(
            features, [rows], beam_size=beam_size, max_length=max_length, num_hypotheses=beam_size, **options
        )
        return [self._said(result, text, forced)]

    def align(self, features: Any, start: list[int], texts: Sequence[list[int]], frames: Any, **options: Any) -> Any:
        """See `ctranslate2.models.Whisper.align`."""
        rows = [self._in_rows(text) for text in texts]
        return self._model.align(features, self._in_rows(start), rows, frames, **options)

    @cached_property
    def _token(self) -> dict[str, int]:
        return {name: token for token, name in reversed(tuple(enumerate(self._order.names)))}

    def _split(self, token: int) -> list[int]:
        """The same text in as few tokens as a common last one leaves."""
        name = self._order.names[token]
        place = next(place for place in range(1, len(name)) if self._token.get(name[place:], COMMON) < COMMON)
        tokens, rest = [], name[:place]
        while rest:
            end = next(end for end in range(len(rest), 0, -1) if rest[:end] in self._token)
            tokens.append(self._token[rest[:end]])
            rest = rest[end:]
        return [*tokens, self._token[name[place:]]]

    def _in_rows(self, tokens: Sequence[int]) -> list[int]:
        try:
            return [self._rows[token] for token in tokens]
        except KeyError as error:
            raise ValueError(f"the model's vocabulary has no token {error}") from error

    def _said(self, result: Any, text: Sequence[int], forced: int) -> Said:
        """The best of the hypotheses, which begin with `forced` tokens, by the measure of one that was forced to all of
        `text`: the sum of the logarithms, which is 0 for given words, by the length with them."""
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
        rows = order.rows
        for name in NUMBERS:
            config[name] = [rows[token] for token in config.get(name, ()) if token in rows]
        config[SUPPRESSED] += range(rows[order.no_times] + 1, len(order.tokens))
        _write_rows(weights, into / WEIGHTS, len(vocabulary), order.tokens)
    except (EOFError, ValueError, TypeError, KeyError, AttributeError):
        return None
    (into / "config.json").write_text(json.dumps(config), encoding="utf-8")
    # A name that is there twice is looked up as its first row.
    names = [order.names[token] for token in order.tokens]
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
    with weights.open("rb") as file, target.open("wb") as into:
        variables = [one for one in whisper_variables(file) if one.name.startswith(ROWS) and one.shape]
        if not variables or any(one.shape[0] != count or one.size_bytes % count for one in variables):
            raise ValueError("the rows are not those of the vocabulary")
        file.seek(0)
        for one in variables:
            _pass_on(file, into, one.shape_at)
            into.write(struct.pack("<I", len(rows)))
            file.seek(one.shape_at + 4)
            _pass_on(file, into, one.data_at - 4)
            file.seek(one.data_at)
            data = np.frombuffer(file.read(one.size_bytes), np.uint8).reshape(count, -1)[list(rows)]
            into.write(struct.pack("<I", data.nbytes))
            into.write(data.data)
        shutil.copyfileobj(file, into)


def _pass_on(file: BinaryIO, into: BinaryIO, until: int) -> None:
    """From where `file` is, up to there."""
    while data := file.read(min(CHUNK_BYTES, until - file.tell())):
        into.write(data)


def _order(vocabulary: Sequence[str]) -> RowOrder:
    """Start, text, all other signs, second rows. Raises ValueError where one is missing."""
    start, end, no_times = (vocabulary.index(name) for name in (START, END, NO_TIMES))
    if not COMMON < end < start < no_times:
        raise ValueError("the vocabulary is not in Whisper's order")
    signs = (token for token in range(end, len(vocabulary)) if token != start)  # the last of them are times
    whole = (start, *range(end), *signs)
    return RowOrder((*whole, *range(COMMON)), len(whole), no_times, tuple(vocabulary))


def _vocabulary(folder: Path) -> list[str]:
    """The name of each token. Raises ValueError."""
    listed = folder / "vocabulary.json"
    if listed.is_file():
        names = json.loads(listed.read_bytes())
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            return names
        raise ValueError("the vocabulary is no list of names")
    return (folder / "vocabulary.txt").read_bytes().decode("utf-8").removesuffix("\n").split("\n")
