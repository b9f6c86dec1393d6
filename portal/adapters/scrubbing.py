"""Writing the files of a database anew, so that they hold nothing of what was deleted."""

from __future__ import annotations

from sqlalchemy import text

from portal.database import Database, DatabaseBusy

# Where words of what is withdrawn have stood.
TABLES = ("record_opening", "record_shelf", "record_media", "report", "photo", "return_reason", "job")
ANY_SIZE = 2**62


def scrub(owner: Database) -> None:
    """As the role that owns the tables. SQLite is written anew whole, PostgreSQL table by table, each locked
    meanwhile. Raises `DatabaseBusy` when readers stay in the way."""
    if owner.path is not None:
        if not owner.scrub(most_bytes=ANY_SIZE):
            raise DatabaseBusy("somebody reads the database for long; try again")
        return
    with owner.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        quoted = connection.dialect.identifier_preparer.quote
        for table in TABLES:
            connection.execute(text(f"VACUUM (FULL) {quoted(table)}"))
