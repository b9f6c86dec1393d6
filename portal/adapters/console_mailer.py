"""Letters for whoever sits at a development machine: written to standard output, links and all."""

from __future__ import annotations

import sys

from portal.ports import Letter, MailerUnavailable

SCHEME = "console:"


class ConsoleMailer:
    """`Mailer` for one pair of eyes. Nobody else may read this output: letters hold one-time links."""

    def send(self, letter: Letter) -> None:
        head = f"Message-ID: <{letter.id}@console>\nTo: {letter.recipient}\nSubject: {letter.subject}"
        if letter.ends:
            head += f"\nList-Unsubscribe: <{letter.ends}>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click"
        try:
            sys.stdout.write(f"\n{head}\n\n{letter.text}\n")
            sys.stdout.flush()
        except (OSError, ValueError):  # closed, or a pipe nobody reads any more
            raise MailerUnavailable("standard output takes no letters") from None

    def check(self) -> str | None:
        return None
