"""Colours: from the profile of a photo, or from the code points of its container, to sRGB.

Runs only in the confined child.
"""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageCms

_MOST_PROFILE_BYTES = 4 << 20
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_D50 = (0.9642, 1.0, 0.8249)
# Red, green and blue of ITU-T H.273 primaries wider than sRGB, as XYZ under D50.
_WIDE = {
    9: ((0.673459, 0.279033, -0.001931), (0.165661, 0.675338, 0.029979), (0.1251, 0.045629, 0.797162)),
    12: ((0.515102, 0.241182, -0.001049), (0.291965, 0.692236, 0.041882), (0.157153, 0.066582, 0.784378)),
}


def wide_profile(primaries: int | None) -> bytes | None:
    """A profile for a picture whose container names BT.2020 (9) or Display P3 (12), with the tone curve of
    sRGB; None for all others, which browsers show as sRGB too."""
    if primaries not in _WIDE:
        return None
    red, green, blue = _WIDE[primaries]
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0)
    curve += b"".join(_fixed(value) for value in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
    tags = {
        b"wtpt": _xyz(_D50), b"rXYZ": _xyz(red), b"gXYZ": _xyz(green), b"bXYZ": _xyz(blue),
        b"rTRC": curve, b"gTRC": curve, b"bTRC": curve,
    }  # fmt: skip
    return _profile(tags)


def _fixed(value: float) -> bytes:
    return round(value * 65536).to_bytes(4, "big", signed=True)


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(_fixed(value) for value in values)


def _profile(tags: dict[bytes, bytes]) -> bytes:
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(content))
        body += content
    head = struct.pack(">I4xI4s4s4s12x4s", start + len(body), 0x04000000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    head = head.ljust(68, b"\0") + b"".join(_fixed(value) for value in _D50)
    return head.ljust(128, b"\0") + table + body


def to_srgb(image: Image.Image, *, profile: bytes | None) -> Image.Image:
    """The picture in sRGB and mode RGB, without the profile."""
    if profile and len(profile) <= _MOST_PROFILE_BYTES:
        try:
            written = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if image.mode == "RGB" and "sRGB" in ImageCms.getProfileDescription(written):
                return image
            turned = ImageCms.profileToProfile(image, written, _SRGB, outputMode="RGB")
            if turned is not None:
                return _copied(turned)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a profile that does not fit its picture is passed over, as browsers do
    return image if image.mode == "RGB" else image.convert("RGB")


def _copied(image: Image.Image) -> Image.Image:
    # lcms writes the profile into `info`, and an encoder would write it out again.
    fresh = Image.new(image.mode, image.size)
    fresh.paste(image)
    return fresh
