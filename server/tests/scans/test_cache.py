"""Prepared scans are kept between jobs: the same as made anew, whole or not there, no more than there is room for."""

from __future__ import annotations

import io
import os
import shutil
import sys
import time
from dataclasses import fields

import numpy as np
import pytest
import torch
from method_support import LABELS, blob, tiny_config, tiny_recipe, train_job, values_of, write, write_cases

from dualnetssl.contract.jobspec import JobCase
from dualnetssl.prediction.predict import read_scan
from dualnetssl.scans import cache as caching
from dualnetssl.scans import cases as preparing
from dualnetssl.scans.cache import PreparedCache, chosen_folder
from dualnetssl.scans.digests import Digests
from dualnetssl.scans.preparation import Recipe
from dualnetssl.scans.sampling import PatchReader
from dualnetssl.worker import preparing as pool
from dualnetssl.worker import process

CPU = torch.device("cpu")
RECIPE = tiny_recipe(spacing=(1.0, 0.9, 1.1))


def partly(folder):
    """A scan of which half a label is verified."""
    image, label = blob((12, 14, 20))
    mask = (np.arange(12) < 7)[:, None, None] * np.ones_like(label)
    return JobCase(
        case="a",
        image=write(folder / "a.nrrd", image),
        label=write(folder / "l.nrrd", values_of(label)),
        verified=write(folder / "m.nrrd", mask),
    )


def same(first, second):
    for field in fields(first):
        one, other = getattr(first, field.name), getattr(second, field.name)
        if field.name == "foreground":
            assert all(torch.equal(places, others.long()) for places, others in zip(one, other, strict=True))
        elif isinstance(one, torch.Tensor):
            assert torch.equal(one, other)
        elif field.name != "mapped":
            assert one == other


def unread(monkeypatch):
    """Fail what reads a scan."""
    for name in ("read_prepared", "read_canonical_label", "look_at"):
        monkeypatch.setattr(preparing, name, lambda *given: pytest.fail("a scan was read"))


def test_what_is_kept_is_what_would_be_made_and_is_not_made_again(tmp_path, monkeypatch):
    case, cache = partly(tmp_path), PreparedCache(tmp_path / "kept")
    anew = preparing.prepare_case(case, LABELS, RECIPE, CPU)
    seen = preparing.look_at(case, LABELS)
    first = preparing.prepare_case(case, LABELS, RECIPE, CPU, cache), preparing.sights_of(case, LABELS, cache)
    unread(monkeypatch)
    again = PreparedCache(tmp_path / "kept")
    second = preparing.prepare_case(case, LABELS, RECIPE, CPU, again), preparing.sights_of(case, LABELS, again)
    for found, sights in (first, second):
        same(anew, found)
        assert found.mapped
        assert not anew.mapped
        assert [sight.ct for sight in sights] == [sight.ct for sight in seen]
        assert all(np.array_equal(one.body, other.body) for one, other in zip(sights, seen, strict=True))
    reader = PatchReader((8, 8, 16), RECIPE.spacing, (0,), True)
    crops = [reader.read(one, True, torch.Generator().manual_seed(3)) for one in (anew, second[0])]
    assert all(torch.equal(one, other) for one, other in zip(*crops, strict=True))


def test_prediction_sees_the_same_scan_from_the_cache_as_from_the_file(tmp_path, monkeypatch):
    case, cache = partly(tmp_path), PreparedCache(tmp_path / "kept")
    anew = read_scan(case.image, RECIPE, cache)
    assert not cache.folder.exists()  # a scan that is predicted once is not worth its place
    preparing.prepare_case(case, LABELS, RECIPE, CPU, cache)
    unread(monkeypatch)
    kept = read_scan(case.image, RECIPE, cache)
    assert torch.equal(anew.prepared, kept.prepared)
    assert anew.geometry == kept.geometry


