"""The words of the wire: what they refuse."""

import pytest
from pydantic import ValidationError

from dualnetssl_server.errors import NotFound
from dualnetssl_server.schema import CasePut, DatasetCreate, JobState, LabelDefinition, check_label_set, problem_of

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
