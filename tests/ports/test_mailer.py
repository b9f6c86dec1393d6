"""The mailer: one suite for the console and for SMTP against a real server, and what only a server can do."""

from __future__ import annotations

import email
import email.policy
import logging
import socket
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import quote

import pytest

from portal.adapters.console_mailer import ConsoleMailer
from portal.adapters.smtp_address import SmtpAddress
from portal.adapters.smtp_mailer import SmtpLimits, SmtpMailer
from portal.ports import AddressRefused, Letter, Mailer, MailerUnavailable
from services.machine import free_port
from tests.mail_server import PASSWORD, SENDER, USER, MailServer, certificates, server_context

TO = "li.wen+work@post.example"
TEXT = "您好，\n\n.一个点开头的行。\n…café — 尾\n"
UTF8 = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit"  # as a terminal takes it
PATIENCE = SmtpLimits(connect=5.0, all=10.0)


def letter(**parts: str) -> Letter:
    return Letter(
        **{
            "id": "0a1b2c",
            "recipient": TO,
            "subject": "【阳光督查】设密码的链接 · Link",
            "text": TEXT,
            **parts,
        }
    )


def over_smtp(url: str, *, limits: SmtpLimits = PATIENCE) -> SmtpMailer:
    return SmtpMailer(SmtpAddress.parse(url), name="阳光督查，清河区", limits=limits)


@dataclass(frozen=True)
class Post:
    """A mailer, and the letters that came out at the other end."""

    mailer: Mailer
    arrived: Callable[[], list[EmailMessage]]


@pytest.fixture
def server():
    running = MailServer().start()
    yield running
    running.stop()


@pytest.fixture(params=["console", "smtp"])
def post(request, capsys):
    if request.param == "console":
        said = ""

        def printed() -> list[EmailMessage]:
            nonlocal said
            said += capsys.readouterr().out
            texts = [f"{UTF8}\nMessage-ID:{part}" for part in said.split("\nMessage-ID:")[1:]]
            return [email.message_from_bytes(text.encode(), policy=email.policy.default) for text in texts]

        return Post(ConsoleMailer(), printed)
    running = request.getfixturevalue("server")
    return Post(over_smtp(running.url()), lambda: running.received)


# --- every mailer ----------------------------------------------------------------------------------


def test_a_chinese_letter_arrives_as_it_was_written(post):
    post.mailer.send(letter())
    [arrived] = post.arrived()
    assert arrived["To"] == TO
    assert arrived["Subject"] == "【阳光督查】设密码的链接 · Link"
    assert arrived.get_content().replace("\r\n", "\n").rstrip("\n") == TEXT.rstrip("\n")


@pytest.mark.parametrize("length", [10, 200])
def test_a_letter_of_many_says_how_to_end_them_with_one_press(post, length):
    ends = f"https://sunlight.example/subscriptions/{'a' * length}-{'0' * 32}/end"
    post.mailer.send(letter(ends=ends))
    post.mailer.send(letter())
    of_many, alone = post.arrived()
    assert of_many["List-Unsubscribe"] == f"<{ends}>"
    assert of_many["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert of_many.get_content().replace("\r\n", "\n").rstrip("\n") == TEXT.rstrip("\n")
    assert (alone["List-Unsubscribe"], alone["List-Unsubscribe-Post"]) == (None, None)


@pytest.mark.parametrize(
    "ends", ["mailto:x@y.example", "https://a.example/x>\r\nBcc: y@z.example", "https://a b", "x"]
)
def test_what_ends_letters_is_an_address_of_the_web_and_nothing_else(ends):
    with pytest.raises(ValueError, match="ends letters"):
        letter(ends=ends)


def test_a_letter_that_is_sent_again_can_be_recognised(post):
    for each in ("first", "first", "second"):
        post.mailer.send(letter(id=each))
    ids = [arrived["Message-ID"] for arrived in post.arrived()]
    assert ids[0] == ids[1] != ids[2]
    assert ids[0].startswith("<first@")


def test_a_well_mailer_finds_nothing_wrong_and_sends_nothing(post):
    assert post.mailer.check() is None
    assert post.arrived() == []


@pytest.mark.parametrize("break_", ["\n", "\r", "\r\n", "\x00", "\u2028", "\x85"])
@pytest.mark.parametrize("part", ["id", "recipient", "subject"])
def test_nothing_that_breaks_a_line_gets_into_a_header(part, break_):
    whole = {"id": "0a1b2c", "recipient": TO, "subject": "标题"}[part]
    for wrong in (f"{whole}{break_}Bcc: all@post.example", whole + break_, break_ + whole):
        with pytest.raises(ValueError, match="of a letter"):
            letter(**{part: wrong})


@pytest.mark.parametrize(
    "wrong",
    ["", "liwen", "a@b", "a b@post.example", "a@post.example,b@post.example", "李文@post.example", "<a@post.example>",
     "a@post..example", "a@-post.example", ".a@post.example", "a@post.example>", f"{'a' * 65}@post.example",
     f"a@{'b.' * 130}example", "a@[127.0.0.1]"],
)  # fmt: skip
def test_a_recipient_is_one_plain_address(wrong):
    with pytest.raises(ValueError, match="recipient"):
        letter(recipient=wrong)


# --- a server --------------------------------------------------------------------------------------


def test_a_letter_says_who_it_is_from_and_that_no_person_wrote_it(server):
    over_smtp(server.url()).send(letter())
    [arrived] = server.received
    assert arrived["From"].addresses[0].addr_spec == SENDER
    assert arrived["From"].addresses[0].display_name == "阳光督查，清河区"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Message-ID"] == "<0a1b2c@sunlight.example>"
    assert arrived["X-Envelope-To"] == TO


@pytest.mark.parametrize("code", ["550 5.1.1", "551", "553", "501"])
def test_an_address_that_is_refused_for_good_is_told_apart(server, code):
    server.answers["RCPT"] = f"{code} <{TO}>: no such user"
    with pytest.raises(AddressRefused):
        over_smtp(server.url()).send(letter())


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("RCPT", "450 4.2.1 mailbox busy"),
        ("RCPT", "421 closing"),
        ("RCPT", "530 sign in first"),
        ("MAIL", "451 later"),
        ("MAIL", "550 we do not know you"),
        ("DATA", "452 no room"),
        ("DATA", "554 we do not like it"),
    ],
)
def test_everything_else_may_be_tried_again(server, step, answer):
    server.answers[step] = answer
    with pytest.raises(MailerUnavailable, match=answer[:3]):
        over_smtp(server.url()).send(letter())
    assert server.received == []
    server.answers.clear()
    over_smtp(server.url()).send(letter())
    assert len(server.received) == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_dies_in_the_middle_may_be_tried_again_and_the_letter_recognised(server, step):
    server.hangs_up_at = step
    with pytest.raises(MailerUnavailable, match="does not answer"):
        over_smtp(server.url()).send(letter())
    server.hangs_up_at = ""
    over_smtp(server.url()).send(letter())
    assert {arrived["Message-ID"] for arrived in server.received} == {"<0a1b2c@sunlight.example>"}


