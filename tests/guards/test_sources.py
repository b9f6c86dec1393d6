"""What the sources promise: no inline script or style, pictures opened in one place, no forgotten words."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SOURCES = sorted((ROOT / "portal").rglob("*.py"))
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)|<style\b|\sstyle=\"|\son(click|change|submit|load|input)=\"|javascript:",
    re.I,
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_template_holds_an_inline_script_or_style(template):
    assert not INLINE.search(template.read_text(encoding="utf-8"))


OPENS = re.compile(
    r"\bImage\.(?:open|frombuffer)\b|\bImageFile\.Parser\b|\bav\.open\b|\b(?:open|read)_heif\b|\bHeifFile\b|\bcv2\b|\bimageio\b"
    r"|\bfrom (?:PIL\.Image|av|pillow_heif) import\b"
)
# Each runs only in a confined child, and each has a reason of its own.
OPENERS = {
    "portal/imaging/pixels.py",  # what Pillow decodes
    "portal/imaging/heic.py",  # what libheif decodes
    "portal/imaging/film_making.py",  # what FFmpeg decodes, in a child of its own
}
DECODERS = {"PIL", "pillow_heif", "av", "cv2", "imageio"}
# What the confined children load, and the painter of share cards, which opens nothing; and the demonstration's pictures, which are drawn and never read.
IN_THE_CHILD = {
    f"portal/imaging/{name}.py"
    for name in ("card_child", "colour", "cover", "embedded", "film_making", "heic", "pixels", "renditions")
}
DRAWING = ("portal/demo/scenes/", "portal/demo/pictures.py")


def test_only_the_confined_child_opens_pictures():
    found = {str(p.relative_to(ROOT)) for p in SOURCES if OPENS.search(p.read_text(encoding="utf-8"))}
    assert found == OPENERS


def test_only_what_runs_in_the_confined_child_names_a_decoder():
    imports = re.compile(r"^\s*(?:import|from) (\w+)", re.M)
    found = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if DECODERS & set(imports.findall(path.read_text(encoding="utf-8")))
    }
    assert {path for path in found if not path.startswith(DRAWING)} == IN_THE_CHILD


@pytest.mark.parametrize(
    "parent", ["portal.web.app", "portal.worker", "portal.wiring", "portal.imaging.darkroom"]
)
def test_no_parent_of_the_confined_child_has_a_decoder_loaded(parent):
    script = (
        f"import sys, {parent}; print(sorted({DECODERS!r} & {{name.split('.')[0] for name in sys.modules}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_nothing_is_unpickled_and_no_sql_is_put_together_from_words():
    text = {p: p.read_text(encoding="utf-8") for p in SOURCES}
    assert [p.name for p, s in text.items() if re.search(r"\bpickle\.loads?\b|\beval\(|\bexec\(", s)] == []


def _messages() -> set[str]:
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    found: set[str] = set()
    for folder, methods in (
        ("templates", [("**.html", "jinja2.ext.babel_extract")]),
        ("portal/web", [("**.py", "python")]),
    ):
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder, method_map=methods, keywords=keywords, options_map={"**.html": {"trimmed": "true"}}
        ):
            found |= set(message) if isinstance(message, tuple) else {message}
    return {message for message in found if message and re.search(r"[\u4e00-\u9fff]", message)}


def test_every_sentence_has_its_english():
    known: set[str] = set()
    for file in (ROOT / "translations" / "en").glob("*.po"):
        for message in read_po(io.BytesIO(file.read_bytes()), locale="en", abort_invalid=True):
            if message.id and message.string:
                known |= set(message.id) if isinstance(message.id, tuple) else {message.id}
    missing = sorted(_messages() - known)
    assert missing == []


def test_the_same_sentence_has_one_english_everywhere():
    said: dict[tuple[str | None, str], set[str]] = {}
    for file in (ROOT / "translations" / "en").glob("*.po"):
        for message in read_po(io.BytesIO(file.read_bytes()), locale="en", abort_invalid=True):
            if message.id and message.string:
                said.setdefault((message.context, str(message.id)), set()).add(str(message.string))
    assert {source: words for source, words in said.items() if len(words) > 1} == {}


def test_placeholders_of_a_sentence_and_its_english_agree():
    names = re.compile(r"%\((\w+)\)s")
    for file in (ROOT / "translations" / "en").glob("*.po"):
        for message in read_po(io.BytesIO(file.read_bytes()), locale="en", abort_invalid=True):
            if isinstance(message.id, str) and message.string:
                assert set(names.findall(message.id)) == set(names.findall(str(message.string))), message.id
