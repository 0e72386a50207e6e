"""`depthcue review`: reviews a transcript that another program made."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from assistant.values import Verbosity

if TYPE_CHECKING:
    from assistant.importing import ImportedTranscript
    from assistant.review.transcript_review import FollowUpInText, SentenceInText, TranscriptReview

EXAMPLES = """\
examples:
  depthcue review interview.vtt
  depthcue review call.docx --candidate "Dana Reyes"          whose words are reviewed
  depthcue review call.srt --verbosity quiet                  only the surest flags
  depthcue review call.srt --explain                          with what decided about each sentence
  depthcue review notes.txt --format json --out notes.json    for another program

Reads .vtt, .srt, .txt, .md, .docx and .json; no speech model is needed."""

_CANDIDATE_NAMES = ("candidate", "interviewee", "applicant", "guest", "them")
_INTERVIEWER_NAMES = ("interviewer", "host", "recruiter", "hiring manager", "you", "moderator")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "review",
        help="review a transcript that another program made",
        description="Marks vague and number-only claims of the candidate in a transcript, and says which follow-ups a "
        "live call would have shown, and when they would have gone.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help=".vtt, .srt, .txt, .md, .docx or .json")
    parser.add_argument("--candidate", metavar="NAME", help="whose words are reviewed")
    parser.add_argument(
        "--verbosity", choices=[v.value for v in Verbosity], help="how much is worth saying (default: as in a call)"
    )
    parser.add_argument("--explain", action="store_true", help="say of each sentence what decided about it")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write there instead of the terminal")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from assistant.export.files import renew
    from assistant.importing import read_transcript
    from assistant.plain import counted, plain
    from assistant.review.transcript_review import SpokenTurn, review_transcript
    from ui import compose
    from ui.user_settings import user_settings

    if args.out is not None and (problem := _why_not(args.out, args.file)):
        print(f"depthcue: {problem}", file=sys.stderr)
        return 2
    transcript = read_transcript(args.file)
    for warning in transcript.warnings:
        print(f"depthcue: note: {plain(warning)}", file=sys.stderr)
    candidate, problem = choose_candidate(transcript, args.candidate)
    if problem:
        print(f"depthcue: {problem}", file=sys.stderr)
        return 2
    turns = [SpokenTurn(t.speaker, t.spoken_text, t.start_seconds, t.end_seconds) for t in transcript.turns]
    settings = user_settings(args.verbosity)
    asks = compose.follow_ups(settings)
    for problem in asks.problems:
        print(f"depthcue: note: {plain(problem)}", file=sys.stderr)
    review = review_transcript(
        turns, candidate, settings.verbosity, asks.bank, compose.sentence_model(), is_explained=args.explain
    )
    text = as_json(review) if args.format == "json" else as_text(review)
    if args.out is None:
        print(text)
    else:

        def write(file: BinaryIO) -> None:
            file.write(f"{text}\n".encode())

        renew(args.out, write)
        print(
            f"{counted(len(review.sentences), 'sentence')} reviewed, written to {plain(str(args.out))}", file=sys.stderr
        )
    return 0


def choose_candidate(transcript: ImportedTranscript, wanted: str | None) -> tuple[str | None, str]:
    """Whose words are reviewed (None: the words of nobody in particular), and what to say where that can't be told."""
    speakers = transcript.speakers
    if wanted is not None:
        same = [name for name in speakers if name.casefold() == wanted.strip().casefold()]
        return (same[0], "") if same else (None, _which(speakers, f"nobody in it is called {wanted!r}"))
    if len(speakers) <= 1:
        return (speakers[0] if speakers else None), ""
    likely = [name for name in speakers if name.casefold() in _CANDIDATE_NAMES]
    if not likely and len(speakers) == 2:
        likely = [name for name in speakers if name.casefold() not in _INTERVIEWER_NAMES]
    if len(likely) == 1:
        return likely[0], ""
    return None, _which(speakers, "it does not say who the candidate is")


def _which(speakers: tuple[str, ...], why: str) -> str:
    from assistant.plain import plain

    if not speakers:
        return f"The transcript names no speakers, and {plain(why)}. Leave --candidate out to review all of it."
    names = "\n".join(f'  --candidate "{plain(name)}"' for name in speakers)
    return f"The transcript has {len(speakers)} speakers, and {plain(why)}. Run it again with one of:\n{names}"


