"""What nothing names goes, in two steps; what anything names stays, whatever happened to rows and files."""

from __future__ import annotations

import datetime as dt
import os
import random
import time

import pytest
from sqlalchemy import select

from portal.adapters.local_media import LocalMediaStore
from portal.domain.audit import AuditEntry
from portal.domain.progress import Photo
from portal.ports import MediaMissing, Space
from portal.queries.kept_media import BATCH, Place, every_kept, names_in_use, next_kept
from portal.queries.named import Named
from portal.worker import tend_media
from portal.worker.tending import _sweep
from portal.workflows.sweep_media import key_of, restore
from tests.buckets import needs_folder
from tests.ports.test_media_store import name_of
from tests.web.public.conftest import withdraw  # noqa: F401

pytestmark = needs_folder
DAY = 86400
ROOMS = (*(space.value for space in Space),)


def age_everything(store: LocalMediaStore, *, days: float) -> None:
    """As if all files, those in quarantine too, had lain there for so long."""
    then = time.time() - days * DAY
    for path in store.root.rglob("*"):
        if path.is_file() and "record" not in path.parts:
            os.utime(path, (then, then))


def there(store: LocalMediaStore) -> set[str]:
    return {key_of(space, name) for space in Space for name in store.names(space)}


def in_use(portal) -> set[str]:
    with portal.database.reading() as session:
        return {key_of(kept.space, kept.name) for kept in every_kept(session)}


def orphan(portal, data: bytes, *, space: Space = Space.SEALED) -> str:
    portal.media.put(space, name_of(data), data)
    return key_of(space, name_of(data))


def test_a_forgotten_file_is_set_aside_and_later_destroyed_and_named_ones_stay(portal, district):
    district.published(photos=2)
    district.draft(photos=1, code=district.projects[1], login="stranger")
    lost, named = orphan(portal, b"nobody names me"), in_use(portal)
    assert _sweep(portal).set_aside == []  # it is young: its row may come yet
    age_everything(portal.media, days=8)
    assert _sweep(portal).set_aside == [lost]
    assert there(portal.media) == named
    assert _sweep(portal).destroyed == []  # it has just come
    age_everything(portal.media, days=8)
    assert _sweep(portal).destroyed == [lost]
    assert list(portal.media.quarantine.files()) == []
    assert there(portal.media) == named


def test_the_trail_says_what_went(portal, district, clock):
    lost = orphan(portal, b"x")
    age_everything(portal.media, days=8)
    _sweep(portal)
    with portal.database.reading() as session:
        said = session.scalars(select(AuditEntry).where(AuditEntry.act == "sweep_media")).one()
    assert said.actor_id is None
    assert said.detail == {"set_aside": {"count": 1, "first": [lost]}}


def test_what_is_set_aside_can_be_restored_by_name(portal, district, clock):
    lost = orphan(portal, b"wanted after all")
    age_everything(portal.media, days=8)
    _sweep(portal)
    name = lost.partition("/")[2]
    with portal.database.writing() as session:
        assert restore(session, media=portal.media, name=name, now=clock()) == [Space.SEALED]
    assert lost in there(portal.media)
    assert _sweep(portal).set_aside == []  # it counts as written now
    with pytest.raises(MediaMissing), portal.database.writing() as session:
        restore(session, media=portal.media, name=name, now=clock())


def test_what_is_named_and_lies_in_quarantine_is_put_back(portal, district):
    district.published(photos=1)
    named = in_use(portal)
    for key in named:
        space, _, name = key.partition("/")
        portal.media.quarantine.set_aside(Space(space), name, older_than_seconds=-DAY)
    assert there(portal.media) == set()
    age_everything(portal.media, days=30)
    assert set(_sweep(portal).put_back) == named
    assert there(portal.media) == named


def test_a_changed_copy_of_what_is_missing_is_neither_put_back_nor_destroyed(portal, district):
    district.draft(photos=1)
    key = next(each for each in in_use(portal) if each.startswith("sealed/"))
    name = key.partition("/")[2]
    portal.media.quarantine.set_aside(Space.SEALED, name, older_than_seconds=-DAY)
    aside = next((portal.media.root / "quarantine" / "sealed").rglob(name))
    aside.write_bytes(b"something else")
    age_everything(portal.media, days=30)
    swept = _sweep(portal)
    assert (swept.kept, swept.put_back, swept.destroyed) == ([key], [], [])
    assert aside.exists()


