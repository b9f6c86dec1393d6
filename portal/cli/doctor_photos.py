"""What `portal doctor` says of the signatures in photos."""

from __future__ import annotations

from collections.abc import Iterator

from portal.wiring import Portal

Finding = tuple[str, str]  # ("ok" | "warn" | "bad", sentence)


def credentials(portal: Portal) -> Iterator[Finding]:
    """Whether published photos are signed. They are published either way: the record is the proof."""
    if portal.credentials is None:
        yield "ok", "published photos carry no signature (PORTAL_CONTENT_CREDENTIALS is off)"
        return
    trouble = portal.credentials.check()
    if trouble is None:
        yield "ok", "published photos carry a credit line and a signature"
    else:
        yield "warn", f"published photos carry no signature: {trouble}"
