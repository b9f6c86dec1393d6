"""Doors: every group of pages says who may enter. What says nothing lets nobody in."""

from __future__ import annotations

from enum import StrEnum
from urllib.parse import quote

from flask import Blueprint, Response, redirect, request
from werkzeug.exceptions import Forbidden, Unauthorized
from werkzeug.wrappers import Response as BaseResponse

from portal.web.language import window_path
from portal.web.signed_in import me


class Audience(StrEnum):
    """Who a group of pages is for. The last five are the roles by their own names."""

    EVERYBODY = "everybody"
    SIGNED_IN = "signed_in"
    UNIT = "unit"
    SUPERVISION = "supervision"
    LEADER = "leader"
    ADMINISTRATION = "administration"


ROLES: dict[Audience, frozenset[str]] = {
    Audience.UNIT: frozenset({"reporter", "head"}),
    Audience.SUPERVISION: frozenset({"supervisor"}),
    Audience.LEADER: frozenset({"leader"}),
    Audience.ADMINISTRATION: frozenset({"administrator"}),
}

# Windows cannot import this module, because it knows people; their name is their door.
WINDOWS = "public_"

_audiences: dict[str, Audience] = {}


def door(blueprint: Blueprint, audience: Audience) -> Blueprint:
    """Open a blueprint's pages to an audience."""
    _audiences[blueprint.name] = audience
    return blueprint


def audience_of(endpoint: str | None) -> Audience | None:
    """The audience of an endpoint; None when nobody may enter."""
    if endpoint == "static" or (endpoint or "").startswith(WINDOWS):
        return Audience.EVERYBODY
    return _audiences.get((endpoint or "").rpartition(".")[0])


def guard() -> BaseResponse | None:
    """Before every request: let in who may enter, send strangers to sign in, refuse everybody else."""
    if request.endpoint is None:
        return None  # there is no such page, and that is answered the same to everybody
    audience = audience_of(request.endpoint)
    if audience is Audience.EVERYBODY:
        return None
    if audience is None:
        raise Forbidden
    person = me()
    if person is None:
        return _to_sign_in()
    if audience is not Audience.SIGNED_IN and person.role not in ROLES[audience]:
        raise Forbidden
    return None


def _to_sign_in() -> BaseResponse:
    if request.method != "GET" or request.accept_mimetypes.best == "application/json":
        raise Unauthorized
    response: Response | BaseResponse = redirect(
        window_path("/account/login") + f"?next={_quoted(request.full_path.rstrip('?'))}", 303
    )
    return response


def _quoted(path: str) -> str:
    return quote(window_path(path))


def safe_next(path: str) -> str | None:
    """A path of ours to go to after signing in; None for anything that could lead elsewhere."""
    clean = (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and "\\" not in path
        and path.isprintable()
    )
    return path if clean else None
