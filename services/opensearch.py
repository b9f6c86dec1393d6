"""OpenSearch, one node, for the archive's search. There is no server archive: its jars come from Maven.

OpenSearch 3 needs Java 21; where there is only Java 17 the same is done with OpenSearch 2.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from services.machine import Trouble, alive, apt_install, end, free_port, run, say, wait_for

NAME = "opensearch"
START_LIMIT = 180.0  # seconds; 8 on an idle machine
FILES = Path(__file__).parent
JVMS = Path("/usr/lib/jvm")
FOREIGN = "osx-aarch_64,osx-x86_64,linux-aarch_64,windows-x86_64"  # native parts for other machines
LIKE = "OpenSearchNode"  # what the command line of a node of ours holds


@dataclass(frozen=True)
class Edition:
    """An OpenSearch and the log4j it was made with."""

    opensearch: str
    log4j: str


NEW = Edition("3.5.0", "2.25.3")  # Java 21 or newer
OLD = Edition("2.19.4", "2.21.0")  # Java 17


def start(folder: Path) -> dict[str, str]:
    java, version = _java()
    edition = NEW if version >= 21 else OLD
    program = install(folder, java=java, edition=edition)
    port = _kept_port(folder)
    launch(program, folder, java=java, port=port)
    return {"PORTAL_TEST_OPENSEARCH": f"opensearch+http://127.0.0.1:{port}"}


def stop(folder: Path) -> None:
    end(folder / "pid", like=LIKE)


def running(folder: Path) -> bool:
    return alive(folder / "pid", like=LIKE)


def install(folder: Path, *, java: Path, edition: Edition) -> Path:
    """Fetch the jars and compile the starter; the folder that holds both. Nothing to do the second time."""
    program = folder / f"program-{edition.opensearch}"
    if (program / "made").exists():
        return program
    maven = shutil.which("mvn")
    if maven is None:
        apt_install("maven")
        maven = "mvn"
    say(f"fetching OpenSearch {edition.opensearch} (60 MB) …")
    program.mkdir(parents=True, exist_ok=True)
    shutil.copy(FILES / "opensearch.pom.xml", program / "pom.xml")
    words = (
        f"-Dopensearch={edition.opensearch}",
        f"-Dlog4j={edition.log4j}",
        f"-DexcludeClassifiers={FOREIGN}",
    )
    where = (
        f"-Dmaven.repo.local={folder / 'maven'}",
        f"-DoutputDirectory={program / 'lib'}",
        "-f",
        program / "pom.xml",
    )
    run(maven, "-q", "-B", "dependency:copy-dependencies", *words, *where, JAVA_HOME=str(java))
    classes = ("-cp", f"{program / 'lib'}/*", "-d", program / "classes")
    run(java / "bin" / "javac", "-nowarn", *classes, FILES / "Node.java")
    (program / "made").touch()
    return program


def launch(program: Path, folder: Path, *, port: int, java: Path | None = None) -> subprocess.Popen[bytes]:
    """Start one node that keeps its data, log and pid file in `folder`; its process.

    Comes back when it answers. Raises `Trouble` with the end of its log when it does not.
    """
    java = java or _java()[0]
    folder.mkdir(parents=True, exist_ok=True)
    log, home = folder / "log", folder / "node"
    options = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", f"-Dname={LIKE}"]
    if program.name == f"program-{NEW.opensearch}":
        options.append("--enable-native-access=ALL-UNNAMED")
    path = f"{program / 'classes'}{os.pathsep}{program / 'lib'}/*"
    settings = (
        f"http.port={port}",
        f"transport.port={free_port()}",
        "cluster.routing.allocation.disk.threshold_enabled=false",
    )
    with log.open("wb") as said:
        process = subprocess.Popen(
            [java / "bin" / "java", *options, "-cp", path, "Node", home, *settings],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (folder / "pid").write_text(str(process.pid), encoding="ascii")
    wait_for(
        process,
        lambda: _is_yellow(port),
        limit=START_LIMIT,
        what="OpenSearch",
        pid_file=folder / "pid",
        like=LIKE,
    )
    return process


def _is_yellow(port: int) -> bool:
    address = f"http://127.0.0.1:{port}/_cluster/health?wait_for_status=yellow&timeout=1s"
    with (
        contextlib.suppress(OSError, urllib.error.URLError),
        urllib.request.urlopen(address, timeout=3) as answer,
    ):
        return bool(answer.status == 200)
    return False


def _kept_port(folder: Path) -> int:
    """The same port again after a restart, so that what is configured stays right."""
    kept = folder / "port"
    if not kept.exists():
        kept.write_text(str(free_port()), encoding="ascii")
    return int(kept.read_text(encoding="ascii"))


def _java() -> tuple[Path, int]:
    """The home and the version of the newest JDK here; one is installed where there is none."""
    found = _newest_java()
    if found is None:
        apt_install("openjdk-17-jdk-headless", "maven")
        found = _newest_java()
    if found is None:
        raise Trouble("there is no JDK 17 or newer on this machine; cure: install one, or set JAVA_HOME")
    return found


def _newest_java() -> tuple[Path, int] | None:
    homes = [Path(home) for home in (os.environ.get("JAVA_HOME"),) if home]
    homes += sorted(JVMS.iterdir()) if JVMS.is_dir() else []
    found = [(_version(home), home) for home in homes if (home / "bin" / "javac").exists()]
    version, home = max(found, default=(0, Path()), key=lambda pair: pair[0])
    return (home, version) if version >= 17 else None


def _version(home: Path) -> int:
    said = re.search(r"(\d+)", run(home / "bin" / "javac", "-version", limit=60))
    return int(said[1]) if said else 0
