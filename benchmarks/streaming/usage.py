"""What a run has cost this process and its children, and what the whole computer did meanwhile."""

from __future__ import annotations

import os
import re
import resource
from dataclasses import dataclass
from pathlib import Path

_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
_MACHINE = Path("/proc/stat")  # first line: user, nice, system, idle, iowait, irq, softirq, steal ... in ticks
_TICKS = (0, 1, 2, 5, 6, 7)  # those in which a core works, or is taken by another guest of the host


def cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in _WHO]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def peak_bytes() -> int:
    return sum(resource.getrusage(who).ru_maxrss for who in _WHO) * 1024


def machine_seconds() -> float:
    """Seconds that all cores together have worked, for whomever; 0.0 where the system does not tell."""
    if not _MACHINE.exists():
        return 0.0
    ticks = [int(field) for field in _MACHINE.read_text(encoding="ascii").splitlines()[0].split()[1:]]
    return sum(ticks[place] for place in _TICKS) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Memory:
    """What is resident. The system may take back at any time what it can read from files again: growth is the rest."""

    resident_bytes: int
    own_bytes: int  # of it not from files

    @classmethod
    def now(cls) -> Memory:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        kibibytes = {key: int(value) for key, value in re.findall(r"^(\w+):\s+(\d+) kB", status, re.MULTILINE)}
        return cls(1024 * kibibytes["VmRSS"], 1024 * (kibibytes["RssAnon"] + kibibytes["RssShmem"]))
