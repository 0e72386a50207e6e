"""Texts as arrays of token ids, in several variants: made once, by all processor cores, before any training."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from review_augment import as_recognised
from review_model import MAX_TOKENS, encode_pairs, open_tokenizer
from torch import Tensor

TOKENIZER = Path(__file__).parent / "base" / "tokenizer.json"
CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Encoded:
    """`ids` (variants, n, MAX_TOKENS), padded with 0; `split` and `length` (variants, n) bound the second segment."""

    ids: NDArray[np.uint16]
    split: NDArray[np.uint8]
    length: NDArray[np.uint8]

    def __len__(self) -> int:
        return self.ids.shape[1]

    def of(self, index: NDArray[np.int64]) -> Encoded:
        return Encoded(self.ids[:, index], self.split[:, index], self.length[:, index])

    def batch(self, variants: NDArray[np.int64], index: NDArray[np.int64], device: torch.device) -> list[Tensor]:
        """`input_ids`, `attention_mask`, `token_type_ids`: int64 (batch, longest)."""
        length, split = self.length[variants, index], self.split[variants, index]
        longest = int(length.max())
        ids = torch.from_numpy(self.ids[variants, index, :longest].astype(np.int64)).to(device, non_blocking=True)
        bounds = torch.from_numpy(np.stack([split, length]).astype(np.int64)).to(device, non_blocking=True)
        place = torch.arange(longest, device=device)
        mask = place < bounds[1, :, None]
        return [ids, mask.to(torch.int64), (mask & (place >= bounds[0, :, None])).to(torch.int64)]


def encode(pairs: Sequence[tuple[str, str]], variants: int, *, as_said: bool, seed: int = 0) -> Encoded:
    """(context, text) pairs; `as_said`: as they are, without a recogniser's variants."""
    chunks = [pairs[start : start + CHUNK] for start in range(0, len(pairs), CHUNK)]
    work = partial(_encode_chunk, as_said=as_said, seed=seed)
    cores = os.cpu_count() or 1
    with ProcessPoolExecutor(cores) as pool:
        parts = list(pool.map(work, enumerate(chunks * variants)))
    n = len(pairs)
    ids, split, length = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Encoded(ids.reshape(variants, n, MAX_TOKENS), split.reshape(variants, n), length.reshape(variants, n))


def joined(parts: Sequence[Encoded]) -> Encoded:
    """One after the other; of a part with fewer variants they are repeated."""
    variants = max(len(part.ids) for part in parts)

    def stack(arrays: list[NDArray]) -> NDArray:
        return np.concatenate([np.resize(array, (variants, *array.shape[1:])) for array in arrays], axis=1)

    return Encoded(stack([p.ids for p in parts]), stack([p.split for p in parts]), stack([p.length for p in parts]))


def _encode_chunk(
    job: tuple[int, Sequence[tuple[str, str]]], *, as_said: bool, seed: int
) -> tuple[NDArray[np.uint16], NDArray[np.uint8], NDArray[np.uint8]]:
    number, pairs = job
    dice = random.Random(f"{seed} {number}")
    if not as_said:
        pairs = [(as_recognised(context, dice), as_recognised(text, dice)) for context, text in pairs]
    ids = np.zeros((len(pairs), MAX_TOKENS), np.uint16)
    split, length = np.zeros(len(pairs), np.uint8), np.zeros(len(pairs), np.uint8)
    for row, (own, segments) in enumerate(encode_pairs(open_tokenizer(TOKENIZER), list(pairs))):
        ids[row, : len(own)] = own
        split[row], length[row] = segments.index(1), len(own)
    return ids, split, length
