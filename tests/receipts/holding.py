"""Somebody who hands things in, keeps the receipts, and has nothing else but the public record and verify_receipt.py."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import verify_receipt
from portal.record.receipt_key import ReceiptKey
from portal.record.signing import SigningKeys
from portal.web.app import create_app
from portal.wiring import Portal
from portal.worker import log_receipts, run_once
from tests.browsing import Browser
from tests.conftest import Clock
from tests.record.log_files import keys_of
from tests.small_district import SmallDistrict
from tests.web.unit_desk.pages import fields_of, path_of

ORIGIN = "sunlight.example/record"


@dataclass
class Holder:
    """What the holder has at home stands in `home`."""

    portal: Portal
    district: SmallDistrict
    clock: Clock
    keys: SigningKeys
    home: Path
    said: pytest.CaptureFixture[str]
    reports: list[int] = field(default_factory=list)

    def hand_in(self, **words: str) -> Path:
        """Send a report from the desk's form, and download the receipt that the page offers."""
        report_id = self.district.draft(**words)
        browser = Browser(create_app(self.portal))
        browser.sign_in("reporter")
        sent = browser.post(path_of(report_id), data={**fields_of(browser, report_id), "act": "submit"})
        assert sent.status_code == 303, sent.get_data(as_text=True)
        self.reports.append(report_id)
        return self.download(report_id)

    def download(self, report_id: int, round_: int = 1) -> Path:
        browser = Browser(create_app(self.portal))
        browser.sign_in("reporter")
        address = f"{path_of(report_id)}/receipts/{round_}"
        assert f"{address}.receipt" in browser.get(address).get_data(as_text=True)
        kept = self.home / f"{report_id}-{round_}.receipt"
        kept.write_bytes(browser.get(f"{address}.receipt").data)
        return kept

    def work(self, **later: float) -> None:
        """Time goes by, and the worker does what is due; what it put on the record is signed."""
        self.clock.forward(**later)
        log_receipts(self.portal)
        self.sign()

    def sign(self) -> None:
        run_once(self.portal)
        self.clock.forward(minutes=1)
        run_once(self.portal)

    def look(self, name: str = "log") -> Path:
        """The public record as it is shown now, taken home."""
        folder, reader = self.home / name, Browser(create_app(self.portal))

        def take(path: str) -> None:
            answer = reader.get(f"/record/{path}")
            assert answer.status_code in (200, 404, 410), path
            if answer.status_code == 200:
                place = folder / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(answer.data)

        take("checkpoint")
        size = int((folder / "checkpoint").read_text().split("\n")[1])
        assert size < 256
        take(f"tile/entries/000.p/{size}")
        for seq in range(size):
            take(f"opening/{seq}.json")
        return folder

    def check(
        self, receipt: Path, log: Path, *, kept: Path | None = None, now: dt.datetime | None = None
    ) -> tuple[int, str]:
        """What verify_receipt.py says: its exit code and its words."""
        words = [str(receipt), "--log", str(log), "--key", self.keys.public[0].line]
        words += ["--now", f"{now or self.clock():%Y-%m-%dT%H:%M:%SZ}"]
        words += ["--kept", str(kept)] if kept is not None else []
        self.said.readouterr()
        code = verify_receipt.main(words)
        return code, self.said.readouterr().out

    def batches(self, log: Path) -> dict[int, list[str]]:
        """The lines of every batch in a record that was taken home, by entry."""
        found = {}
        for path in (log / "opening").iterdir():
            document = json.loads(json.loads(path.read_text())["document"])
            if "lines" in document:
                found[int(path.stem)] = document["lines"]
        return dict(sorted(found.items()))


def receipt_key(word: str = "receipts") -> ReceiptKey:
    """Always the same key for the same word."""
    return ReceiptKey(f"{ORIGIN}/receipts", keys_of(word).ed25519)
