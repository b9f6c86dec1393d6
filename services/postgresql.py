"""PostgreSQL, as the cluster's database: an empty server with the superuser `postgres` and no password."""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import tempfile
from pathlib import Path

from services.machine import Trouble, apt_install, free_port, is_root, listens, run, say, wait_until

NAME = "postgresql"
START_LIMIT = 60.0  # seconds
# A server that is killed keeps what it acknowledged even without fsync; only a machine that loses its power does
# not. Tests make and drop thousands of databases; measurements ask for fsync with PORTAL_SERVICES_FSYNC=on.
FSYNC = os.environ.get("PORTAL_SERVICES_FSYNC", "off")
SETTINGS = {
    "fsync": FSYNC,
    "full_page_writes": FSYNC,
    "checkpoint_timeout": "30min",
    "max_wal_size": "4GB",
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "autovacuum_naptime": "10min",  # tests make and drop databases; nothing in them needs it
}


def start(folder: Path) -> dict[str, str]:
    programs = _programs()
    data, port = _data_folder(folder), _port(folder)
    log = data.parent / "log"
    if not (data / "PG_VERSION").exists():
        say("making an empty database server …")
        _as_postgres(
            programs / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres"
        )
    settings = {**SETTINGS, "port": str(port), "unix_socket_directories": ""}
    options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
    _as_postgres(
        programs / "pg_ctl", "-D", data, "-w", "-t", f"{START_LIMIT:.0f}", "-l", log, "-o", options, "start"
    )
    wait_until(lambda: listens(port), limit=START_LIMIT, what="PostgreSQL")
    return {"PORTAL_TEST_POSTGRESQL": f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"}


def start_replica(folder: Path, *, of: int) -> dict[str, str]:
    """A streaming replica of the server on that port of loopback, under a folder of its own."""
    data = _data_folder(folder)
    if not (data / "PG_VERSION").exists():
        source = ("-h", "127.0.0.1", "-p", str(of), "-U", "postgres")
        _as_postgres(_programs() / "pg_basebackup", *source, "-D", data, "-R", "-X", "stream", "-c", "fast")
    return start(folder)


def stop(folder: Path) -> None:
    data = _kept_data_folder(folder)
    if data is not None and (data / "postmaster.pid").exists():
        try:
            _as_postgres(_programs() / "pg_ctl", "-D", data, "-m", "fast", "-w", "-t", "30", "stop")
        except Trouble:
            if running(folder):
                _as_postgres(_programs() / "pg_ctl", "-D", data, "-m", "immediate", "-w", "-t", "30", "stop")


def running(folder: Path) -> bool:
    data = _kept_data_folder(folder)
    try:
        assert data is not None
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        return Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0].endswith(b"postgres")
    except (AssertionError, OSError, ValueError, IndexError):
        return False


def _programs() -> Path:
    """The folder of initdb and pg_ctl, newest version first; installs Debian's when there is none."""
    for attempt in range(2):
        debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version, reverse=True)
        if debian:
            return debian[0].parent
        if found := shutil.which("initdb"):
            return Path(found).resolve().parent
        if attempt == 0:
            apt_install("postgresql")
    raise Trouble("PostgreSQL's initdb was not found; cure: install PostgreSQL 15 or newer")


def _port(folder: Path) -> int:
    """The port of the last start, when it is free, so that whoever is connected finds it again."""
    kept = folder / "port"
    if not (kept.exists() and not listens(int(kept.read_text(encoding="ascii")))):
        kept.write_text(str(free_port()), encoding="ascii")
    return int(kept.read_text(encoding="ascii"))


def _version(initdb: Path) -> int:
    name = initdb.parents[1].name
    return int(name) if name.isdigit() else 0


def _data_folder(folder: Path) -> Path:
    """Where the data are. PostgreSQL refuses to run as root, so as root they belong to `postgres`; under a
    folder that this user cannot enter they go to the system's temporary folder instead."""
    kept = _kept_data_folder(folder)
    if kept is not None and kept.exists():
        return kept
    home = folder
    if is_root():
        if not all(parent.stat().st_mode & 0o001 for parent in folder.resolve().parents):
            home = Path(tempfile.mkdtemp(prefix="portal-postgresql-"))
        owner = pwd.getpwnam("postgres")
        os.chown(home, owner.pw_uid, owner.pw_gid)
        home.chmod(0o755)
    (folder / "where").write_text(str(home / "data"), encoding="utf-8")
    return home / "data"


def _kept_data_folder(folder: Path) -> Path | None:
    where = folder / "where"
    return Path(where.read_text(encoding="utf-8")) if where.exists() else None


def _as_postgres(*words: str | Path) -> str:
    """Run one of its programs, as its own user when we are root."""
    if not is_root():
        return run(*words, limit=120)
    command = " ".join(shlex.quote(str(word)) for word in words)
    return run("su", "postgres", "-s", "/bin/sh", "-c", f"cd / && {command} </dev/null >/dev/null", limit=120)
