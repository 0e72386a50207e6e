"""Makes recordings of every kind with the same library that plays them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
CODECS = {
    "wav": "pcm_s16le",
    "flac": "flac",
    "mp3": "libmp3lame",
    "m4a": "aac",
    "ogg": "libopus",
    "mp4": "aac",
    "mkv": "flac",
    "webm": "libopus",
}
LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


def tone(pitch_hz: float, seconds: float, *, off_seconds: float = 0.0) -> NDArray[np.float32]:
    """A voice in miniature: a tone that begins after `off_seconds`; (samples,) at 48 kHz."""
    times = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return (0.3 * np.sin(2 * np.pi * pitch_hz * times) * (times >= off_seconds)).astype(np.float32)


def record(
    path: Path,
    *tracks: Sequence[NDArray[np.float32]],
    codec: str = "",
    titles: Sequence[str] = (),
    start_seconds: float = 0.0,
    rate_hz: int = RATE_HZ,
    has_video: bool = False,
) -> Path:
    """Each track is one array for each of its channels. `start_seconds` is how late the sound begins."""
    with av.open(str(path), "w") as container:
        streams = []
        for number, channels in enumerate(tracks):
            stream = container.add_stream(codec or CODECS[path.suffix[1:]], rate=rate_hz, layout=LAYOUTS[len(channels)])
            if titles:
                stream.metadata["title"] = titles[number]
            streams.append(stream)
        if has_video:
            _picture(container)
        for stream, channels in zip(streams, tracks, strict=True):
            _write(container, stream, np.stack(channels), rate_hz, round(start_seconds * rate_hz))
    return path


def _write(
    container: av.container.OutputContainer,
    stream: av.AudioStream,
    samples: NDArray[np.float32],
    rate_hz: int,
    start: int,
) -> None:
    layout = LAYOUTS[len(samples)]
    fit = av.AudioResampler(format=stream.format.name, layout=layout, rate=rate_hz)
    for at in range(0, samples.shape[1], 1024):
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples[:, at : at + 1024]), "fltp", layout)
        frame.sample_rate, frame.pts, frame.time_base = rate_hz, start + at, Fraction(1, rate_hz)
        for fitted in fit.resample(frame):
            container.mux(stream.encode(fitted))
    for fitted in fit.resample(None):
        container.mux(stream.encode(fitted))
    container.mux(stream.encode(None))


def _picture(container: av.container.OutputContainer) -> None:
    stream = container.add_stream("mpeg4", rate=5)
    stream.width = stream.height = 64
    stream.pix_fmt = "yuv420p"
    for _ in range(10):
        frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def cut(path: Path, share: float) -> Path:
    """The same file as a copy that broke off."""
    short = path.with_name(f"cut_{path.name}")
    data = path.read_bytes()
    short.write_bytes(data[: round(len(data) * share)])
    return short
