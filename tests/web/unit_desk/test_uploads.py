"""Photos in pieces, as a program that speaks tus sends them: nothing is sent twice, nothing of others is told."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import Any

import pytest
from sqlalchemy import select

from portal.domain.audit import AuditEntry
from portal.domain.progress import Verb
from portal.domain.uploads import MAX_OPEN_UPLOADS, UPLOAD_LASTS, PartialUpload
from portal.ports import Space
from portal.worker import sweep_uploads
from portal.workflows.draft_photos import uploads_of
from portal.workflows.moderate_report import Why
from portal.workflows.resume_upload import announcements_of
from tests.browsing import Browser
from tests.small_disk import small_disk
from tests.small_district import picture
from tests.web.unit_desk.pages import path_of, send

BYTES = "application/offset+octet-stream"


class Phone:
    """A signed-in browser that speaks tus."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.token = browser.token("/desk/unit")

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Any:
        told = {"Tus-Resumable": "1.0.0", "X-CSRFToken": self.token, "Accept": "application/json"}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.browser.open(path, method=method, data=body, headers=told)

    def announce(self, report_id: int, content: bytes, *, name: str = "现场.jpg", **told: str) -> Any:
        told = {"filename": name, "sha256": hashlib.sha256(content).hexdigest(), **told}
        metadata = ",".join(f"{key} {_base64(value.encode())}" for key, value in told.items() if value)
        return self.ask(
            "POST",
            f"{path_of(report_id)}/uploads",
            Upload_Length=str(len(content)),
            Upload_Metadata=metadata,
        )

    def begin(self, report_id: int, content: bytes, **told: str) -> str:
        """The address to which the file is to be sent."""
        answer = self.announce(report_id, content, **told)
        assert answer.status_code == 201, answer.text
        address: str = answer.headers["Location"]
        return address

    def patch(self, address: str, at: int, piece: bytes, **headers: str) -> Any:
        return self.ask("PATCH", address, piece, Upload_Offset=str(at), Content_Type=BYTES, **headers)

    def offset(self, address: str) -> int:
        answer = self.ask("HEAD", address)
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])

    def send(self, report_id: int, content: bytes, **told: str) -> Any:
        """The whole way; the answer that carries the photo."""
        address = self.begin(report_id, content, **told)
        assert self.patch(address, 0, content).status_code == 204
        return self.ask("POST", f"{address}/photo")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def checksum(data: bytes, algorithm: str = "sha1") -> str:
    return f"{algorithm} {_base64(hashlib.new(algorithm, data).digest())}"


@pytest.fixture
def phone(reporter) -> Phone:
    return Phone(reporter)


@pytest.fixture
def others(sign_in):
    """The phones of somebody else in the unit, and of somebody in another one."""
    return Phone(sign_in("head")), Phone(sign_in("stranger"))


@pytest.fixture
def report_id(district) -> int:
    return district.draft()


def hashes(report):
    return [photo.original_sha256 for photo in report.photos]


def test_a_photo_in_pieces_becomes_a_photo_as_the_page_shows_it(phone, report_id, look):
    content = picture(1)
    address, at = phone.begin(report_id, content), 0
    while at < len(content):
        answer = phone.patch(address, at, content[at : at + 5000])
        assert answer.status_code == 204
        at = int(answer.headers["Upload-Offset"])
        assert at == phone.offset(address)
    answer = phone.ask("POST", f"{address}/photo")
    assert answer.status_code == 201
    photo = look(report_id, lambda r: [(p.id, p.file_name, p.original_sha256) for p in r.photos])
    assert photo == [(answer.json["photo"], "现场.jpg", hashlib.sha256(content).hexdigest())]
    assert f'name="caption-{photo[0][0]}"' in answer.json["html"]
    assert answer.json["count"] == 1


