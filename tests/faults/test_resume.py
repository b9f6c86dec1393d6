"""Photos in pieces over a network that breaks, to a portal that is killed: only what was lost is sent again, and nothing
that was acknowledged is lost. The server is the one that people run."""

from __future__ import annotations

import base64
import contextlib
import datetime as dt
import hashlib
import http.client
import io
import os
import random
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from config import Settings
from portal.domain.progress import Report
from portal.ports import Space
from portal.wiring import Portal, wire
from services.machine import free_port
from tests.faults.fault_proxy import Fault, FaultProxy
from tests.faults.patient import Patient
from tests.faults.running import Process, running, until_it_answers
from tests.small_district import SmallDistrict, build

CHUNK = 256 * 1024  # as the page sends them
PIECE = 16 * 1024
BREATH = 0.5  # seconds that the page waits after a break, so that what was on its way has arrived
EDGE = 1_672
KILLS = int(os.environ.get("PORTAL_TEST_KILLS", "1"))  # of the web process in mid-upload
TROUBLE = (OSError, http.client.HTTPException)


def large_photo(seed: int, *, edge: int = EDGE) -> bytes:
    """A picture of eight megabytes that nothing makes smaller."""
    pixels = random.Random(seed).randbytes(edge * edge * 3)
    file = io.BytesIO()
    Image.frombytes("RGB", (edge, edge), pixels).save(file, "PNG", compress_level=0)
    return file.getvalue()


class Counting(http.client.HTTPConnection):
    """A connection that counts every byte it hands over."""

    sent = 0

    def connect(self) -> None:
        super().connect()
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, PIECE)  # as little on its way as on a phone

    def send(self, data: Any) -> None:
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            super().send(piece)
            self.sent += len(piece)


