"""Files that are not tried any more, for the administrator."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.domain.attempts import Attempt


def files_set_aside(session: Session) -> Sequence[Attempt]:
    """Newest first, with who sent them."""
    wanted = select(Attempt).where(Attempt.set_aside_at.is_not(None)).options(joinedload(Attempt.sent_by))
    return session.scalars(wanted.order_by(Attempt.set_aside_at.desc(), Attempt.id.desc())).all()
