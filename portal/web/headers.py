"""Headers on every answer: a strict content policy, no sniffing, no referrer, no cache for desks."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, after_this_request, current_app, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src {images}; connect-src 'self'; "
    "font-src 'self'; media-src {films}; manifest-src 'self'; worker-src {workers}; form-action {forms}; "
    "base-uri 'none'; frame-ancestors 'none'"
)
MEDIA_POLICY = "default-src 'none'; sandbox"
FILM_POLICY = "default-src 'none'; media-src 'self'; sandbox"  # a browser shows a film in a page of its own
RETRY_SECONDS = "10"  # when what could not be done now is worth another try
HSTS = "max-age=31536000; includeSubDomains"
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}

WITH_CAMERA = FIXED["Permissions-Policy"].replace("camera=()", "camera=(self)")


@dataclass(frozen=True, kw_only=True)
class Policies:
    """What a page may load, and where its forms may lead."""

    window: str
    desk: str
    map: str


def policies(*, cdn: str, signed: str, tiles: str = "") -> Policies:
    """cdn: the origin of published photos; signed: the one to which desks are sent for photos that are not
    published, and for originals (a form may lead there because browsers hold redirects to the policy too);
    each "" where it is the portal itself. tiles: the origin of the map's ground, for the map alone."""

    def joined(*origins: str) -> str:
        return " ".join(filter(None, ("'self'", *origins)))

    return Policies(
        window=POLICY.format(images=joined(cdn), films=joined(cdn), forms="'self'", workers="'none'"),
        map=POLICY.format(images=joined(cdn, tiles), films=joined(cdn), forms="'self'", workers="'none'"),
        # blob: a photo is previewed before it is sent
        desk=POLICY.format(
            images=joined("blob:", cdn, signed),
            films=joined(cdn, signed),
            forms=joined(signed),
            workers="'self'",
        ),
    )


def always(*, https: bool) -> dict[str, str]:
    """What every answer carries, whoever makes it."""
    return FIXED | ({"Strict-Transport-Security": HSTS} if https else {})


def allow_camera() -> None:
    """The page that is being made may ask for the camera, as no other may."""

    def allow(response: Response) -> Response:
        response.headers["Permissions-Policy"] = WITH_CAMERA
        return response

    after_this_request(allow)


def allow_tiles() -> None:
    """The page that is being made may show the ground of the map, as no other may."""

    def allow(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = current_app.extensions["policies"].map
        return response

    after_this_request(allow)


def set_headers(response: Response) -> Response:
    """Give the answer what every answer has; a view may have been stricter already."""
    window = (request.blueprint or "public").startswith("public") or request.endpoint == "static"
    for name, value in always(https=current_app.extensions["portal"].settings.https).items():
        response.headers.setdefault(name, value)
    policies: Policies = current_app.extensions["policies"]
    response.headers.setdefault("Content-Security-Policy", policies.window if window else policies.desk)
    if not window or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    if response.status_code == 503:
        response.headers.setdefault("Retry-After", RETRY_SECONDS)
    return response
