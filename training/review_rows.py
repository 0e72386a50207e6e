"""The labelled rows as training examples, and their folds."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from review_model import ASPECTS, LABELS

PREVIOUS_SENTENCES = 3
BACKCHANNEL_WORDS = 3  # "Mm-hm, okay." between two parts of an answer is not a new question
SECOND_SHARE = 0.3  # of a label that an annotator found defensible too
UNSURE_SHARE = 0.15  # spread over the other labels where the annotator had doubts but named none


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence of the candidate (`label` set) or a turn of the interviewer (`label` None), and what came before."""

    id: str
    file: str
    group: str
    is_real_speech: bool
    context: str
    text: str
    label: str | None
    second: str | None
    label_target: tuple[float, ...]
    aspects: frozenset[str]
    """Answered by a sentence, or asked for by a turn."""
    opens_topic: bool


def label_target(label: str, second: str | None, unsure: bool) -> tuple[float, ...]:
    shares = dict.fromkeys(LABELS, 0.0)
    shares[label] = 1.0
    if second in shares and second != label:
        shares[label], shares[second] = 1 - SECOND_SHARE, SECOND_SHARE
    elif unsure:
        shares = dict.fromkeys(LABELS, UNSURE_SHARE / (len(LABELS) - 1)) | {label: 1 - UNSURE_SHARE}
    return tuple(shares[name] for name in LABELS)


def read_rows(path: Path) -> list[Example]:
    """Single sentences; the group is the episode (or call) that they are from."""
    examples = []
    for row in _lines(path):
        source = row["source"].split(";")[0].strip()
        is_real = not source.startswith("written")
        episode = source.split("#")[0]
        # The earnings calls come from one table, so there what was asked is the group.
        group = row["question"] if "SubjECTive-QA" in source else episode if is_real else row["dialogue_id"]
        second = row.get("second")
        examples.append(
            Example(
                id=row["id"],
                file=path.name,
                group=group,
                is_real_speech=is_real,
                context=f"{row['question']} {row['previous']}".strip(),
                text=row["sentence"],
                label=row["label"],
                second=second,
                label_target=label_target(row["label"], second, unsure=False),
                aspects=frozenset(row["aspects_answered"]) & set(ASPECTS),
                opens_topic=False,
            )
        )
    return examples


def read_dialogues(path: Path) -> list[Example]:
    """Sentences (`<dialogue>:<turn>:<sentence>`) and interviewer turns (`<dialogue>:<turn>`), counted from 0."""
    examples = []
    for dialogue in _lines(path):
        question, answer = "", []
        for turn_index, turn in enumerate(dialogue["turns"]):
            shared = {"file": path.name, "group": dialogue["id"], "is_real_speech": False}
            if turn["speaker"] == "interviewer":
                turn_id = f"{dialogue['id']}:{turn_index}"
                examples.append(_turn_example(turn, turn_id, context_of(question, answer), shared))
                if len(turn["text"].split()) > BACKCHANNEL_WORDS:
                    question, answer = turn["text"], []
                continue
            for sentence_index, sentence in enumerate(turn["sentences"]):
                second = sentence.get("other")
                examples.append(
                    Example(
                        id=f"{dialogue['id']}:{turn_index}:{sentence_index}",
                        context=context_of(question, answer),
                        text=sentence["text"],
                        label=sentence["label"],
                        second=second,
                        label_target=label_target(sentence["label"], second, bool(sentence.get("unsure"))),
                        aspects=frozenset(sentence["aspects_answered"]) & set(ASPECTS),
                        opens_topic=False,
                        **shared,
                    )
                )
                answer.append(sentence["text"])
    return examples


def context_of(question: str, answer: list[str]) -> str:
    """The question and the last sentences of the answer: what the program must give the encoder as first segment."""
    return " ".join([question, *answer[-PREVIOUS_SENTENCES:]]).strip()


def training_examples(folder: Path) -> list[Example]:
    rows = [example for path in sorted(folder.glob("train*.jsonl")) for example in read_rows(path)]
    return rows + [e for path in sorted(folder.glob("dialogues_train*.jsonl")) for e in read_dialogues(path)]


def development_examples(folder: Path) -> list[Example]:
    """For reports only: never trained on, and no threshold is fitted to them."""
    rows = read_rows(folder / "gold_dev.jsonl") + read_rows(folder / "gold_dev_natural.jsonl")
    return rows + read_dialogues(folder / "dialogues_dev.jsonl")


def folds_of(examples: list[Example], folds: int, seed: int) -> list[int]:
    """The fold of each example; a group is never split, and real and written ones are spread evenly."""
    groups: dict[tuple[bool, str], int] = defaultdict(int)
    for example in examples:
        groups[example.is_real_speech, example.group] += 1
    order = sorted(groups)
    random.Random(seed).shuffle(order)
    order.sort(key=lambda key: -groups[key])
    sizes = {is_real: [0] * folds for is_real in (False, True)}
    fold_of_group = {}
    for key in order:
        own = sizes[key[0]]
        fold_of_group[key] = own.index(min(own))
        own[fold_of_group[key]] += groups[key]
    return [fold_of_group[example.is_real_speech, example.group] for example in examples]


def _turn_example(turn: dict, turn_id: str, context: str, shared: dict) -> Example:
    return Example(
        id=turn_id,
        context=context,
        text=turn["text"],
        label=None,
        second=None,
        label_target=(0.0,) * len(LABELS),
        aspects=frozenset(turn["asks"]) & set(ASPECTS),
        opens_topic=bool(turn["topic_change"]),
        **shared,
    )


def _lines(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf8").splitlines() if line.strip()]
