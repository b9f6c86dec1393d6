"""A leader's one page: what is behind, by how much, and who answers for it. Prints on one sheet."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, render_template

from portal.queries.leader import led_by
from portal.rules.clock import day_of
from portal.rules.lamps import Lamp
from portal.web.desk import now, reading
from portal.web.doors import Audience, door
from portal.web.states import MATTER_STATES, why

bp = door(Blueprint("leader_overview", __name__), Audience.LEADER)


@bp.get("/desk/leader")
def overview() -> str:
    with reading() as (session, actor):
        rows = led_by(session, leader=actor, on=day_of(now()))
        lit = Counter(each.verdict.lamp for each in rows if each.verdict is not None)
        return render_template(
            "leader_desk/overview.html",
            rows=[(each, why(each.verdict) if each.verdict is not None else "") for each in rows],
            counts=[(colour.value, lit[colour]) for colour in Lamp],
            today=now(),
            states=MATTER_STATES,
        )
