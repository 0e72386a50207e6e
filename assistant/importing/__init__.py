"""Reads transcripts that other programs wrote."""

from __future__ import annotations

from assistant.importing.transcript import ImportedTranscript, Turn

__all__ = ["ImportedTranscript", "Turn"]