def test_whoever_missed_the_last_answer_gets_the_same_photo(phone, report_id, look):
    content = picture(1)
    address = phone.begin(report_id, content)
    phone.patch(address, 0, content)
    first, again = (phone.ask("POST", f"{address}/photo") for _ in range(2))
    assert first.json == again.json
    assert phone.offset(address) == len(content)
    assert look(report_id, lambda r: len(r.photos)) == 1


def test_whoever_missed_the_first_answer_goes_on_with_the_same_upload(phone, report_id):
    content = picture(1)
    address = phone.begin(report_id, content)
    phone.patch(address, 0, content[:1000])
    again = phone.announce(report_id, content)
    assert (again.status_code, again.headers["Location"], again.json["offset"]) == (201, address, 1000)


def test_nothing_is_taken_before_it_is_whole(phone, report_id, look):
    content = picture(1)
    address = phone.begin(report_id, content)
    phone.patch(address, 0, content[:-1])
    answer = phone.ask("POST", f"{address}/photo")
    assert (answer.status_code, answer.json["offset"]) == (409, len(content) - 1)
    assert look(report_id, lambda r: r.photos) == []


def test_a_piece_from_the_wrong_place_is_answered_with_the_right_one(phone, report_id):
    content = picture(1)
    address = phone.begin(report_id, content)
    phone.patch(address, 0, content[:1000])
    for wrong in (0, 999, 1001):
        answer = phone.patch(address, wrong, content[wrong : wrong + 10])
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (409, "1000")
        assert "接着传" in answer.json["said"]
    assert phone.offset(address) == 1000


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_whose_checksum_is_wrong_leaves_nothing(phone, report_id, algorithm):
    content = picture(1)
    address = phone.begin(report_id, content)
    wrong = phone.patch(address, 0, content[:500], Upload_Checksum=checksum(b"other", algorithm))
    assert wrong.status_code == 460
    assert "传坏了" in wrong.json["said"]
    assert phone.offset(address) == 0
    right = phone.patch(address, 0, content[:500], Upload_Checksum=checksum(content[:500], algorithm))
    assert (right.status_code, right.headers["Upload-Offset"]) == (204, "500")


@pytest.mark.parametrize("said", ["md5 xxxx", "sha1", "sha1 !!!", ""])
def test_a_checksum_that_cannot_be_read_is_refused(phone, report_id, said):
    address = phone.begin(report_id, picture(1))
    assert phone.patch(address, 0, b"x", Upload_Checksum=said).status_code == 400


def test_a_file_that_is_not_what_was_announced_is_given_up(phone, report_id, look):
    content = picture(1)
    address = phone.begin(report_id, content, sha256="0" * 64)
    phone.patch(address, 0, content)
    assert phone.ask("POST", f"{address}/photo").status_code == 460
    assert phone.ask("HEAD", address).status_code == 404
    assert look(report_id, lambda r: r.photos) == []


def test_without_a_hash_a_photo_is_taken_all_the_same(phone, report_id, look):
    content = picture(1)
    assert phone.send(report_id, content, sha256="").status_code == 201
    assert look(report_id, hashes) == [hashlib.sha256(content).hexdigest()]


def test_an_upload_of_somebody_else_is_answered_like_one_that_does_not_exist(phone, others, report_id):
    address = phone.begin(report_id, picture(1))
    for other in others:
        for method, path, more in (
            ("HEAD", "", {}),
            ("PATCH", "", {"Upload_Offset": "0", "Content_Type": BYTES}),
            ("DELETE", "", {}),
            ("POST", "/photo", {}),
            ("POST", "", {"X_HTTP_Method_Override": "DELETE"}),
        ):
            theirs = other.ask(method, address + path, **more)
            absent = other.ask(method, "/desk/unit/uploads/" + "0" * 32 + path, **more)
            assert theirs.status_code == absent.status_code == 404, method
            assert theirs.data == absent.data
    assert phone.offset(address) == 0


def test_a_report_of_another_unit_takes_nothing(others, report_id):
    _head, stranger = others
    absent = stranger.announce(999_999, picture(1))
    theirs = stranger.announce(report_id, picture(1))
    assert (theirs.status_code, theirs.data) == (absent.status_code, absent.data) == (404, absent.data)


