"""For machines: alive, and ready with what it needs."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from portal.record.followers import last_seq
from portal.web.desk import now, portal
from portal.web.doors import Audience, door

bp = door(Blueprint("machinery", __name__), Audience.EVERYBODY)


@bp.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(alive=True)


@bp.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Database, media, room, index, limits and worker, each with what is wrong; 503 when a visitor would notice.

    It says nothing about what is not public: no counts of submissions, no names.
    """
    wired = portal()
    with wired.database.reading() as session:
        head = last_seq(session)
    media = wired.media.check()
    try:
        lag = head - wired.search.position()
    except Exception as error:  # an index in any state must not take the answer down
        current_app.logger.warning("index unreachable: %s", type(error).__name__)
        lag = head + 1
    _waiting, overdue = wired.queue.waiting(now=now())
    worker_late = overdue.total_seconds() > 60
    ready = media is None and not worker_late
    parts = {
        "database": "ok",
        "media": "ok" if media is None else "failing",
        "room": "ok" if wired.room.short() is None else "short",
        "index": "ok" if lag == 0 else "catching up",
        "limits": "ok" if wired.limits.check() is None else "in the database",
        "worker": "late" if worker_late else "ok",
        "record": {"size": head + 1},
    }
    return jsonify(ready=ready, **parts), 200 if ready else 503
