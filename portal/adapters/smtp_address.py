"""Where a mail server is and how to speak to it: the address of the settings, taken apart."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from portal.text.mailbox import is_mailbox

FORM = "smtp://USER:PASSWORD@HOST:587/?from=NAME@DOMAIN"
_OPTIONS = {"from", "tls", "ca"}


class Tls(StrEnum):
    """How the way to the server is closed to listeners."""

    AT_ONCE = "smtps"  # from the first byte
    STARTTLS = "starttls"  # before anything is said that matters
    NONE = "none"  # not at all: for a relay on this machine


PORTS = {Tls.AT_ONCE: 465, Tls.STARTTLS: 587, Tls.NONE: 25}


@dataclass(frozen=True, kw_only=True)
class SmtpAddress:
    """host, port, how it is encrypted; user: "" signs in as nobody; sender: the address letters come from;
    authorities: a file of certificates to trust instead of the system's, "" for the system's."""

    host: str
    port: int
    tls: Tls
    user: str
    password: str = field(repr=False)
    sender: str
    authorities: str

    @classmethod
    def parse(cls, url: str) -> Self:
        """Raises `ValueError`, in words that do not quote the password, for an address not of this form."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ValueError(f"PORTAL_MAIL_URL is no address; use {FORM}") from None
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"PORTAL_MAIL_URL: nothing here answers to this address; use console: or {FORM}")
        if unknown := sorted(set(options) - _OPTIONS):
            raise ValueError(f"PORTAL_MAIL_URL: unknown option {', '.join(unknown)}; use {FORM}")
        if not is_mailbox(options.get("from", "")):
            raise ValueError(f"PORTAL_MAIL_URL: from= is the address that letters come from; use {FORM}")
        tls = _tls(parts.scheme, options.get("tls"))
        if parts.username and tls is Tls.NONE:
            raise ValueError("PORTAL_MAIL_URL: tls=none would send the password in the clear; leave one out")
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        if not (user + password).isascii() or not (user + password).isprintable():
            raise ValueError("PORTAL_MAIL_URL: servers take a user and a password in plain ASCII alone")
        return cls(
            host=parts.hostname,
            port=port or PORTS[tls],
            tls=tls,
            user=user,
            password=password,
            sender=options["from"],
            authorities=options.get("ca", ""),
        )

    @property
    def domain(self) -> str:
        """The domain that letters come from."""
        return self.sender.rpartition("@")[2]

    def context(self) -> ssl.SSLContext:
        """Checks the server's certificate and name. Raises `ValueError` for authorities that are none."""
        try:
            return ssl.create_default_context(cafile=self.authorities or None)
        except OSError:
            raise ValueError(
                f"PORTAL_MAIL_URL: ca={self.authorities} is not a file of certificates (PEM)"
            ) from None


def _tls(scheme: str, asked: str | None) -> Tls:
    if scheme == "smtps":
        if asked is not None:
            raise ValueError("PORTAL_MAIL_URL: smtps:// is encrypted from the start; leave tls= out")
        return Tls.AT_ONCE
    if asked not in (None, Tls.STARTTLS, Tls.NONE):
        raise ValueError("PORTAL_MAIL_URL: tls= is starttls (the default) or none")
    return Tls(asked or Tls.STARTTLS)
