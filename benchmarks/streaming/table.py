"""Figures as Markdown tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from benchmarks.streaming.figures import Figures
from benchmarks.streaming.files import FileFigures
from benchmarks.streaming.metrics import percentile, share_within
from benchmarks.streaming.text import Errors
from benchmarks.streaming.usage import Memory

Cell = Callable[[Figures], str]
Row = tuple[str, Cell]
LEAST_DIVISOR_SECONDS = 0.1  # a shorter delay is no measure for another one


def table(columns: dict[str, Figures], rows: Sequence[Row] | None = None) -> str:
    """One column a program, model and window; one row a measure. Rows that nobody has a value for are left out."""
    lines = [_line("", columns), _line("---", ["---:"] * len(columns))]
    for name, cell in ROWS if rows is None else rows:
        cells = [cell(figures) for figures in columns.values()]
        if any(cells):
            lines.append(_line(name, [text or "–" for text in cells]))
    return "\n".join(lines)


def ratio_table(ours: dict[str, Figures], theirs: dict[str, Figures]) -> str:
    """How far ahead of LocalAgreement-2 with the same weights: its delay beside ours, and points of word error."""
    names = [name for name in ours if name in theirs]
    lines = [_line("ahead of LocalAgreement-2", names), _line("---", ["---:"] * len(names))]
    for measure in ("partial", "stable", "last_word"):
        medians = [[percentile(getattr(whose[name], measure), 0.5) for whose in (ours, theirs)] for name in names]
        ahead = [_ahead(*pair) for pair in medians]
        lines.append(_line(f"{measure.replace('_', ' ')}, p50, its delay against ours", ahead))
    points = [100 * (theirs[n].final_errors.share - ours[n].final_errors.share) for n in names]
    lines.append(_line("word error rate, points lower", [f"{p:.1f}" for p in points]))
    return "\n".join(lines)


def _ahead(our_seconds: float, their_seconds: float) -> str:
    """A ratio; a difference where ours is next to nothing, as of a word that is right before it was spoken whole."""
    if math.isnan(our_seconds) or math.isnan(their_seconds):
        return "–"
    if our_seconds < LEAST_DIVISOR_SECONDS:
        return f"{their_seconds - our_seconds:+.2f} s"
    return f"{their_seconds / our_seconds:.1f} ×"


def files_table(measured: dict[tuple[str, str], FileFigures]) -> str:
    """`measured` is by model and program."""
    lines = [_line("", ["Depthcue", "faster-whisper, batched", "ratio"]), _line("---", ["---:"] * 3)]
    for model in dict.fromkeys(model for model, _ in measured):
        ours, theirs = measured[model, "ours"], measured[model, "theirs"]
        for name, our_seconds, their_seconds in (
            ("whole program, its text", ours.took.whole_seconds, theirs.took.whole_seconds),
            ("whole program, its words with times", ours.took.timed_seconds, theirs.took.timed_seconds),
            ("decoding alone, ours with times", ours.took.decode_seconds, theirs.took.decode_seconds),
        ):
            speeds = [f"{ours.call_seconds / our_seconds:.1f}", f"{theirs.call_seconds / their_seconds:.1f}"]
            lines.append(
                _line(f"{model}, seconds of call a second: {name}", [*speeds, f"{their_seconds / our_seconds:.2f} ×"])
            )
        minutes = ours.call_seconds / 60
        costs = [ours.took.cpu_seconds, theirs.took.cpu_seconds]
        cells = [*(f"{cost / minutes:.2f}" for cost in costs), f"{costs[1] / costs[0]:.2f} ×"]
        lines.append(_line(f"{model}, whole program: CPU seconds for each minute of call", cells))
        shares = [ours.errors.share, theirs.errors.share, ours.errors.share - theirs.errors.share]
        lines.append(
            _line(f"{model}, word error rate", [f"{100 * s:.1f} %" for s in shares[:2]] + [f"{100 * shares[2]:+.1f}"])
        )
    return "\n".join(lines)


def memory_table(memory: Sequence[Memory], settled_minutes: int) -> str:
    """`memory` at each full minute from 0 on, and when the call was closed; how far it rises above what it was at
    `settled_minutes`."""
    last = len(memory) - 2
    settled = min(settled_minutes, last)
    chosen = sorted({0, settled, *range(60, last, 60), last})
    heads = [*(f"{minute} min" for minute in chosen), "highest after", "growth", "when closed"]
    lines = [_line("memory of the program, MB", heads), _line("---", ["---:"] * len(heads))]
    for name, values in (
        ("resident", [one.resident_bytes for one in memory]),
        ("of it not from files", [one.own_bytes for one in memory]),
    ):
        *minutes, closed = values
        highest = max(minutes[settled:])
        cells = [*(minutes[minute] for minute in chosen), highest, highest - minutes[settled], closed]
        lines.append(_line(name, [f"{value / 1e6:.0f}" for value in cells]))
    return "\n".join(lines)


def _line(name: str, cells: Sequence[str] | dict[str, Figures]) -> str:
    return "| " + " | ".join([name, *cells]) + " |"


def _delays(pick: Callable[[Figures], list[float]], digits: int = 2) -> Cell:
    def cell(figures: Figures) -> str:
        values = pick(figures)
        if not values:
            return ""
        return " / ".join(f"{percentile(values, share):.{digits}f}" for share in (0.5, 0.95, 0.99))

    return cell


def _within(figures: Figures) -> str:
    if not figures.partial:
        return ""
    return " / ".join(f"{100 * share_within(figures.partial, seconds):.0f} %" for seconds in (0.5, 1.0))


def _share(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else ""


def _errors(pick: Callable[[Figures], Errors]) -> Cell:
    return lambda figures: _share(pick(figures).wrong, pick(figures).count)


def _behind_offline(figures: Figures) -> str:
    if not figures.offline_errors.count:
        return ""
    return f"{100 * (figures.final_errors.share - figures.offline_errors.share):+.1f}"


DELAY_ROWS: tuple[Row, ...] = (
    ("word said → first correct on the screen, s, p50 / p95 / p99", _delays(lambda f: f.partial)),
    ("of these within 0.5 s / 1 s", _within),
    ("spoken words that were ever shown correctly", lambda f: _share(f.shown, f.spoken)),
    ("the same, published (without the panel), s", _delays(lambda f: f.published)),
    ("word said → stable (committed or final), s", _delays(lambda f: f.stable)),
    ("last word of a turn → correct on the screen, s", _delays(lambda f: f.last_word)),
    ("end of speech → final text, s", _delays(lambda f: f.final)),
)
LOAD_ROWS: tuple[Row, ...] = (
    ("CPU seconds for each minute of call", lambda f: f"{60 * f.cpu_seconds / f.call_seconds:.1f}"),
    (
        "other programs meanwhile, CPU seconds for each minute",
        lambda f: f"{60 * f.others_seconds / f.run_seconds:.1f}" if f.others_seconds else "",
    ),
)
ROWS: tuple[Row, ...] = (
    *DELAY_ROWS,
    (
        "words shown and taken back, for each final word",
        lambda f: f"{f.erased / f.final_words:.2f}" if f.final_words else "",
    ),
    ("committed words that the final text changes", lambda f: _share(f.changed, f.committed)),
    ("final words changed by a later refinement", lambda f: _share(f.replaced, f.final_words) if f.replaced else ""),
    ("word error rate of the final text", _errors(lambda f: f.final_errors)),
    ("word error rate of the stable text", _errors(lambda f: f.stable_errors)),
    ("word error rate offline, same weights, beam 5", _errors(lambda f: f.offline_errors)),
    ("final text behind offline, points", _behind_offline),
    ("invented words (where nobody speaks)", lambda f: str(f.invented) if f.final_errors.count else ""),
    *LOAD_ROWS,
    ("decode worker busy", lambda f: _share(f.busy_seconds, f.run_seconds) if f.busy_seconds else ""),
    ("one decode for a partial text, s", _delays(lambda f: f.partial_decodes)),
    ("one decode for a final text, s", _delays(lambda f: f.final_decodes)),
    ("peak memory, MB", lambda f: f"{f.peak_bytes / 1e6:.0f}"),
    (
        "longest wait of a final text, s",
        lambda f: f"{f.longest_behind_seconds:.1f}" if f.longest_behind_seconds else "",
    ),
    ("end of the call → its last text, s", lambda f: f"{f.finished_late_seconds:.1f}"),
)
