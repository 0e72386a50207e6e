"""The figures of a run, or of several runs together: samples and counts, so that calls can be added up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from assistant.values import Channel
from benchmarks.streaming import metrics
from benchmarks.streaming.calls import BenchCall
from benchmarks.streaming.history import Run
from benchmarks.streaming.text import NO_ERRORS, Errors, errors


@dataclass(slots=True)
class Figures:
    """Lists hold one value a word, an utterance or a decode, in seconds; `+` joins two."""

    call_seconds: float = 0.0
    run_seconds: float = 0.0  # until the last text was there
    spoken: int = 0  # words of the reference with times
    shown: int = 0  # of them, ever shown correctly
    partial: list[float] = field(default_factory=list)
    published: list[float] = field(default_factory=list)  # the same, before the panel has it
    stable: list[float] = field(default_factory=list)
    last_word: list[float] = field(default_factory=list)
    final: list[float] = field(default_factory=list)
    final_errors: Errors = NO_ERRORS
    stable_errors: Errors = NO_ERRORS
    offline_errors: Errors = NO_ERRORS
    final_words: int = 0
    erased: int = 0
    committed: int = 0
    changed: int = 0
    replaced: int = 0
    invented: int = 0
    cpu_seconds: float = 0.0
    others_seconds: float = 0.0  # CPU of other programs meanwhile: delays are worth little if this is much
    busy_seconds: float = 0.0
    partial_decodes: list[float] = field(default_factory=list)
    final_decodes: list[float] = field(default_factory=list)
    peak_bytes: int = 0
    longest_behind_seconds: float = 0.0
    finished_late_seconds: float = 0.0  # from the end of the recording to the last text

    def __add__(self, other: Figures) -> Figures:
        joined = Figures()
        for entry in fields(Figures):
            one, two = getattr(self, entry.name), getattr(other, entry.name)
            is_highest = entry.name in ("peak_bytes", "longest_behind_seconds", "finished_late_seconds")
            setattr(joined, entry.name, max(one, two) if is_highest else one + two)
        return joined


def together(parts: Iterable[Figures]) -> Figures:
    return sum(parts, Figures())


def figures(call: BenchCall, run: Run, offline: dict[Channel, str] | None, is_shape: bool = False) -> Figures:
    """`offline` is the text of each channel to compare with; None for weights without meaning (`is_shape`)."""
    made = Figures(
        call_seconds=call.duration_seconds,
        run_seconds=run.ended_seconds,
        cpu_seconds=run.cpu_seconds,
        others_seconds=max(0.0, run.machine_seconds - run.cpu_seconds) if run.machine_seconds else 0.0,
        peak_bytes=run.peak_bytes,
        busy_seconds=sum(d.ended_seconds - d.began_seconds for d in run.decodes),
        partial_decodes=[d.ended_seconds - d.began_seconds for d in run.decodes if not d.is_final],
        final_decodes=[d.ended_seconds - d.began_seconds for d in run.decodes if d.is_final],
        longest_behind_seconds=max(run.behind_seconds, default=0.0),
        finished_late_seconds=run.ended_seconds - call.duration_seconds,
    )
    for channel in call.voices:
        _add_delays(made, call, run, channel, is_shape)
        if offline is not None and not is_shape:
            _add_text(made, call, run, channel, offline[channel])
    return made


def _add_delays(made: Figures, call: BenchCall, run: Run, channel: Channel, is_shape: bool) -> None:
    voice = call.voices[channel]
    published = [shown for shown in run.shown if shown.channel is channel]
    history = metrics.on_screen(published)

    def end_of_speech(shown: metrics.Shown) -> float:
        known = metrics.end_of_speech(voice.speech, shown) if voice.is_scored else None
        return voice.voice_end_seconds(shown.start_seconds, shown.end_seconds) if known is None else known

    made.final += metrics.final_delays(history, end_of_speech, counts_empty=is_shape)
    if not voice.words or is_shape:
        return
    reference = voice.tokens
    seen = metrics.first_correct(reference, history)
    made.spoken += len(reference)
    made.shown += len(seen)
    made.partial += metrics.delays(reference, seen)
    made.published += metrics.delays(reference, metrics.first_correct(reference, published))
    made.stable += metrics.delays(reference, metrics.first_correct(reference, history, metrics.is_stable))
    made.last_word += metrics.delays(reference, seen, metrics.last_of_turns(reference))


def _add_text(made: Figures, call: BenchCall, run: Run, channel: Channel, offline: str) -> None:
    voice = call.voices[channel]
    history = [shown for shown in run.shown if shown.channel is channel]
    steady = metrics.steadiness(history)
    made.final_words += steady.final
    made.erased += steady.erased
    made.committed += steady.committed
    made.changed += steady.changed
    made.replaced += steady.replaced
    if not voice.is_scored:
        return
    said = metrics.final_words(history)
    made.final_errors += errors(voice.text, " ".join(word.text for word in said))
    made.stable_errors += errors(voice.text, " ".join(steady.stable_texts))
    made.offline_errors += errors(voice.text, offline)
    made.invented += metrics.invented(said, voice.maybe_speech)
