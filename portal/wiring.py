"""The one place where settings become objects."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from config import Mode, Settings
from portal.adapters.c2pa_credentials import C2paCredentials
from portal.adapters.console_mailer import SCHEME as CONSOLE
from portal.adapters.console_mailer import ConsoleMailer
from portal.adapters.disk_room import DiskRoom
from portal.adapters.following_store import FollowingStore
from portal.adapters.http_witnesses import HttpWitnesses, must_be_address
from portal.adapters.job_table import JobTable
from portal.adapters.key_file import KeyFile
from portal.adapters.lease_table import LeaseTable
from portal.adapters.limit_table import LimitTable
from portal.adapters.local_media import LocalMediaStore
from portal.adapters.local_tiles import LocalTileStore
from portal.adapters.opensearch_index import SCHEME as OPENSEARCH
from portal.adapters.opensearch_index import OpenSearchIndex
from portal.adapters.outbox import Outbox
from portal.adapters.partial_uploads import PartialFiles
from portal.adapters.passwords import Passwords
from portal.adapters.smtp_address import SmtpAddress
from portal.adapters.smtp_mailer import SmtpMailer
from portal.adapters.spool import Spool
from portal.adapters.steady_limits import SteadyLimits
from portal.adapters.whoosh_search import WhooshIndex
from portal.database import Database
from portal.imaging.cards import CardPainter
from portal.imaging.darkroom import Darkroom
from portal.imaging.film_room import FilmRoom
from portal.imaging.likeness_index import LikenessIndex
from portal.ports import (
    Cards,
    Credentials,
    JobQueue,
    Leases,
    Limits,
    Mailer,
    MediaStore,
    PartialUploads,
    Room,
    SearchIndex,
    TileStore,
    Witnesses,
)
from portal.record.photo_authority import PhotoKey
from portal.record.policy import Policy
from portal.record.receipt_key import ReceiptKey
from portal.record.signing import SigningKeys
from portal.rules.geography import Town, towns_of

Clock = Callable[[], dt.datetime]
REDIS = ("redis://", "rediss://")
DEMO_TOWNS = "portal/demo/towns.geojson"


@dataclass(frozen=True, kw_only=True)
class Portal:
    """Everything an entry point needs. `now` is the only clock; `mailer` is None where no mail is sent, `mirror`
    where there is no second store, `credentials` where photos are published without. `signed_origin` is where the media
    store's signed addresses lead, "" where it signs none."""

    settings: Settings
    database: Database
    media: MediaStore
    mirror: MediaStore | None
    room: Room
    tiles: TileStore
    signed_origin: str
    spool: Spool
    partials: PartialUploads
    search: SearchIndex
    queue: JobQueue
    leases: Leases
    limits: Limits
    mailer: Mailer | None
    passwords: Passwords
    darkroom: Darkroom
    likenesses: LikenessIndex
    films: FilmRoom
    secret_key: str
    signing_key: KeyFile[SigningKeys]
    receipt_key: KeyFile[ReceiptKey]
    photo_key: KeyFile[PhotoKey]
    credentials: Credentials | None
    policy: Policy | None
    witnesses: Witnesses
    cards: Cards
    towns: tuple[Town, ...]
    now: Clock

    @property
    def letters(self) -> JobQueue | None:
        """The queue through which acts ask for letters; None where no mail is sent, so none is owed."""
        return None if self.mailer is None else self.queue

    def close(self) -> None:
        self.darkroom.close()
        self.media.close()
        if self.mirror is not None:
            self.mirror.close()
        self.tiles.close()
        self.limits.close()
        self.database.close()


