"""Measures the panel: how soon it is up, a long transcript, and what it costs while nothing or a call happens.

    python -m benchmarks.panel [--seconds 20] [--only up,long,busy,quiet]

Each part runs in a process of its own. Without a screen the off-screen platform is used; what is drawn is the same.
Run it on a quiet computer: everything here is time of the wall.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

PARTS = ("up", "long", "busy", "quiet")
STARTS = 5
FIGURES = {  # name: (what it is, unit, the most that is wanted)
    "up_cold": ("window up, files not in memory", "s", 2.5),
    "up_warm": ("window up, warm (median of 5)", "s", 1.0),
    "opens": ("a call of 30,000 words and 400 flags opens", "s", 1.0),
    "append_p99": ("a line is added to it, p99", "ms", 4.0),
    "scroll_p99": ("a frame of scrolling in it, p99", "ms", 16.0),
    "memory": ("memory with it", "MB", 250.0),
    "longest_block": ("longest block of the UI, decoding on all cores", "ms", 50.0),
    "idle_cpu": ("idle", "% of a core", 2.0),
    "live_cpu": ("a call, without decoding", "% of a core", 10.0),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=20.0, help="of each part that watches for a while")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    args = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    found: dict[str, float] = {}
    with TemporaryDirectory() as home:
        os.environ["DEPTHCUE_HOME"] = home
        for part in args.only.split(","):
            found |= _starts() if part == "up" else _measured(part, args.seconds)
            _show(found)
            found.clear()


def _show(found: dict[str, float]) -> None:
    for name, value in found.items():
        words, unit, most = FIGURES[name]
        verdict = "ok" if value <= most else "MISSED"
        print(f"{words:<52} {value:>8.2f} {unit:<12} (at most {most:g}) {verdict}", flush=True)


def _starts() -> dict[str, float]:
    """From the start of the process to the first picture of the window."""
    _forget_files()
    cold = _start()
    warm = sorted(_start() for _ in range(STARTS))
    return {"up_cold": cold, "up_warm": warm[STARTS // 2]}


def _start() -> float:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.panel.up"], capture_output=True, text=True, timeout=60, check=True
    )
    return float(done.stdout) - started


def _forget_files() -> None:
    """Let the system forget what it holds of this program's and Qt's files; it does for those that nobody uses now."""
    import PySide6
    import shiboken6

    here = Path(__file__).resolve().parents[2]
    folders = [here / "ui", here / "assistant", Path(os.__file__).parent]
    for package in (PySide6, shiboken6):
        folders += [Path(path) for path in package.__path__]
    for folder in folders:
        for file in folder.rglob("*"):
            if file.is_file() and "site-packages" not in file.relative_to(folder).parts:
                handle = os.open(file, os.O_RDONLY)
                try:
                    os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                finally:
                    os.close(handle)


def _measured(part: str, seconds: float) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.panel.{part}", str(seconds)],
        stdout=subprocess.PIPE, text=True, timeout=120, check=True,
    )  # fmt: skip
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


if __name__ == "__main__":
    main()
