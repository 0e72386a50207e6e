"""Turn the trained weights into the file that the program runs: ONNX, int8.

    python training/export_review.py --weights training/output --out training/output/export

Writes review.onnx (int8), tokenizer.json, and digests.txt, after a comparison with the float model on the development
sentences and a timing on one core. The program feeds `input_ids` and `token_type_ids` (int64, 1 x tokens) as
`review_model.pair_ids` makes them and gets logits. One sentence at a time needs no mask, and where the segment ids rise
the sentence begins: the last layer computes nothing else.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import random
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from review_model import (
    ASPECTS,
    ATTENTION_HEADS,
    LABELS,
    OUTPUTS,
    Layer,
    ReviewEncoder,
    collate,
    encode_pairs,
    open_tokenizer,
)
from review_rows import development_examples, training_examples
from safetensors.torch import load_file
from torch import Tensor, nn

HERE = Path(__file__).parent
INPUTS = ("input_ids", "token_type_ids")
MOST_BYTES = 30_000_000
LEAST_AGREEMENT = 0.98
WATCHED_EXAMPLES = 200
EVENNESS = 0.7  # 1: all input channels alike; 0: all weights. By the difference to the float model on training rows


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


class WordBytes(nn.Module):
    """Word vectors as one byte a value with a scale a word; with one scale for all, as onnxruntime's quantisation has
    it, rare words with long vectors cost the others their precision."""

    def __init__(self, words: Tensor) -> None:
        super().__init__()
        scale = words.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("values", torch.round(words / scale).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        return nn.functional.embedding(ids, self.values).float() * nn.functional.embedding(ids, self.scale)


class EvenLinear(nn.Module):
    """A linear layer whose input channels are scaled to like sizes, and its weights against it: same result, but a
    few large channels no longer cost the others their precision when the input becomes bytes (SmoothQuant)."""

    def __init__(self, linear: nn.Linear, peak: Tensor) -> None:
        super().__init__()
        weights = linear.weight.abs().amax(dim=0).clamp(min=1e-5)
        factor = peak.clamp(min=1e-3) ** EVENNESS / weights ** (1 - EVENNESS)
        factor = factor / factor.mean()
        self.register_buffer("inverse", 1 / factor)
        self.linear = nn.Linear(linear.in_features, linear.out_features)
        self.linear.weight.copy_(linear.weight * factor)
        self.linear.bias.copy_(linear.bias)

    def forward(self, values: Tensor) -> Tensor:
        return self.linear(values * self.inverse)


class Attention(torch.autograd.Function):
    """onnxruntime's own operator: one pass over the scores instead of a product, a softmax, a product and copies."""

    @staticmethod
    def forward(_context: object, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        def heads(projected: Tensor) -> Tensor:
            return projected.view(1, projected.shape[1], ATTENTION_HEADS, -1).transpose(1, 2)

        mixed = nn.functional.scaled_dot_product_attention(heads(query), heads(key), heads(value))
        return mixed.transpose(1, 2).reshape(query.shape)

    @staticmethod
    def symbolic(g: Any, query: Any, key: Any, value: Any) -> Any:
        mixed = g.op("com.microsoft::MultiHeadAttention", query, key, value, num_heads_i=ATTENTION_HEADS)
        mixed.setType(query.type())
        return mixed


class FastLayer(nn.Module):
    """`review_model.Layer` for one sentence."""

    def __init__(self, layer: Layer, peaks: dict[str, Tensor]) -> None:
        super().__init__()
        for name in ("query", "key", "value", "attended", "inner", "outer"):
            setattr(self, name, EvenLinear(getattr(layer, name), peaks[name]))
        self.attention_norm, self.output_norm = layer.attention_norm, layer.output_norm

    def forward(self, hidden: Tensor, first: Tensor | int) -> Tensor:
        """`first`: the tokens before this one are looked at, but not computed any further."""
        own = hidden[:, first:]
        mixed = Attention.apply(self.query(own), self.key(hidden), self.value(hidden))
        hidden = self.attention_norm(own + self.attended(mixed))
        return self.output_norm(hidden + self.outer(nn.functional.gelu(self.inner(hidden))))


class FastEncoder(nn.Module):
    """The same function as `ReviewEncoder` for a batch of one, easier to run and to quantise."""

    def __init__(self, model: ReviewEncoder, peaks: dict[str, Tensor]) -> None:
        super().__init__()
        self.embeddings = copy.deepcopy(model.embeddings)
        self.embeddings.word = WordBytes(model.embeddings.word.weight)
        self.layers = nn.ModuleList()
        for number, layer in enumerate(model.layers):
            prefix = f"layers.{number}."
            own = {name.removeprefix(prefix): peak for name, peak in peaks.items() if name.startswith(prefix)}
            self.layers.append(FastLayer(layer, own))
        self.heads = nn.ModuleList([model.label_head, model.aspect_head, model.ask_head, model.topic_head])

    def forward(self, input_ids: Tensor, token_type_ids: Tensor) -> tuple[Tensor, ...]:
        hidden = self.embeddings(input_ids, token_type_ids)
        first = (1 - token_type_ids).sum()
        for layer in self.layers[:-1]:
            hidden = layer(hidden, 0)
        own = self.layers[-1](hidden, first)[:, :-1]  # without the closing [SEP]
        # Of no token at all the mean is not a number; the sum over at least one is.
        pooled = own.sum(dim=1) / (token_type_ids.sum() - 1).clamp(min=1)
        return tuple(head(pooled) for head in self.heads)


@torch.no_grad()
def made_fast(model: ReviewEncoder) -> FastEncoder:
    """How large an input channel becomes is seen on training examples."""
    layers = {
        name: module for name, module in model.layers.named_modules(prefix="layers") if isinstance(module, nn.Linear)
    }
    peaks = {name: torch.zeros(module.in_features) for name, module in layers.items()}

    def watch(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def seen(_module: nn.Module, inputs: tuple[Tensor, ...], _output: Tensor) -> None:
            peaks[name] = torch.maximum(peaks[name], inputs[0].abs().flatten(0, -2).amax(dim=0))

        return seen

    hooks = [module.register_forward_hook(watch(name)) for name, module in layers.items()]
    examples = random.Random(3).sample(training_examples(HERE / "data"), WATCHED_EXAMPLES)
    for one in encode_pairs(open_tokenizer(HERE / "base" / "tokenizer.json"), [(e.context, e.text) for e in examples]):
        model(*collate([one]))
    for hook in hooks:
        hook.remove()
    return FastEncoder(model, peaks).eval()


def export(model: FastEncoder, path: Path) -> None:
    ids = torch.tensor([[101, 2054, 102, 2057, 2057, 102]])
    segments = torch.tensor([[0, 0, 0, 1, 1, 1]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            model,
            (ids, segments),
            str(path),
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_axes={name: {1: "tokens"} for name in INPUTS},
            opset_version=17,
            custom_opsets={"com.microsoft": 1},
            dynamo=False,
        )


def describe(path: Path, summary: dict) -> None:
    """Keep in the file itself what a reader of its outputs needs."""
    model = onnx.load(path)
    facts = {"labels": json.dumps(LABELS), "aspects": json.dumps(ASPECTS), "training": json.dumps(summary)}
    for key, value in (facts | {"licence": "CC BY-SA 4.0; attributions in DATA.md"}).items():
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
        outputs = session.run(None, {"input_ids": inputs[0].numpy(), "token_type_ids": inputs[2].numpy()})
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
        export(made_fast(model), full)
        # Seven bits of weights: with eight, processors without VNNI saturate and labels flip.
        quantize_dynamic(
            full,
            small,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            reduce_range=True,
            weight_type=QuantType.QInt8,
        )
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
