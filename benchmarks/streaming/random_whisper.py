"""A Whisper model of a real size with random weights: what it costs is real, what it writes means nothing.

A decode of it goes on until the cap of tokens, twice what speech has: it is the worst case of its size.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import whisper_spec
from numpy.typing import NDArray
from tokenizers import AddedToken, Tokenizer, decoders, models


@dataclass(frozen=True, slots=True)
class Shape:
    """Table 1 of the Whisper paper (Radford et al. 2022)."""

    width: int
    layers: int  # of the encoder, and of the decoder
    heads: int


SHAPES = {"tiny.en": Shape(384, 4, 6), "base.en": Shape(512, 6, 8), "small.en": Shape(768, 12, 12)}
SUFFIX = "-shape"  # of the folder's name: nobody takes it for the model
MELS, POSITIONS, TEXT_POSITIONS = 80, 1500, 448
# The English-only vocabulary: text, then what steers the decoder, then times in steps of 0.02 s.
TOKENS, TEXT_TOKENS, FIRST_TIME = 51864, 50256, 50363
STEERING = {
    50256: "<|endoftext|>", 50257: "<|startoftranscript|>", 50258: "<|en|>", 50357: "<|translate|>",
    50358: "<|transcribe|>", 50359: "<|startoflm|>", 50360: "<|startofprev|>", 50361: "<|nospeech|>",
    50362: "<|notimestamps|>",
}  # fmt: skip


def shape_of(folder: Path) -> Shape | None:
    """Of a model that `write_random` wrote there; None: its weights mean something."""
    return SHAPES.get(folder.name.removesuffix(SUFFIX)) if folder.name.endswith(SUFFIX) else None


def write_random(folder: Path) -> None:
    """Write the model that `folder` is named for ("small.en-shape"), as int8 for CTranslate2, with a tokenizer."""
    shape = SHAPES[folder.name.removesuffix(SUFFIX)]
    spec = whisper_spec.WhisperSpec(shape.layers, shape.heads, shape.layers, shape.heads)
    _Filler(shape.width).fill(spec)
    vocabulary = [_token(number) for number in range(TOKENS)]
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids, spec.config.suppress_ids_begin, spec.config.lang_ids = [], [], [50258]
    spec.config.alignment_heads = [[shape.layers - 1, head] for head in range(shape.heads)]
    spec.validate()
    spec.optimize(quantization="int8_float32")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    tokenizer = Tokenizer(models.WordLevel({token: number for number, token in enumerate(vocabulary)}, unk_token=" w0"))
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in vocabulary if token.startswith("<|")])
    tokenizer.decoder = decoders.Fuse()
    tokenizer.save(str(folder / "tokenizer.json"))


def _token(number: int) -> str:
    if number in STEERING:
        return STEERING[number]
    if number >= FIRST_TIME:
        return f"<|{(number - FIRST_TIME) * 0.02:.2f}|>"
    return f" w{number}" if number < TEXT_TOKENS else f"<|unused{number}|>"


class _Filler:
    """Gives every weight of a specification values of the size that trained ones have."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._random = np.random.default_rng(0)

    def fill(self, spec: Any) -> None:
        width, encoder, decoder = self._width, spec.encoder, spec.decoder
        for convolution, inputs in ((encoder.conv1, MELS), (encoder.conv2, width)):
            convolution.weight, convolution.bias = self._values(width, inputs, 3), np.zeros(width, np.float32)
        encoder.position_encodings.encodings = self._values(POSITIONS, width)
        decoder.position_encodings.encodings = self._values(TEXT_POSITIONS, width)
        decoder.embeddings.weight = decoder.projection.weight = self._values(TOKENS, width)
        decoder.scale_embeddings = False
        for part in (encoder, decoder):
            self._norm(part.layer_norm)
            for layer in part.layer:
                self._attention(layer.self_attention, (3 * width, width))
                self._linear(layer.ffn.linear_0, 4 * width, width)
                self._linear(layer.ffn.linear_1, width, 4 * width)
                self._norm(layer.ffn.layer_norm)
        for layer in decoder.layer:
            self._attention(layer.attention, (width, 2 * width, width))

    def _attention(self, attention: Any, outputs: tuple[int, ...]) -> None:
        for linear, size in zip(attention.linear, outputs, strict=True):
            self._linear(linear, size, self._width)
        self._norm(attention.layer_norm)

    def _linear(self, linear: Any, outputs: int, inputs: int) -> None:
        linear.weight, linear.bias = self._values(outputs, inputs), np.zeros(outputs, np.float32)

    def _norm(self, norm: Any) -> None:
        norm.gamma, norm.beta = np.ones(self._width, np.float32), np.zeros(self._width, np.float32)

    def _values(self, *size: int) -> NDArray[np.float32]:
        return (self._random.standard_normal(size) * 0.02).astype(np.float32)
