"""The record for programs, as the standards lay it out: checkpoint, tiles, bundles, keys, proof files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from portal.ports import TileMissing
from portal.record.blocks import Discrepancy
from portal.record.log import iso
from portal.record.proving import CHECKPOINT, prove
from portal.record.receipt import KEYS_ITEM
from portal.record.shelf import Shelf
from portal.record.signed import Generation, generations
from portal.record.tiles import Malformed, Tile
from portal.web.codings import ONCE, coding_of, packed
from portal.web.public.witnessed import witnesses_told
from portal.web.windows import portal, window

bp = Blueprint("public_log_files", __name__)

PROGRAMS = Path(__file__).parents[3]  # where what anybody may take along lies
VERIFIER = PROGRAMS / "verify.py"
TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"
FOR_EVER = "public, max-age=31536000, immutable"  # a full tile never changes
NOT_KEPT = "no-store"  # what grows with the record


@bp.get("/record/checkpoint")
def checkpoint() -> Response:
    """The newest signed statement of size and root."""
    return _file(CHECKPOINT, content_type=TEXT, keep=NOT_KEPT)


@bp.get("/record/tile/<path:rest>")
def tile(rest: str) -> Response:
    """A tile of hashes or a bundle of entries."""
    try:
        asked = Tile.parse(f"tile/{rest}")
    except Malformed:
        abort(404)
    return _file(asked.path, content_type=BYTES, keep=FOR_EVER if asked.full else NOT_KEPT)


@bp.get("/record/<int:seq>.tlog-proof")
def proof(seq: int) -> Response:
    """A file that proves an entry without this site, with the opening while there is one."""
    try:
        with portal().database.viewing() as session:
            made = prove(session, seq, read=portal().tiles.read)
    except LookupError:  # not signed yet
        abort(404)
    except (Discrepancy, Malformed):
        abort(503)  # what stands here is not what was signed; the page says that the record is frozen
    response = Response(str(made), content_type=TEXT, headers={"Cache-Control": NOT_KEPT})
    response.headers["Content-Disposition"] = f'attachment; filename="{seq}.tlog-proof"'
    return response


@bp.get("/record/verify.py")
def verifier() -> Response:
    """The program that checks all this without this site."""
    return _program("verify.py")


@bp.get("/record/verify_receipt.py")
def receipt_verifier() -> Response:
    """The program that checks a receipt without this site."""
    return _program("verify_receipt.py")


def _program(name: str) -> Response:
    response = Response(
        (PROGRAMS / name).read_bytes(), content_type=TEXT, headers={"Cache-Control": NOT_KEPT}
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@bp.get("/record/keys")
def keys() -> Response:
    """The log's public keys, for people."""
    return window("*", render=_keys_page, also=_standing_key())


@bp.get("/record/keys.json")
def keys_json() -> Response:
    """The log's public keys, and the notes by which one pair took the place of another."""
    return window("*", render=_keys_json, also=_standing_key(), mimetype="application/json")


def _file(path: str, *, content_type: str, keep: str) -> Response:
    try:
        data = portal().tiles.read(path)
    except TileMissing:
        abort(404)
    response = Response(content_type=content_type, headers={"Cache-Control": keep, "Vary": "Accept-Encoding"})
    coding = coding_of(request.headers.get("Accept-Encoding", "")) if "entries" in path else ""
    if coding:
        data = packed(data, coding, sent=ONCE)
        response.headers["Content-Encoding"] = coding
    response.set_data(data)
    return response


def _standing_key() -> str:
    """Joins the validator: new keys change the page although nothing was published."""
    with portal().database.viewing() as session:
        known = generations(session)
    return f"keys {known[-1].number}" if known else "keys 0"


def _keys_page(shelf: Shelf) -> str:
    known, receipts = generations(shelf.session)[::-1], shelf.get(KEYS_ITEM)
    return render_template("public/keys.html", generations=known, receipts=receipts, policy=portal().policy)


def _keys_json(shelf: Shelf) -> str:
    known, stands = generations(shelf.session), shelf.get(KEYS_ITEM)
    told: dict[str, Any] = {
        "origin": known[-1].name if known else None,
        "keys": [_told(each) for each in known],
    }
    if stands is not None:  # the entry binds them; this only says where it is
        told["receipts"] = {"entry": stands.seq, "vkeys": stands.document["keys"]}
    return json.dumps(told | witnesses_told(), ensure_ascii=False)


def _told(generation: Generation) -> dict[str, Any]:
    until = {} if generation.until is None else {"until": generation.until}
    return {
        "number": generation.number,
        "since": generation.since,
        **until,
        "at": iso(generation.at),
        "vkeys": [key.line for key in generation.keys],
        "statement": generation.statement,
    }
