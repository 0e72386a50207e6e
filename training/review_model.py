"""The sentence encoder of the claim review: how text becomes token ids, and the network.

A six-layer BERT (all-MiniLM-L6-v2) reads a context as first segment and a sentence as second; the sentence's tokens are
averaged, and four linear heads read that average. `pair_ids` is what the program must do too when it runs the exported
file.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

LABELS = ("vague", "number_only", "substantiated", "neutral")
ASPECTS = (
    "metric_definition",
    "measurement_method",
    "baseline",
    "own_contribution",
    "challenge",
    "how_overcome",
    "result",
    "lesson",
    "tradeoff",
    "audience_explained",
)
OUTPUTS = ("label_logits", "aspect_logits", "ask_logits", "topic_logit")

PAD, CLS, SEP = 0, 101, 102
MAX_TOKENS = 128
SENTENCE_HEAD, SENTENCE_TAIL = 24, 48  # a longer sentence or turn keeps its first and its last tokens
WIDTH, LAYERS, ATTENTION_HEADS, INNER_WIDTH, VOCABULARY, POSITIONS = 384, 6, 12, 1536, 30_522, 512
WORDS = "embeddings.word.weight"


def open_tokenizer(path: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def pair_ids(context: list[int], sentence: list[int]) -> tuple[list[int], list[int]]:
    """Input ids and segment ids (0 context, 1 sentence), at most `MAX_TOKENS`; the context loses its oldest first."""
    if len(sentence) > SENTENCE_HEAD + SENTENCE_TAIL:
        sentence = sentence[:SENTENCE_HEAD] + sentence[-SENTENCE_TAIL:]
    room = MAX_TOKENS - 3 - len(sentence)
    context = context[-room:]
    ids = [CLS, *context, SEP, *sentence, SEP]
    return ids, [0] * (len(context) + 2) + [1] * (len(sentence) + 1)


def encode_pairs(tokenizer: Tokenizer, pairs: list[tuple[str, str]]) -> list[tuple[list[int], list[int]]]:
    """(context, sentence) texts as `pair_ids`."""
    contexts = tokenizer.encode_batch([context for context, _ in pairs], add_special_tokens=False)
    sentences = tokenizer.encode_batch([sentence for _, sentence in pairs], add_special_tokens=False)
    return [pair_ids(context.ids, sentence.ids) for context, sentence in zip(contexts, sentences, strict=True)]


def collate(encoded: list[tuple[list[int], list[int]]]) -> tuple[Tensor, Tensor, Tensor]:
    """`input_ids`, `attention_mask`, `token_type_ids`: int64 (batch, longest)."""
    longest = max(len(ids) for ids, _ in encoded)
    ids = torch.full((len(encoded), longest), PAD, dtype=torch.int64)
    segments = torch.zeros_like(ids)
    mask = torch.zeros_like(ids)
    for row, (own_ids, own_segments) in enumerate(encoded):
        ids[row, : len(own_ids)] = torch.tensor(own_ids)
        segments[row, : len(own_ids)] = torch.tensor(own_segments)
        mask[row, : len(own_ids)] = 1
    return ids, mask, segments


class Embeddings(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.word = nn.Embedding(VOCABULARY, WIDTH)
        self.position = nn.Embedding(POSITIONS, WIDTH)
        self.segment = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, ids: Tensor, segments: Tensor) -> Tensor:
        positions = torch.arange(ids.shape[1], device=ids.device).unsqueeze(0)
        return self.norm(self.word(ids) + self.position(positions) + self.segment(segments))


class Layer(nn.Module):
    def __init__(self, dropout: float) -> None:
        super().__init__()
        self.query, self.key, self.value, self.attended = (nn.Linear(WIDTH, WIDTH) for _ in range(4))
        self.attention_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.inner, self.outer = nn.Linear(WIDTH, INNER_WIDTH), nn.Linear(INNER_WIDTH, WIDTH)
        self.output_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, may_see: Tensor) -> Tensor:
        batch, length = hidden.shape[0], hidden.shape[1]

        def heads(projected: Tensor) -> Tensor:
            return projected.view(batch, length, ATTENTION_HEADS, WIDTH // ATTENTION_HEADS).transpose(1, 2)

        query, key, value = heads(self.query(hidden)), heads(self.key(hidden)), heads(self.value(hidden))
        rate = self.dropout.p if self.training else 0.0
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, may_see, dropout_p=rate)
        mixed = self.attended(mixed.transpose(1, 2).reshape(batch, length, WIDTH))
        hidden = self.attention_norm(hidden + self.dropout(mixed))
        inner = self.outer(nn.functional.gelu(self.inner(hidden)))
        return self.output_norm(hidden + self.dropout(inner))


class ReviewEncoder(nn.Module):
    """Logits of label, aspects answered, aspects asked for, and whether a turn opens a new topic."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.embeddings = Embeddings()
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))
        self.dropout = nn.Dropout(dropout)
        self.label_head = nn.Linear(WIDTH, len(LABELS))
        self.aspect_head = nn.Linear(WIDTH, len(ASPECTS))
        self.ask_head = nn.Linear(WIDTH, len(ASPECTS))
        self.topic_head = nn.Linear(WIDTH, 1)

    def hidden(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """(batch, tokens, WIDTH): what the last layer makes of each token."""
        hidden = self.dropout(self.embeddings(input_ids, token_type_ids))
        may_see = attention_mask[:, None, None, :].bool()
        for layer in self.layers:
            hidden = layer(hidden, may_see)
        return hidden

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> tuple[Tensor, ...]:
        hidden = self.hidden(input_ids, attention_mask, token_type_ids)
        own = (token_type_ids * attention_mask * (input_ids != SEP).to(torch.int64)).to(hidden.dtype).unsqueeze(-1)
        pooled = self.dropout((hidden * own).sum(dim=1) / own.sum(dim=1).clamp(min=1.0))
        return self.label_head(pooled), self.aspect_head(pooled), self.ask_head(pooled), self.topic_head(pooled)


def _our_name(name: str) -> str:
    """The tensor's name here of a tensor of the published BERT file."""
    for theirs, ours in (
        ("embeddings.word_embeddings", "embeddings.word"),
        ("embeddings.position_embeddings", "embeddings.position"),
        ("embeddings.token_type_embeddings", "embeddings.segment"),
        ("embeddings.LayerNorm", "embeddings.norm"),
        ("encoder.layer.", "layers."),
        ("attention.self.", ""),
        ("attention.output.dense", "attended"),
        ("attention.output.LayerNorm", "attention_norm"),
        ("intermediate.dense", "inner"),
        ("output.dense", "outer"),
        ("output.LayerNorm", "output_norm"),
    ):
        name = name.replace(theirs, ours)
    return name


def pack_base(published: Path, packed: Path) -> None:
    """Write the base in 34 MB instead of 91: half precision, word vectors as one byte a value with a scale a word."""
    tensors = {
        _our_name(name): tensor.float()
        for name, tensor in load_file(published).items()
        if "pooler" not in name and "position_ids" not in name
    }
    words = tensors.pop(WORDS)
    scale = words.abs().amax(dim=1, keepdim=True).clamp(min=1e-8) / 127
    small = {name: tensor.half() for name, tensor in tensors.items()}
    small[WORDS] = torch.round(words / scale).to(torch.int8)
    small[WORDS + ".scale"] = scale
    save_file(small, packed)


def load_base(model: ReviewEncoder, packed: Path) -> None:
    """Fill all but the heads; raises `ValueError` when a tensor is missing or not expected."""
    tensors = {name: tensor.float() for name, tensor in load_file(packed).items()}
    if WORDS + ".scale" in tensors:
        tensors[WORDS] = tensors[WORDS] * tensors.pop(WORDS + ".scale")
    missing, unexpected = model.load_state_dict(tensors, strict=False)
    if unexpected or any("_head." not in name for name in missing):
        raise ValueError(f"{packed} does not hold the base weights: missing {missing}, unexpected {unexpected}")
