"""What the training writes, in files small enough to be copied about."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from review_metrics import Floats
from review_model import ReviewEncoder
from review_rows import Example
from safetensors.torch import save_file
from torch import Tensor

PART_BYTES = 15_000_000
LARGE_VALUES = 5_000_000  # a tensor with more values than this is cut
PIECE_BYTES = 3_000_000


def write_predictions(path: Path, sets: list[tuple[str, list[Example], dict[str, Floats]]]) -> None:
    with gzip.open(path, "wt", encoding="utf8") as lines:
        for title, examples, predictions in sets:
            for i, example in enumerate(examples):
                row: dict[str, object] = {
                    "set": title,
                    "id": example.id,
                    "file": example.file,
                    "group": example.group,
                    "is_real_speech": example.is_real_speech,
                    "label": example.label,
                    "second": example.second,
                    "aspects": sorted(example.aspects),
                    "opens_topic": example.opens_topic,
                }
                heads = ("label", "aspects") if example.label is not None else ("asks", "topic")
                row |= {f"p_{name}": [round(float(p), 4) for p in predictions[name][i]] for name in heads}
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_weights(folder: Path, model: ReviewEncoder) -> None:
    """In half precision; a large tensor is cut along its first axis (`<name>@<part>`)."""
    parts: list[dict[str, Tensor]] = [{}]
    room = PART_BYTES
    for name, tensor in model.state_dict().items():
        half = tensor.detach().half().cpu()
        pieces = half.split(PIECE_BYTES // (2 * half.shape[1])) if half.numel() > LARGE_VALUES else (half,)
        for number, piece in enumerate(pieces):
            size = 2 * piece.numel()
            if size > room:
                parts.append({})
                room = PART_BYTES
            parts[-1][f"{name}@{number}"] = piece.clone().contiguous()
            room -= size
    for number, part in enumerate(parts):
        save_file(part, folder / f"weights-{number}.safetensors")
