"""The claim review against labelled sentences and dialogues: labels, flags, follow-ups, firing rate, time.

    python -m benchmarks.review FOLDER [--rules-only] [--notes] [--verbosity normal]

FOLDER holds any of: `gold*.jsonl` (labelled sentences; `NAME_borderline.json` beside it gives second readings),
`dialogues_dev*.jsonl` (labelled dialogues), `*_qa.jsonl` (unlabelled questions and answers, for the rate of flags).
Everything goes through `depthcue review` as a user runs it, but in this process. Prints; asserts nothing.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assistant.importing import read_transcript
from assistant.ports import SentenceModel
from assistant.review.conversation import Conversation
from assistant.review.transcript_review import WORD_SECONDS, SpokenTurn, review_transcript
from assistant.values import Channel, ReviewedSentence, TranscriptUpdate, UpdateKind, Verbosity, Word
from benchmarks.review_dialogues import WORDS_A_MINUTE, DialogueScores
from benchmarks.review_dialogues import transcript_of as dialogue_transcript
from benchmarks.review_sentences import Row, report, transcript_of
from ui import compose
from ui.commands.review import as_json

PAUSE_SECONDS = 1.0  # between sentences without marks, as long as what a recogniser takes for the end of one


def rows_of(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def review_of(transcript: str, verbosity: Verbosity, model: SentenceModel | None) -> Row:
    """What `depthcue review --format json` says of a written transcript."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "call.txt"
        path.write_text(transcript, encoding="utf-8")
        turns = [
            SpokenTurn(t.speaker, t.spoken_text, t.start_seconds, t.end_seconds) for t in read_transcript(path).turns
        ]
    table: Row = json.loads(as_json(review_transcript(turns, "Candidate", verbosity, model=model)))
    return table


def timed_turns(dialogue: Row, *, has_marks: bool) -> list[SpokenTurn]:
    """Each sentence as a turn with times and a pause after it; without marks in lower case, too."""
    turns, now = [], 0.0
    for turn in dialogue["turns"]:
        for sentence in turn.get("sentences") or [turn]:
            text = sentence["text"]
            if not has_marks:
                text = re.sub(r"(?<=\w)[.?!,;:…]+(?=\s|$)|[“”\"()—–]", "", text).lower()
            end = now + len(text.split()) * WORD_SECONDS
            turns.append(SpokenTurn(turn["speaker"].capitalize(), text, now, end))
            now = end + PAUSE_SECONDS
    return turns


def print_sentences(path: Path, verbosities: Sequence[Verbosity], model: SentenceModel | None) -> None:
    rows = rows_of(path)
    borderline = path.with_name(path.stem + "_borderline.json")
    other = json.loads(borderline.read_text(encoding="utf-8")) if borderline.exists() else {}
    for verbosity in verbosities:
        review = review_of(transcript_of(rows), verbosity, model)
        print("\n".join(report(f"{path.stem}, {verbosity}", rows, review, other)))


def print_dialogues(path: Path, verbosities: Sequence[Verbosity], model: SentenceModel | None, *, notes: bool) -> None:
    dialogues = rows_of(path)
    for verbosity in verbosities:
        scores = DialogueScores()
        for dialogue in dialogues:
            scores.add(dialogue, review_of(dialogue_transcript(dialogue), verbosity, model))
        print("\n".join(scores.lines(f"{path.stem}, {verbosity}")))
        if notes:
            print("\n".join(f"    {note}" for note in scores.notes))
    for has_marks in (True, False):
        scores = DialogueScores()
        for dialogue in dialogues:
            review = review_transcript(
                timed_turns(dialogue, has_marks=has_marks), "Candidate", verbosities[0], model=model
            )
            scores.add(dialogue, json.loads(as_json(review)))
        words = "as written" if has_marks else "without case and punctuation"
        print("\n".join(scores.lines(f"{path.stem}, {verbosities[0]}, sentences with pauses, {words}")))


