"""Seen pages on the doorstep: the same bytes go through gunicorn's own worker of threads and through ours, and the same
bytes come back."""

from __future__ import annotations

import hashlib
import inspect
import os
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gunicorn
import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http import wsgi
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from config import Settings
from portal.web.app import create_app
from portal.web.doorstep import Worker
from portal.web.kept import Ready
from portal.wiring import Portal
from tests.browsing import Browser
from tests.small_district import SmallDistrict

HOST = "Host: localhost\r\n"
PAGE = f"GET /projects HTTP/1.1\r\n{HOST}\r\n"
BROWSER = (
    "Connection: keep-alive\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\nAccept: text/html,*/*;q=0.8\r\n"
    "Accept-Language: zh-CN,zh;q=0.9\r\nSec-Fetch-Mode: navigate\r\nAccept-Encoding: gzip, deflate, br\r\n"
)
DATE = re.compile(rb"\r\nDate: [^\r]+\r\n")


class Way:
    """A worker of one kind, given one connection after another. `looks`: how many requests were answered on the
    doorstep."""

    def __init__(self, kind: type[ThreadWorker], application: Any, **options: Any) -> None:
        config = Config()
        for name, value in {"threads": 8, "keepalive": 30, "loglevel": "critical", **options}.items():
            config.set(name, value)
        self.worker = kind(0, os.getppid(), [], application, 120, config, Logger(config))
        self.worker.app = type("App", (), {"wsgi": lambda _self: application})()
        self.worker.load_wsgi()
        self.looks = 0
        self._count_looks()

    def _count_looks(self) -> None:
        glance = getattr(self.worker, "_glance", None)
        if glance is None:
            return

        def counted(asked: dict[str, Any], begin: None) -> Ready | None:
            ready = glance(asked, begin)
            self.looks += ready is not None
            return ready  # type: ignore[no-any-return]

        self.worker._glance = counted

    def answer(self, said: bytes, *, reads: bool = True) -> bytes:
        """All that a connection gets back which says this and then no more. reads: whether it waits for an answer."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            theirs.settimeout(20)
            ours.sendall(said)
            ours.shutdown(socket.SHUT_WR)
            if not reads:
                ours.close()
            connection = TConn(self.worker.cfg, theirs, ("127.0.0.1", 40000), ("127.0.0.1", 8000))
            while self.worker.handle(connection):
                pass
            connection.close(graceful=True)
            return DATE.sub(b"\r\nDate: then\r\n", _all_of(ours)) if reads else b""

    def close(self) -> None:
        self.worker.tmp.close()
        for log in (self.worker.log.error_log, self.worker.log.access_log):
            for handler in list(log.handlers):
                log.removeHandler(handler)
                handler.close()


def _all_of(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(1 << 16):
        pieces.append(piece)
    return b"".join(pieces)


@pytest.fixture(params=[0, 1], ids=["no proxy", "a proxy"])
def application(
    request: pytest.FixtureRequest, portal: Portal, settings: Settings, district: SmallDistrict
) -> Any:
    """The whole portal, with some pages seen."""
    object.__setattr__(portal, "settings", settings.model_copy(update={"proxies": request.param}))
    front = create_app(portal)
    for path in ("/projects", "/en/projects", "/", "/projects/2026-001", "/feeds/latest.atom"):
        for coding in ("identity", "gzip", "gzip, deflate, br"):
            assert Browser(front).get(path, headers={"Accept-Encoding": coding}).status_code == 200
    return front


@pytest.fixture
def way() -> Iterator[Callable[..., Way]]:
    """Makes ways, and tidies up behind them."""
    made: list[Way] = []

    def make(kind: type[ThreadWorker], application: Any, **options: Any) -> Way:
        made.append(Way(kind, application, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def ways(application: Any, way: Callable[..., Way]) -> tuple[Way, Way]:
    return way(ThreadWorker, application), way(Worker, application)


def asking(path: str = "/projects", more: str = "", *, method: str = "GET", version: str = "1.1") -> str:
    return f"{method} {path} HTTP/{version}\r\n{HOST}{more}\r\n"


SEEN = {  # answered on the doorstep, so many times
    "plain": (PAGE, 1),
    "as browsers ask": (asking(more=BROWSER), 1),
    "English": (asking("/en/projects"), 1),
    "a project, brotli": (asking("/projects/2026-001", "Accept-Encoding: br\r\n"), 1),
    "a feed": (asking("/feeds/latest.atom", "Accept-Encoding: gzip\r\n"), 1),
    "another writing of the address": (asking("/pro%6aects"), 1),
    "an address in full": (asking("http://localhost/projects"), 1),
    "an empty question": (asking("/projects?"), 1),
    "a fragment": (asking("/projects#top"), 1),
    "HEAD": (asking(method="HEAD"), 1),
    "known to the reader": (asking(more="If-None-Match: *\r\n"), 1),
    "HEAD, known": (asking(more="If-None-Match: *\r\n", method="HEAD"), 1),
    "another tag": (asking(more='If-None-Match: "other"\r\n'), 1),
    "a date that we never tell": (asking(more="If-Modified-Since: Mon, 01 Jan 2029 00:00:00 GMT\r\n"), 1),
    "a part": (asking(more="Range: bytes=0-10\r\n"), 1),
    "a part, if unchanged": (asking(more='Range: bytes=0-10\r\nIf-Range: "other"\r\n'), 1),
    "HTTP/1.0": (asking(version="1.0"), 1),
    "HTTP/1.0 that stays": (asking(more="Connection: keep-alive\r\n", version="1.0") + PAGE, 2),
    "the last one": (asking(more="Connection: close\r\n") + PAGE, 1),
    "many at once": (PAGE + asking("/en/projects") + asking(method="HEAD") + PAGE, 4),
    "seen and not seen in turns": (PAGE + asking("/nowhere") + PAGE, 2),
    "a body that nobody asked for": (asking(more="Content-Length: 5\r\n") + "hello" + PAGE, 2),
    "a body in pieces": (asking(more="Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n0\r\n\r\n" + PAGE, 2),
    "a body that says it is a request": (asking(more=f"Content-Length: {len(PAGE)}\r\n") + PAGE + PAGE, 2),
    "a body that is cut off": (asking(more="Content-Length: 50\r\n") + "hello", 1),
    "a body of more than is drained": (asking(more="Content-Length: 100000\r\n") + "x" * 100_000 + PAGE, 1),
    "an empty line first": ("\r\n" + PAGE, 1),
    "a cookie for the display": (asking(more="Cookie: display=; session=abc\r\n"), 1),
    "another protocol offered": (
        asking(more="Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"), 1),
    "hop by hop": (asking(more="Connection: If-None-Match\r\nIf-None-Match: *\r\n"), 1),
    "what a proxy tells": (asking(more="X-Forwarded-Host: localhost\r\nX-Forwarded-Proto: https\r\n"), 1),
    "a header of environs, which is dropped": (asking(more="IF_NONE_MATCH: *\r\n"), 1),
    "words beyond ASCII": (asking(more="X-Odd: caf\xe9\r\n"), 1),
}  # fmt: skip
NEW = {  # nobody has seen it, until somebody has
    "never seen": asking("/units/001"),
    "another display": asking(more="Cookie: display=dark\r\n"),
    "another host": "GET /projects HTTP/1.1\r\nHost: elsewhere\r\n\r\n",
    "two slashes": asking("//projects"),
    "no host": "GET /projects HTTP/1.1\r\n\r\n",
}
USUAL = {  # none of our business
    "not there": asking("/nowhere"),
    "a file": asking("/static/nothing.css"),
    "a photo that is none": asking("/media/" + "0" * 64 + ".jpg"),
    "sent": asking(method="POST", more="Content-Length: 3\r\n") + "a=b",
    "all": "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "small letters": asking(method="get"),
    "two cookies": asking(more="Cookie: display=\r\nCookie: a=b\r\n"),
    "two tags": asking(more='If-None-Match: "a"\r\nIf-None-Match: *\r\n'),
    "two encodings": asking(more="Accept-Encoding: gzip\r\nAccept-Encoding: br\r\n"),
    "two hosts": asking(more="Host: elsewhere\r\n"),
    "a mount": asking("/en/projects", "SCRIPT_NAME: /en\r\n"),
    "a mount that is none": asking(more="SCRIPT_NAME: /elsewhere\r\n"),
    "whether we would": asking(more="Expect: 100-continue\r\nContent-Length: 3\r\n") + "abc" + PAGE,
    "whether we would something else": asking(more="Expect: miracles\r\n"),
    "two lengths": asking(more="Content-Length: 3\r\nContent-Length: 4\r\n") + "abcd",
    "a length and pieces": asking(more="Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n" + PAGE,
    "pieces in HTTP/1.0": asking(more="Transfer-Encoding: chunked\r\n", version="1.0") + "0\r\n\r\n" + PAGE,
    "unknown pieces": asking(more="Transfer-Encoding: chunked, odd\r\n"),
    "a length with a sign": asking(more="Content-Length: +3\r\n") + "abc",
    "a folded line": asking(more="X-Long: a\r\n b\r\n"),
    "a space before the colon": asking(more="Host : elsewhere\r\n"),
    "a lone line feed": "GET /projects HTTP/1.1\nHost: localhost\n\n",
    "a lone line feed within": asking(more="X-A: b\nX-C: d\r\n"),
    "a NUL": asking(more="X-A: \0\r\n"),
    "too many lines": asking(more="X-A: b\r\n" * 120),
    "too long a line": asking(more=f"X-A: {'b' * 9000}\r\n"),
    "too long an address": asking("/projects?" + "a" * 9000),
    "no such version": asking(version="3.0"),
    "no request": "hello\r\n\r\n",
    "half a request": PAGE[:-9],
    "nothing": "",
    "odd bytes in the address": asking("/projects\x80"),
    "TLS": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
}  # fmt: skip


def test_a_seen_page_is_answered_on_the_doorstep_with_the_same_bytes(ways: tuple[Way, Way]) -> None:
    usual, ours = ways
    for name, (said, looks) in SEEN.items():
        expected = usual.answer(said.encode("latin-1"))
        for time in ("first", "again"):  # headers written, then as they were written
            ours.looks = 0
            assert (name, time, ours.answer(said.encode("latin-1"))) == (name, time, expected)
            assert (name, ours.looks) == (name, looks)


def test_everything_else_goes_the_usual_way(ways: tuple[Way, Way]) -> None:
    usual, ours = ways
    looks = {}
    for name, said in USUAL.items():
        expected = usual.answer(said.encode("latin-1"))
        ours.looks = 0
        assert (name, ours.answer(said.encode("latin-1"))) == (name, expected)
        looks[name] = ours.looks
    behind_a_question = {"whether we would"}
    assert {name for name, times in looks.items() if times} == behind_a_question


def test_a_page_is_answered_on_the_doorstep_from_the_second_reader_on(ways: tuple[Way, Way]) -> None:
    usual, ours = ways
    for name, said in NEW.items():
        ours.looks = 0
        first, looks = ours.answer(said.encode()), ours.looks
        again = ours.answer(said.encode())
        assert (name, again, first) == (name, first, usual.answer(said.encode()))
        assert (name, looks, ours.looks) == (name, 0, 1)


@pytest.mark.parametrize("piece", [1, 7])
def test_a_request_may_come_in_pieces(
    ways: tuple[Way, Way], piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SocketUnreader, "chunk", lambda self, _size=None: self.sock.recv(piece))
    usual, ours = ways
    said = (PAGE + asking(more="If-None-Match: *\r\n")).encode()
    assert ours.answer(said) == usual.answer(said)
    assert ours.looks == 2


def test_a_tag_that_was_given_is_answered_304_in_few_words(ways: tuple[Way, Way]) -> None:
    usual, ours = ways
    tag = re.search(rb'ETag: ("[^"]+")', ours.answer(PAGE.encode()))
    assert tag
    said = asking(more=f"If-None-Match: {tag[1].decode()}\r\n").encode()
    answer = ours.answer(said)
    assert answer == usual.answer(said)
    names = [line.partition(b":")[0].decode() for line in answer.split(b"\r\n")[1:] if line]
    assert names == ["Server", "Date", "Connection", "Cache-Control", "Vary", "ETag"]


def test_a_reader_who_has_gone_is_nobodys_trouble(ways: tuple[Way, Way]) -> None:
    for way in ways:
        assert way.answer(PAGE.encode() * 50, reads=False) == b""


def test_a_mounted_application_goes_the_usual_way(
    application: Any, way: Callable[..., Way], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCRIPT_NAME", "/portal")
    ours = way(Worker, application)
    assert b"200 OK" in ours.answer(asking("/portal/projects").encode())
    assert ours.looks == 0


class Small:
    """An application of one page with headers of its own, which counts how it is asked."""

    def __init__(self, *headers: tuple[str, str]) -> None:
        self.ready = Ready("200 OK", (*headers, ("Content-Length", "4")), b"page")

    def __call__(self, _environ: Any, start_response: Any) -> list[bytes]:
        start_response(self.ready.status, list(self.ready.headers))
        return [self.ready.body]

    def glance(self, _asked: dict[str, Any], _begin: None) -> Ready:
        return self.ready


@pytest.mark.parametrize(
    "header",
    [
        ("X-A", "b\r\nX-Evil: yes"), ("X-A", "b\nX-Evil: yes"), ("X-A\r\nX-Evil", "yes"), ("X A", "b"), ("X-A", "\0"),
        ("X-A", "  b\t"), ("Connection", "close"), ("Transfer-Encoding", "chunked"), ("Keep-Alive", "5"),
        ("X-A", "caf\xe9"), ("X-A", "项目"), ("", "b"),
    ],
)  # fmt: skip
def test_headers_are_looked_through_as_ever(header: tuple[str, str], way: Callable[..., Way]) -> None:
    said = PAGE.encode() * 2
    assert way(Worker, Small(header)).answer(said) == way(ThreadWorker, Small(header)).answer(said)


@pytest.mark.parametrize(
    "options",
    [{"keepalive": 0}, {"max_requests": 1}, {"max_requests": 2}, {"worker_connections": 8},
     {"worker_connections": 9}, {"limit_request_fields": 1}, {"limit_request_line": 20}],
    ids=str,
)  # fmt: skip
def test_a_connection_stays_or_ends_as_ever(options: dict[str, int], way: Callable[..., Way]) -> None:
    said = PAGE.encode() * 4
    usual, ours = way(ThreadWorker, Small(), **options), way(Worker, Small(), **options)
    assert ours.answer(said) == usual.answer(said)
    assert (ours.worker.nr, ours.worker.alive) == (usual.worker.nr, usual.worker.alive)


def test_a_worker_that_is_to_end_says_so(way: Callable[..., Way]) -> None:
    usual, ours = way(ThreadWorker, Small()), way(Worker, Small())
    usual.worker.alive = ours.worker.alive = False
    answer = ours.answer(PAGE.encode())
    assert b"Connection: close" in answer
    assert answer == usual.answer(PAGE.encode())


def test_where_a_line_is_written_for_each_request_none_is_missing(
    tmp_path: Path, way: Callable[..., Way]
) -> None:
    written = tmp_path / "access.log"
    ours = way(Worker, Small(), accesslog=str(written))
    assert ours.answer(PAGE.encode() * 3).count(b"200 OK") == 3
    assert ours.looks == 0
    assert len(written.read_text(encoding="utf-8").splitlines()) == 3


def test_an_application_without_a_glance_is_served(way: Callable[..., Way]) -> None:
    def bare(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "4")])
        return [b"bare"]

    assert way(Worker, bare).answer(PAGE.encode()).endswith(b"bare")


RELIED_ON = {
    ThreadWorker.handle_request: "whose place is taken: is there anything new that it does for each request?",
    ThreadWorker.handle: "that calls it, drains bodies after it and answers for errors within it",
    ThreadWorker.finish_request: "that keeps a connection when True comes back",
    wsgi.create: "whose environ `asked_of` copies a part of",
    wsgi.Response.process_headers: "that looks headers through",
    wsgi.Response.default_headers: "whose lines `_head` writes",
    wsgi.Response.should_close: "that says whether a connection stays, here as there",
    wsgi.Response.send_headers: "that puts the lines together",
}
READ_IN = "27.0.1"
READ = "406e7cf33e9522be"


def test_what_is_relied_on_in_gunicorn_is_as_it_was_read() -> None:
    """When this fails, gunicorn has changed. Read what is named above, compare it with portal/web/doorstep.py, and put
    the new mark here only then."""
    whole = "\n".join(inspect.getsource(part) for part in RELIED_ON)
    assert (gunicorn.__version__, hashlib.sha256(whole.encode()).hexdigest()[:16]) == (READ_IN, READ)
