"""Letters over SMTP, each in a connection of its own.

What a server answers often quotes the address, so none of its words leave this module: errors carry its
three-digit code, and are raised `from None` so that no traceback brings the words along.
"""

from __future__ import annotations

import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as MAIL
from email.utils import formatdate
from typing import Any

from portal.adapters.smtp_address import SmtpAddress, Tls
from portal.ports import AddressRefused, Letter, MailerUnavailable

NOT_ABOUT_THE_ADDRESS = {503, 530, 538}  # out of order, sign in first, encrypt first


@dataclass(frozen=True, kw_only=True)
class SmtpLimits:
    """How long to wait, in seconds: for a connection, and for everything together. `all` is shorter than the
    lease of a job, or another worker would begin to send the same letter."""

    connect: float = 4.0
    all: float = 20.0


class _Hurried(smtplib.SMTP):
    """A conversation that ends in time: each step waits only for what is left of the whole."""

    def __init__(self, address: SmtpAddress, limits: SmtpLimits, **more: Any) -> None:
        self._until = time.monotonic() + limits.all
        super().__init__(
            address.host,
            address.port,
            local_hostname=address.domain,  # asking the resolver for ours could take its time
            timeout=min(limits.connect, limits.all),
            **more,
        )

    def getreply(self) -> tuple[int, bytes]:
        self._wait_no_longer()
        return super().getreply()

    def send(self, s: Any) -> None:
        self._wait_no_longer()
        super().send(s)

    def _wait_no_longer(self) -> None:
        if self.sock is not None:
            self.sock.settimeout(max(0.01, self._until - time.monotonic()))


class _HurriedTls(_Hurried, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class SmtpMailer:
    """`Mailer` on a mail server. `name`: who letters come from, beside the address."""

    def __init__(self, address: SmtpAddress, *, name: str, limits: SmtpLimits | None = None) -> None:
        self._address, self._name, self._limits = address, name, limits or SmtpLimits()
        self._context = address.context()

    def send(self, letter: Letter) -> None:
        message = self._message(letter)
        with self._conversation() as server:
            _expect(server.mail(self._address.sender), "the sender")
            code, _words = server.rcpt(letter.recipient)
            if 500 <= code < 600 and code not in NOT_ABOUT_THE_ADDRESS:
                raise AddressRefused(f"the mail server refuses this address for good ({code})")
            _expect((code, b""), "the recipient")
            _expect(server.data(message), "the letter")

    def check(self) -> str | None:
        try:
            with self._conversation() as server:
                _expect(server.mail(self._address.sender), "the sender")
        except MailerUnavailable as trouble:
            return f"{trouble}: check PORTAL_MAIL_URL and the mail server"
        return None

    def _message(self, letter: Letter) -> bytes:
        message = EmailMessage(policy=MAIL)
        message["Message-ID"] = f"<{letter.id}@{self._address.domain}>"
        message["From"] = Address(self._name, addr_spec=self._address.sender)
        message["To"] = Address(addr_spec=letter.recipient)
        message["Subject"] = letter.subject
        message["Date"] = formatdate()
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="base64")  # arrives the same through any server
        # Before the rest, by hand: the library would cut or encode an address that is longer than a line.
        return _ending(letter.ends) + message.as_bytes()

    @contextmanager
    def _conversation(self) -> Iterator[smtplib.SMTP]:
        """A server that has greeted us and taken our name. Raises `MailerUnavailable` for all that goes wrong."""
        where = f"the mail server at {self._address.host}:{self._address.port}"
        server = None
        try:
            server = self._connected()
            server.ehlo_or_helo_if_needed()
            if self._address.user:
                self._sign_in(server)
            yield server
            with suppress(OSError, smtplib.SMTPException):  # what was taken stays taken
                server.quit()
        except (AddressRefused, MailerUnavailable):
            raise
        except ssl.SSLCertVerificationError as trouble:
            raise MailerUnavailable(f"{where} shows a wrong certificate ({trouble.verify_message})") from None
        except smtplib.SMTPAuthenticationError:
            raise MailerUnavailable(f"{where} refuses our name or password") from None
        except smtplib.SMTPResponseException as trouble:
            raise MailerUnavailable(f"{where} answers {trouble.smtp_code}") from None
        except smtplib.SMTPNotSupportedError:
            raise MailerUnavailable(f"{where} cannot encrypt or sign in as PORTAL_MAIL_URL asks") from None
        except (OSError, smtplib.SMTPException) as trouble:
            raise MailerUnavailable(f"{where} does not answer ({type(trouble).__name__})") from None
        finally:
            if server is not None:
                server.close()

    def _sign_in(self, server: smtplib.SMTP) -> None:
        """With the ways the server knows, in turn; many hang up after the second wrong one."""
        try:
            server.login(self._address.user, self._address.password)
        except smtplib.SMTPServerDisconnected:
            raise smtplib.SMTPAuthenticationError(535, b"") from None

    def _connected(self) -> smtplib.SMTP:
        if self._address.tls is Tls.AT_ONCE:
            return _HurriedTls(self._address, self._limits, context=self._context)
        server = _Hurried(self._address, self._limits)
        if self._address.tls is Tls.STARTTLS:
            try:
                server.starttls(context=self._context)
            except BaseException:
                server.close()
                raise
        return server


def _ending(address: str) -> bytes:
    """The headers by which a mail program offers to end such letters with one press (RFC 8058)."""
    if not address:
        return b""
    return f"List-Unsubscribe: <{address}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode()


def _expect(answer: tuple[int, bytes], step: str) -> None:
    """Raises `MailerUnavailable` unless the server took this step."""
    if not 200 <= answer[0] < 300:
        raise MailerUnavailable(f"the mail server does not take {step} ({answer[0]})")