def wire(settings: Settings, *, now: Clock | None = None) -> Portal:
    """Build the portal of these settings. Raises `ValueError` for an address that nothing answers to."""
    settings.instance.mkdir(parents=True, exist_ok=True)
    database = Database(
        settings.database_url, read_url=settings.database_read_url, connections=settings.threads
    )
    media, media_root = _media(settings)
    room = _room(media_root, database, settings)
    photo_key = KeyFile(settings.photo_key, PhotoKey.parse)
    return Portal(
        settings=settings,
        database=database,
        media=media,
        mirror=_mirror(settings),
        room=room,
        tiles=_tiles(settings, media_root),
        signed_origin=_signed_origin(settings),
        spool=Spool(media_root / "spool", room=room),
        partials=PartialFiles(media_root / "partial"),
        search=_search(settings),
        queue=JobTable(database),
        leases=LeaseTable(database),
        limits=_limits(settings, database),
        mailer=_mailer(settings),
        passwords=Passwords(),
        darkroom=Darkroom(),
        likenesses=LikenessIndex(),
        films=FilmRoom(),
        secret_key=settings.secret_key or _kept_secret(settings.instance / "secret_key"),
        signing_key=KeyFile(settings.signing_key, SigningKeys.parse),
        receipt_key=KeyFile(settings.receipt_key, ReceiptKey.parse),
        photo_key=photo_key,
        credentials=_credentials(settings, photo_key),
        policy=_policy(settings),
        witnesses=HttpWitnesses(),
        cards=CardPainter(settings.card_font),
        towns=_towns(settings),
        now=now or _clock(settings),
    )


def owner_database(settings: Settings) -> Database:
    """The database as the role that owns its tables: for making and migrating them, and for repairs that
    web processes have no right to. Without PORTAL_DATABASE_OWNER_URL the owner is the one who serves."""
    return Database(settings.database_owner_url or settings.database_url, patient=True)


def _media(settings: Settings) -> tuple[MediaStore, Path]:
    """The media store, and the folder of this machine where its files arrive."""
    if not settings.media_url.startswith("s3:"):
        root = _folder(settings, settings.media_url, "file:", "PORTAL_MEDIA_URL")
        return LocalMediaStore(root), root
    if not (settings.s3_key and settings.s3_secret):
        raise ValueError("an s3 address in PORTAL_MEDIA_URL needs PORTAL_S3_KEY and PORTAL_S3_SECRET")
    s3 = _s3()
    sealed = s3.S3Keys(key=settings.s3_sealed_key, secret=settings.s3_sealed_secret)
    root = settings.folder(f"file:{settings.media_outbox}")
    bucket = s3.S3MediaStore(
        s3.S3Address.parse(settings.media_url),
        keys=s3.S3Keys(key=settings.s3_key, secret=settings.s3_secret),
        sealed_keys=sealed if sealed.key and sealed.secret else None,
    )
    return FollowingStore(LocalMediaStore(root), bucket=bucket, outbox=Outbox(root / "outbox")), root


def _mirror(settings: Settings) -> MediaStore | None:
    """The second store. Raises `ValueError` for one that is the first."""
    if not settings.media_mirror:
        return None
    if settings.media_mirror == settings.media_url:
        raise ValueError("PORTAL_MEDIA_MIRROR is PORTAL_MEDIA_URL: a second store lies somewhere else")
    if not settings.media_mirror.startswith("s3:"):
        return LocalMediaStore(_folder(settings, settings.media_mirror, "file:", "PORTAL_MEDIA_MIRROR"))
    key = settings.media_mirror_key or settings.s3_key
    secret = settings.media_mirror_secret or settings.s3_secret
    if not (key and secret):
        raise ValueError("an s3 address in PORTAL_MEDIA_MIRROR needs PORTAL_MEDIA_MIRROR_KEY and its secret")
    s3 = _s3()
    address = s3.S3Address.parse(settings.media_mirror)
    mirror: MediaStore = s3.S3MediaStore(address, keys=s3.S3Keys(key=key, secret=secret))
    return mirror


def _s3() -> Any:
    """The stores in buckets. Their library is loaded only where there is a bucket: it takes memory in every process."""
    return importlib.import_module("portal.adapters.s3_stores")


def _room(media_root: Path, database: Database, settings: Settings) -> DiskRoom:
    """The disks of this machine that photos and the database lie on."""
    folders = {"照片": media_root}
    if database.path:
        folders["数据库"] = Path(database.path).parent
    return DiskRoom(folders, reserve=settings.media_reserve)


def _tiles(settings: Settings, media_root: Path) -> TileStore:
    """The record's tiles, beside the photos: in `record` of their folder or of their place in the bucket."""
    if not settings.media_url.startswith("s3:"):
        return LocalTileStore(media_root / "record")
    s3 = _s3()
    keys = s3.S3Keys(key=settings.s3_key, secret=settings.s3_secret)
    tiles: TileStore = s3.S3TileStore(s3.S3Address.parse(settings.media_url), keys=keys)
    return tiles


