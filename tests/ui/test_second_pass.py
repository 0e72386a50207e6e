"""A stored call is transcribed once more, with real weights, beside what was heard live."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
import soxr

from assistant.audio.recording import CrashSafeRecorder, finish
from assistant.call import Version
from assistant.errors import StoreError
from assistant.settings import Settings
from assistant.store import Store, StoreSink
from assistant.store.owners import LOCK_NAME
from assistant.values import AudioFrame, Channel, Mark, Status
from tests.assistant.store.calls import STARTED, final, send
from tests.fakes import ListSink
from tests.ui.running import ONE_CLAIM, cut_of_interview, depthcue, start
from ui.second_pass import transcribe_after_call, transcribe_again

pytestmark = pytest.mark.usefixtures("one_model", "own_folder")


def kept(
    home: Path, cut_seconds: tuple[float, float] = ONE_CLAIM, *, has_sound: bool = True, is_packed: bool = True
) -> str:
    """A finished call whose live text was misheard."""
    samples, rate_hz = cut_of_interview(*cut_seconds)
    voices = soxr.resample(samples.astype(np.float32) / 32768, rate_hz, 16_000).T
    with Store.open(home) as store:
        session_id, folder = store.begin("Talk", STARTED, "tiny.en", tuple(Channel), "yes")
        if has_sound:
            recorder = CrashSafeRecorder(folder, tuple(Channel))
            for channel, voice in zip(Channel, voices, strict=True):
                recorder.write(AudioFrame(channel, 0.0, (voice * 32767).astype(np.int16)))
            recorder.close()
            if is_packed:
                finish(folder)
        sink = StoreSink(store, session_id)
        send(sink, final(0, "what nobody said"), Mark(1.5, "here"))
        sink.close()
        store.finish(session_id, voices.shape[1] / 16_000)
    return session_id


def test_the_second_version_stands_beside_the_live_one(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session_id = kept(home)
    for _ in range(2):  # again in place of the first second one
        assert depthcue("transcribe", "--session", session_id[:10]) == 0
        assert "Kept beside the live version" in capsys.readouterr().out
    assert depthcue("sessions", "show", "last") == 0
    newest = capsys.readouterr().out
    assert "I increased revenue by" in newest
    assert "f1 at" in newest
    assert "nobody said" not in newest
    assert depthcue("sessions", "show", "last", "--version", "live") == 0
    assert "what nobody said" in capsys.readouterr().out
    for version, words in (("live", "nobody said"), ("second", "revenue"), ("newest", "revenue")):
        assert depthcue("sessions", "export", "last", "--version", version, "--out", version) == 0
        assert words in Path(capsys.readouterr().out.strip()).read_text(encoding="utf-8")
    with Store.open(home) as store:
        assert [one.id for one in store.sessions()] == [session_id]
        assert store.load(session_id).marks == (Mark(1.5, "here"),)
        assert [found.session_id for found in store.search("revenue")] == [session_id]
        assert store.search("nobody") == []  # what is found is what is shown
        store.delete(session_id)
        assert store.search("revenue") == []


def test_why_it_cannot_be_done_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def said(*arguments: str) -> str:
        assert depthcue("transcribe", *arguments) == 1
        return capsys.readouterr().err

    assert "Nothing has been recorded yet" in said("--session", "last")
    without_sound = kept(home, has_sound=False)
    assert "no session 'nope'" in said("--session", "nope")
    assert f"{without_sound} has no recording any more" in said("--session", "last")
    session_id = kept(home)
    assert "neither the name of a speech model" in said("--session", session_id, "--model", "nope")
    with Store.open(home) as other:
        other.hold(session_id)
        assert "being recorded or repaired just now" in said("--session", session_id)
    assert depthcue("sessions", "show", session_id, "--version", "second") == 1
    assert f"`depthcue transcribe --session {session_id}` makes one" in capsys.readouterr().err
    for arguments in ((), ("a.wav", "--session", "last")):
        assert depthcue("transcribe", *arguments) == 2


@pytest.mark.parametrize("option", [("--format", "md"), ("--out", "x"), ("--channels", "mix"), ("--you", "left")])
def test_what_is_for_files_is_refused_for_a_recorded_call(
    option: tuple[str, str], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert depthcue("transcribe", "--session", "last", *option) == 2
    assert f"{option[0]} is for recordings" in capsys.readouterr().err
    assert not home.exists()


def test_sound_that_a_full_disk_left_unpacked_is_packed_first(home: Path) -> None:
    session_id = kept(home, is_packed=False)
    with Store.open(home) as store:
        assert transcribe_again(store, session_id, Settings()).flags
        audio = store.load(session_id).audio
        assert audio is not None and audio.name == "call.flac"


def test_a_kill_in_the_middle_leaves_the_live_version_and_it_can_be_done_again(home: Path) -> None:
    session_id = kept(home, (23.5, 60.0))
    owned = home / "sessions" / session_id / LOCK_NAME
    owned.unlink(missing_ok=True)
    command = start("transcribe", "--session", "last", "--model", "tiny.en", home=home)
    with Store.open(home) as store:
        while not owned.exists():  # to try the lock could take it from the command
            assert command.poll() is None
            time.sleep(0.02)
        command.kill()
        command.communicate()
        assert [update.text for update in store.load(session_id).utterances] == ["what nobody said"]
        with pytest.raises(StoreError, match="no second version"):
            store.load(session_id, Version.SECOND)
    assert depthcue("transcribe", "--session", "last") == 0
    with Store.open(home) as store:
        assert len(store.load(session_id).utterances) > 5
        assert [update.text for update in store.load(session_id, Version.LIVE).utterances] == ["what nobody said"]


def test_the_model_of_the_settings_makes_it(home: Path) -> None:
    session_id = kept(home)
    with Store.open(home) as store:
        call = transcribe_again(store, session_id, Settings(second_pass_model="tiny.en"))
        assert (call.model, call.version, call.consent) == ("tiny.en", Version.SECOND, "yes")
        assert call.flags
        assert store.hold(session_id)  # nobody else owns it any more


def test_a_language_that_is_named_counts_more_than_the_one_heard_live(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session_id = kept(home)
    with Store.open(home) as store:
        StoreSink(store, session_id, lambda: "en").close()
        sink = ListSink()
        transcribe_again(store, session_id, Settings(), language="de", shown=lambda source: (source, [sink]))
    assert any("not as German (de)" in status.message for status in sink.of(Status))  # the model knows English only
    assert depthcue("transcribe", "--session", "last", "--language", "de") == 0
    assert "not as German (de)" in capsys.readouterr().err


@pytest.mark.parametrize(("language", "is_told"), [("de", True), ("auto", False)])
def test_after_a_call_the_language_of_the_settings_counts_where_they_name_one(
    home: Path, language: str, is_told: bool
) -> None:
    session_id = kept(home)
    with Store.open(home) as store:
        StoreSink(store, session_id, lambda: "en").close()
        sink = ListSink()
        transcribe_after_call(store, session_id, Settings(language=language), lambda source: (source, [sink]))
    assert any("not as German (de)" in status.message for status in sink.of(Status)) is is_told


def test_lines_that_were_corrected_are_never_replaced(home: Path) -> None:
    session_id = kept(home)
    with Store.open(home) as store:
        store.correct(session_id, Version.LIVE, 0, "what somebody said")
        second = transcribe_again(store, session_id, Settings())  # the live version stays, with its corrections
        number = second.utterances[0].utterance
        store.correct(session_id, Version.SECOND, number, "what was really said")
        with pytest.raises(StoreError, match="You corrected 1 line of"):
            transcribe_again(store, session_id, Settings())
        assert [one.text for one in store.load(session_id).corrections] == ["what was really said"]
        store.correct(session_id, Version.SECOND, number, None)
        assert transcribe_again(store, session_id, Settings()).version is Version.SECOND