@pytest.mark.parametrize(
    "other",
    [
        {"recipe": RECIPE.model_copy(update={"spacing": (1.0, 1.0, 1.0)})},
        {"recipe": RECIPE.model_copy(update={"windows": ((-100.0, 200.0),)})},
        {"labels": LABELS[:1]},
        {"image": 1},
        {"label": 1},
        {"verified": 1},
        {"code": "another"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_another_recipe_label_file_or_version_is_another_entry(tmp_path, monkeypatch, other):
    case, cache = partly(tmp_path), PreparedCache(tmp_path / "kept")
    before = dict(preparing.keys_of(case, LABELS, RECIPE, cache))
    for part in {"image", "label", "verified"} & other.keys():
        old, geometry = preparing.volumes.read_image(getattr(case, part))
        preparing.volumes.write_volume(tmp_path / f"{part}.nrrd", np.roll(old, 1, 0).astype(np.uint8), geometry)
        case = case.model_copy(update={part: str(tmp_path / f"{part}.nrrd")})
    cache = PreparedCache(tmp_path / "kept")
    if "code" in other:
        monkeypatch.setattr(caching, "_add_sources", lambda found, folder: found.update(b"another"))
    after = dict(preparing.keys_of(case, other.get("labels", LABELS), other.get("recipe", RECIPE), cache))
    assert before.keys() != after.keys()


def test_the_patch_of_a_recipe_does_not_matter(tmp_path):
    case, cache = partly(tmp_path), PreparedCache(tmp_path / "kept")
    smaller = Recipe(spacing=RECIPE.spacing, windows=RECIPE.windows, patch=(8, 8, 8))
    assert preparing.keys_of(case, LABELS, RECIPE, cache) == preparing.keys_of(case, LABELS, smaller, cache)


@pytest.mark.parametrize("harm", ["cut", "zeros", "gone", "about", "about gone"])
def test_a_damaged_entry_is_made_anew_and_told(tmp_path, harm):
    case, cache = JobCase(case="a", image=write(tmp_path / "a.nrrd", blob()[0])), PreparedCache(tmp_path / "kept")
    before = preparing.prepare_case(case, LABELS, RECIPE, CPU, cache).image.clone()
    ((key, size),) = preparing.keys_of(case, LABELS, RECIPE, cache)
    image, about = (cache.folder / key / name for name in ("image.raw", "about.json"))
    assert image.stat().st_size == size
    if harm == "cut":
        os.truncate(image, size - 1)
    elif harm == "zeros":
        image.write_bytes(image.read_bytes()[: size // 2] + bytes(size - size // 2))
    elif harm == "about":
        about.write_bytes(about.read_bytes()[:-9])
    else:
        (about if "about" in harm else image).unlink()
    warnings: list[str] = []
    wanted = pool.Wanted([case], LABELS, RECIPE)
    (found,) = pool.prepare_all(wanted, PreparedCache(cache.folder), CPU, warnings.append)
    assert torch.equal(found.image, before)
    assert found.mapped
    assert len(warnings) == 1
    assert "damaged" in warnings[0]


def test_without_room_on_the_disk_a_scan_is_held_in_memory_and_told(tmp_path, monkeypatch):
    case, warnings = partly(tmp_path), []

    def full(*given):
        raise OSError(28, "no space left")

    monkeypatch.setattr(caching, "_synced", full)
    cache = PreparedCache(tmp_path / "kept")
    (found,) = pool.prepare_all(pool.Wanted([case], LABELS, RECIPE), cache, CPU, warnings.append)
    same(preparing.prepare_case(case, LABELS, RECIPE, CPU), found)
    assert not found.mapped
    assert [place.name for place in cache.folder.iterdir()] == ["digests.json"]
    assert "could not be written" in warnings[0]


def test_what_is_unused_for_longest_gives_way_and_what_is_needed_stays(tmp_path):
    cache, values = PreparedCache(tmp_path), np.zeros(1000, np.uint8)
    for age, key in enumerate(("c", "b", "a")):
        cache.keep(key, {"x": values}, {})
        os.utime(tmp_path / key / "about.json", (1e9 - age, 1e9 - age))
    mapped = cache.find("a")  # used now: the youngest
    left = tmp_path / f"{caching._PART}left"
    left.mkdir()
    os.utime(left, (time.time() - 90_000,) * 2)
    cache.prune(2500, needed={"b"})
    assert {place.name for place in tmp_path.iterdir()} == {"a", "b"}
    cache.prune(0, needed={"b"})
    assert {place.name for place in tmp_path.iterdir()} == {"b"}
    assert mapped is not None
    assert not mapped.arrays["x"].any()


def test_a_cache_takes_half_of_the_disk_and_scans_beyond_that_are_held(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(caching.shutil, "disk_usage", lambda folder: usage._replace(free=20_000))
    cache = PreparedCache(tmp_path / "kept")
    assert cache.bound() == 10_000
    cache.keep("a", {"x": np.zeros(4000, np.uint8)}, {})
    assert 12_000 < cache.bound() < 12_200
    written, warnings = write_cases(tmp_path, size=(12, 14, 20)), []
    found = pool.prepare_all(pool.Wanted(written, LABELS, tiny_recipe()), cache, CPU, warnings.append)
    assert [case.mapped for case in found] == [True, False, False, False]
    assert not cache.has("a")  # the scan of today needs the place
    assert "3 of 4 prepared scans are held in memory" in warnings[0]


@pytest.mark.parametrize("way", ["held", "kept", "no room"])
def test_scans_that_are_ready_are_counted(tmp_path, monkeypatch, way):
    monkeypatch.setattr(pool, "_SECONDS_BETWEEN", 0.0)
    cache = None if way == "held" else PreparedCache(tmp_path / "kept")
    if way == "no room":
        monkeypatch.setattr(cache, "bound", lambda: 10_000)
    wanted, told = pool.Wanted(write_cases(tmp_path, size=(12, 14, 20)), LABELS, tiny_recipe()), []
    pool.prepare_all(wanted, cache, CPU, lambda message: None, tell=lambda *count: told.append(count))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    told.clear()
    pool.prepare_all(wanted, cache, CPU, lambda message: None, tell=lambda *count: told.append(count))
    ready = {"held": 0, "kept": 4, "no room": 1}[way]
    assert told == [(number, 4) for number in range(ready + 1, 5)], "what is kept is ready at once"


def test_a_count_is_told_now_and_then(monkeypatch):
    now, told = [100.0], []
    monkeypatch.setattr(pool.time, "monotonic", lambda: now[0])
    count = pool.Count(30, lambda *ready: told.append(ready))
    for _ in range(30):
        now[0] += 0.5
        count.one_more()
    assert told == [(number, 30) for number in range(4, 31, 4)]


def test_arrays_may_be_empty_and_files_are_not_kept_open(tmp_path):
    cache = PreparedCache(tmp_path)
    made = cache.keep("a", {"x": np.zeros((0, 3), np.int32), "y": np.arange(4, dtype=np.int32)}, {"told": [1]})
    assert made.arrays["x"].shape == (0, 3)
    assert made.arrays["y"].tolist() == [0, 1, 2, 3]
    assert made.facts == {"told": [1]}
    if os.path.isdir("/proc/self/fd"):
        assert not any(str(tmp_path) in os.path.realpath(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd"))


def test_a_file_is_hashed_once_and_again_when_it_has_changed(tmp_path, monkeypatch):
    from dualnetssl.scans import digests

    path, blob_path = tmp_path / "a", tmp_path / ("0" * 64)
    path.write_bytes(b"first")
    blob_path.write_bytes(b"not read")
    found = Digests(tmp_path / "digests.json")
    assert found.of(blob_path) == "0" * 64
    first = found.of(path)
    monkeypatch.setattr(digests, "_SETTLED_NS", -(10**18))
    assert found.of(path) == first
    found.save()
    again = Digests(tmp_path / "digests.json")
    real = digests.sha256_of
    monkeypatch.setattr(digests, "sha256_of", lambda path: pytest.fail("it was read again"))
    assert again.of(path) == first
    assert str(tmp_path) not in (tmp_path / "digests.json").read_text()
    monkeypatch.setattr(digests, "sha256_of", real)
    path.write_bytes(b"other")
    assert again.of(path) != first


def test_who_helps_makes_what_is_missing_and_leaves_what_is_not_usable(tmp_path, monkeypatch):
    good, bad, *_ = write_cases(tmp_path)
    (tmp_path / "bad.nrrd").write_bytes(b"NRRD0004\n")
    bad = bad.model_copy(update={"image": str(tmp_path / "bad.nrrd"), "label": None})
    cache = PreparedCache(tmp_path / "kept")
    errand = pool.Errand(folder=str(cache.folder), labels=LABELS, recipe=RECIPE, cases=(bad, good), first=1)
    monkeypatch.setattr(pool.sys, "stdin", io.TextIOWrapper(io.BytesIO(errand.model_dump_json().encode())))
    assert pool.main() == 0
    assert all(cache.has(key) for key, _ in preparing.keys_of(good, LABELS, RECIPE, cache))
    monkeypatch.setattr(preparing, "read_prepared", lambda *given: pytest.fail("it is there already"))
    pool.run_errand(errand.model_copy(update={"cases": (good,), "first": 0}), cache)


def test_processes_that_help_are_waited_for_and_ended_with_who_fails(tmp_path, monkeypatch):
    folder = tmp_path / "told"
    errand = pool.Errand(folder=str(folder), labels=LABELS, recipe=RECIPE, cases=write_cases(tmp_path)[:1], first=0)
    waiting = "import sys, json, time, pathlib; told = pathlib.Path(json.load(sys.stdin)['folder']); "
    monkeypatch.setattr(pool, "_HELPER", (sys.executable, "-S", "-c", waiting + "time.sleep(0.2); told.touch()"))
    with pool._helped_by([errand]):
        pass
    assert folder.exists()
    monkeypatch.setattr(pool, "_HELPER", (sys.executable, "-S", "-c", "import time; time.sleep(1000)"))
    with pytest.raises(ZeroDivisionError), pool._helped_by([errand]):
        raise ZeroDivisionError
    large = errand.model_copy(update={"cases": errand.cases * 10_000})
    for nobody in ((sys.executable, "-S", "-c", "pass"), (str(tmp_path / "no program"),)):
        monkeypatch.setattr(pool, "_HELPER", nobody)
        with pool._helped_by([large]):
            pass


def test_a_second_training_is_the_same_bit_for_bit_and_reads_no_scan(tmp_path, monkeypatch):
    written, models = write_cases(tmp_path), []
    for name in ("first", "second"):
        directory = train_job(tmp_path / name, written, tiny_config(steps=1, calibration_scans=0))
        spec = directory.read_spec().model_copy(update={"prepared": str(tmp_path / "kept")})
        directory.create(spec)
        result = process.run(directory)
        assert result.outcome == "succeeded", result.problem
        models.append(torch.load(directory.model_path / "models" / "model.pt", weights_only=True))
        unread(monkeypatch)
    assert all(torch.equal(models[0][name], models[1][name]) for name in models[0])


def test_the_folder_of_a_user_lies_with_the_caches_or_is_named_or_none(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("DUALNETSSL_PREPARED", "")
    monkeypatch.setattr(caching.sys, "platform", "linux")
    assert chosen_folder() == str(tmp_path / "dualnetssl" / "prepared")
    monkeypatch.setenv("DUALNETSSL_PREPARED", str(tmp_path / "mine"))
    assert chosen_folder() == str(tmp_path / "mine")
    monkeypatch.setenv("DUALNETSSL_PREPARED", "none")
    assert chosen_folder() is None
