"""Checking the record in a reader's own browser: what agrees is said so, what was changed is noticed."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from portal.record.checkpoint import Checkpoint
from portal.record.cosigning import Cosigned, CosigningKey, with_lines
from portal.record.notes import Note
from portal.record.policy import Policy
from portal.record.signed import newest
from portal.record.signing import SigningKeys
from portal.record.witnessing import keep_line
from portal.web.app import create_app
from portal.wiring import Portal
from portal.worker import run_once
from portal.workflows.found_keys import found_keys, replace_keys
from tests.answering import answering
from tests.browser.conftest import VIEWER, patient
from tests.browser.test_accessible import AXE, SMALL, TOO_WIDE
from tests.conftest import Clock
from tests.small_district import SmallDistrict

pytestmark = pytest.mark.browser
NAME = "sunlight.example.org/record"
SIGNED = "sunlight.record"  # what the device remembers
needs_library = pytest.mark.skipif(
    not (VIEWER.parent / "@noble").is_dir(),
    reason="the packaged signature check is not here: run `make assets`",
)


@dataclass
class Site:
    """A served portal whose record is signed."""

    base: str
    portal: Portal
    district: SmallDistrict
    keys: SigningKeys
    clock: Clock

    def publish(self) -> int:
        """One more report on the record, signed; the number of its entry."""
        self.district.published(photos=0, code=self.district.projects[1], login="stranger")
        return self.sign()

    def sign(self) -> int:
        self.clock.forward(minutes=1)
        run_once(self.portal)
        return (
            Checkpoint.parse(self.portal.tiles.read("checkpoint").decode().split("\n\n")[0] + "\n").size - 1
        )


@pytest.fixture
def site(portal: Portal, district: SmallDistrict, clock: Clock) -> Iterator[Site]:
    keys = SigningKeys.make(NAME)
    portal.signing_key.keep(keys)
    with portal.database.writing() as session:
        found_keys(session, keys, now=clock())
    with answering(create_app(portal)) as address:
        found = Site(address, portal, district, keys, clock)
        found.publish()
        yield found


@pytest.fixture
def page(chromium, site: Site) -> Iterator[Page]:
    """A reader's device, for as long as the test lasts."""
    device = patient(chromium.new_context(base_url=site.base))
    page = device.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None
    )
    yield page
    device.close()
    assert faults == []


def verdict(page: Page) -> str:
    found = page.locator("[data-verdict][data-lamp]")
    expect(found).to_be_visible()
    return str(found.get_attribute("data-lamp"))


def said(page: Page) -> dict[str, str]:
    """The steps that are shown, each with its lamp."""
    shown = page.locator("[data-step][data-lamp]:not([hidden])")
    return {each.get_attribute("data-step"): each.get_attribute("data-lamp") for each in shown.all()}


ALL_GREEN = dict.fromkeys(("document", "entry", "way", "signature", "memory"), "green")


def test_an_entry_is_checked_from_its_document_to_the_signature_and_the_device_remembers(
    site: Site, page: Page
) -> None:
    last = site.publish()
    page.goto(f"/record/{last}")
    assert verdict(page) == "green"
    assert said(page) == ALL_GREEN
    assert "第一次" in page.locator("[data-step=memory]").inner_text()
    site.publish()
    page.goto(f"/record/{last}")
    assert verdict(page) == "green"
    assert (
        f"看到的 {last + 1} 条，原样都在现在的 {last + 2} 条里"
        in page.locator("[data-step=memory]").inner_text()
    )
    page.locator("[data-shown] summary").click()
    assert (
        "report/2026-"
        in page.locator("[data-document]").inner_text() + page.locator("[data-fact=item]").inner_text()
    )