def print_rate(path: Path, verbosities: Sequence[Verbosity], model: SentenceModel | None) -> None:
    """Flags, follow-ups and cues a minute of the candidate's speech; of ordinary talk few sentences hold a claim."""
    rows = rows_of(path)
    minutes = sum(len(row["answer"].split()) for row in rows) / WORDS_A_MINUTE
    for verbosity in verbosities:
        flagged = cards = 0
        turns = [t for row in rows for t in _pair(row)]  # one call: some cues come no more than once in minutes
        cues = review_transcript(turns, "Candidate", verbosity, model=model).cues
        for row in rows:
            review = review_transcript(_pair(row), "Candidate", verbosity, model=model)
            flagged += sum(len(sentence.flags) for sentence in review.sentences)
            cards += len(review.follow_ups)
        print(
            f"{path.stem}, {verbosity}: {flagged / minutes:.2f} flags a minute of speech, "
            f"{cards / minutes:.2f} follow-ups, {len(cues) / minutes:.2f} cues on how it is told"
        )


def _pair(row: Row) -> list[SpokenTurn]:
    return [SpokenTurn("Interviewer", row["question"]), SpokenTurn("Candidate", row["answer"])]


def print_times(dialogues: Sequence[Row], model: SentenceModel | None) -> None:
    """What the review takes, by the clock of this process, and whether it grows in a long call. An utterance may
    complete several sentences, or none: a sentence is given its share of the time since the one before it."""
    conversation, now = Conversation(model=model), 0.0
    utterances: list[float] = []
    sentences: list[float] = []
    waiting = 0.0  # for a sentence to be completed
    for dialogue in dialogues:
        for turn in dialogue["turns"]:
            channel = Channel.THEM if turn["speaker"] == "candidate" else Channel.YOU
            for sentence in turn.get("sentences") or [turn]:
                words = tuple(
                    Word(w, now + i * 0.4, now + i * 0.4 + 0.35) for i, w in enumerate(sentence["text"].split())
                )
                begins, now = now, words[-1].end_seconds + 0.3
                update = TranscriptUpdate(UpdateKind.FINAL, channel, len(utterances), begins, now, words)
                started = time.process_time()
                events = conversation.speech_started(channel, begins) + conversation.utterance_locked(update, now)
                utterances.append(time.process_time() - started)
                completed = sum(isinstance(event, ReviewedSentence) for event in events)
                waiting += utterances[-1]
                if completed:
                    sentences += [waiting / completed] * completed
                    waiting = 0.0
                now += 0.5
    tenth = max(1, len(sentences) // 10)
    first, last = np.mean(sentences[:tenth]) * 1000, np.mean(sentences[-tenth:]) * 1000
    print(
        f"time a sentence, {len(sentences)} in one call of {now / 60:.0f} minutes: {_median_and_late(sentences)}; "
        f"first tenth {first:.1f} ms, last tenth {last:.1f} ms; an utterance: {_median_and_late(utterances)}"
    )


def _median_and_late(seconds: Sequence[float]) -> str:
    median, late = np.percentile(seconds, (50, 95)) * 1000
    return f"median {median:.1f} ms, p95 {late:.1f} ms"


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the claim review against labelled sentences and dialogues.")
    parser.add_argument("folder", type=Path, help="with gold*.jsonl, dialogues_dev*.jsonl, *_qa.jsonl")
    parser.add_argument("--rules-only", action="store_true", help="without the encoder")
    parser.add_argument("--verbosity", choices=[v.value for v in Verbosity], help="only this one")
    parser.add_argument(
        "--notes", action="store_true", help="list each follow-up that was late, too early or wrongly gone"
    )
    args = parser.parse_args()
    order = (Verbosity.NORMAL, Verbosity.QUIET, Verbosity.EAGER)
    verbosities = (Verbosity(args.verbosity),) if args.verbosity else order
    model = None if args.rules_only else compose.sentence_model()
    dialogue_files = sorted(args.folder.glob("dialogues_dev*.jsonl"))
    gold_files, pair_files = sorted(args.folder.glob("gold*.jsonl")), sorted(args.folder.glob("*_qa.jsonl"))
    if not (dialogue_files or gold_files or pair_files):
        print(f"{args.folder} holds no gold*.jsonl, dialogues_dev*.jsonl or *_qa.jsonl.", file=sys.stderr)
        return 2
    for path in gold_files:
        print_sentences(path, verbosities, model)
    for path in dialogue_files:
        print_dialogues(path, verbosities, model, notes=args.notes)
    for path in pair_files:
        print_rate(path, verbosities, model)
    if dialogue_files:
        print_times([dialogue for path in dialogue_files for dialogue in rows_of(path)], model)
    return 0


if __name__ == "__main__":
    sys.exit(main())
