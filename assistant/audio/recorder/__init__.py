"""A live call in a process of its own, which records before anybody else hears."""

from assistant.audio.recorder.source import RecorderSource

__all__ = ["RecorderSource"]