def test_what_has_expired_is_gone_in_words_and_the_file_can_be_announced_anew(phone, report_id, clock):
    content = picture(1)
    address = phone.begin(report_id, content)
    phone.patch(address, 0, content[:1000])
    clock.forward(seconds=UPLOAD_LASTS.total_seconds())
    phone.browser.sign_in("reporter")
    phone.token = phone.browser.token("/desk/unit")
    for answer in (
        phone.ask("HEAD", address),
        phone.patch(address, 1000, b"x"),
        phone.ask("POST", f"{address}/photo"),
    ):
        assert answer.status_code == 410
    assert "从头" in answer.json["said"]
    again = phone.begin(report_id, content)
    assert again != address
    assert phone.offset(again) == 0


def test_the_day_of_expiry_is_said_with_every_answer(phone, report_id):
    address = phone.begin(report_id, picture(1))
    said = {
        phone.ask("HEAD", address).headers["Upload-Expires"],
        phone.patch(address, 0, b"x").headers["Upload-Expires"],
    }
    assert said == {"Tue, 01 Dec 2026 04:00:00 GMT"}


def test_the_worker_forgets_what_has_expired_and_its_bytes(phone, report_id, portal, settings, clock):
    content = picture(1)
    kept, gone = phone.begin(report_id, content), ""
    clock.forward(days=-1)
    gone = phone.begin(report_id, picture(2))
    for address in (kept, gone):
        phone.patch(address, 0, b"x")
    clock.forward(days=1)
    clock.forward(seconds=UPLOAD_LASTS.total_seconds() - 1)
    folder = (
        settings.folder(settings.media_url) / "partial" if settings.media_url.startswith("file:") else None
    )
    for path in folder.iterdir() if folder else ():
        os.utime(path, (0, 0))
    sweep_uploads(portal)
    assert [portal.partials.offset(address.rsplit("/", 1)[1]) for address in (kept, gone)] == [1, 0]
    with portal.database.reading() as session:
        assert [each.key for each in session.scalars(select(PartialUpload))] == [kept.rsplit("/", 1)[1]]


def test_what_is_given_up_is_gone_and_the_photo_it_became_stays(phone, report_id, portal, look):
    unfinished, content = phone.begin(report_id, picture(1)), picture(2)
    phone.patch(unfinished, 0, b"x")
    finished = phone.begin(report_id, content)
    phone.patch(finished, 0, content)
    phone.ask("POST", f"{finished}/photo")
    for address in (unfinished, finished):
        assert phone.ask("DELETE", address).status_code == 204
        assert phone.ask("HEAD", address).status_code == 404
    assert portal.partials.offset(unfinished.rsplit("/", 1)[1]) == 0
    assert look(report_id, lambda r: len(r.photos)) == 1


def test_networks_that_let_only_post_through_are_spoken_to_by_post(phone, report_id):
    content = picture(1)
    address = phone.begin(report_id, content)
    moved = phone.ask(
        "POST", address, content, Upload_Offset="0", Content_Type=BYTES, X_HTTP_Method_Override="PATCH"
    )
    assert (moved.status_code, moved.headers["Upload-Offset"]) == (204, str(len(content)))
    assert phone.ask("POST", address).status_code == 405
    assert phone.ask("POST", address, X_HTTP_Method_Override="DELETE").status_code == 204


def test_what_the_report_has_already_is_answered_at_once(phone, report_id, look):
    content = picture(1)
    photo = phone.send(report_id, content).json["photo"]
    again = phone.announce(report_id, content)
    assert (again.status_code, again.json["photo"], "Location" in again.headers) == (200, photo, False)
    assert look(report_id, lambda r: len(r.photos)) == 1


