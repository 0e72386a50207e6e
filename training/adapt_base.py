"""Let the base read talk before it learns labels: masked words in `base/talk.jsonl.xz` (see `talk.py`).

    python training/adapt_base.py --epochs 4        # writes training/base/adapted.safetensors; a minute on a GPU

The published base was trained on written sentence pairs; people who speak put things otherwise. Of the tokens of a
block 15 % are hidden and guessed from the others (Devlin et al. 2018, "BERT"); a block is two segments, as the encoder
is used later. The guessing head is thrown away.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
from review_model import CLS, MAX_TOKENS, PAD, SEP, VOCABULARY, WIDTH, ReviewEncoder, load_base, open_tokenizer
from safetensors.torch import save_file
from talk import read_talk
from torch import Tensor, nn

HERE = Path(__file__).parent
MASK = 103
HIDDEN_SHARE, KEPT_SHARE, RANDOM_SHARE = 0.15, 0.1, 0.1
FIRST_WORD_ID = 1_000  # below are the marks and unused ids


class Guess(nn.Module):
    """Logits of the word at each place that is asked for."""

    def __init__(self, encoder: ReviewEncoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.dense, self.norm = nn.Linear(WIDTH, WIDTH), nn.LayerNorm(WIDTH)
        self.bias = nn.Parameter(torch.zeros(VOCABULARY))
        nn.init.eye_(self.dense.weight)

    def forward(self, ids: Tensor, segments: Tensor, places: Tensor) -> Tensor:
        hidden = self.encoder.hidden(ids, (ids != PAD).to(torch.int64), segments)
        asked = self.norm(nn.functional.gelu(self.dense(hidden.flatten(0, 1)[places])))
        return asked @ self.encoder.embeddings.word.weight.T + self.bias


def blocks_of(path: Path) -> tuple[Tensor, Tensor]:
    """Token ids and segment ids, int64 (blocks, MAX_TOKENS)."""
    tokenizer = open_tokenizer(HERE / "base" / "tokenizer.json")
    dice = random.Random(1)
    ids, segments = [], []
    for episode in read_talk(path):
        texts = [text for _, text in episode["turns"]]
        stream = [i for encoded in tokenizer.encode_batch(texts, add_special_tokens=False) for i in encoded.ids]
        room = MAX_TOKENS - 3
        for start in range(0, len(stream) - room, room):
            piece = stream[start : start + room]
            cut = dice.randrange(room // 4, room)
            ids.append([CLS, *piece[:cut], SEP, *piece[cut:], SEP])
            segments.append([0] * (cut + 2) + [1] * (room - cut + 1))
    return torch.tensor(ids), torch.tensor(segments)


def hide(ids: Tensor) -> tuple[Tensor, Tensor]:
    """The ids with some replaced, and the flat places that are to be guessed (as many in each batch)."""
    chance = torch.rand(ids.shape, device=ids.device)
    chance[(ids == CLS) | (ids == SEP)] = 2.0
    places = chance.flatten().argsort()[: int(HIDDEN_SHARE * ids.numel())]
    how = torch.rand(places.shape, device=ids.device)
    words = torch.randint(FIRST_WORD_ID, VOCABULARY, places.shape, device=ids.device)
    flat = ids.flatten()
    new = torch.where(how < KEPT_SHARE, flat[places], torch.where(how < KEPT_SHARE + RANDOM_SHARE, words, MASK))
    return flat.index_copy(0, places, new).view_as(ids), places


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=float, default=4.0)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--rate", type=float, default=3e-4)
    parser.add_argument("--most-blocks", type=int, help="only so many blocks: a trial of the script")
    args = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(7)
    started = time.monotonic()
    ids, segments = (part[: args.most_blocks].to(device) for part in blocks_of(HERE / "base" / "talk.jsonl.xz"))
    encoder = ReviewEncoder()
    load_base(encoder, HERE / "base" / "packed.safetensors")
    model = Guess(encoder).to(device).train()
    steps = max(1, int(args.epochs * len(ids) / args.batch))
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.rate, weight_decay=0.01, fused=device.type == "cuda")
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, args.rate, total_steps=steps, pct_start=0.1)
    print(f"{len(ids)} blocks, {steps} steps on {device}, read in {time.monotonic() - started:.0f} s", flush=True)
    losses: list[Tensor] = []
    for step in range(steps):
        chosen = torch.randint(0, len(ids), (args.batch,), device=device)
        hidden, places = hide(ids[chosen])
        with torch.autocast("cuda", torch.bfloat16, enabled=device.type == "cuda"):
            logits = model(hidden, segments[chosen], places)
        loss = nn.functional.cross_entropy(logits.float(), ids[chosen].flatten()[places])
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.detach())
        if step % 300 == 299 or step == steps - 1:
            mean = torch.stack(losses).mean().item()
            print(f"step {step + 1}: loss {mean:.3f}, {time.monotonic() - started:.0f} s", flush=True)
            if not np.isfinite(mean):
                raise ArithmeticError("The loss is not a number; nothing was written.")
            losses.clear()
    state = {
        name: tensor.detach().half().cpu() for name, tensor in encoder.state_dict().items() if "_head." not in name
    }
    save_file(state, HERE / "base" / "adapted.safetensors")


if __name__ == "__main__":
    main()
