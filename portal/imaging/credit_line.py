"""The one thing that a published rendition says about itself besides its signature: whom to credit, and which photo
it is.

Works on the bytes of our own JPEG renditions; the picture in them stays as it is, bit by bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

_SOI, _SOS, _APP0, _APP1, _APP11 = b"\xff\xd8", 0xDA, 0xE0, 0xE1, 0xEB
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_PACKET = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">'
    "<dc:identifier>{identifier}</dc:identifier><photoshop:Credit>{credit}</photoshop:Credit>"
    "</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def bare(jpeg: bytes) -> bytes:
    """One of our renditions without credit and credential: the bytes that the darkroom made. Raises `ValueError` for
    what is no JPEG."""
    kept = [part for marker, part in _segments(jpeg) if marker not in (_APP1, _APP11)]
    return _SOI + b"".join(kept)


def credited(jpeg: bytes, *, credit: str, identifier: str) -> bytes:
    """The same with a credit line in place of any it has, as XMP: no time, no place, no device. Raises
    `ValueError`."""
    packet = _PACKET.format(identifier=escape(identifier), credit=escape(credit)).encode()
    line = _XMP + packet
    if len(line) > 2000:
        raise ValueError("a credit line is one line")
    segment = b"\xff\xe1" + (len(line) + 2).to_bytes(2, "big") + line
    parts = list(_segments(bare(jpeg)))
    at = 1 if parts and parts[0][0] == _APP0 else 0  # JFIF's own segment comes first, always
    return _SOI + b"".join(part for _marker, part in [*parts[:at], (_APP1, segment), *parts[at:]])


def _segments(jpeg: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and bytes of every segment after the first marker; the last has everything from the scan on."""
    if jpeg[:2] != _SOI:
        raise ValueError("not a JPEG")
    at = 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF:
        marker, size = jpeg[at + 1], int.from_bytes(jpeg[at + 2 : at + 4], "big") + 2
        if marker == _SOS:
            yield marker, jpeg[at:]
            return
        yield marker, jpeg[at : at + size]
        at += size
    raise ValueError("a JPEG without a scan")
