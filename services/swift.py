"""Swift with its S3 middleware on loopback: a real object store that speaks S3, from pip alone.

One proxy and one object, container and account server each; one replica on one "disk", a folder. The
folder's file system must keep extended attributes (ext4, xfs, btrfs do). What was stored is still there
after a stop and a start. With memcached on this machine, which swift is meant to be run with, it answers twice
as fast.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import hashlib
import hmac
import http.client
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from services.machine import Trouble, alive, apt_install, end, is_root, run, say, wait_until

NAME = "swift"

VERSION = "2.38.3"
REGION = "us-east-1"
KEY, SECRET = "portal:app", "testing"
SEALED_KEY, SEALED_SECRET = "vault:app", "testing-too"  # another account: it sees other buckets
BUCKET, SEALED_BUCKET = "portal", "portal-sealed"
SERVERS = ("account", "container", "object", "proxy")
CACHE = "memcached"
START_LIMIT = 90.0  # seconds, on a machine that is busy with other things

SWIFT_CONF = """[swift-hash]
swift_hash_path_prefix = sunlight
swift_hash_path_suffix = oversight
[storage-policy:0]
name = p0
default = yes
"""
STORAGE_CONF = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = {user}
swift_dir = {etc}
devices = {devices}
mount_check = false
workers = 0
fallocate_reserve = 0
disable_fallocate = true
[pipeline:main]
pipeline = {server}-server
[app:{server}-server]
use = egg:swift#{server}
"""
PROXY_CONF = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = {user}
swift_dir = {etc}
workers = 0
[pipeline:main]
pipeline = {pipeline}
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:tempauth]
use = egg:swift#tempauth
user_portal_app = testing .admin
user_vault_app = testing-too .admin
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{cache}
"""
PIPELINE = (
    "catch_errors proxy-logging cache listing_formats s3api tempauth copy slo dlo versioned_writes symlink "
    "proxy-logging proxy-server"
)
FILTERS = (
    "catch_errors", "proxy-logging:proxy_logging", "listing_formats", "copy", "slo", "dlo", "symlink",
)  # fmt: skip
RINGS = """
import sys
from swift.common.ring import RingBuilder
for argument in sys.argv[2:]:
    server, port = argument.split("=")
    ring = RingBuilder(4, 1, 1)
    ring.add_dev({"id": 0, "region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "d1",
                  "weight": 1.0, "replication_ip": "127.0.0.1", "replication_port": int(port), "meta": ""})
    ring.rebalance()
    ring.get_ring().save(f"{sys.argv[1]}/{server}.ring.gz")
