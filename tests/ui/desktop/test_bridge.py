"""The crossing of threads, with real threads."""

from __future__ import annotations

import threading

from assistant.values import Channel, Level, Mark, Stamped, TranscriptUpdate, UpdateKind, Word
from tests.ui.desktop import script
from ui.desktop.bridge import Bridge
from ui.desktop.panel_state import PanelState


def update(kind: UpdateKind, number: int, text: str) -> Stamped:
    words = (Word(text, 0.0, 1.0),)
    return Stamped(TranscriptUpdate(kind, Channel.THEM, number, 0.0, 1.0, words), 1.0, 1.0)


def collect(bridge: Bridge) -> list[Stamped]:
    arrived: list[Stamped] = []
    bridge.arrived.connect(arrived.extend)
    return arrived


def test_events_of_a_worker_arrive_on_the_ui_thread_and_the_end_comes_last(qtbot):
    bridge = Bridge()
    seen = []
    bridge.arrived.connect(lambda events: seen.append((threading.current_thread(), len(events))))
    worker = threading.Thread(target=lambda: ([bridge.next(event) for event in script.events()], bridge.close()))
    with qtbot.waitSignal(bridge.ended, timeout=5000):
        worker.start()
    assert {thread for thread, _ in seen} == {threading.main_thread()}
    worker.join()
    assert bridge.waiting() == 0


def test_what_arrives_gives_the_same_panel_as_all_events_would(qtbot):
    bridge, state, whole = Bridge(), PanelState(), PanelState()
    bridge.arrived.connect(state.apply_all)
    with qtbot.waitSignal(bridge.ended, timeout=5000):
        for event in script.events():
            bridge.next(event)
        bridge.close()
    whole.apply_all(script.events())
    assert state.lines.rows == whole.lines.rows
    assert (state.cards, state.chips, state.levels) == (whole.cards, whole.chips, whole.levels)


def test_a_flood_of_levels_and_partials_waits_as_one_each_and_nothing_else_is_lost(qtbot):
    bridge = Bridge()
    arrived = collect(bridge)
    for number in range(5000):
        bridge.next(Stamped(Level(Channel.YOU, -float(number % 90)), number, number))
        bridge.next(update(UpdateKind.PARTIAL, 1, f"guess {number}"))
        if number % 1000 == 0:
            bridge.next(Stamped(Mark(float(number)), number, number))
    assert bridge.waiting() == 7
    with qtbot.waitSignal(bridge.ended, timeout=5000):
        bridge.close()
    assert [one.event.at_seconds for one in arrived if isinstance(one.event, Mark)] == [0, 1000, 2000, 3000, 4000]
    assert arrived[-1].event.text == "guess 4999"


def test_a_final_takes_the_place_of_the_guesses_that_still_wait(qtbot):
    bridge = Bridge()
    arrived = collect(bridge)
    for kind in (UpdateKind.PARTIAL, UpdateKind.COMMITTED, UpdateKind.FINAL):
        bridge.next(update(kind, 1, "done"))
        bridge.next(update(UpdateKind.PARTIAL, 2, "other"))
    with qtbot.waitSignal(bridge.ended, timeout=5000):
        bridge.close()
    assert [(one.event.kind, one.event.utterance) for one in arrived] == [
        (UpdateKind.FINAL, 1),
        (UpdateKind.PARTIAL, 2),
    ]


def test_an_end_without_events_is_told_once(qtbot):
    bridge = Bridge()
    with qtbot.waitSignal(bridge.ended, timeout=5000):
        bridge.close()
    with qtbot.assertNotEmitted(bridge.ended, wait=80):
        bridge.close()
