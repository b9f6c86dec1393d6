"""What is said to the confined child besides the photo, and its answer as bytes: a length, a short JSON head, then the
pictures.

The reader trusts nothing: the child has touched hostile bytes, so everything is checked again.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import Any

from portal.imaging.developed import FORMATS, Developed, Embedded, PhotoRefused, Refusal, Rendition
from portal.rules.boxes import MOST_BOXES, Box

MOST_BYTES = 16 << 20
PLANE_BYTES = 256 * 256 * 3
_MOST_HEAD_BYTES = 64 << 10
_MOST_CLAIM_CHARACTERS = 200
_BEGINNINGS = {"jpeg": (0, b"\xff\xd8\xff"), "avif": (4, b"ftyp")}
_BOX = struct.Struct(">4H")


def pack_boxes(boxes: Sequence[Box]) -> bytes:
    """How many boxes, one byte, and each. Raises `ValueError` when there are too many."""
    if len(boxes) > MOST_BOXES:
        raise ValueError("too many boxes on one photo")
    rows = (_BOX.pack(box.left, box.top, box.width, box.height) for box in boxes)
    return b"".join([bytes([len(boxes)]), *rows])


def read_boxes(received: Callable[[int], bytes]) -> list[Box]:
    """The boxes that `received(size)` tells, byte by byte."""
    (count,) = received(1)
    rows = _BOX.iter_unpack(received(count * _BOX.size) if count else b"")
    return [Box(left=left, top=top, width=width, height=height) for left, top, width, height in rows]


class BrokenAnswer(ValueError):
    """These bytes are not an answer that an honest child would give."""


def pack(answer: Developed | Refusal) -> bytes:
    """The answer as bytes."""
    if isinstance(answer, Refusal):
        return _framed({"refused": answer.value}, [])
    head = {
        "format": answer.format,
        "width": answer.width,
        "height": answer.height,
        "tone": answer.tone,
        "embedded": asdict(answer.embedded),
        "renditions": [[r.edge, r.format, r.width, r.height, len(r.data)] for r in answer.renditions],
        "plane": len(answer.plane),
    }
    return _framed(head, [answer.plane, *(rendition.data for rendition in answer.renditions)])


def _framed(head: dict[str, Any], blobs: list[bytes]) -> bytes:
    text = json.dumps(head).encode("ascii")
    return b"".join([len(text).to_bytes(4, "big"), text, *blobs])


def unpack(data: bytes) -> Developed:
    """The developed photo. Raises `PhotoRefused` when the child refused it, and `BrokenAnswer`."""
    end = 4 + int.from_bytes(data[:4], "big")
    if not 4 < end <= min(len(data), _MOST_HEAD_BYTES):
        raise BrokenAnswer("the head does not fit")
    try:
        head = json.loads(data[4:end])
        if "refused" in head:
            raise PhotoRefused(Refusal(head["refused"]))
        blobs = end + _plane_bytes(head["plane"])
        return Developed(
            format=_one_of(head["format"], FORMATS),
            width=_whole(head["width"]),
            height=_whole(head["height"]),
            tone=_matching(head["tone"], r"[0-9a-f]{6}"),
            renditions=_renditions(head["renditions"], data[blobs:]),
            embedded=_embedded(head["embedded"]),
            plane=data[end:blobs],
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BrokenAnswer("the head says something impossible") from error


def _plane_bytes(said: Any) -> int:
    if type(said) is not int or said not in (0, PLANE_BYTES):
        raise BrokenAnswer("the plane has the wrong size")
    return said


def _renditions(rows: list[list[Any]], blobs: bytes) -> tuple[Rendition, ...]:
    found, start = [], 0
    for edge, form, width, height, length in rows:
        data = blobs[start : start + _whole(length)]
        start += length
        offset, beginning = _BEGINNINGS[form]
        if len(data) != length or data[offset : offset + len(beginning)] != beginning:
            raise BrokenAnswer("a rendition is not what it is said to be")
        size = {"width": _whole(width), "height": _whole(height)}
        found.append(Rendition(edge=_whole(edge), format=form, data=data, **size))
    if not found or start != len(blobs):
        raise BrokenAnswer("there are no renditions, or bytes are left over")
    return tuple(found)


def _embedded(claims: dict[str, Any]) -> Embedded:
    kept = {field.name: claims[field.name] for field in fields(Embedded)}
    for value in kept.values():
        if value is not None and not (isinstance(value, str) and len(value) <= _MOST_CLAIM_CHARACTERS):
            raise BrokenAnswer("a claim is not a short text")
    return Embedded(**kept)


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 < value <= MOST_BYTES:
        raise BrokenAnswer("a number is out of range")
    return value


def _one_of(value: Any, allowed: tuple[str, ...]) -> str:
    return allowed[allowed.index(value)]


def _matching(value: str, pattern: str) -> str:
    if not re.fullmatch(pattern, value):
        raise BrokenAnswer("a text has the wrong form")
    return value
