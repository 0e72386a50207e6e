"""faster-whisper on whole recordings: the text to compare with, and the throughput."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel

from assistant.values import Channel
from benchmarks.streaming.calls import BenchCall


def texts(call: BenchCall, model: str, folder: Path, cache: Path) -> dict[Channel, str]:
    """Each channel decoded as a whole, beam 5, no voice filter; taken from the cache if it was done before."""
    found: dict[Channel, str] = {}
    engine: WhisperModel | None = None
    for channel, voice in call.voices.items():
        digest = hashlib.sha256(model.encode() + voice.samples.tobytes()).hexdigest()[:32]
        kept = cache / f"offline-{digest}.json"
        if not kept.exists():
            engine = engine or WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=2)
            segments, _ = engine.transcribe(
                voice.samples.astype(np.float32) / 32768, language="en", beam_size=5, condition_on_previous_text=False
            )
            kept.write_text(json.dumps(" ".join(segment.text.strip() for segment in segments)), encoding="utf-8")
        found[channel] = json.loads(kept.read_text(encoding="utf-8"))
    return found
