from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from method_support import LABELS, prepared, tiny_config, tiny_model, write_cases

from dualnetssl.bundle.model_card import read_card
from dualnetssl.cli.monitor import describe
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobSpec
from dualnetssl.contract.schema import JobKind
from dualnetssl.method.networks import plan_levels
from dualnetssl.scans.batches import Pools
from dualnetssl.scans.preparation import Recipe
from dualnetssl.worker import jobs, memory, needs, preparing
from dualnetssl.worker.memory import Load, convolution_voxels, fitting, ran_out, smaller, training_bytes

SPACING = (1.0, 1.0, 1.0)


def load(patch=(32, 48, 32), **fields):
    return Load(tiny_config(**fields), Recipe(spacing=SPACING, windows=(None,), patch=patch), plan_levels(SPACING))


def test_the_estimate_grows_with_patches_their_size_width_and_scans():
    small = training_bytes(load(width=4), 3, 0)
    patches = training_bytes(load(width=4, labelled_per_step=4, unlabelled_per_step=4), 3, 0)
    assert 1.5 * small < patches < 4.1 * small
    assert 1.5 * small < training_bytes(load((64, 48, 32), width=4), 3, 0) < 2.1 * small
    assert 1.8 * small < training_bytes(load(width=8), 3, 0) < 4 * small
    assert training_bytes(load(width=4), 3, 3000) == small + 3000


def test_two_volumes_a_convolution_are_what_autograd_keeps():
    model, patch = tiny_model(tiny_config(width=4, norm="batch")), torch.zeros(1, 1, 32, 48, 32)
    weights = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept: dict[int, int] = {}

    def note(tensor):
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = 0 if storage.data_ptr() in weights else storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        outputs = [network(patch) for network in model.networks]
    plan = plan_levels(SPACING)
    expected = sum(2 * 4 * convolution_voxels(model.student(index), (32, 48, 32), plan) for index in (0, 1))
    assert len(outputs) == 2
    assert 0.75 * expected < sum(kept.values()) < 1.25 * expected


def test_less_memory_means_fewer_patches_then_smaller_ones_then_an_end():
    order, seen = load((32, 48, 32), labelled_per_step=3, unlabelled_per_step=2), []
    while (order := smaller(order)) is not None:
        seen.append((order.config.labelled_per_step, order.config.unlabelled_per_step, order.recipe.patch))
    assert seen[:3] == [(2, 1, (32, 48, 32)), (1, 1, (32, 48, 32)), (1, 1, (32, 32, 32))]
    assert seen[-1] == (1, 1, (16, 16, 32))


def test_a_training_that_cannot_fit_is_made_smaller_before_it_starts():
    said: list[str] = []
    chosen = fitting(
        load(labelled_per_step=2, unlabelled_per_step=2),
        lambda order: 1000 * order.config.labelled_per_step,
        1500,
        said.append,
    )
    assert chosen.config.labelled_per_step == 1
    assert len(said) == 1
    assert "1 + 1 patches of 32 x 48 x 32 voxels" in said[0]
    assert fitting(load(), lambda order: 10**9, None, said.append) == load()
    assert fitting(load(), lambda order: 10**9, 1, said.append).recipe.patch == (16, 16, 32)
    assert "1.0 GB" in said[-1]


def test_only_memory_counts_as_memory():
    assert ran_out(torch.OutOfMemoryError("CUDA out of memory"))
    assert ran_out(MemoryError())
    assert not ran_out(RuntimeError("shapes do not match"))
    assert not ran_out(ValueError("can't allocate memory"))