def test_what_the_unit_sent_for_another_report_is_not_sent_again(phone, others, district, report_id, look):
    content = picture(1)
    head, _stranger = others
    phone.send(report_id, content)
    send(phone.browser, report_id, act="discard")
    other = district.draft()
    answer = head.announce(other, content, name="同一张.jpg")
    assert answer.status_code == 200
    assert look(other, lambda r: [(p.id, p.file_name) for p in r.photos]) == [
        (answer.json["photo"], "同一张.jpg")
    ]
    assert look(other, hashes) == [hashlib.sha256(content).hexdigest()]


def test_a_photo_that_was_taken_away_comes_back_without_being_sent(phone, report_id, look):
    content = picture(1)
    photo = phone.send(report_id, content).json["photo"]
    send(phone.browser, report_id, act=f"remove:{photo}")
    assert phone.announce(report_id, content).status_code == 200
    assert look(report_id, hashes) == [hashlib.sha256(content).hexdigest()]


def test_nobody_can_ask_whether_another_units_photo_exists(phone, others, district, report_id):
    content = picture(1)
    phone.send(report_id, content)
    _head, stranger = others
    theirs = district.draft(code=district.projects[1], login="stranger")
    known, unknown = stranger.announce(theirs, content), stranger.announce(theirs, picture(2))
    assert known.status_code == unknown.status_code == 201
    assert known.json == unknown.json == {"offset": 0}
    assert set(dict(known.headers)) == set(dict(unknown.headers))


def test_a_photo_whose_original_is_gone_is_sent_again(phone, district, report_id, portal, look):
    content = picture(1)
    phone.send(report_id, content)
    name = look(report_id, lambda r: r.photos[0].original_name)
    portal.media.remove(Space.SEALED, name)
    send(phone.browser, report_id, act="discard")
    assert phone.announce(district.draft(), content).status_code == 201


def test_a_returned_photo_is_replaced_in_pieces(phone, district, portal, look):
    report_id = district.submitted(photos=2)
    first, second = look(report_id, lambda r: [p.id for p in r.photos])
    why = Why(photo_id=first, preset="unclear", text="")
    district.decide(report_id, Verb.RETURN, reasons=(why,))
    assert phone.announce(report_id, picture(90), replaces=str(second)).status_code == 422
    answer = phone.send(report_id, picture(90), replaces=str(first))
    assert answer.status_code == 201
    assert look(report_id, lambda r: [p.id for p in r.photos]) == [answer.json["photo"], second]


def test_too_large_a_file_is_refused_before_a_byte_is_sent(phone, report_id):
    answer = phone.ask("POST", f"{path_of(report_id)}/uploads", Upload_Length=str(40 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert "40 MB" in answer.json["said"]


def test_more_than_was_announced_is_refused(phone, report_id):
    address = phone.begin(report_id, b"x" * 10)
    assert phone.patch(address, 0, b"x" * 11).status_code == 413
    assert phone.offset(address) == 0


def test_what_is_no_photo_is_refused_when_it_is_whole_and_its_bytes_go(phone, report_id, portal, look):
    answer = phone.send(report_id, "这不是照片。".encode(), name="合同.jpg")
    assert answer.status_code == 422
    assert answer.json["said"].startswith("不是照片")
    with portal.database.reading() as session:
        assert session.scalars(select(PartialUpload)).all() == []
    assert look(report_id, lambda r: r.photos) == []


def test_an_empty_file_is_refused(phone, report_id):
    assert phone.announce(report_id, b"").json["said"].startswith("文件是空的")


def test_a_full_disk_is_told_in_words(phone, report_id, portal):
    with small_disk() as disk:
        content = os.urandom(2_000_000)
        address = phone.begin(report_id, content)
        object.__setattr__(portal.partials, "_root", disk / "partial")
        answer = phone.patch(address, 0, content)
        assert answer.status_code == 507
        assert "盘满了" in answer.json["said"]
        assert 0 < phone.offset(address) < len(content)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {}),
        ("POST", {"Upload_Length": "many"}),
        ("POST", {"Upload_Length": "-1"}),
        ("POST", {"Upload_Length": "5", "Upload_Metadata": "filename ***"}),
        ("POST", {"Upload_Length": "5", "Upload_Metadata": f"sha256 {_base64(b'no hash')}"}),
        ("POST", {"Upload_Length": "5", "Upload_Metadata": f"replaces {_base64(b'-1')}"}),
        ("PATCH", {"Content_Type": BYTES}),
        ("PATCH", {"Content_Type": BYTES, "Upload_Offset": "x"}),
    ],
)
def test_what_cannot_be_read_is_refused(phone, report_id, method, headers):
    address = f"{path_of(report_id)}/uploads" if method == "POST" else phone.begin(report_id, picture(1))
    answer = phone.ask(method, address, **headers)
    assert answer.status_code == 400
    assert "看不懂" in answer.json["said"]


