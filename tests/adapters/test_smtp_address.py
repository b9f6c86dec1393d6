"""The address of a mail server: what it means, and what is refused without quoting the password."""

from __future__ import annotations

import pytest

from config import Mode
from portal.adapters.console_mailer import ConsoleMailer
from portal.adapters.smtp_address import SmtpAddress, Tls
from portal.adapters.smtp_mailer import SmtpMailer
from portal.wiring import wire

PLAIN = "smtp://mail.example.org/?from=portal@example.org"
# What production wants besides.
PRODUCTION = {
    "mode": Mode.PRODUCTION, "signing_key_file": "/nowhere/signing_key", "https": True, "hosts": "sunlight.example.org", "site_code": "1234567890", "icp": "京ICP备1号",
    "police": "京公网安备 1号",
}  # fmt: skip


@pytest.mark.parametrize(
    ("url", "tls", "port"),
    [
        (PLAIN, Tls.STARTTLS, 587),
        (f"{PLAIN}&tls=starttls", Tls.STARTTLS, 587),
        (f"{PLAIN}&tls=none", Tls.NONE, 25),
        ("smtps://mail.example.org/?from=portal@example.org", Tls.AT_ONCE, 465),
        ("smtp://mail.example.org:2525?from=portal@example.org", Tls.STARTTLS, 2525),
    ],
)
def test_the_way_is_closed_to_listeners_unless_told_otherwise(url, tls, port):
    address = SmtpAddress.parse(url)
    assert (address.tls, address.port, address.host) == (tls, port, "mail.example.org")


def test_name_and_password_may_hold_any_character_and_are_not_shown():
    address = SmtpAddress.parse(
        "smtp://portal%40example.org:p%40ss%2Fword@mail.example.org/?from=portal@example.org"
    )
    assert (address.user, address.password) == ("portal@example.org", "p@ss/word")
    assert "p@ss/word" not in repr(address)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://u:secret@mail.example.org/?from=a@b.example", "nothing here answers"),
        ("smtp://u:secret@mail.example.org/", "from="),
        ("smtp://u:secret@mail.example.org/?from=a@b.example%0d%0aBcc:c@d.example", "from="),
        ("smtp://u:secret@mail.example.org:port/?from=a@b.example", "no address"),
        ("smtp://u:secret@mail.example.org/?from=a@b.example&tls=maybe", "tls="),
        ("smtp://u:secret@mail.example.org/?from=a@b.example&tls=none", "in the clear"),
        ("smtps://u:secret@mail.example.org/?from=a@b.example&tls=starttls", "smtps"),
        ("smtp://u:secret@mail.example.org/?from=a@b.example&form=x", "unknown option form"),
        ("smtp://u:secret%C3%B6@mail.example.org/?from=a@b.example", "plain ASCII"),
        ("smtp://u:secret%0A@mail.example.org/?from=a@b.example", "plain ASCII"),
        ("smtp://u:secret@/?from=a@b.example", "nothing here answers"),
    ],
)
def test_an_address_that_is_none_is_refused_in_words_without_its_password(url, said):
    with pytest.raises(ValueError, match=said) as refusal:
        SmtpAddress.parse(url)
    assert "secret" not in str(refusal.value)


def test_authorities_that_are_no_certificates_are_refused_at_start(tmp_path):
    with pytest.raises(ValueError, match="not a file of certificates"):
        SmtpMailer(SmtpAddress.parse(f"{PLAIN}&ca={tmp_path / 'none.pem'}"), name="")


def test_the_password_is_in_no_picture_of_the_settings(settings):
    secret = settings.model_copy(update={"mail_url": "smtp://u:secret@mail.example.org/?from=a@b.example"})
    assert "secret@" not in repr(secret)


@pytest.mark.parametrize(
    "url", ["", "sunlight.example.org", "ftp://sunlight.example.org", "https://sunlight.example.org/under"]
)
def test_letters_need_the_public_address_of_the_portal(settings, url):
    with pytest.raises(ValueError, match="PORTAL_URL"):
        wire(settings.model_copy(update={"mail_url": PLAIN, "url": url}))


def test_production_links_to_nothing_unencrypted(settings):
    with pytest.raises(ValueError, match="PORTAL_URL"):
        wire(
            settings.model_copy(
                update={**PRODUCTION, "mail_url": PLAIN, "url": "http://sunlight.example.org"}
            )
        )


def test_the_console_carries_letters_in_a_demonstration_and_none_in_production(settings):
    demonstration, production = wire(settings), wire(settings.model_copy(update=PRODUCTION))
    assert isinstance(demonstration.mailer, ConsoleMailer)
    assert production.mailer is None
    assert production.letters is None
    demonstration.close()
    production.close()
