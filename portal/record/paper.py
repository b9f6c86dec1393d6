"""A root for paper: in words that can be read aloud, and in a code that a telephone reads without a network.

The words are those of BIP-39, of 24 for 32 bytes: its simplified Chinese characters and its English words. They carry a
checksum, so that a word that was misread is noticed.
"""

from __future__ import annotations

import datetime as dt
import io
from functools import lru_cache
from typing import Literal

import segno
from mnemonic import Mnemonic
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.record import merkle
from portal.record.blocks import Discrepancy, Read
from portal.record.checkpoint import Checkpoint
from portal.record.mirror import Progress, check_block
from portal.record.tables import SignedCheckpoint
from portal.record.tiles import HASH, WIDTH
from portal.rules.clock import day_of, end_of, last_day, month_of

Tongue = Literal["chinese_simplified", "english"]
CHINESE: Tongue = "chinese_simplified"
ENGLISH: Tongue = "english"
WORDS = 24
SETTLED = dt.timedelta(minutes=10)  # after a month's end: what was being signed then is signed


class WordsRefused(ValueError):
    """Not the words of a root; the text says why."""


def words_of(root: bytes, tongue: Tongue) -> list[str]:
    """The 24 words for 32 bytes."""
    if len(root) != HASH:
        raise ValueError("a root has 32 bytes")
    return _book(tongue).to_mnemonic(root).split(" ")


def root_of_words(text: str) -> bytes:
    """The 32 bytes behind 24 words, in either language; characters need no spaces between them. Raises
    `WordsRefused`."""
    words = text.lower().split()
    chinese = not all(word.isascii() for word in words)
    if chinese:
        words = [character for word in words for character in word]
    book = _book(CHINESE if chinese else ENGLISH)
    if len(words) != WORDS:
        raise WordsRefused(f"{len(words)} words; a root has {WORDS}")
    known = set(book.wordlist)
    if unknown := [f"{number} ({word})" for number, word in enumerate(words, start=1) if word not in known]:
        raise WordsRefused(f"not among the words of BIP-39: number {', '.join(unknown)}")
    try:
        return bytes(book.to_entropy(words))
    except ValueError as wrong:
        raise WordsRefused(
            "the words do not go together: one of them was misread, or two changed places"
        ) from wrong


def code_text(checkpoint: Checkpoint, month: str) -> str:
    """What the code says: name of the log, size, root, month; a line each."""
    return f"{checkpoint.text}{month}\n"


def code_svg(text: str) -> bytes:
    """The code as a picture: black on white, with the quiet margin around it."""
    picture = io.BytesIO()
    segno.make_qr(text, error="m").save(
        picture,
        kind="svg",
        border=4,
        omitsize=True,
        xmldecl=False,
        nl=False,
        dark="#000",
        light="#fff",
        svgclass=None,
        lineclass=None,
    )
    return picture.getvalue()


def code_for_terminal(text: str) -> str:
    """The code in half blocks, for a terminal."""
    drawn = io.StringIO()
    segno.make_qr(text, error="m").terminal(drawn, compact=True)
    return drawn.getvalue()


def end_of_month(month: str) -> dt.datetime:
    """The first moment after a `YYYY-MM` month, in UTC. Raises `ValueError` for none."""
    return end_of(last_day(month))


def is_over(month: str, *, now: dt.datetime) -> bool:
    """Whether what a month ended with is settled."""
    return now >= end_of_month(month) + SETTLED


def ended_with(session: Session, month: str) -> SignedCheckpoint | None:
    """The last checkpoint that was signed before a month ended; None before the first. Of a month that is over it is
    the same for ever. They are signed one after the other, so halving finds it, and few of the rows are read."""
    end = end_of_month(month)
    bounds = select(SignedCheckpoint.id).limit(1)
    low = session.scalar(bounds.order_by(SignedCheckpoint.id))
    high = session.scalar(bounds.order_by(SignedCheckpoint.id.desc()))
    if low is None or high is None or session.get_one(SignedCheckpoint, low).at >= end:
        return None
    while low < high:
        middle = (low + high + 1) // 2
        there = select(SignedCheckpoint.id, SignedCheckpoint.at).where(SignedCheckpoint.id <= middle)
        number, at = session.execute(there.order_by(SignedCheckpoint.id.desc()).limit(1)).one()
        low, high = (max(low, middle), high) if at < end else (low, number - 1)
    found = select(SignedCheckpoint).where(SignedCheckpoint.id <= low)
    return session.scalars(found.order_by(SignedCheckpoint.id.desc()).limit(1)).one()


def months_over(session: Session, *, now: dt.datetime) -> list[str]:
    """The months that are over and ended with a checkpoint, newest first."""
    first = session.scalar(select(SignedCheckpoint.at).order_by(SignedCheckpoint.id).limit(1))
    if first is None:
        return []
    found, month = [], month_of(day_of(first))
    while is_over(month, now=now):
        found.append(month)
        month = month_of(last_day(month) + dt.timedelta(days=1))
    return found[::-1]


def root_at(
    read: Read, told: Checkpoint, *, size: int, progress: Progress = lambda _done, _total: None
) -> bytes:
    """The root that a log had when it was so long, by hashing every entry up to what its checkpoint says. Raises
    `Discrepancy` when the log does not hold, or was never so long."""
    if not 0 < size <= told.size:
        raise Discrepancy(f"the log has {told.size} entries, not {size}")
    frontier: list[bytes] = []
    found = b""
    for index in range(-(-told.size // WIDTH)):
        for number, leaf in enumerate(check_block(read, index, size=told.size), start=index * WIDTH):
            frontier = merkle.grow(frontier, number, leaf)
            if number + 1 == size:
                found = merkle.root_of(frontier)
        progress(min(told.size, (index + 1) * WIDTH), told.size)
    if merkle.root_of(frontier) != told.root:
        raise Discrepancy(f"the {told.size} entries do not give the root that was signed")
    return found


@lru_cache
def _book(tongue: Tongue) -> Mnemonic:
    return Mnemonic(tongue)
