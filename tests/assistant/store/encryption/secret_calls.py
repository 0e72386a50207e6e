"""Calls that hold a secret, and all that can be found of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assistant.audio.recording import CrashSafeRecorder, finish, read_recording
from assistant.call import Call
from assistant.store import Store, StoreSink
from assistant.values import AudioFrame, Channel
from tests.assistant.store.calls import STARTED, final, send

SECRET = "Zanzibar"
BOTH = tuple(Channel)


def sound(number: int, seconds: float = 3.0) -> np.ndarray:
    return np.random.default_rng(number).integers(-9000, 9000, round(seconds * 16_000)).astype(np.int16)


def hold_call(store: Store, number: int, *, finishes: bool = True) -> str:
    session_id, folder = store.begin(f"{SECRET} {number}", STARTED, "tiny.en", BOTH, "Given")
    recorder = CrashSafeRecorder(folder, BOTH, key=store.new_recording_key())
    for channel in Channel:
        recorder.write(AudioFrame(channel, 0.0, sound(number + 100 * (channel is Channel.THEM))))
    recorder.close()
    sink = StoreSink(store, session_id)
    send(sink, *(final(line, f"{SECRET} line {line}", float(line)) for line in range(3)))
    sink.close()
    if finishes:
        finish(folder)
        store.finish(session_id, 3.0)
    return session_id


def kept(store: Store) -> dict[str, tuple[Call, bytes]]:
    """All that a user has: texts and sound, by call."""
    ids = [summary.id for summary in store.sessions()]
    return {
        one: (store.load(one), b"".join(b.tobytes() for b in read_recording(store.folder(one)).blocks())) for one in ids
    }


def readable_files(folder: Path) -> list[str]:
    """Files in which something that was said can be found without any key."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(
        path.name for path in files if SECRET.encode() in path.read_bytes() or path.read_bytes()[:4] == b"fLaC"
    )
