"""A bucket that refuses, is slow, cuts its answers or loses its replies: what was acknowledged is kept, once,
the answer is honest, and everything heals by itself."""

from __future__ import annotations

import contextlib
import hashlib
import random
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import ROOT
from portal.adapters.following_store import FollowingStore
from portal.adapters.s3_media import S3MediaStore
from portal.ports import MediaMissing, MediaStore, Received, Space, StoreUnavailable
from tests.buckets import QUICK, bucket, bucket_url, following, other_way, service
from tests.faults.fault_proxy import Fault, FaultProxy

HEALS_SECONDS = 60.0
LARGE = 9_000_000  # bytes; goes in two parts
FAULTS = {
    "refuses": {"fault": Fault.REFUSE},
    "is slow": {"fault": Fault.SLOW, "delay": 3.0},
    "cuts its answers": {"fault": Fault.CUT, "after": 40},
    "loses its replies": {"fault": Fault.LOSE},
}


@dataclass
class Trial:
    """A store whose way to the bucket leads through a proxy; `straight` is the bucket without it."""

    folder: Path
    url: str
    proxy: FaultProxy
    store: FollowingStore
    straight: S3MediaStore

    def files_here(self) -> list[str]:
        return [path.name for space in Space for path in (self.folder / space.value).glob("*/*")]

    def heal(self, *, withdrawn: Collection[str] = ()) -> None:
        """Let the bucket be well, and carry on until nothing waits. The record shows all but the withdrawn."""
        self.proxy.heal()
        deadline = time.monotonic() + HEALS_SECONDS
        while self.store.waiting()[0]:
            assert time.monotonic() < deadline, f"still waiting: {self.store.waiting()}"
            self.store.settle(shown=lambda name: name not in withdrawn)
            time.sleep(0.05)


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    url = bucket_url(sealed=True)
    with FaultProxy(service()) as proxy:
        store = following(tmp_path / "media", other_way(url, port=proxy.port), limits=QUICK)
        straight = bucket(url)
        yield Trial(tmp_path / "media", url, proxy, store, straight)
        store.close()
        straight.close()


def name_of(data: bytes) -> str:
    return f"{hashlib.sha256(data).hexdigest()}.jpg"


def read(store: MediaStore, space: Space, name: str) -> bytes:
    with store.open(space, name) as stream:
        return stream.read()


def spooled(folder: Path, data: bytes) -> Received:
    path = folder / f"spooled-{random.randrange(1 << 60):x}"
    path.write_bytes(data)
    return Received(sha256=hashlib.sha256(data).hexdigest(), size=len(data), path=path)


@pytest.mark.parametrize("how", FAULTS)
def test_uploads_are_kept_while_the_bucket(trial: Trial, tmp_path: Path, how: str) -> None:
    large, small = random.randbytes(LARGE), [random.randbytes(20_000) for _ in range(5)]
    trial.proxy.fail(**FAULTS[how])
    trial.store.take(Space.SEALED, name_of(large), spooled(tmp_path, large))
    for data in small:
        trial.store.put(Space.STAGED, name_of(data), data)
    assert trial.proxy.struck > 0, "the fault never struck: the test proved nothing"
    assert read(trial.store, Space.SEALED, name_of(large)) == large
    assert all(read(trial.store, Space.STAGED, name_of(data)) == data for data in small)
    said = trial.store.check()
    assert said is not None
    assert "6 件" in said
    assert "没有丢" in said
    trial.heal()
    assert trial.files_here() == []
    assert trial.store.check() is None
    assert list(trial.straight.names(Space.SEALED)) == [name_of(large)]
    assert sorted(trial.straight.names(Space.STAGED)) == sorted(name_of(data) for data in small)
    assert read(trial.straight, Space.SEALED, name_of(large)) == large
    assert all(read(trial.straight, Space.STAGED, name_of(data)) == data for data in small)


