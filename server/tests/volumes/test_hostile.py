"""Every file of the corpus: refused or made harmless, soon, in little memory, and no other file is ever opened."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hostile import watched
from hostile.corpus import CANARY, REFUSED, TAKEN
from hostile.headers import VOXELS

from dualnetssl import volumes
from dualnetssl.contract.errors import InvalidVolume, ProblemError
from dualnetssl.server.inspection import Inspectors

MAX_VOXELS = 1 << 26
CORPUS = {**REFUSED, **TAKEN}
SECRET = b"SECRET=s"  # as many bytes as the volumes have voxels


@pytest.fixture
def canary(tmp_path):
    """A file that nobody may open, with an access time that shows whether somebody did."""
    path = tmp_path / "canary"
    path.write_bytes(SECRET)
    os.utime(path, (1, 2))
    return path


@pytest.fixture(scope="module")
def inspectors():
    with closing(Inspectors(1, seconds=60)) as pool:
        yield pool


def write(path: Path, data: bytes, canary: Path) -> Path:
    path.write_bytes(data.replace(CANARY.encode(), str(canary).encode()))
    return path


def test_the_corpus_is_large():
    assert len(REFUSED) >= 100
    assert len(TAKEN) >= 15


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("role", ["image", "label"])
def test_what_lies_is_refused_with_a_sentence(inspectors, tmp_path, canary, name, role):
    files = {"image": write(tmp_path / "good", TAKEN["a data file as a text"], canary)}
    files[role] = write(tmp_path / "bad", REFUSED[name], canary)
    with pytest.raises(ProblemError) as caught:
        inspectors(**files, allowed_values=[1], max_voxels=MAX_VOXELS)
    assert "crashed" not in caught.value.received
    assert "did not end" not in caught.value.received
    assert str(tmp_path) not in str(caught.value)
    assert canary.stat().st_atime == 1


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken_is_kept_without_its_texts(inspectors, tmp_path, canary, name):
    path = write(tmp_path / "file", TAKEN[name], canary)
    folder = tmp_path / "new"
    folder.mkdir()
    facts = inspectors(path, path, allowed_values=[1, 128], max_voxels=8, rewrite_to=folder)
    assert sorted(facts.rewritten) == ["image", "label"]
    kept = facts.rewritten["image"].read_bytes()
    assert b"DOE" not in kept
    assert str(canary).encode() not in kept
    read, _ = volumes.read_image(facts.rewritten["image"])
    given, _ = volumes.read_image(path)
    np.testing.assert_array_equal(read, given)
    again = tmp_path / "again"
    again.mkdir()
    assert inspectors(facts.rewritten["image"], max_voxels=8, rewrite_to=again).rewritten == {}


def test_no_other_file_is_opened_and_no_memory_taken(tmp_path, canary):
    """Without any confinement, so that it is our code that opens nothing."""
    paths = [write(tmp_path / str(number), data, canary) for number, data in enumerate(CORPUS.values())]
    program = [sys.executable, str(Path(watched.__file__))]
    done = subprocess.run(program, input="\n".join(map(str, paths)), capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["events"] == []
    assert [name for name, kind in zip(CORPUS, found["kinds"], strict=True) if kind is None and name in REFUSED] == []
    assert canary.stat().st_atime == 1


def cpu_seconds(process):
    fields = (process / "stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what a process takes")
def test_all_of_it_together_stays_within_the_budget(tmp_path, canary):
    with closing(Inspectors(1, seconds=60)) as pool:
        pool.protection()  # starts the one inspector
        (inspector,) = pool._all
        process, used = Path(f"/proc/{inspector._process.pid}"), [0.0]
        for number, data in enumerate(CORPUS.values()):
            path = write(tmp_path / str(number), data, canary)
            with contextlib.suppress(ProblemError):
                pool(path, path, allowed_values=[1], max_voxels=MAX_VOXELS)
            assert pool._all == {inspector}
            used.append(cpu_seconds(process))
        assert max(after - before for before, after in itertools.pairwise(used)) < 5
        peak = next(line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM"))
        assert int(peak.split()[1]) < 400 << 10


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux shows another process's limits")
def test_a_file_that_is_written_anew_has_an_end(tmp_path, canary):
    path = write(tmp_path / "file", TAKEN["a data file as a text"], canary)
    with closing(Inspectors(1, seconds=60)) as pool:
        pool(path, path, allowed_values=[1, 128], max_voxels=8, rewrite_to=tmp_path)
        (inspector,) = pool._all
        limits = Path(f"/proc/{inspector._process.pid}/limits").read_text()
    assert int(re.search(r"Max file size +(\d+)", limits)[1]) < 32 << 20


@pytest.mark.parametrize("kind", ["pipe", "device", "dangling link", "link to a device", "loop"])
def test_what_is_no_file_is_not_opened(tmp_path, kind):
    path = tmp_path / "scan.nrrd"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        targets = {"device": None, "dangling link": tmp_path / "none", "link to a device": "/dev/zero", "loop": path}
        if targets[kind] is None:
            path = Path("/dev/zero")
        else:
            path.symlink_to(targets[kind])
    with pytest.raises(InvalidVolume):
        volumes.read_image(path)


def test_the_voxels_of_a_good_file_are_those_of_the_file(tmp_path, canary):
    path = write(tmp_path / "good", TAKEN["a name in a text"], canary)
    np.testing.assert_array_equal(volumes.read_label(path)[0].ravel(), np.frombuffer(VOXELS, np.uint8))
