"""From locked utterances to sentences, per channel. Called by one thread, in the order of the call's clock.

Utterances are cut where somebody pauses, not where a sentence ends, and the recogniser's full stops are a hint only:
one may stand where the sound was cut in mid-sentence, and there may be none at all. What has no end yet waits for the
channel's next utterance, or for silence; what most likely has one does not wait for the end of a long utterance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant.transcript.vocabulary import vocabulary
from assistant.values import Channel, Sentence, TranscriptUpdate, Word

SILENCE_SECONDS = 1.0  # after this much of it an open sentence is taken as finished
HOLD_SECONDS = 0.25  # the same for one whose full stop may be the cut's
LONGEST_HOLD_SECONDS = 1.5  # the same while its speaker goes on: the words that tell come when they pause again
FEW_WORDS = 4  # a shorter sentence at the end of an utterance may have been cut: "Getting it approved." "was hard."
LONG_PAUSE_SECONDS = 0.9  # ends a sentence that has no punctuation
HESITATION_SECONDS = 2.5  # the same where the text can't end: "by the ... (thinks) ... second year"
MAX_WORDS = 60  # of a sentence without any end; the tail never grows beyond
SHORT_PAUSE_SECONDS = 0.3  # divides a run-on sentence
RUN_ON_WORDS = 12  # a sentence without commas or full stops inside that is longer is looked at for joints
PART_WORDS = 4  # the least that stands on each side of such a joint

_TERMINAL = re.compile(r"[.?!…。？！]+[\"'”’)\]」』]*$")
_ABBREVIATION = re.compile(
    r"^[\"'“‘(\[]*(?:(?:[a-z]\.){2,}|(?:mr|mrs|ms|dr|prof|vs|etc|approx|incl|inc|ltd|no|st|fig|sr|jr)\.)$",
    re.IGNORECASE,
)
_NOT_WORD = re.compile(r"[^\w']+")
# Words after which no English sentence ends: a full stop there is the recogniser's, set where the sound was cut.
_NEVER_ENDS = vocabulary(
    """
    a an the my our your their and or but because although if than i we i'm we're i've we've very of from by
    """
)
# Words after which one seldom ends: they hold a sentence together only where no full stop stands.
_SELDOM_ENDS = vocabulary(
    """
    as with into onto to at for his its it's that's is are was were be been am has had which who whose when
    where every each really quite um uh er erm
    """
)
_FILLERS = vocabulary("um uh er erm like well")
_JOINT = vocabulary(
    """
    so and but then because cause cos
    """
)
_AFTER_JOINT = vocabulary(
    """
    i we it they he she there that you now the then my our this what when i'm we're it's i've we've that's
    they're there's i'd we'd so after before one
    """
)


@dataclass(slots=True)
class _Side:
    """What is known of one channel: words without an end yet, and whether somebody speaks."""

    tail: list[Word] = field(default_factory=list)
    speaking: bool = False
    spoke_until_seconds: float = 0.0


class SentenceBuilder:
    """Joins and splits the utterances of both channels; sentences are numbered as they are completed."""

    def __init__(self) -> None:
        self._sides = {channel: _Side() for channel in Channel}
        self._next_index = 0

    def speech_started(self, channel: Channel, at_seconds: float) -> None:
        """Somebody speaks: an open sentence of that channel waits for what comes."""
        self._sides[channel].speaking = True

    def lock(self, update: TranscriptUpdate, at_seconds: float) -> list[Sentence]:
        """Take in the final words of an utterance that ended at `at_seconds`; returns what they complete."""
        side = self._sides[update.channel]
        side.speaking = False
        side.spoke_until_seconds = at_seconds
        done: list[Sentence] = []
        words = [word for word in update.words if word.text.strip()]
        for position, word in enumerate(words):
            if side.tail and self._ends_before(side.tail, word, is_cut=position == 0):
                done += self._take(update.channel)
            side.tail.append(word)
            if len(side.tail) >= MAX_WORDS:
                done += self._take(update.channel)
        if side.tail and _is_complete(side.tail):
            done += self._take(update.channel)
        return done

    def is_open(self, channel: Channel) -> bool:
        """Whether words of that channel wait for the end of their sentence."""
        return bool(self._sides[channel].tail)

    def tail(self, channel: Channel) -> tuple[Word, ...]:
        """The words of that channel that wait for the end of their sentence."""
        return tuple(self._sides[channel].tail)

    def replace_tail(self, channel: Channel, words: tuple[Word, ...]) -> None:
        """They read otherwise."""
        self._sides[channel].tail = list(words)

    def deadline_seconds(self) -> float | None:
        """When the next open sentence is completed by time alone, if nothing else happens."""
        return min((due for side in self._sides.values() if (due := self._deadline(side)) is not None), default=None)

    def clock(self, at_seconds: float) -> list[Sentence]:
        """Complete what has waited long enough at `at_seconds`."""
        times = [(self._deadline(side), channel) for channel, side in self._sides.items()]
        due = sorted((time, channel) for time, channel in times if time is not None and time <= at_seconds)
        return [sentence for _, channel in due for sentence in self._take(channel)]

    def flush(self) -> list[Sentence]:
        """Complete everything: the call is over."""
        open_sides = sorted((side.tail[0].start_seconds, channel) for channel, side in self._sides.items() if side.tail)
        return [sentence for _, channel in open_sides for sentence in self._take(channel)]

    @staticmethod
    def _deadline(side: _Side) -> float | None:
        """None where nothing is open, or only more words can end it."""
        if not side.tail:
            return None
        last = side.tail[-1]
        if side.speaking:
            may_be_cut = len(side.tail) < FEW_WORDS or _runs_on(last.text) or not _is_terminal(last.text)
            return None if may_be_cut else side.spoke_until_seconds + LONGEST_HOLD_SECONDS
        if _is_terminal(last.text):
            return side.spoke_until_seconds + HOLD_SECONDS
        return max(last.end_seconds + SILENCE_SECONDS, side.spoke_until_seconds)

    @staticmethod
    def _ends_before(tail: list[Word], word: Word, is_cut: bool) -> bool:
        """Whether `word`, which begins another utterance if `is_cut`, begins another sentence."""
        last = tail[-1].text
        if is_cut and _is_terminal(last) and _is_doubtful(last):
            return word.text[0].isupper() and not _runs_on(last)
        if is_cut and _is_terminal(last) and len(tail) < FEW_WORDS:
            return word.text[0].isupper() or not tail[0].text[0].isupper()
        pause = word.start_seconds - tail[-1].end_seconds
        if _is_terminal(last) and not _runs_on(last):
            return True
        return pause >= (HESITATION_SECONDS if _runs_on(last) else LONG_PAUSE_SECONDS)

    def _take(self, channel: Channel) -> list[Sentence]:
        side = self._sides[channel]
        words, side.tail = side.tail, []
        sentences = []
        for part in _parts(words):
            sentences.append(Sentence(self._next_index, channel, tuple(part)))
            self._next_index += 1
        return sentences


def _is_terminal(text: str) -> bool:
    """Whether a word carries the mark of a sentence's end: "done." but not "e.g." (nor "2.5", whose dot is inside)."""
    return bool(_TERMINAL.search(text)) and not _ABBREVIATION.match(text)


