import numpy as np
import pytest

from assistant.audio.meter import Meter
from assistant.values import SAMPLE_RATE_HZ, Channel
from tests.fakes import frames_of


def measured(samples):
    meter = Meter(Channel.YOU)
    return [level for frame in frames_of({Channel.YOU: samples}) if (level := meter.measure(frame)) is not None]


def test_a_meter_reads_a_few_times_a_second():
    assert 8 <= len(measured(np.zeros(SAMPLE_RATE_HZ, np.int16))) <= 11


def test_full_scale_is_zero_and_digital_silence_the_bottom():
    assert measured(np.full(320, -32768, np.int16))[0].peak_dbfs == pytest.approx(0.0)
    assert measured(np.zeros(320, np.int16))[0].peak_dbfs == -96.0


def test_a_short_peak_between_two_readings_is_not_missed():
    samples = np.zeros(4800, np.int16)
    samples[700] = 16384
    assert max(level.peak_dbfs for level in measured(samples)) == pytest.approx(-6.0, abs=0.1)