def test_an_original_outlives_the_withdrawal_of_its_report_and_its_renditions_do_not(
    portal,
    district,
    withdraw,  # noqa: F811
):
    number = district.published(photos=2)
    withdraw(number)
    age_everything(portal.media, days=400)
    _sweep(portal)
    left = there(portal.media)
    assert {key.partition("/")[0] for key in left} == {"sealed"}
    assert len(left) == 2


def test_the_worker_sweeps_once_a_day(portal, district, clock):
    tend_media(portal)
    lost = orphan(portal, b"x")
    age_everything(portal.media, days=8)
    clock.forward(hours=20)
    tend_media(portal)
    assert lost in there(portal.media)
    clock.forward(hours=5)
    tend_media(portal)
    assert lost not in there(portal.media)


def _random_rows(portal, report_id, contents, rng, *, now):
    """Rows of photos, removed ones too, that name some of these contents."""
    with portal.database.writing() as session:
        first = session.scalars(select(Photo).where(Photo.report_id == report_id)).one()
        pattern = {c.name: getattr(first, c.name) for c in Photo.__table__.columns if c.name != "id"}
        for content in rng.sample(contents, 15):
            name = name_of(content)
            names = [name_of(c, "avif") for c in rng.sample(contents, 3)]
            session.add(
                Photo(
                    **pattern
                    | {
                        "original_sha256": name.partition(".")[0],
                        "renditions": [{**pattern["renditions"][0], "name": each} for each in names],
                        "removed_at": rng.choice([None, now]),
                    }
                )
            )


@pytest.mark.parametrize("seed", range(5))
def test_nothing_named_ever_goes_in_whatever_state_rows_and_files_are(portal, district, seed, clock):
    """Random rows, orphans, ages and files put in quarantine by hand; three sweeps, each after random days."""
    rng = random.Random(f"sweep {seed}")
    contents = [f"{seed} {number}".encode() for number in range(40)]
    _random_rows(portal, district.draft(photos=1), contents, rng, now=clock())
    for content in contents:
        for space in Space:
            if rng.random() < 0.8:
                portal.media.put(space, name_of(content, rng.choice(["jpg", "avif"])), content)
    named = in_use(portal) & there(portal.media)
    for key in list(there(portal.media)):
        space, _, name = key.partition("/")
        if rng.random() < 0.2:
            portal.media.quarantine.set_aside(Space(space), name, older_than_seconds=-DAY)
        elif rng.random() < 0.7:
            then = time.time() - rng.uniform(0, 20) * DAY
            os.utime(portal.media.path(Space(space), name), (then, then))
    for _ in range(3):
        _sweep(portal)
        assert named <= there(portal.media)
        for each in portal.media.quarantine.files():
            then = time.time() - rng.uniform(0, 20) * DAY
            os.utime(
                portal.media.root / "quarantine" / each.space.value / each.name[:2] / each.name, (then, then)
            )
    age_everything(portal.media, days=30)
    _sweep(portal)
    assert there(portal.media) == named  # and everything else is gone from sight


def test_pages_of_rows_name_everything_once_and_in_order(portal, district):
    district.published(photos=3)
    place, kept, steps = Place(), [], 0
    with portal.database.reading() as session:
        whole = list(every_kept(session))
        while (found := next_kept(session, place)) is not None:
            batch, place, _rows = found
            kept += batch
            place = Place.parse(str(place))
            steps += 1
    assert kept == whole
    assert BATCH > steps > 1
    assert all(each.wrong == "" for each in whole)


def test_a_set_of_names_never_says_no_to_one_that_is_in_it():
    names = [name_of(str(number).encode()) for number in range(5000)]
    named = Named(len(names))
    for name in names:
        named.add(name)
    assert all(name in named for name in names)
    others = [name_of(f"other {number}".encode()) for number in range(5000)]
    assert sum(name in named for name in others) < 50  # a hundredth would be ten times too many


def test_among_a_few_names_those_in_use_are_told_exactly(portal, district):
    district.draft(photos=1)
    some = sorted(in_use(portal))[0]
    with portal.database.reading() as session:
        _named, found = names_in_use(session, among=[some, "sealed/" + name_of(b"x")])
    assert found == {some}


def test_a_clock_that_was_moved_back_does_not_stop_the_sweeping(portal, district, clock):
    tend_media(portal)
    clock.at -= dt.timedelta(days=40)
    lost = orphan(portal, b"x")
    age_everything(portal.media, days=8)
    tend_media(portal)
    assert lost not in there(portal.media)
