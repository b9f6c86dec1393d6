"""Addresses of mailboxes, as plain text."""

from __future__ import annotations

import re

LONGEST = 254  # characters that a mail server has to take

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_FORM = re.compile(
    rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])"
)


def is_mailbox(text: str) -> bool:
    """Whether mail can be addressed to this: `name@domain` in ASCII, without quotes, comments or spaces, so
    that it can stand in a header and in an envelope exactly as it is."""
    return len(text) <= LONGEST and _FORM.fullmatch(text) is not None
