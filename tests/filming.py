"""Films for tests: made once, in a process of their own, as telephones and cheats write them."""

from __future__ import annotations

import functools
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

SECRET = "CANARY-7731"
_SCRIPT = """
import sys
from pathlib import Path
import av
from fractions import Fraction

PATTERN = bytes(range(20, 220)) * 20
folder, secret = Path(sys.argv[1]), sys.argv[2]

def write(name, codec, *, size=(320, 180), count=15, rate=15, form=None, sound=None, options={}, picture=True, mux={}):
    with av.open(str(folder / name), "w", format=form, options=mux) as film:
        film.metadata.update({"title": secret, "comment": secret, "location": "+31.2304+121.4737/"})
        stream = None
        if picture:
            stream = film.add_stream(codec, rate=rate, options=options)
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            stream.codec_context.thread_count = 1
        heard = film.add_stream(sound, rate=48000) if sound else None
        for n in range(count if picture else 0):
            frame = av.VideoFrame(*size, "yuv420p")
            y, u, v = frame.planes
            y.update(b"".join(PATTERN[(row + n * 5) % 200 :][: size[0]].ljust(y.line_size, bytes(1)) for row in range(size[1]))); u.update(bytes([90]) * u.buffer_size); v.update(bytes([150]) * v.buffer_size)
            frame.pts, frame.time_base = n, Fraction(1, rate)
            for packet in stream.encode(frame): film.mux(packet)
        if picture:
            for packet in stream.encode(None): film.mux(packet)
        if heard:
            silent = av.AudioFrame(format="fltp" if sound == "aac" else "s16", layout="stereo", samples=1024 if sound == "aac" else 960)
            for plane in silent.planes: plane.update(bytes(plane.buffer_size))
            silent.rate, silent.pts = 48000, 0
            for packet in heard.encode(silent): film.mux(packet)
            for packet in heard.encode(None): film.mux(packet)

x264 = {"preset": "ultrafast"}
write("telephone.mp4", "libx264", sound="aac", options=x264)
write("telephone.mov", "libx264", options=x264, form="mov")
write("other.mp4", "libx264", size=(320, 240), options=x264)
write("browser.webm", "libvpx", options={"deadline": "realtime", "cpu-used": "8"})
write("live.mp4", "libx264", options=x264, mux={"movflags": "frag_keyframe+empty_moov"})
write("sound.mp4", "aac", sound="aac", picture=False)
write("slow.mp4", "libx264", size=(1920, 1080), count=150, rate=1, options=x264)
write("old.mp4", "mpeg4")
write("wide.mp4", "libx264", size=(1920, 1080), count=3, options=x264)
"""


@functools.cache
def _made() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", _SCRIPT, folder, SECRET], check=True, timeout=120)
        return {path.name: path.read_bytes() for path in Path(folder).iterdir()}


def film(name: str = "telephone.mp4") -> bytes:
    """One of the films: telephone.mp4 (with sound and words about where it was), telephone.mov, other.mp4,
    browser.webm, live.mp4 (in fragments), sound.mp4 (no pictures), slow.mp4 (two and a half), old.mp4 (another codec),
    wide.mp4."""
    return _made()[name]


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), name) + body


def find(data: bytes, name: bytes) -> int:
    """Where the box of this name begins, in the index when it is in there."""
    index = max(data.find(b"moov"), 0)
    return data.index(name, index) - 4


def patched(data: bytes, name: bytes, offset: int, new: bytes) -> bytes:
    """The film with bytes of one box exchanged; `offset` counts from behind its name."""
    at = find(data, name) + 8 + offset
    return data[:at] + new + data[at + len(new) :]


def turned(data: bytes) -> bytes:
    """The film as a telephone writes it that was held upright: its pictures lie, its matrix turns them by 90 degrees."""
    track = find(data, b"tkhd")
    matrix = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 180 << 16, 0, 1 << 30)
    at = track + 8 + 40
    return data[:at] + matrix + data[at + 36 :]


def renamed(data: bytes, old: bytes, new: bytes) -> bytes:
    """The film with a box or a codec called something else."""
    at = data.index(old)
    return data[:at] + new + data[at + len(old) :]


def told_length(data: bytes, seconds: int) -> bytes:
    """The film with a table that says that its pictures last so long."""
    at = find(data, b"stts")
    count, step = struct.unpack(">II", data[at + 16 : at + 24])
    scale = struct.unpack(">I", data[find(data, b"mdhd") + 8 + 12 : find(data, b"mdhd") + 8 + 16])[0]
    return patched(data, b"stts", 12, struct.pack(">I", max(step, seconds * scale // count)))
