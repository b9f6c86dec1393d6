"""Putting the units and the lamp rules on the record, so that windows can name them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.disclosure import aliases_shown, lamp_rules_shown, unit_shown
from portal.domain.organisation import Unit
from portal.record import log
from portal.record.log import Disclosed
from portal.rules.clock import day_of


def publish_units(session: Session, *, now: dt.datetime) -> int:
    """Publish every unit that is new or says something new. How many were."""
    units = session.scalars(select(Unit).order_by(Unit.code)).all()
    return sum(
        _publish_if_new(session, unit_shown(unit, dated=day_of(now).isoformat()), now) for unit in units
    )


def publish_lamp_rules(session: Session, *, rules: Mapping[str, Any], now: dt.datetime) -> bool:
    """Publish the lamp rules when they are new or changed."""
    return _publish_if_new(session, lamp_rules_shown(rules, dated=day_of(now).isoformat()), now)


def publish_aliases(session: Session, *, groups: Sequence[Sequence[str]], now: dt.datetime) -> bool:
    """Publish the names that mean the same when they are new or changed."""
    return _publish_if_new(session, aliases_shown(groups, dated=day_of(now).isoformat()), now)


def _publish_if_new(session: Session, shown: Disclosed, now: dt.datetime) -> bool:
    entry = log.latest(session, shown.item)
    if entry is not None:
        said = log.document_of(session, entry.seq) or {}
        if {**said, "dated": ""} == {**shown.document, "dated": ""}:
            return False
    log.publish(session, shown, at=now)
    return True
