"""Headers on every answer: a strict content policy, no sniffing, no referrer, no cache for desks."""

from __future__ import annotations

from flask import Response, current_app, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'{blob}; connect-src 'self'; "
    "font-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
WINDOW_POLICY = POLICY.format(blob="")
DESK_POLICY = POLICY.format(blob=" blob:")  # a photo is previewed before it is sent
MEDIA_POLICY = "default-src 'none'; sandbox"
RETRY_SECONDS = "10"  # when what could not be done now is worth another try
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


def set_headers(response: Response) -> Response:
    """Give the answer what every answer has; a view may have been stricter already."""
    window = (request.blueprint or "public").startswith("public") or request.endpoint == "static"
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", WINDOW_POLICY if window else DESK_POLICY)
    if not window or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    if response.status_code == 503:
        response.headers.setdefault("Retry-After", RETRY_SECONDS)
    if current_app.extensions["portal"].settings.https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return response
