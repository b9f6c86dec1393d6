"""What a report form sends, read once: the words, the version they were typed over, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from portal.domain.progress import PASSAGES, Report
from portal.workflows.draft_report import ReportWords

FIELDS = ("milestone", "month", "physical_percent", *PASSAGES)
ACT = re.compile(
    r"(save|submit|discard|(earlier|later|remove|restore|remove-video|restore-video):(\d{1,18}))"
)
KEY = re.compile(r"[0-9a-f]{32}")
OF_PHOTO = re.compile(r"(caption|taken_on|view|description|filmed_on)-(\d{1,18})")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """version: the one the page showed; key: names this sending, so that a repeat is known; act: what the
    pressed button says, on `photo_id` where it is about one photo or video; fields: every typed field by its name."""

    version: int | None
    key: str | None
    act: str
    photo_id: int | None
    fields: Mapping[str, str]

    def words(self, report: Report) -> ReportWords:
        """The typed words; a field that was not sent stays what it is."""
        about: dict[str, dict[int, str]] = {
            name: {} for name in ("caption", "taken_on", "view", "description", "filmed_on")
        }
        for name, text in self.fields.items():
            if found := OF_PHOTO.fullmatch(name):
                about[found[1]][int(found[2])] = text
        kept = saved_fields(report)
        plain = {name: self.fields.get(name, kept[name]) for name in FIELDS}
        return ReportWords(
            **plain,
            captions=about["caption"],
            taken_on=about["taken_on"],
            views=about["view"],
            descriptions=about["description"],
            filmed_on=about["filmed_on"],
        )


def read_typed(form: Mapping[str, str], *, report_id: int) -> Typed:
    """A form as typed. An act that does not exist is a save, which loses nothing."""
    act = ACT.fullmatch(form.get("act", "save"))
    version, key = form.get("version", ""), form.get("key", "")
    return Typed(
        version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else None,
        key=f"{report_id}-{key}" if KEY.fullmatch(key) else None,
        act="save" if act is None else act[2] or act[1],
        photo_id=int(act[3]) if act is not None and act[3] else None,
        fields={name: text for name, text in form.items() if name in FIELDS or OF_PHOTO.fullmatch(name)},
    )


def saved_fields(report: Report) -> dict[str, str]:
    """The form's fields as they are saved."""
    percent = report.physical_percent
    return {
        "milestone": str(report.milestone_id or ""),
        "month": report.month,
        "physical_percent": "" if percent is None else str(percent),
        **{passage: getattr(report, passage) for passage in PASSAGES},
    }