@pytest.mark.parametrize(
    ("part", "step"), [("document", "document"), ("leaf", "way"), ("way", "way"), ("signature", "signature")]
)
def test_whatever_is_changed_turns_red_and_says_what_to_do(
    site: Site, page: Page, part: str, step: str
) -> None:
    last = site.publish()

    def changed(route: Route) -> None:
        text = route.fetch().text()
        lines = text.split("\n")
        extra = json.loads(base64.b64decode(lines[1].removeprefix("extra ")))
        if part == "document":
            extra["document"] = extra["document"].replace('"', '" ', 1) + " "
        elif part == "leaf":
            extra["leaf"] = extra["leaf"].replace("published", "corrected")
            del extra["leaf_hash"]
        elif part == "way":
            lines[3] = base64.b64encode(bytes(32)).decode()
        else:
            at = next(n for n, line in enumerate(lines) if line.startswith("— "))
            who, name, data = lines[at].split(" ")
            raw = bytearray(base64.b64decode(data))
            raw[9] ^= 1
            lines[at] = f"{who} {name} {base64.b64encode(raw).decode()}"
        lines[1] = "extra " + base64.b64encode(json.dumps(extra, ensure_ascii=False).encode()).decode()
        route.fulfill(status=200, body="\n".join(lines), content_type="text/plain; charset=utf-8")

    page.route("**/*.tlog-proof", changed)
    page.goto(f"/record/{last}")
    assert verdict(page) == "red"
    wrong = [name for name, lamp in said(page).items() if lamp == "red"]
    assert wrong == ["entry" if part == "leaf" else step]
    expect(page.locator("[data-cure]")).to_be_visible()


def test_another_history_than_the_one_that_was_seen_is_noticed_on_every_page(site: Site, page: Page) -> None:
    """A fork: what this device was shown, signed with the log's own keys, is not the beginning of what it is shown now."""
    last = site.publish()
    page.goto(f"/record/{last}")
    assert verdict(page) == "green"
    other = Checkpoint(origin=NAME, size=last, root=bytes(range(32)))
    note = str(site.keys.sign_checkpoint(other, at=site.clock()))
    page.evaluate(
        "([key, note]) => localStorage.setItem(key, JSON.stringify({...JSON.parse(localStorage.getItem(key)), note}))",
        [SIGNED, note],
    )
    page.goto("/projects")
    expect(page.locator(".band.alarm")).to_be_visible()
    page.goto(f"/record/{last}")
    assert verdict(page) == "red"
    assert said(page)["memory"] == "red"
    with page.expect_download() as evidence:
        page.locator("[data-evidence]").click()
    both = Path(evidence.value.path()).read_text(encoding="utf-8")
    assert note in both
    assert both.count(f"{NAME}\n") == 2


def test_a_record_that_became_shorter_is_noticed(site: Site, page: Page) -> None:
    last = site.publish()
    page.goto(f"/record/{last}")
    assert verdict(page) == "green"
    longer = Checkpoint(origin=NAME, size=last + 50, root=bytes(32))
    page.evaluate(
        "([key, note]) => localStorage.setItem(key, JSON.stringify({...JSON.parse(localStorage.getItem(key)), note}))",
        [SIGNED, str(site.keys.sign_checkpoint(longer, at=site.clock()))],
    )
    page.reload()
    assert verdict(page) == "red"
    assert "少了" in page.locator("[data-step=memory]").inner_text()


def test_a_key_that_was_handed_over_is_followed_and_one_that_was_not_is_refused(
    site: Site, page: Page
) -> None:
    last = site.publish()
    page.goto(f"/record/{last}")
    assert verdict(page) == "green"
    new = SigningKeys.make(NAME)
    with site.portal.database.writing() as session:
        replace_keys(session, new, before=site.keys, now=site.clock.forward(minutes=1))
    site.portal.signing_key.path.unlink()
    site.portal.signing_key.keep(new)
    last = site.publish()
    page.goto(f"/record/{last}")
    assert verdict(page) == "green"
    assert "交接" in page.locator("[data-step=signature]").inner_text()
    stranger = SigningKeys.make(NAME).public[0].line
    page.evaluate(
        "([name, key]) => localStorage.setItem(name, JSON.stringify({...JSON.parse(localStorage.getItem(name)), key}))",
        [SIGNED, stranger],
    )
    page.reload()
    assert verdict(page) == "red"
    assert said(page)["signature"] == "red"