"""


def start(folder: Path) -> dict[str, str]:
    """Install and start it; the variables that tests read. Raises `Trouble` when it does not come up."""
    _install(folder)
    ports = dict(zip((*SERVERS, CACHE), _free_ports(len(SERVERS) + 1), strict=True))
    _configure(folder, ports)
    _launch_cache(folder, ports[CACHE])
    for server in SERVERS:
        _launch(folder, server)
    try:
        for bucket, key, secret in ((BUCKET, KEY, SECRET), (SEALED_BUCKET, SEALED_KEY, SEALED_SECRET)):
            _make_bucket(folder, bucket, port=ports["proxy"], key=key, secret=secret)
    except BaseException:
        stop(folder)
        raise
    return {
        "PORTAL_TEST_S3": f"s3://{BUCKET}?endpoint=http://127.0.0.1:{ports['proxy']}&region={REGION}",
        "PORTAL_TEST_S3_KEY": KEY,
        "PORTAL_TEST_S3_SECRET": SECRET,
        "PORTAL_TEST_S3_SEALED": SEALED_BUCKET,
        "PORTAL_TEST_S3_SEALED_KEY": SEALED_KEY,
        "PORTAL_TEST_S3_SEALED_SECRET": SEALED_SECRET,
    }


def stop(folder: Path) -> None:
    """Stop its four servers. Nothing happens when none runs."""
    for server in reversed(SERVERS):
        end(folder / f"{server}.pid", like=_words(folder, server))
    end(folder / f"{CACHE}.pid", like=CACHE)


def running(folder: Path) -> bool:
    """Whether all four servers run."""
    return all(alive(folder / f"{server}.pid", like=_words(folder, server)) for server in SERVERS)


def _words(folder: Path, server: str) -> str:
    return str(folder.resolve() / f"etc/{server}.conf")


def _install(folder: Path) -> None:
    made = folder / f"installed-{VERSION}"
    if made.exists():
        return
    say(f"installing swift {VERSION} with pip (half a minute the first time) …")
    python = folder / "venv/bin/python"
    run(sys.executable, "-m", "venv", folder / "venv")
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"swift=={VERSION}")
    made.touch()


def _free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on now, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _configure(folder: Path, ports: dict[str, int]) -> None:
    etc, devices = folder / "etc", folder / "srv"
    etc.mkdir(exist_ok=True)
    (devices / "d1").mkdir(parents=True, exist_ok=True)
    words = {"user": getpass.getuser(), "etc": etc, "devices": devices}
    (etc / "swift.conf").write_text(SWIFT_CONF)
    for server in SERVERS[:-1]:
        (etc / f"{server}.conf").write_text(STORAGE_CONF.format(server=server, port=ports[server], **words))
    proxy = PROXY_CONF.format(port=ports["proxy"], cache=ports[CACHE], pipeline=PIPELINE, **words)
    filters = (each.partition(":")[::2] for each in FILTERS)
    sections = (f"[filter:{name}]\nuse = egg:swift#{egg or name}\n" for name, egg in filters)
    (etc / "proxy.conf").write_text(proxy + "".join(sections))
    rings = [f"{server}={ports[server]}" for server in SERVERS if server != "proxy"]
    run(folder / "venv/bin/python", "-c", RINGS, etc, *rings)


def _launch(folder: Path, server: str) -> None:
    with (folder / f"{server}.log").open("wb") as said:
        process = subprocess.Popen(
            [str(folder / f"venv/bin/swift-{server}-server"), _words(folder, server)],
            stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip
    (folder / f"{server}.pid").write_text(str(process.pid), encoding="ascii")


def _launch_cache(folder: Path, port: int) -> None:
    """Swift does without it, slower."""
    if shutil.which(CACHE) is None and is_root():
        apt_install(CACHE)
    if (program := shutil.which(CACHE)) is None:
        say("memcached is not installed: swift answers more slowly (Debian: apt install memcached)")
        return
    command = [program, "-l", "127.0.0.1", "-p", str(port), "-U", "0", "-m", "16"]
    if is_root():
        command += ["-u", "nobody"]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    (folder / f"{CACHE}.pid").write_text(str(process.pid), encoding="ascii")


def _make_bucket(folder: Path, bucket: str, *, port: int, key: str, secret: str) -> None:
    """As soon as the servers answer. Making one that is there is no error."""

    def made() -> bool:
        if not running(folder):
            raise Trouble(f"a server of swift has ended; it said why in {folder}/*.log")
        return _put(port, f"/{bucket}", key=key, secret=secret) in (200, 201, 409)

    wait_until(made, limit=START_LIMIT, what=f"the bucket {bucket}", log=folder / "proxy.log")


def _put(port: int, path: str, *, key: str, secret: str) -> int | str:
    """The status of a PUT without body, signed as S3 wants it (AWS signature, version 4)."""
    at = dt.datetime.now(dt.UTC)
    stamp, day = f"{at:%Y%m%dT%H%M%SZ}", f"{at:%Y%m%d}"
    headers = {
        "host": f"127.0.0.1:{port}",
        "x-amz-content-sha256": hashlib.sha256(b"").hexdigest(),
        "x-amz-date": stamp,
    }
    signed, scope = ";".join(headers), f"{day}/{REGION}/s3/aws4_request"
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"PUT\n{path}\n\n{lines}\n{signed}\n{headers['x-amz-content-sha256']}"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signing = f"AWS4{secret}".encode()
    for part in (day, REGION, "s3", "aws4_request", to_sign):
        signing = hmac.digest(signing, part.encode(), "sha256")
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders={signed}, Signature={signing.hex()}"
    )
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("PUT", path, headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()
