import numpy as np
import pytest

from assistant.loudness import rms_dbfs, rms_dbfs_of_each

BLOCKS = [(16384, 0), (16384, 9000), (1, 0), (0, 0), (0, 9000)]  # (amplitude, offset)


def test_loudness_of_full_scale_and_of_silence():
    full_scale = np.tile(np.array([-32768, 32767], np.int16), 160)
    assert rms_dbfs(full_scale) == pytest.approx(0.0, abs=0.001)
    assert rms_dbfs(full_scale // 2 + np.int16(9000)) == pytest.approx(-6.02, abs=0.01)
    assert rms_dbfs(np.zeros(320, np.int16)) == -96.0


def test_loudness_of_blocks_is_that_of_each_and_an_offset_is_no_sound():
    blocks = np.stack([np.tile(np.array([-n, n], np.int16), 160) + np.int16(offset) for n, offset in BLOCKS])
    assert rms_dbfs_of_each(blocks) == [rms_dbfs(block) for block in blocks]
    assert rms_dbfs_of_each(blocks) == pytest.approx([-6.02, -6.02, -90.31, -96.0, -96.0], abs=0.01)
