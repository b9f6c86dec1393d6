"""Somebody who keeps photos and rows as the portal does, and says of each when it is acknowledged. Run as a process of
its own: `python -m tests.faults.acknowledging FOLDER HOW`; HOW is `honest`, or what is left out to show that the test
would notice: `no-fsync` of files, or `normal`, SQLite's `synchronous=NORMAL`.

One line for each acknowledged photo goes to standard output, by one write: `<number> <name>`.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import itertools
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from portal.adapters.local_media import LocalMediaStore
from portal.adapters.spool import Spool
from portal.database import Database
from portal.ports import Space
from portal.record import log
from portal.record.log import Disclosed

LARGEST = 60_000  # bytes of a photo


def main() -> None:
    folder, how = Path(sys.argv[1]), sys.argv[2]
    if how == "no-fsync":
        os.fsync = lambda _descriptor: None  # type: ignore[assignment]
    database = database_in(folder, normal=how == "normal")
    media, spool = LocalMediaStore(folder / "media"), Spool(folder / "media" / "spool")
    first = last_number(database) + 1
    for number in itertools.count(first):
        data = number.to_bytes(8, "big") + os.urandom(secrets.randbelow(LARGEST))
        name = f"{hashlib.sha256(data).hexdigest()}.jpg"
        received = spool.keep(io.BytesIO(data))
        media.take(Space.SEALED, name, received)
        media.put(Space.STAGED, name, data)
        spool.discard(received)
        with database.writing() as session:
            media.publish(name)
            log.publish(session, _shown(number, name), at=log_time(number))
        os.write(1, f"{number} {name}\n".encode())  # from now on it may never be lost


def database_in(folder: Path, *, normal: bool = False) -> Database:
    database = Database(f"sqlite:///{folder / 'portal.sqlite'}")
    if normal:
        event.listen(database.engine, "connect", _less_careful)
    return database


def last_number(database: Database) -> int:
    with database.reading() as session:
        head = log.head(session)
        return 0 if head is None else head.size


def log_time(number: int) -> dt.datetime:
    return dt.datetime(2026, 11, 24, tzinfo=dt.UTC) + dt.timedelta(seconds=number)


def _less_careful(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")


def _shown(number: int, name: str) -> Disclosed:
    photo = {"renditions": [{"name": name}]}
    document = {"title": name, "dated": "2026-11-24", "photos": [photo]}
    return Disclosed(item=f"report/2026-{number:06d}", kind="report", document=document)


if __name__ == "__main__":
    main()
