"""What every plug of the Mirror port promises: results lie where people look for them, whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from aisubs.adapters.store.gcs import GcsStore
from aisubs.adapters.store.s3 import S3Store
from aisubs.model.errors import AisubsError
from aisubs.ports import Mirror, Store
from aisubs.settings import Settings
from aisubs.wiring import make_mirror
from tests.doubles.gcs import Gcs
from tests.doubles.google_environment import google_environment
from tests.doubles.google_identity import GoogleIdentity
from tests.doubles.s3 import s3_server


@dataclass
class Bench:
    """A mirror at `subtitles/`, and everything that lies there by its name."""

    mirror: Mirror
    everything: Callable[[], dict[str, bytes]]


def bench_of(settings: Settings, everything: Callable[[], dict[str, bytes]]) -> Bench:
    mirror = make_mirror(settings)
    assert mirror is not None
    return Bench(mirror, everything)


def objects_of(store: Store) -> dict[str, bytes]:
    return {item.name: store.open(item.name).read_at(0, item.size_bytes) for item in store.list()}


@contextmanager
def folder(tmp: Path) -> Iterator[Bench]:
    def everything() -> dict[str, bytes]:
        return {path.relative_to(tmp).as_posix(): path.read_bytes() for path in tmp.rglob("*") if path.is_file()}

    yield bench_of(Settings(results_dir=tmp / "subtitles"), everything)


@contextmanager
def gcs(tmp: Path) -> Iterator[Bench]:
    with (
        GoogleIdentity() as identity,
        Gcs(identity, ("uploads", "results")) as double,
        google_environment(identity, tmp, double),
    ):
        settings = Settings(store_url="gs://uploads", results_url="gs://results/subtitles/")
        yield bench_of(settings, lambda: objects_of(GcsStore.connect("results")))


@contextmanager
def s3(tmp: Path) -> Iterator[Bench]:
    with s3_server("uploads", "results"):
        settings = Settings(store_url="s3://uploads", results_url="s3://results/subtitles")
        yield bench_of(settings, lambda: objects_of(S3Store.connect("results")))


PLUGS: dict[str, Callable[[Path], AbstractContextManager[Bench]]] = {"folder": folder, "gcs": gcs, "s3": s3}


@pytest.fixture(params=PLUGS)
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with PLUGS[request.param](tmp_path) as bench:
        yield bench


def test_results_lie_under_the_names_of_the_recordings(bench: Bench) -> None:
    names = ["talk.mp4.srt", "a/b/talk.mp4.vtt", "день 🎬.mp4.txt", 'it\'s "quoted".mp4.json']
    for name in names:
        bench.mirror.put(name, name.encode(), "text/plain")
    assert bench.everything() == {f"subtitles/{name}": name.encode() for name in names}


def test_a_newer_result_takes_the_place_of_the_older(bench: Bench) -> None:
    bench.mirror.put("talk.mp4.srt", b"older and longer")
    bench.mirror.put("talk.mp4.srt", b"newer")
    assert bench.everything() == {"subtitles/talk.mp4.srt": b"newer"}


def test_what_lies_there_is_known_by_its_digest(bench: Bench) -> None:
    bench.mirror.put("a/talk.mp4.srt", b"1\n")
    assert bench.mirror.digest("a/talk.mp4.srt") == sha256(b"1\n").hexdigest()
    assert bench.mirror.digest("a/talk.mp4.vtt") is None
    assert bench.mirror.digest("a/talk.mp4.srt/x") is None
    bench.mirror.put("a/talk.mp4.srt", b"2\n")
    assert bench.mirror.digest("a/talk.mp4.srt") == sha256(b"2\n").hexdigest()


def test_what_is_deleted_is_gone_and_what_is_not_there_is_fine(bench: Bench) -> None:
    long = f"{'l' * 1010}.mp4.error.txt"
    for name in ("a/talk.mp4.error.txt", "a/talk.mp4.srt", long):
        bench.mirror.put(name, b"1\n", "text/plain")
    for name in ("a/talk.mp4.error.txt", "a/talk.mp4.error.txt", long, "b/c/never.error.txt", "a/talk.mp4.srt/x"):
        bench.mirror.delete(name)
    assert bench.everything() == {"subtitles/a/talk.mp4.srt": b"1\n"}


def test_a_name_of_any_length_keeps_its_suffix(bench: Bench) -> None:
    bench.mirror.put(f"{'l' * 1015}.mp4.srt", b"1\n")
    (name,) = bench.everything()
    assert len(name) <= 1024
    assert name.endswith(".srt")


@pytest.mark.parametrize("name", ["../x.srt", "a/../../x.srt", "a\0b.srt"])
def test_nothing_is_put_or_deleted_elsewhere(bench: Bench, name: str) -> None:
    for meddle in (lambda: bench.mirror.put(name, b"1\n"), lambda: bench.mirror.delete(name)):
        with pytest.raises(AisubsError) as caught:
            meddle()
        assert caught.value.code == "bad_name"
    assert bench.everything() == {}


def test_results_may_not_come_back_as_uploads() -> None:
    for scheme in ("gs", "s3"):
        for path in ("", "/subtitles", "/results-of-mine"):
            settings = Settings(store_url=f"{scheme}://uploads", results_url=f"{scheme}://uploads{path}")
            with pytest.raises(AisubsError) as caught:
                make_mirror(settings)
            assert caught.value.code == "store_unavailable"


def test_a_cloud_without_a_results_bucket_mirrors_nothing() -> None:
    assert make_mirror(Settings(store_url="gs://uploads")) is None
