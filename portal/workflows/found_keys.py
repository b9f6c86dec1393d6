"""The log's keys: the first ones, and those that take the place of others."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from portal.record.log import head, iso
from portal.record.notes import Note
from portal.record.signed import generations, statement_text
from portal.record.signing import SigningKeys
from portal.record.tables import LogKey


class KeysDiffer(Exception):
    """The record knows other keys than these."""


def found_keys(session: Session, keys: SigningKeys, *, now: dt.datetime) -> bool:
    """Make these the log's first keys, unless they are already its keys. True when they were made so. Raises
    `KeysDiffer` when the log has others."""
    known = generations(session)
    if known:
        if known[-1].keys != keys.public:
            raise KeysDiffer(f"the record knows other keys, of {known[-1].at:%Y-%m-%d}")
        return False
    _stand(session, keys, before=None, number=1, now=now)
    return True


def replace_keys(session: Session, keys: SigningKeys, *, before: SigningKeys, now: dt.datetime) -> None:
    """From now on `keys` sign, and the statement that says so is signed by both. Raises `KeysDiffer`."""
    known = generations(session)
    if not known or known[-1].keys != before.public or keys.name != before.name:
        raise KeysDiffer("the keys to be replaced are not those that the record knows")
    _stand(session, keys, before=before, number=known[-1].number + 1, now=now)


def _stand(
    session: Session, keys: SigningKeys, *, before: SigningKeys | None, number: int, now: dt.datetime
) -> None:
    since = head(session).size
    text = statement_text(keys=keys.public, number=number, since=since, at=iso(now))
    signers = [keys] if before is None else [before, keys]
    note = Note(text=text, signatures=tuple(each.sign(text) for each in signers))
    session.add(
        LogKey(
            id=number,
            name=keys.name,
            ed25519=keys.public[0].line,
            ml_dsa=keys.public[1].line,
            since=since,
            at=now,
            statement=str(note),
        )
    )