def test_a_file_is_checked_on_the_page_for_it_with_the_sites_key_or_ones_own(
    site: Site, page: Page, tmp_path: Path
) -> None:
    last = site.publish()
    page.goto(f"/record/{last}")
    with page.expect_download() as download:
        page.locator("a[href$='.tlog-proof']").click()
    file = tmp_path / f"{last}.tlog-proof"
    download.value.save_as(file)
    site.publish()
    page.goto("/verify")
    page.set_input_files("#file", file)
    assert verdict(page) == "green"
    assert said(page) == ALL_GREEN
    page.locator("details:has(#key) summary").click()
    page.fill("#key", site.keys.public[0].line)
    page.press("#key", "Tab")
    expect(page.locator("[data-step=signature]")).to_contain_text("您给的")
    assert verdict(page) == "green"
    page.fill("#key", SigningKeys.make(NAME).public[0].line)
    page.press("#key", "Tab")
    expect(page.locator("[data-verdict]").first).to_have_attribute("data-lamp", "red")
    page.fill("#key", "")
    other = tmp_path / "other.txt"
    other.write_text("something else")
    page.set_input_files("#file", other)
    expect(page.locator("[data-step=form]")).to_have_attribute("data-lamp", "red")
    expect(page.locator("[data-verdict]").first).to_have_attribute("data-lamp", "yellow")
    expect(page.locator("[data-cure]")).to_be_hidden()


@needs_library
@pytest.mark.parametrize(
    "missing",
    [
        "SubtleCrypto.prototype.importKey = async () => { throw new Error('no Ed25519'); };",
        "Object.defineProperty(Crypto.prototype, 'subtle', {value: undefined});",
    ],
)
def test_a_browser_that_cannot_takes_the_packaged_library(site: Site, page: Page, missing: str) -> None:
    last = site.publish()
    page.add_init_script(missing)
    page.goto(f"/record/{last}")
    assert verdict(page) == "green"
    assert said(page) == ALL_GREEN


def test_a_site_that_does_not_answer_says_nothing_against_the_record(site: Site, page: Page) -> None:
    last = site.publish()
    page.route("**/record/checkpoint", lambda route: route.abort())
    page.goto(f"/record/{last}")
    assert verdict(page) == "yellow"
    expect(page.locator("[data-cure]")).to_be_hidden()


@pytest.mark.parametrize(("quorum", "words"), [("any", "2 个见证方里有 1 个"), ("all", "还不够数")])
def test_the_page_of_an_entry_says_which_witnesses_have_signed(chromium, site, quorum, words):
    """One line holds; the other witness's line is another's, and counts for nothing."""
    first, second = CosigningKey.make("first.example"), CosigningKey.make("second.example")
    policy = Policy.parse(
        f"witness 档案馆 {first.public.line}\nwitness 法院 {second.public.line}\n"
        f"group g {quorum} 档案馆 法院\nquorum g\n".encode()
    )
    portal = dataclasses.replace(site.portal, policy=policy)
    note = Note.parse(portal.tiles.read("checkpoint"))
    forged = second.cosign(note.text + "x", at=site.clock())
    lines = [first.cosign(note.text, at=site.clock()), forged]
    portal.tiles.write("checkpoint", str(with_lines(note, lines)).encode())
    with portal.database.writing() as session:
        for key, line in zip((first, second), lines, strict=True):
            kept = Cosigned(key=key.public, at=site.clock(), line=line)
            keep_line(session, newest(session).id, kept)
    with answering(create_app(portal)) as address:
        device = patient(chromium.new_context(base_url=address))
        page = device.new_page()
        page.goto("/record/0")
        told = page.locator("[data-step=witnesses]")
        expect(told).to_contain_text(words)
        expect(told).to_contain_text("档案馆")
        expect(told).not_to_contain_text("法院")
        expect(page.locator("[data-verdict]")).to_contain_text("核对过了")
        page.goto("/record")
        expect(page.get_by_text("2 个见证方里有 1 个签过名")).to_be_visible()
        page.goto("/record/keys")
        expect(page.get_by_text(second.public.line, exact=True)).to_be_visible()
        device.close()


def test_a_month_is_one_slip_of_a6_on_paper_and_can_be_used_by_everybody(
    site: Site, page: Page, axe: str
) -> None:
    site.clock.at = dt.datetime(2027, 1, 3, 4, tzinfo=dt.UTC)
    for path in ("/record/months/2026-11", "/en/record/months/2026-12"):
        page.goto(path)
        page.evaluate(axe)
        for width, scheme in ((360, "light"), (1280, "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            assert page.evaluate(AXE) == []
            assert page.evaluate(TOO_WIDE) == []
            assert page.evaluate(SMALL) == []
        printed = page.pdf(prefer_css_page_size=True)
        sizes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
        assert [(round(float(w)), round(float(h))) for w, h in sizes] == [(298, 420)]  # points: 105 by 148 mm
        assert printed.count(b"/Type /Page\n") == 1
