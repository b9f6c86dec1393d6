"""Receipts of what the unit handed in: given with the submission, shown, printed and downloaded from its page."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, render_template
from sqlalchemy.orm import Session

from portal.adapters.key_file import KeyUnusable
from portal.domain.errors import NoSuchThing
from portal.domain.progress import Report
from portal.domain.receipts import GivenReceipt, content_of, receipt_of, submission_of
from portal.record.receipt import LOGGED_WITHIN, Code
from portal.web.desk import now, portal, reading
from portal.web.doors import Audience, door
from portal.web.unit_desk.own import own_report
from portal.workflows.give_receipt import KeyUnknown, file_of, give_receipt

log = logging.getLogger(__name__)
bp = door(Blueprint("unit_receipts", __name__), Audience.UNIT)


@bp.get("/desk/unit/reports/<int:report_id>/receipts/<int:round_>")
def show(report_id: int, round_: int) -> str:
    """The receipt of one round, to be printed: in words, with its code, and as it was signed."""
    with reading() as (session, actor):
        report = own_report(session, report_id, actor)
        given = _of_round(session, report, round_)
        return render_template(
            "unit_desk/kept_receipt.html",
            report=report,
            given=given,
            round=round_,
            code=Code(bytes.fromhex(given.code)).text,
            late=given.logged_in is None and now() - given.received_at > LOGGED_WITHIN,
        )


@bp.get("/desk/unit/reports/<int:report_id>/receipts/<int:round_>.receipt")
def download(report_id: int, round_: int) -> Response:
    """The holder's file, with the content while it is still what was handed in."""
    with reading() as (session, actor):
        report = own_report(session, report_id, actor)
        content = content_of(report) if report.round == round_ else None
        text = file_of(session, _of_round(session, report, round_), content=content)
    response = Response(text, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{report_id}-{round_}.receipt"'
    return response


def give_for(session: Session, report: Report) -> None:
    """A receipt for a report that was just handed in. Where none can be given, handing in goes on: `portal doctor`
    says what is wrong, and the page offers none."""
    if not portal().receipt_key.exists():
        return
    try:
        give_receipt(
            session,
            submission=submission_of(report),
            content=content_of(report),
            key=portal().receipt_key.read(),
            days=portal().settings.decide_within,
            now=now(),
        )
    except (KeyUnknown, KeyUnusable) as trouble:
        log.warning("no receipt was given", extra={"trouble": str(trouble)})


def _of_round(session: Session, report: Report, round_: int) -> GivenReceipt:
    given = receipt_of(session, submission_of(report, round_))
    if given is None:
        raise NoSuchThing("no_such_thing")
    return given
