"""Style, icons and scripts: read once, compressed once, kept by readers for as long as their content is the same.

A page links many sheets, and every sheet that is fetched for itself keeps the first text waiting. So the links of a
page are told as one, whose address names its parts: any process can put it together.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from portal.web.codings import FOR_EVER, PLAIN, SUFFIX, coding_of, packed
from portal.web.kept import BODILESS, known_tag

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

KEPT_FOR_EVER = "public, max-age=31536000, immutable"
LOOKED_AFTER = "no-cache"  # asked for by its bare name, as one script asks for another
SHEETS = "sheets/"
MEDIA = {"dark": "(prefers-color-scheme: dark)", "print": "print"}  # what a sheet in a sheet may be for
_MEANT = {media: name for name, media in MEDIA.items()}
_LINK = re.compile(
    r'<link rel="stylesheet" href="/static/(?P<name>[\w@./-]+)\.css(?:\?v=\w+)?"'
    r'(?: media="(?P<media>[^"]*)")?(?: integrity="[^"]*")?>\n?'
)
_WORDS = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/manifest")


@dataclass(frozen=True)
class File:
    """One static file as it is sent. `version` names its content."""

    body: bytes
    mimetype: str
    version: str
    forms: dict[str, bytes] = field(default_factory=dict)

    def form(self, coding: str) -> tuple[str, bytes]:
        """The coding that is worth it, and the bytes; each form is made once."""
        if not coding or not self.mimetype.startswith(_WORDS):
            return PLAIN, self.body
        if coding not in self.forms:
            self.forms[coding] = packed(self.body, coding, sent=FOR_EVER)
        return coding, self.forms[coding]


class Statics:
    """The files of one folder, and the sheets that are put together from them."""

    def __init__(self, folder: Path, *, headers: Iterable[tuple[str, str]] = ()) -> None:
        """headers: what every answer of the portal carries."""
        self._headers = list(headers)
        self._files = {
            path.relative_to(folder).as_posix(): _file(path, path.stat().st_mtime_ns)
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        self._addresses: dict[str, str] = {}  # of what our own pages link

    def address(self, name: str) -> str:
        """Where a file is found, with its version, so that it can be kept for ever."""
        if name not in self._addresses:
            file = self.find(name)
            self._addresses[name] = f"/static/{name}" + (f"?v={file.version}" if file else "")
        return self._addresses[name]

    def find(self, name: str) -> File | None:
        if (file := self._files.get(name)) is not None:
            return file
        if name.startswith(SHEETS) and name.endswith(".css"):
            return self._sheet(name.removeprefix(SHEETS).removesuffix(".css"))
        return None

    def as_one(self, head: str) -> str:
        """The head of a page with its sheets in one link, where the first one was."""
        links = [link for link in _LINK.finditer(head) if self._can_join(link)]
        if len(links) < 2:
            return head
        parts = "+".join(_part(link["name"], link["media"]) for link in links)
        one = f'<link rel="stylesheet" href="{self.address(f"{SHEETS}{parts}.css")}">\n'
        first, joined = links[0].start(), {link.start() for link in links}
        return _LINK.sub(
            lambda link: (one if link.start() == first else "") if link.start() in joined else link[0], head
        )

    def _can_join(self, link: re.Match[str]) -> bool:
        known = link["media"] in (None, "", "all", *_MEANT)
        return known and f"{link['name']}.css" in self._files

    def _sheet(self, parts: str) -> File | None:
        named = [part.partition("~") for part in parts.split("+")]
        names = [f"{name.replace(':', '/')}.css" for name, _, _ in named]
        if len(set(names)) < len(names) or not all(name in self._files for name in names):
            return None
        if any(sign and media not in MEDIA for _, sign, media in named):
            return None
        return _together(
            tuple(
                (MEDIA.get(media, ""), self._files[name].body)
                for name, (_, _, media) in zip(names, named, strict=True)
            )
        )

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes] | None:
        """Send the file that is asked for; None when there is none."""
        file = self.find(environ["PATH_INFO"].removeprefix("/static/"))
        if file is None:
            return None
        coding, body = file.form(coding_of(environ.get("HTTP_ACCEPT_ENCODING", "")))
        kept = f"v={file.version}" in environ.get("QUERY_STRING", "").split("&")
        headers = [
            *self._headers,
            ("Content-Type", file.mimetype),
            ("Cache-Control", KEPT_FOR_EVER if kept else LOOKED_AFTER),
            ("Vary", "Accept-Encoding"),
            ("ETag", f'"{file.version}{SUFFIX[coding]}"'),
        ]
        if known_tag(environ.get("HTTP_IF_NONE_MATCH", ""), file.version):
            start_response("304 Not Modified", [h for h in headers if h[0].lower() not in BODILESS])
            return [b""]
        if coding:
            headers.append(("Content-Encoding", coding))
        headers.append(("Content-Length", str(len(body))))
        start_response("200 OK", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else body]


@lru_cache(maxsize=1024)
def _file(path: Path, _modified: int) -> File:
    return _made(path.read_bytes(), _mimetype(path))


@lru_cache(maxsize=64)
def _together(parts: tuple[tuple[str, bytes], ...]) -> File:
    """One sheet of several. What is for a medium alone stays so."""
    written = [b"@media %s {\n%s}\n" % (media.encode(), body) if media else body for media, body in parts]
    return _made(b"\n".join(written), "text/css; charset=utf-8")


def _made(body: bytes, mimetype: str) -> File:
    return File(body=body, mimetype=mimetype, version=hashlib.sha256(body).hexdigest()[:12])


def _mimetype(path: Path) -> str:
    known = "text/javascript" if path.suffix in (".js", ".mjs") else mimetypes.guess_type(path.name)[0]
    known = known or "application/octet-stream"
    return f"{known}; charset=utf-8" if known.startswith("text/") else known


def _part(name: str, media: str | None) -> str:
    """How a sheet is named within the address of several."""
    meant = _MEANT.get(media or "")
    return name.replace("/", ":") + (f"~{meant}" if meant else "")
