"""Data sets, cases and worklists over HTTP."""

import pytest

from dualnetssl.contract.errors import GeometryMismatch, InvalidLabelValue, InvalidVolume, VolumeTooLarge
from dualnetssl.contract.schema import JobCreate
from dualnetssl.server.store import NewPrediction


def put(rig, dataset, name, body, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return rig.client.put(f"/v1/datasets/{dataset}/cases/{name}", json=body, headers=named)


def predicted(rig, dataset, case, image, **summary):
    job, _ = rig.services.store.jobs.create(JobCreate(kind="train", dataset=dataset))
    labels = rig.services.store.datasets.get(dataset).labels
    model = rig.services.store.models.record(job.id, labels, {}, "f" * 64)
    new = NewPrediction(case, image, "1" * 64, rig.upload(b"map"), "3" * 64, summary)
    assert rig.services.store.predictions.record(model.id, [new]) == 1
    return model.id


def test_datasets(rig, expect):
    dataset = rig.dataset()
    found = rig.client.get(f"/v1/datasets/{dataset}").json()
    assert [label["value"] for label in found["labels"]] == [1, 2]
    assert found["case_count"] == 0
    rig.case(dataset, "a")
    assert [item["case_count"] for item in rig.client.get("/v1/datasets").json()] == [1]
    assert rig.client.delete(f"/v1/datasets/{dataset}").json()["cases"] == 1
    expect(rig.client.get(f"/v1/datasets/{dataset}"), 404, "not-found")
    expect(rig.client.delete(f"/v1/datasets/{dataset}"), 404, "not-found")
    for part in ("cases", "worklist"):
        expect(rig.client.get(f"/v1/datasets/{dataset}/{part}"), 404, "not-found")


def test_deleting_a_dataset_takes_its_job_folders(rig, expect):
    dataset = rig.dataset()
    job, _ = rig.services.supervisor.submit(JobCreate(kind="train", dataset=dataset))
    folder = rig.services.settings.jobs_root / job.id
    folder.mkdir(parents=True)
    expect(rig.client.delete(f"/v1/datasets/{dataset}"), 409, "conflict")
    assert folder.exists()
    rig.services.supervisor.cancel(job.id)
    assert rig.client.delete(f"/v1/datasets/{dataset}").json()["jobs"] == 1
    assert not folder.exists()


def test_a_new_case(rig):
    dataset = rig.dataset()
    body = {"image": rig.upload(b"scan"), "annotator": "reader 1"}
    answer = put(rig, dataset, "a", body)
    assert (answer.status_code, answer.headers["ETag"]) == (201, '"1"')
    case = answer.json()
    assert (case["state"], case["revision"], case["verified_fraction"]) == ("new", 1, 0)
    assert case["geometry"]["size"] == [4, 5, 6]
    asked = rig.verdicts.asked[0]
    assert asked["image"] == b"scan"
    assert (asked["allowed_values"], asked["max_voxels"]) == ([1, 2], rig.services.settings.voxels)
    again = rig.client.get(f"/v1/datasets/{dataset}/cases/a")
    assert (again.json(), again.headers["ETag"]) == (case, '"1"')
    assert rig.client.get(f"/v1/datasets/{dataset}/cases").json() == [case]


def test_changes_need_the_present_revision(rig, expect):
    dataset = rig.dataset()
    body = {"image": rig.upload(b"scan")}
    assert put(rig, dataset, "a", body, If_None_Match="*").status_code == 201
    assert "If-Match" in expect(put(rig, dataset, "a", body), 428, "precondition-required")["received"]
    expect(put(rig, dataset, "a", body, If_Match="1"), 422, "invalid-request")
    expect(put(rig, dataset, "a", body, If_Match='"7"'), 412, "revision-conflict")
    expect(put(rig, dataset, "a", body, If_None_Match="*"), 412, "revision-conflict")
    told = expect(put(rig, dataset, "b", body, If_Match='"1"'), 412, "revision-conflict")
    assert "somebody" not in told["detail"]
    assert ("not there" in told["received"], "If-None-Match" in told["remedy"]) == (True, True)
    labelled = {**body, "label": rig.upload(b"label")}
    answer = put(rig, dataset, "a", labelled, If_Match='"1"')
    assert (answer.status_code, answer.headers["ETag"], answer.json()["state"]) == (200, '"2"', "labelled")
    revisions = rig.client.get(f"/v1/datasets/{dataset}/cases/a/revisions").json()
    assert [(item["revision"], item["label"]) for item in revisions] == [(1, None), (2, labelled["label"])]


@pytest.mark.parametrize(("fraction", "state"), [(0.25, "in_review"), (1.0, "verified")])
def test_masks(rig, fraction, state):
    dataset = rig.dataset()
    rig.verdicts.fraction = fraction
    body = {"image": rig.upload(b"scan"), "label": rig.upload(b"label"), "verified": rig.upload(b"mask")}
    case = put(rig, dataset, "a", body).json()
    assert (case["state"], case["verified_fraction"]) == (state, fraction)
    assert rig.verdicts.asked[0]["verified"].read_bytes() == b"mask"


@pytest.mark.parametrize("error", [InvalidVolume, GeometryMismatch, InvalidLabelValue, VolumeTooLarge])
def test_a_bad_volume_leaves_nothing(rig, expect, error):
    dataset = rig.dataset()
    rig.verdicts.error = error("this", "that", "Do so.")
    answer = put(rig, dataset, "a", {"image": rig.upload(b"scan")})
    assert expect(answer, error.status, error.kind)["received"] == "this"
    assert rig.client.get(f"/v1/datasets/{dataset}/cases").json() == []


def test_what_a_case_cannot_be(rig, expect):
    dataset = rig.dataset()
    image = rig.upload(b"scan")
    expect(put(rig, dataset, "a", {"image": "0" * 64}), 404, "not-found")
    expect(put(rig, dataset, "a", {"image": "zz"}), 422, "invalid-request")
    expect(put(rig, dataset, "a", {"image": image, "verified": image}), 422, "invalid-request")
    expect(put(rig, dataset, ".hidden", {"image": image}), 422, "invalid-request")
    expect(put(rig, "ds_unknown", "a", {"image": image}), 404, "not-found")
    assert rig.verdicts.asked == []


def test_deleting_a_case_erases_it(rig, expect):
    dataset = rig.dataset()
    rig.case(dataset, "a")
    url = f"/v1/datasets/{dataset}/cases/a"
    expect(rig.client.delete(url), 428, "precondition-required")
    expect(rig.client.delete(url, headers={"If-Match": '"2"'}), 412, "revision-conflict")
    assert rig.client.delete(url, headers={"If-Match": '"1"'}).json()["revisions"] == 1
    expect(rig.client.get(url), 404, "not-found")
    expect(rig.client.delete(url, headers={"If-Match": '"1"'}), 404, "not-found")
    expect(rig.client.get(url + "/predictions"), 404, "not-found")
    expect(rig.client.get(url + "/revisions"), 404, "not-found")
    assert rig.case(dataset, "a")["revision"] == 2


def test_scans_of_several_channels_are_told_and_never_mixed_in_a_job(rig, expect):
    dataset, rig.verdicts.channels = rig.dataset(), 2
    assert rig.case(dataset, "a", b"two", label=b"label")["channels"] == 2
    rig.case(dataset, "b", b"two more")
    rig.verdicts.channels = 1
    assert rig.case(dataset, "c", b"one")["channels"] == 1
    told = expect(rig.client.post("/v1/jobs", json={"kind": "train", "dataset": dataset}), 422, "invalid-dataset")
    assert told["received"] == "cases with other channels than most: c (1)"
    order = {"kind": "train", "dataset": dataset, "cases": ["a", "b"]}
    assert rig.client.post("/v1/jobs", json=order).status_code == 201


def test_worklist_and_predictions(rig):
    dataset = rig.dataset()
    for name in ("sure", "unsure", "unseen"):
        rig.case(dataset, name)
    rig.case(dataset, "labelled", label=b"label")
    image = rig.client.get(f"/v1/datasets/{dataset}/cases/sure").json()["image"]
    predicted(rig, dataset, "sure", image, mean_uncertainty=0.9)
    model = predicted(rig, dataset, "sure", image, mean_uncertainty=0.1, predicted_dice=0.95)
    predicted(rig, dataset, "unsure", image, mean_uncertainty=0.4)
    listed = rig.client.get(f"/v1/datasets/{dataset}/worklist?order=uncertainty").json()
    assert [(item["case"], item["score"]) for item in listed] == [("unsure", 0.4), ("sure", 0.1), ("unseen", None)]
    assert listed[1]["predicted_dice"] == 0.95
    predictions = rig.client.get(f"/v1/datasets/{dataset}/cases/sure/predictions").json()
    assert (len(predictions), predictions[0]["model"]) == (2, model)
    assert rig.client.get(f"/v1/datasets/{dataset}/cases/sure").json()["state"] == "predicted"


def test_a_change_to_a_case_that_was_erased_says_so_and_its_advice_works(rig, expect):
    dataset = rig.dataset()
    body = {"image": rig.case(dataset, "a")["image"]}
    rig.client.delete(f"/v1/datasets/{dataset}/cases/a", headers={"If-Match": '"1"'})
    body["image"] = rig.upload(b"image")
    told = expect(put(rig, dataset, "a", body, If_Match='"1"'), 412, "revision-conflict")
    assert "erased" in told["remedy"]
    assert put(rig, dataset, "a", body, If_None_Match="*").status_code == 201
