"""Closed-loop load: a few connections kept alive, each asking again as soon as it is answered.

wrk does it where it is installed; else threads of this process do. What the client itself costs is not
measured: only the server's processes are.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence

CONNECTIONS = 8
_WRK = shutil.which("wrk")

_SCRIPT = """
local paths, headers, at = {PATHS}, {HEADERS}, 0
request = function()
  at = at % #paths + 1
  return wrk.format("GET", paths[at], headers)
end
done = function(summary)
  local errors = summary.errors
  io.write(string.format("asked %d failed %d\\n", summary.requests,
    errors.status + errors.connect + errors.read + errors.timeout))
end
"""


class Refused(Exception):
    """The server answered something with an error, so that what was measured means nothing."""


def drive(port: int, paths: Sequence[str], headers: Mapping[str, str], *, seconds: float) -> int:
    """Ask for the paths in turn for so long. How many answers came. Raises `Refused`."""
    if _WRK:
        return _by_wrk(_WRK, port, paths, headers, seconds)
    return _by_threads(port, paths, headers, seconds)


def _by_wrk(wrk: str, port: int, paths: Sequence[str], headers: Mapping[str, str], seconds: float) -> int:
    named = ", ".join(f"[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items())
    listed = ", ".join(json.dumps(path) for path in paths)
    script = _SCRIPT.replace("{PATHS}", "{" + listed + "}").replace("{HEADERS}", "{" + named + "}")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        said = subprocess.run(
            [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "-s", file.name,
             f"http://127.0.0.1:{port}/"],
            capture_output=True, text=True, check=True).stdout  # fmt: skip
    found = re.search(r"asked (\d+) failed (\d+)", said)
    if found is None or int(found[2]) or not int(found[1]):
        raise Refused(f"{paths[0]}: {said}")
    return int(found[1])


def _by_threads(port: int, paths: Sequence[str], headers: Mapping[str, str], seconds: float) -> int:
    until = time.monotonic() + seconds
    counts = [0] * CONNECTIONS
    failed: list[str] = []

    def ask(connection: int) -> None:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < until and not failed:
            path = paths[(counts[connection] * CONNECTIONS + connection) % len(paths)]
            client.request("GET", path, headers=dict(headers))
            answer = client.getresponse()
            answer.read()
            if answer.status >= 400:
                failed.append(f"{path}: {answer.status}")
            counts[connection] += 1
        client.close()

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise Refused(failed[0])
    return sum(counts)
