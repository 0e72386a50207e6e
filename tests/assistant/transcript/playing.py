"""A scene played through `Streaming` without threads and without a model."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assistant.speech.listener import Listener
from assistant.transcript.finals import Locked
from assistant.transcript.jobs import StreamingSettings
from assistant.transcript.streaming import Streaming
from assistant.values import AudioFrame, Channel, UpdateKind
from tests.fakes import CountingTranscriber, LoudnessDetector, frames_of, sound

TALK = [(0.5, False), (3.0, True), (1.0, False)]


def streaming(**settings_) -> Streaming:
    listeners = [Listener(channel, LoudnessDetector()) for channel in Channel]
    return Streaming(listeners, StreamingSettings(**settings_))


def frames(you: list[tuple[float, bool]], them: list[tuple[float, bool]]) -> Iterator[AudioFrame]:
    tracks = {
        channel: np.concatenate([sound(*stretch) for stretch in scene] or [sound(0, False)])
        for channel, scene in ((Channel.YOU, you), (Channel.THEM, them))
    }
    longest = max(map(len, tracks.values()))
    return frames_of({channel: np.pad(track, (0, longest - len(track))) for channel, track in tracks.items()})


def work(stream: Streaming, transcriber: CountingTranscriber, jobs: int | None = None) -> list:
    """Run the jobs that are due (or `jobs` of them); return updates and events in order."""
    out: list = []
    while jobs is None or jobs > 0:
        job = stream.next_job()
        if job is None:
            break
        out += stream.done(job, transcriber.transcribe(job.samples, job.effort, job.lead))
        out += stream.ready()[0]
        jobs = None if jobs is None else jobs - 1
    return out + stream.ready()[0]


def play(you=(), them=(), transcriber=None, every=1, **settings_) -> list:
    """Play a scene; the worker gets its turn after every `every`th frame and, at the end, until all is done."""
    stream, out = streaming(**settings_), []
    transcriber = transcriber or CountingTranscriber()
    for number, frame in enumerate(frames(list(you), list(them))):
        stream.hear(frame)
        if number % every == 0:
            out += work(stream, transcriber)
    stream.finish()
    return out + work(stream, transcriber)


def finals(out: list) -> list:
    return [event.update for event in out if isinstance(event, Locked)]


def partial_words(out: list) -> list[list[str]]:
    updates = [item for item in out if getattr(item, "kind", None) is UpdateKind.PARTIAL]
    return [[word.text for word in update.words] for update in updates]
