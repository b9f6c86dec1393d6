"""What every page says of the site that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from config import Settings
from portal.web.language import CHINESE, ENGLISH


@dataclass(frozen=True)
class Site:
    """What the masthead and the footer say of the site, in one language."""

    name: str
    district: str
    organiser: str
    address: str
    phone: str
    site_code: str
    icp: str
    police: str
    domain: str
    undertaker: str
    party_mark: str
    accessible_mark: str
    find_errors: str

    @property
    def police_code(self) -> str:
        """The figures of 公安备案号, by which the ministry's page finds it."""
        return "".join(filter(str.isdecimal, self.police))


def sites_of(s: Settings) -> dict[str, Site]:
    """By language."""
    facts = {
        "address": s.address,
        "phone": s.phone,
        "site_code": s.site_code,
        "icp": s.icp,
        "police": s.police,
        "domain": urlsplit(s.url).netloc or s.hosts.split(",")[0].strip(),
        "undertaker": s.undertaker,
        "party_mark": s.party_mark,
        "accessible_mark": s.accessible_mark,
        "find_errors": s.find_errors,
    }
    return {
        CHINESE: Site(name=s.site_name, district=s.district, organiser=s.organiser, **facts),
        ENGLISH: Site(name=s.site_name_english, district=s.district_english, organiser=s.organiser, **facts),
    }
