"""A training of two processes on CPUs, by torchrun."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from method_support import tiny_config, train_job, write_cases

from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.jobdir import JobResult
from dualnetssl.server.engines.ranks import together
from dualnetssl.worker import jobs, process
from dualnetssl.worker.ranks import SOLO, Ranks, Seat, join

WORKER = (sys.executable, "-m", "dualnetssl.worker.process")


def of(pid, rank):
    """The process of a rank among the children of torchrun."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(status.read_text().rpartition(")")[2].split()[1]) != pid:
                continue
            variables = (status.parent / "environ").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if f"RANK={rank}".encode() in variables:
            return int(status.parent.name)
    return None


def test_what_ranks_tell_each_other_goes_through_torch_distributed(tmp_path):
    place = f"file://{tmp_path}/ranks"
    torch.distributed.init_process_group("gloo", init_method=place, rank=0, world_size=1)
    team = Ranks(0, 1, None)
    own = torch.tensor([0.1, 0.2], requires_grad=True)
    total, count = team.pool.sums(own, torch.tensor(3))
    total.sum().backward()
    assert (total.tolist(), count.item(), count.dtype) == (own.tolist(), 3, torch.int64)
    assert own.grad.tolist() == [1.0, 1.0]
    team.add_gradients([own, torch.zeros(1, requires_grad=True)])
    assert own.grad.tolist() == [1.0, 1.0]
    assert (team.gather(own).tolist(), team.first(7), team.everyone("x")) == (own.tolist(), 7, ["x"])
    team.leave()


@pytest.mark.long
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ranks are found in /proc")
def test_a_training_of_two_ranks_survives_the_death_of_one(tmp_path):
    config = tiny_config(steps=30, checkpoint_every=3)
    directory = train_job(tmp_path / "job", write_cases(tmp_path / "scans"), config)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    with directory.log_path.open("wb") as log:
        child = subprocess.Popen([*together(WORKER, 2), str(directory.path)], stdout=log, stderr=log, env=environment)
    try:
        until(lambda: sum(event.kind == "checkpoint" for event in directory.read_events()) > 1, child, directory)
        os.kill(of(child.pid, 1), signal.SIGKILL)
        assert child.wait(timeout=300) == 0, directory.log_path.read_text()
    finally:
        child.terminate()  # it ends its ranks, too
        child.wait()
    events = directory.read_events()
    assert [event.step for event in events if event.kind == "progress"] == list(range(1, 31))
    (resumed,) = (event.step for event in events if event.kind == "resumed")
    assert resumed >= 6
    assert directory.read_result().outcome == "succeeded"
    packed = torch.load(directory.checkpoint_path, weights_only=True)
    (second,) = packed["ranks"]
    assert not torch.equal(packed["generator"], second["generator"])  # they drew other patches


def until(done, child, directory):
    deadline = time.monotonic() + 300
    while not done():
        assert child.poll() is None, directory.log_path.read_text()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_one_process_is_no_team(tmp_path):
    assert join(Seat(), tmp_path) is SOLO
    assert (SOLO.rank, SOLO.first(3), SOLO.everyone("x"), SOLO.pool.size) == (0, 3, ["x"], 1)


def test_batch_norm_sees_the_patches_of_one_rank_and_is_refused(tmp_path):
    with pytest.raises(InvalidRequest, match="norm=batch on 2 GPUs"):
        jobs._refuse_ranks(tiny_config(norm="batch"), Seat(0, 2))


def test_a_further_rank_leaves_a_finished_job_alone_and_waits_for_the_first_to_say_what_is_wrong(tmp_path, monkeypatch):
    directory = train_job(tmp_path / "job", write_cases(tmp_path / "scans")[2:], tiny_config())  # nothing is labelled
    monkeypatch.setattr(process, "_LAST_WORDS", 0.1)
    monkeypatch.setattr(jobs, "join", lambda seat, folder: SOLO)
    assert process.follow(directory, Seat(1, 2)) == 1
    assert directory.read_events() == []
    directory.write_result(JobResult(outcome="failed"))
    assert process.follow(directory, Seat(1, 2)) == 0
