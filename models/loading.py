"""A folder with a Whisper model into the speech engine, and what is said where that fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from faster_whisper import WhisperModel

from assistant.errors import ModelError
from models.row_order import Reordered, reordered

CONTROL_TOKENS = ("<|startoftranscript|>", "<|transcribe|>", "<|notimestamps|>", "<|startofprev|>", "<|endoftext|>")
ENGINE_FAULTS = (RuntimeError, ValueError, MemoryError)


def load_engine(folder: Path, threads: int, workers: int) -> Any:
    """The engine with the model of the folder. Raises ModelError."""

    def loaded(path: Path) -> Any:
        return WhisperModel(str(path), device="cpu", compute_type="int8", cpu_threads=threads, num_workers=workers)

    try:
        engine = _loaded_reordered(folder, loaded) or loaded(folder)
    except Exception as error:  # the files come from anywhere, and the engine raises whatever it trips over
        raise not_loaded(folder, error) from error
    missing = [token for token in CONTROL_TOKENS if engine.hf_tokenizer.token_to_id(token) is None]
    if missing:
        raise _unusable(folder, f"its tokenizer.json is not Whisper's: it lacks {', '.join(missing)}")
    return engine


def _loaded_reordered(folder: Path, loaded: Callable[[Path], Any]) -> Any:
    """The engine with the model's rows in another order; None where that can't be written. Files that are given to the
    engine in memory would stay there."""
    try:
        with TemporaryDirectory(prefix="depthcue-", ignore_cleanup_errors=True) as place:
            order = reordered(folder, Path(place))
            if order is None:
                return None
            engine = loaded(Path(place))
    except (OSError, MemoryError):  # no room, no such folder; what can't be read is said when it is loaded as it is
        return None
    engine.model = Reordered(engine.model, order)
    return engine


def not_loaded(folder: Path, error: Exception) -> ModelError:
    if isinstance(error, MemoryError):
        return ModelError(
            f"The model in {folder} can't be loaded: there is not enough memory for it. Close other programs, or "
            "choose a smaller model."
        )
    return _unusable(folder, cause(error))


def _unusable(folder: Path, why: str) -> ModelError:
    return ModelError(
        f"The model in {folder} can't be loaded ({why}). It may be damaged, or be no Whisper model in CTranslate2's "
        "form. Import it again, or choose another model."
    )


def cause(error: Exception) -> str:
    return str(error) or type(error).__name__  # one for want of memory may say nothing