def _signed_origin(settings: Settings) -> str:
    if not settings.media_url.startswith("s3:"):
        return ""
    return str(_s3().S3Address.parse(settings.media_url).browsers)


def _search(settings: Settings) -> SearchIndex:
    if settings.search_url.startswith(OPENSEARCH):
        return OpenSearchIndex.at(settings.search_url)
    return WhooshIndex(_folder(settings, settings.search_url, "whoosh:", "PORTAL_SEARCH_URL"))


def _limits(settings: Settings, database: Database) -> Limits:
    """Where acts are counted. The library of Redis is loaded only where there is one: it costs start time."""
    counted = LimitTable(database)
    if not settings.limits_url:
        return counted
    if not settings.limits_url.startswith(REDIS):
        raise ValueError("PORTAL_LIMITS_URL: use redis://HOST:PORT/0, rediss:// for TLS, or leave it empty")
    redis = importlib.import_module("portal.adapters.redis_limits")
    try:
        return SteadyLimits(redis.RedisLimits(settings.limits_url), otherwise=counted)
    except ValueError as error:
        raise ValueError(f"PORTAL_LIMITS_URL: {error}; use redis://HOST:PORT/0 or rediss://…") from None


def _mailer(settings: Settings) -> Mailer | None:
    """Who carries letters. In production the console carries none: its output is kept in logs, and letters
    hold links that let somebody in."""
    if settings.mail_url == CONSOLE:
        return None if settings.mode is Mode.PRODUCTION else ConsoleMailer()
    address = SmtpAddress.parse(settings.mail_url)
    url = urlsplit(settings.url)
    schemes = ("https",) if settings.mode is Mode.PRODUCTION else ("http", "https")
    if url.scheme not in schemes or not url.hostname or url.path.strip("/") or url.query or url.fragment:
        raise ValueError(
            "letters need PORTAL_URL, where readers find the portal, such as https://sunlight.example.org"
        )
    return SmtpMailer(address, name=settings.site_name)


def _credentials(settings: Settings, key: KeyFile[PhotoKey]) -> Credentials | None:
    return C2paCredentials(key, site=settings.site_name) if settings.content_credentials else None


def _policy(settings: Settings) -> Policy | None:
    """The record's witnesses. Raises `ValueError` for a file that is not there or no policy."""
    if not settings.witness_policy:
        return None
    place = settings.folder(f"file:{settings.witness_policy}")
    try:
        policy = Policy.parse(place.read_bytes())
        for each in policy.witnesses:
            must_be_address(each.url)
    except (OSError, ValueError) as wrong:
        raise ValueError(f"PORTAL_WITNESS_POLICY, {place}: {wrong}") from wrong
    return policy


def _towns(settings: Settings) -> tuple[Town, ...]:
    """The borders that the map draws; a demonstration has its own. Raises `ValueError` for a file that is none."""
    named = settings.map_towns or (DEMO_TOWNS if settings.mode is Mode.DEMO else "")
    if not named:
        return ()
    place = settings.folder(f"file:{named}")
    try:
        return towns_of(place.read_bytes())
    except (OSError, ValueError) as wrong:
        raise ValueError(f"PORTAL_MAP_TOWNS, {place}: {wrong}") from wrong


def _folder(settings: Settings, address: str, scheme: str, name: str) -> Path:
    if not address.startswith(scheme):
        raise ValueError(f"{name}={address!r}: nothing here answers to this address; use {scheme}FOLDER")
    return settings.folder(address)


def _kept_secret(path: Path) -> str:
    """The key made at first start, readable by this user only. Two first starts at once agree on one, and
    a start that is cut short leaves none rather than half a one."""
    if not path.exists():
        made = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(32), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(made)
        made.unlink()
    return path.read_text(encoding="ascii")


def _clock(settings: Settings) -> Clock:
    if settings.mode is Mode.DEMO and settings.development_clock:
        shift = dt.datetime.fromisoformat(f"{settings.development_clock}T08:00:00+00:00") - dt.datetime.now(
            dt.UTC
        )
        return lambda: dt.datetime.now(dt.UTC) + shift
    return lambda: dt.datetime.now(dt.UTC)
