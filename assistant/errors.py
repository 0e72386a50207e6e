"""Errors by stage. `str(error)` is text that a user can act on: what happened, what it means, what to do.

Each is raised where the cause is known and shown once, at the edge. Anything else that escapes is a bug of ours.
"""


class AssistantError(Exception):
    """Base of all errors that are shown to users as they are."""


class SettingsError(AssistantError):
    """The settings can't be read or written."""


class AudioFileError(AssistantError):
    """A recording can't be read."""


class CaptureError(AssistantError):
    """A device or the sound server can't be used."""


class RecordingError(AssistantError):
    """The recording can't be written or read."""


class PlaybackError(AssistantError):
    """What was recorded can't be made heard."""


class ModelError(AssistantError):
    """A model is missing, damaged or not usable."""


class TranscriptionError(AssistantError):
    """The speech engine failed."""


class ReviewError(AssistantError):
    """The question bank or a review model can't be used."""


class StoreError(AssistantError):
    """The database can't be opened, read or written."""


class SealingError(AssistantError):
    """What is encrypted can't be read, or its key is not known. In a sentence: "it is damaged"; callers say what."""


class ImportFileError(AssistantError):
    """A transcript of another program can't be read."""


class ExportError(AssistantError):
    """A file can't be written."""
