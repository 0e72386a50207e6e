"""What a decode has freed goes back to the system, in the middle of a call."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import models.whisper
from assistant.ports import Effort
from models.whisper import WhisperTranscriber

BETWEEN_WHAT_IS_KEPT = """
import re
from pathlib import Path
import numpy as np
from models.freed_memory import give_back

def own_mebibytes():
    return int(re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

before = own_mebibytes()
pieces = [np.ones(8_000) for _ in range(1_600)]  # 64 kB each
pieces = pieces[::16]
freed = own_mebibytes() - before
give_back()
print(freed, own_mebibytes() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="measured as Linux tells it")
def test_what_lies_between_kept_pieces_is_given_back() -> None:
    ran = subprocess.run([sys.executable, "-c", BETWEEN_WHAT_IS_KEPT], capture_output=True, text=True, check=True)
    held, left = map(float, ran.stdout.split())
    assert held > 20  # or there is nothing to give back
    assert left < held / 2


def test_a_call_gives_it_back_now_and_then(whisper: WhisperTranscriber, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[int] = []
    monkeypatch.setattr(models.whisper, "GIVE_BACK_FINALS", 2)
    monkeypatch.setattr(models.whisper, "give_back", lambda: given.append(1))
    call = whisper.for_call("en", ())
    for effort in (Effort.FINAL, Effort.PARTIAL, Effort.HASTY, Effort.PARTIAL, Effort.FINAL, Effort.FINAL):
        call.transcribe(np.zeros(1_600, np.float32), effort)
    assert len(given) == 2
