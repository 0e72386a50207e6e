"""A call that is not in English: it is transcribed, passes the review untouched, and everyone is told."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from assistant.export import render_text
from assistant.session import Session, SessionSettings
from assistant.store import Store, StoreSink
from assistant.values import Flag, FlagWithdrawn, RetiredWhy, ReviewedSentence, State, Status
from tests.assistant.export.samples import interview
from tests.assistant.review.scene import Scene
from tests.assistant.store.calls import STARTED, final, send
from tests.fakes import CountingTranscriber, ListSink, LoudnessDetector, RecordingConversation, ScriptedSource

CLAIM = "I increased revenue by 7000%."


def test_a_call_in_another_language_passes_through_without_flags_and_cards() -> None:
    scene = Scene()
    assert scene.conversation.transcribed_in("de") == []
    scene.you("So tell me about it.").them(CLAIM).silence(10.0).them("It was significant.").silence(200.0).end()
    assert [one.sentence.text for one in scene.sentences] == ["So tell me about it.", CLAIM, "It was significant."]
    assert all(one.label is None for one in scene.sentences)
    assert scene.flags == []
    assert scene.cards == []


def test_what_stood_before_the_language_was_known_is_taken_back() -> None:
    scene = Scene().them(CLAIM).silence(10.0)
    assert len(scene.flags) == 1
    assert len(scene.cards) == 1
    scene._note(scene.conversation.transcribed_in("de"))
    assert scene.withdrawn == [scene.flags[0]]
    assert list(scene.retired.values()) == [RetiredWhy.STALE]
    assert scene.conversation.transcribed_in("de") == []
    scene.them("It was significant.").silence(10.0).end()
    assert len(scene.flags) == 1


def test_a_call_in_english_is_reviewed_as_ever() -> None:
    scene = Scene()
    assert scene.conversation.transcribed_in("en") == []
    assert scene.them(CLAIM).silence(10.0).flags


class GermanFromTheSecondOn(CountingTranscriber):
    def transcribe(self, samples, effort, lead=None):
        hypothesis = super().transcribe(samples, effort, lead)
        count = len(self.efforts)
        return hypothesis if count < 2 else replace(hypothesis, language="de", notice="German!" if count == 2 else "")


class ToldConversation(RecordingConversation):
    def transcribed_in(self, language):
        self.told.append(("language", language, None))
        return [FlagWithdrawn("f1", "not English")]


def test_a_session_tells_the_language_once_to_the_review_and_to_the_user() -> None:
    sink, conversation = ListSink(), ToldConversation()
    source = ScriptedSource(them=[(0.5, False), (2.0, True), (2.0, False), (2.0, True), (2.0, False), (2.0, True)])
    settings = SessionSettings(True, warnings=("No German here.",))
    Session(source, GermanFromTheSecondOn(), LoudnessDetector, conversation, [sink], settings=settings).run()
    assert [told[1] for told in conversation.told if told[0] == "language"] == ["de"]
    states = [status for status in sink.of(Status) if status.state in (State.RECORDING, State.WARNING)]
    assert [status.message for status in states] == ["", "No German here.", "German!"]
    assert len(sink.of(FlagWithdrawn)) == 1
    assert not sink.of(Flag)
    assert not sink.of(ReviewedSentence)


def test_the_store_keeps_the_language(tmp_path) -> None:
    with Store.open(tmp_path) as store:
        session_id, _ = store.begin("Talk", STARTED, "base", (), None)
        assert store.load(session_id).language == ""
        heard = [""]
        sink = StoreSink(store, session_id, lambda: heard[-1])
        for number, language in enumerate(("", "de", "")):
            heard.append(language)
            send(sink, final(number, "Guten Tag."))
            while len(store.load(session_id).utterances) <= number and sink.failure is None:
                time.sleep(0.01)
            assert store.load(session_id).language == ("de" if number else "")  # while it goes on: a crash may come
        sink.close()
        assert store.load(session_id).language == "de"


@pytest.mark.parametrize("format_", ["md", "txt"])
def test_an_export_names_the_language_and_calls_nothing_open_that_was_not_looked_for(format_: str) -> None:
    english, german = (render_text(replace(interview(), language=code), format_) for code in ("en", "de"))
    assert "Still open" in english
    assert "Still open" not in german
    assert "German; flags and follow" in german.replace("\\", "")
    assert json.loads(render_text(replace(interview(), language="de"), "json"))["language"] == "de"
