"""Who is signed in. The one module that knows flask-login."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

from flask import Flask, current_app, g, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.database import TROUBLE
from portal.domain.access import ABSOLUTE, IDLE, SignIn, secret_hash
from portal.domain.organisation import Person
from portal.workflows.sign_in import SEEN_EVERY, keep_alive


@dataclass(frozen=True)
class Visitor(UserMixin):  # type: ignore[misc]
    """The signed-in person as pages need them. `token` names this sign-in, never shown."""

    token: str
    id: int
    name: str
    title: str
    role: str
    unit: str
    body: str
    seconds_left: int

    def get_id(self) -> str:
        return self.token


def me() -> Visitor | None:
    """The person behind this request, if they are signed in."""
    return cast(Visitor, current_user._get_current_object()) if current_user.is_authenticated else None


def let_in(token: str) -> None:
    """Give this browser a fresh session that holds the sign-in's token."""
    session.clear()
    visitor = _load(token)
    assert visitor is not None
    login_user(visitor)


def let_out() -> None:
    """Forget everything this browser's session held."""
    logout_user()
    session.clear()


def _load(token: str) -> Visitor | None:
    portal = current_app.extensions["portal"]
    now = portal.now()
    with portal.database.reading() as reading:
        row = reading.scalars(
            select(SignIn)
            .where(SignIn.token_hash == secret_hash(token))
            .options(
                joinedload(SignIn.person).joinedload(Person.unit),
                joinedload(SignIn.person).joinedload(Person.body),
            )
        ).first()
        if row is None or not row.open_at(now):
            return None
        person, seen_at = row.person, row.seen_at
        left = min(IDLE, row.created_at + ABSOLUTE - now)
    if now - seen_at >= SEEN_EVERY:
        # A house that is busy for a moment must not turn away what somebody has just typed.
        with suppress(*TROUBLE), portal.database.writing() as writing:
            keep_alive(writing, token=token, now=now)
    return Visitor(
        token=token,
        id=person.id,
        name=person.name,
        title=person.title,
        role=person.role.value,
        unit=person.unit.name if person.unit else "",
        body=person.body.name if person.body else "",
        seconds_left=int(left.total_seconds()),
    )


def install(app: Flask) -> None:
    manager = LoginManager(app, add_context_processor=False)
    # We remember nobody, so windows need not look at the session at all (and their answers need not vary by it).
    app.after_request_funcs[None].remove(manager._update_remember_cookie)
    manager.session_protection = None  # the sign-in row is the truth; addresses of phones change
    manager.user_loader(_load_once)


def _load_once(token: str) -> Any:
    if "visitor" not in g:
        g.visitor = _load(token)
    return g.visitor
