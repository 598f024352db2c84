"""The real client with the real server: every call of the interface, and a server that dies in between."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
import SimpleITK as sitk
from tinyscans import LABELS, TINY, phantom

from dualnetssl.contract.schema import Role
from dualnetssl.server.settings import store_path
from dualnetssl.server.store import Store
from dualnetssl_bench.servers.local_server import LocalServer
from DualNetSSLLib.client import errors
from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.files import hash_file
from DualNetSSLLib.client.records import CasePut, LabelDefinition
from DualNetSSLLib.client.transport import Backoff
from DualNetSSLLib.client.volumes import image_for_upload


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with LocalServer(tmp_path_factory.mktemp("server") / "data") as server:
        yield server


@pytest.fixture
def client(server):
    with Client(server.address, server.token) as client:
        yield client


@pytest.fixture
def dataset(client):
    return client.create_dataset("abdomen", LABELS).id


def test_the_server_introduces_itself(client):
    assert client.health().status == "ok"
    info = client.server()
    assert info.limits.chunk_bytes > 0
    assert "cpu" in [device.name for device in info.devices]
    assert "steps" in info.train_config["properties"]


def test_a_wrong_token_opens_nothing_but_health(server):
    with Client(server.address, "wrong") as stranger:
        assert stranger.health().status == "ok"
        with pytest.raises(errors.Unauthorized) as caught:
            stranger.datasets()
    assert caught.value.remedy
    assert caught.value.request_id


@pytest.fixture
def accounts(server):
    store = Store(store_path(server.data_folder))
    yield store.accounts
    store.close()


def test_who_one_is_and_what_one_may_not_do(server, client, accounts, dataset):
    owner = client.whoami()
    assert (owner.name, owner.role, owner.owner, owner.expires) == ("owner", "admin", True, None)
    with Client(server.address, accounts.add("Dr Weber", Role.ANNOTATOR, 1)) as weber:
        assert (weber.whoami().name, weber.whoami().owner) == ("Dr Weber", False)
        with pytest.raises(errors.Forbidden) as caught:
            weber.delete_dataset(dataset)
        assert "Dr Weber, who is annotator" in str(caught.value)
        assert "admin" in caught.value.remedy
        accounts.revoke("Dr Weber")
        with pytest.raises(errors.Unauthorized, match="revoked"):
            weber.datasets()


def test_data_sets_come_and_go(client):
    made = client.create_dataset("to be deleted", LABELS)
    assert made.labels == tuple(LABELS)
    assert client.dataset(made.id) == made
    assert made in client.datasets()
    assert client.delete_dataset(made.id).files == 0
    with pytest.raises(errors.NotFound):
        client.dataset(made.id)


def test_a_label_set_with_a_value_twice_is_refused(client):
    with pytest.raises(errors.InvalidRequest, match="twice"):
        client.create_dataset("x", [LABELS[0], LabelDefinition(value=1, name="other")])


def test_a_case_grows_and_keeps_its_revisions(client, dataset, tmp_path):
    image, label = phantom(0)
    sitk.WriteImage(image, str(tmp_path / "scan.nii.gz"))
    first = client.upload_case(dataset, "scan-1", tmp_path / "scan.nii.gz")
    assert (first.revision, first.state, first.geometry.size) == (1, "new", (24, 20, 16))
    second = client.upload_case(dataset, "scan-1", image, label, annotator="ada")
    assert (second.revision, second.state, second.annotator) == (2, "labelled", "ada")
    mask = sitk.Cast(label > 0, sitk.sitkUInt8)
    third = client.upload_case(dataset, "scan-1", image, label, mask, annotator="ada")
    share = float(sitk.GetArrayFromImage(mask).mean())
    assert (third.revision, third.state) == (3, "in_review")
    assert third.verified_fraction == pytest.approx(share)
    assert client.upload_case(dataset, "scan-1", image, label, mask, annotator="ada") == third
    assert [entry.revision for entry in client.revisions(dataset, "scan-1")] == [1, 2, 3]
    assert client.cases(dataset) == [third]
    assert client.dataset(dataset).case_count == 1
    kept = client.download(third.label, tmp_path / "back.nrrd")
    np.testing.assert_array_equal(sitk.GetArrayFromImage(sitk.ReadImage(str(kept))), sitk.GetArrayFromImage(label))


def test_two_people_cannot_overwrite_each_other(client, dataset):
    image, _ = phantom(77)  # no other test's, so that its file goes with the case
    case = client.upload_case(dataset, "scan-1", image)
    content = CasePut(image=case.image, annotator="ada")
    client.put_case(dataset, "scan-1", content, revision=1)
    with pytest.raises(errors.RevisionConflict):
        client.put_case(dataset, "scan-1", content, revision=1)
    with pytest.raises(errors.RevisionConflict):
        client.put_case(dataset, "scan-1", content)
    with pytest.raises(errors.RevisionConflict):
        client.delete_case(dataset, "scan-1", revision=1)
    erased = client.delete_case(dataset, "scan-1", revision=2)
    assert (erased.cases, erased.revisions, erased.files, erased.shared) == (1, 2, 1, ())
    assert (erased.learnt, erased.leftovers) == ((), ())
    assert client.cases(dataset) == []
    with pytest.raises(errors.NotFound):
        client.revisions(dataset, "scan-1")


def test_volumes_that_do_not_fit_are_refused_and_nothing_of_them_stays(client, dataset):
    image, label = phantom(2)
    shifted = sitk.Image(label)
    shifted.SetOrigin((0.0, 0.0, 99.0))
    with pytest.raises(errors.GeometryMismatch):
        client.upload_case(dataset, "scan-1", image, shifted)
    with pytest.raises(errors.InvalidLabelValue):
        client.upload_case(dataset, "scan-1", image, label * 2)
    spoilt = sitk.GetArrayFromImage(sitk.Cast(image, sitk.sitkFloat32))
    spoilt[0, 0, 0] = np.nan
    with pytest.raises(errors.InvalidVolume):
        client.upload_case(dataset, "scan-1", sitk.GetImageFromArray(spoilt))
    assert client.cases(dataset) == []


def test_a_blob_nobody_uploaded_cannot_be_used(client, dataset):
    with pytest.raises(errors.ServerProblem) as caught:
        client.put_case(dataset, "scan-1", CasePut(image="0" * 64))
    assert 400 <= caught.value.status < 500


def test_bytes_damaged_on_their_way_are_refused_and_can_be_sent_again(client, tmp_path):
    path = image_for_upload(phantom(3)[0], tmp_path / "image.nrrd")
    headers = {"Upload-Offset": "0", "Upload-Length": str(path.stat().st_size)}
    damaged = b"x" * 1000
    client.transport.send("PATCH", f"/blobs/{hash_file(path)}", data=damaged, headers=headers)
    with pytest.raises(errors.DigestMismatch):
        client.upload(path)
    assert client.upload(path) == hash_file(path)


def test_a_large_file_goes_up_in_chunks_and_comes_back(client, tmp_path):
    source = tmp_path / "large"
    source.write_bytes(np.random.default_rng(0).bytes(20_000_001))
    seen = []
    digest = client.upload(source, progress=lambda done, total: seen.append(done))
    assert seen[-1] == 20_000_001
    back = client.download(digest, tmp_path / "back")
    assert hash_file(back) == digest == hash_file(source)


def test_a_download_goes_on_from_a_part_by_range(client, tmp_path):
    source = tmp_path / "large"
    source.write_bytes(np.random.default_rng(1).bytes(3_000_000))
    digest = client.upload(source)
    (tmp_path / f"back.{digest[:16]}.part").write_bytes(source.read_bytes()[:1_000_000])
    seen = []
    client.download(digest, tmp_path / "back", progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (1_000_000, 3_000_000)
    assert hash_file(tmp_path / "back") == digest


def test_jobs_that_cannot_be_are_refused(client, dataset):
    image, label = phantom(4)
    client.upload_case(dataset, "scan-1", image, label)
    with pytest.raises(errors.InvalidRequest, match="stepps"):
        client.create_job("train", dataset, config={"stepps": 3})
    with pytest.raises(errors.ServerProblem):
        client.create_job("predict", dataset)
    with pytest.raises(errors.NotFound):
        client.create_job("train", "no-such-dataset")
    with pytest.raises(errors.NotFound):
        client.job("no-such-job")


@pytest.fixture(scope="module")
def trained(server):
    """A data set whose training and prediction have run, with the training's events as they were followed."""
    with Client(server.address, server.token) as client:
        dataset = client.create_dataset("loop", LABELS).id
        for number in range(3):
            image, label = phantom(number)
            client.upload_case(dataset, f"scan-{number}", image, label if number < 2 else None)
        job = client.create_job("train", dataset, config=TINY, idempotency_key=f"loop-{dataset}")
        events = []
        yield client, dataset, client.wait(job.id, events.append), events


