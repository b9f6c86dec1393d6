"""A project to take away: one ZIP of plain pages, photos and proofs that can be read and checked without a network.

It says what the record says of one project and nothing that depends on the day of reading, so it is the same bytes
until something is done on the project.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from portal.ports import Space
from portal.record.blocks import Discrepancy
from portal.record.evidence import Evidence, Proven, evidence_of, ground_of
from portal.record.shelf import Shown, touched
from portal.record.tables import Shelved, SignedCheckpoint
from portal.rules.numbers import PROJECT_CODE, project_item
from portal.web.changes import history_words
from portal.web.covered import covered_words
from portal.web.films import length_words
from portal.web.kept import known_tag
from portal.web.language import _, current
from portal.web.public.gone import gone
from portal.web.public.log_files import VERIFIER
from portal.web.states import MATTER_STATES, PROJECT_KINDS, word
from portal.web.windows import as_of, portal, shelf
from portal.web.zip_stream import File, length, stream

bp = Blueprint("public_dossier", __name__)

STYLE = Path(__file__).parents[3] / "templates" / "public" / "dossier" / "style.css"
SUMS = "SHA256SUMS"
PIECE = 1 << 20  # bytes of a file that are in memory at a time


@bp.get("/projects/<code>/dossier.zip")
def dossier(code: str) -> BaseResponse | tuple[str, int]:
    """Everything published about one project. The photos are read one by one as they are sent."""
    if not PROJECT_CODE.fullmatch(code):
        abort(404)
    with shelf() as shown:
        project = shown.get(project_item(code))
        if project is None:
            abort(404)
        if project.withdrawn or project.sealed:
            return gone(shown, project)
        entries = Shelved.project == code
        row = ground_of(shown, entries)
        tag = _tag(touched(shown.session, [f"project/{code}"]), row)
        if known_tag(request.headers.get("If-None-Match", ""), tag):
            return _with_headers(Response(status=304), code, tag)
        try:
            proven = evidence_of(shown, entries, row=row, read=portal().tiles.read)
        except Discrepancy:
            abort(503)  # what stands here is not what was signed; the page says that the record is frozen
    files = list(_files(code, proven))
    response = Response(stream(files), mimetype="application/zip")
    response.content_length = length(files)
    return _with_headers(response, code, tag)


def weight(reports: Sequence[Shown]) -> int:
    """About how many bytes the dossier has, from what the documents say of their photos."""
    names: dict[str, int] = {
        file["name"]: file["bytes"] for report in reports for file in (*_pictures(report), *_films(report))
    }
    text = sum(len(report.document.get("done", "")) * 12 + 11_000 for report in reports)
    return sum(names.values()) + text + 40_000


def _tag(seq: int, row: SignedCheckpoint | None) -> str:
    day, note = as_of(), "" if row is None else row.note
    parts = (str(seq), day.isoformat() if day else "", current(), current_app.extensions["build"], note)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def _with_headers(response: Response, code: str, tag: str) -> Response:
    response.headers["ETag"] = f'"{tag}"'
    response.headers["Cache-Control"] = "public, no-cache"
    response.headers["Content-Disposition"] = f'attachment; filename="{code}.zip"'
    return response


def _files(code: str, proven: Proven) -> Iterator[File]:
    """Pages and proofs first, then photos and films, and the sums of all of them at the end."""
    sums: list[str] = []
    for name, data in _texts(code, proven):
        sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
        yield _file(name, data)
    for folder, shown in (("photos", _all_of(proven, _pictures)), ("films", _all_of(proven, _films))):
        for name, size in shown:
            sums.append(f"{name.partition('.')[0]}  {folder}/{name}\n")
            yield _kept(folder, name, size)
    yield _file(SUMS, "".join(sums).encode())


def _file(name: str, data: bytes) -> File:
    return File(name, len(data), lambda: (data,))


def _kept(folder: str, name: str, size: int) -> File:
    media = portal().media

    def read() -> Iterator[bytes]:
        with media.open(Space.PUBLIC, name) as opened:
            while piece := opened.read(PIECE):
                yield piece

    return File(f"{folder}/{name}", size, read)


def _texts(code: str, proven: Proven) -> Iterator[tuple[str, bytes]]:
    histories: dict[str, list[Evidence]] = {}
    for each in proven.entries:
        histories.setdefault(each.shown.item, []).append(each)
    own = histories.pop(project_item(code))
    project = own[-1].shown
    reports = [_told(history) for item, history in histories.items() if item.startswith("report/")]
    common: dict[str, Any] = {
        "project": project.document,
        "proven": proven,
        "state": word(MATTER_STATES, project.document["state"]),
        "kind": word(PROJECT_KINDS, project.document["type"]),
        "last_seq": proven.entries[-1].shown.seq,
        "last": proven.entries[-1].shown.at,
        "has_films": any(report["films"] for report in reports),
        "files": {each.shown.seq: each.name for each in proven.entries},
    }
    yield "README.txt", render_template("public/dossier/readme.txt", **common).encode()
    yield (
        "index.html",
        render_template(
            "public/dossier/project.html",
            **common,
            root="",
            shown=project,
            reports=reports,
            history=history_words([each.shown for each in own]),
        ).encode(),
    )
    for report in reports:
        page = render_template("public/dossier/report.html", **common, root="../", **report)
        yield f"reports/{report['number']}.html", page.encode()
    yield "style.css", STYLE.read_bytes()
    yield "verify.py", VERIFIER.read_bytes()
    if proven.ground is not None:
        yield "checkpoint", str(proven.ground.note).encode()
        yield "keys.txt", "".join(f"{key.line}\n" for key in proven.ground.keys).encode()
    for each in proven.entries:
        yield f"proofs/{each.name}", each.file


def _told(history: Sequence[Evidence]) -> dict[str, Any]:
    """A report as its page needs it."""
    shown = history[-1].shown
    return {
        "number": shown.item.partition("/")[2],
        "shown": shown,
        "report": shown.document,
        "gone": shown.withdrawn or shown.sealed,
        "stone": shown.document.get("withdrawn"),
        "photos": [
            {
                "name": picture["name"],
                "caption": photo["caption"],
                "taken_on": photo.get("taken_on"),
                "covered": covered_words(photo.get("covered")),
            }
            for photo in shown.document.get("photos", ())
            for picture in [_largest(photo)]
        ],
        "films": [
            {
                "name": video["film"]["name"],
                "poster": _largest(video)["name"],
                "description": video["description"],
                "taken_on": video.get("taken_on"),
                "length": length_words(video["film"]["milliseconds"]),
            }
            for video in shown.document.get("videos", ())
        ],
        "history": history_words([each.shown for each in history]),
    }


def _largest(photo: dict[str, Any]) -> dict[str, Any]:
    """The largest rendition that every program can show."""
    jpegs = [each for each in photo["renditions"] if each["format"] == "jpeg"]
    return max(jpegs or photo["renditions"], key=lambda each: int(each["edge"]))


def _pictures(shown: Shown) -> list[dict[str, Any]]:
    return [_largest(each) for name in ("photos", "videos") for each in shown.document.get(name, ())]


def _films(shown: Shown) -> list[dict[str, Any]]:
    return [video["film"] for video in shown.document.get("videos", ())]


def _all_of(proven: Proven, told: Callable[[Shown], list[dict[str, Any]]]) -> list[tuple[str, int]]:
    """Names and sizes of what every report shows as it stands, each once, in the order of their names."""
    standing = {each.shown.item: each.shown for each in proven.entries}
    found = {file["name"]: int(file["bytes"]) for shown in standing.values() for file in told(shown)}
    return sorted(found.items())


def size_words(count: int) -> str:
    """Bytes as people read them."""
    if count >= 1024 * 1024:
        return _("%(n)s MB", n=f"{count / 1024 / 1024:.1f}")
    return _("%(n)s KB", n=max(count // 1024, 1))
