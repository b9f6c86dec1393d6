"""Every file that something in the database names: rows of the house, and entries of the record.

The one list of it. What is not named here is set aside after a while and then destroyed, so whoever adds a table that
names files adds a source to `SOURCES` (`tests/guards/test_named_media.py` asks for it).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from portal.domain.archives import ArchivePhoto
from portal.domain.crediting import Crediting
from portal.domain.lifecycle import ReportState
from portal.domain.progress import SEALED_AS, Photo, Report, Video
from portal.ports import Space
from portal.queries.named import Named
from portal.record.document import opens
from portal.record.tables import Entry, Opening, PublicMedia
from portal.rules.numbers import report_item

NAMES = 20  # of a row, by estimate
BATCH = 100  # rows that are looked at in one picture of the database


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A file that is named. where: by what, in words; size: bytes that it must have, where that is written down;
    wrong: what is wrong with the naming itself; salt, seals: of an original that the record has sealed; maybe:
    whether it may not be there yet."""

    space: Space
    name: str
    where: str
    size: int | None = None
    wrong: str = ""
    salt: str = ""
    seals: frozenset[str] = frozenset()
    maybe: bool = False


@dataclass(frozen=True, kw_only=True)
class Place:
    """How far one is through all sources: the last row of a source that has been looked at."""

    source: int = 0
    row: int = -1

    @classmethod
    def parse(cls, text: str) -> Place:
        source, _, row = text.partition("/")
        return cls(source=int(source), row=int(row)) if row else cls()

    def __str__(self) -> str:
        return f"{self.source}/{self.row}"


@dataclass(frozen=True)
class Source:
    """A table that names files. rows: the next rows after one, each with its number and what it names."""

    count: Callable[[Session], int]
    rows: Callable[[Session, int], list[tuple[int, list[Kept]]]]


def next_kept(session: Session, place: Place) -> tuple[list[Kept], Place, int] | None:
    """What the next rows name, the place after them, and how many rows that were; None at the end."""
    while place.source < len(SOURCES):
        rows = SOURCES[place.source].rows(session, place.row)
        if rows:
            return (
                [each for _row, kept in rows for each in kept],
                Place(source=place.source, row=rows[-1][0]),
                len(rows),
            )
        place = Place(source=place.source + 1)
    return None


def every_kept(session: Session) -> Iterator[Kept]:
    """All of it, in one picture of the database."""
    place = Place()
    while (found := next_kept(session, place)) is not None:
        kept, place, _rows = found
        yield from kept
        session.expunge_all()


def rows_in_all(session: Session) -> int:
    """Rows that name files."""
    return sum(source.count(session) for source in SOURCES)


def names_in_use(session: Session, *, among: Iterable[str] = ()) -> tuple[Named, set[str]]:
    """Every `<space>/<name>` that is named, and exactly those of a few."""
    named, few, found = Named(rows_in_all(session) * NAMES), set(among), set()
    for kept in every_kept(session):
        key = f"{kept.space.value}/{kept.name}"
        named.add(key)
        if key in few:
            found.add(key)
    return named, found


def _count(table: type[Any], session: Session) -> int:
    return session.scalars(select(func.count()).select_from(table)).one()


def _pictures_of_reports(kind: type[Any], session: Session, after: int) -> list[tuple[int, list[Kept]]]:
    """Photos or videos of reports, removed and replaced ones included: sealed originals, and what desks see."""
    query = (
        select(kind)
        .where(kind.id > after)
        .order_by(kind.id)
        .limit(BATCH)
        .options(joinedload(kind.report).joinedload(Report.project))
    )
    pictures: Sequence[Photo | Video] = session.scalars(query).all()
    seals = _seals(session, {each.report.number for each in pictures if each.report.number is not None})
    return [(each.id, list(_of_picture(each, seals))) for each in pictures]


def _of_picture(picture: Photo | Video, seals: dict[str, frozenset[str]]) -> Iterator[Kept]:
    report, film = picture.report, picture.film if isinstance(picture, Video) else {}
    kind = "video" if isinstance(picture, Video) else "photo"
    where = f"report {report.number or f'#{report.id}'} ({report.project.name}), {kind} #{picture.id}"
    on_record = picture.removed_at is None and report.state is ReportState.PUBLISHED
    yield Kept(
        space=Space.SEALED,
        name=picture.original_name,
        where=f"{where}, original",
        size=picture.original_bytes,
        salt=picture.seal_salt,
        seals=seals.get(report.number or "", frozenset()) if on_record else frozenset(),
    )
    yield from _for_desks([*picture.renditions, *([film] if film else [])], where)


def _for_desks(files: Iterable[dict[str, Any]], where: str) -> Iterator[Kept]:
    for each in files:
        yield Kept(
            space=Space.STAGED,
            name=each["name"],
            where=f"{where}, {_edge(each)} for desks",
            size=each["bytes"],
        )


