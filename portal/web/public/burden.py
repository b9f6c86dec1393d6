"""The ledger of burden 减负账本: what each month asked of the whole district, from the record."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from portal.record.shelf import Shelf
from portal.record.tables import Shelved
from portal.web.windows import window

bp = Blueprint("public_burden", __name__)


@bp.get("/burden")
def burden() -> Response:
    """Months, newest first."""
    return window("kind/burden", render=_page)


def _page(shelf: Shelf) -> str:
    months = [(shown.seq, shown.document["burden"]) for shown in shelf.items(Shelved.kind == "burden")]
    return render_template("public/burden.html", months=months)