def test_another_kind_of_body_is_refused(phone, report_id):
    address = phone.begin(report_id, picture(1))
    answer = phone.ask("PATCH", address, b"x", Upload_Offset="0", Content_Type="image/jpeg")
    assert answer.status_code == 415


def test_another_version_of_the_protocol_is_refused_and_ours_is_told(phone, report_id):
    for version in ("0.2.2", "2.0.0", ""):
        answer = phone.ask("POST", f"{path_of(report_id)}/uploads", Tus_Resumable=version)
        assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_what_is_spoken_can_be_asked(phone, report_id):
    for address in (f"{path_of(report_id)}/uploads", "/desk/unit/uploads/anything"):
        answer = phone.ask("OPTIONS", address, Tus_Resumable="")
        assert answer.status_code == 204
        assert answer.headers["Tus-Extension"] == "creation,termination,checksum,expiration"
        assert answer.headers["Tus-Max-Size"] == str(200 * 1024 * 1024)
        assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"


def test_a_report_that_is_out_of_the_units_hands_takes_nothing(phone, district):
    assert phone.announce(district.submitted(photos=1), picture(80)).status_code == 409


def test_what_arrives_after_the_report_was_handed_in_is_refused_in_words(phone, district, report_id, look):
    content = picture(1)
    address = phone.begin(report_id, content)
    phone.patch(address, 0, content)
    send(phone.browser, report_id, act="discard")
    answer = phone.ask("POST", f"{address}/photo")
    assert answer.status_code == 422
    assert "刷新" in answer.json["said"]


def test_a_twenty_first_photo_is_refused_before_it_is_sent(phone, district):
    answer = phone.announce(district.draft(photos=20), picture(80))
    assert answer.status_code == 422
    assert "20 张" in answer.json["said"]


def test_so_many_files_can_be_half_way_and_no_more(phone, report_id):
    for number in range(MAX_OPEN_UPLOADS):
        phone.begin(report_id, bytes([1, number]))
    answer = phone.announce(report_id, b"one more")
    assert answer.status_code == 422
    assert "60 张" in answer.json["said"]


def test_beyond_the_pace_nothing_is_announced_and_what_is_whole_can_be_taken_later(
    phone,
    report_id,
    used_up,
    clock,
):
    waiting, content = phone.begin(report_id, picture(1)), picture(1)
    phone.patch(waiting, 0, content)
    used_up(uploads_of, "reporter")
    assert phone.send(report_id, picture(2)).status_code == 201
    assert phone.ask("POST", f"{waiting}/photo").status_code == 429
    used_up(announcements_of, "reporter")
    assert phone.announce(report_id, picture(3)).status_code == 429
    clock.forward(seconds=601)
    assert phone.ask("POST", f"{waiting}/photo").status_code == 201


def test_announcing_and_giving_up_are_written_down(phone, report_id, portal):
    address = phone.begin(report_id, picture(1))
    phone.ask("DELETE", address)
    with portal.database.reading() as session:
        acts = [
            (e.act, e.subject_kind, e.subject_id)
            for e in session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        ]
    assert acts[-2:] == [("begin_upload", "report", str(report_id)), ("end_upload", "report", str(report_id))]
