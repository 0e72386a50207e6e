"""Notes on how something is told, where their sentence is heard once more."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.call import Call, CallCollector, CallState
from assistant.store import Store, StoreSink
from assistant.values import Channel, CommunicationCue, CueKind, ReviewedSentence, Sentence, Stamped, Verbosity, Word

THEM = Channel.THEM
TERM, HELPS, LONG = CueKind.UNEXPLAINED_TERM, CueKind.HELPS_LISTENER, CueKind.LONG_ANSWER


def heard(text: str, start_seconds: float = 10.0) -> ReviewedSentence:
    words = [Word(word, start_seconds + n, start_seconds + n + 0.5) for n, word in enumerate(text.split())]
    return ReviewedSentence(Sentence(0, THEM, tuple(words)), None)


def cue(kind: CueKind, quote: str) -> CommunicationCue:
    return CommunicationCue(kind, THEM, 0, quote, 10.0, 11.0, "Ask.")


@pytest.mark.parametrize(
    ("kind", "quote", "first", "then", "quotes"),
    [
        (HELPS, "To sum up, it held.", "To sum up, it held.", "To sum up, it had.", ["To sum up, it had."]),
        (LONG, "Why that?", "Why that?", "Why that one?", ["Why that one?"]),
        (TERM, "OMS", "We moved to OMS.", "We moved to Rome.", []),
        (TERM, "OMS", "We moved to OMS.", "We moved to the CRM/OMS.", ["OMS"]),
        (TERM, "SLOs", "We had SLOs.", "We had an S.L.O., then.", ["SLOs"]),
        (TERM, "IT", "We asked IT.", "We asked it for items.", []),
        (TERM, "ROAS", "It was ROAS.", "It was roasted.", []),
        (TERM, "star schema", "A star schema.", "A schema of a star.", []),
        (TERM, "CI pipeline", "The CI's pipeline broke.", "Our CI's pipeline broke.", ["CI pipeline"]),
    ],
)
def test_a_note_quotes_what_its_sentence_reads_in_the_end(
    tmp_path: Path, kind: CueKind, quote: str, first: str, then: str, quotes: list[str]
) -> None:
    note = cue(kind, quote)
    collector = CallCollector()
    with Store.open(tmp_path) as store:
        session, _ = store.begin("Call", datetime.now(UTC), "tiny.en", (THEM,), "")
        sink = StoreSink(store, session, lambda: "en", Verbosity.NORMAL)
        for event in (heard(first), note):
            for one in (collector, sink):
                one.next(Stamped(event, 12.0, 12.0))
        empty = Call("", "Call", datetime.now(UTC), 20.0, CallState.FINISHED, "tiny.en")
        assert collector.call(empty).cues == (note,)
        for one in (collector, sink):
            one.next(Stamped(heard(then, 20.0), 30.0, 30.0))
        sink.close()
        stored = store.load(session).cues
    assert [one.quote for one in stored] == quotes
    assert collector.call(empty).cues == stored
    if quotes and quotes != [quote]:
        assert all(one.start_seconds == 20.0 and one.end_seconds > 20.0 for one in stored)  # where it is played
