"""Capture and recording measured on a virtual sound card: what arrives, what it costs, what a crash takes.

    python -m benchmarks.capture [--minutes M] [--kills N] [--hours H] [--events E]
        [--only fidelity,events,kills,disk,long] [--server pipewire]

Prints figures; asserts nothing. Nothing else should run on the computer meanwhile.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from benchmarks.capture import disk, events, fidelity, kills, long_call
from benchmarks.capture.rig import sound_card
from tests.conftest import PROGRAMS, PULSEAUDIO


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.capture", description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=5.0, help="of both voices, recorded against played")
    parser.add_argument("--kills", type=int, default=100, help="at random moments")
    parser.add_argument("--hours", type=float, default=3.0, help="of a call at accelerated speed")
    parser.add_argument("--events", type=int, default=50, help="unplug, replug, another default, restart, at random")
    parser.add_argument("--server", choices=list(PROGRAMS), default=PULSEAUDIO)
    parser.add_argument("--only", default="", help="some of the parts, with commas between them")
    args = parser.parse_args(arguments)
    with sound_card(args.server) as audio:
        parts: dict[str, Callable[[], list[str]]] = {
            "fidelity": lambda: fidelity.measure(audio, args.minutes),
            "events": lambda: events.measure(audio, args.events),
            "kills": lambda: kills.measure(audio, args.kills),
            "disk": lambda: disk.measure(audio),
            "long": lambda: long_call.measure(args.hours),
        }
        for name in args.only.split(",") if args.only else parts:
            print("\n".join(parts[name]()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