@pytest.mark.parametrize("how", FAULTS)
def test_publishing_and_destroying_are_kept_while_the_bucket(trial: Trial, how: str) -> None:
    coming, going = random.randbytes(20_000), random.randbytes(20_000)
    for data in (coming, going):
        trial.store.put(Space.STAGED, name_of(data), data)
    trial.store.publish(name_of(going))
    trial.proxy.fail(**FAULTS[how])
    trial.store.publish(name_of(coming))
    trial.store.remove(Space.PUBLIC, name_of(going))
    with pytest.raises(MediaMissing):
        trial.store.open(Space.PUBLIC, name_of(going))
    trial.heal(withdrawn=[name_of(going)])
    assert list(trial.straight.names(Space.PUBLIC)) == [name_of(coming)]
    assert read(trial.store, Space.PUBLIC, name_of(coming)) == coming
    assert len(list(trial.straight.names(Space.STAGED))) == 2


@pytest.mark.parametrize("how", FAULTS)
def test_one_bad_answer_is_not_noticed_when_the_bucket(trial: Trial, tmp_path: Path, how: str) -> None:
    large, small = random.randbytes(LARGE), random.randbytes(20_000)
    for act in (
        lambda: trial.store.put(Space.STAGED, name_of(small), small),
        lambda: trial.store.publish(name_of(small)),
        lambda: trial.store.take(Space.SEALED, name_of(large), spooled(tmp_path, large)),
        lambda: trial.store.remove(Space.PUBLIC, name_of(small)),
    ):
        trial.proxy.fail(**FAULTS[how], times=1)
        act()
        assert trial.proxy.struck == 1
        assert trial.store.waiting()[0] == 0
    assert read(trial.straight, Space.SEALED, name_of(large)) == large
    assert list(trial.straight.names(Space.PUBLIC)) == []
    assert trial.straight.sweep(-1) == 0, "an upload in parts was left behind"


@pytest.mark.parametrize("at", [0, 100, 300_000, 6_000_000])
def test_an_answer_cut_in_the_middle_is_read_on_from_there(trial: Trial, tmp_path: Path, at: int) -> None:
    data = random.randbytes(LARGE)
    trial.store.take(Space.SEALED, name_of(data), spooled(tmp_path, data))
    with trial.store.open(Space.SEALED, name_of(data)) as stream:
        beginning = stream.read(50)
        trial.proxy.fail(Fault.CUT, times=1, after=at)
        assert beginning + stream.read() == data
    trial.proxy.fail(Fault.CUT, times=1, after=at)
    assert read(trial.store, Space.SEALED, name_of(data)) == data


@pytest.mark.parametrize("how", FAULTS)
def test_what_only_the_bucket_has_is_refused_in_words_not_half_given(trial: Trial, how: str) -> None:
    data = random.randbytes(500_000)
    trial.store.put(Space.STAGED, name_of(data), data)
    trial.proxy.fail(**FAULTS[how])
    for _ in range(3):  # later ones without asking: nobody waits again and again
        with pytest.raises(StoreUnavailable, match="存储桶"):
            read(trial.store, Space.STAGED, name_of(data))
    trial.proxy.heal()
    deadline = time.monotonic() + HEALS_SECONDS
    found = b""
    while found != data and time.monotonic() < deadline:
        with contextlib.suppress(StoreUnavailable):
            found = read(trial.store, Space.STAGED, name_of(data))
    assert found == data


def test_what_a_dead_process_left_is_carried_on_by_the_next_one(trial: Trial) -> None:
    data = random.randbytes(20_000)
    trial.proxy.fail(Fault.REFUSE)
    trial.store.put(Space.STAGED, name_of(data), data)
    next_one = following(trial.folder, trial.url)
    assert next_one.settle(shown=lambda _name: True) == 1
    assert trial.files_here() == []
    assert read(next_one, Space.STAGED, name_of(data)) == data
    next_one.close()


def test_a_late_publication_waits_for_the_record_and_a_late_removal_asks_it(trial: Trial) -> None:
    rolled_back, republished = random.randbytes(20_000), random.randbytes(20_000)
    for data in (rolled_back, republished):
        trial.store.put(Space.STAGED, name_of(data), data)
    trial.store.publish(name_of(republished))
    trial.proxy.fail(Fault.REFUSE)
    trial.store.publish(name_of(rolled_back))
    trial.store.remove(Space.PUBLIC, name_of(republished))
    trial.proxy.heal()
    deadline = time.monotonic() + HEALS_SECONDS
    while trial.store.waiting()[0] > 1 and time.monotonic() < deadline:
        trial.store.settle(shown=lambda name: name == name_of(republished))
    assert list(trial.straight.names(Space.PUBLIC)) == [name_of(republished)]
    assert trial.store.waiting()[0] == 1


