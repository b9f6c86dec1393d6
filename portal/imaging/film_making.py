"""Looking into a film, and making ours of it. Runs only in the confined child.

Ours is H.264 with yuv420p, at most 1280 by 720 and 30 pictures a second, upright by its own pixels, without sound,
the index in front; nothing in it says where it comes from, not even the encoder's own note.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, BinaryIO

import av
import av.error
from av.bitstream import BitStreamFilterContext
from av.container import InputContainer
from av.filter import Graph
from av.stream import Disposition
from PIL import Image, PngImagePlugin

from portal.imaging.fast_start import move_index_forward
from portal.imaging.filmed import MOST_FRAMES, MOST_MILLISECONDS, SLACK_MILLISECONDS, FilmRefusal, FilmRefused
from portal.imaging.films import judge_length, judge_size

LONG, SHORT = 1280, 720
PICTURES_A_SECOND = 30
POSTER_EDGE = 1920
POSTER_AT = 1.0  # seconds; the first picture of a hand-held film shows the ground
_DEMUXERS = {"MP4": "mov", "MOV": "mov", "WEBM": "matroska"}
_READ = {
    "codec_whitelist": "h264,hevc,vp8,vp9",
    "enable_drefs": "0",
    "use_absolute_path": "0",
    "max_streams": "16",
}
_WRITTEN = {
    "preset": "veryfast", "crf": "26", "maxrate": "2500k", "bufsize": "5000k", "profile": "high",
    "flags": "+bitexact", "x264-params": "sync-lookahead=0:sliced-threads=0:bframes=0",
}  # fmt: skip
_WITHOUT_NOTES = "filter_units=remove_types=6"  # SEI: where x264 says how it was called
_TURNS = {90: (("transpose", "cclock"),), -90: (("transpose", "clock"),), 180: (("hflip", ""), ("vflip", ""))}
_READ_BEFORE_THE_LOCK = (PngImagePlugin,)

Facts = dict[str, Any]


def look(source: BinaryIO, *, form: str, answer: BinaryIO) -> Facts:
    """What the film is by its own pictures; one of them goes to `answer` as PNG. Raises `FilmRefused`."""
    with _opened(source, form=form) as film:
        stream = _pictures(film)
        milliseconds, frames = _measured(film, stream)
        film.seek(0)
        wanted = min(POSTER_AT, milliseconds / 3000)
        first = picture = None
        for picture in _decoded(film, stream):
            first = picture.time if first is None else first
            if picture.time - first >= wanted:
                break
        if picture is None:
            raise FilmRefused(FilmRefusal.CORRUPT)
        width, height = _upright_size(picture)
        judge_size(width, height)
        poster = _Upright(stream, size=_fit(width, height, long=POSTER_EDGE, short=POSTER_EDGE), form="rgb24")
        poster.turned(picture).to_image().save(answer, "PNG", compress_level=1)
        return {
            "codec": stream.codec_context.name,
            "width": width,
            "height": height,
            "milliseconds": milliseconds,
            "frames": frames,
            "sound": bool(film.streams.audio),
        }


def make(
    source: BinaryIO, *, form: str, answer: BinaryIO, scratch: BinaryIO, progress: Callable[[int], None]
) -> Facts:
    """Write our film to `answer`. `progress` hears percents. Raises `FilmRefused`."""
    with _opened(source, form=form) as film:
        stream = _pictures(film)
        milliseconds, _frames = _measured(film, stream)
        film.seek(0)
        writer: _Writer | None = None
        for picture in _decoded(film, stream):
            if writer is None:
                writer = _Writer(stream, picture, scratch=scratch)
            writer.add(picture)
            progress(min(99, int(writer.seconds * 100_000 / milliseconds)))
        if writer is None:
            raise FilmRefused(FilmRefusal.CORRUPT)
        facts = writer.finish()
    move_index_forward(scratch, answer)
    return facts


def _opened(source: BinaryIO, *, form: str) -> InputContainer:
    try:
        return av.open(source, "r", format=_DEMUXERS[form], options=dict(_READ))
    except (av.error.FFmpegError, ValueError) as error:
        raise FilmRefused(FilmRefusal.CORRUPT) from error


def _pictures(film: InputContainer) -> Any:
    found = [each for each in film.streams.video if not each.disposition & Disposition.attached_pic]
    if len(found) != 1:
        raise FilmRefused(FilmRefusal.TOO_MANY_TRACKS if found else FilmRefusal.NO_PICTURES)
    stream = found[0]
    stream.codec_context.thread_count = 1
    return stream


def _measured(film: InputContainer, stream: Any) -> tuple[int, int]:
    """Milliseconds and pictures by the packets themselves, whatever the container says."""
    first, last, frames = None, Fraction(0), 0
    usual = 1 / (stream.average_rate or Fraction(PICTURES_A_SECOND))
    try:
        for packet in film.demux(stream):
            if packet.pts is None or packet.size == 0 or packet.is_discard:
                continue
            frames += 1
            begins = packet.pts * packet.time_base
            length = (packet.duration or 0) * packet.time_base or usual
            first = begins if first is None else min(first, begins)
            last = max(last, begins + length)
            judge_length(milliseconds=int((last - first) * 1000), frames=frames)
    except av.error.FFmpegError as error:
        raise FilmRefused(FilmRefusal.CORRUPT) from error
    if first is None or frames < 2:
        raise FilmRefused(FilmRefusal.TOO_SHORT)
    return max(int((last - first) * 1000), 1), frames


def _decoded(film: InputContainer, stream: Any) -> Iterator[Any]:
    seen = 0
    try:
        for frame in film.decode(stream):
            if frame.pts is None:
                continue
            seen += 1
            if seen > MOST_FRAMES:
                raise FilmRefused(FilmRefusal.TOO_MANY_FRAMES)
            judge_size(frame.width, frame.height)
            yield frame
    except av.error.FFmpegError as error:
        raise FilmRefused(FilmRefusal.CORRUPT) from error


def _upright_size(frame: Any) -> tuple[int, int]:
    """Width and height as they are to be seen."""
    return (frame.height, frame.width) if abs(frame.rotation) == 90 else (frame.width, frame.height)


def _fit(width: int, height: int, *, long: int, short: int) -> tuple[int, int]:
    """Even sizes with the same shape that fit, never larger."""
    scale = min(Fraction(1), Fraction(long, max(width, height)), Fraction(short, min(width, height)))
    return max(2, int(width * scale) // 2 * 2), max(2, int(height * scale) // 2 * 2)


class _Upright:
    """Turns and scales pictures; built anew when the pictures change their size on the way."""

    def __init__(self, stream: Any, *, size: tuple[int, int], form: str) -> None:
        self._stream, self._size, self._form = stream, size, form
        self._graph: Graph | None = None
        self._for: tuple[Any, ...] = ()

    def turned(self, frame: Any) -> Any:
        shape = (frame.width, frame.height, frame.format.name, frame.rotation)
        if self._graph is None or shape != self._for:
            self._graph, self._for = self._built(frame), shape
        self._graph.push(frame)
        return self._graph.pull()

    def _built(self, frame: Any) -> Graph:
        graph = Graph()
        graph.threads = 1
        source = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=self._stream.time_base
        )
        steps = [*_TURNS.get(frame.rotation, ()), ("scale", "{}:{}".format(*self._size)), ("setsar", "1")]
        for name, how in (*steps, ("format", self._form), ("buffersink", "")):
            step = graph.add(name, how) if how else graph.add(name)
            source.link_to(step)
            source = step
        graph.configure()
        return graph


class _Writer:
    """Our film while it is written."""

    def __init__(self, stream: Any, first: Any, *, scratch: BinaryIO) -> None:
        self.width, self.height = _fit(*_upright_size(first), long=LONG, short=SHORT)
        self._upright = _Upright(stream, size=(self.width, self.height), form="yuv420p")
        self._begins, self._last, self._frames = first.time, -1, 0
        self._file = av.open(scratch, "w", format="mp4", options={"fflags": "+bitexact"})
        self._stream: Any = self._file.add_stream("libx264", rate=PICTURES_A_SECOND, options=dict(_WRITTEN))
        self._stream.width, self._stream.height, self._stream.pix_fmt = self.width, self.height, "yuv420p"
        codec = self._stream.codec_context
        codec.thread_count, codec.gop_size = 1, 2 * PICTURES_A_SECOND
        codec.time_base = Fraction(1, PICTURES_A_SECOND)
        for said in ("color_range", "color_primaries", "color_trc", "colorspace"):
            setattr(codec, said, getattr(stream.codec_context, said))
        self._notes = BitStreamFilterContext(_WITHOUT_NOTES, self._stream)

    @property
    def seconds(self) -> float:
        """How far it is."""
        return (self._last + 1) / PICTURES_A_SECOND

    def add(self, picture: Any) -> None:
        """One more picture, unless it comes too soon after the one before."""
        place = round((picture.time - self._begins) * PICTURES_A_SECOND)
        if place <= self._last:
            return
        if place > (MOST_MILLISECONDS + SLACK_MILLISECONDS) * PICTURES_A_SECOND // 1000:
            raise FilmRefused(FilmRefusal.TOO_LONG)
        shown = self._upright.turned(picture)
        shown.pts, shown.time_base, shown.pict_type = place, Fraction(1, PICTURES_A_SECOND), 0
        self._last, self._frames = place, self._frames + 1
        self._mux(self._stream.encode(shown))

    def finish(self) -> Facts:
        """Write the end."""
        self._mux(self._stream.encode(None))
        self._mux([None])
        self._file.close()
        return {
            "width": self.width,
            "height": self.height,
            "milliseconds": int(self.seconds * 1000),
            "frames": self._frames,
        }

    def _mux(self, packets: list[Any]) -> None:
        for packet in packets:
            for cleaned in self._notes.filter(packet):
                cleaned.stream = self._stream
                self._file.mux(cleaned)


def sample() -> io.BytesIO:
    """A short film for a trial before the first real one."""
    made = io.BytesIO()
    with av.open(made, "w", format="mp4") as film:
        stream: Any = film.add_stream("libx264", rate=PICTURES_A_SECOND, options=dict(_WRITTEN))
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        stream.codec_context.thread_count = 1
        for shade in range(0, 250, 50):
            frame: Any = av.VideoFrame(320, 240, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([shade]) * plane.buffer_size)
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))
    made.seek(0)
    return made


def warm() -> None:
    """Run everything once, so that nothing has to be loaded under the lock."""
    Image.init()
    look(sample(), form="MP4", answer=io.BytesIO())
    make(sample(), form="MP4", answer=io.BytesIO(), scratch=io.BytesIO(), progress=lambda _percent: None)
