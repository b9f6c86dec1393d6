"""The queue: what waits for this supervisor, most overdue first."""

from __future__ import annotations

from flask import Blueprint, render_template

from portal.queries.review import queue_of, today_of
from portal.web.desk import now, reading
from portal.web.doors import Audience, door
from portal.web.supervisor_desk.showing import queue_items, undo_bars

bp = door(Blueprint("supervisor_queue", __name__), Audience.SUPERVISION)
MOST_LISTED = 100


@bp.get("/desk/supervision")
def queue() -> str:
    with reading() as (session, actor):
        waiting = queue_of(session, person=actor, now=now())
        return render_template(
            "supervisor_desk/queue.html",
            items=queue_items(waiting[:MOST_LISTED]),
            first=next((w.report for w in waiting if not w.holder), None),
            today=today_of(session, person=actor, queue=waiting, now=now()),
            bars=undo_bars(session, actor, now()),
        )
