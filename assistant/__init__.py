"""The core: a call becomes a transcript, flags, follow-ups and files. Knows no window and no engine."""
