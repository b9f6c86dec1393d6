"""What a leader reads: the projects they answer for, most behind first."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.domain.lifecycle import MatterState
from portal.domain.organisation import Person
from portal.domain.plan import Project, Responsibility
from portal.queries.ledger import CURRENT_LINK, Standing, standings, whole_project

# What is over does not need a leader's eye any more; 销号 ends it, 办结 does not.
OVER = (MatterState.DRAFT, MatterState.CLOSED, MatterState.ARCHIVED, MatterState.WITHDRAWN)


def led_by(session: Session, *, leader: Person, on: dt.date) -> list[Standing]:
    """The projects that this leader answers for now, most behind first."""
    query = (
        select(Project)
        .join(Responsibility, CURRENT_LINK)
        .where(Responsibility.leader_id == leader.id, Project.state.not_in(OVER))
        .options(*whole_project())
    )
    return standings(session, session.scalars(query), on=on)