def test_what_is_put_again_after_its_removal_stays(trial: Trial) -> None:
    data = random.randbytes(20_000)
    trial.store.put(Space.STAGED, name_of(data), data)
    trial.proxy.fail(Fault.REFUSE)
    trial.store.remove(Space.STAGED, name_of(data))
    trial.store.put(Space.STAGED, name_of(data), data)
    assert read(trial.store, Space.STAGED, name_of(data)) == data
    trial.heal()
    assert read(trial.straight, Space.STAGED, name_of(data)) == data


def test_what_is_removed_before_it_was_sent_never_arrives(trial: Trial) -> None:
    data = random.randbytes(20_000)
    trial.proxy.fail(Fault.REFUSE)
    trial.store.put(Space.STAGED, name_of(data), data)
    trial.store.remove(Space.STAGED, name_of(data))
    trial.heal()
    assert list(trial.straight.names(Space.STAGED)) == []
    assert trial.files_here() == []


@pytest.mark.parametrize("again", [False, True])
def test_what_is_removed_while_it_is_being_sent_goes_and_what_is_put_again_then_stays(
    trial: Trial, again: bool
) -> None:
    data = random.randbytes(20_000)
    name = name_of(data)
    trial.proxy.fail(Fault.SLOW, delay=0.7)  # within the time limit
    sending = threading.Thread(target=lambda: trial.store.put(Space.STAGED, name, data))
    sending.start()
    while not trial.proxy.struck:
        time.sleep(0.01)
    trial.store.remove(Space.STAGED, name)
    if again:
        trial.store.put(Space.STAGED, name, data)
    assert sending.is_alive(), "it was sent already: the test proved nothing"
    sending.join()
    trial.heal()
    assert list(trial.straight.names(Space.STAGED)) == ([name] if again else [])
    assert trial.files_here() == []


CARRIER = """
import sys
from pathlib import Path
from tests.buckets import following
store = following(Path(sys.argv[1]), sys.argv[2])
while store.waiting()[0]:
    store.settle(shown=lambda name: name not in sys.argv[3:])
store.close()
"""


@contextlib.contextmanager
def storm(proxy: FaultProxy) -> Iterator[None]:
    """The bucket fails and is well again, all the time."""
    over = threading.Event()

    def weather() -> None:
        while not over.is_set():
            proxy.fail(random.choice([Fault.REFUSE, Fault.LOSE, Fault.CUT]), after=30)
            time.sleep(0.3)
            proxy.heal()
            time.sleep(0.5)

    blowing = threading.Thread(target=weather)
    blowing.start()
    try:
        yield
    finally:
        over.set()
        blowing.join()


@pytest.mark.slow
def test_several_processes_share_a_folder_while_the_bucket_comes_and_goes(trial: Trial) -> None:
    """Writers and carriers at once; everything put stays, everything removed is gone."""
    files = [random.randbytes(5_000) for _ in range(60)]
    withdrawn = [name_of(data) for data in files[:10]]
    words = [sys.executable, "-c", CARRIER, str(trial.folder), other_way(trial.url, port=trial.proxy.port)]
    with storm(trial.proxy):
        for data in files:
            trial.store.put(Space.STAGED, name_of(data), data)
        carriers = [subprocess.Popen([*words, *withdrawn], cwd=ROOT) for _ in range(2)]
        for data in files[:20]:
            trial.store.publish(name_of(data))
        for name in withdrawn:
            trial.store.remove(Space.PUBLIC, name)
            trial.store.remove(Space.STAGED, name)
        for data in files[:5]:
            trial.store.put(Space.STAGED, name_of(data), data)
    trial.heal(withdrawn=withdrawn)
    assert [carrier.wait(timeout=HEALS_SECONDS) for carrier in carriers] == [0, 0]
    assert set(trial.straight.names(Space.STAGED)) == {name_of(data) for data in files[:5] + files[10:]}
    assert set(trial.straight.names(Space.PUBLIC)) == {name_of(data) for data in files[10:20]}
    assert all(read(trial.straight, Space.STAGED, name_of(data)) == data for data in files[:5] + files[10:])
