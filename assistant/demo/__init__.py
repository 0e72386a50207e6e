"""The bundled interview: two synthetic voices on two channels (left You, right Them), with its truth."""

from importlib.resources import files
from pathlib import Path

INTERVIEW = Path(str(files(__name__) / "interview.flac"))
TRUTH = Path(str(files(__name__) / "interview.json"))
TITLE = "Demo interview"
