"""What the settings say of a call, and of those that are kept, in the panel's program."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from assistant.call import Version
from assistant.settings import Appearance, Settings, load, settings_path
from assistant.store import Store
from assistant.values import Channel
from tests.language_model_server import running
from tests.ui.in_sight import said_on_screen
from tests.ui.panel.acting import begin, click, kept, phase, plan_of
from ui import question_files
from ui.desktop.app import dress
from ui.desktop.standing import Phase
from ui.desktop.theme import Type, font, px


def test_choices_are_stored_and_count_for_the_next_call(program, qtbot, home, beginning):
    panel = program(replace(plan_of(beginning, 8.0), title="", is_live=True))
    panel.choose("title", "Nurse")
    panel.choose("question_set", "nursing")
    begin(panel)
    qtbot.waitUntil(lambda: phase(panel) is Phase.RECORDING, timeout=30_000)
    assert panel.window.state.title == "Nurse"
    assert panel.window.state.agenda.questions == question_files.agenda("nursing", 45).questions
    assert load(settings_path())[0].title == "Nurse"


def test_only_a_choice_of_looks_dresses_the_window_anew(program, beginning):
    """That takes long enough to be felt, also while a call runs."""
    panel = program(plan_of(beginning, 1.0))
    dressed: list[QWidget] = []

    class Watch(QObject):
        def eventFilter(self, watched, event):  # noqa: N802 Qt's name
            if event.type() is QEvent.Type.StyleChange:
                dressed.append(watched)
            return False

    watch = Watch()
    panel.window.installEventFilter(watch)
    panel.choose("title", "Nurse")
    assert dressed == []
    panel.choose("text_percent", 120)
    try:
        assert dressed == [panel.window]
    finally:
        panel.choose("text_percent", 100)


def test_with_large_text_the_window_is_large_in_all_its_parts_from_the_start(program, beginning, qapp):
    try:
        window = program(plan_of(beginning, 1.0), text_percent=200).window
        row = window.live_page.footer.row
        assert row.contentsMargins().left() == px(14) == 2 * 14 and row.itemAt(0).widget().font() == font(Type.SMALL)
    finally:
        dress(qapp, Appearance.LIGHT)


def test_what_the_settings_say_of_the_model_counts_from_the_next_call_on(program, beginning):
    panel = program(plan_of(beginning, 1.0))
    first = panel._loaded(Settings(model="tiny.en"))
    assert panel._loaded(Settings(model="tiny.en", title="Nurse")) is first
    assert panel._loaded(Settings(model="tiny.en", always_pad_to_30_seconds=True)) is not first


def test_a_question_set_that_is_gone_does_not_hinder_a_call(program, qtbot, beginning):
    panel = program(plan_of(beginning, 8.0), question_set="/nowhere/chef.toml")
    begin(panel)
    qtbot.waitUntil(lambda: phase(panel) is Phase.RECORDING, timeout=30_000)
    assert panel.window.state.agenda.questions == ()
    assert "There is no plan for this call" in said_on_screen(panel.window)


def test_follow_ups_that_can_not_be_used_are_said_before_the_call_and_in_it(program, qtbot, home, beginning):
    own = home / "own.toml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("oops", encoding="utf-8")
    panel = program(plan_of(beginning, 8.0))
    panel.choose("follow_ups", str(own))
    qtbot.waitUntil(lambda: "Some questions are not used" in said_on_screen(panel.window), timeout=30_000)
    assert "own.toml is not valid TOML" in said_on_screen(panel.window)
    begin(panel)
    qtbot.waitUntil(lambda: phase(panel) is Phase.RECORDING, timeout=30_000)
    qtbot.waitUntil(lambda: "come with the program are asked" in said_on_screen(panel.window), timeout=30_000)


def test_questions_that_no_program_opens_are_named_for_an_editor(program, qtbot, beginning, monkeypatch):
    monkeypatch.setattr("ui.desk.QDesktopServices.openUrl", lambda _url: False)
    panel = program(plan_of(beginning, 1.0))
    panel.window.questions_edited.emit("follow_ups")
    qtbot.waitUntil(lambda: "Open it in a text editor" in said_on_screen(panel.window), timeout=30_000)
    assert load(settings_path())[0].follow_ups in said_on_screen(panel.window)


def test_the_language_model_is_tried_from_the_settings_and_leaving_ends_that(program, qtbot, beginning):
    with running() as server:
        server.says = "What exactly did that 40% measure?"
        panel = program(plan_of(beginning, 1.0), language_model_address=server.address)
        panel.window.settings_over.open()
        click(panel, "Try it")
        qtbot.waitUntil(lambda: f"“{server.says}”" in said_on_screen(panel.window), timeout=30_000)
        server.reply = lambda _handler: server.is_over.wait(120) and None
        click(panel, "Try it")
        qtbot.waitUntil(lambda: len(server.asked) == 2, timeout=30_000)
        panel.end()  # which would wait for a minute
        assert not server.is_over.is_set()


def test_old_calls_are_deleted_where_the_settings_say_so(program, qtbot, home, beginning):
    with Store.open(home) as store:
        for year in (2020, 2100):
            call_id, _ = store.begin(f"Role {year}", datetime(year, 1, 1, tzinfo=UTC), "tiny.en", tuple(Channel), None)
            store.finish(call_id, 1.0)
    panel = program(plan_of(beginning, 1.0), keep_days=30)
    panel.check()
    qtbot.waitUntil(
        lambda: "older than 30 days were deleted | Role 2020" in said_on_screen(panel.window), timeout=30_000
    )
    assert [call.title for call in kept(home)] == ["Role 2100"]


def test_a_call_is_transcribed_once_more_where_the_settings_say_so(program, qtbot, home, beginning):
    panel = program(plan_of(beginning, 8.0), second_pass=True)
    begin(panel)
    qtbot.waitUntil(lambda: "The call was transcribed once more" in said_on_screen(panel.window), timeout=90_000)
    [call] = kept(home)
    assert call.version is Version.SECOND and call.utterances
