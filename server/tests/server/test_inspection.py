"""Checks of cases in processes of their own: what they find, how they end, and what they cannot do."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hostile import headers

from dualnetssl import volumes
from dualnetssl.contract import errors
from dualnetssl.contract.schema import Geometry
from dualnetssl.server.inspection import CaseFacts, Inspectors, inspect_case, protection
from dualnetssl.server.inspection import process as inspector_process
from dualnetssl.volumes.expected_error import expected_error_ml

GRID = Geometry(size=(5, 6, 7), spacing=(1, 1, 2), origin=(3, 4, 5), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1))
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can confine and limit a process")


@pytest.fixture(scope="module")
def inspectors():
    with closing(Inspectors()) as pool:
        yield pool


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


def fake(text):
    """An inspector that gets ready, then does what ``text`` says with the question in ``channel``."""
    code = (
        "import json, socket, struct, sys, time\n"
        "channel = socket.socket(fileno=0)\n"
        "def say(message): data = json.dumps(message).encode(); channel.sendall(struct.pack('!I', len(data)) + data)\n"
        "say({'confined': []})\n"
        "channel.recv(1 << 16)\n"
    )
    return (sys.executable, "-c", code + text)


@pytest.mark.parametrize(
    ("roles", "fraction"), [(["image"], 0.0), (["image", "label"], 1.0), (["image", "label", "verified"], 0.5)]
)
def test_fraction_depends_on_label_and_mask(inspectors, files, roles, fraction):
    facts = inspectors(**{role: files[role] for role in roles}, allowed_values=[1, 2], max_voxels=1000)
    assert facts == CaseFacts(GRID, fraction)


def test_one_case_can_be_checked_by_itself(files):
    assert inspect_case(**files, allowed_values=[1, 2], max_voxels=1000) == CaseFacts(GRID, 0.5)


def test_without_sockets_for_files_a_process_opens_them_itself(files, tmp_path, monkeypatch):
    monkeypatch.setattr("dualnetssl.server.inspection.pool.WARM", False)
    (tmp_path / "new").mkdir()
    files["label"].write_bytes(files["label"].read_bytes() + b"junk")
    with closing(Inspectors()) as pool:
        facts = pool(**files, allowed_values=[1, 2], max_voxels=1000, rewrite_to=tmp_path / "new")
        assert list(facts.rewritten) == ["label"]
        np.testing.assert_array_equal(*(volumes.read_label(p)[0] for p in (facts.rewritten["label"], files["label"])))
        with pytest.raises(errors.InvalidLabelValue):
            pool(**files, allowed_values=[1], max_voxels=1000)


def test_texts_of_segments_are_kept_in_segmentations_alone(inspectors, tmp_path):
    for role in ("image", "label", "verified"):
        (tmp_path / f"{role}.nrrd").write_bytes(headers.nrrd(after="Segment0_Name:=DOE^JOHN\nSegment0_ID:=Segment_1\n"))
    roles = {role: tmp_path / f"{role}.nrrd" for role in ("image", "label", "verified")}
    (tmp_path / "new").mkdir()
    facts = inspectors(**roles, allowed_values=[1], max_voxels=1000, rewrite_to=tmp_path / "new")
    kept = {role: facts.rewritten.get(role, path).read_bytes() for role, path in roles.items()}
    assert {role: b"Segment0_Name:=DOE^JOHN" in data for role, data in kept.items()} == {
        "image": False,
        "label": True,
        "verified": True,
    }
    assert kept["image"].endswith(headers.VOXELS)


@pytest.mark.parametrize("masked", [True, False])
def test_child_tells_what_the_map_expects_outside_the_mask(inspectors, files, tmp_path, masked):
    doubt = np.zeros((7, 6, 5), np.float32)
    doubt[0] = 1.0
    volumes.write_volume(tmp_path / "uncertainty.nrrd", doubt, GRID)
    chosen = files if masked else {"image": files["image"]}
    facts = inspectors(**chosen, uncertainty=tmp_path / "uncertainty.nrrd", allowed_values=[1, 2], max_voxels=1000)
    unverified = 15 if masked else 30
    assert facts.benefit_ml == pytest.approx(unverified * (1 - 1 / 3) * np.prod(GRID.spacing) / 1000)


def test_the_doubt_of_a_volume_of_many_pieces_is_the_sum_over_all(inspectors, tmp_path):
    rng = np.random.default_rng(0)
    size = (70, 80, 90)
    grid = GRID.model_copy(update={"size": size})
    doubt = rng.uniform(size=size[::-1]).astype(np.float32)
    mask = rng.integers(0, 2, size[::-1]).astype(np.uint8)
    for name, array in (("doubt", doubt), ("mask", mask)):
        volumes.write_volume(tmp_path / name, array, grid)
    facts = inspectors(
        tmp_path / "doubt", None, tmp_path / "mask", tmp_path / "doubt", allowed_values=[1], max_voxels=1 << 20
    )
    assert facts.verified_fraction == pytest.approx(mask.mean())
    assert facts.benefit_ml == pytest.approx(expected_error_ml(doubt, grid.spacing, 2, mask))


def test_a_map_of_another_scan_says_nothing(inspectors, files, tmp_path):
    other = GRID.model_copy(update={"size": (4, 4, 4)})
    volumes.write_volume(tmp_path / "old.nrrd", np.ones((4, 4, 4), np.float32), other)
    facts = inspectors(**files, uncertainty=tmp_path / "old.nrrd", allowed_values=[1, 2], max_voxels=1000)
    assert facts.benefit_ml is None


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.float32])
def test_no_value_of_a_file_is_told(inspectors, files, kind):
    secret = np.zeros((7, 6, 5), kind)
    secret[0, 0, :3] = 114
    volumes.write_volume(files["label"], secret, GRID)
    with pytest.raises(errors.InvalidLabelValue, match=r"3 voxels of other values \(the label\)") as caught:
        inspectors(files["image"], files["label"], allowed_values=[1], max_voxels=1000)
    assert "114" not in str(caught.value)


@pytest.mark.parametrize("value", [0.5, -1.0, 256.0, np.nan, 2.0])
def test_what_is_no_label_is_refused(inspectors, files, value):
    array = np.zeros((7, 6, 5), np.float32)
    array[0, 0, :2] = value
    volumes.write_volume(files["label"], array, GRID)
    with pytest.raises(errors.InvalidLabelValue, match="2 voxels"):
        inspectors(files["image"], files["label"], allowed_values=[1], max_voxels=1000)


def test_values_of_a_mask_are_zero_and_one(inspectors, files):
    with pytest.raises(errors.InvalidLabelValue, match="the mask of verified voxels"):
        inspectors(files["image"], files["label"], files["label"], allowed_values=[1, 2], max_voxels=1000)


def test_label_of_another_grid_is_refused_before_any_voxel_is_read(inspectors, files):
    other = GRID.model_copy(update={"origin": (0.0, 0.0, 0.0)})
    volumes.write_volume(files["label"], np.zeros((7, 6, 5), np.uint8), other)
    data = files["image"].read_bytes()
    files["image"].write_bytes(data[: len(data) // 2])
    with pytest.raises(errors.GeometryMismatch, match=r"origin \(0, 0, 0\), .*\(the label\)"):
        inspectors(files["image"], files["label"], allowed_values=[1], max_voxels=1000)


def test_cap_holds_for_every_file(inspectors, files):
    with pytest.raises(errors.VolumeTooLarge, match="at most 209"):
        inspectors(**files, max_voxels=209)


def test_parent_imports_neither_numpy_nor_simpleitk():
    code = "import sys, dualnetssl.server.inspection; print({'numpy', 'SimpleITK', 'torch'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"


def test_an_inspector_serves_many_checks_and_then_makes_room_for_another(files, monkeypatch):
    started = []

    class Counted(inspector_process.Inspector):
        def __init__(self, command):
            started.append(self)
            super().__init__(command)

    monkeypatch.setattr("dualnetssl.server.inspection.pool.Inspector", Counted)
    monkeypatch.setattr("dualnetssl.server.inspection.pool._CHECKS_EACH", 3)
    with closing(Inspectors()) as pool:
        for _ in range(2):
            pool(files["image"], max_voxels=1000)
        with pytest.raises(errors.VolumeTooLarge):
            pool(files["image"], max_voxels=1)
        assert len(started) == 1
        pool(files["image"], max_voxels=1000)
        assert len(started) == 2
        assert started[0]._process.poll() is not None


@pytest.mark.parametrize(
    ("does", "words"),
    [
        ("time.sleep(60)", r"did not end within 0\.2 seconds"),
        ("say({'declared': 8}); time.sleep(60)", r"did not end within 0\.2 seconds"),
        ("sys.exit(11)", "reader crashed"),
        ("say({'declared': 8})", "reader crashed"),
        ("say({'geometry': None})", "reader crashed"),
        ("say({'refusal': {'kind': 'a', 'received': '', 'allowed': '', 'remedy': ''}})", "reader crashed"),
        ("say(['nothing'])", "reader crashed"),
        ("channel.sendall(b'\\xff\\xff\\xff\\xff')", "reader crashed"),
        ("channel.sendall(struct.pack('!I', 3) + b'{{{')", "reader crashed"),
    ],
)
def test_an_inspector_that_fails_is_ended_and_the_next_check_gets_another(files, does, words):
    with closing(Inspectors(seconds=0.2, command=fake(does))) as pool:
        with pytest.raises(errors.InvalidVolume, match=words):
            pool(files["image"], max_voxels=1000)
        assert pool._all == set()
        pool._command, pool._seconds = inspector_process.COMMAND, 20.0
        assert pool(files["image"], max_voxels=1000).geometry == GRID


def test_closing_ends_a_check_that_hangs(files):
    pool, found = Inspectors(seconds=600, command=fake("say({'declared': 0}); time.sleep(600)")), []

    def check():
        with pytest.raises(errors.InvalidVolume) as caught:
            pool(files["image"], max_voxels=1000)
        found.append(caught.value)

    thread = threading.Thread(target=check)
    thread.start()
    while not pool._all:
        pass
    inspector = next(iter(pool._all))
    pool.close()
    thread.join(30)
    assert "reader crashed" in found[0].received
    assert inspector._process.poll() is not None


@LINUX
def test_inspectors_are_confined_where_the_kernel_can():
    code = "from dualnetssl.server.inspection import sandbox; print(sandbox.confine())"
    able = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert str(list(protection())) == able.strip()


@LINUX
@pytest.mark.parametrize("name", ["_landlock", "_seccomp"])
def test_each_protection_alone_keeps_from_files_and_network(name, tmp_path):
    (tmp_path / "secret").write_text("secret")
    code = (
        "import socket, sys\nfrom dualnetssl.server.inspection import sandbox\n"
        f"if not sandbox.{name}(): sys.exit('unable')\n"
        "def tried(action):\n"
        "    try: action(); return 'done'\n"
        "    except PermissionError: return 'refused'\n"
        f"print(tried(lambda: open({str(tmp_path / 'secret')!r})), tried(lambda: open({str(tmp_path / 'new')!r}, 'w')),"
        " tried(socket.socket), 6 * 7)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    if "unable" in done.stderr:
        pytest.skip("this kernel has no such protection")
    network = "refused" if name == "_seccomp" else "done"  # Landlock lets make a socket and refuses to connect it
    assert done.stdout == f"refused refused {network} 42\n", done.stderr
    assert not (tmp_path / "new").exists()


@LINUX
def test_memory_limit_holds():
    code = (
        "from dualnetssl.server.inspection.sandbox import limit_memory\n"
        "limit_memory(1 << 28); bytearray(1 << 27)\n"
        "try: bytearray(1 << 29)\n"
        "except MemoryError: print('held')"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "held\n"


@LINUX
def test_a_volume_far_larger_than_the_budget_is_checked_within_it(tmp_path):
    """1 GiB of voxels in 1 MB: the check goes through all of them, and its process stays small."""
    path = headers.bomb(tmp_path / "large.nrrd", (1024, 1024, 128), "double")
    with closing(Inspectors(1, seconds=300)) as pool:
        pool(path, max_voxels=1 << 29)
        (inspector,) = pool._all
        status = Path(f"/proc/{inspector._process.pid}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    assert int(peak.split()[1]) < 400 << 10