def test_a_training_tells_every_step_once(trained):
    _, _, job, events = trained
    assert (job.state, job.problem) == ("succeeded", None)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.fields["step"] for event in events if event.kind == "progress"] == [1, 2, 3, 4, 5, 6]
    assert (events[0].kind, events[-1].kind) == ("started", "finished")


def test_the_same_key_gives_the_same_job(trained):
    client, dataset, job, _ = trained
    again = client.create_job("train", dataset, config=TINY, idempotency_key=f"loop-{dataset}")
    assert again.id == job.id
    with pytest.raises(errors.Conflict):
        client.create_job("train", dataset, config=TINY | {"steps": 7}, idempotency_key=f"loop-{dataset}")


def test_a_model_comes_out_as_a_bundle(trained, tmp_path):
    client, dataset, job, _ = trained
    model = client.model(job.result_model)
    assert client.models(dataset) == [model]
    assert (model.job, model.labels) == (job.id, tuple(LABELS))
    bundle = client.download_bundle(model, tmp_path / "bundle.zip")
    with zipfile.ZipFile(bundle) as archive:
        assert any(name.endswith("configs/inference.json") for name in archive.namelist())


@pytest.mark.long
def test_predictions_follow_a_training_and_rank_the_worklist(trained, tmp_path):
    client, dataset, job, _ = trained
    following = [other for other in client.jobs(dataset) if other.kind == "predict"]
    assert [other.model for other in following] == [job.result_model]
    assert client.wait(following[0].id).state == "succeeded"
    (prediction,) = client.predictions(dataset, "scan-2")
    assert prediction.model == job.result_model
    uncertainty = sitk.ReadImage(str(client.download(prediction.uncertainty, tmp_path / "uncertainty.nrrd")))
    assert uncertainty.GetSize() == phantom(2)[0].GetSize()
    assert uncertainty.GetOrigin() == pytest.approx((-10.0, 5.0, 0.5))
    assert client.case(dataset, "scan-2").state == "predicted"
    worklist = client.worklist(dataset)
    scores = [entry.score for entry in worklist]
    assert "scan-2" in [entry.case for entry in worklist]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.long
