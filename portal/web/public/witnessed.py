"""Who else has signed the record: for pages, and for the scripts and programs that check it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from portal.record.cosigning import with_lines
from portal.record.notes import Note
from portal.record.signed import newest
from portal.record.witnessing import lines_tag, lines_under
from portal.web.windows import as_of, portal


@dataclass(frozen=True, kw_only=True)
class Witnessed:
    """Who has signed the newest checkpoint. of: how many witnesses there are; enough: for the policy."""

    size: int
    of: int
    signed: tuple[tuple[str, dt.datetime], ...]
    enough: bool


def witnessed_tag() -> str:
    """Joins the validator of a page that shows this; "" where there are no witnesses, or a past day is asked for."""
    if not _shown():
        return ""
    with portal().database.viewing() as session:
        last = newest(session)
        return lines_tag(session, None if last is None else last.id)


def witnessed(session: Session) -> Witnessed | None:
    """None where there are no witnesses, nothing is signed, or a past day is asked for."""
    policy, last = portal().policy, newest(session)
    if not _shown() or policy is None or last is None:
        return None
    signed = policy.signed(with_lines(Note.parse(last.note.encode()), lines_under(session, last.id)))
    return Witnessed(
        size=last.size,
        of=len(policy.witnesses),
        signed=tuple((name, each.at) for name, each in signed.items()),
        enough=policy.is_met(signed),
    )


def _shown() -> bool:
    policy = portal().policy
    return policy is not None and bool(policy.witnesses) and as_of() is None


def witnesses_told() -> dict[str, Any]:
    """The witnesses and the policy, as `keys.json` says them; nothing where there are none."""
    policy = portal().policy
    if policy is None:
        return {}
    told = {
        "witnesses": [{"name": each.name, "vkey": each.key.line} for each in policy.witnesses],
        "groups": [
            {"name": each.name, "threshold": each.threshold, "members": list(each.members)}
            for each in policy.groups
        ],
        "quorum": policy.quorum,
        "policy": policy.text,
    }
    return {"witnesses": told}
