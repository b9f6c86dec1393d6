"""Every setting of the portal, with its meaning and default. Set them as `PORTAL_*` in the environment or
in a file `.env` beside this one. What depends on them is wired in `portal/wiring.py` alone."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal.rules.datum import Datum

ROOT = Path(__file__).parent


class Mode(StrEnum):
    DEMO = "demo"
    PRODUCTION = "production"


class Server(StrEnum):
    GUNICORN = "gunicorn"
    GRANIAN = "granian"


class Settings(BaseSettings):
    """One instance is read at start. A wrong value stops the start with a sentence that names it."""

    model_config = SettingsConfigDict(
        env_prefix="PORTAL_", env_file=ROOT / ".env", extra="ignore", frozen=True
    )

    mode: Mode = Field(Mode.DEMO, description="`demo`, or `production`, which refuses unsafe defaults.")
    database_url: str = Field(
        f"sqlite:///{ROOT / 'instance' / 'portal.sqlite'}",
        description="Where everything is kept (SQLAlchemy address): SQLite, or `postgresql+psycopg://…`.",
    )
    database_owner_url: str = Field(
        "",
        description="PostgreSQL: the role that owns the tables, for `portal init` alone; "
        "empty = the same as DATABASE_URL.",
    )
    database_read_url: str = Field("", description="A replica that windows read; empty = DATABASE_URL.")
    media_url: str = Field(
        "file:uploads",
        description="Where photos are kept: `file:FOLDER`, or `s3://BUCKET/PREFIX?endpoint=…`; with "
        "`&browsers=https://HOST` desks read from the bucket by signed addresses.",
    )
    media_outbox: str = Field(
        "uploads", description="S3: the folder of this machine that acknowledges what the bucket gets."
    )
    s3_key: str = Field("", description="S3: the access key.")
    s3_secret: str = Field("", description="S3: its secret.", repr=False)
    s3_sealed_key: str = Field("", description="S3: another access key for originals; empty = the same.")
    s3_sealed_secret: str = Field("", description="S3: its secret.", repr=False)
    media_mirror: str = Field(
        "",
        description="A second store for copies of photos: `file:FOLDER` on another disk, or `s3://…`; empty = none.",
    )
    media_mirror_key: str = Field("", description="S3: the mirror's access key; empty = the same as S3_KEY.")
    media_mirror_secret: str = Field("", description="S3: its secret.", repr=False)
    media_reserve: str = Field(
        "1024",
        description="Room that stays free on the disk, in MB or as a share such as `2%`; below it no file is taken in.",
    )
    orphans_after_days: int = Field(
        7,
        ge=2,
        le=365,
        description="Days after which a file that nothing names is set aside, and then destroyed.",
    )
    unit_day_mb: int = Field(2048, ge=1, description="MB that the people of one unit may send in a day.")
    unit_day_files: int = Field(2000, ge=1, description="Files that they may send in a day.")
    media_cdn: str = Field(
        "",
        description="A CDN in front of this portal, `https://HOST`, from which readers get published photos; "
        "empty = from the portal.",
    )
    search_url: str = Field(
        "whoosh:instance/index",
        description="The archive's index: `whoosh:FOLDER`, or `opensearch+http://HOST:9200/NAME`.",
    )
    limits_url: str = Field(
        "",
        repr=False,
        description="Where tries and uploads are counted: `redis://HOST:PORT/0`; empty = in the database.",
    )
    mail_url: str = Field(
        "console:",
        description="Where letters go: `console:`, or `smtp://USER:PASSWORD@HOST:587/?from=NAME@DOMAIN`.",
        repr=False,
    )
    url: str = Field("", description="Where readers find the portal, for links in letters; SMTP needs it.")
    instance: Path = Field(
        ROOT / "instance", description="Folder of what is made at first start: keys, index, logs."
    )
    secret_key: str = Field(
        "", description="Signs cookies; 32 characters or more. Made at first start when empty."
    )
    signing_key_file: str = Field(
        "",
        description="Where the record's signing keys lie; only the worker reads it. "
        "Empty = `signing_key` in the instance folder.",
    )
    receipt_key_file: str = Field(
        "",
        description="Where the key lies that signs receipts; web processes and the worker read it. "
        "Empty = `receipt_key` in the instance folder.",
    )
    content_credentials: bool = Field(
        True, description="Published photos carry a credit line and a signed C2PA manifest."
    )
    photo_key_file: str = Field(
        "",
        description="Where the key lies that signs photos; only the worker reads it. "
        "Empty = `photo_key` in the instance folder.",
    )
    decide_within: int = Field(
        7, ge=1, le=365, description="Days within which a receipt promises a decision."
    )
    witness_policy: str = Field(
        "",
        description="File that names the record's witnesses, where to ask them, and how many it takes "
        "(C2SP tlog-policy); empty = nobody is asked.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    server: Server = Field(
        Server.GUNICORN, description="What serves the pages: `gunicorn`, or `granian` where it is installed."
    )
    threads: int = Field(8, ge=1, le=64, description="Threads of a web process.")
    processes: int = Field(1, ge=1, le=32, description="Web processes.")
    proxies: int = Field(
        0, ge=0, le=5, description="Trusted proxies in front; 0 = addresses are taken from the socket."
    )
    reader_seconds: float = Field(
        30,
        ge=0,
        le=3600,
        description="Seconds of a processor that one address may ask for at once in new pages, searches and downloads; "
        "0 = nobody is limited.",
    )
    hosts: str = Field(
        "", description="Host names that are answered, comma separated; empty = any (demo only)."
    )
    https: bool = Field(
        False, description="Served over HTTPS: cookies become Secure and `__Host-`, HSTS is sent."
    )
    demo_password: str = Field(
        "", description="The one password of the demonstration accounts; made when empty."
    )
    development_clock: str = Field(
        "", description="Demo only: the day to pretend it is, for screenshots (YYYY-MM-DD)."
    )

    site_name: str = Field("阳光督查", description="Name on the masthead.")
    site_name_english: str = Field("Sunlight Oversight", description="The same in English.")
    district: str = Field("清河区", description="The district, city or province.")
    district_english: str = Field("Qinghe District", description="The same in English.")
    organiser: str = Field("清河区委督查室", description="主办单位 in the footer.")
    address: str = Field("清河区长堤路 1 号", description="Street address in the footer.")
    phone: str = Field("0000-0000 1234", description="Telephone in the footer.")
    undertaker: str = Field("", description="承办单位 in the footer; empty = not said.")
    party_mark: str = Field("", description="Where the mark 党政机关 leads, https://…; empty = no mark.")
    accessible_mark: str = Field(
        "", description="Where the mark of 适老化及无障碍 leads, https://…; empty = no mark."
    )
    find_errors: str = Field("", description="Where 政府网站找错 leads, https://…; empty = no link.")
    card_font: str = Field(
        "", description="The font of share cards; empty = the system's Chinese one, where Debian puts it."
    )
    site_code: str = Field("0000000000", description="网站标识码.")
    monthly_meeting: int = Field(
        5, ge=1, le=31, description="Day of the month on which progress is gone through."
    )
    map_towns: str = Field(
        "",
        description="The borders of towns for the map, a GeoJSON file; empty = the demonstration's, or none.",
    )
    map_tiles: str = Field(
        "",
        description="Where the map gets its ground from, `https://HOST/…{z}/{x}/{y}…`; empty = from nobody.",
    )
    map_tiles_credit: str = Field("", description="Whose maps these are, as their terms want it said.")
    map_datum: Datum = Field(
        Datum.WGS84,
        description="What those are drawn in: `wgs84` (天地图, OpenStreetMap) or `gcj02` (高德, 腾讯).",
    )
    icp: str = Field("某ICP备00000000号-1", description="ICP 备案号.")
    police: str = Field("某公网安备 00000000000000号", description="公安备案号.")

    @field_validator("media_cdn")
    @classmethod
    def is_an_origin(cls, value: str) -> str:
        """It goes into the content policy of every page, so it is exactly an origin."""
        value = value.rstrip("/")
        if value and not re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", value):
            raise ValueError("PORTAL_MEDIA_CDN is https://HOST, in lower case and without a path")
        return value

    @field_validator("party_mark", "accessible_mark", "find_errors")
    @classmethod
    def is_a_link(cls, value: str) -> str:
        """Every page links there."""
        if value and not re.fullmatch(r"https?://[^\s\"'<>]+", value):
            raise ValueError("this is an address such as https://bszs.conac.cn/…, or empty")
        return value

    @field_validator("map_tiles")
    @classmethod
    def leads_to_tiles(cls, value: str) -> str:
        """Its host goes into the content policy of the map, so it is told apart from the rest."""
        if value and not (
            all(part in value for part in ("{z}", "{x}", "{y}"))
            and re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?/[^\s\"'<>;,]*", value)
        ):
            raise ValueError("PORTAL_MAP_TILES is https://HOST/…{z}…{x}…{y}…, the host in lower case")
        return value

    @model_validator(mode="after")
    def production_is_safe(self) -> Self:
        """Production names each unsafe default and refuses to start."""
        if self.mode is Mode.PRODUCTION and (faults := self.unsafe()):
            raise ValueError("production mode refuses to start: " + "; ".join(faults))
        return self

    def unsafe(self) -> list[str]:
        """Defaults that are fine for a demonstration and nothing else, each with its cure."""
        faults = []
        if len(self.secret_key) < 32:
            faults.append(
                "PORTAL_SECRET_KEY is not set or shorter than 32 characters (make one with `openssl rand -hex 32`)"
            )
        if not self.signing_key_file:
            faults.append(
                "PORTAL_SIGNING_KEY_FILE is not set (name a file that only the worker's account can read)"
            )
        if not self.https:
            faults.append("PORTAL_HTTPS is off, so cookies could be read on the way (set it to 1 behind TLS)")
        if not self.hosts:
            faults.append("PORTAL_HOSTS is empty, so any Host header is answered (name yours)")
        if re.fullmatch(r"0*", self.site_code):
            faults.append("PORTAL_SITE_CODE and the other footer facts are still fictional")
        for name, number in (("PORTAL_ICP", self.icp), ("PORTAL_POLICE", self.police)):
            if not number or number.startswith("某"):
                faults.append(f"{name} is still fictional (the footer has to say your registration)")
        if self.demo_password:
            faults.append("PORTAL_DEMO_PASSWORD is set: demonstration accounts do not belong here")
        return faults

    @property
    def tiles_origin(self) -> str:
        """The one host besides this one that the map's page may ask for pictures; "" for none."""
        place = urlsplit(self.map_tiles)
        return f"{place.scheme}://{place.netloc}" if self.map_tiles else ""

    @property
    def public_url(self) -> str:
        """Where readers find the portal, without a slash at the end."""
        return self.url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def signing_key(self) -> Path:
        """Where the record's signing keys lie."""
        return Path(self.signing_key_file) if self.signing_key_file else self.instance / "signing_key"

    @property
    def receipt_key(self) -> Path:
        """Where the key lies that signs receipts."""
        return Path(self.receipt_key_file) if self.receipt_key_file else self.instance / "receipt_key"

    @property
    def photo_key(self) -> Path:
        """Where the key lies that signs photos."""
        return Path(self.photo_key_file) if self.photo_key_file else self.instance / "photo_key"

    @property
    def log_name(self) -> str:
        """What the record is called in its checkpoints, once and for all when its keys are made: its address
        without the scheme."""
        place = urlsplit(self.public_url).netloc
        if not self.url and self.hosts:
            place = self.hosts.split(",")[0].strip()
        return f"{place}/record"

    def folder(self, address: str) -> Path:
        """The folder behind `file:…` or `whoosh:…`, relative to this file when it is not absolute."""
        return ROOT / address.split(":", 1)[1]
