"""Words on paper are a root, and a root is words; the code says the same; a month ends with one checkpoint for ever."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest

from portal.record.blocks import Discrepancy
from portal.record.paper import (
    CHINESE,
    ENGLISH,
    WordsRefused,
    code_svg,
    code_text,
    ended_with,
    is_over,
    months_over,
    root_at,
    root_of_words,
    words_of,
)
from portal.record.tables import SignedCheckpoint
from portal.rules.clock import last_day
from tests.record.log_files import LogFiles, leaves

# Entropy of 32 bytes and its words, as published with BIP-39.
PUBLISHED = [
    ("00" * 32, "abandon " * 23 + "art"),
    (
        "7f" * 32,
        "legal winner thank year wave sausage worth useful legal winner thank year wave sausage worth useful "
        "legal winner thank year wave sausage worth title",
    ),
    (
        "80" * 32,
        "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor "
        "acoustic avoid letter advice cage absurd amount doctor acoustic bless",
    ),
    ("ff" * 32, "zoo " * 23 + "vote"),
    (
        "68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c",
        "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy gospel "
        "tennis maple dilemma loan word shrug inflict delay length",
    ),
    (
        "9f6a2878b2520799a44ef18bc7df394e7061a224d2c33cd015b157d746869863",
        "panda eyebrow bullet gorilla call smoke muffin taste mesh discover soft ostrich alcohol speed nation "
        "flash devote level hobby quick inner drive ghost inside",
    ),
    (
        "066dca1a2bb7e8a1db2832148ce9933eea0f3ac9548d793112d9a95c9407efad",
        "all hour make first leader extend hole alien behind guard gospel lava path output census museum "
        "junior mass reopen famous sing advance salt reform",
    ),
    (
        "f585c11aec520db57dd353c69554b21a89b20fb0650966fa0a9d6f74fd989d8f",
        "void come effort suffer camp survey warrior heavy shoot primary clutch crush open amazing screen "
        "patrol group space point ten exist slush involve unfold",
    ),
]
ZEROS = "的" * 23 + "性"  # the same numbers in the list of characters: 23 times 0, and 102
OURS = hashlib.sha256(b"a root of ours").digest()


@pytest.mark.parametrize(("entropy", "words"), PUBLISHED, ids=[each[0][:8] for each in PUBLISHED])
def test_english_words_are_those_that_were_published(entropy, words):
    assert " ".join(words_of(bytes.fromhex(entropy), ENGLISH)) == words
    assert root_of_words(words).hex() == entropy


def test_characters_stand_at_the_same_numbers():
    assert "".join(words_of(bytes(32), CHINESE)) == ZEROS
    assert root_of_words(ZEROS) == bytes(32)


@pytest.mark.parametrize("tongue", [CHINESE, ENGLISH])
def test_a_root_comes_back_however_its_words_are_typed(tongue):
    words = words_of(OURS, tongue)
    assert len(words) == 24
    for typed in (" ".join(words), "\n".join(words), "\u3000".join(words), f"  {' '.join(words).upper()} "):
        assert root_of_words(typed) == OURS


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("abandon " * 23, "23 words"),
        ("", "0 words"),
        ("abandon " * 22 + "abandonn art", r"number 23 \(abandonn\)"),
        ("abandon " * 24, "misread"),
        ("art " + "abandon " * 23, "misread"),
        (ZEROS[:-1] + "的", "misread"),
        (ZEROS[:-1] + "鑫", r"number 24 \(鑫\)"),
        ("abandon " * 23 + "的", "words; a root has 24"),
    ],
)
def test_what_was_misread_is_refused(typed, why):
    with pytest.raises(WordsRefused, match=why):
        root_of_words(typed)


def test_the_code_says_the_three_lines_of_the_checkpoint_and_the_month():
    log = LogFiles(leaves(3))
    assert code_text(log.checkpoint, "2026-10") == f"{log.checkpoint.text}2026-10\n"
    picture = code_svg(code_text(log.checkpoint, "2026-10")).decode()
    assert picture.startswith("<svg")
    assert "style" not in picture
    assert picture == code_svg(code_text(log.checkpoint, "2026-10")).decode()


@pytest.mark.parametrize("size", [1, 255, 256, 257, 299, 300])
def test_the_root_at_a_size_is_hashed_from_all_entries(size):
    log = LogFiles(leaves(300))
    assert root_at(log.__getitem__, log.checkpoint, size=size) == LogFiles(leaves(size)).checkpoint.root


def test_a_log_that_does_not_hold_or_was_never_so_long_tells_no_root():
    log = LogFiles(leaves(300))
    for size in (0, 301):
        with pytest.raises(Discrepancy, match="300 entries"):
            root_at(log.__getitem__, log.checkpoint, size=size)
    log["tile/entries/001.p/44"] = log["tile/entries/001.p/44"].replace(b"256", b"999")
    with pytest.raises(Discrepancy):
        root_at(log.__getitem__, log.checkpoint, size=10)


def test_a_month_ends_at_midnight_in_shanghai():
    assert last_day("2024-02") == dt.date(2024, 2, 29)
    end = dt.datetime(2026, 10, 31, 16, tzinfo=dt.UTC)
    assert not is_over("2026-10", now=end)
    assert is_over("2026-10", now=end + dt.timedelta(minutes=10))
    with pytest.raises(ValueError, match="month"):
        last_day("2026-13")


MOMENTS = [
    dt.datetime(2026, 9, 30, 15, 59, 59, tzinfo=dt.UTC),  # the last second of September there
    dt.datetime(2026, 9, 30, 16, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 5, tzinfo=dt.UTC),
    dt.datetime(2026, 12, 1, tzinfo=dt.UTC),
]


def test_a_month_ends_with_the_last_checkpoint_before_its_end(portal, owner):
    with owner.writing() as session:
        for number, at in enumerate(MOMENTS, start=1):
            session.add(SignedCheckpoint(id=number, size=number, root="00" * 32, at=at, note="-"))
    with portal.database.reading() as session:
        found = {
            month: getattr(ended_with(session, month), "id", None)
            for month in ("2026-08", "2026-09", "2026-10", "2026-11", "2026-12", "2027-01")
        }
        assert found == {
            "2026-08": None, "2026-09": 1, "2026-10": 3, "2026-11": 3, "2026-12": 4, "2027-01": 4,
        }  # fmt: skip
        assert months_over(session, now=MOMENTS[3]) == ["2026-11", "2026-10", "2026-09"]


def test_before_anything_is_signed_no_month_ended_with_anything(portal):
    with portal.database.reading() as session:
        assert ended_with(session, "2026-10") is None
        assert months_over(session, now=MOMENTS[3]) == []