@pytest.fixture
def job(tmp_path):
    cases = write_cases(tmp_path, labelled=1, unlabelled=1)
    directory = JobDirectory(tmp_path / "job")
    config = tiny_config(steps=3, patch=(16, 16, 32), labelled_per_step=2, unlabelled_per_step=2)
    directory.create(JobSpec(kind=JobKind.TRAIN, labels=LABELS, cases=cases, device="cpu", train=config))
    return directory


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("DefaultCPUAllocator: can't allocate memory")]
)
def test_a_job_whose_memory_runs_out_goes_on_with_fewer_patches_and_says_so(job, monkeypatch, error):
    events: list[tuple[str, dict]] = []
    real = jobs.train

    def train(run, state):
        if run.config.labelled_per_step > 1:
            raise error
        return real(run, state)

    monkeypatch.setattr(jobs, "train", train)
    result = jobs.perform(job, lambda kind, **fields: events.append((kind, fields)))
    assert result.outcome == "succeeded"
    assert result.step == 3
    assert [fields["message"] for kind, fields in events if kind == "warning"] == [
        "memory ran out: training goes on with 1 + 1 patches of 32 x 16 x 16 voxels a step"
    ]
    assert read_card(job.model_path).config.labelled_per_step == 1
    data = next(fields for kind, fields in events if kind == "data")
    assert data["memory_estimate_bytes"] > 1_000_000
    assert "MR" in describe({"kind": "data", **data})
    assert "MB" in describe({"kind": "data", **data})
    assert "CT, window -100 to 300 HU" in describe({"kind": "data", **data, "windows": [(-100.0, 300.0)]})
    both = describe({"kind": "data", **data, "windows": [(-100.0, 300.0), None]})
    assert "channel 1 CT, window -100 to 300 HU; channel 2 MR" in both


def test_scans_that_an_order_leaves_out_are_told_of(job):
    spec = job.read_spec()
    job.spec_path.unlink()
    job.create(spec.model_copy(update={"cases": spec.cases[1:], "left_out": tuple("abcdefg")}))
    events = []
    assert jobs.perform(job, lambda kind, **fields: events.append((kind, fields))).outcome == "failed", "no label"
    assert [kind for kind, _ in events[:2]] == ["started", "warning"]
    assert events[1][1]["message"].endswith("than this job takes: a, b, c, d, e and 2 more")


def test_a_job_that_cannot_become_smaller_fails_as_out_of_memory(job, monkeypatch):
    def train(run, state):
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(jobs, "train", train)
    monkeypatch.setattr(memory, "smaller", lambda order: None)
    result = jobs.perform(job, lambda kind, **fields: None)
    assert result.outcome == "failed"
    assert result.problem is not None
    assert result.problem.type.endswith("out-of-memory")


def test_scans_that_rest_on_the_device_are_not_counted_twice(job, monkeypatch):
    held: list[str] = []
    real, events = preparing.prepare_case, []

    def prepare_case(case, *arguments):
        held.append(case.case)
        return real(case, *arguments)

    monkeypatch.setattr(preparing, "prepare_case", prepare_case)
    monkeypatch.setattr(jobs, "free_bytes", lambda device: 1 if held else 10**12)
    jobs.perform(job, lambda kind, **fields: events.append(kind))
    assert len(held) == 2
    assert "warning" not in events


def test_scans_rest_on_a_gpu_where_networks_leave_them_room_and_those_in_files_take_none():
    small = load(width=4)
    networks = training_bytes(small, 3, 0)
    assert memory.rest_on_device(small, 3, 10**9, None)
    assert memory.rest_on_device(small, 3, 1000, networks + 3000)
    assert not memory.rest_on_device(small, 3, 1000, networks + 2999)
    held, other = prepared("a"), replace(prepared("b", labelled=False), mapped=True)
    assert memory.scan_bytes(Pools((held,), (held, other))) == held.image.nbytes + held.label.nbytes


def test_what_a_job_needs_of_a_node_is_estimated_from_headers(tmp_path, capsys):
    cases = write_cases(tmp_path)
    config = tiny_config(width=4)
    directory = JobDirectory(tmp_path / "job")
    directory.create(JobSpec(kind=JobKind.TRAIN, labels=LABELS, cases=cases, train=config))
    on_cpu, on_gpu = needs_of(directory, capsys), needs_of(directory, capsys, "--gpu")
    grid = jobs.choose_grid(cases, config)
    own = Load(config, Recipe(spacing=grid.spacing, windows=(None,) * grid.channels, patch=grid.patch), grid.plan)
    assert 1.25 * training_bytes(own, len(LABELS) + 1, 0) < on_cpu - 1e9 < 2 * training_bytes(own, len(LABELS) + 1, 0)
    assert 5e9 < on_gpu < 5.1e9  # networks and scans rest on the GPU


def needs_of(directory, capsys, *options):
    assert needs.main([str(directory.path), *options]) == 0
    return int(capsys.readouterr().out)
