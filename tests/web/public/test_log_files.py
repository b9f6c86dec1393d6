"""The record for programs, byte by byte as the standards lay it out; and a frozen record, on every page."""

from __future__ import annotations

import gzip
import json
import os
import sys

import pytest
from sqlalchemy import update

from portal.record.blocks import Discrepancy
from portal.record.checkpoint import ProofFile
from portal.record.log import head
from portal.record.merkle import leaf_hash
from portal.record.mirror import check_log
from portal.record.notes import Note, PublicKey
from portal.record.proofs import includes
from portal.record.signed import freeze, freeze_of
from portal.record.signing import open_checkpoint
from portal.record.tables import Freeze
from portal.web.app import create_app
from portal.worker import run_once
from tests.browsing import Browser
from tests.record.log_files import keys_of
from tests.signed_record import keys, other, publish  # noqa: F401 - a fixture
from tests.web.public.reading import unmarked_chinese, words


@pytest.fixture
def shown(portal, keys, visitor):  # noqa: F811
    """A visitor of a signed record of 300 entries."""
    for _ in range(2):  # the seal of the days before stands on the record too
        run_once(portal)
    with portal.database.reading() as session:
        there = head(session).size
    publish(portal, 300 - there)
    run_once(portal)
    return visitor


def test_the_checkpoint_is_text_that_nobody_keeps(shown, portal):
    answer = shown.get("/record/checkpoint")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.data == portal.tiles.read("checkpoint")


@pytest.mark.parametrize(
    ("path", "size", "kept"),
    [
        ("tile/0/000", 8192, True),
        ("tile/0/001.p/44", 44 * 32, False),
        ("tile/1/000.p/1", 32, False),
        ("tile/entries/000", None, True),
        ("tile/entries/001.p/44", None, False),
    ],
)
def test_full_tiles_are_kept_for_ever_and_partial_ones_not(shown, portal, path, size, kept):
    answer = shown.get(f"/record/{path}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Cache-Control"] == ("public, max-age=31536000, immutable" if kept else "no-store")
    assert answer.data == portal.tiles.read(path)
    assert size is None or len(answer.data) == size


