"""How the district's photos were taken: most in the page, some of them without a place, the others chosen as files."""

from __future__ import annotations

import datetime as dt
import random

from sqlalchemy.orm import Session

from portal.domain.organisation import Person
from portal.domain.photo_claims import PlaceConsent
from portal.domain.progress import Photo
from portal.workflows.capture_photo import Claimed, agree_to_place, give_code, keep_claim

TAKEN_IN_THE_PAGE = 0.7
AGREE = 0.8  # of the people
DEGREE = 111_000  # metres of latitude


def capture(session: Session, *, photo: Photo, actor: Person, now: dt.datetime) -> None:
    """Let a photo that has just arrived have been taken in the page, or not; the same for the same photo every time."""
    rng = random.Random(photo.original_sha256)  # noqa: S311 - a story, not a secret
    if rng.random() > TAKEN_IN_THE_PAGE:
        return
    if session.get(PlaceConsent, actor.id) is None:
        agreed = random.Random(actor.login).random() < AGREE  # noqa: S311
        agree_to_place(session, agreed=agreed, actor=actor, now=now)
        session.flush()
    pressed = now - dt.timedelta(seconds=rng.randint(15, 90))
    ahead = dt.timedelta(seconds=rng.randint(-4, 4))
    code = give_code(session, report=photo.report, phone_at=pressed + ahead, actor=actor, now=pressed)
    session.flush()
    project = photo.report.project
    claimed = Claimed(
        code=code,
        phone_at=pressed + ahead + dt.timedelta(seconds=8),
        lon=f"{float(project.lon or 0) + rng.uniform(-150, 150) / DEGREE:.6f}",
        lat=f"{float(project.lat or 0) + rng.uniform(-150, 150) / DEGREE:.6f}",
        accuracy=rng.randint(4, 45),
    )
    keep_claim(session, photo=photo, claimed=claimed, actor=actor, now=now)
