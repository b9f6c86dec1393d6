"""Films that are not published, for desks: with ranges, so that a player can go to any place of them."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from portal.domain.progress import FilmState, Video
from portal.ports import Space
from portal.web import films
from portal.web.desk import portal
from portal.web.desk_photos import SIGNED_SECONDS, sent_to
from portal.web.film_words import state_words
from portal.web.headers import FILM_POLICY
from portal.web.language import _
from portal.web.ranges import ranged

POSTER_FORMATS = {"jpg": "jpeg", "avif": "avif"}


def staged_film(name: str) -> Response:
    """One of our films. Raises `MediaMissing`."""
    media = portal().media
    if address := media.signed(Space.STAGED, name, seconds=SIGNED_SECONDS * 30, mimetype="video/mp4"):
        return sent_to(address)
    size, stream = media.size(Space.STAGED, name), media.open(Space.STAGED, name)
    answer = ranged(request.environ, stream, size=size, mimetype="video/mp4", tag=name[:32])
    answer.headers["Content-Security-Policy"] = FILM_POLICY
    return answer


def poster_name(video: Video, edge: int, extension: str) -> str | None:
    """The stored name of one of the pictures that stand for it."""
    wanted = (edge, POSTER_FORMATS.get(extension))
    return next((r["name"] for r in video.renditions if (r["edge"], r["format"]) == wanted), None)


def card(video: Video, *, place: int, folder: str) -> dict[str, Any]:
    """One video as the templates of a desk need it. folder: the desk's own address of what belongs to it."""
    alt = video.description or _("还没有说明的录像")
    poster = {
        "renditions": [
            {**each, "name": f"{each['edge']}.{ {'jpeg': 'jpg', 'avif': 'avif'}[each['format']] }"}
            for each in video.renditions
        ],
        "media": folder,
        "alt": alt,
        "tone": video.tone,
        "film": films.length_mark(video.milliseconds),
    }
    facts = video.film or {
        "width": video.width,
        "height": video.height,
        "milliseconds": video.milliseconds,
        "bytes": video.original_bytes,
    }
    return films.shown(
        facts,
        id=video.id,
        number=place,
        name=video.file_name or _("录像"),
        source=f"{folder}film.mp4" if video.film else None,
        poster=poster,
        description=video.description,
        taken_on=video.taken_on,
        state=video.state.value,
        said=state_words(video),
        percent=video.percent,
        settled=video.state in (FilmState.READY, FilmState.FAILED),
        sound=video.sound,
        original_weight=films.weight_words(video.original_bytes),
    )
