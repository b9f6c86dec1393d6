"""Photos coming in through a form: each file is judged on its own, and a bad one stops no other."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from flask import Request
from werkzeug.datastructures import FileStorage

from portal.adapters.spool import Arrival
from portal.database import DatabaseBusy, DatabaseFull, DatabaseGone
from portal.domain.errors import Refused
from portal.domain.progress import MAX_PHOTO_BYTES, MAX_PHOTOS, Photo
from portal.domain.wording import clean
from portal.imaging.darkroom import DarkroomUnavailable
from portal.imaging.developed import PhotoRefused
from portal.ports import Received, StoreBroken, StoreFull
from portal.web.desk import find, now, portal, reading, writing
from portal.web.language import _
from portal.web.unit_desk.attempts import counted
from portal.web.unit_desk.claimed import claimed_in
from portal.web.unit_desk.own import own_report
from portal.web.unit_desk.room import full_words, refuse_beyond_day
from portal.web.words import PHOTO_REFUSALS, refusal_words
from portal.workflows.capture_photo import Claimed, keep_claim
from portal.workflows.draft_photos import Developed, add_photo, uploads_of
from portal.workflows.keep_pace import count_or_refuse
from portal.workflows.receive_photo import receive_photo
from portal.workflows.resume_upload import finish_upload

NOTHING = Claimed()
REPLACES = re.compile(r"(?:taken-)?replace-(\d{1,18})")
FROM_VIEW = re.compile(r"photos-view-(\d{1,4})")
ADDS = ("photos", "taken")  # chosen files, or one that the camera of the page has taken


@dataclass(frozen=True, kw_only=True)
class NotTaken:
    """A file that was not taken: its name, and why in a sentence that cures. full: there was no room for it."""

    name: str
    said: str
    full: bool = False


class Unwanted(Exception):
    """This one file is not taken; the argument is a sentence."""


class NoRoom(Unwanted):
    """Not now, because the disk is full or nearly so."""


class Arrived(Protocol):
    """A file that came with a form, or in pieces; as `Arrival` says it."""

    @property
    def too_large(self) -> bool: ...

    @property
    def full(self) -> bool: ...

    @property
    def size(self) -> int: ...

    def finish(self) -> Received: ...


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One chosen file. replaces: the id of the photo whose place it takes; view: the number of the view from which
    it was taken; claimed: what the phone said of it; key: of the upload in pieces that it was."""

    name: str
    arrival: Arrived
    replaces: int | None
    view: int | None = None
    claimed: Claimed = NOTHING
    key: str = ""


def uploads(request: Request) -> list[Upload]:
    """The chosen files of a request, in order; inputs left empty are none."""
    found = []
    for field, storage in request.files.items(multi=True):
        replaces, view = REPLACES.fullmatch(field), FROM_VIEW.fullmatch(field)
        if storage.filename and (field in ADDS or replaces or view):
            found.append(
                Upload(
                    name=clean(storage.filename, limit=200),
                    arrival=_arrival(storage),
                    replaces=int(replaces[1]) if replaces else None,
                    view=int(view[1]) if view else None,
                )
            )
    if len(found) == 1:  # what is said beside several files would be said of none in particular
        found = [dataclasses.replace(found[0], claimed=claimed_in(request.form))]
    return found


def take_in(report_id: int, chosen: list[Upload]) -> list[NotTaken]:
    """Take every file that can be taken; name the others."""
    not_taken = []
    for upload in chosen:
        try:
            take_one(report_id, upload)
        except Unwanted as why:
            full = isinstance(why, NoRoom)
            not_taken.append(NotTaken(name=upload.name, said=str(why), full=full))
    return not_taken


def take_one(report_id: int, upload: Upload) -> int:
    """Take one file into the report; the id of its photo. Raises `Unwanted`."""
    try:
        _refuse_early(report_id, upload)
        developed = _develop(upload)
        with writing() as (session, actor):
            report = own_report(session, report_id, actor)
            refuse_beyond_day(session, report, more=developed.bytes, alone=True)
            replaces = find(session, Photo, upload.replaces) if upload.replaces else None
            at = now()
            photo = add_photo(
                session,
                report=report,
                arrived=developed,
                actor=actor,
                now=at,
                replaces=replaces,
                view=next((view for view in report.project.views if view.ordinal == upload.view), None),
            )
            session.flush()
            keep_claim(session, photo=photo, claimed=upload.claimed, actor=actor, now=at)
            if photo.id == upload.replaces:
                raise Unwanted(_("这就是被退回的那一张。另拍一张再换。"))
            finish_upload(session, key=upload.key, taken=photo)
            return photo.id
    except PhotoRefused as refused:
        raise Unwanted(PHOTO_REFUSALS[refused.refusal.value]()) from refused
    except (StoreFull, DatabaseFull) as full:
        raise NoRoom(full_words()) from full
    except StoreBroken as broken:
        raise Unwanted(PHOTO_REFUSALS["not_kept"]()) from broken
    except (DatabaseBusy, DatabaseGone) as busy:
        raise Unwanted(PHOTO_REFUSALS["busy"]()) from busy
    except DarkroomUnavailable as crashed:
        raise Unwanted(PHOTO_REFUSALS["crashed"]()) from crashed
    except Refused as refused:
        raise Unwanted(PHOTO_REFUSALS.get(refused.code, _in_words(refused))()) from refused


def _refuse_early(report_id: int, upload: Upload) -> None:
    """What can be refused without developing the photo; what cannot is counted against the person's pace."""
    if upload.arrival.too_large or upload.arrival.size > MAX_PHOTO_BYTES:
        raise Unwanted(PHOTO_REFUSALS["too_large"]())
    if upload.arrival.full:
        raise NoRoom(full_words())
    with reading() as (session, actor):
        report = own_report(session, report_id, actor)
        if upload.replaces is None and len(report.photos) >= MAX_PHOTOS:
            raise Unwanted(PHOTO_REFUSALS["too_many_photos"]())
        refuse_beyond_day(session, report, more=upload.arrival.size)
        pace = uploads_of(actor)
    count_or_refuse(portal().limits, pace, code="too_many_uploads", now=now())


def _develop(upload: Upload) -> Developed:
    received = upload.arrival.finish()
    try:
        with counted(received, file_name=upload.name):
            return receive_photo(
                received=received, file_name=upload.name, darkroom=portal().darkroom, media=portal().media
            )
    finally:
        portal().spool.discard(received)


def _arrival(storage: FileStorage) -> Arrival:
    arrival = storage.stream
    assert isinstance(arrival, Arrival), "uploads arrive through the spool"
    return arrival


def _in_words(refused: Refused) -> Callable[[], str]:
    return lambda: refusal_words(refused)
