"""`portal user`: people, from the machine itself."""

from __future__ import annotations

from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cli.terminal import Mishap, open_portal
from portal.domain.errors import Invalid
from portal.domain.organisation import Person, Role, SupervisionBody, Unit
from portal.workflows.manage_people import (
    Place,
    create_person,
    disable_person,
    enable_person,
    issue_link,
    move_person,
)

ROLES = click.Choice([role.value for role in Role])


@click.group()
def user() -> None:
    """Create, move, disable people, and hand out one-time links to set a password."""


@user.command("list")
@click.option("--role", type=ROLES, default=None, help="Only this role.")
def list_people(role: str | None) -> None:
    """Everybody, one line each. Example: python -m portal user list --role supervisor"""
    with open_portal() as portal, portal.database.reading() as session:
        query = select(Person).order_by(Person.login)
        if role:
            query = query.where(Person.role == Role(role))
        for person in session.scalars(query):
            where = person.unit.name if person.unit else person.body.name if person.body else ""
            state = "disabled" if person.disabled_at else "" if person.password_hash else "no password yet"
            click.echo("\t".join((person.login, person.name, person.role.value, where, state)))


@user.command()
@click.argument("login")
@click.option("--name", required=True, help="Name as it is shown.")
@click.option("--role", type=ROLES, required=True)
@click.option("--unit", default=None, help="Code of the unit (reporter, head).")
@click.option("--body", default=None, help="Name of the supervision body (supervisor).")
@click.option("--title", default="", help="Office, e.g. 副区长.")
def create(login: str, name: str, role: str, unit: str | None, body: str | None, title: str) -> None:
    """A new person; prints a one-time link path to set the password.

    Example: python -m portal user create li.wen --name 李文 --role reporter --unit 003
    """
    with open_portal() as portal, portal.database.writing() as session:
        place = _place(session, role=role, unit=unit, body=body, title=title)
        with _in_words():
            person = create_person(session, login=login, name=name, place=place, actor=None, now=portal.now())
            token = issue_link(session, person=person, actor=None, now=portal.now())
    click.echo(f"{login} was created; set a password within 48 hours at /account/link/{token}")


@user.command()
@click.argument("login")
@click.option("--role", type=ROLES, required=True)
@click.option("--unit", default=None, help="Code of the unit (reporter, head).")
@click.option("--body", default=None, help="Name of the supervision body (supervisor).")
@click.option("--title", default="", help="Office.")
def move(login: str, role: str, unit: str | None, body: str | None, title: str) -> None:
    """A new posting; the old one stays in history. Example: python -m portal user move li.wen --role head --unit 003"""
    with open_portal() as portal, portal.database.writing() as session:
        place = _place(session, role=role, unit=unit, body=body, title=title)
        with _in_words():
            move_person(
                session,
                person=_person(session, login),
                place=place,
                seen_version=None,
                actor=None,
                now=portal.now(),
            )
    click.echo(f"{login} was moved and is signed out everywhere")


@user.command()
@click.argument("login")
def disable(login: str) -> None:
    """Let somebody in no longer, at once. Example: python -m portal user disable li.wen"""
    with open_portal() as portal, portal.database.writing() as session:
        disable_person(
            session, person=_person(session, login), seen_version=None, actor=None, now=portal.now()
        )
    click.echo(f"{login} is disabled and signed out everywhere")


@user.command()
@click.argument("login")
def enable(login: str) -> None:
    """Let somebody in again. Example: python -m portal user enable li.wen"""
    with open_portal() as portal, portal.database.writing() as session:
        enable_person(
            session, person=_person(session, login), seen_version=None, actor=None, now=portal.now()
        )
    click.echo(f"{login} is enabled")


@user.command()
@click.argument("login")
def link(login: str) -> None:
    """A one-time link to set the password. Example: python -m portal user link li.wen"""
    with open_portal() as portal, portal.database.writing() as session, _in_words():
        token = issue_link(session, person=_person(session, login), actor=None, now=portal.now())
    click.echo(f"valid once, for 48 hours: /account/link/{token}")


def _person(session: Session, login: str) -> Person:
    person = session.scalars(select(Person).where(Person.login == login)).first()
    if person is None:
        raise Mishap(f"nobody has the login {login!r}; `python -m portal user list` shows all")
    return person


def _place(session: Session, *, role: str, unit: str | None, body: str | None, title: str) -> Place:
    return Place(
        role=Role(role),
        unit=_named(session, Unit, Unit.code, unit),
        body=_named(session, SupervisionBody, SupervisionBody.name, body),
        title=title,
    )


def _named(session: Session, kind: Any, column: Any, value: str | None) -> Any:
    if value is None:
        return None
    found = session.scalars(select(kind).where(column == value)).first()
    if found is None:
        raise Mishap(f"there is no {kind.__tablename__} {value!r}")
    return found


class _in_words:  # noqa: N801 - used like a keyword
    """Turns refusals of the workflows into sentences of a terminal."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Invalid):
            raise Mishap(
                "; ".join(f"{p.field}: {p.code.replace('_', ' ')}" for p in error.problems)
            ) from error
