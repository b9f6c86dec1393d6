"""The worker asks real witnesses over HTTP: k of n, one of them dead, slow, or lying."""

from __future__ import annotations

import contextlib
import dataclasses
import socketserver
import threading
import time
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from portal.record.checkpoint import Checkpoint
from portal.record.notes import Note
from portal.record.policy import Policy
from portal.witness.memory import Memory
from portal.witness.protocol import add_checkpoint
from portal.witness.server import Application
from portal.worker import run_once
from portal.workflows import ask_witnesses
from portal.workflows.sign_record import CHECKPOINT, Watch
from services.machine import free_port
from tests.signed_record import AT, given, keys, publish, why_frozen  # noqa: F401


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args) -> None: ...


class Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Witnesses:
    """Servers that are gone at the end."""

    def __init__(self, folder: Path, log_keys, stack: contextlib.ExitStack) -> None:
        self._folder, self._keys, self._stack = folder, log_keys, stack
        self.lines: list[str] = []

    def memory(self, name: str) -> Memory:
        folder = self._folder / name
        memory = Memory(folder)
        memory.found(f"{name}.example")
        (folder / "logs").write_text("".join(f"{key.line}\n" for key in self._keys.public))
        return memory

    def honest(self, name: str) -> None:
        self.memory(name)
        self.served(name, Application(self._folder / name))

    def served(self, name: str, application) -> None:
        """Whatever answers at a witness's address."""
        server = make_server("127.0.0.1", 0, application, server_class=Threaded, handler_class=Quiet)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self._stack.callback(server.server_close)
        self._stack.callback(server.shutdown)
        self.at(name, server.server_port)

    def at(self, name: str, port: int) -> None:
        key = self.memory(name).key()
        self.lines.append(f"witness {name} {key.public.line} http://127.0.0.1:{port}")

    def policy(self, quorum: str) -> Policy:
        names = [line.split()[1] for line in self.lines]
        text = "\n".join([*self.lines, f"group all-of-them {quorum} {' '.join(names)}", "quorum all-of-them"])
        return Policy.parse(text.encode())


@pytest.fixture
def witnesses(tmp_path, keys):  # noqa: F811
    with contextlib.ExitStack() as stack:
        yield Witnesses(tmp_path / "witnesses", keys, stack)


def answering(status: str, body: bytes = b"", **headers: str):
    def application(_environ, start):
        start(
            status,
            [("Content-Length", str(len(body))), *((k.replace("_", "-"), v) for k, v in headers.items())],
        )
        return [body]

    return application


def slow(_environ, start):
    start("200 OK", [])
    for _ in range(40):
        time.sleep(0.2)
        yield b"."


def signed_by(portal) -> set[str]:
    return set(portal.policy.signed(Note.parse(portal.tiles.read(CHECKPOINT))))


def troubles(portal) -> dict[str, str]:
    with portal.database.reading() as session:
        return {key.partition(".")[0]: row.trouble for key, row in ask_witnesses.states(session).items()}


def test_both_sign_and_readers_get_their_lines(portal, keys, clock, witnesses):  # noqa: F811
    witnesses.honest("a")
    witnesses.honest("b")
    portal = dataclasses.replace(portal, policy=witnesses.policy("all"))
    watch, size = Watch(), 0
    for count in (3, 300, 1):
        publish(portal, count, first=size)
        size += count
        clock.forward(minutes=1)
        run_once(portal, watch)
        assert given(portal, keys).size == size
        assert signed_by(portal) == {"a", "b"}
    assert why_frozen(portal) is None


@pytest.mark.parametrize(("quorum", "enough"), [("1", True), ("2", False)])
@pytest.mark.parametrize("how", ["dead", "slow", "lying", "huge", "leading elsewhere", "confused"])
def test_one_that_does_not_sign_holds_nobody_up(portal, keys, witnesses, monkeypatch, how, quorum, enough):  # noqa: F811
    if how == "slow":
        monkeypatch.setattr(ask_witnesses, "LIMIT", 5.0)  # enough for the honest one on a busy machine
    witnesses.honest("a")
    stranger = witnesses.memory("stranger")

    def lying(environ, start):
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        answer = add_checkpoint(body, memory=stranger, key=stranger.key(), logs=stranger.logs(), now=AT)
        start("200 OK", [])
        return [answer.body.replace("stranger.example", "b.example").encode()]

    others = {
        "slow": slow,
        "lying": lying,
        "huge": answering("200 OK", b"x" * 200_000),
        "leading elsewhere": answering("302 Found", Location="http://127.0.0.1:1/"),
        "confused": answering("409 Conflict", b"0\n", Content_Type="text/x.tlog.size"),
    }
    if how == "dead":
        witnesses.at("b", free_port())
    else:
        witnesses.served("b", others[how])
    portal = dataclasses.replace(portal, policy=witnesses.policy(quorum))
    publish(portal, 5)
    run_once(portal)
    assert given(portal, keys).size == 5
    assert signed_by(portal) == {"a"}
    assert portal.policy.is_met(signed_by(portal)) is enough
    assert troubles(portal)["b"]
    assert troubles(portal)["a"] == ""
    assert why_frozen(portal) is None


def test_who_did_not_answer_is_asked_again_after_a_minute(portal, keys, clock, witnesses):  # noqa: F811
    witnesses.honest("a")
    portal = dataclasses.replace(portal, policy=witnesses.policy("all"))
    dead = dataclasses.replace(portal.policy.witnesses[0], url=f"http://127.0.0.1:{free_port()}")
    down = dataclasses.replace(portal, policy=dataclasses.replace(portal.policy, witnesses=(dead,)))
    watch = Watch()
    publish(portal, 5)
    run_once(down, watch)
    assert signed_by(portal) == set()
    clock.forward(seconds=59)
    run_once(portal, watch)
    assert signed_by(portal) == set()
    clock.forward(seconds=1)
    run_once(portal, watch)
    assert signed_by(portal) == {"a"}
    assert given(portal, keys).size == 5


def test_a_witness_that_has_signed_more_freezes_the_record(portal, keys, clock, witnesses):  # noqa: F811
    more = answering("409 Conflict", b"900\n", Content_Type="text/x.tlog.size")
    witnesses.honest("a")
    witnesses.served("b", more)
    portal = dataclasses.replace(portal, policy=witnesses.policy("any"))
    publish(portal, 5)
    run_once(portal)
    assert "the witness b has signed 900 entries of this record, but there are 5" in (
        why_frozen(portal) or ""
    )


@pytest.mark.parametrize("size", [3, 5])
def test_a_fork_is_refused_by_a_witness_and_freezes_the_record(portal, keys, witnesses, tmp_path, size):  # noqa: F811
    """The log's own keys have signed another history for the witness: it will not sign this one as well."""
    witnesses.honest("a")
    portal = dataclasses.replace(portal, policy=witnesses.policy("any"))
    memory = Memory(tmp_path / "witnesses" / "a")
    other = keys.sign_checkpoint(Checkpoint(origin=keys.name, size=size, root=bytes(32)), at=AT)
    answer = add_checkpoint(
        f"old 0\n\n{other}".encode(), memory=memory, key=memory.key(), logs=memory.logs(), now=AT
    )
    assert answer.status == 200
    publish(portal, 5)
    run_once(portal)
    assert "the witness a" in (why_frozen(portal) or "")
    assert CHECKPOINT not in set(portal.tiles.paths())
