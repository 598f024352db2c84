"""The words of the wire: what they refuse."""

import pytest
from pydantic import ValidationError

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.errors import NotFound
from dualnetssl.contract.jobspec import PredictConfig
from dualnetssl.contract.schema import (
    Case,
    CasePut,
    DatasetCreate,
    Draft,
    DraftPut,
    JobCreate,
    JobState,
    LabelDefinition,
    NextRequest,
    Revision,
    check_label_set,
    problem_of,
)

LIVER = LabelDefinition(value=1, name="liver")
TUMOUR = LabelDefinition(value=2, name="tumour")


@pytest.mark.parametrize("colour", [(0, 0, 256), (-1, 0, 0)])
def test_colours_have_bounds(colour):
    with pytest.raises(ValidationError, match="colour"):
        LabelDefinition(value=1, name="liver", colour=colour)


@pytest.mark.parametrize("value", [0, 255])
def test_background_and_ignored_are_no_labels(value):
    with pytest.raises(ValidationError):
        LabelDefinition(value=value, name="liver")


@pytest.mark.parametrize(
    ("twin", "said"),
    [(LabelDefinition(value=1, name="other"), "value 1"), (LabelDefinition(value=3, name="liver"), "name 'liver'")],
)
def test_labels_are_unique(twin, said):
    with pytest.raises(ValidationError, match=f"label {said} is used twice"):
        DatasetCreate(name="x", labels=(LIVER, twin))


def test_labels_are_ordered_by_value():
    assert check_label_set((TUMOUR, LIVER)) == (LIVER, TUMOUR)


def test_a_mask_needs_its_label():
    with pytest.raises(ValidationError, match="needs a label"):
        CasePut(image="a" * 64, verified="b" * 64)


def test_unknown_fields_are_refused_and_models_are_frozen():
    with pytest.raises(ValidationError, match="Extra inputs"):
        CasePut(image="a" * 64, lable="b" * 64)
    with pytest.raises(ValidationError, match="frozen"):
        LIVER.value = 3


def test_ended_states():
    assert [state.value for state in JobState if state.ended] == ["succeeded", "failed", "cancelled"]


def test_errors_become_problems():
    problem = problem_of(NotFound("case 'x'", "a case", "List them."), "id")
    assert (problem.status, problem.received, problem.allowed, problem.remedy) == (
        404,
        "case 'x'",
        "a case",
        "List them.",
    )
    assert problem.request_id == "id"
    assert problem.detail.endswith("List them.")


WIRE = (CasePut, DatasetCreate, DraftPut, JobCreate, LabelDefinition, NextRequest, TrainConfig, PredictConfig)
OTHERS = {"integer": (True, "1", 1.0), "number": (True, "1"), "boolean": (1, "true", "yes", 0.0)}


def typed(schema):
    """The kinds of number or truth that a field may have, each with how many there are in its list; None: no list."""
    for choice in schema.get("anyOf", [schema]):
        items = choice.get("prefixItems", [choice.get("items", {})])
        yield from ((part.get("type"), count) for part, count in ((choice, None), (items[0], len(items))))


def other_types():
    return [
        (model, name, value if count is None else [value] * count)
        for model in WIRE
        for name, schema in model.model_json_schema()["properties"].items()
        for kind, count in typed(schema)
        for value in OTHERS.get(kind, ())
    ]


@pytest.mark.parametrize(("model", "field", "value"), other_types())
def test_nothing_on_the_wire_is_taken_for_a_number_or_a_truth_that_is_none(model, field, value):
    with pytest.raises(ValidationError) as refused:
        model.model_validate({field: value})
    assert field in {error["loc"][0] for error in refused.value.errors() if error["type"] != "missing"}


def test_every_kind_of_field_is_tried_with_other_types():
    tried = {(model.__name__, field) for model, field, _ in other_types()}
    wanted = {("TrainConfig", "seed"), ("TrainConfig", "patch"), ("TrainConfig", "align"), ("TrainConfig", "flip_axes")}
    wanted |= {("DraftPut", "base_revision"), ("LabelDefinition", "value"), ("JobCreate", "predict_after")}
    assert wanted <= tried


@pytest.mark.parametrize("name", ["nonsense", "model_1", "job_0123456789abcdef", "model_0123456789abcdef\n", ""])
def test_a_model_is_named_as_the_server_names_models(name):
    for made in (
        lambda: CasePut(image="a" * 64, model=name),
        lambda: DraftPut(base_revision=1, label="a" * 64, verified="a" * 64, model=name),
    ):
        with pytest.raises(ValidationError, match="model"):
            made()


@pytest.mark.parametrize("kept", [Case, Draft, Revision])
def test_what_was_stored_with_another_name_of_a_model_stays_readable(kept):
    stored = kept.model_construct(model="nonsense")
    with pytest.raises(ValidationError) as refused:
        kept.model_validate(dict(stored))
    assert ("model",) not in {error["loc"] for error in refused.value.errors()}
