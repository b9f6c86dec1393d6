"""A stored file as an answer that can be asked for from any place (RFC 9110, 14): 206, `If-Range`, 416."""

from __future__ import annotations

from typing import Any, BinaryIO

from flask import Response
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import wrap_file


def ranged(environ: dict[str, Any], stream: BinaryIO, *, size: int, mimetype: str, tag: str) -> Response:
    """The stream, or the part of it that was asked for. The stream is closed with the answer, or at once when no part
    of it is what was asked for."""
    answer = Response(wrap_file(environ, stream), mimetype=mimetype, direct_passthrough=True)
    answer.content_length = size
    answer.set_etag(tag)
    try:
        answer.make_conditional(environ, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        stream.close()
        raise
    return answer
