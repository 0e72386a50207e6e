"""`depthcue transcribe`: recordings to files."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.ports import Transcriber

EXAMPLES = """\
examples:
  depthcue transcribe interview.mp4                          Markdown beside the recording
  depthcue transcribe *.m4a --format md,srt,json --out texts
  depthcue transcribe call.wav --channels split --you right

wav, flac, mp3, m4a, ogg, mp4, mkv, webm. Stereo with two different channels is one voice a channel. A file whose
transcript is there already, and newer than the recording, is not done again."""

FORMATS = ("md", "txt", "json", "srt", "vtt")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "transcribe",
        help="turn recordings into transcripts with their evidence",
        description="Transcribes and reviews recordings, and writes them to files.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="recordings")
    parser.add_argument("--model", default="", metavar="M", help="a model's name or folder")
    parser.add_argument("--format", type=formats, default=("md",), metavar="F,...", help=", ".join(FORMATS))
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="folder of the files; beside the recording if not given"
    )
    parser.add_argument(
        "--channels", choices=("auto", "split", "mix"), default="auto", help="one voice a channel, or not"
    )
    parser.add_argument("--you", choices=("left", "right"), default="left", help="which channel is the interviewer's")
    parser.set_defaults(run=run)


def formats(text: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown or not wanted:
        raise argparse.ArgumentTypeError(
            f"{', '.join(unknown) or 'nothing'} is no format; there are {', '.join(FORMATS)}"
        )
    return wanted


def run(args: argparse.Namespace) -> int:
    from assistant.errors import AssistantError
    from assistant.plain import plain
    from ui import compose

    settings = compose.user_settings()
    transcriber: Transcriber | None = None
    failed = 0
    for path in args.files:
        name = plain(path.name)
        targets = _targets(path, args)
        if _is_done(path, targets):
            print(f"{name}: done before, nothing to do ({', '.join(str(target) for target in targets)})")
            continue
        try:
            transcriber = transcriber or compose.load_transcriber(args.model, settings)
            _transcribe(path, args, transcriber, targets)
        except AssistantError as error:
            failed += 1
            print(f"depthcue: {error}", file=sys.stderr)
    return 1 if failed else 0


def _targets(path: Path, args: argparse.Namespace) -> list[Path]:
    folder = args.out or path.parent
    return [folder / f"{path.stem}.{name}" for name in args.format]


def _is_done(path: Path, targets: list[Path]) -> bool:
    try:
        recorded = path.stat().st_mtime
        return all(target != path and target.stat().st_mtime >= recorded for target in targets)
    except OSError:
        return False


def _transcribe(path: Path, args: argparse.Namespace, transcriber: Transcriber, targets: list[Path]) -> None:
    from assistant.audio.files import FileSource
    from assistant.export import renew_export
    from assistant.plain import plain
    from ui import compose
    from ui.progress import ProgressSource

    source = ProgressSource(FileSource(path, channels=args.channels, you=args.you), plain(path.name))
    call = compose.reviewed_recording(source, transcriber, path.stem, [source])
    for name, target in zip(args.format, targets, strict=True):
        renew_export(call, name, target)
        print(target)
