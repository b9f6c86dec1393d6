"""The confined child for one film: an interpreter of its own without environment, files or network, which ends with
the film. The libraries that read films are loaded here and nowhere else.

Started by `film_room`, with the numbers of four descriptors (channel, film, answer, scratch) and what to do. It
writes to the channel: which confinements hold, one byte each; then lines: a number is how many percent are done,
the last line is what became of it, as JSON.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os

from portal.imaging import confinement
from portal.imaging.film_making import look, make, sample, warm
from portal.imaging.filmed import FilmRefusal, FilmRefused

MEMORY_BYTES = 2 << 30
LOOK, MAKE, TRIAL = "look", "make", "trial"


def main(channel: int, film: int, answer: int, scratch: int, *, what: str, form: str, most: str) -> None:
    """most: seconds of CPU and bytes that may be written, and 1 when only the listed system calls may be made."""
    seconds, size, filtered = (int(each) for each in most.split(","))
    os.nice(10)
    warm()
    trial = sample().getvalue() if what == TRIAL else b""
    held = confinement.confine_for_good(confinement.Bounds(memory=MEMORY_BYTES, answer=size))
    with_filter = bool(filtered) and confinement.seccomp_is_known_here()
    os.dup2(1, 2)  # what a decoder complains of is nobody's log
    confinement.confine_one(seccomp=with_filter, cpu_seconds=seconds)
    held = dataclasses.replace(held, seccomp=with_filter)
    _say(channel, bytes(getattr(held, field.name) for field in dataclasses.fields(held)))
    _say(
        channel,
        json.dumps(_done(channel, film, answer, scratch, what=what, form=form, trial=trial)).encode() + b"\n",
    )
    os._exit(0)


def _done(
    channel: int, film: int, answer: int, scratch: int, *, what: str, form: str, trial: bytes
) -> dict[str, object]:
    told = 0

    def progress(percent: int) -> None:
        nonlocal told
        if percent > told:
            told = percent
            _say(channel, b"%d\n" % percent)

    for each in (film, answer, scratch):  # where the other side has left them
        os.lseek(each, 0, os.SEEK_SET)
    # `open()` would ask a descriptor whether it is a terminal, and that call is not on the list.
    reading: io.BufferedIOBase = (
        io.BytesIO(trial) if trial else io.BufferedReader(io.FileIO(film, closefd=False))
    )
    writing = io.BufferedRandom(io.FileIO(answer, "r+", closefd=False))
    room = io.BufferedRandom(io.FileIO(scratch, "r+", closefd=False))
    try:
        if what == LOOK:
            facts = look(reading, form=form, answer=writing)  # type: ignore[arg-type]
        else:
            facts = make(reading, form=form, answer=writing, scratch=room, progress=progress)  # type: ignore[arg-type]
        writing.flush()
    except FilmRefused as refused:
        return {"refused": refused.refusal.value}
    except MemoryError:
        return {"refused": FilmRefusal.TOO_HEAVY.value}
    except OSError as error:
        return {"refused": (FilmRefusal.TOO_HEAVY if "large" in str(error) else FilmRefusal.CORRUPT).value}
    return dict(facts)


def _say(channel: int, data: bytes) -> None:
    while data:
        data = data[os.write(channel, data) :]
