"""Tells a speaker's name before a colon from a sentence with a colon in it.

A name is believed because of the whole file: every cue has one, it comes again and again, or it looks like a name and
the file begins with one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

_LABEL = re.compile(r"\s*(?P<name>[^:：\s][^:：]{0,119}?)\s*(?::(?=\s|$)|：)\s*(?P<rest>.*)", re.DOTALL)
_NOT_IN_NAMES = re.compile(r"[!?;\"“”„«»<>{}=…]|\.\s|[,]\s.*[,]\s")
_MOST_WORDS = 10
_MOST_WORDS_UNKNOWN = 5  # of a label that stands there only sometimes
_PARTICLES = frozenset(
    re.findall(r"\w+", "al ap bin da das de del della den der di do dos du el ibn la le of ten ter van von y zu")
)
_NUMBERED = frozenset(
    re.findall(r"\w+", "speaker spk sprecher voice person participant caller guest host user interviewer panelist")
)
# Words that open a sentence with a colon rather than name a person.
_OPENERS = frozenset(
    re.findall(
        r"\w+",
        """
        a actually again also and answer anyway basically because but caution chapter conclusion edit editor example
        exactly figure finally first fact hint important interesting item let lesson listen look maybe meaning my
        namely next no note now number ok okay one or part point problem ps quick question reason recap remember result
        right rule second section see so step summary that the then there these they thing third this those three tip
        title topic transcript two update warning well what which why yeah yes you your attendees date duration time
        subject https http kind language style
        """,
    )
)
_SIDES = frozenset({"You", "Them"})  # what this program calls the two sides of a call
_SINGLE_LETTERS = frozenset("QAIHC")  # Q: A: and the like, where they come again


def split_label(line: str) -> tuple[str, str] | None:
    """("Dana O'Neil", "Hello: there") of "Dana O'Neil: Hello: there"; None where nothing there could be a name."""
    match = _LABEL.fullmatch(line)
    if match is None:
        return None
    name = match["name"]
    if _NOT_IN_NAMES.search(name) or len(name.split()) > _MOST_WORDS or not any(map(str.isalpha, name)):
        return None
    return name, match["rest"]


def believable_names(lines: Sequence[str], known: Collection[str] = ()) -> frozenset[str]:
    """Casefolded names among what stands before the first colons of the lines (cues or paragraphs with text).

    `known` are names from the header of the file: where any of them speaks, once-only names need to be among them.
    """
    splits = [split_label(line) for line in lines]
    labels = [split[0] for split in splits if split is not None]
    if not labels:
        return frozenset()
    counts = Counter(label.casefold() for label in labels)
    known_names = {name.casefold() for name in known}
    knows_them = any(name in known_names for name in counts)
    if not knows_them and len(labels) == len(lines) and (len(lines) > 1 or looks_like_name(labels[0])):
        return frozenset(name for name in counts if counts[name] > 1 or not _is_opener(name) or name.title() in _SIDES)
    believed = {
        label.casefold()
        for label in labels
        if label.casefold() in known_names
        or (looks_like_name(label) and (counts[label.casefold()] > 1 or not knows_them))
        or (counts[label.casefold()] > 2 and len(label.split()) <= 2 and not _is_opener(label))
    }
    begins_with_one = any(split is not None and split[0].casefold() in believed for split in splits[:2])
    repeated = sum(counts[name] > 1 for name in believed)
    return frozenset(believed) if begins_with_one or repeated > 1 else frozenset()


def looks_like_name(label: str) -> bool:
    words = [word for word in re.split(r"[\s|@()\-–/_]+", label) if word]
    if label in _SIDES:
        return True
    if not words or len(words) > _MOST_WORDS_UNKNOWN or _is_opener(label):
        return False
    if words[0].casefold() in _NUMBERED:
        return True
    if len(label) == 1:
        return label in _SINGLE_LETTERS
    return all(_is_name_word(word) for word in words)


def _is_opener(label: str) -> bool:
    return re.split(r"[\s']", label.casefold(), maxsplit=1)[0] in _OPENERS


def _is_name_word(word: str) -> bool:
    first = word.lstrip("'’\"[.")[:1]
    return word.casefold() in _PARTICLES or (first.isalpha() and not first.islower())
