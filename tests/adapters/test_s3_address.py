from __future__ import annotations

import dataclasses
import hashlib
import secrets

import pytest

from config import Settings
from portal.adapters.s3_address import S3Address, S3Limits
from portal.adapters.s3_media import S3MediaStore
from portal.ports import Space, StoreUnavailable
from portal.wiring import wire
from tests.buckets import bucket, bucket_url, keys

NAME = hashlib.sha256(b"x").hexdigest() + ".jpg"


def test_an_address_names_bucket_prefix_endpoint_region_and_the_sealed_bucket() -> None:
    whole = S3Address.parse("s3://photos/a/b?endpoint=http://127.0.0.1:9000&region=cn-north-1&sealed=vault")
    assert whole == S3Address(
        bucket="photos", sealed="vault", prefix="a/b/", endpoint="http://127.0.0.1:9000", region="cn-north-1"
    )
    assert S3Address.parse("s3://photos?browsers=https://s3.example.org").browsers == "https://s3.example.org"
    short = S3Address.parse("s3://photos")
    assert short == S3Address(bucket="photos", sealed="photos", prefix="", endpoint="", region="us-east-1")


@pytest.mark.parametrize(
    "wrong",
    [
        "s3://", "s3:photos", "s3://P", "http://photos", "s3://photos?sealed=", "s3://photos?endpoint=ftp://h",
        "s3://photos?bucket=x", "s3://photos/a b", "s3://photos/../x", "s3://photos?sealed=..",
        "s3://photos?endpoint=https://", "s3://photos?browsers=ftp://h", "s3://photos?browsers=https://h/path",
        "s3://photos?browsers=https://h;script-src *",
    ],
)  # fmt: skip
def test_an_address_of_another_form_is_refused_with_the_form(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"s3|prefix|endpoint"):
        S3Address.parse(wrong)


def test_an_s3_address_without_keys_stops_the_start_with_their_names(settings: Settings) -> None:
    with pytest.raises(ValueError, match="PORTAL_S3_KEY and PORTAL_S3_SECRET"):
        wire(settings.model_copy(update={"media_url": "s3://photos", "s3_key": "", "s3_secret": ""}))


def test_secrets_are_not_shown_with_the_settings(settings: Settings) -> None:
    told = repr(settings.model_copy(update={"s3_secret": "quiet", "s3_sealed_secret": "quiet too"}))
    assert "quiet" not in told
    assert "quiet" not in repr(S3Address.parse("s3://photos"))


def test_the_key_of_public_photos_opens_no_original() -> None:
    url = bucket_url(sealed=True)
    store = bucket(url)
    store.put(Space.SEALED, NAME, b"x")
    with_one_key = S3MediaStore(S3Address.parse(url), keys=keys())
    with pytest.raises(StoreUnavailable):
        with_one_key.open(Space.SEALED, NAME)
    said = with_one_key.check()
    assert said is not None
    assert "portal-sealed" in said
    for each in (store, with_one_key):
        each.close()


def test_a_bucket_that_keeps_versions_is_refused_because_nothing_would_be_destroyed() -> None:
    address = S3Address.parse(bucket_url())
    own = dataclasses.replace(address, bucket=(name := f"versions-{secrets.token_hex(6)}"), sealed=name)
    store, client = S3MediaStore(own, keys=keys()), own.client(keys(), S3Limits())
    client.create_bucket(Bucket=name)
    assert store.check() is None
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    said = store.check()
    assert said is not None
    assert "版本" in said
    for each in (store, client):
        each.close()
