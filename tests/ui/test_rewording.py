"""A kept call with a language model beside it: what is shown, kept, exported and said, and what is never connected."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.call import Call
from assistant.export import export_call
from assistant.ports import Effort, Hypothesis, Lead
from assistant.settings import Settings, save, settings_path
from assistant.values import SAMPLE_RATE_HZ, State, Status, Word
from tests.fakes import ListSink, LoudnessDetector, ScriptedSource
from tests.language_model_server import ModelServer, running
from tests.waiting import wait_until
from ui import compose
from ui.doctor.checks import _language_model
from ui.doctor.finding import Health
from ui.kept_call import KeptCall
from ui.language_model import language_model, try_out
from ui.user_settings import user_settings

CLAIM = "I increased revenue by 7000%."
BANKS = "What did that 7000% measure, and against what?"
REWORDED = "What exactly grew by 7000%, and compared to what?"
SAID_SECONDS = 3.0  # the claim is, and its card is not there yet


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with running() as made:
        made.says = REWORDED
        yield made


class Hears:
    """Hears the claim in whatever is said."""

    name = "scripted"
    language = "en"
    notices = ()

    def for_call(self, _language: str, _glossary: Sequence[str]) -> Hears:
        return self

    def transcribe(self, samples: NDArray[np.float32], _effort: Effort, _lead: Lead | None = None) -> Hypothesis:
        texts = CLAIM.split()
        step = len(samples) / SAMPLE_RATE_HZ / len(texts)
        words = tuple(Word(text, i * step, (i + 0.9) * step) for i, text in enumerate(texts))
        return Hypothesis(words, -0.2, 0.0, 1.0)


def held(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    is_lossless: bool = False,
    until: Callable[[KeptCall, ListSink], bool] = lambda _kept, _sink: True,
) -> tuple[Call, ListSink]:
    """The candidate makes one claim, then all are silent; the silence goes on once `until` says so."""

    may_go_on = threading.Event()

    def wait(at_seconds: float) -> None:
        if at_seconds > SAID_SECONDS and not may_go_on.is_set():
            wait_until(lambda: until(kept, sink))
            may_go_on.set()

    monkeypatch.setattr(compose, "voice_detector", LoudnessDetector)
    source = ScriptedSource(them=[(0.4, False), (1.6, True), (4.0, False)], you=[(6.0, False)])
    source.before = wait
    sink = ListSink()
    kept = compose.kept_call(
        source, Hears(), settings, title="Role", consent="", sinks=[sink], is_lossless=is_lossless, shows_partials=False
    )
    return kept.run(), sink


def warnings(sink: ListSink) -> list[str]:
    return [event.message for event in sink.of(Status) if event.state is State.WARNING]


def asked(call: Call) -> list[tuple[str, str]]:
    return [(fate.follow_up.question, fate.follow_up.worded_by) for fate in call.follow_ups]


def test_a_follow_up_is_shown_in_the_models_words_and_kept_and_exported_as_its(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = Settings(rewords_follow_ups=True, language_model_address=server.address, language_model="llama[3]")
    call, sink = held(settings, monkeypatch, until=lambda kept, _: bool(kept.session._reworder._worded))
    assert asked(call) == [(REWORDED, "llama[3]")]
    assert warnings(sink) == []
    said: list[dict[str, Any]] = [json.loads(asked["messages"][1]["content"]) for _, asked in server.asked]
    assert said[-1] == {"question": BANKS, "keep": ["7000%"], "said": CLAIM}
    for file in export_call(call, ("md", "txt", "json"), tmp_path):
        text = file.read_text(encoding="utf-8").replace("\\", "")
        assert '"worded_by": "llama[3]"' in text or "Worded by the language model llama[3]." in text
    assert "rewording" not in [thread.name for thread in threading.enumerate()]


@pytest.mark.parametrize(("rewords", "is_lossless"), [(False, False), (True, True)])
def test_nothing_is_connected_where_it_is_off_or_the_call_is_replayed(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch, rewords: bool, is_lossless: bool
) -> None:
    def connect(_self: socket.socket, target: object) -> None:
        raise AssertionError(f"connected to {target}")

    monkeypatch.setattr(socket.socket, "connect", connect)
    settings = Settings(rewords_follow_ups=rewords, language_model_address=server.address)
    call, _ = held(settings, monkeypatch, is_lossless)
    assert asked(call) == [(BANKS, "")] and server.connections == 0


def test_a_model_elsewhere_gets_no_words_and_the_user_is_told(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, **options: resolve(host.replace("away.example", "203.0.113.7"), port)
    )
    address = server.address.replace("localhost", "away.example")
    settings = Settings(rewords_follow_ups=True, language_model_address=address)
    call, sink = held(settings, monkeypatch, until=lambda _, sink: bool(warnings(sink)))
    assert asked(call) == [(BANKS, "")] and server.connections == 0
    [warning] = warnings(sink)
    assert "is not this computer, so nothing was sent there" in warning


def test_trying_it_says_what_came_of_it(server: ModelServer) -> None:
    model = language_model(Settings(language_model_address=server.address))
    server.says = "What exactly did that 40% measure?"
    assert "It made of" in (said := try_out(model)) and server.says in said
    server.says = "Isn't that 40% great?"
    assert "would not be used, because it puts the answer" in (said := try_out(model)) and server.says in said


def test_the_doctor_says_whether_it_is_on_and_answers(server: ModelServer) -> None:
    assert _language_model(Settings()).text.startswith("off")
    on = Settings(rewords_follow_ups=True, language_model_address=server.address)
    found = _language_model(on)
    assert found.health is Health.OK and found.text.startswith(f"on, at {server.address}. It answered in")
    server.reply = lambda handler: handler.send_error(500)
    found = _language_model(on)
    assert found.health is Health.NOTE and "answered 500" in found.text


def test_what_is_set_is_kept(home: Path) -> None:
    chosen = Settings(rewords_follow_ups=True, language_model="tiny", candidate_words_may_leave_this_computer=True)
    save(chosen, settings_path())
    assert user_settings() == chosen
