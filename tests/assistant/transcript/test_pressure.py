"""What gives way when the worker is late, and when it comes back."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.transcript.pressure import WAITING_SECONDS, Pressure, Rung


def test_it_goes_up_at_once_and_comes_down_step_by_step():
    pressure = Pressure()
    rungs = []
    for waiting_seconds in (0.0, 0.9, 0.6, 5.0, 3.0, 1.9, 0.7, 0.4, 0.3, 0.0):
        pressure.feel(waiting_seconds)
        rungs.append(pressure.rung)
    assert rungs == [0, 1, 1, 3, 3, 2, 1, 1, 0, 0]


@given(st.lists(st.floats(0.0, 30.0), max_size=30))
def test_it_never_stands_lower_than_the_sound_waits(waits):
    pressure = Pressure()
    for waiting_seconds in waits:
        before = pressure.rung
        pressure.feel(waiting_seconds)
        assert all(waiting_seconds <= limit for rung, limit in WAITING_SECONDS.items() if rung > pressure.rung)
        assert pressure.rung >= before - 1


def test_it_does_not_flutter_at_a_limit():
    pressure = Pressure()
    seen = set()
    for number in range(50):
        pressure.feel(4.0 + (0.1 if number % 2 else -0.1))
        seen.add(pressure.rung)
    assert seen <= {Rung.ONE_VOICE, Rung.NO_PARTIALS}
    assert pressure.rung is Rung.NO_PARTIALS
