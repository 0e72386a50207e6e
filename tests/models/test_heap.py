"""What the engines have freed goes back to the system, though what is kept lies between it."""

from __future__ import annotations

import platform
import subprocess
import sys

import numpy as np
import pytest

import models.whisper
from assistant.ports import Effort
from models.whisper import WhisperTranscriber

LARGE_BETWEEN_SMALL = """
import re, threading
from pathlib import Path
import numpy as np
import models

def own_mebibytes():
    return int(re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

def decode():
    for _ in range(3):
        large = [(np.ones(700_000), kept.append(np.ones(1_000))) for _ in range(10)]
        del large

kept = []
before = own_mebibytes()
threads = [threading.Thread(target=decode) for _ in range(3)]
for thread in threads:
    thread.start()
    thread.join()
print(own_mebibytes() - before)
"""
HEAPS = """
import ctypes, threading
import models

have_taken, may_end = threading.Barrier(5), threading.Event()

def take():
    kept = bytearray(100_000)
    have_taken.wait()
    may_end.wait()

for _ in range(4):
    threading.Thread(target=take).start()
have_taken.wait()
libc = ctypes.CDLL(None)
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
may_end.set()
"""

SMALL_BETWEEN_KEPT = """
import re
from pathlib import Path
import numpy as np
from models.heap import give_back

def own_mebibytes():
    return int(re.search(r"RssAnon:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024

before = own_mebibytes()
pieces = [np.ones(8_000) for _ in range(1_600)]  # 64 kB each
pieces = pieces[::16]
freed = own_mebibytes() - before
give_back()
print(freed, own_mebibytes() - before)
"""

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries do not keep it so")


def told_by(program: str) -> str:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


@glibc
def test_what_large_blocks_took_goes_back_though_small_ones_lie_between() -> None:
    assert float(told_by(LARGE_BETWEEN_SMALL)) < 15.0  # of 53 at once


@glibc
def test_threads_share_one_heap() -> None:
    assert told_by(HEAPS).count("<heap nr=") == 1


@glibc
def test_what_lies_free_between_kept_pieces_is_given_back() -> None:
    held, left = map(float, told_by(SMALL_BETWEEN_KEPT).split())
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