def _runs_on(text: str) -> bool:
    """Whether a sentence can't be over with this word, whatever mark it carries."""
    bare = _bare(text)
    return bare in _NEVER_ENDS or (bare in _SELDOM_ENDS and not _is_terminal(text))


def _is_complete(tail: list[Word]) -> bool:
    """Whether nothing that follows can belong to it: it ends with a mark that can be believed."""
    last = tail[-1].text
    return _is_terminal(last) and not _is_doubtful(last) and len(tail) >= FEW_WORDS


def _is_doubtful(text: str) -> bool:
    """Whether a full stop at the end of an utterance may be there only because the sound was cut."""
    return _bare(text) in _NEVER_ENDS | _SELDOM_ENDS


def _bare(text: str) -> str:
    return _NOT_WORD.sub("", text.lower().replace("’", "'"))


def _parts(words: list[Word]) -> list[list[Word]]:
    """Cut a run-on sentence without punctuation where a new clause begins: at a pause, or "... and then we ..."."""
    if len(words) <= RUN_ON_WORDS or any(word.text[-1] in ",;:.?!—–" for word in words[:-1]):
        return [words]
    cuts = [0]
    for i in range(PART_WORDS, len(words) - PART_WORDS + 1):
        if i - cuts[-1] >= PART_WORDS and (_pauses(words, i) or _joins(words, i)):
            cuts.append(i)
    return [words[a:b] for a, b in zip(cuts, [*cuts[1:], len(words)], strict=True)]


def _pauses(words: list[Word], i: int) -> bool:
    pause = words[i].start_seconds - words[i - 1].end_seconds
    return pause >= SHORT_PAUSE_SECONDS and not _runs_on(words[i - 1].text)


def _joins(words: list[Word], i: int) -> bool:
    """Whether word `i` begins a clause of its own: "and we", "so um i", "but the"."""
    if _bare(words[i].text) not in _JOINT or _bare(words[i - 1].text) in _JOINT:
        return False
    after = next((bare for word in words[i + 1 :] if (bare := _bare(word.text)) not in _FILLERS), "")
    return after in _AFTER_JOINT
