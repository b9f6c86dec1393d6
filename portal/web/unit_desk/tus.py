"""The resumable upload protocol tus 1.0 (https://tus.io): what its headers say, and how it is answered."""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from flask import Request, Response, jsonify, make_response
from werkzeug.exceptions import ClientDisconnected

from portal.adapters.durable_files import store_full_when_no_room
from portal.domain.progress import MAX_VIDEO_BYTES
from portal.web.language import _

VERSION = "1.0.0"
PIECE = 64 * 1024
SILENCE = 60.0  # seconds after which a phone that sends nothing in the middle of a piece has gone
ALGORITHMS = ("sha1", "sha256")
BYTES = "application/offset+octet-stream"
CAN = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,termination,checksum,expiration",
    "Tus-Max-Size": str(MAX_VIDEO_BYTES),
    "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
}
_NUMBER = re.compile(r"\d{1,15}")
_VIEW = re.compile(r"[0-9]{1,4}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BadRequest(Exception):
    """A header that the protocol needs is missing or cannot be read; the argument names it."""


class ChecksumMismatch(Exception):
    """A piece is not what its sender says it is; nothing of it was kept."""


@dataclass(frozen=True, kw_only=True)
class Announced:
    """What a phone says of a file before it sends it. sha256: "" when it could not hash it; view: the number of the
    view from which it was taken; film: whether it is a video; mark: 64 hexadecimal digits by which the phone knows a
    file again that is too large to be hashed, else ""."""

    size: int
    file_name: str
    sha256: str
    replaces: int | None
    view: int | None
    film: bool
    mark: str


def announced(request: Request) -> Announced:
    """The headers of a creation. Raises `BadRequest`."""
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    sha256, mark, replaces = told.get("sha256", "").lower(), told.get("mark", ""), told.get("replaces", "")
    readable = all(_DIGEST.fullmatch(each) for each in (sha256, mark) if each)
    if not readable or (replaces and not _NUMBER.fullmatch(replaces)):
        raise BadRequest("Upload-Metadata")
    return Announced(
        size=number(request, "Upload-Length"),
        file_name=told.get("filename", ""),
        sha256=sha256,
        replaces=int(replaces) if replaces else None,
        view=view_number(told.get("view", "")),
        film=told.get("film") == "1",
        mark=mark,
    )


def view_number(text: str) -> int | None:
    """The number of a view; None for anything else, because a photo is not refused for it."""
    return int(text) if _VIEW.fullmatch(text) else None


def number(request: Request, header: str) -> int:
    """A header that is a whole number. Raises `BadRequest`."""
    value = request.headers.get(header, "")
    if not _NUMBER.fullmatch(value):
        raise BadRequest(header)
    return int(value)


@contextlib.contextmanager
def pieces(request: Request) -> Iterator[Iterator[bytes]]:
    """The body as it comes. With an Upload-Checksum it is looked at first, whole: raises `ChecksumMismatch`, and
    `BadRequest` for one that cannot be read."""
    with _impatient(request):
        said = request.headers.get("Upload-Checksum")
        if said is None:
            yield _stream(request)
            return
        algorithm, digest = _checksum(said)
        with tempfile.SpooledTemporaryFile(max_size=1 << 20) as kept:
            hashing = hashlib.new(algorithm, usedforsecurity=False)
            with store_full_when_no_room(Path(tempfile.gettempdir())):
                for piece in _stream(request):
                    hashing.update(piece)
                    kept.write(piece)
            if hashing.digest() != digest:
                raise ChecksumMismatch
            kept.seek(0)
            yield _read(kept)


def refused(status: int, said: str, **facts: Any) -> Response:
    """A refusal with a sentence, and whatever else a program may want to know."""
    return make_response(jsonify(said=said, **facts), status)


def misread(wrong: BadRequest) -> Response:
    return refused(400, _("请求里的 %(header)s 看不懂。", header=str(wrong)))


def _stream(request: Request) -> Iterator[bytes]:
    """What arrives until it ends or the connection does: what came before that counts."""
    while True:
        try:
            piece = request.stream.read(PIECE)
        except (ClientDisconnected, OSError):
            return
        if not piece:
            return
        yield piece


def _read(kept: Any) -> Iterator[bytes]:
    file: BinaryIO = kept
    return iter(lambda: file.read(PIECE), b"")


@contextlib.contextmanager
def _impatient(request: Request) -> Iterator[None]:
    """Where gunicorn shows its connection, a silent one is given up: threads are few, and phones fall silent."""
    connection = request.environ.get("gunicorn.socket")
    if connection is None:
        yield
        return
    before = connection.gettimeout()
    connection.settimeout(SILENCE)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            connection.settimeout(before)


def _metadata(header: str) -> Mapping[str, str]:
    """Pairs of a name and a value in base64. Raises `BadRequest`."""
    told = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        name, _space, value = pair.partition(" ")
        try:
            told[name] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise BadRequest("Upload-Metadata") from None
    return told


def _checksum(header: str) -> tuple[str, bytes]:
    algorithm, _space, value = header.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except binascii.Error:
        digest = b""
    if algorithm not in ALGORITHMS or len(digest) != hashlib.new(algorithm).digest_size:
        raise BadRequest("Upload-Checksum")
    return algorithm, digest
