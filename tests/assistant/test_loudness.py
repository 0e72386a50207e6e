import numpy as np
import pytest

from assistant.loudness import rms_dbfs


def test_loudness_of_full_scale_and_of_silence():
    full_scale = np.tile(np.array([-32768, 32767], np.int16), 160)
    assert rms_dbfs(full_scale) == pytest.approx(0.0, abs=0.001)
    assert rms_dbfs(full_scale // 2 + np.int16(9000)) == pytest.approx(-6.02, abs=0.01)
    assert rms_dbfs(np.zeros(320, np.int16)) == -96.0
