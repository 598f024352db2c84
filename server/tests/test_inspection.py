from __future__ import annotations

import io
import json
import subprocess
import sys

import numpy as np
import pytest

from dualnetssl_server import errors, volumes
from dualnetssl_server.inspection import CaseFacts, inspect_case
from dualnetssl_server.schema import Geometry
from dualnetssl_server.volumes import inspector

GRID = Geometry(size=(5, 6, 7), spacing=(1, 1, 2), origin=(3, 4, 5), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))


@pytest.fixture
def files(tmp_path):
    rng = np.random.default_rng(0)
    mask = np.zeros((7, 6, 5), np.uint8)
    mask[:, :3] = 1
    arrays = {
        "image": rng.normal(size=(7, 6, 5)).astype(np.float32),
        "label": rng.integers(0, 3, (7, 6, 5)).astype(np.uint8),
        "verified": mask,
    }
    for role, array in arrays.items():
        volumes.write_volume(tmp_path / f"{role}.nrrd", array, GRID)
    return {role: tmp_path / f"{role}.nrrd" for role in arrays}


def test_child_tells_geometry_and_verified_fraction(files):
    facts = inspect_case(**files, allowed_values=[1, 2], max_voxels=1000)
    assert facts == CaseFacts(GRID, 0.5)


def test_child_tells_what_the_map_expects_outside_the_mask(files, tmp_path):
    doubt = np.zeros((7, 6, 5), np.float32)
    doubt[0] = 1.0
    volumes.write_volume(tmp_path / "uncertainty.nrrd", doubt, GRID)
    facts = inspect_case(**files, uncertainty=tmp_path / "uncertainty.nrrd", allowed_values=[1, 2], max_voxels=1000)
    unverified = 15
    assert facts.benefit_ml == pytest.approx(unverified * (1 - 1 / 3) * np.prod(GRID.spacing) / 1000)


def test_child_refuses_with_the_same_error(files):
    with pytest.raises(errors.InvalidLabelValue, match=r"the values 2 .* \(the label\); allowed: 0, 1\."):
        inspect_case(**files, allowed_values=[1], max_voxels=1000)


def test_parent_imports_neither_numpy_nor_simpleitk():
    code = "import sys, dualnetssl_server.inspection; print({'numpy', 'SimpleITK', 'torch'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"


def test_slow_check_is_given_up(files):
    with pytest.raises(errors.InvalidVolume, match=r"did not end within 0\.01 seconds"):
        inspect_case(files["image"], max_voxels=1000, timeout=0.01)


def test_crash_of_the_reader_is_a_refusal(files, monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: subprocess.CompletedProcess(args, -11, b"", b""))
    with pytest.raises(errors.InvalidVolume, match="reader crashed"):
        inspect_case(files["image"], max_voxels=1000)


def ask(monkeypatch, capsys, files, allowed=(0, 1, 2), max_voxels=1000):
    question = {"files": {role: str(path) for role, path in files.items()}, "allowed": allowed}
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps({**question, "max_voxels": max_voxels})))
    monkeypatch.setattr(inspector, "limit_memory", lambda growth: None)
    inspector.main()
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("roles", "fraction"), [(["image"], 0.0), (["image", "label"], 1.0), (["image", "label", "verified"], 0.5)]
)
def test_fraction_depends_on_label_and_mask(files, monkeypatch, capsys, roles, fraction):
    answer = ask(monkeypatch, capsys, {role: files[role] for role in roles})
    assert answer["verified_fraction"] == fraction
    assert Geometry.model_validate(answer["geometry"]) == GRID


def test_values_of_a_mask_are_zero_and_one(files, monkeypatch, capsys):
    refusal = ask(monkeypatch, capsys, {**files, "verified": files["label"]})["refusal"]
    assert refusal["kind"] == "invalid-label-value"
    assert "the mask of verified voxels" in refusal["received"]


def test_label_of_another_grid_is_refused_before_it_is_read(files, monkeypatch, capsys):
    other = GRID.model_copy(update={"origin": (0.0, 0.0, 0.0)})
    volumes.write_volume(files["label"], np.zeros((7, 6, 5), np.uint8), other)
    monkeypatch.setattr(inspector, "read_label", None)
    refusal = ask(monkeypatch, capsys, files)["refusal"]
    assert refusal["kind"] == "geometry-mismatch"
    assert "origin (0, 0, 0) (the label)" in refusal["received"]


def test_cap_holds_for_every_file(files, monkeypatch, capsys):
    refusal = ask(monkeypatch, capsys, files, max_voxels=209)["refusal"]
    assert refusal["kind"] == "volume-too-large"


def test_memory_that_runs_out_is_a_refusal(files, monkeypatch, capsys):
    def exhaust(*args):
        raise MemoryError

    monkeypatch.setattr(inspector, "read_image", exhaust)
    refusal = ask(monkeypatch, capsys, files)["refusal"]
    assert (refusal["kind"], refusal["received"][:9]) == ("volume-too-large", "the image")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells and limits the memory of a process")
def test_memory_limit_holds():
    code = (
        "from dualnetssl_server.volumes.inspector import limit_memory\n"
        "limit_memory(1 << 28); bytearray(1 << 27)\n"
        "try: bytearray(1 << 29)\n"
        "except MemoryError: print('held')"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "held\n"
