from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assistant.speech.kept_samples import KeptSamples

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(0, 40_000)),
        st.tuples(st.just("forget"), st.integers(0, 60_000)),
        st.tuples(st.just("jump"), st.integers(0, 60_000)),
    ),
    max_size=12,
)


@given(STEPS, st.integers(-10, 100_000), st.integers(0, 50_000))
def test_what_is_kept_is_what_came_and_was_not_forgotten(steps: list[tuple[str, int]], begin: int, length: int) -> None:
    kept = KeptSamples(np.int16)
    expected: dict[int, int] = {}
    start = end = counter = 0
    for what, number in steps:
        if what == "append":
            samples = np.arange(counter, counter + number).astype(np.int16)
            kept.append(samples)
            expected |= dict(enumerate(samples.tolist(), end))
            counter, end = counter + number, end + number
        elif what == "forget":
            kept.forget_before(number)
            start = min(max(start, number), end)
        else:
            kept.jump(number)
            start = end = number
            expected.clear()
    assert (kept.start, kept.end) == (start, end)
    held = range(max(begin, start), max(max(begin, start), min(begin + length, end)))
    assert kept.between(begin, begin + length).tolist() == [expected[number] for number in held]