def _crediting(session: Session, after: int) -> list[tuple[int, list[Kept]]]:
    """Signed renditions of photos that are about to be published. Their names stand before their files do, so what is
    missing here is not looked for: only what is there is kept."""
    query = (
        select(Crediting).where(Crediting.decision_id > after).order_by(Crediting.decision_id).limit(BATCH)
    )
    return [
        (
            row.decision_id,
            [
                Kept(
                    space=Space.STAGED,
                    name=name,
                    where=f"decision #{row.decision_id}, about to be published",
                    maybe=True,
                )
                for name in row.names
            ],
        )
        for row in session.scalars(query)
    ]


def _archive_photos(session: Session, after: int) -> list[tuple[int, list[Kept]]]:
    """Photos of old archives that wait for their notes."""
    query = select(ArchivePhoto).where(ArchivePhoto.id > after).order_by(ArchivePhoto.id).limit(BATCH)
    return [(row.id, list(_of_archive_photo(row))) for row in session.scalars(query)]


def _of_archive_photo(row: ArchivePhoto) -> Iterator[Kept]:
    where, told = f"photo #{row.id} of an archive that is being imported", row.developed
    original = f"{row.sha256}.{SEALED_AS[told['format']]}"
    yield Kept(space=Space.SEALED, name=original, where=f"{where}, original", size=told["bytes"])
    yield from _for_desks(told["renditions"], where)


def _seals(session: Session, numbers: set[str]) -> dict[str, frozenset[str]]:
    """What the record says of the originals of these reports, over all their versions that still have a document."""
    items = {report_item(number): number for number in numbers}
    rows = session.execute(
        select(Entry.item, Opening.document)
        .join(Opening, Opening.seq == Entry.seq)
        .where(Entry.item.in_(list(items)))
    )
    found: dict[str, set[str]] = {}
    for item, document in rows:
        pictures = _pictures(json.loads(document))
        found.setdefault(items[item], set()).update(picture["original"] for picture in pictures)
    return {number: frozenset(seals) for number, seals in found.items()}


def _count_entries(session: Session) -> int:
    return session.scalars(select(func.count(func.distinct(PublicMedia.seq)))).one()


def _entries(session: Session, after: int) -> list[tuple[int, list[Kept]]]:
    """What entries of the record show to everybody. The document is what counts, and it is itself compared with what
    the log committed to; a name that only a row knows is named all the same, and said."""
    seqs = session.scalars(
        select(PublicMedia.seq)
        .where(PublicMedia.seq > after)
        .distinct()
        .order_by(PublicMedia.seq)
        .limit(BATCH)
    ).all()
    names: dict[int, list[str]] = {seq: [] for seq in seqs}
    for seq, name in session.execute(
        select(PublicMedia.seq, PublicMedia.name).where(PublicMedia.seq.in_(seqs)).order_by(PublicMedia.name)
    ):
        names[seq].append(name)
    opened = {
        row.seq: row
        for row in session.execute(
            select(Entry.seq, Entry.item, Entry.commit, Opening.salt, Opening.document)
            .outerjoin(Opening, Opening.seq == Entry.seq)
            .where(Entry.seq.in_(seqs))
        )
    }
    return [(seq, list(_of_entry(opened[seq], names[seq]))) for seq in seqs]


def _of_entry(entry: Any, names: Sequence[str]) -> Iterator[Kept]:
    where = f"entry {entry.seq} of the record ({entry.item})"
    document = json.loads(entry.document) if entry.document else {}
    shown = {each["name"]: each for picture in _pictures(document) for each in _files(picture)}
    honest = bool(entry.document) and opens(entry.salt, entry.document, entry.commit)
    for name in names:
        told = shown.get(name)
        wrong = "" if honest else "the document is not what the log committed to"
        if told is None:
            wrong = wrong or "the document shows no such file"
        yield Kept(
            space=Space.PUBLIC,
            name=name,
            where=f"{where}, {_edge(told)}" if told else where,
            size=told["bytes"] if told else None,
            wrong=wrong,
        )


def _pictures(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The photos and videos that a document shows."""
    return [*document.get("photos", ()), *document.get("videos", ())]


def _files(picture: dict[str, Any]) -> list[dict[str, Any]]:
    return [*picture["renditions"], *([picture["film"]] if "film" in picture else [])]


def _edge(file: dict[str, Any]) -> str:
    return f"{file['edge']} px {file['format']}" if "edge" in file else "film"


SOURCES: tuple[Source, ...] = (
    Source(count=partial(_count, Photo), rows=partial(_pictures_of_reports, Photo)),
    Source(count=partial(_count, Video), rows=partial(_pictures_of_reports, Video)),
    Source(count=partial(_count, Crediting), rows=_crediting),
    Source(count=_count_entries, rows=_entries),
    Source(count=partial(_count, ArchivePhoto), rows=_archive_photos),
)
