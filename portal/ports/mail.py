"""Letters to staff, and to citizens who asked for them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from portal.text.mailbox import is_mailbox

_ADDRESS = re.compile(r"https?://[!-;=?-~]{1,900}", re.ASCII)
_LETTER_ID = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")


class MailerUnavailable(Exception):
    """The letter may not have been handed over: the server does not answer, or will not have it from us or
    not now. The argument says why, in words and without addresses. The same letter may be sent again."""


class AddressRefused(Exception):
    """Nobody will ever get mail at this address: sending again is no use."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter in plain text. The same letter has the same `id` however often it is sent, so that whoever
    gets it twice can tell. ends: the address at which one press ends such letters (RFC 8058), if it is one of many.
    Raises `ValueError` for an id, a recipient, a subject or such an address that could not stand in a header as it
    is."""

    id: str
    recipient: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    ends: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if len(self.id) > 64 or not _LETTER_ID.fullmatch(self.id):
            raise ValueError("the id of a letter is letters and digits, with dots and dashes between them")
        if not is_mailbox(self.recipient):
            raise ValueError("the recipient of a letter is one address and nothing else")
        if not self.subject.strip() or not self.subject.isprintable():
            raise ValueError("the subject of a letter is one line")
        if self.ends and not _ADDRESS.fullmatch(self.ends):
            raise ValueError("what ends letters is one address of the web")


class Mailer(Protocol):
    """Hands letters over to whoever delivers them.

    When `send` returns, somebody else has taken responsibility for the letter. It is never known for sure
    that it was not, so a letter that is sent again is the same to the last character of its Message-ID.
    No error, and nothing that is logged, names an address or quotes a letter.
    """

    def send(self, letter: Letter) -> None:
        """Hand a letter over. Raises `MailerUnavailable` and `AddressRefused`, within half a minute."""

    def check(self) -> str | None:
        """None when letters would be taken now, else what is wrong and the cure, in words."""