@pytest.mark.parametrize("step", ["MAIL", "DATA"])
def test_a_server_that_falls_silent_is_not_waited_for(server, step):
    server.silent_at = step
    with pytest.raises(MailerUnavailable, match="does not answer"):
        over_smtp(server.url(), limits=SmtpLimits(connect=5.0, all=0.5)).send(letter())


def test_a_port_that_takes_connections_and_never_greets_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        mailer = over_smtp(
            f"smtp://127.0.0.1:{deaf.getsockname()[1]}/?from={SENDER}&tls=none", limits=SmtpLimits(all=0.3)
        )
        with pytest.raises(MailerUnavailable, match="does not answer"):
            mailer.send(letter())


def test_no_server_at_all_is_said_with_the_cure():
    mailer = over_smtp(f"smtp://127.0.0.1:{free_port()}/?from={SENDER}&tls=none")
    with pytest.raises(MailerUnavailable, match="does not answer"):
        mailer.send(letter())
    assert "check PORTAL_MAIL_URL" in (mailer.check() or "")


def test_a_sender_the_server_does_not_take_is_found_before_anybody_waits(server):
    server.answers["MAIL"] = "550 we do not know you"
    assert "does not take the sender (550)" in (over_smtp(server.url()).check() or "")


def test_no_address_and_no_word_of_the_server_gets_into_a_traceback_or_a_log(server, caplog):
    caplog.set_level(logging.DEBUG, logger="portal")
    server.answers["RCPT"] = f"550 <{TO}>: user unknown"
    for answer in ("550", "450"):
        server.answers["RCPT"] = f"{answer} <{TO}>: user unknown"
        try:
            over_smtp(server.url()).send(letter())
        except (AddressRefused, MailerUnavailable) as error:
            said = "".join(traceback.format_exception(error)) + repr(error)
        assert TO not in said
        assert "unknown" not in said
    assert TO not in repr(letter())
    assert all(TO not in record.getMessage() for record in caplog.records if record.name.startswith("portal"))


# --- encryption ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def start():
    running = []

    def started(**how) -> MailServer:
        running.append(MailServer(**how).start())
        return running[-1]

    yield started
    for server in running:
        server.stop()


@pytest.mark.parametrize("at_once", [False, True], ids=["starttls", "smtps"])
def test_a_letter_goes_encrypted_to_a_server_that_can_prove_its_name(start, made, at_once):
    server = start(context=server_context(made["cert"]), at_once=at_once)
    over_smtp(server.url(f"ca={made['ca']}", scheme="smtps" if at_once else "smtp")).send(letter())
    assert len(server.received) == 1


@pytest.mark.parametrize("at_once", [False, True], ids=["starttls", "smtps"])
@pytest.mark.parametrize(("shown", "trusted"), [("cert", "stranger"), ("elsewhere", "ca")])
def test_a_server_that_cannot_prove_its_name_gets_nothing(start, made, at_once, shown, trusted):
    server = start(context=server_context(made[shown]), at_once=at_once)
    mailer = over_smtp(server.url(f"ca={made[trusted]}", scheme="smtps" if at_once else "smtp"))
    with pytest.raises(MailerUnavailable, match="wrong certificate"):
        mailer.send(letter())
    assert "wrong certificate" in (mailer.check() or "")
    assert server.tried == 0


def test_a_server_that_cannot_encrypt_gets_nothing_unless_told_so(server):
    with pytest.raises(MailerUnavailable, match="cannot encrypt"):
        over_smtp(server.url("")).send(letter())
    assert server.tried == 0


def test_signing_in_happens_encrypted_and_a_wrong_password_is_said_without_it(start, made):
    server = start(context=server_context(made["cert"]), login=True)
    right, wrong = (
        over_smtp(server.url(f"ca={made['ca']}", user=f"{USER}:{quote(word, safe='')}@"))
        for word in (PASSWORD, "another-secret")
    )
    right.send(letter())
    assert len(server.received) == 1
    with pytest.raises(MailerUnavailable, match="refuses our name or password") as refusal:
        wrong.send(letter())
    assert "another-secret" not in "".join(traceback.format_exception(refusal.value))
