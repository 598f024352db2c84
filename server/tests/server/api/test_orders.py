"""What a job's configuration may be: whatever is accepted can be carried out."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Generator

from dualnetssl.contract.config import TrainConfig, divisor_for, resolve
from dualnetssl.contract.errors import InvalidDataset, InvalidRequest
from dualnetssl.contract.jobspec import JobSpec, PredictConfig
from dualnetssl.contract.schema import JobCreate, JobKind
from dualnetssl.method.networks import patch_divisor, plan_levels
from dualnetssl.method.step import ramps
from dualnetssl.scans.preparation import check_patch
from dualnetssl.server.api.resources.orders import check_config

NUMBERS = st.one_of(
    st.integers(-2, 2**65), st.floats(allow_subnormal=False), st.sampled_from([0, 1, 2, 16, 32, 48, 512, 1e308, 1e-9])
)
VALUES = st.one_of(
    NUMBERS,
    st.booleans(),
    st.none(),
    st.text(max_size=3),
    st.lists(NUMBERS, max_size=4),
    st.sampled_from(["sgd", "bf16"]),
)
WHOLE = st.lists(st.sampled_from([0, 8, 16, 32, 48, 64, 512, 513]), min_size=3, max_size=3)
SPACINGS = st.lists(st.floats(1e-3, 1e3), min_size=3, max_size=3)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seed", 10**40),
        ("seed", -1),
        ("spacing", [0, 0, 0]),
        ("spacing", [-1, 1, 1]),
        ("spacing", [1e-9, 1, 1]),
        ("spacing", [float("nan"), 1, 1]),
        ("patch", [-1, 0, 0]),
        ("patch", [10**9, 16, 16]),
        ("learning_rate", 1e308),
        ("learning_rate", float("inf")),
        ("weight_decay", float("inf")),
        ("flip_axes", [7]),
        ("flip_axes", [1, 1]),
        ("gradient_clip", float("inf")),
        ("pseudo_weight", float("nan")),
        ("validate_every", 10**20),
        ("calibration_scans", 10**20),
    ],
)
def test_what_no_worker_could_carry_out_is_refused_when_ordered(field, value):
    with pytest.raises(InvalidRequest, match=field):
        check_config(JobKind.TRAIN, {field: value})


@pytest.mark.parametrize("field", [{"overlap": 0.999}, {"overlap": float("nan")}, {"memory_gb": float("inf")}])
@pytest.mark.parametrize("kind", [JobKind.PREDICT, JobKind.EVALUATE])
def test_predictions_that_would_never_end_are_refused(kind, field):
    with pytest.raises(InvalidRequest):
        check_config(kind, field)


def test_a_patch_that_does_not_fit_its_spacing_is_refused():
    with pytest.raises(InvalidRequest, match="multiples of 16x16x16"):
        check_config(JobKind.TRAIN, {"spacing": [1, 1, 1], "patch": [16, 16, 24]})
    with pytest.raises(InvalidRequest, match="multiples of 16x16x16"):
        check_config(JobKind.TRAIN, {"spacing": [1, 1, 1], "patch": [16, 16, 16]})
    check_config(JobKind.TRAIN, {"spacing": [4, 1, 1], "patch": [8, 16, 16]})


def test_a_grid_that_no_memory_holds_is_refused(rig, expect):
    dataset = rig.dataset()
    rig.case(dataset, "a", label=b"label")
    order = {"kind": "train", "dataset": dataset, "config": {"spacing": [0.001, 0.001, 0.001]}}
    assert "coarser" in expect(rig.client.post("/v1/jobs", json=order), 422, "invalid-request")["remedy"]
    order["config"]["spacing"] = [1, 1, 1]
    assert rig.client.post("/v1/jobs", json=order).status_code == 201


@given(SPACINGS)
def test_order_and_networks_agree_on_patches(spacing):
    assert divisor_for(spacing) == patch_divisor(plan_levels(spacing))


def fields_of(model):
    return st.dictionaries(st.sampled_from(sorted(model.model_fields)), VALUES, max_size=2)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(fields_of(TrainConfig), st.none() | WHOLE, st.none() | SPACINGS)
def test_whatever_is_accepted_can_be_planned(fields, patch, spacing):
    config = {**fields, **({"patch": patch} if patch else {}), **({"spacing": spacing} if spacing else {})}
    try:
        check_config(JobKind.TRAIN, config)
    except InvalidRequest:
        return
    made = resolve(config)
    plan = plan_levels(made.spacing or (1.0, 1.0, 1.0))
    if made.patch is not None and made.spacing is not None:
        check_patch(made.patch, patch_divisor(plan))
    Generator().manual_seed(made.seed)
    assert TrainConfig.model_validate_json(made.model_dump_json()) == made
    json.loads(made.model_dump_json(), parse_constant=pytest.fail)
    ramps(made, made.steps)


@given(fields_of(PredictConfig))
def test_whatever_prediction_is_accepted_can_be_written_down(fields):
    try:
        check_config(JobKind.PREDICT, fields)
    except InvalidRequest:
        return
    made = PredictConfig(**fields)
    assert PredictConfig.model_validate_json(made.model_dump_json()) == made
    assert JobSpec.model_fields["predict"].annotation is PredictConfig


@pytest.mark.parametrize("patch", [[16, 16, 16], [32, 16, 24], [6, 16, 16]])
def test_a_patch_that_does_not_fit_the_spacing_of_the_scans_is_refused(rig, expect, patch):
    """Two scans of 1 x 1 x 2 mm: along k, edges need divide by 8 alone."""
    dataset = rig.dataset()
    for name in "ab":
        rig.case(dataset, name, label=b"label")
    order = {"kind": "train", "dataset": dataset, "config": {"patch": patch}}
    if patch[0] == 16:
        assert rig.client.post("/v1/jobs", json=order).status_code == 201
        return
    told = expect(rig.client.post("/v1/jobs", json=order), 422, "invalid-request")
    assert "[2.0, 1.0, 1.0] mm" in told["received"]
    assert "multiples of 8x16x16" in told["allowed"]
    assert "--" not in told["remedy"]


def test_a_training_that_goes_on_brings_its_own_patch(rig):
    dataset = rig.dataset()
    rig.case(dataset, "a", label=b"label")
    labels, job = rig.services.store.datasets.get(dataset).labels, rig.services.store.jobs
    first, _ = job.create(JobCreate(kind="train", dataset=dataset))
    model = rig.services.store.models.record(first.id, labels, {}, "a" * 64).id
    order = {"kind": "train", "dataset": dataset, "model": model, "config": {"patch": [6, 16, 16]}}
    assert rig.client.post("/v1/jobs", json=order).status_code == 201


def test_the_worker_words_its_advice_for_field_and_option():
    with pytest.raises(InvalidDataset, match="at least one edge twice that") as refused:
        check_patch((16, 16, 16), (16, 16, 16))
    assert "--" not in refused.value.remedy
