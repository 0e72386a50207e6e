"""Turn the trained weights into the file that the program runs: ONNX, int8.

    python training/export_review.py --weights training/output --out training/output/export

Writes review.onnx (int8), tokenizer.json, and digests.txt, after a comparison with the float model on the development
sentences and a timing on one core. The program feeds `input_ids`, `attention_mask` and `token_type_ids` (int64, batch x
tokens) as `review_model.pair_ids` makes them and gets logits.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from review_model import ASPECTS, LABELS, OUTPUTS, ReviewEncoder, collate, encode_pairs, open_tokenizer
from review_rows import development_examples
from safetensors.torch import load_file
from torch import Tensor

HERE = Path(__file__).parent
INPUTS = ("input_ids", "attention_mask", "token_type_ids")
MOST_BYTES = 30_000_000
LEAST_AGREEMENT = 0.97


def load_weights(folder: Path) -> ReviewEncoder:
    pieces: dict[str, dict[int, Tensor]] = {}
    for path in sorted(folder.glob("weights-*.safetensors")):
        for name, tensor in load_file(path).items():
            own, _, number = name.rpartition("@")
            pieces.setdefault(own, {})[int(number)] = tensor.float()
    if not pieces:
        sys.exit(f"No weights-*.safetensors in {folder}: run training/train_review.py first.")
    model = ReviewEncoder(dropout=0.0)
    model.load_state_dict({name: torch.cat([own[i] for i in sorted(own)]) for name, own in pieces.items()})
    return model.eval()


def export(model: ReviewEncoder, path: Path) -> None:
    example = collate([([101, 2054, 102, 2057, 102], [0, 0, 0, 1, 1]), ([101, 102, 2057, 102], [0, 0, 1, 1])])
    axes = {0: "batch", 1: "tokens"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            example,
            str(path),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes=dict.fromkeys(INPUTS, axes) | {name: {0: "batch"} for name in OUTPUTS},
            opset_version=17,
            dynamo=False,
        )


def describe(path: Path, summary: dict) -> None:
    """Keep in the file itself what a reader of its outputs needs."""
    model = onnx.load(path)
    facts = {"labels": json.dumps(LABELS), "aspects": json.dumps(ASPECTS), "training": json.dumps(summary)}
    for key, value in (facts | {"licence": "CC BY-SA 4.0; attributions in training/README.md"}).items():
        model.metadata_props.add(key=key, value=value)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def open_session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def compare(model: ReviewEncoder, session: onnxruntime.InferenceSession, limit: int | None) -> float:
    """The share of development sentences with the same label; printed with the time of a sentence on one core."""
    tokenizer = open_tokenizer(HERE / "base" / "tokenizer.json")
    examples = [e for e in development_examples(HERE / "data") if e.label is not None][:limit]
    encoded = encode_pairs(tokenizer, [(e.context, e.text) for e in examples])
    same, same_aspects, difference, seconds = 0, 0, 0.0, []
    torch.set_num_threads(1)
    for one in encoded:
        inputs = collate([one])
        with torch.no_grad():
            label, aspects, *_ = (output.numpy() for output in model(*inputs))
        started = time.perf_counter()
        outputs = session.run(None, {name: part.numpy() for name, part in zip(INPUTS, inputs, strict=True)})
        seconds.append(time.perf_counter() - started)
        same += int(outputs[0].argmax() == label.argmax())
        same_aspects += int(((outputs[1] > 0) == (aspects > 0)).sum())
        difference = max(difference, float(np.abs(_softmax(outputs[0]) - _softmax(label)).max()))
    agreement = same / len(examples)
    aspect_agreement = same_aspects / len(examples) / len(ASPECTS)
    print(f"labels agree on {agreement:.4f} of {len(examples)} sentences, aspects on {aspect_agreement:.4f}")
    print(f"largest difference of a label's probability {difference:.3f}")
    median, late = 1000 * np.percentile(seconds, (50, 95))
    print(f"ms a sentence on one core: median {median:.1f}, p95 {late:.1f}")
    return agreement


def _softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the int8 ONNX file of the trained encoder.")
    parser.add_argument("--weights", type=Path, default=HERE / "output")
    parser.add_argument("--out", type=Path, default=HERE / "output" / "export")
    parser.add_argument("--limit", type=int, help="compare on so many sentences only")
    args = parser.parse_args()
    model = load_weights(args.weights)
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full, small = Path(scratch) / "full.onnx", Path(scratch) / "review.onnx"
        export(model, full)
        # Seven bits of weights: with eight, processors without VNNI saturate and labels flip.
        quantize_dynamic(full, small, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
        describe(small, json.loads((args.weights / "summary.json").read_text(encoding="utf8")))
        agreement = compare(model, open_session(small), args.limit)
        size = small.stat().st_size
        print(f"{size} bytes")
        if size > MOST_BYTES or agreement < LEAST_AGREEMENT:
            sys.exit("The int8 file is too large or too far from the float model; nothing was written.")
        shutil.copyfile(small, args.out / "review.onnx")
    shutil.copyfile(HERE / "base" / "tokenizer.json", args.out / "tokenizer.json")
    digests = [
        f"{hashlib.sha256((args.out / n).read_bytes()).hexdigest()}  {n}" for n in ("review.onnx", "tokenizer.json")
    ]
    (args.out / "digests.txt").write_text("\n".join(digests) + "\n", encoding="utf8")
    print("\n".join(digests))


if __name__ == "__main__":
    main()
