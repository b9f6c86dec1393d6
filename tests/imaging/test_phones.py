"""What phones make, and what becomes of it: the first picture, upright, in the right colours, without its metadata."""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageOps

from portal.imaging.colour import wide_profile
from portal.imaging.darkroom import Darkroom
from portal.imaging.developed import Developed, Rendition
from tests.imaging.drawn import CANARY, encoded, picture, quarters
from tests.imaging.strict import assert_strict

Develop = Callable[..., Developed]
ROOT = Path(__file__).parents[2]
DISPLAY_P3, BT_2020 = 12, 9
UNDO = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the turn that a viewer's turn takes back


def opened(rendition: Rendition) -> Image.Image:
    with Image.open(io.BytesIO(rendition.data)) as image:
        image.load()
        return image


def colours(image: Image.Image) -> list[tuple[int, int, int]]:
    """The four quarters of a picture, each by its middle."""
    plain = image.convert("RGB")
    places = [(x, y) for y in (0.25, 0.75) for x in (0.25, 0.75)]
    return [plain.getpixel((int(plain.width * x), int(plain.height * y))) for x, y in places]  # type: ignore[misc]


def near(found: object, wanted: object, *, within: int = 14) -> bool:
    flat = [(a, b) for one, other in zip(found, wanted, strict=True) for a, b in zip(one, other, strict=True)]  # type: ignore[call-overload]
    return all(abs(a - b) <= within for a, b in flat)


UPRIGHT = [(254, 0, 0), (0, 255, 0), (0, 0, 254), (128, 128, 128)]


def oriented(kind: str, orientation: int) -> bytes:
    """A picture that is stored turned, with the turn that makes it upright; in HEIC and AVIF as irot and imir."""
    upright = quarters(640, 320)
    stored = upright.transpose(Image.Transpose(UNDO[orientation])) if orientation in UNDO else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(stored, kind, exif=exif)


@pytest.mark.parametrize("kind", ["HEIC", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_of_the_container_comes_out_upright(
    develop: Develop, kind: str, orientation: int
) -> None:
    done = develop(oriented(kind, orientation))
    assert (done.width, done.height) == (640, 320)
    for each in done.renditions:
        assert near(colours(opened(each)), UPRIGHT, within=24), (each.edge, each.format)


@pytest.mark.parametrize("kind", ["HEIC", "AVIF"])
def test_a_photo_that_says_its_orientation_twice_is_turned_once(develop: Develop, kind: str) -> None:
    """The container counts; EXIF that says the same again, as phones write it, does not."""
    done = develop(with_exif_orientation(kind))
    assert (done.width, done.height) == (640, 320)
    assert near(colours(opened(done.renditions[0])), UPRIGHT, within=24)


def with_exif_orientation(kind: str) -> bytes:
    """An irot of its own and an orientation 6 in EXIF, both."""
    exif = Image.Exif()
    exif[0x0112], exif[0x0131] = 6, "x"
    stored = quarters(640, 320).transpose(Image.Transpose(UNDO[6]))
    data = encoded(stored, kind, exif=exif)
    software = data.find(struct.pack(">HHI", 0x0131, 2, 2))
    order = ">"
    if software < 0:
        software, order = data.find(struct.pack("<HHI", 0x0131, 2, 2)), "<"
    assert software >= 0, "the encoder has kept a tag that can be made the second orientation"
    return data[:software] + struct.pack(f"{order}HHIHH", 0x0112, 3, 1, 6, 0) + data[software + 12 :]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIC", "AVIF"])
def test_a_wide_gamut_comes_out_as_srgb(develop: Develop, kind: str) -> None:
    """Display P3 by its profile, against what colour management says of the same pixels."""
    profile = wide_profile(DISPLAY_P3)
    assert profile is not None
    stored = Image.new("RGB", (320, 240), (60, 200, 90))
    done = develop(encoded(stored, kind, icc_profile=profile, quality=95))
    wanted = in_srgb(stored, profile)
    assert near([tuple(bytes.fromhex(done.tone))], [wanted], within=6)
    assert not near([wanted], [(60, 200, 90)], within=12), "the two spaces differ here"


def in_srgb(image: Image.Image, profile: bytes) -> tuple[int, int, int]:
    turned = ImageCms.profileToProfile(image, io.BytesIO(profile), ImageCms.createProfile("sRGB"))
    assert turned is not None
    return turned.getpixel((0, 0))  # type: ignore[return-value]


@pytest.mark.parametrize("primaries", [DISPLAY_P3, BT_2020])
@pytest.mark.parametrize("kind", ["HEIC", "AVIF"])
def test_a_wide_gamut_named_by_code_points_comes_out_as_srgb(
    develop: Develop, kind: str, primaries: int
) -> None:
    stored = Image.new("RGB", (320, 240), (90, 180, 110))
    data = encoded(stored, kind, quality=95)
    at = data.index(b"nclx") + 4
    done = develop(data[:at] + struct.pack(">H", primaries) + data[at + 2 :])
    profile = wide_profile(primaries)
    assert profile is not None
    assert near([tuple(bytes.fromhex(done.tone))], [in_srgb(stored, profile)], within=8)


def test_ten_bits_become_eight(develop: Develop) -> None:
    wide = pillow_heif.from_bytes("RGB;16", (64, 64), struct.pack("<HHH", 0x9C00, 0x2000, 0x6000) * 4096)
    buffer = io.BytesIO()
    wide.save(buffer, quality=90, enc_params={"preset": "ultrafast", "x265:pools": "none"})
    assert near([tuple(bytes.fromhex(develop(buffer.getvalue()).tone))], [(0x9C, 0x20, 0x60)], within=8)


def test_a_picture_in_tiles_is_put_together(develop: Develop) -> None:
    done = develop(encoded(quarters(640, 448), "HEIC", tile_size=128))
    assert (done.format, done.width, done.height) == ("HEIC", 640, 448)
    assert near(colours(opened(done.renditions[0])), UPRIGHT, within=20)


def test_claims_of_time_camera_and_place_are_read_from_heic_and_avif(develop: Develop) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "HUAWEI", "LYA-AL00"
    exif.get_ifd(0x8769)[0x9003] = "2026:06:30 08:05:09"
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 34.0, 22.08), 3: "E", 4: (104.0, 4.0, 0.48)})
    for kind in ("HEIC", "AVIF"):
        said = develop(encoded(picture(), kind, exif=exif)).embedded
        assert (said.make, said.model, said.taken_at) == ("HUAWEI", "LYA-AL00", "2026-06-30T08:05:09")
        assert (said.latitude, said.longitude) == ("30.572800", "104.066800")


