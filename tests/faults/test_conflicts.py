"""Two acts on one row at once, on PostgreSQL: the one that came second is done again from its beginning, and
sees what the first has done."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from config import Settings
from portal.database import TRIES, Database, DatabaseConflict
from portal.domain.organisation import Person
from portal.web.app import create_app
from portal.wiring import Portal, wire
from tests.browsing import Browser
from tests.conftest import Clock
from tests.postgresql_server import PostgreSQLServer
from tests.services import needs
from tests.small_district import build


@pytest.fixture
def together(settings: Settings, clock: Clock) -> Iterator[Portal]:
    """The district on PostgreSQL, where writers go side by side."""
    server = PostgreSQLServer(needs("PORTAL_TEST_POSTGRESQL"))
    name = server.migrated()
    addresses = {"database_url": server.web_url(name), "database_owner_url": ""}
    portal = wire(settings.model_copy(update=addresses), now=clock)
    build(portal, now=clock())
    yield portal
    portal.close()
    server.drop(name)


def person_id(portal: Portal, login: str) -> int:
    with portal.database.reading() as session:
        return session.scalars(select(Person.id).where(Person.login == login)).one()


@dataclass
class Crossed:
    """An act that changes a person, put where a page stands. The first `crossings` times another process
    changes the same person in the middle of it."""

    portal: Portal
    person: int
    crossings: int
    tries: int = 0

    def act(self) -> str:
        self.tries += 1
        with self.portal.database.writing() as session:
            person = session.get_one(Person, self.person)
            if self.tries <= self.crossings:
                self._somebody_else()
            person.title = f"{person.title}，调任"
        return "done"

    def _somebody_else(self) -> None:
        other = Database(self.portal.settings.database_url)
        with other.writing() as session:
            session.get_one(Person, self.person).title = f"第 {self.tries} 次"
        other.close()

    def asked(self) -> TestResponse:
        front = create_app(self.portal)
        front.flask.view_functions["public_home.home"] = self.act
        return Browser(front).get("/")

    def title(self) -> str:
        with self.portal.database.reading() as session:
            return session.get_one(Person, self.person).title


def test_an_act_that_lost_to_another_is_done_again_on_what_the_other_left(together):
    act = Crossed(together, person_id(together, "reporter"), crossings=1)
    assert act.asked().status_code == 200
    assert (act.tries, act.title()) == (2, "第 1 次，调任")


def test_an_act_that_named_the_version_it_saw_is_told_that_it_is_another_now(together):
    person = person_id(together, "reporter")
    page, admin = f"/desk/admin/people/{person}", Browser(create_app(together))
    assert admin.sign_in("admin").status_code == 303
    token, crossed = admin.token(page), Crossed(together, person, crossings=1, tries=1)
    with together.database.reading() as session:
        version = session.get_one(Person, person).version_id
    with just_before_it_is_written(together, crossed._somebody_else):
        answer = admin.post(f"{page}/disable", data={"csrf_token": token, "version": str(version)})
    assert answer.status_code == 409
    with together.database.reading() as session:
        assert session.get_one(Person, person).disabled_at is None


def test_an_act_that_loses_again_and_again_is_answered_503_and_was_not_done(together):
    act = Crossed(together, person_id(together, "reporter"), crossings=100)
    answer = act.asked()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert (act.tries, act.title()) == (TRIES, f"第 {TRIES} 次")


def test_what_was_partly_committed_is_never_done_again(together):
    once = Crossed(together, person_id(together, "reporter"), crossings=0)

    def half() -> str:
        once.act()
        raise DatabaseConflict("another came first")

    front = create_app(together)
    front.flask.view_functions["public_home.home"] = half
    assert Browser(front).get("/").status_code == 503
    assert once.tries == 1


@contextlib.contextmanager
def just_before_it_is_written(portal: Portal, act: Callable[[], None]) -> Iterator[None]:
    """Do something once, just before the first change of a person goes to the database."""
    done: list[str] = []

    def first(_connection, _cursor, statement, _parameters, _context, _many) -> None:
        if statement.startswith("UPDATE person SET") and not done:
            done.append(statement)
            act()

    event.listen(portal.database.engine, "before_cursor_execute", first)
    yield
    event.remove(portal.database.engine, "before_cursor_execute", first)
    assert done, "nothing was written"
