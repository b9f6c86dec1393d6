"""Front-end packages: copied once, linked with their hashes, missed by nobody when absent."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from portal.adapters.front_end import KEPT, AssetMissing, collect
from portal.web.vendor import Vendor


def address(path: str) -> str:
    return f"/static/{path}?v=1"


@pytest.fixture
def node_modules(tmp_path: Path) -> Path:
    root = tmp_path / "node_modules"
    for package, files in KEPT.items():
        for name in files:
            (root / package / name).parent.mkdir(parents=True, exist_ok=True)
            (root / package / name).write_text(f"{package} {name}")
    return root


def test_a_page_gets_no_tags_before_the_assets_were_collected(tmp_path: Path) -> None:
    assert Vendor(tmp_path / "vendor", url=address).tags("photoswipe") == ""


def test_collected_packages_are_linked_with_the_hash_of_their_files(
    tmp_path: Path, node_modules: Path
) -> None:
    target = tmp_path / "vendor"
    collect(node_modules, target)
    tags = Vendor(target, url=address).tags("photoswipe")
    served = (target / "photoswipe" / "photoswipe.esm.min.js").read_bytes()
    digest = base64.b64encode(hashlib.sha384(served).digest()).decode()
    assert f'integrity="sha384-{digest}"' in tags
    assert 'href="/static/vendor/photoswipe/photoswipe.css?v=1"' in tags


def test_what_only_a_tap_needs_waits_in_a_template(tmp_path: Path, node_modules: Path) -> None:
    assert Vendor(tmp_path / "vendor", url=address).later("photoswipe") == ""
    collect(node_modules, tmp_path / "vendor")
    vendor = Vendor(tmp_path / "vendor", url=address)
    tags = vendor.later("photoswipe")
    assert tags == f'<template data-vendor="photoswipe">{vendor.tags("photoswipe")}</template>'


def test_the_licence_travels_along_but_is_not_linked(tmp_path: Path, node_modules: Path) -> None:
    target = tmp_path / "vendor"
    assert "photoswipe/LICENSE" in collect(node_modules, target)
    assert "LICENSE" not in Vendor(target, url=address).tags("photoswipe")


def test_what_is_fetched_at_need_has_an_address_and_no_tag(tmp_path: Path, node_modules: Path) -> None:
    assert Vendor(tmp_path / "vendor", url=address).address("@noble/ed25519", "index.js") == ""
    collect(node_modules, tmp_path / "vendor")
    vendor = Vendor(tmp_path / "vendor", url=address)
    assert vendor.address("@noble/ed25519", "index.js") == "/static/vendor/@noble/ed25519/index.js?v=1"
    assert vendor.tags("@noble/ed25519") == ""


def test_what_an_earlier_collection_left_behind_is_gone(tmp_path: Path, node_modules: Path) -> None:
    target = tmp_path / "vendor"
    collect(node_modules, target)
    (target / "old.js").write_text("old")
    collect(node_modules, target)
    assert not (target / "old.js").exists()


def test_a_missing_file_is_named_and_the_earlier_collection_stays(tmp_path: Path, node_modules: Path) -> None:
    target = tmp_path / "vendor"
    collect(node_modules, target)
    (node_modules / "photoswipe" / "dist" / "photoswipe.css").unlink()
    with pytest.raises(AssetMissing, match=r"photoswipe\.css"):
        collect(node_modules, target)
    assert (target / "manifest.json").is_file()


def test_a_package_that_no_page_may_use_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        Vendor(tmp_path, url=address).tags("left-pad")
