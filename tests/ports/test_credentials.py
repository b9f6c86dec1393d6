"""Credentials in photos, on the real library."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys
from pathlib import Path

import c2pa
import pytest

from portal.adapters.c2pa_credentials import C2paCredentials
from portal.adapters.key_file import KeyFile, KeyUnusable
from portal.imaging.credit_line import bare
from portal.ports import CredentialsUnavailable, Statement
from portal.record.photo_authority import PhotoKey
from tests.imaging.drawn import encoded, picture

ROOT = Path(__file__).parents[2]
NOW = dt.datetime.now(dt.UTC)
STATED = Statement(
    site="阳光督查",
    project="2026-017",
    report="2026-000123",
    photo=2,
    original="ab" * 32,
    address="https://sunlight.example.org/reports/2026-000123",
    credit="区水务局／阳光督查",
)
# Whoever opens a socket in this process is ended by the kernel: classic BPF, `socket` on either architecture.
OFFLINE = """
import ctypes, platform, struct, sys
number = {"x86_64": 41, "aarch64": 198}[platform.machine()]
code = b"".join(struct.pack("HBBI", *line) for line in (
    (0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x80000000), (0x06, 0, 0, 0x7FFF0000)))
kept = ctypes.create_string_buffer(code)
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 4, ctypes.addressof(kept)))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
if libc.prctl(22, 2, ctypes.byref(program), 0, 0):
    sys.exit(77)
from pathlib import Path
from tests.ports.test_credentials import STATED, credentials_in
from tests.imaging.drawn import encoded, picture
Path(sys.argv[2]).write_bytes(credentials_in(Path(sys.argv[1])).sign(encoded(picture()), STATED))
if "socket" in sys.argv[3:]:
    import socket
    socket.socket()
"""


def credentials_in(folder: Path) -> C2paCredentials:
    return C2paCredentials(KeyFile(folder / "photo_key", PhotoKey.parse), site="阳光督查")


@pytest.fixture
def credentials(tmp_path: Path) -> C2paCredentials:
    KeyFile(tmp_path / "photo_key", PhotoKey.parse).keep(PhotoKey.make("阳光督查", now=NOW))
    return credentials_in(tmp_path)


def test_a_signed_picture_is_the_same_picture_with_less_than_four_kilobytes_more(
    credentials: C2paCredentials,
) -> None:
    plain = encoded(picture())
    signed = credentials.sign(plain, STATED)
    assert bare(signed) == plain
    assert len(signed) - len(plain) < 4000  # no thumbnail in it
    assert bare(credentials.sign(signed, STATED)) == plain
    with c2pa.Reader("image/jpeg", io.BytesIO(signed)) as reader:
        assert reader.get_validation_state() == "Valid"
        failures = {each["code"] for each in reader.get_validation_results()["activeManifest"]["failure"]}
    assert failures == {"signingCredential.untrusted"}


def test_no_camera_and_no_time_is_claimed(credentials: C2paCredentials) -> None:
    signed = credentials.sign(encoded(picture()), STATED)
    with c2pa.Reader("image/jpeg", io.BytesIO(signed)) as reader:
        told = reader.json()
    for claim in ("digitalSourceType", "DigitalSourceType", '"when"', '"time"'):
        assert claim not in told


def test_two_signatures_are_never_the_same_bytes(credentials: C2paCredentials) -> None:
    plain = encoded(picture())
    assert credentials.sign(plain, STATED) != credentials.sign(plain, STATED)


def test_what_is_missing_is_said_and_nothing_of_the_key(tmp_path: Path) -> None:
    without = credentials_in(tmp_path)
    assert without.check() == f"{tmp_path / 'photo_key'} is not there: run `python -m portal init`"
    with pytest.raises(CredentialsUnavailable, match="is not there"):
        without.sign(encoded(picture()), STATED)
    key = PhotoKey.make("阳光督查", now=NOW)
    other = PhotoKey.make("阳光督查", now=NOW)
    wrong = PhotoKey(key.private, other.certificate, other.authority)
    for text in ("", key.private, wrong.text(), key.text().replace("A", "B", 3)):
        (tmp_path / "photo_key").write_text(text)
        said = without.check()
        assert said is not None
        assert "put the right one back" in said
        assert key.private[40:60] not in said
    assert key.private not in repr(key)
    with pytest.raises(KeyUnusable):
        KeyFile(tmp_path / "photo_key", PhotoKey.parse).read()


def test_what_is_no_jpeg_is_refused(credentials: C2paCredentials) -> None:
    with pytest.raises(ValueError, match="JPEG"):
        credentials.sign(b"\x89PNG", STATED)


def test_signing_opens_no_socket(credentials: C2paCredentials, tmp_path: Path) -> None:
    def ended(*more: str) -> int:
        words = [sys.executable, "-c", OFFLINE, str(tmp_path), str(tmp_path / "signed.jpg"), *more]
        return subprocess.run(words, cwd=ROOT, timeout=120, check=False).returncode

    code = ended()
    if code == 77:
        pytest.skip("this kernel or container offers no seccomp")
    assert code == 0
    assert (tmp_path / "signed.jpg").stat().st_size > 4000
    assert ended("socket") < 0  # the watch itself works


def test_web_processes_never_load_the_library() -> None:
    script = "import sys, portal.web.app, portal.wiring; assert 'c2pa' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=120, check=False).returncode == 0