def as_json(review: TranscriptReview) -> str:
    """The review as other programs read it. Its ledger says what was covered, by the places of the sentences."""
    from assistant.export.coverage import ledger_table
    from assistant.export.structured import cue_table

    table = {
        "sentences": [_sentence_table(sentence) for sentence in review.sentences],
        "follow_ups": [_follow_up_table(follow_up) for follow_up in review.follow_ups],
        "ledger": ledger_table([one.reviewed for one in review.sentences], has_times=review.has_times),
        "cues": [cue_table(cue, has_times=review.has_times) for cue in review.cues],
    }
    return json.dumps(table, ensure_ascii=False, indent=1)


def _sentence_table(sentence: SentenceInText) -> dict[str, Any]:
    reviewed = sentence.reviewed
    return {
        "speaker": sentence.speaker,
        "start_s": sentence.start_seconds,
        "end_s": sentence.end_seconds,
        "text": reviewed.sentence.text,
        "label": reviewed.label,
        "flags": [
            {
                "kind": entry.flag.kind,
                "start": entry.flag.quote_start,
                "end": entry.flag.quote_end,
                "text": entry.flag.quote,
                "missing": list(entry.flag.missing),
                "reason": entry.flag.reason,
                "withdrawn_after": entry.withdrawn_after,
            }
            for entry in sentence.flags
        ],
        "aspects": list(reviewed.aspects),
        **({"reasons": list(sentence.reasons)} if sentence.reasons else {}),
    }


def _follow_up_table(entry: FollowUpInText) -> dict[str, Any]:
    return {
        "question": entry.follow_up.question,
        "kind": entry.follow_up.kind,
        "aspect": entry.follow_up.aspect,
        "quote": entry.follow_up.quote,
        "raised_after": entry.raised_after,
        "retired_after": entry.retired_after,
        "retired_why": entry.retired_why,
    }


def as_text(review: TranscriptReview) -> str:
    """The review for a person: every sentence, flagged words in brackets, follow-ups where they came and went."""
    from assistant.export.coverage import parts_in
    from assistant.plain import clock, counted, plain
    from ui.terminal import KINDS, RETIRED

    lines: list[str] = []
    speaker = ""
    for index, sentence in enumerate(review.sentences):
        if sentence.speaker != speaker:
            speaker = sentence.speaker
            lines += ["", f"{plain(speaker)}:"]
        time = "" if sentence.start_seconds is None else f"[{clock(sentence.start_seconds)}] "
        lines.append(f"{index:>4}  {time}{plain(_marked(sentence))}")
        lines += [f"        · {plain(reason)}" for reason in sentence.reasons]
        for entry in sentence.flags:
            taken = "" if entry.withdrawn_after is None else f" (taken back after {entry.withdrawn_after})"
            lines.append(f"      ⚑ {KINDS[entry.flag.kind]}: “{plain(entry.flag.quote)}” {entry.flag.reason}{taken}")
        lines += [f"      · {plain(f'“{cue.quote}” {cue.advice}')}" for cue in review.cues if cue.sentence == index]
        for follow_up in review.follow_ups:
            question = plain(follow_up.follow_up.question)
            if follow_up.raised_after == index:
                lines.append(f"      → ask: {question}")
            if follow_up.retired_after == index and follow_up.retired_why is not None:
                lines.append(f"      ✓ {RETIRED[follow_up.retired_why]}: {question}")
    covered = [one for one in parts_in(sentence.reviewed for sentence in review.sentences) if one.answers]
    lines += ["", "Covered (by sentence):"] if covered else []
    for one in covered:
        lines.append(f"  {one.name}: {', '.join(str(said.sentence.index) for said in one.answers)}")
    flags = [entry for sentence in review.sentences for entry in sentence.flags]
    open_ones = sum(entry.withdrawn_after is None for entry in flags)
    asked = counted(len(review.follow_ups), "follow-up")
    lines += ["", f"{counted(len(flags), 'claim')} flagged, {open_ones} still open; {asked}."]
    return "\n".join(lines).lstrip("\n")


def _marked(sentence: SentenceInText) -> str:
    text = sentence.reviewed.sentence.text
    for entry in sorted(sentence.flags, key=lambda entry: -entry.flag.quote_start):
        start, end = entry.flag.quote_start, entry.flag.quote_end
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


def _why_not(out: Path, transcript: Path) -> str:
    """What keeps a review from being written to `out`, which replaces what is there; empty if nothing does."""
    from assistant.plain import plain

    if not out.exists():
        return ""
    shown = plain(str(out))
    if not out.is_file():
        return f"{shown} is a folder or a device, and the review is a file. Choose another name with --out."
    if transcript.exists() and out.samefile(transcript):
        return f"{shown} is the transcript itself, and the review would replace it. Choose another name with --out."
    return ""
