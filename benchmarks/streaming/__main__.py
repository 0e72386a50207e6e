"""Live transcription measured in real time, side by side with LocalAgreement-2, as Markdown tables.

    python -m benchmarks.streaming [FOLDER ...] [--models M,...] [--windows W,...] [--seconds N] [--only NAME,...]
                                   [--long HOURS [--minutes N]]

Without a folder: the bundled interview. See `calls` for what a folder holds. Each call is played at the speed of speech
through the whole program with its panel (`ours`), and then through LocalAgreement-2 (`theirs`); so a run takes as long
as its calls, once for each model, window and program. Word delays come from calls whose words have times.

With `--long HOURS` one dense call of that length is made of all of them (`dense`): does memory grow, and are its last
minutes as fast as its first? `--minutes` of either end are played in real time, the rest as fast as it goes.

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
from benchmarks.streaming import calls, files, history, hours, offline
from benchmarks.streaming.calls import BenchCall
from benchmarks.streaming.dense import DenseCall
from benchmarks.streaming.figures import Figures, figures, together
from benchmarks.streaming.files import FileFigures, file_figures
from benchmarks.streaming.random_whisper import shape_of, write_random
from benchmarks.streaming.table import DELAY_ROWS, LOAD_ROWS, files_table, memory_table, ratio_table, table
from models.weights import locate

WINDOWS = ("short", "padded")  # of our decodes: with the silence memory, or as faster-whisper does
PROGRAMS = ("ours", "theirs", "files")
SETTLED_MINUTES = 10  # of a long call: what it takes after that is growth


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
        bench = Bench(keep, args)
        if args.long:
            for model in models:
                _print_long(model, *bench.long(chosen, model))
            return
        live = {call.name: dict(bench.live(call, models)) for call in chosen}
        _print_live(live)
        if "files" in args.programs:
            _print_files([bench.files(call, models) for call in chosen])


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
    parser.add_argument("--long", type=float, metavar="HOURS", help="a dense call of that length made of the calls")
    parser.add_argument("--minutes", type=float, default=10.0, metavar="N", help="of it, at either end, in real time")
    args = parser.parse_args()
    if args.long is not None and 120 * args.minutes > 3600 * args.long:
        parser.error("both ends, of --minutes each, have to fit into --long")
    return args


def _listed(text: str) -> list[str]:
    return [part for part in text.split(",") if part]


def _model(name: str, keep: Path) -> Model:
    folder = keep / name
    if shape_of(folder) is not None:
        if not (folder / "tokenizer.json").exists():
            write_random(folder)
        return Model(name, folder, is_shape=True)
    located = locate(name, data_folder())
    return Model(located.name, located.folder, is_shape=False)


class Bench:
    """Runs programs, each in processes of its own, and keeps what they leave."""

    def __init__(self, keep: Path, args: argparse.Namespace) -> None:
        self._keep = keep
        self._args = args

    def live(self, call: BenchCall, models: list[Model]) -> Iterator[tuple[tuple[str, str], Figures]]:
        """((model, what), figures) of one call; what is a window or "theirs"."""
        for model in models:
            text = None if model.is_shape else offline.texts(call, model.name, model.folder, self._keep)
            if "ours" in self._args.programs:
                for window in self._args.windows:
                    yield (model.name, window), figures(call, self._ours(call, model, window), text, model.is_shape)
            if "theirs" in self._args.programs and not model.is_shape:
                yield (model.name, "theirs"), figures(call, self._theirs(call, model), text)

    def files(self, call: BenchCall, models: list[Model]) -> dict[tuple[str, str], FileFigures]:
        """(model, program) -> figures of one call as a file."""
        made = {}
        for model in models:
            for program in () if model.is_shape else ("ours", "theirs"):
                result = self._result(call, model, f"file-{program}")
                if self._is_wanted("files", result):
                    _run("files", program, call.recording, model.folder, result)
                made[model.name, program] = file_figures(call, files.read(result))
        return made

    def long(self, calls_: list[BenchCall], model: Model) -> tuple[dict[str, Figures], hours.LongRun]:
        """Figures of the first and the last minutes of the long call, and what it cost."""
        length, minutes = self._args.long, self._args.minutes
        result = self._keep / f"long-{length:g}h-{minutes:g}min-{model.name}.json"
        if self._is_wanted("ours", result):
            names = ",".join(call.name for call in calls_)
            _run("hours", length, minutes, model.folder, result, names, *self._args.folders)
        end, run = DenseCall(calls_, 3600 * length, 60 * minutes).end(), hours.read(result)
        made = {"first": figures(end, run.first, None), "last": figures(end, run.last, None)}
        return {f"{name} {minutes:g} min": value for name, value in made.items()}, run

    def _ours(self, call: BenchCall, model: Model, window: str) -> history.Run:
        result = self._result(call, model, window)
        if self._is_wanted("ours", result):
            _run("ours", call.recording, model.folder, window, result)
        return history.read(result)

    def _theirs(self, call: BenchCall, model: Model) -> history.Run:
        """Both channels at once, each in its own process: twice the threads that we take."""
        results = {channel: self._result(call, model, f"theirs-{channel}") for channel in Channel}
        if self._is_wanted("theirs", *results.values()):
            _run_together(
                [_command("theirs", call.recording, c, model.folder, result) for c, result in results.items()]
            )
        you, them = (history.read(result) for result in results.values())
        return history.Run(
            [*you.shown, *them.shown],
            you.cpu_seconds + them.cpu_seconds,
            you.peak_bytes + them.peak_bytes,
            max(you.ended_seconds, them.ended_seconds),
            machine_seconds=max(you.machine_seconds, them.machine_seconds),
        )

    def _result(self, call: BenchCall, model: Model, what: str) -> Path:
        cut = f"-{self._args.seconds:g}s" if self._args.seconds else ""
        return self._keep / f"{call.name}{cut}-{model.name}-{what}.json"

    def _is_wanted(self, program: str, *results: Path) -> bool:
        is_wanted = program in self._args.again or not all(result.exists() for result in results)
        if is_wanted:
            print(f"… {', '.join(result.stem for result in results)}", file=sys.stderr, flush=True)
        return is_wanted


def _command(module: str, *arguments: object) -> list[str]:
    return [sys.executable, "-m", f"benchmarks.streaming.{module}", *map(str, arguments)]


def _run(module: str, *arguments: object) -> None:
    if subprocess.run(_command(module, *arguments)).returncode:
        sys.exit(f"{module} failed; its reason stands above")


def _run_together(commands: list[list[str]]) -> None:
    """Start processes, and let them go once all are ready."""
    running = [subprocess.Popen(c, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for c in commands]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    codes = [process.wait() for process in running]
    if any(codes):
        sys.exit("LocalAgreement-2 failed; its reason stands above")


def _print_live(live: dict[str, dict[tuple[str, str], Figures]]) -> None:
    groups = {name: [columns] for name, columns in live.items()}
    if len(live) > 1:
        groups["all calls together"] = list(live.values())
    for name, parts in groups.items():
        keys = dict.fromkeys(key for part in parts for key in part)
        joined = {key: together(part[key] for part in parts if key in part) for key in keys}
        print(f"**{name}**\n\n{table({_title(*key): value for key, value in joined.items()})}\n")
        ours = {f"{model}, {what}": value for (model, what), value in joined.items() if what != "theirs"}
        theirs = {f"{m}, {what}": joined[m, "theirs"] for m, what in joined if (m, "theirs") in joined}
        if set(ours) & set(theirs):
            print(f"{ratio_table(ours, theirs)}\n")


def _print_files(calls_: list[dict[tuple[str, str], FileFigures]]) -> None:
    together_ = {key: sum((made[key] for made in calls_), FileFigures()) for key in calls_[0]}
    print(f"**files, two channels on two threads**\n\n{files_table(together_)}")


def _print_long(model: Model, ends: dict[str, Figures], run: hours.LongRun) -> None:
    print(f"**{model.name}, a dense call of {len(run.memory) - 2} min in {run.took_seconds / 60:.0f} min**\n")
    print(f"{table(ends, (*DELAY_ROWS, *LOAD_ROWS))}\n\n{memory_table(run.memory, SETTLED_MINUTES)}\n")


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