def test_a_model_can_be_deleted(trained):
    client, dataset, _, _ = trained
    image, label = phantom(8)
    other = client.create_dataset("short", LABELS).id
    client.upload_case(other, "a", image, label)
    made = client.wait(client.create_job("train", other, config=TINY | {"steps": 2}, predict_after=False).id)
    assert client.delete_model(made.result_model).models == 1
    assert client.models(other) == []
    assert len(client.models(dataset)) == 1


@pytest.mark.long
def test_a_cancelled_training_keeps_a_model_and_goes_on_later(client, dataset):
    for number in range(2):
        image, label = phantom(number)
        client.upload_case(dataset, f"scan-{number}", image, label)
    job = client.create_job("train", dataset, config=TINY | {"steps": 24}, predict_after=False).id
    steps = []
    for event in client.follow_events(job):
        if event.kind == "progress":
            steps.append(event.fields["step"])
            if len(steps) == 3:
                client.cancel_job(job)
    stopped = client.job(job)
    assert (stopped.state, steps[-1] < 24) == ("cancelled", True)
    assert stopped.result_model is not None
    cursor = client.events(job).next
    client.resume_job(job)
    steps += [event.fields["step"] for event in client.follow_events(job, after=cursor) if event.kind == "progress"]
    assert client.job(job).state == "succeeded"
    assert steps == list(range(1, 25))


@pytest.mark.long
def test_events_are_followed_through_the_death_of_the_server(tmp_path):
    server = LocalServer(tmp_path / "data")
    with Client(server.address, server.token, backoff=Backoff(first=0.05, longest=0.2)) as client:
        with server:
            dataset = client.create_dataset("dying", LABELS).id
            for number in range(2):
                image, label = phantom(number)
                client.upload_case(dataset, f"scan-{number}", image, label)
            config = TINY | {"steps": 24}
            follow = client.follow_events(client.create_job("train", dataset, config=config, predict_after=False).id)
            seen = [next(follow)]
            while seen[-1].kind != "progress":
                seen.append(next(follow))
            server.process.kill()
            server.process.wait()
        with server:
            seen += list(follow)
    assert [event.seq for event in seen] == list(range(1, len(seen) + 1))
    assert [event.fields["step"] for event in seen if event.kind == "progress"] == list(range(1, 25))
    assert seen[-1].kind == "finished"
