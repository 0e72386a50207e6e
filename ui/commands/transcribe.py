"""`depthcue transcribe`: recordings to files."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import AssistantError, AudioFileError, ModelError
from assistant.plain import counted, harmless, plain
from ui.commands.call_options import add_model_option
from ui.commands.speech_options import add_speech_options, fingerprint, with_speech_options

if TYPE_CHECKING:
    from assistant.audio.files import FileSource
    from assistant.call import Call
    from assistant.ports import BatchTranscriber
    from assistant.settings import Settings
    from ui.transcripts import Making, Plan, Register

EXAMPLES = """\
examples:
  depthcue transcribe interview.mp4                          Markdown beside the recording
  depthcue transcribe *.m4a --format md,srt,json --out texts
  depthcue transcribe call.wav --channels split --you right
  depthcue transcribe --session last --model base            a recorded call once more, beside its live version

wav, flac, mp3, m4a, ogg, mp4, mkv, webm. Stereo with two different channels is one voice a channel. What was done is
not done again, unless the recording, its channels, its language, the glossary or --model have changed. Files of
others, and transcripts that you have worked on, are never replaced: the new one gets another name."""

FORMATS = ("md", "txt", "json", "srt", "vtt")
OF_FILES = {"format": ("md",), "out": None, "channels": "auto", "you": "left"}  # with what is meant where none is given


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "transcribe",
        help="turn recordings into transcripts with their evidence",
        description="Transcribes and reviews recordings, and writes them to files.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, nargs="*", metavar="FILE", help="recordings")
    parser.add_argument(
        "--session",
        metavar="ID",
        help="a recorded call instead of files: an id of `sessions list`, its beginning, or last",
    )
    add_model_option(parser)
    add_speech_options(parser)
    files = parser.add_argument_group("how files are read and written")
    files.add_argument("--format", type=formats, metavar="F,...", help=f"{', '.join(FORMATS)}; md if not given")
    files.add_argument("--out", type=Path, metavar="DIR", help="folder of the files; beside the recording if not given")
    files.add_argument("--channels", choices=("auto", "split", "mix"), help="one voice a channel, or not")
    files.add_argument("--you", choices=("left", "right"), help="which channel is the interviewer's; left if not given")
    parser.set_defaults(run=run, refuse=parser.error)


def formats(text: str) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    unknown = [name for name in wanted if name not in FORMATS]
    if unknown or not wanted:
        raise argparse.ArgumentTypeError(
            f"{', '.join(unknown) or 'nothing'} is no format; there are {', '.join(FORMATS)}"
        )
    return wanted


def run(args: argparse.Namespace) -> int:
    given = [name for name in OF_FILES if getattr(args, name) is not None]
    if args.session is None:
        for name in set(OF_FILES) - set(given):
            setattr(args, name, OF_FILES[name])
        return _transcribe_files(args)
    if args.files:
        args.refuse("name recordings, or a recorded call with --session, but not both at once")
    if given:
        args.refuse(f"--{given[0]} is for recordings; `depthcue sessions export` writes the files of a recorded call")
    return _transcribe_session(args)


def _transcribe_session(args: argparse.Namespace) -> int:
    from assistant.settings import data_folder
    from assistant.store import Store
    from ui.commands.sessions import recover_all
    from ui.progress import with_progress
    from ui.second_pass import transcribe_again
    from ui.terminal import findings
    from ui.unlocking import unlock_history
    from ui.user_settings import user_settings

    unlock_history()
    settings = with_speech_options(user_settings(), args)
    with Store.open(data_folder()) as store:
        session_id = store.resolve(args.session)
        recover_all(store)
        call = transcribe_again(store, session_id, settings, args.model, args.language or "", with_progress(session_id))
    print(
        f"Kept beside the live version: {counted(len(call.utterances), 'utterance')}, {findings(call)} by "
        f"{plain(call.model)}. depthcue sessions show {session_id}"
    )
    return 0


def _transcribe_files(args: argparse.Namespace) -> int:
    from assistant.settings import data_folder
    from ui.transcripts import Register
    from ui.user_settings import user_settings

    if not args.files:
        args.refuse("there is nothing to transcribe: name recordings, or a recorded call with --session")
    settings = with_speech_options(user_settings(), args)
    job = _Job(args, settings, Register(data_folder()))
    failed = 0
    for path in args.files:
        try:
            job.do(path)
        except ModelError:
            raise  # no other recording fares better
        except AssistantError as error:
            failed += 1
            print(f"depthcue: {harmless(str(error))}", file=sys.stderr)
    return 1 if failed else 0


class _Job:
    """All recordings of one command: they share the model, which is loaded once it is needed."""

    def __init__(self, args: argparse.Namespace, settings: Settings, register: Register) -> None:
        self._args = args
        self._settings = settings
        self._register = register
        self._transcriber: BatchTranscriber | None = None
        self._can_remember = True

    def do(self, path: Path) -> None:
        """Raises AssistantError: this recording can't be transcribed, or its files can't be written."""
        from assistant.audio.files import LONG_FRAME_SECONDS, FileSource
        from assistant.export import check_writable
        from ui import compose
        from ui.transcripts import making_of

        try:
            making = making_of(path, self._args.channels, self._args.you, fingerprint(self._settings))
        except OSError as error:
            raise AudioFileError(
                f"There is no recording {plain(str(path))} ({error.strerror}). Check the name and the folder."
            ) from error
        plan = self._plan(path, making)
        if not plan.missing:
            print(f"{plain(path.name)}: done before, nothing to do ({_names(plan.targets)})")
            return
        recording = FileSource(path, self._args.channels, self._args.you, frame_seconds=LONG_FRAME_SECONDS)
        try:
            check_writable(self._folder(path))  # said now, not after an hour
            self._transcriber = self._transcriber or compose.load_batch_transcriber(self._args.model, self._settings)
        except AssistantError:
            recording.close()
            raise
        transcriber = self._transcriber.for_call(self._settings.language, self._settings.glossary)
        call = self._reviewed(path, recording, making, transcriber)
        self._write(self._plan(path, making), call, making)  # planned again: an hour may have passed

    def _plan(self, path: Path, making: Making) -> Plan:
        from assistant.settings import data_folder
        from models.weights import locate

        model = locate(self._args.model, data_folder()).name if self._args.model else ""
        return self._register.plan(making, self._folder(path), self._args.format, model)

    def _folder(self, path: Path) -> Path:
        folder: Path = self._args.out or path.parent
        return folder

    def _reviewed(self, path: Path, recording: FileSource, making: Making, transcriber: BatchTranscriber) -> Call:
        from ui import compose
        from ui.echo_removal import echo_removal
        from ui.progress import ProgressSource

        source = ProgressSource(recording, plain(path.name))
        recorded = datetime.fromtimestamp(making.changed_ns / 1e9).astimezone()
        return compose.reviewed_recording(
            source,
            transcriber,
            path.stem,
            [source],
            verbosity=self._settings.verbosity,
            asks=compose.follow_ups(self._settings),
            started=recorded,
            echo=echo_removal(self._settings),
        )

    def _write(self, plan: Plan, call: Call, making: Making) -> None:
        from assistant.export import renew_export

        for target in plan.missing:
            renew_export(call, target.suffix.removeprefix("."), target)
            print(plain(str(target)))
            self._remember(target, making, call.model)

    def _remember(self, target: Path, making: Making, model: str) -> None:
        try:
            self._register.note(target, making, model)
        except OSError as error:
            if self._can_remember:
                reason = error.strerror or str(error)
                print(
                    f"depthcue: that this is done can't be noted ({reason}); next time it is done again.",
                    file=sys.stderr,
                )
            self._can_remember = False


def _names(paths: tuple[Path, ...]) -> str:
    return ", ".join(plain(str(path)) for path in paths)
