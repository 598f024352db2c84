"""Jobs side by side: shards of a prediction, on this computer and at a cluster that is a folder."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import fake_slurm
import fake_worker
import pytest
from method_support import tiny_config, train_job, write_cases

import dualnetssl.prediction.predict
from dualnetssl.cli import main
from dualnetssl.cli.parallel import seeds, shards, side_by_side
from dualnetssl.cli.parallel.places import Array, Processes
from dualnetssl.contract.config import resolve
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.jobdir import JobDirectory, JobResult
from dualnetssl.contract.jobspec import JobCase, JobSpec
from dualnetssl.contract.schema import JobKind, LabelDefinition
from dualnetssl.server.engines.local import LocalEngine
from dualnetssl.server.engines.slurm import SlurmOptions, queue
from dualnetssl.server.engines.slurm.queue import Queue
from dualnetssl.worker import process

FAKE = (sys.executable, str(Path(fake_worker.__file__)))
OPTIONS = SlurmOptions(gpus=0, cpus=1, memory_gb=1.0, jobs=2)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(side_by_side, "_LOOK_SECONDS", 0.02)
    monkeypatch.setattr(queue, "EVERY", 0.05)
    monkeypatch.setattr(queue, "AWAY", 0.05)


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """A folder of four scans and a model."""
    folder = tmp_path_factory.mktemp("samples")
    cases = write_cases(folder / "scans", labelled=4, unlabelled=0)
    directory = train_job(folder / "job", cases[:2], tiny_config(preset="supervised", steps=1))
    assert process.run(directory).model
    (folder / "labels").mkdir()
    for number in range(4):
        (folder / "scans" / f"label{number}.nrrd").replace(folder / "labels" / f"scan{number}.nrrd")
    return folder


class Kill(BaseException):
    """Command and worker die here."""


class Inline:
    """A place whose workers run to their end as they are started."""

    def __init__(self):
        self.started = []

    def start(self, root, numbers):
        for number in numbers:
            self.started.append(number)
            process.run(JobDirectory(root / str(number)))

    def alive(self, root, number):
        return False

    def waiting(self, root):
        return 0

    def stop(self, root):
        pass


def predict(samples, output, *words):
    common = ["--model", str(samples / "job" / "model"), "--images", str(samples / "scans"), "--device", "cpu"]
    return main.main(["predict", *common, "--output", str(output), "--overlap", "0", *words])


def written(output):
    told = ("predictions.json", "record.json", "report.html")  # of commands and times
    return {path.name: path.read_bytes() for path in output.iterdir() if path.name not in told}


def test_shards_write_what_one_worker_writes(samples, tmp_path, monkeypatch):
    place = Inline()
    monkeypatch.setattr(shards, "place_of", lambda *given, **fields: place)
    assert predict(samples, tmp_path / "one") == 0
    assert predict(samples, tmp_path / "three", "--shards", "3") == 0
    assert place.started == [0, 1, 2]
    one, three = tmp_path / "one", tmp_path / "three"
    assert written(one) == written(three)
    assert json.loads((one / "predictions.json").read_text()) == json.loads((three / "predictions.json").read_text())
    assert predict(samples, three, "--shards", "2") == 0  # nothing is left to do
    assert len(place.started) == 3


def test_a_command_that_was_broken_off_goes_on_with_the_scans_that_are_left(samples, tmp_path, monkeypatch, capfd):
    dying = Inline()
    output = tmp_path / "out"

    def dies(root, numbers):
        def kill(event):
            if event.kind == "predicted":
                raise Kill

        process.run(JobDirectory(root / "0"), kill)

    dying.start = dies
    monkeypatch.setattr(shards, "place_of", lambda *given, **fields: dying)
    with pytest.raises(Kill):
        predict(samples, output, "--shards", "2")
    kept = list(output.glob(".shards/*/0/predictions/.scan0.*.json"))
    assert len(kept) == 1
    place = Inline()
    monkeypatch.setattr(shards, "place_of", lambda *given, **fields: place)
    done, believe = [], dualnetssl.prediction.predict.believe_scan
    monkeypatch.setattr(dualnetssl.prediction.predict, "believe_scan", lambda *given: done.append(1) or believe(*given))
    assert predict(samples, output, "--shards", "2") == 0
    assert len(done) == 4 - len(kept)
    assert {path.name for path in output.iterdir() if path.name.startswith(".")} == set()
    assert len(json.loads((output / "predictions.json").read_text())["cases"]) == 4


def test_a_shard_that_fails_costs_no_other_scan(samples, tmp_path, monkeypatch, capfd):
    class Broken(Inline):
        def start(self, root, numbers):
            (root / "1" / "job.json").write_text((root / "1" / "job.json").read_text().replace("scan1.nrrd", "gone"))
            super().start(root, numbers)

    monkeypatch.setattr(shards, "place_of", lambda *given, **fields: Broken())
    output = tmp_path / "out"
    assert predict(samples, output, "--shards", "2") == 2
    assert "Shard 1:" in capfd.readouterr().out
    assert {row["case"] for row in json.loads((output / "predictions.json").read_text())["cases"]} >= {"scan0", "scan2"}
    monkeypatch.setattr(shards, "place_of", lambda *given, **fields: Inline())
    assert predict(samples, output, "--shards", "2") == 0
    assert len(json.loads((output / "predictions.json").read_text())["cases"]) == 4


def test_what_a_failed_shard_advises_is_heard(samples, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(shards, "place_of", lambda *given, **fields: Inline())
    words = ["--model", str(samples / "job" / "model"), "--images", str(samples / "scans"), "--overlap", "0"]
    order = ["predict", *words, "--output", str(tmp_path / "out"), "--shards", "2"]
    assert main.main([*order, "--device", "cuda:99"]) == 2
    assert "Choose another device" in capfd.readouterr().err
    assert main.main([*order, "--device", "cpu"]) == 0


@pytest.mark.parametrize("words", [("--engine", "slurm"), ("--slurm-gpus", "2"), ("--shards", "0")])
def test_what_makes_no_sense_is_refused(samples, tmp_path, capfd, words):
    assert predict(samples, tmp_path / "out", *words) == 2
    assert "What to do" in capfd.readouterr().err


def train(samples, output, *words):
    common = ["--images", str(samples / "scans"), "--labels", str(samples / "labels"), "--device", "cpu"]
    tiny = ["--width", "2", "--steps", "2", "--patch", "16", "16", "32", "--preset", "supervised"]
    return main.main(["train", *common, *tiny, "--output", str(output), *words])


def test_several_seeds_are_several_trainings(samples, tmp_path, monkeypatch, capfd):
    place = Inline()
    monkeypatch.setattr(seeds, "place_of", lambda *given, **fields: place)
    assert train(samples, tmp_path, "--seeds", "0", "3") == 0
    assert place.started == [0, 3]
    configs = [JobDirectory(tmp_path / name).read_spec().train for name in ("0", "3")]
    assert ([config.seed for config in configs], configs[0].steps) == ([0, 3], 2)
    weights = [(tmp_path / name / "model" / "models" / "model.pt").read_bytes() for name in ("0", "3")]
    assert weights[0] != weights[1]
    out = capfd.readouterr().out
    assert "seed 3    succeeded  " in out
    assert train(samples, tmp_path, "--seeds", "0", "3") == 0  # they are finished already
    assert place.started == [0, 3]


@pytest.mark.parametrize("words", [("--seeds", "1", "1"), ("--seeds", "1", "--seed", "2"), ("--engine", "slurm")])
def test_seeds_that_make_no_sense_are_refused(samples, tmp_path, capfd, words):
    assert train(samples, tmp_path, *words) == 2
    assert "What to do" in capfd.readouterr().err


def test_of_trainings_that_were_not_done_it_is_said_which(tmp_path, capfd):
    stopped = JobResult(outcome="cancelled", metrics={"validation_dice": {"organ": 0.5, "vessel": None}})
    assert seeds.conclude(tmp_path, [0, 1], {0: stopped}) == 130
    out = capfd.readouterr().out
    assert "seed 0    cancelled  0.500" in out
    assert "seed 1    not begun      -" in out
    failed = side_by_side._lost(JobDirectory(tmp_path))
    assert seeds.conclude(tmp_path, [0], {0: failed}) == 2


def order(root, number, steps=3, seed=0):
    directory = JobDirectory(root / str(number))
    labels = (LabelDefinition(value=1, name="organ"),)
    cases = (JobCase(case="one", image="/x"),)
    config = resolve({"steps": steps, "seed": seed, "checkpoint_every": 1})
    directory.create(JobSpec(kind=JobKind.TRAIN, labels=labels, cases=cases, train=config))
    return directory


@pytest.fixture
def processes():
    """Makes places of processes, and sees their last ones end."""
    engines = []

    def make(slots=2):
        engines.append(LocalEngine(FAKE, niceness=0))
        return Processes(("cpu",) * slots, engines[-1])

    yield make
    for child in (child for engine in engines for child in engine._children.values()):
        child.wait()


def run(root, numbers, place, stopping=lambda: False, on_look=lambda waiting: None):
    told = []
    results = side_by_side.run(
        root, numbers, place, stopping, lambda number, event: told.append((number, event.kind)), on_look
    )
    return results, told


def test_processes_share_the_slots_in_turns(tmp_path, processes):
    for number in range(3):
        order(tmp_path, number)
    most = []
    results, told = run(tmp_path, range(3), processes(), on_look=most.append)
    assert [results[number].outcome for number in range(3)] == ["succeeded"] * 3
    assert (max(most), told.count((2, "finished"))) == (1, 1)


def test_a_job_whose_workers_die_is_given_up_and_costs_no_other(tmp_path, processes):
    order(tmp_path, 0, seed=fake_worker.CRASHES, steps=9)
    order(tmp_path, 1)
    results, told = run(tmp_path, range(2), processes())
    assert (results[0].outcome, results[1].outcome) == ("failed", "succeeded")
    assert told.count((0, "started")) == side_by_side.ROUNDS
    assert str(tmp_path / "0" / "worker.log") in results[0].problem.remedy


def test_workers_of_an_earlier_command_are_found_at_work_and_stop_when_asked(tmp_path, processes):
    directory = order(tmp_path, 0, steps=100_000)
    order(tmp_path, 1)
    earlier = processes(1)
    earlier.start(tmp_path, [0])
    while not directory.worker_alive():
        time.sleep(0.01)
    looks = []
    results, told = run(tmp_path, range(2), processes(1), lambda: len(looks) > 20, looks.append)
    assert (results[0].outcome, told.count((0, "started"))) == ("cancelled", 1)
    assert results[0].model


@pytest.fixture
def cluster(tmp_path, monkeypatch):
    with fake_slurm.running(tmp_path / "bin", monkeypatch) as found:
        yield found


def test_an_array_runs_in_the_folders_of_its_numbers(cluster, tmp_path):
    (cluster / "run").touch()
    order(tmp_path, 0)
    order(tmp_path, 7)
    results, _ = run(tmp_path, [0, 7], Array(OPTIONS, 0, FAKE, Queue()))
    assert {number: result.outcome for number, result in results.items()} == {0: "succeeded", 7: "succeeded"}
    (call,) = (cluster / "calls").read_text().splitlines()
    assert "--array=0,7%2" in json.loads(call)


def test_what_waits_at_the_cluster_is_taken_back_when_somebody_stops(cluster, tmp_path, capfd):
    order(tmp_path, 0)
    place, looks = Array(OPTIONS, 0, FAKE, Queue()), []
    results, _ = run(tmp_path, [0], place, lambda: len(looks) > 5 and looks[-1] == 1, looks.append)
    assert (results, fake_slurm.jobs(cluster)) == ({}, [])


def test_a_cluster_that_is_away_is_waited_for(cluster, tmp_path):
    (cluster / "run").touch()
    order(tmp_path, 0)
    (cluster / "away").touch()
    looks = []

    def look(waiting):
        looks.append(waiting)
        if len(looks) == 5:
            (cluster / "away").unlink()

    results, _ = run(tmp_path, [0], Array(OPTIONS, 0, FAKE, Queue()), on_look=look)
    assert results[0].outcome == "succeeded"


def test_slurm_refuses_an_array(cluster, tmp_path):
    order(tmp_path, 0)
    (cluster / "refuse").write_text("invalid partition")
    with pytest.raises(InvalidRequest, match="invalid partition"):
        run(tmp_path, [0], Array(OPTIONS, 0, FAKE, Queue()))
