"""The Flask application: its pages, each behind a door, and what happens around every request."""

from __future__ import annotations

import importlib
import logging
import pkgutil
import secrets
import time
from functools import cached_property
from pathlib import Path
from typing import Any, cast

from flask import Blueprint, Flask, Request, Response, current_app, g, has_request_context, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import Connection, event
from werkzeug.middleware.proxy_fix import ProxyFix

import portal.web as web
from config import Settings
from portal.adapters.spool import Arrival
from portal.database import TRIES, DatabaseConflict
from portal.domain.progress import MAX_PHOTO_BYTES, MAX_PHOTOS, MAX_VIDEO_BYTES, MAX_VIDEOS
from portal.web import desk, doors, errors, filters, headers, language, signed_in, turned_away, windows
from portal.web.fairness import Fairness, Purses
from portal.web.front import Front, Validator
from portal.web.kept import Pages
from portal.web.page_meta import json_ld
from portal.web.pictures import Pictures
from portal.web.public.map import Ground
from portal.web.site import sites_of
from portal.web.statics import Statics
from portal.web.templating import CompiledOnce, Templates, icon
from portal.web.vendor import Vendor
from portal.wiring import Portal

log = logging.getLogger(__name__)
ROOT = Path(__file__).parents[2]
GROUPS = (
    "public",
    "subscriptions",
    "account",
    "unit_desk",
    "supervisor_desk",
    "leader_desk",
    "admin",
    "machinery",
)
SMALL_FORM = 1024 * 1024
FILM_ENDINGS = (".mp4", ".mov", ".webm", ".m4v")
WHOLE_REPORT = (MAX_PHOTOS + 1) * (MAX_PHOTO_BYTES + 65536) + MAX_VIDEOS * (MAX_VIDEO_BYTES + 65536)


class PortalRequest(Request):
    """A request whose uploaded files stream into the spool, hashed on the way, never into memory."""

    def _get_file_stream(  # type: ignore[override]
        self,
        total_content_length: int | None = None,  # noqa: ARG002 - the signature is Werkzeug's
        content_type: str | None = None,
        filename: str | None = None,
        content_length: int | None = None,  # noqa: ARG002
    ) -> Arrival:
        """A file that says it is a video may be as long as one; whether it is, its reader finds out."""
        film = (content_type or "").startswith("video/") or (filename or "").lower().endswith(FILM_ENDINGS)
        arrival: Arrival = current_app.extensions["portal"].spool.receive(
            MAX_VIDEO_BYTES if film else MAX_PHOTO_BYTES
        )
        g.setdefault("arrivals", []).append(arrival)
        return arrival


class PortalFlask(Flask):
    request_class = PortalRequest
    jinja_environment = Templates

    @property
    def jinja_env(self) -> Templates:
        """The templates in the language of this request."""
        return self._chinese if language.current() == language.CHINESE else self._english

    @cached_property
    def _chinese(self) -> Templates:
        return cast(Templates, self.create_jinja_environment())

    @cached_property
    def _english(self) -> Templates:
        return self._chinese.speaking(language.ENGLISH)

    def dispatch_request(self) -> ResponseReturnValue:
        """Here a whole act begins, so here it is done again when another's came first: unless a part of it was
        committed already, or it brought files, which arrive only once."""
        for _ in range(TRIES - 1):
            try:
                return super().dispatch_request()
            except DatabaseConflict:
                if g.get("committed", False) or request.files:
                    raise
        return super().dispatch_request()


def create_app(portal: Portal) -> Any:
    """The WSGI application of a wired portal: the front (`.glance` asks it for seen pages alone), and Flask behind it
    (`.flask`)."""
    app = PortalFlask("portal.web", template_folder=str(ROOT / "templates"), static_folder="static")
    settings = portal.settings
    app.config.update(_configuration(portal))
    app.extensions.update(
        portal=portal,
        pages=Pages(),
        build=windows.build_of(ROOT, settings),
        policies=headers.policies(
            cdn=settings.media_cdn, signed=portal.signed_origin, tiles=settings.tiles_origin
        ),
        photo_folder=f"{settings.media_cdn}/media/",
        site=sites_of(settings),
        ground=Ground(settings.map_tiles, settings.map_tiles_credit, settings.map_datum),
        meeting_day=settings.monthly_meeting,
        demo=settings.mode.value == "demo",
    )
    app.extensions["statics"] = _statics(app, settings)
    app.extensions["fairness"] = Fairness(
        Purses(most=settings.reader_seconds), behind_proxy=settings.proxies > 0
    )
    for part in (language, filters, errors, signed_in):
        part.install(app)
    event.listen(portal.database.engine, "commit", _committed)
    _around_requests(app)
    _register_pages(app)
    _prepare_templates(app)
    front = _front(app)
    whole = _behind_proxies(front, hops=settings.proxies)
    whole.flask = app
    whole.glance = _behind_proxies(front.glance, hops=settings.proxies)
    return whole


