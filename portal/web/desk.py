"""What every desk is built on: its transactions, its actor, its place in the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import current_app, flash, get_flashed_messages, request, url_for
from sqlalchemy.orm import Session

from portal.domain.errors import NoSuchThing
from portal.domain.organisation import Person
from portal.record import log
from portal.record.tables import Head
from portal.web.doors import ROLES, Audience
from portal.web.language import _, window_path
from portal.web.signed_in import Visitor, me

if TYPE_CHECKING:
    from portal.wiring import Portal

T = TypeVar("T")

HOMES = {
    "reporter": "/desk/unit",
    "head": "/desk/unit",
    "supervisor": "/desk/supervision",
    "leader": "/desk/leader",
    "administrator": "/desk/admin",
}


def portal() -> Portal:
    return cast("Portal", current_app.extensions["portal"])


def now() -> dt.datetime:
    return portal().now()


@contextmanager
def writing() -> Iterator[tuple[Session, Person]]:
    """A transaction with the signed-in person in it; commits when the block ends well."""
    with portal().database.writing() as session:
        yield session, actor(session)


@contextmanager
def reading() -> Iterator[tuple[Session, Person]]:
    """A picture of the house with the signed-in person in it; nothing can be written."""
    with portal().database.reading() as session:
        yield session, actor(session)


def actor(session: Session) -> Person:
    """The signed-in person in this session."""
    visitor = me()
    assert visitor is not None, "a desk page was reached without a door"
    return session.get_one(Person, visitor.id)


def find(session: Session, kind: type[T], key: object) -> T:
    """The row under this key. Raises `NoSuchThing`, which is answered as 404."""
    found = session.get(kind, key)
    if found is None:
        raise NoSuchThing("no_such_thing")
    return found


def say(text: str, tone: str = "green") -> None:
    """A sentence for the next page."""
    flash(text, tone)


def home() -> str:
    visitor = me()
    return window_path(HOMES[visitor.role]) if visitor else window_path("/")


def desk_context() -> dict[str, Any]:
    """What desk pages expect on top of every page (see docs/look.md); nothing for windows."""
    blueprint = request.blueprint or ""
    if blueprint.startswith("public") or request.endpoint in (None, "static"):
        return {}
    visitor = me()
    context: dict[str, Any] = {"flashes": get_flashed_messages(with_categories=True)}
    if visitor is not None:
        context["head"] = _head()
        context["room_short"] = _room_short()
        context["desk"] = {
            "name": visitor.unit or visitor.body or _("工作台"),
            "person": visitor.name,
            "home": home(),
            "idle_seconds": visitor.seconds_left,
            "phone": _phone(visitor) if visitor.role in ROLES[Audience.UNIT] else None,
        }
        context["nav"] = _nav(visitor.role)
    return context


def _phone(visitor: Visitor) -> dict[str, Any]:
    """What pages of a unit's people need to keep things on their phone and to be opened without a network."""
    return {
        "person": visitor.id,
        "manifest": url_for("unit_offline.manifest"),
        "worker": url_for("unit_offline.worker", v=current_app.extensions["build"]),
        "scope": window_path(HOMES["reporter"]),
        "kept": url_for("unit_offline.kept"),
    }


def _room_short() -> bool:
    """Whether files are not taken in now. A disk that does not even say so is reported elsewhere."""
    try:
        return portal().room.short() is not None
    except OSError:
        return False


def _head() -> Head | None:
    """The head of the record for the footer; a page that reports a failing database does without."""
    try:
        with portal().database.reading() as session:
            return log.head(session)
    except Exception:  # whatever fails here must not hide what the page has to say
        return None


def _nav(role: str) -> list[tuple[str, str, bool]]:
    unit = (("/desk/unit", _("要办的")), ("/desk/unit/reports", _("报送记录")))
    places = {
        "reporter": unit,
        "head": unit,
        "supervisor": (
            ("/desk/supervision", _("待审核")),
            ("/desk/supervision/published", _("已公开")),
            ("/desk/supervision/projects", _("台账")),
        ),
        "leader": (("/desk/leader", _("我负责的")),),
        "administrator": (
            ("/desk/admin", _("概况")),
            ("/desk/admin/plan", _("计划")),
            ("/desk/admin/people", _("人员")),
            ("/desk/admin/units", _("单位")),
            ("/desk/admin/aliases", _("别名")),
        ),
    }[role]
    here = max((where for where, _label in places if request.path.startswith(where)), key=len, default="")
    return [(window_path(where), label, where == here) for where, label in places]
