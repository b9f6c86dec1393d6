"""Who else has signed the record: for pages, and for the scripts and programs that check it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from portal.ports import StoreUnavailable, TileMissing
from portal.record.checkpoint import Checkpoint
from portal.record.notes import Note, NoteRefused
from portal.record.proving import CHECKPOINT
from portal.web.windows import portal


@dataclass(frozen=True, kw_only=True)
class Witnessed:
    """What stands under the checkpoint that readers get. of: how many witnesses there are; enough: for the policy."""

    size: int
    of: int
    signed: tuple[tuple[str, dt.datetime], ...]
    enough: bool

    @property
    def tag(self) -> str:
        """Joins the validator of a page that shows this."""
        names = " ".join(f"{name} {at.timestamp():.0f}" for name, at in self.signed)
        return f"witnessed {self.size} {self.of} {self.enough} {names}"


def witnessed() -> Witnessed | None:
    """None where there are no witnesses, or nothing is signed."""
    policy = portal().policy
    if policy is None or not policy.witnesses:
        return None
    try:
        note = Note.parse(portal().tiles.read(CHECKPOINT))
        size = Checkpoint.parse(note.text).size
    except (TileMissing, StoreUnavailable, NoteRefused):
        return None
    signed = policy.signed(note)
    return Witnessed(
        size=size,
        of=len(policy.witnesses),
        signed=tuple((name, each.at) for name, each in signed.items()),
        enough=policy.is_met(signed),
    )


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
