"""`depthcue sessions`: what was recorded."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.store import SessionSummary, Store

EXAMPLES = """\
examples:
  depthcue sessions list
  depthcue sessions list --format json
  depthcue sessions show last                       `last` is the newest one
  depthcue sessions show 20261126-12                the beginning of an id is enough
  depthcue sessions show last --version live        what was heard during the call, after a second pass
  depthcue sessions export last --format md,srt,wav --out ~/interviews
  depthcue sessions delete 20261126-120405          removes its recording, too: for good
  depthcue sessions encrypt                         nobody reads them without a passphrase
  depthcue sessions passphrase --new-code           another recovery code; without it another passphrase"""

VERSIONS = ("newest", "live", "second")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "sessions",
        help="list, show, export, delete and encrypt what was recorded",
        description="Lists, shows, exports, deletes and encrypts the calls that were recorded on this computer.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    listing = _add(actions, "list", "all recorded calls, the newest first", "sessions list --format json")
    listing.add_argument(
        "--format", choices=("text", "json"), default="text", help="json: id, started, duration_s, title, state"
    )
    show = _add(actions, "show", "transcript, flags and follow-ups of a call", "sessions show last")
    export = _add(actions, "export", "write a call to files", "sessions export last --format md,srt,wav --out calls")
    export.add_argument(
        "--format", type=formats, default=["md"], metavar="F,...", help="md, txt, json, srt, vtt, wav (default: md)"
    )
    export.add_argument(
        "--out", type=Path, default=Path(), metavar="DIR", help="a folder, made if needed (default: this one)"
    )
    delete = _add(actions, "delete", "remove a call with its recording, for good", "sessions delete 20261126-120405")
    _add(actions, "encrypt", "encrypt all kept calls, and those to come, with a passphrase", "sessions encrypt")
    _add(actions, "decrypt", "decrypt all kept calls for good", "sessions decrypt")
    passphrase = _add(actions, "passphrase", "change the passphrase of encrypted calls", "sessions passphrase")
    passphrase.add_argument("--new-code", action="store_true", help="make another recovery code instead")
    for action in (show, export):
        action.add_argument(
            "--version",
            choices=VERSIONS,
            default=VERSIONS[0],
            help="live: as it was heard during the call; second: by `transcribe --session` (default: the newest)",
        )
    for action in (show, export, delete):
        action.add_argument("id", metavar="ID", help="an id, its beginning, or last")


def formats(text: str) -> list[str]:
    """The names in "md,srt". Raises argparse.ArgumentTypeError for one that is not known."""
    from assistant.export import FORMATS

    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in FORMATS]
    if unknown or not names:
        what = f"{unknown[0]!r} is no format" if unknown else "no format is given"
        raise argparse.ArgumentTypeError(f"{what}; there are {', '.join(FORMATS)}")
    return names


def run(args: argparse.Namespace) -> int:
    from assistant.settings import data_folder
    from assistant.store import Store
    from ui.commands import encryption
    from ui.unlocking import unlock_history

    if args.action == "encrypt":
        encryption.encrypt()
        return 0
    if args.action == "decrypt":
        encryption.decrypt()
        return 0
    if args.action == "passphrase":
        encryption.change(wants_code=args.new_code)
        return 0
    unlock_history()  # the recordings may be encrypted where the database is not, or not yet
    with Store.open(data_folder()) as store:
        if args.action == "list":
            _list(store, args.format)
            return 0
        session_id = store.resolve(args.id)
        if args.action == "delete":
            store.delete(session_id)
            print(f"Deleted {session_id} with its recording.")
            return 0
        recover_all(store)
        if args.action == "show":
            _show(store, session_id, args.version)
        else:
            _export(store, session_id, args.version, args.format, args.out)
    return 0


def _list(store: Store, format_: str) -> None:
    from assistant.plain import clock, plain

    # Only the sound is repaired here, so that a list comes at once; a model for the last words takes its time.
    for session_id in store.recoverable():
        problem = store.recover(session_id).problem
        _say(f"The call {session_id} was cut off and was recovered. {problem}".rstrip())
    summaries = store.sessions()
    if format_ == "json":
        print(json.dumps([_table(summary) for summary in summaries], indent=1))
    elif not summaries:
        print("Nothing has been recorded yet. `depthcue listen` records a call, and so does the panel: `depthcue`.")
    for summary in summaries if format_ == "text" else ():
        length, state = clock(summary.duration_seconds), summary.state.value
        print(f"{summary.id:<18} {summary.started:%Y-%m-%d %H:%M}  {length:>8}  {state:<9}  {plain(summary.title)}")


def _table(summary: SessionSummary) -> dict[str, object]:
    return {
        "id": summary.id,
        "started": summary.started.isoformat(),
        "duration_s": summary.duration_seconds,
        "title": summary.title,
        "state": summary.state.value,
    }


def _show(store: Store, session_id: str, version: str) -> None:
    from assistant.call import Version
    from assistant.export import render_text
    from assistant.plain import clock, plain

    call = store.load(session_id, Version(version))
    print(render_text(call, "txt"), end="")
    if call.version is Version.SECOND:
        print(f"\nTranscribed after the call by {plain(call.model)}; --version live shows what was heard during it.")
    notices = [notice for notice in store.notices(session_id) if notice.status.message]
    if notices:
        print("\nNotices")
    for notice in notices:
        print(f"- {clock(notice.at_seconds)}: {plain(notice.status.message)}")


def _export(store: Store, session_id: str, version: str, names: list[str], folder: Path) -> None:
    from assistant.call import Version
    from assistant.export import export_call
    from assistant.plain import plain

    for path in export_call(store.load(session_id, Version(version)), names, folder):
        print(plain(str(path)))


def recover_all(store: Store) -> None:
    """Complete what a crash left, last words and all, before it is read."""
    if store.recoverable() or store.untranscribed():
        from ui import recovery
        from ui.user_settings import user_settings

        recovery.recover(store, user_settings(), _say)


def _say(message: str) -> None:
    print(f"depthcue: {message}", file=sys.stderr)


def _add(
    actions: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str, example: str
) -> argparse.ArgumentParser:
    return actions.add_parser(
        name,
        help=what,
        description=f"{what[0].upper()}{what[1:]}.",
        epilog=f"example:\n  depthcue {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
