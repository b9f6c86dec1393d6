"""The administrator's first page: what needs care now, then what there is."""

from __future__ import annotations

from flask import Blueprint, render_template

from portal.ports import SearchUnavailable
from portal.queries.people import people_by_role
from portal.queries.plan import plans
from portal.queries.remits import bodies, units_by_kind
from portal.queries.set_aside import files_set_aside
from portal.queries.trail import trail
from portal.record.followers import last_seq
from portal.web.admin.jobs import job_word
from portal.web.admin.trail import act_word, subject_words
from portal.web.desk import now, portal, reading
from portal.web.doors import Audience, door
from portal.web.states import UNIT_KINDS, word
from portal.web.words import ROLES

bp = door(Blueprint("admin_overview", __name__), Audience.ADMINISTRATION)

LATE = 60  # seconds a job may wait before it is said


@bp.get("/desk/admin")
def show() -> str:
    wired = portal()
    count, oldest = wired.queue.waiting(now=now())
    set_aside = [(job, job_word(job.kind), error) for job, error in wired.queue.set_aside()]
    with reading() as (session, _actor):
        traces, _total = trail(session)
        return render_template(
            "admin/overview.html",
            waiting=count,
            waited=int(oldest.total_seconds()),
            late=LATE,
            set_aside=set_aside,
            files_aside=len(files_set_aside(session)),
            behind=_behind(last_seq(session)),
            roles=[(role, word(ROLES, role), *counts) for role, counts in people_by_role(session).items()],
            units=[
                (word(UNIT_KINDS, kind.value), len(found)) for kind, found in units_by_kind(session).items()
            ],
            bodies=len(bodies(session)),
            plans=plans(session),
            traces=traces[:8],
            act_word=act_word,
            subject_words=subject_words,
        )


def _behind(head: int) -> int | None:
    """How many entries the archive's index has not read yet; None when it does not answer."""
    try:
        return head - portal().search.position()
    except SearchUnavailable:
        return None