def _around_requests(app: Flask) -> None:
    """What happens before and after every page, in this order."""
    for before in (_begin, turned_away.guard, doors.guard):
        app.before_request(before)
    CSRFProtect(app)
    app.after_request(headers.set_headers)
    app.after_request(_write_down)
    app.teardown_request(_tidy)
    for facts in (windows.page_context, desk.desk_context):
        app.context_processor(facts)


def _front(app: Flask) -> Front:
    """Seen pages, pictures and static files without Flask; everything else through it."""
    portal: Portal = app.extensions["portal"]
    return Front(
        _keeping(app),
        pages=app.extensions["pages"],
        validate=Validator(portal.database),
        now=portal.now,
        files={"media": _pictures(app), "static": app.extensions["statics"]},
        fairness=app.extensions["fairness"],
    )


def _pictures(app: Flask) -> Pictures:
    settings = app.extensions["portal"].settings
    said = headers.always(https=settings.https)
    if settings.media_cdn:  # a page of another origin than the CDN's shows it
        said["Cross-Origin-Resource-Policy"] = "cross-origin"
    return Pictures(app.extensions["portal"], hosts=app.config["TRUSTED_HOSTS"] or (), headers=said.items())


def _statics(app: Flask, settings: Settings) -> Statics:
    said = headers.always(https=settings.https)
    said["Content-Security-Policy"] = app.extensions["policies"].window
    return Statics(Path(app.static_folder or ""), headers=said.items())


def _behind_proxies(front: Any, *, hops: int) -> Any:
    """The front, or its glance, told by the proxies in front of it who asks, for which host and how."""
    return ProxyFix(front, x_for=hops, x_proto=hops, x_host=hops) if hops else front


def _configuration(portal: Portal) -> dict[str, Any]:
    """What Flask and its extensions are told."""
    settings = portal.settings
    return {
        "SECRET_KEY": portal.secret_key,
        "MAX_CONTENT_LENGTH": SMALL_FORM,
        "MAX_FORM_PARTS": 400,
        "SESSION_COOKIE_NAME": "__Host-session" if settings.https else "session",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,  # the sign-in's own age is the limit
        "WTF_CSRF_SSL_STRICT": False,  # we send no referrer; SameSite and the token guard
        "TRUSTED_HOSTS": [host.strip() for host in settings.hosts.split(",") if host.strip()] or None,
    }


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = CompiledOnce(language.CHINESE)
    vendor = Vendor(Path(app.static_folder or "") / "vendor", url=windows.static_url)
    app.jinja_env.filters["one_sheet"] = windows.one_sheet
    app.jinja_env.globals.update(
        static_url=windows.static_url,
        photo_folder=app.extensions["photo_folder"],
        window_path=language.window_path,
        vendor_tags=vendor.tags,
        vendor_later=vendor.later,
        vendor_url=vendor.address,
        json_ld=json_ld,
        drawing=icon,
    )


def _keeping(app: Flask) -> Any:
    """Flask, whose finished windows are kept for the front. Runs after every after_request."""
    original = app.process_response

    def process_response(response: Response) -> Response:
        return windows.keep_page(turned_away.keep_words(original(response)))

    app.process_response = process_response  # type: ignore[method-assign]
    return app.wsgi_app


def _register_pages(app: Flask) -> None:
    """Every `bp` of every module under the groups, each named after its group, so that doors know it."""
    for group in GROUPS:
        package = importlib.import_module(f"{web.__name__}.{group}")
        modules = [package]
        if hasattr(package, "__path__"):
            modules += [
                importlib.import_module(f"{package.__name__}.{info.name}")
                for info in pkgutil.iter_modules(package.__path__)
            ]
        for module in modules:
            blueprint = getattr(module, "bp", None)
            if isinstance(blueprint, Blueprint):
                app.register_blueprint(blueprint)


def _begin() -> None:
    g.request_id, g.began = secrets.token_hex(8), time.perf_counter()
    if request.endpoint in current_app.extensions.get("takes_photos", ()):
        request.max_content_length = WHOLE_REPORT


def _committed(_connection: Connection) -> None:
    if has_request_context():
        g.committed = True


def _write_down(response: Response) -> Response:
    """One line for each request: its route, never its address, its reader or what was typed."""
    log.info(
        "request",
        extra={
            "request_id": g.get("request_id", ""),
            "method": request.method,
            "route": str(request.url_rule or ""),
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000),
        },
    )
    return response


def _tidy(_error: BaseException | None) -> None:
    """What a request spooled and nobody kept goes away with it."""
    for arrival in g.pop("arrivals", []):
        arrival.discard()
