"""A final that is heard once more in a call: its text reaches everyone who keeps or shows it, and flags follow."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.call import Call, CallCollector, CallState
from assistant.errors import TranscriptionError
from assistant.event_log import EventLog
from assistant.ports import Effort, Hypothesis, Lead
from assistant.review.conversation import Conversation
from assistant.session import Session, SessionSettings
from assistant.store import Store, StoreSink
from assistant.transcript.jobs import StreamingSettings
from assistant.values import SAMPLE_RATE_HZ, Channel, RetiredWhy, State, Status, TranscriptUpdate, UpdateKind, Word
from tests.fakes import ListSink, LoudnessDetector, ScriptedSource
from ui.desktop.panel_state import PanelState

FIRST = "I increased revenue by 40 percent."
BETTER = "I increased the heating by forty minutes."
SECOND = "That was in spring."
SCENE = [(0.2, False), (2.4, True), (1.0, False), (1.5, True), (6.0, False)]
ALONE_SECONDS = 4.0  # longer than either utterance: only both together are


class Mishearing:
    """Hears the first utterance wrongly and doubts it, until it hears it with the second one behind it."""

    name = "mishearing"
    language = "en"

    def __init__(self, fault: Exception | None = None) -> None:
        self._fault = fault
        self.heard_again = 0

    def transcribe(self, samples: NDArray[np.float32], effort: Effort, lead: Lead | None = None) -> Hypothesis:
        seconds = len(samples) / SAMPLE_RATE_HZ
        if lead is None and seconds > ALONE_SECONDS:
            self.heard_again += 1
            if self._fault is not None:
                raise self._fault
            return Hypothesis((*_spread(BETTER, 0.3, 0.9), *_spread(SECOND, 3.5, 0.9)), -0.2, 0.1, 1.0)
        if lead is None:
            return Hypothesis(_spread(FIRST, 0.3, 0.4), -0.9, 0.1, 1.0)
        return Hypothesis(_spread(SECOND, 0.3, 0.9), -0.2, 0.1, 1.0)


def _spread(text: str, start_seconds: float, probability: float) -> tuple[Word, ...]:
    return tuple(
        Word(word, start_seconds + i * 0.3, start_seconds + (i + 0.9) * 0.3, probability)
        for i, word in enumerate(text.split())
    )


def run(transcriber: Mishearing, *sinks) -> None:
    streaming = StreamingSettings(refines=True)
    settings = SessionSettings(is_lossless=True, streaming=streaming)
    source = ScriptedSource(them=SCENE)
    Session(source, transcriber, LoudnessDetector, Conversation(), sinks, settings=settings).run()


def finals(sink: ListSink, utterance: int) -> list[str]:
    of_kind = [update for update in sink.of(TranscriptUpdate) if update.kind is UpdateKind.FINAL]
    return [update.text for update in of_kind if update.utterance == utterance]


def test_the_text_is_replaced_once_and_everybody_has_the_same(tmp_path: Path) -> None:
    store = Store.open(tmp_path)
    started = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
    session_id, _ = store.begin("Interview", started, "mishearing", (Channel.THEM,), None)
    log, listed, collector, panel = tmp_path / "events.jsonl", ListSink(), CallCollector(), PanelState()
    run(Mishearing(), listed, collector, EventLog(log), StoreSink(store, session_id))
    store.finish(session_id, 11.0)
    for stamped in listed.stamped:
        panel.apply(stamped)

    assert finals(listed, 0) == [FIRST, BETTER]
    assert finals(listed, 1) == [SECOND]

    stored = store.load(session_id)
    assert [update.text for update in stored.utterances] == [BETTER, SECOND]
    assert [one.sentence.text for one in stored.sentences] == [BETTER, SECOND]
    (flag,) = stored.flags
    assert flag.flag.quote == "increased revenue by 40 percent"
    assert flag.withdrawn_reason == "Heard once more, the words were others."
    (card,) = stored.follow_ups
    assert card.retired_why is RetiredWhy.UNSAID

    collected = collector.call(replace(stored, utterances=(), sentences=(), flags=(), follow_ups=()))
    for part in ("utterances", "sentences", "flags", "follow_ups"):
        assert getattr(collected, part) == getattr(stored, part)

    lines = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    said = [line for line in lines if line["type"] == "final" and line["utterance"] == 0]
    assert [" ".join(word["text"] for word in line["words"]) for line in said] == [FIRST, BETTER]
    order = [line["type"] for line in lines if line["type"] not in ("partial", "committed", "status")]
    after = order[len(order) - order[::-1].index("final") :]
    assert {"sentence", "flag_withdrawn", "follow_up_retired"} <= set(after)
    (gone,) = [line for line in lines if line["type"] == "follow_up_retired"]
    assert gone["retired_why"] == "unsaid"

    shown = [line for line in panel.lines.rows if line.utterance is not None]
    assert [line.text for line in shown] == [BETTER, SECOND]
    assert [line.spans for line in shown] == [(), ()]
    assert panel.cards == ()
    words = [word for update in stored.utterances for word in update.words]
    assert panel.spoken_seconds[Channel.THEM] == pytest.approx(sum(w.end_seconds - w.start_seconds for w in words))


def test_a_decode_that_fails_keeps_the_text_and_disturbs_nobody() -> None:
    transcriber, sink = Mishearing(TranscriptionError("out of memory")), ListSink()
    run(transcriber, sink)
    assert transcriber.heard_again == 1
    assert finals(sink, 0) == [FIRST]
    states = [status.state for status in sink.of(Status)]
    assert states == [State.RECORDING, State.FINISHING, State.FINISHED]


def test_a_fault_of_the_program_meanwhile_keeps_the_text_is_told_and_does_not_come_again() -> None:
    transcriber, sink = Mishearing(ZeroDivisionError()), ListSink()
    run(transcriber, sink)
    assert transcriber.heard_again == 1
    assert finals(sink, 0) == [FIRST]
    states = [status.state for status in sink.of(Status)]
    assert states == [State.RECORDING, State.WARNING, State.FINISHING, State.FINISHED]


def test_a_flag_in_a_sentence_that_was_heard_better_is_marked_where_its_words_stand_now() -> None:
    """The same claim, after other words before it: one mark in the panel, at its new place."""

    class Mumbling(Mishearing):
        def transcribe(self, samples, effort, lead=None):
            heard = super().transcribe(samples, effort, lead)
            if lead is None and len(samples) / SAMPLE_RATE_HZ > ALONE_SECONDS:
                words = _spread("Well and indeed " + FIRST, 0.1, 0.9)
                return replace(heard, words=(*words, *_spread(SECOND, 3.5, 0.9)))
            return heard

    listed, panel = ListSink(), PanelState()
    collector = CallCollector()
    run(Mumbling(), listed, collector)
    for stamped in listed.stamped:
        panel.apply(stamped)
    line = panel.lines.rows[0]
    assert line.text == "Well and indeed " + FIRST
    assert [line.text[span.start : span.end] for span in line.spans] == ["increased revenue by 40 percent"]
    call = collector.call(Call("", "", datetime(2026, 5, 4, tzinfo=UTC), 11.0, CallState.FINISHED, ""))
    (fate,) = call.flags
    assert fate.withdrawn_at_seconds is None
    assert call.sentences[0].sentence.text[fate.flag.quote_start : fate.flag.quote_end] == fate.flag.quote
    assert fate.raised_at_seconds < listed.stamped[-1].audio_seconds
