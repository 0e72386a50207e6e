"""`depthcue devices` and `depthcue doctor`: what can be heard here; what is wrong and how to mend it."""

from __future__ import annotations

import argparse
import json
import platform
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.audio.capture import Device

DEVICES_EXAMPLES = """\
examples:
  depthcue devices                      everything that can be recorded, with the words that choose it
  depthcue devices --format json
  depthcue listen --mic "Headset"       a name or a description from the list
  depthcue listen --call Chromium       only what that program plays, whatever the volume
  depthcue listen --mic none            without a microphone

Without --mic and --call what the settings name is recorded, otherwise the system's defaults, those marked with an
asterisk. What only passes on the call's sound is no default microphone."""

DOCTOR_EXAMPLES = """\
examples:
  depthcue doctor                       checks sound, models, storage and window libraries; takes some seconds

Records one second of each voice to see whether it is heard, and keeps none of it. The exit code is 0 when all that is
needed works, 1 when something is broken."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    devices = subparsers.add_parser(
        "devices",
        help="what can be recorded",
        description="Lists microphones, the outputs that can play a call, and the programs that play sound now.",
        epilog=DEVICES_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    devices.add_argument("--format", choices=("text", "json"), default="text")
    devices.set_defaults(run=_list)
    doctor = subparsers.add_parser(
        "doctor",
        help="what is wrong, and how to mend it",
        description="Checks everything that a call needs, one line each, and says how to mend what is wrong.",
        epilog=DOCTOR_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    doctor.set_defaults(run=_examine)


def _list(args: argparse.Namespace) -> int:
    from assistant.audio.capture import list_devices
    from ui.user_settings import user_settings

    devices = list_devices(user_settings().call)
    if args.format == "json":
        rows = [
            {"kind": d.kind.value, "name": d.name, "description": d.description, "is_default": d.is_default}
            for d in devices
        ]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        print("\n".join(_lines(devices)))
    return 0


def _lines(devices: Sequence[Device]) -> list[str]:
    from assistant.audio.capture import DeviceKind
    from assistant.plain import plain

    lines: list[str] = []
    for kind, heading, option, none in (
        (DeviceKind.MICROPHONE, "Microphones", "--mic", "none found: plug one in, or check that it is switched on"),
        (DeviceKind.CALL_OUTPUT, "Outputs that can play the call", "--call", _no_output()),
        (DeviceKind.PROGRAM, "Programs that play sound now", "--call", "none"),
    ):
        lines += ["", heading] if lines else [heading]
        found = [device for device in devices if device.kind is kind]
        words = [f"{option} {shlex.quote(plain(device.name))}" for device in found]
        width = max(map(len, words), default=0)
        for device, word in zip(found, words, strict=True):
            mark = "*" if device.is_default else " "
            description = "" if device.description == device.name else plain(device.description)
            lines.append(f" {mark} {word:<{width}}  {description}".rstrip())
        if not found:
            lines.append(f"   {none}")
    return lines


def _no_output() -> str:
    if platform.system() == "Linux":
        return "none found"
    return "not listed on this system yet: name an input device that carries the call (see the README)"


def _examine(_args: argparse.Namespace) -> int:
    from ui.doctor.checks import all_checks
    from ui.doctor.finding import Health

    is_broken = False
    for finding in all_checks():
        is_broken |= finding.health is Health.PROBLEM
        print(f"{finding.health.value:<8} {finding.subject}: {finding.text}", flush=True)
    print("\nSomething is broken: see the lines marked problem." if is_broken else "\nAll that is needed works.")
    return int(is_broken)
