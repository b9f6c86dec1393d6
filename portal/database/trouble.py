"""Trouble with the database in our own words, whichever database it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm.exc import StaleDataError


class DatabaseBusy(Exception):
    """Others hold the database; the act was not done and may be tried again."""


class DatabaseConflict(DatabaseBusy):
    """Another act came first and this one was undone whole. Trying again at once may well succeed."""


class DatabaseFull(Exception):
    """No room left on the database's disk; the act was not done."""


class DatabaseGone(Exception):
    """The database does not answer. An act in its very last moment may have been done: look before repeating."""


class NeverStored(ValueError):
    """A value was asked for or given that no row can hold: a number beyond the column, a NUL in a text."""


TROUBLE = (DatabaseBusy, DatabaseFull, DatabaseGone)


# SQLSTATE of PostgreSQL, by its beginning → what it is to us.
_STATES: tuple[tuple[str, type[Exception]], ...] = (
    ("40001", DatabaseConflict),  # serialisation failure, or a replica that must go on
    ("40P01", DatabaseConflict),  # deadlock
    ("55P03", DatabaseBusy),  # lock not available in time
    ("57014", DatabaseBusy),  # statement took too long
    ("53300", DatabaseBusy),  # too many connections
    ("53", DatabaseFull),  # disk or memory
    ("57P", DatabaseGone),  # shutting down, crashed, starting
    ("08", DatabaseGone),  # connection
    ("25P03", DatabaseGone),  # ended after idling in a transaction
    ("22003", NeverStored),  # number out of range
    ("22021", NeverStored),  # no character
)


@contextmanager
def in_our_words() -> Iterator[None]:
    """What fails inside this block fails as one of `TROUBLE`, or as `NeverStored`, where that is what it is."""
    try:
        yield
    except StaleDataError as error:
        raise DatabaseConflict(str(error)) from error
    except PoolExhausted as error:
        raise DatabaseBusy("every connection is in use") from error
    except DBAPIError as error:
        said = (
            _sqlite_words(error.orig) if isinstance(error.orig, sqlite3.Error) else _postgresql_words(error)
        )
        if said is None:
            raise
        raise said from error
    except OverflowError as error:  # a number that SQLite cannot even compare
        raise NeverStored(str(error)) from error
    except sqlite3.OperationalError as error:
        raise (_sqlite_words(error) or DatabaseGone(str(error))) from error


def _sqlite_words(error: BaseException) -> Exception | None:
    text = str(error)
    if not isinstance(error, sqlite3.OperationalError):
        return None
    if "locked" in text or "busy" in text:
        return DatabaseBusy(text)
    if "disk I/O error" in text or "readonly" in text:
        return DatabaseGone(text)
    return DatabaseFull(text) if "full" in text else None


def _postgresql_words(error: DBAPIError) -> Exception | None:
    state, text = getattr(error.orig, "sqlstate", None), str(error.orig)
    if state is None and "NUL" in text:  # the driver's own refusal
        return NeverStored(text)
    if state is None:
        return DatabaseGone(text) if error.connection_invalidated or _is_connecting(error) else None
    return next((kind(text) for begins, kind in _STATES if state.startswith(begins)), None)


def _is_connecting(error: DBAPIError) -> bool:
    """Whether a connection could not be made: such an error belongs to no statement."""
    return error.statement is None and type(error.orig).__name__ in ("OperationalError", "ConnectionTimeout")
