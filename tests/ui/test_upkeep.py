"""What the panel does with a call behind its first page, with real weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.settings import Settings, settings_path
from assistant.store import Store, StoreSink
from assistant.values import State, Status
from tests.assistant.store.calls import send
from tests.ui.in_sight import said_on_screen
from tests.ui.test_second_pass import kept
from ui.desktop.controls import NoControls
from ui.desktop.window import PanelWindow
from ui.preferences import Preferences
from ui.upkeep import Upkeep

AS_ENGLISH = "tiny.en knows English only"


@pytest.mark.usefixtures("one_model")
@pytest.mark.parametrize("is_told_live", [False, True])
def test_what_the_model_of_the_second_pass_says_is_told_unless_it_was_told_live(
    qtbot: Any, home: Path, is_told_live: bool
) -> None:
    call_id = kept(home)
    settings = Settings(language="de", second_pass=True, second_pass_model="tiny.en")
    if is_told_live:
        tell_live(home, call_id)
    window = PanelWindow(NoControls())
    qtbot.addWidget(window)
    window.show()
    upkeep = Upkeep(Preferences(settings, settings_path()), window, lambda: False)
    try:
        upkeep.transcribe_again(call_id)
        qtbot.waitUntil(lambda: "Open it to see the second version." in said_on_screen(window), timeout=30_000)
    finally:
        upkeep.end()
    assert (AS_ENGLISH in said_on_screen(window)) is not is_told_live


def tell_live(home: Path, call_id: str) -> None:
    from ui import compose

    [notice] = compose.load_batch_transcriber("tiny.en", Settings()).for_call("de", "").notices
    with Store.open(home) as store:
        sink = StoreSink(store, call_id)
        send(sink, Status(State.WARNING, notice))
        sink.close()
