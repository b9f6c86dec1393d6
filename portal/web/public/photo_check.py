"""Whether a picture is one of ours: by its hash in the record, and by the authority that signs photos.

The browser hashes the picture and checks the signature in it (`static/js/photo.js`, `credential.js`), so the picture
stays with the reader. Without script a form takes it, looks for its hash and forgets it.
"""

from __future__ import annotations

import hashlib
import json
import re

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import RequestEntityTooLarge

from portal.record.photo_authority import authorities
from portal.record.photo_lookup import Found, find_photo, place_in
from portal.record.shelf import Shelf
from portal.web.language import window_path
from portal.web.public.evidence import photo_of
from portal.web.public.gone import gone
from portal.web.windows import portal, window

bp = Blueprint("public_photo_check", __name__)

DIGEST = re.compile(r"[0-9a-f]{64}")
MOST_BYTES = 6 * 1024 * 1024
PEM = "application/x-pem-file"


@bp.record_once
def _without_token(state: BlueprintSetupState) -> None:
    """Looking up changes nothing and is for people without a cookie, so the form carries no token."""
    state.app.extensions["csrf"].exempt(look)


@bp.get("/verify")
def verify() -> Response:
    """Checks a proof file, a receipt or a photo in the reader's own browser."""
    return window(render=lambda _shelf: render_template("public/verify.html", wrong=""))


@bp.post("/verify")
def look() -> Response:
    """Which entry shows exactly this picture, for a browser without script. It is kept nowhere."""
    request.max_content_length = MOST_BYTES + 65536
    try:
        sent = request.files.get("photo")
    except RequestEntityTooLarge:
        return _answer(413, wrong="too_large")
    if sent is None or not sent.filename:
        return _answer(422, wrong="missing")
    digest = hashlib.file_digest(sent.stream, "sha256").hexdigest()  # type: ignore[arg-type]
    with portal().database.viewing() as session:
        found = find_photo(Shelf(session), digest)
    if found is None:
        return _answer(404, wrong="unknown")
    return make_response(redirect(window_path(f"/record/photo/{digest}"), 303))


@bp.get("/record/photo/<digest>")
def photo(digest: str) -> Response:
    """The entries that show exactly this file. What was withdrawn is gone, with the reason; what never was is not
    found, whether it is in the house or not."""
    _must_be_digest(digest)
    return window("*", render=lambda shelf: _page(shelf, digest))


@bp.get("/record/photo/<digest>.json")
def photo_json(digest: str) -> Response:
    """The same for scripts."""
    _must_be_digest(digest)
    return window("*", render=lambda shelf: _json(shelf, digest), mimetype="application/json")


@bp.get("/record/photo-authority.pem")
def authority() -> Response:
    """The certificates that signatures in photos are checked against, oldest first, as the record has them."""
    return window("kind/authority", render=_certificates, mimetype=PEM)


def _must_be_digest(digest: str) -> None:
    if not DIGEST.fullmatch(digest):
        abort(404)


def _find(shelf: Shelf, digest: str) -> Found:
    found = find_photo(shelf, digest)
    if found is None:
        abort(404)
    return found


def _page(shelf: Shelf, digest: str) -> str | tuple[str, int]:
    found = _find(shelf, digest)
    if found.destroyed_by is not None:
        return gone(shelf, found.destroyed_by)
    newest = found.entries[0]
    place = place_in(newest, found.name)
    return render_template(
        "public/photo.html",
        name=found.name,
        shown=newest,
        report=newest.document,
        place=place,
        photo=photo_of(newest, newest.document["photos"][place - 1]),
        entries=found.entries,
        stands=_stands(shelf, found),
    )


def _json(shelf: Shelf, digest: str) -> str | tuple[str, int]:
    found = _find(shelf, digest)
    if found.destroyed_by is not None:
        return json.dumps({"destroyed_by": found.destroyed_by.seq}), 410
    newest = found.entries[0]
    told = {
        "entries": [each.seq for each in found.entries],
        "item": newest.item,
        "number": newest.document["number"],
        "photo": place_in(newest, found.name),
        "stands": _stands(shelf, found),
    }
    return json.dumps(told)


def _stands(shelf: Shelf, found: Found) -> bool:
    """Whether the version that stands still shows it."""
    standing = shelf.get(found.entries[0].item)
    return standing is not None and standing.seq == found.entries[0].seq


def _certificates(shelf: Shelf) -> str:
    known = authorities(shelf.session)
    if not known:
        abort(404)
    return "".join(known)


def _answer(status: int, *, wrong: str) -> Response:
    response = make_response(render_template("public/verify.html", wrong=wrong), status)
    response.headers["Cache-Control"] = "no-store"
    return response