class Phone:
    """A client of tus that goes on after every break from where the portal says it stands."""

    def __init__(self, port: int, browser: Patient, *, deadline: float) -> None:
        self._port, self._deadline = port, deadline
        token = browser.token("/desk/unit")
        self._told = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in browser._cookies.items()),
            "X-CSRFToken": token,
            "Tus-Resumable": "1.0.0",
            "Accept": "application/json",
        }
        self._connection = Counting("127.0.0.1", port, timeout=30)
        self.breaks, self._counted = 0, 0
        self.acknowledged = 0

    @property
    def sent(self) -> int:
        return self._counted + self._connection.sent

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        """One try. Raises `OSError` and `HTTPException` when the network breaks it off."""
        told = self._told | {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            self._connection.request(method, path, body or None, told)
            answer = self._connection.getresponse()
            answer.text = answer.read().decode()
        except TROUBLE:
            self.hang_up()
            raise
        return answer

    def hang_up(self) -> None:
        self._connection.close()
        self._counted += self._connection.sent
        self._connection = Counting("127.0.0.1", self._port, timeout=30)
        self.breaks += 1

    def surely(self, method: str, path: str, **headers: str) -> http.client.HTTPResponse:
        """Until it is answered."""
        while True:
            assert time.monotonic() < self._deadline, f"{method} {path} was never answered"
            try:
                return self.ask(method, path, **headers)
            except TROUBLE:
                time.sleep(0.1)

    def begin(self, report_id: int, content: bytes) -> str:
        digest = base64.b64encode(hashlib.sha256(content).hexdigest().encode()).decode()
        answer = self.surely(
            "POST",
            f"/desk/unit/reports/{report_id}/uploads",
            Upload_Length=str(len(content)),
            Upload_Metadata=f"sha256 {digest}",
        )
        assert answer.status == 201, answer.text
        return answer.headers["Location"]

    def patch(self, address: str, at: int, piece: bytes) -> int:
        answer = self.ask(
            "PATCH", address, piece, Upload_Offset=str(at), Content_Type="application/offset+octet-stream"
        )
        assert answer.status in (204, 409), answer.text
        self.acknowledged = int(answer.headers["Upload-Offset"])
        return self.acknowledged

    def offset(self, address: str) -> int:
        answer = self.surely("HEAD", address)
        assert answer.status == 200
        found = int(answer.headers["Upload-Offset"])
        assert found >= self.acknowledged, "something that was acknowledged is lost"
        return found

    def send(self, address: str, content: bytes) -> None:
        at = self.offset(address)
        while at < len(content):
            try:
                at = self.patch(address, at, content[at : at + CHUNK])
            except TROUBLE:
                time.sleep(BREATH)
                at = self.offset(address)

    def take(self, address: str) -> None:
        answer = self.surely("POST", f"{address}/photo")
        assert answer.status == 201, answer.text


@pytest.fixture
def real(settings: Settings) -> Iterator[tuple[Portal, SmallDistrict]]:
    """A district on the real clock, because processes have no other."""
    wired = wire(settings.model_copy(update={"port": free_port()}))
    yield wired, build(wired, now=dt.datetime.now(dt.UTC))
    wired.close()


@pytest.fixture
def web(real: tuple[Portal, SmallDistrict], tmp_path: Path) -> Iterator[Process]:
    portal, _district = real
    process = Process(portal.settings, "serve", said=tmp_path / "web.log")
    with running(process):
        until_it_answers(process, port=portal.settings.port)
        yield process


@contextlib.contextmanager
def signed_in(port: int, *, through: int) -> Iterator[Phone]:
    deadline = time.monotonic() + 120
    browser = Patient(port, deadline=deadline)
    browser.sign_in("reporter")
    phone = Phone(through, browser, deadline=deadline)
    try:
        yield phone
    finally:
        phone.hang_up()


def kept(portal: Portal, report_id: int) -> list[bytes]:
    """The originals of a report, as they are sealed."""
    with portal.database.reading() as session:
        names = [photo.original_name for photo in session.get_one(Report, report_id).all_photos]
    found = []
    for name in names:
        with portal.media.open(Space.SEALED, name) as original:
            found.append(original.read())
    return found


@pytest.mark.usefixtures("web")
def test_eight_megabytes_get_through_connections_that_die_every_700_kilobytes_and_are_there_once(
    real,
) -> None:
    portal, district = real
    report_id, content = district.draft(), large_photo(1)
    port = portal.settings.port
    with FaultProxy(("127.0.0.1", port)) as proxy, signed_in(port, through=proxy.port) as phone:
        address = phone.begin(report_id, content)
        proxy.fail(Fault.WEAR, after=700_000)
        phone.send(address, content)
        struck = proxy.struck
        proxy.fail(Fault.LOSE, times=1)  # of the answer that it is a photo now
        phone.take(address)
        assert proxy.struck == 1
    assert kept(portal, report_id) == [content]
    assert struck >= len(content) // 700_000 - 1, "the network was kinder than this test says"
    ratio = phone.sent / len(content)
    print(f"{struck} broken connections, {ratio:.3f} of its bytes sent")  # noqa: T201 - the run is told
    assert ratio <= 1.15


def test_a_process_that_is_killed_in_the_middle_loses_nothing_that_it_acknowledged(real, web) -> None:
    portal, district = real
    report_id, content = district.draft(), large_photo(2)
    port = portal.settings.port
    with signed_in(port, through=port) as phone:
        _send_while_it_is_killed(web, phone, report_id, content, port=port)
    assert kept(portal, report_id) == [content]


def _send_while_it_is_killed(
    web: Process, phone: Phone, report_id: int, content: bytes, *, port: int
) -> None:
    address, at = phone.begin(report_id, content), 0
    for _ in range(KILLS):
        at = phone.patch(address, at, content[at : at + CHUNK])
        with socket.create_connection(("127.0.0.1", port)) as half:  # a piece is on its way when it is killed
            half.sendall(_half_a_patch(phone, address, at=at, piece=content[at : at + CHUNK]))
            _killed_and_started_again(web, phone, port=port)
        at = phone.offset(address)
    phone.send(address, content)
    _killed_and_started_again(web, phone, port=port)  # whole, and not yet a photo
    phone.take(address)
    phone.take(address)


def _killed_and_started_again(web: Process, phone: Phone, *, port: int) -> None:
    web.kill()
    phone.hang_up()
    web.start()
    until_it_answers(web, port=port)


def _half_a_patch(phone: Phone, address: str, *, at: int, piece: bytes) -> bytes:
    told = phone._told | {
        "Host": "127.0.0.1",
        "Upload-Offset": str(at),
        "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(len(piece)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"PATCH {address} HTTP/1.1\r\n{head}\r\n".encode() + piece[: len(piece) // 2]
