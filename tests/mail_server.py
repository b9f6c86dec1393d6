"""A real mail server on this machine's loopback that keeps what it is given, and misbehaves when told to."""

from __future__ import annotations

import asyncio
import email
import email.policy
import shutil
import ssl
import subprocess
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from services.machine import free_port

USER, PASSWORD = "portal", "p@ss/w#rd"
SENDER = "portal@sunlight.example"


class MailServer:
    """`answers`: what is said instead of "OK", by step (MAIL, RCPT, DATA). `hangs_up_at`: the step at which the
    connection breaks without an answer; a letter may have been taken by then. `silent_at`: the step that is never
    answered."""

    def __init__(self, *, context: ssl.SSLContext | None = None, at_once: bool = False, login: bool = False):
        self.received: list[EmailMessage] = []
        self.tried = 0
        self.answers: dict[str, str] = {}
        self.hangs_up_at = self.silent_at = ""
        self.port = free_port()
        more: dict[str, Any] = {"tls_context": context, "require_starttls": True} if context else {}
        if login:
            more |= {"authenticator": self._knows, "auth_required": True}
        self._controller = Controller(
            self, hostname="127.0.0.1", port=self.port, ready_timeout=30,
            **({"ssl_context": context} if at_once else more),
        )  # fmt: skip

    def url(self, options: str = "tls=none", *, scheme: str = "smtp", user: str = "") -> str:
        return f"{scheme}://{user}127.0.0.1:{self.port}/?from={SENDER}&{options}".rstrip("&")

    def start(self) -> Self:
        self._controller.start()
        return self

    def stop(self) -> None:
        self.silent_at = ""
        if self._controller.loop.is_running():
            self._controller.stop()

    def _knows(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        known = isinstance(given, LoginPassword) and (given.login, given.password) == (
            USER.encode(), PASSWORD.encode(),
        )  # fmt: skip
        return AuthResult(success=known)

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:
        envelope.mail_from = address
        return await self._answer("MAIL", server)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        envelope.rcpt_tos.append(address)
        return await self._answer("RCPT", server)

    async def handle_DATA(self, server, session, envelope) -> str:
        self.tried += 1
        if "DATA" not in self.answers:
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
            self.received.append(message)
        return await self._answer("DATA", server)

    async def _answer(self, step: str, server: Any) -> str:
        if step == self.hangs_up_at:
            server.transport.abort()
        while step == self.silent_at:
            await asyncio.sleep(0.02)
        return self.answers.get(step, "250 OK")


def certificates(folder: Path) -> dict[str, Path]:
    """An authority (`ca`), a server's certificate of it for 127.0.0.1 (`cert`, `key`), one for another name
    (`elsewhere`, same key), and an authority that has signed nothing (`stranger`)."""
    if shutil.which("openssl") is None:
        pytest.skip("certificates are made with openssl, which is not here")

    def make(name: str, *words: str) -> Path:
        made = folder / f"{name}.pem"
        key = folder / f"{name}.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", key, "-out", made, "-days", "2", "-subj", f"/CN={name}", *words],
            check=True, capture_output=True,
        )  # fmt: skip
        return made

    ca, stranger = make("ca"), make("stranger")
    signed = (
        "-CA",
        str(ca),
        "-CAkey",
        str(folder / "ca.key"),
        "-addext",
        "basicConstraints=critical,CA:FALSE",
    )
    here = make("here", *signed, "-addext", "subjectAltName=IP:127.0.0.1")
    elsewhere = make("elsewhere", *signed, "-addext", "subjectAltName=DNS:mail.elsewhere.example")
    return {"ca": ca, "stranger": stranger, "cert": here, "elsewhere": elsewhere}


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    return context
