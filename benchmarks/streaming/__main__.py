"""Live transcription measured in real time, side by side with LocalAgreement-2, as Markdown tables.

    python -m benchmarks.streaming [FOLDER ...] [--models M,...] [--windows W,...] [--seconds N] [--only NAME,...]

Without a folder: the bundled interview. See `calls` for what a folder holds. Each call is played at the speed of speech
through the whole program with its panel (`ours`), and then through LocalAgreement-2 (`theirs`); so a run takes as long
as its calls, once for each model, window and program. Word delays come from calls whose words have times.

A model is a catalogue name, a folder, or `small.en-shape`: random weights of that size, for delays under load only.
Nothing else should run on the computer meanwhile. Asserts nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.settings import data_folder
from assistant.values import Channel
from benchmarks.streaming import calls, history, offline
from benchmarks.streaming.calls import BenchCall
from benchmarks.streaming.figures import Figures, figures, together
from benchmarks.streaming.ours import WINDOWS
from benchmarks.streaming.random_whisper import SHAPES, write_random
from benchmarks.streaming.table import ratio_table, table
from models.weights import locate

PROGRAMS = ("ours", "theirs")
SHAPE_SUFFIX = "-shape"


@dataclass(frozen=True, slots=True)
class Model:
    name: str
    folder: Path
    is_shape: bool


def main() -> None:
    args = _arguments()
    with tempfile.TemporaryDirectory() as work:
        keep = args.keep or Path(work)
        keep.mkdir(parents=True, exist_ok=True)
        chosen = [c for c in calls.load(args.folders, args.seconds, Path(work)) if not args.only or c.name in args.only]
        if not chosen:
            sys.exit("there is no such call")
        models = [_model(name, keep) for name in args.models]
        minutes = sum(call.duration_seconds for call in chosen) / 60
        print(f"{processor()}; {', '.join(call.name for call in chosen)}: {minutes:.1f} minutes of call\n")
        measured = {call.name: dict(_measure(call, models, args, keep)) for call in chosen}
        _print(measured)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.streaming", description=__doc__.split("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="of calls")
    parser.add_argument("--models", type=_listed, default=["tiny.en"], metavar="M,...", help="names or folders")
    parser.add_argument("--windows", type=_listed, default=list(WINDOWS), metavar="W,...", help="short, padded")
    parser.add_argument("--programs", type=_listed, default=list(PROGRAMS), metavar="P,...", help="ours, theirs, files")
    parser.add_argument("--seconds", type=float, metavar="N", help="only the first N seconds of each call")
    parser.add_argument("--only", type=_listed, metavar="NAME,...", help="only these calls")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep runs and offline texts there")
    parser.add_argument("--again", type=_listed, default=list(PROGRAMS), metavar="P,...",
                        help="which programs to run although a kept run is there (default: all)")  # fmt: skip
    return parser.parse_args()


def _listed(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _model(name: str, keep: Path) -> Model:
    if name.endswith(SHAPE_SUFFIX) and name.removesuffix(SHAPE_SUFFIX) in SHAPES:
        folder = keep / name
        if not (folder / "tokenizer.json").exists():
            write_random(name.removesuffix(SHAPE_SUFFIX), folder)
        return Model(name, folder, is_shape=True)
    located = locate(name, data_folder())
    return Model(located.name, located.folder, is_shape=False)


def _measure(
    call: BenchCall, models: list[Model], args: argparse.Namespace, keep: Path
) -> Iterator[tuple[tuple[str, str], Figures]]:
    """((model, what), figures) of one call; what is a window or "theirs"."""
    for model in models:
        text = None if model.is_shape else offline.texts(call, model.name, model.folder, keep)
        if "ours" in args.programs:
            for window in args.windows:
                run = _run_ours(call, model, window, args, keep)
                yield (model.name, window), figures(call, run, text, model.is_shape)
        if "theirs" in args.programs and not model.is_shape:
            run = _run_theirs(call, model, args, keep)
            yield (model.name, "theirs"), figures(call, run, text)


def _run_ours(call: BenchCall, model: Model, window: str, args: argparse.Namespace, keep: Path) -> history.Run:
    result = keep / _file(call, model, window, args)
    if "ours" in args.again or not result.exists():
        print(f"… {call.name}, {model.name}, {window}", file=sys.stderr, flush=True)
        subprocess.run(_python("ours", call.recording, model.folder, window, result), check=True)
    return history.read(result)


def _run_theirs(call: BenchCall, model: Model, args: argparse.Namespace, keep: Path) -> history.Run:
    """Both channels at once, each in its own process: twice the threads that we take."""
    results = {channel: keep / _file(call, model, f"theirs-{channel}", args) for channel in Channel}
    if "theirs" in args.again or not all(result.exists() for result in results.values()):
        print(f"… {call.name}, {model.name}, LocalAgreement-2", file=sys.stderr, flush=True)
        commands = [_python("theirs", call.recording, c, model.folder, result) for c, result in results.items()]
        running = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for command in commands
        ]
        for process in running:
            assert process.stdout is not None
            process.stdout.readline()
        for process in running:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        codes = [process.wait() for process in running]
        if any(codes):
            sys.exit("LocalAgreement-2 failed")
    you, them = (history.read(result) for result in results.values())
    return history.Run(
        [*you.shown, *them.shown],
        you.cpu_seconds + them.cpu_seconds,
        you.peak_bytes + them.peak_bytes,
        max(you.ended_seconds, them.ended_seconds),
    )


def _python(module: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.streaming.{module}", *map(str, arguments)]


def _file(call: BenchCall, model: Model, what: str, args: argparse.Namespace) -> str:
    cut = f"-{args.seconds:g}s" if args.seconds else ""
    return f"{call.name}{cut}-{model.name}-{what}.json"


def _print(measured: dict[str, dict[tuple[str, str], Figures]]) -> None:
    groups = {name: [columns] for name, columns in measured.items()}
    if len(measured) > 1:
        groups["all calls together"] = list(measured.values())
    for name, parts in groups.items():
        keys = dict.fromkeys(key for part in parts for key in part)
        joined = {key: together(part[key] for part in parts if key in part) for key in keys}
        print(f"**{name}**\n\n{table({_title(*key): value for key, value in joined.items()})}\n")
        ours = {f"{model}, {what}": value for (model, what), value in joined.items() if what != "theirs"}
        theirs = {f"{m}, {what}": joined[m, "theirs"] for m, what in joined if (m, "theirs") in joined}
        if set(ours) & set(theirs):
            print(f"{ratio_table(ours, theirs)}\n")


def _title(model: str, what: str) -> str:
    return f"{model}, LocalAgreement-2" if what == "theirs" else f"{model}, {what}"


def processor() -> str:
    """As the system names it, with the number of cores that this process may use."""
    name = platform.processor() or platform.machine()
    information = Path("/proc/cpuinfo")
    if information.exists() and (found := re.search(r"^model name\s*: (.+)$", information.read_text(), re.MULTILINE)):
        name = found[1]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name}, {cores} cores"


if __name__ == "__main__":
    main()
