"""Temperature and predicted Dice: recovered where they are known, fitted by training, applied by prediction."""

from __future__ import annotations

import json

import pytest
import torch
from method_support import (
    LABELS,
    PATCH,
    blob,
    scan,
    tiny_config,
    tiny_model,
    tiny_recipe,
    train_job,
    write,
    write_cases,
)

from dualnetssl.bundle import export
from dualnetssl.bundle.description import inference
from dualnetssl.bundle.model_card import ModelCard, read_card
from dualnetssl.bundle.standalone import DualPredictor
from dualnetssl.bundle.standalone import load_weights as load_bundled
from dualnetssl.cli.monitor import describe
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobCase, PredictConfig
from dualnetssl.prediction.calibration import calibrate
from dualnetssl.prediction.expected_dice import fit_quality, overlaps, predict_dice
from dualnetssl.prediction.predict import Predictor, load_predictor, predict_cases
from dualnetssl.prediction.temperature import (
    BOUNDS,
    Tally,
    expected_error_share,
    fit_temperature,
    stated_doubt,
    tally,
    temper,
)
from dualnetssl.scans.batches import Pools
from dualnetssl.worker import jobs

CPU = torch.device("cpu")


def random_probabilities(classes=3, voxels=20_000, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return (2 * torch.randn((classes, voxels), generator=generator)).softmax(dim=0)


class TestTemperature:
    def test_it_divides_the_logits(self):
        logits = torch.randn((4, 50), generator=torch.Generator().manual_seed(0))
        assert torch.allclose(temper(logits.softmax(dim=0), 2.5), (logits / 2.5).softmax(dim=0), atol=1e-6)
        assert torch.equal(temper(logits.softmax(dim=0), 1.0), logits.softmax(dim=0))

    @pytest.mark.parametrize("factor", [0.5, 0.8, 2.0])
    def test_networks_sure_by_a_known_factor_are_set_right(self, factor):
        true = random_probabilities()
        drawn = torch.multinomial(true.T, 1, generator=torch.Generator().manual_seed(1))[:, 0]
        wrong = float((true.argmax(dim=0) != drawn).float().mean())
        stated = temper(true, factor)
        found = fit_temperature(stated, stated, wrong)
        assert found == pytest.approx(1 / factor, rel=0.04)
        assert stated_doubt(stated, stated, found) == pytest.approx(wrong, abs=0.003)

    @pytest.mark.parametrize(("share", "bound"), [(0.0, BOUNDS[0]), (0.66, BOUNDS[1])])
    def test_what_no_temperature_can_state_ends_at_a_bound(self, share, bound):
        assert fit_temperature(random_probabilities(), random_probabilities(seed=1), share) == bound

    def test_errors_per_contradiction_carry_over(self):
        labelled = Tally(voxels=10**6, wrong=30_000, apart=10_000)
        assert expected_error_share(labelled, Tally(10**6, 0, 20_000)) == pytest.approx(0.06, rel=0.01)
        assert expected_error_share(labelled, Tally(10**6, 0, 10**6)) == 0.5
        assert expected_error_share(Tally(100, 0, 0), Tally(1000, 0, 10)) == pytest.approx(0.01)

    def test_what_is_counted(self):
        first = torch.eye(3)[:, [0, 1, 2, 1]]
        second = torch.eye(3)[:, [0, 1, 1, 1]] * 0.9 + 0.03
        assert tally(first, second, torch.tensor([0, 2, 2, 1])) == Tally(voxels=4, wrong=1, apart=1)
        assert tally(first, second, None) + Tally(1, 1, 1) == Tally(voxels=5, wrong=1, apart=2)


class TestQuality:
    def test_overlaps_by_hand(self):
        first = torch.tensor([[0, 1, 1], [2, 2, 0]])
        second = torch.tensor([[0, 1, 0], [2, 1, 0]])
        assert overlaps(first, second, 3) == (pytest.approx(0.5), pytest.approx(2 / 3), None)

    def test_the_loss_of_dice_follows_the_loss_of_agreement(self):
        scans = [(1 - 0.01 * n, 1 - 0.03 * n) for n in range(1, 8)]
        quality = fit_quality([*scans, (None, 0.5), (0.5, None)])
        assert quality == pytest.approx(3, rel=0.15)
        good, poor, absent = predict_dice((0.98, 0.5, None), quality)
        assert good == pytest.approx(0.94, abs=0.01)
        assert (poor, absent) == (0.0, None)
        assert predict_dice((0.9,), None) == (None,)

    def test_perfect_training_scans_promise_no_perfection(self):
        assert predict_dice((0.8,), fit_quality([(1.0, 1.0)] * 3))[0] == pytest.approx(0.8)


def case_of(name, probabilities, label=None):
    """A scan whose image is the first probability, so that a look can find it again."""
    return scan(name, probabilities[:1].reshape(1, 10, 10, -1), label)


class Looks:
    """Two made-up networks: what each says of each scan, and the order in which they were asked."""

    def __init__(self):
        self.said, self.asked = {}, []

    def scan(self, name, first, second, label=None):
        grid = [part.reshape(len(part), 10, 10, -1) for part in (first, second)]
        self.said[float(first[0, 0])] = name, grid
        return case_of(name, first, None if label is None else label.reshape(10, 10, -1).to(torch.uint8))

    def __call__(self, image):
        name, grid = self.said[float(image[0, 0, 0, 0])]
        self.asked.append(name)
        return grid


class TestCalibrate:
    def scans(self, looks):
        """Networks that err twice as often as they differ, on labels; elsewhere they differ more."""
        truth = torch.zeros(2000, dtype=torch.long)
        sure = torch.tensor([[0.99], [0.01]]).expand(2, 2000).clone()
        first, second = sure.clone(), sure * 0.999 + 0.0005
        first[:, :40] = second[:, :40] = torch.tensor([[0.3], [0.7]])
        second[:, :20] = torch.tensor([[0.45], [0.55]])
        first[:, 40:60] = torch.tensor([[0.1], [0.9]])
        labelled = looks.scan("labelled", first, second, truth)
        other = sure * 0.998 + 0.001
        apart = other.clone()
        apart[:, 100:200] = torch.tensor([[0.2], [0.8]])
        return labelled, looks.scan("unlabelled", other, apart)

    def test_the_doubt_on_unlabelled_scans_is_that_of_their_errors(self):
        looks = Looks()
        labelled, unlabelled = self.scans(looks)
        found = calibrate(looks, Pools((labelled,), (unlabelled,)), 12)
        assert found.scans == 2
        assert sorted(looks.asked) == ["labelled", "unlabelled"]
        wrong, apart = 40, 20
        assert found.error_share == pytest.approx((wrong + 100) / (apart + 100) * 100 / 2000)
        _, (first, second) = looks.said[float(unlabelled.image[0, 0, 0, 0])]
        doubt = stated_doubt(first.flatten(1), second.flatten(1), found.temperature)
        assert doubt == pytest.approx(found.error_share, abs=0.002)

    def test_without_unlabelled_scans_the_labelled_ones_serve(self):
        looks = Looks()
        labelled, _ = self.scans(looks)
        found = calibrate(looks, Pools((labelled,), ()), 12)
        assert found.scans == 1
        assert found.error_share == pytest.approx(140 / 120 * 20 / 2000)

    def test_only_verified_voxels_count_as_known_and_only_others_as_unknown(self):
        looks = Looks()
        labelled, _ = self.scans(looks)
        whole = calibrate(looks, Pools((labelled,), ()), 12)
        label = labelled.label.flatten()
        hidden = torch.where(torch.arange(2000) < 60, 255, label).to(torch.uint8)
        partly = scan("partly", labelled.image, hidden.reshape(labelled.label.shape))
        found = calibrate(looks, Pools((partly,), (partly,)), 12)
        assert whole.error_share > 0
        assert found.error_share == pytest.approx(1.0 * 20 / 60)  # nothing is wrong where it is verified

    @pytest.mark.parametrize("held_out", [True, False])
    def test_the_table_counts_wrong_voxels_by_the_value_of_the_calibrated_map(self, held_out):
        looks = Looks()
        labelled, unlabelled = self.scans(looks)
        pools = Pools((labelled,), (unlabelled,), (labelled,) if held_out else ())
        found = calibrate(looks, pools, 12)
        rows = found.reliability["uncertainty"]
        assert (found.reliability["scans"], found.reliability["held_out"]) == (1, held_out)
        assert (sum(row[2] for row in rows), sum(row[3] for row in rows)) == (2000, 40)
        assert (rows[0][0], rows[-1][1]) == (0.0, 1.0)

    def test_it_stops_when_asked_and_can_be_left_out(self):
        looks = Looks()
        labelled, unlabelled = self.scans(looks)
        pools = Pools((labelled,), (unlabelled,))
        answers = iter([False, True])
        assert calibrate(looks, pools, 12, lambda: next(answers)) is None
        assert looks.asked == ["labelled"]
        assert calibrate(looks, pools, 0) is None
        assert looks.asked == ["labelled"]

    def test_scans_kept_out_of_training_serve_before_those_that_taught(self):
        looks = Looks()
        labelled, unlabelled = self.scans(looks)
        first = random_probabilities(2, 2000, seed=5)
        held_out = looks.scan("held out", first, first, torch.zeros(2000, dtype=torch.long))
        calibrate(looks, Pools((labelled,), (unlabelled,), (held_out,)), 12)
        assert looks.asked == ["held out", "unlabelled"]

    def test_evenly_spaced_scans_are_taken_of_many(self):
        looks = Looks()
        labelled, _ = self.scans(looks)
        many = [looks.scan(str(n), *[random_probabilities(2, 100, seed=n)] * 2) for n in range(10)]
        assert calibrate(looks, Pools((labelled,), tuple(many)), 2).scans == 3
        assert looks.asked[1:] == ["2", "7"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A finished training and its events."""
    folder = tmp_path_factory.mktemp("calibrated")
    directory = train_job(folder / "job", write_cases(folder / "data"), tiny_config(steps=2))
    events = []
    result = jobs.perform(directory, lambda kind, **fields: events.append({"kind": kind, **fields}))
    assert result.outcome == "succeeded"
    return directory, events, result.metrics


class TestTraining:
    def test_the_model_keeps_what_was_fitted(self, trained):
        directory, events, metrics = trained
        (event,) = [event for event in events if event["kind"] == "calibrated"]
        card = read_card(directory.model_path)
        assert (card.temperature, card.quality) == (event["temperature"], event["quality"])
        assert card.quality > 0
        assert event["step"] == 2
        assert "reliability" not in event
        assert set(card.metrics["reliability"]) == {"uncertainty", "disagreement", "scans", "held_out"}
        assert metrics["reliability"] == card.metrics["reliability"], "the server keeps what the result says"
        assert event["scans"] == 4
        assert BOUNDS[0] <= card.temperature <= BOUNDS[1]
        told = describe(event | {"temperature": 0.664, "error_share": 0.0126})
        assert told == "Temperature 0.66: 1.3% of the voxels are expected to be wrong on scans without labels."

    @pytest.mark.parametrize("stop", [True, False], ids=["stopped", "left out"])
    def test_a_training_without_it_has_temperature_1(self, tmp_path, stop):
        config = tiny_config(steps=3, **({} if stop else {"calibration_scans": 0}))
        directory = train_job(tmp_path / "job", write_cases(tmp_path / "data"), config)

        def report(kind, **fields):
            assert kind != "calibrated"
            if stop and kind == "progress":
                directory.request_cancel()

        jobs.perform(directory, report)
        card = read_card(directory.model_path)
        assert card.step == (1 if stop else 3)
        assert (card.temperature, card.quality) == (1.0, None)


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Untrained networks with loud heads, a temperature of 2 and a quality of 1.5."""
    folder = tmp_path_factory.mktemp("tempered") / "model"
    config = tiny_config()
    model = tiny_model(config)
    generator = torch.Generator().manual_seed(1)
    for network in model.teachers:
        torch.nn.init.normal_(network.head.weight, std=2.0, generator=generator)
    fitted = {"temperature": 2.0, "quality": 0.7}
    export.export(model, ModelCard(labels=LABELS, recipe=tiny_recipe(), config=config, step=1, **fitted), folder)
    return folder


class TestPrediction:
    def test_each_network_is_tempered(self, exported):
        card, networks = export.load_networks(exported, CPU)
        image = torch.randn((1, *PATCH), generator=torch.Generator().manual_seed(0))
        both = Predictor(card, networks, CPU, 0.0).probabilities(image)
        for found, network in zip(both, networks, strict=True):
            logits = network(image[None])[0][0].detach()
            assert torch.allclose(found, (logits / 2).softmax(dim=0), atol=1e-5)
            assert not torch.allclose(found, logits.softmax(dim=0), atol=0.05)

    def test_where_both_networks_agree_the_temperature_moves_no_voxel(self):
        first, second = random_probabilities(seed=3), random_probabilities(seed=4)
        same = first.argmax(dim=0) == second.argmax(dim=0)
        plain = (first + second).argmax(dim=0)
        for temperature in BOUNDS:
            tempered = (temper(first, temperature) + temper(second, temperature)).argmax(dim=0)
            assert torch.equal(tempered[same], plain[same])

    def test_the_bundle_states_the_same_probabilities(self, exported):
        predictor = load_predictor(exported, PredictConfig(overlap=0.0), CPU)
        options = inference(predictor.card)["network_def"]
        del options["_target_"]
        network = DualPredictor(**options).eval()
        load_bundled(network, str(exported / "models" / "model.pt"))
        image = torch.randn((1, *PATCH), generator=torch.Generator().manual_seed(0))
        first, second = predictor.probabilities(image)
        with torch.no_grad():
            theirs = network(image[None].permute(0, 1, 4, 3, 2))[0].permute(0, 3, 2, 1)
        assert torch.allclose(theirs, (first + second) / 2, atol=1e-5)

    def test_the_summary_tells_the_dice_to_expect(self, tmp_path, exported):
        path = tmp_path / "scan.nrrd"
        write(path, blob((18, 18, 30))[0])
        table = predict_cases(exported, [JobCase(case="scan", image=str(path))], tmp_path, PredictConfig(), CPU)
        summary = table["cases"][0]["summary"]
        scores = summary["predicted_dice_of"]
        assert scores.keys() == {"kernel", "shell"}
        assert all(0.3 <= score < 1 for score in scores.values())  # 1 - 0.7 where the networks share nothing
        assert summary["predicted_dice"] == pytest.approx(sum(scores.values()) / 2)

    def test_a_model_of_an_earlier_version_goes_on_working(self, tmp_path, exported):
        card = json.loads((exported / "training.json").read_text())
        del card["temperature"], card["quality"], card["config"]["calibration_scans"]
        (tmp_path / "training.json").write_text(json.dumps(card))
        old = read_card(tmp_path)
        assert (old.temperature, old.quality) == (1.0, None)


def test_a_stop_while_calibrating_keeps_the_finished_model(tmp_path, monkeypatch):
    directory = train_job(tmp_path / "job", write_cases(tmp_path / "data"), tiny_config(steps=1))
    look = Predictor.probabilities

    def interrupted(self, image):
        JobDirectory(directory.path).request_cancel()
        return look(self, image)

    monkeypatch.setattr(Predictor, "probabilities", interrupted)
    result = jobs.perform(directory, lambda kind, **fields: None)
    assert (result.outcome, result.model) == ("succeeded", True)
    assert read_card(directory.model_path).temperature == 1.0
