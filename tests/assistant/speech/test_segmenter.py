"""Behaviour first, one scene a test, no audio files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.speech.segmenter import Edge, Segmenter

BLOCK_SECONDS = 0.02


def play(segmenter: Segmenter, *scene: tuple[float, bool]) -> list[tuple[Edge, float]]:
    """Feed (seconds, is_speech) stretches block by block and collect the boundaries."""
    boundaries = []
    for seconds, is_speech in scene:
        for _ in range(round(seconds / BLOCK_SECONDS)):
            if boundary := segmenter.process(BLOCK_SECONDS, is_speech):
                boundaries.append((boundary.edge, round(boundary.at_seconds, 2)))
    return boundaries


def test_a_sentence_opens_with_pre_roll_and_closes_after_the_pause():
    assert play(Segmenter(), (1.0, False), (2.0, True), (1.0, False)) == [(Edge.START, 0.7), (Edge.END, 3.3)]


def test_a_click_is_not_an_utterance():
    assert play(Segmenter(), (1.0, False), (0.04, True), (1.0, False)) == []


def test_a_stumbling_onset_opens():
    assert play(Segmenter(), (1.0, False), (0.02, True), (0.02, False), (0.06, True))[0][0] is Edge.START


def test_a_breath_inside_a_sentence_does_not_split_it():
    assert play(Segmenter(), (2.0, True), (0.2, False), (0.5, True)) == [(Edge.START, 0.0)]


def test_a_short_yes_waits_longer_for_what_follows():
    edges = [edge for edge, _ in play(Segmenter(), (0.4, True), (0.4, False), (2.0, True), (0.4, False))]
    assert edges == [Edge.START, Edge.END]


def test_a_long_turn_ends_at_a_shorter_pause():
    _, (edge, at_seconds) = play(Segmenter(), (7.0, True), (0.3, False))
    assert (edge, at_seconds) == (Edge.END, pytest.approx(7.12))


def test_a_monologue_without_a_pause_is_cut_at_its_quietest_block():
    segmenter, boundaries = Segmenter(), []
    for block in range(round(26.0 / BLOCK_SECONDS)):
        loudness_dbfs = -40.0 if block == 900 else -20.0
        if boundary := segmenter.process(BLOCK_SECONDS, True, loudness_dbfs):
            boundaries.append((boundary.edge, round(boundary.at_seconds, 2)))
    assert boundaries == [(Edge.START, 0.0), (Edge.CUT, 18.01)]


def test_pre_roll_never_reaches_into_the_previous_utterance():
    boundaries = play(Segmenter(), (2.0, True), (0.32, False), (2.0, True))
    assert boundaries[1][1] <= boundaries[2][1]


def test_what_is_open_ends_with_the_sound():
    segmenter = Segmenter()
    play(segmenter, (2.0, True))
    boundary = segmenter.finish()
    assert boundary is not None
    assert boundary.edge is Edge.END
    assert segmenter.finish() is None


@given(st.lists(st.tuples(st.floats(0.01, 3.0), st.booleans(), st.floats(-96, 0)), max_size=60))
def test_boundaries_alternate_and_never_go_back(blocks):
    segmenter = Segmenter()
    boundaries = [b for block in blocks if (b := segmenter.process(*block))]
    times = [boundary.at_seconds for boundary in boundaries]
    assert times == sorted(times)
    is_open = False
    for boundary in boundaries:
        assert is_open == (boundary.edge is not Edge.START)
        is_open = boundary.edge is not Edge.END


def test_time_only_moves_forward():
    with pytest.raises(ValueError, match="can't last"):
        Segmenter().process(0.0, True)
