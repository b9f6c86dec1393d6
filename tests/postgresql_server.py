"""A PostgreSQL server of the tests: databases made from a migrated template, and the two roles of the portal."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets

from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from portal.adapters import schema
from portal.database import Database

WEB_ROLE = "sunlight_web"


class PostgreSQLServer:
    """Makes and drops databases. Names hold the process, so that runs beside each other do not meet."""

    def __init__(self, url: str) -> None:
        """url: of a superuser."""
        self.url = make_url(url)
        self._admin = create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        self._names = (f"test_{os.getpid()}_{secrets.token_hex(3)}_{n}" for n in itertools.count())
        with contextlib.suppress(DBAPIError):  # it is there already, or another process is making it
            self._run(f"CREATE ROLE {WEB_ROLE} LOGIN")

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))

    def create(self, *, template: str = "template0") -> str:
        """A new database; its name."""
        name = next(self._names)
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def migrated(self) -> str:
        """A new database, migrated, with the web role's rights; its name."""
        name = self.create()
        owner = Database(self.owner_url(name))
        schema.upgrade(owner)
        schema.grant(owner, web=WEB_ROLE)
        owner.close()
        return name

    def owner_url(self, name: str) -> str:
        return _said(self.url.set(database=name))

    def web_url(self, name: str) -> str:
        return self.web_url_at(_said(self.url), name)

    @staticmethod
    def web_url_at(url: str, name: str) -> str:
        """The address of the web role in a database of another server, such as a replica."""
        return _said(make_url(url).set(database=name, username=WEB_ROLE))


def _said(url: URL) -> str:
    return url.render_as_string(hide_password=False)
