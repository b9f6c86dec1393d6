"""Receipts for those who hold them: lists to look through at home, and a look-up by the code on paper."""

from __future__ import annotations

import datetime as dt
import json
import re

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.blueprints import BlueprintSetupState

from portal.ports import Limit, keyed_hash
from portal.record.batches import batches, look_up
from portal.record.log import iso
from portal.record.receipt import LOGGED_WITHIN, Code
from portal.record.shelf import Shelf
from portal.rules.clock import end_of
from portal.web.states import OUTCOMES, word
from portal.web.windows import portal, window

bp = Blueprint("public_receipts", __name__)

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)
TRIES, WINDOW = 60, dt.timedelta(minutes=5)  # of one address


@bp.record_once
def _without_token(state: BlueprintSetupState) -> None:
    """Looking up changes nothing and is for people without a cookie, so the form carries no token."""
    state.app.extensions["csrf"].exempt(look)


@bp.get("/record/receipts/<month>.json")
def of_month(month: str) -> Response:
    """Every line of every batch of a month. Who looks for one of them need not say which."""
    if not MONTH.fullmatch(month):
        abort(404)
    return window("kind/receipts", render=lambda shelf: _lines(shelf, month), mimetype="application/json")


@bp.get("/record/receipt")
def form() -> Response:
    """Where the code on paper is typed in."""
    return window(render=lambda _shelf: render_template("public/receipt.html", code="", found=None, wrong=""))


@bp.post("/record/receipt")
def look() -> Response:
    """What the log says of a code. The code is written down nowhere."""
    typed = request.form.get("code", "")[:100]
    if seconds := portal().limits.count(_tries(), now=portal().now()):
        return _answer(429, code=typed, wrong="often", seconds=seconds)
    try:
        code = Code.parse(typed)
    except ValueError:
        return _answer(422, code=typed, wrong="mistyped")
    with portal().database.viewing() as session:
        found = look_up(session, code)
    if found is None:
        return _answer(404, code=code.text, wrong="unknown")
    now = portal().now()
    return _answer(
        200,
        code=code.text,
        found=found,
        outcome="" if found.decision is None else word(OUTCOMES, found.decision.outcome),
        late=found.logged_in.at - found.received_at > LOGGED_WITHIN,
        overdue=found.decision is None and now > found.decide_by + LOGGED_WITHIN,
    )


def _answer(status: int, **told: object) -> Response:
    told = {"found": None, "wrong": "", **told}
    response = make_response(render_template("public/receipt.html", **told), status)
    response.headers["Cache-Control"] = "no-store"
    if "seconds" in told:
        response.headers["Retry-After"] = str(told["seconds"])
    return response


def _lines(shelf: Shelf, month: str) -> str:
    until = None if shelf.as_of is None else end_of(shelf.as_of)
    told = [
        {"seq": each.seq, "at": iso(each.at), "lines": [line.hex() for line in each.lines]}
        for each in batches(shelf.session, month=month)
        if until is None or each.at < until
    ]
    return json.dumps({"month": month, "batches": told})


def _tries() -> Limit:
    """Where somebody comes from is counted under a keyed hash alone."""
    address = keyed_hash(portal().secret_key, request.remote_addr or "")
    return Limit(key=f"receipt/address/{address}", most=TRIES, window=WINDOW)
