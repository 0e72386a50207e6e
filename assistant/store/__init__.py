"""The history of calls: SQLite beside one folder per session. The only place that knows SQL."""

from __future__ import annotations

from assistant.store.sink import StoreSink
from assistant.store.store import Store
from assistant.store.views import Found, Notice, Recovered, SessionSummary

__all__ = ["Found", "Notice", "Recovered", "SessionSummary", "Store", "StoreSink"]