def test_bundles_are_sent_compressed_to_who_can_read_that(shown, portal):
    answer = shown.get("/record/tile/entries/000", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == portal.tiles.read("tile/entries/000")


@pytest.mark.parametrize(
    "path",
    [
        "0/001",
        "0/000.p/7",
        "2/000",
        "0/0",
        "0/000/",
        "entries/001",
        "../checkpoint",
        "64/000",
        "data/000",
        "0/x000/000",
    ],
)
def test_no_other_tile_is_found(shown, path):
    assert shown.get(f"/record/tile/{path}").status_code == 404


def test_the_whole_log_can_be_fetched_and_holds(shown, keys):  # noqa: F811
    def read(path: str) -> bytes:
        answer = shown.get(f"/record/{path}")
        if answer.status_code == 404:
            raise LookupError(path)
        return answer.data

    told = json.loads(shown.get("/record/keys.json").data)
    lines = tuple(PublicKey.parse(line) for line in told["keys"][-1]["vkeys"])
    assert (lines, told["origin"]) == (keys.public, keys.name)
    check_log(read, open_checkpoint(Note.parse(read("checkpoint")), lines))


def test_a_proof_file_holds_by_itself(shown, keys):  # noqa: F811
    answer = shown.get("/record/123.tlog-proof")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="123.tlog-proof"'
    proof = ProofFile.parse(answer.data)
    told, said = open_checkpoint(proof.checkpoint, keys.public), json.loads(proof.extra)
    assert includes(
        leaf_hash(said["leaf"].encode()), seq=123, size=told.size, proof=proof.path, root=told.root
    )
    assert said == json.loads(shown.get("/record/opening/123.json").data)


def test_what_is_not_signed_yet_has_no_proof(shown, portal):
    publish(portal, 1, first=300)
    assert shown.get("/record/300.tlog-proof").status_code == 404
    assert shown.get("/record/9999999.tlog-proof").status_code == 404


def test_before_anything_was_signed_there_is_nothing(visitor, portal):
    publish(portal, 1)
    for path in ("checkpoint", "tile/0/000.p/1", "0.tlog-proof"):
        assert visitor.get(f"/record/{path}").status_code == 404
    assert "还没有签过名" in words(visitor.get("/record/keys"))


def test_public_keys_are_shown_to_people(shown, keys):  # noqa: F811
    page = shown.get("/record/keys")
    assert keys.public[0].line in page.get_data(as_text=True)
    assert unmarked_chinese(shown.get("/en/record/keys")) == []


# --- frozen -----------------------------------------------------------------------------------------

PAGES = (
    "/",
    "/projects",
    "/record",
    "/archive",
    "/about",
    "/en/",
    "/account/login",
    "/nothing-here",
    "/record/keys",
)


def test_while_the_record_is_frozen_every_page_says_so_kept_ones_too(portal, owner, district, clock):
    browser = Browser(create_app(portal))
    for _ in range(2):
        before = {path: browser.get(path) for path in PAGES}
    with portal.database.writing() as session:
        freeze(session, "entry 3 is missing", now=clock())
    for path in PAGES:
        known = {"If-None-Match": before[path].headers.get("ETag", "")}
        page = browser.get(path, headers=known)
        assert page.status_code == before[path].status_code, path
        said = page.get_data(as_text=True)
        assert "公开记录停住了" in said or "The public record has stopped" in said, path
        assert "entry 3 is missing" not in said
    with owner.writing() as session:  # as `record recover` does; who serves pages may not
        session.execute(update(Freeze).values(cured_at=clock()))
    for path in PAGES:
        said = browser.get(path).get_data(as_text=True)
        assert "停住" not in said, path
        assert "has stopped" not in said, path


def test_while_the_record_is_frozen_desks_say_so_and_nothing_can_be_published(portal, district, clock):
    number = district.published()
    with portal.database.writing() as session:
        freeze(session, "because", now=clock())
    browser = Browser(create_app(portal))
    browser.sign_in("supervisor")
    assert "公开记录停住了" in words(browser.get("/desk/supervision"))
    with pytest.raises(Exception, match="frozen"), portal.database.writing() as session:
        from portal.record.log import withdraw

        withdraw(session, f"report/{number}", reason="r", basis="b", role="x", at=clock())


def test_a_changed_entry_is_not_proven(shown, owner):
    from tests.record.test_verify import damage

    damage(owner, f"UPDATE record_entry SET leaf_hash = {other('leaf_hash')} WHERE seq = 9")
    assert shown.get("/record/9.tlog-proof").status_code == 503


def test_a_damaged_tile_is_said_and_no_accident(shown, portal):
    tiles = portal.tiles
    width = int(tiles.read("checkpoint").split(b"\n")[1])
    path = f"tile/0/000.p/{width}" if width < 256 else "tile/0/000"
    tiles.write(path, tiles.read(path)[:-1])
    assert shown.get("/record/9.tlog-proof").status_code == 503


# --- the signing key --------------------------------------------------------------------------------

OPENED: list[str] = []


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open" and isinstance(arguments[0], str | os.PathLike):
        OPENED.append(os.fspath(arguments[0]))


@pytest.fixture(scope="module")
def watched() -> None:
    """Every file that this process opens from now on. Python cannot take such a hook away again."""
    sys.addaudithook(_note)


@pytest.mark.usefixtures("watched")
def test_no_page_ever_opens_the_signing_key(portal, district, keys):  # noqa: F811
    publish(portal, 3, first=500)
    run_once(portal)
    assert str(portal.signing_key.path) in OPENED  # the worker does
    OPENED.clear()
    browser = Browser(create_app(portal))
    browser.sign_in("admin")
    for path in (
        *PAGES,
        "/record/checkpoint",
        "/record/1.tlog-proof",
        "/record/keys.json",
        "/desk/admin",
        "/readyz",
    ):
        browser.get(path)
    assert OPENED
    assert str(portal.signing_key.path) not in OPENED


def test_the_web_serves_although_the_key_file_cannot_be_read(portal, district, keys):  # noqa: F811
    portal.signing_key.path.unlink()
    os.mkfifo(portal.signing_key.path, 0o600)  # whoever opens it waits for ever
    assert keys_of() == keys
    browser = Browser(create_app(portal))
    assert browser.get("/record").status_code == 200
    assert browser.get("/record/keys").status_code == 200
    with portal.database.reading() as session:
        assert freeze_of(session) is None


def test_a_discrepancy_is_no_lookup_error():
    assert not issubclass(Discrepancy, LookupError)
