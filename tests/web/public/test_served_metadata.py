"""Nothing that a file says of itself is ever served, read with exiftool: only the credit and the statement that we add."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from portal.domain.progress import Report, Verb
from portal.record.photo_authority import PhotoKey
from portal.wiring import Portal
from portal.workflows.draft_photos import add_photo
from portal.workflows.receive_photo import receive_photo
from portal.workflows.submit_report import submit_report
from tests.browsing import Browser
from tests.conftest import Clock
from tests.imaging.drawn import CANARY, encoded, picture, png_chunk, png_with
from tests.small_district import SmallDistrict

XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"
# What a picture needs to be one, by exiftool's groups, and what we add to the large ones.
STRUCTURE = {"SourceFile", "ExifTool", "System", "File", "Composite", "JFIF", "QuickTime", "Meta", "Track1"}
OURS = {"JUMBF", "CBOR", "Jpeg2000", "XMP-dc", "XMP-photoshop"}


def full_of_canaries() -> list[bytes]:
    exif = Image.Exif()
    for tag in (0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x8298):
        exif[tag] = CANARY.decode()
    exif.get_ifd(0x8825)[1] = "N"
    jpeg = encoded(picture(1600, 1200), exif=exif, comment=b"<?php " + CANARY, xmp=XMP)
    iptc = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + len(CANARY).to_bytes(4, "big") + CANARY
    jpeg = jpeg[:2] + b"\xff\xed" + (len(iptc) + 2).to_bytes(2, "big") + iptc + jpeg[2:] + CANARY
    png = encoded(picture(1500, 1100), "PNG", exif=exif)
    for name in (b"tEXt", b"iTXt"):
        png = png_with(png, png_chunk(name, b"Comment\0\0\0\0\0" + CANARY))
    assert all(CANARY in data for data in (jpeg, png))
    return [jpeg, png]


@pytest.fixture
def served(
    portal: Portal, district: SmallDistrict, clock: Clock, visitor: Browser, tmp_path: Path
) -> list[Path]:
    """Every rendition of a published report, as a reader saves it."""
    portal.photo_key.keep(PhotoKey.make("阳光督查", now=clock()))
    report_id = district.draft()
    with portal.database.writing() as session:
        report = session.get_one(Report, report_id)
        for data in full_of_canaries():
            arrival = portal.spool.receive(40_000_000)
            arrival.write(data)
            arrived = receive_photo(
                received=arrival.finish(),
                file_name=f"{CANARY.decode()}.jpg",
                darkroom=portal.darkroom,
                media=portal.media,
            )
            arrival.close()
            add_photo(session, report=report, arrived=arrived, actor=report.author, now=clock())
        session.flush()
        for photo in report.photos:
            photo.caption = "正面"
        submit_report(session, report=report, actor=report.author, key=None, now=clock())
    district.decide(report_id, Verb.APPROVE)
    with portal.database.reading() as session:
        names = [r["name"] for photo in session.get_one(Report, report_id).photos for r in photo.renditions]
    for name in names:
        (tmp_path / name).write_bytes(visitor.get(f"/media/{name}").data)
    return [tmp_path / name for name in names]


def test_served_renditions_say_nothing_but_credit_and_statement(served: list[Path]) -> None:
    assert [path.name for path in served if CANARY in path.read_bytes()] == []
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not here: install your system's package `libimage-exiftool-perl`")
    command = ["exiftool", "-j", "-G1", "-a", "-u", *map(str, served)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)
    signed = 0
    assert len(told) == len(served) == 12
    for each in told:
        groups = {name.partition(":")[0] for name in each}
        if "JUMBF" in groups:
            signed += 1
            assert groups <= STRUCTURE | OURS
            assert {name for name in each if name.startswith("XMP")} == {
                "XMP-dc:Identifier",
                "XMP-photoshop:Credit",
            }
            assert each["XMP-photoshop:Credit"] == "东岸街道／阳光督查"
        else:
            assert groups <= STRUCTURE
        assert CANARY.decode() not in json.dumps({**each, "SourceFile": ""})
    assert signed == 4
