"""What a check says: what it found and, where that is bad, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Health(Enum):
    OK = "ok"
    NOTE = "note"  # worth knowing; a call works
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    subject: str
    health: Health
    text: str