def test_a_broken_exif_block_in_heic_says_nothing(develop: Develop) -> None:
    exif = Image.Exif()
    exif[0x010F] = "MAKER"
    data = encoded(picture(), "HEIC", exif=exif)
    at = max(data.find(b"MM\0*"), data.find(b"II*\0"))
    assert at > 0
    done = develop(data[:at] + b"MM\0*\xff\xff\xff\xff" + data[at + 8 :])
    assert done.embedded.make is None


@pytest.mark.parametrize("kind", ["HEIC", "AVIF"])
def test_nothing_that_came_with_a_photo_of_a_phone_is_in_a_rendition(develop: Develop, kind: str) -> None:
    exif = Image.Exif()
    for tag in (0x010E, 0x010F, 0x0131, 0x013B, 0x8298):
        exif[tag] = CANARY.decode()
    xmp = b"<x:xmpmeta>" + CANARY + b"</x:xmpmeta>"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = encoded(picture(), kind, exif=exif, xmp=xmp, icc_profile=profile)
    assert data.count(CANARY) >= 5
    for each in develop(data).renditions:
        assert CANARY not in each.data
        assert_strict(each)


MEMORY = """
import os, resource, sys
from portal.imaging import renditions
renditions.warm()
pid = os.fork()
if not pid:
    with open(sys.argv[1], "rb") as photo:
        done = renditions.develop(photo, kind=sys.argv[2])
    print(done.width * done.height, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)
    os._exit(0)
sys.exit(os.waitpid(pid, 0)[1])
"""
MOST_KILOBYTES = 250 * 1024


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["JPEG", "HEIC", "PNG"])
def test_forty_eight_megapixels_need_less_than_250_megabytes(tmp_path: Path, kind: str) -> None:
    """The fork that works counts everything that it shares with its parent, too. HEIC as phones make it, in tiles."""
    flat = Image.new("RGB", (8064, 6048), (90, 120, 150))
    flat.paste(picture(1000, 1000), (3000, 3000))
    options = {"HEIC": {"tile_size": 1024}, "PNG": {"compress_level": 1}, "JPEG": {}}[kind]
    photo = tmp_path / "photo"
    photo.write_bytes(encoded(flat, kind, **options))
    done = subprocess.run([sys.executable, "-c", MEMORY, str(photo), kind], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    pixels, kilobytes = (int(number) for number in done.stdout.split())
    assert pixels == 8064 * 6048
    assert kilobytes < MOST_KILOBYTES


def photos() -> list[Path]:
    """Real photos, in the folder that PORTAL_TEST_PHOTOS names."""
    folder = os.environ.get("PORTAL_TEST_PHOTOS")
    if not folder or not Path(folder).is_dir():
        pytest.skip("PORTAL_TEST_PHOTOS names no folder of real photos")
    return sorted(path for path in Path(folder).iterdir() if path.suffix in REAL)


REAL = {".jpg": "JPEG", ".png": "PNG", ".webp": "WEBP", ".heic": "HEIC", ".avif": "AVIF"}


def reference(path: Path) -> Image.Image:
    """The photo by the whole decode, turned and in sRGB: the plain way, which we do not go."""
    with Image.open(path) as image:
        image.load()
        profile = image.info.get("icc_profile")
        upright = ImageOps.exif_transpose(image).convert("RGB")
    if profile:
        turned = ImageCms.profileToProfile(upright, io.BytesIO(profile), ImageCms.createProfile("sRGB"))
        upright = turned or upright
    return upright


def test_real_photos_come_out_upright_and_in_their_colours(darkroom: Darkroom) -> None:
    for path in photos():
        done = darkroom.develop(path)
        assert done.format == REAL[path.suffix]
        assert [each.edge for each in done.renditions] == [2048, 1024, 480, 480, 240, 240], path.name
        wanted = reference(path)
        assert (done.width, done.height) == wanted.size, path.name
        for each in done.renditions:
            assert_strict(each)
            assert distance(opened(each), wanted) < 2, (path.name, each.edge, each.format)


def distance(image: Image.Image, wanted: Image.Image) -> float:
    """The mean difference of a channel on a small copy: what is turned, mirrored or tinted is far above 2."""
    small = [each.convert("RGB").resize((12, 12), Image.Resampling.BOX) for each in (image, wanted)]
    pairs = zip(*(each.tobytes() for each in small), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (12 * 12 * 3)


ALLOWED = {
    "SourceFile", "File", "Composite", "JFIF:JFIFVersion", "JFIF:ResolutionUnit", "JFIF:XResolution",
    "JFIF:YResolution", "ExifTool", "System", "QuickTime", "Meta",
}  # fmt: skip
# What the container of an AVIF must say of its pixels; nothing of it comes from the photo.
STRUCTURE = {
    "MajorBrand", "MinorVersion", "CompatibleBrands", "HandlerType", "PrimaryItemReference", "MetaImageSize",
    "ImageSpatialExtent", "ImagePixelDepth", "AV1ConfigurationVersion", "ChromaFormat", "ChromaSamplePosition",
    "ColorProfiles", "ColorPrimaries", "TransferCharacteristics", "MatrixCoefficients", "MediaDataSize",
    "MediaDataOffset", "MediaData", "VideoFullRangeFlag", "SeqProfile", "SeqLevelIdx0", "SeqTier0", "HighBitDepth",
    "TwelveBit", "InitialDelaySamples",
}  # fmt: skip


def test_another_reader_finds_no_metadata_of_real_photos(darkroom: Darkroom, tmp_path: Path) -> None:
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("exiftool is not installed")
    for path in photos():
        for each in darkroom.develop(path).renditions:
            (tmp_path / f"{path.stem}-{each.edge}.{'jpg' if each.format == 'jpeg' else 'avif'}").write_bytes(
                each.data
            )
    told = subprocess.run(
        [exiftool, "-json", "-G1", "-a", "-u", str(tmp_path)], capture_output=True, check=True
    )
    found = json.loads(told.stdout)
    assert len(found) >= 6
    for file in found:
        for tag in file:
            group, _colon, name = tag.partition(":")
            assert tag in ALLOWED or group in ALLOWED, (file["SourceFile"], tag)
            assert group not in ("QuickTime", "Meta") or name in STRUCTURE, (file["SourceFile"], tag)
