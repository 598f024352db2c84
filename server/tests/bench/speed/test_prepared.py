import json

import torch

from dualnetssl.cli import main
from dualnetssl_bench.speed import neighbour, predicting, prepared


def test_scans_that_are_kept_are_prepared_once_and_hold_next_to_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(prepared, "_CROPS", 2)

    def apart(folder, count, kept):
        return prepared.measure(folder, count, None if kept == "-" else tmp_path / "kept")

    monkeypatch.setattr(prepared, "_apart", apart)
    words = ["--scans", "3", "--edge", "32", "--output", str(tmp_path / "prepared.json")]
    assert main.main(["bench", "prepared", *words]) == 0
    ways = json.loads((tmp_path / "prepared.json").read_text())["figures"]["ways"]
    assert len(ways) == 3
    assert all(one["cpu_seconds"] >= 0 and one["crop_cpu_ms"] >= 0 for one in ways.values())  # a clock may not tick
    assert len(list((tmp_path / "kept").glob("*/about.json"))) == 4  # three images, one label
    assert "1,000 CTs of 512x512x400" in capsys.readouterr().out


def test_a_neighbour_is_measured_with_all_kinds_of_waiting(tmp_path, capsys, monkeypatch):
    seen = []

    def apart(words, environment):
        seen.append(environment["OMP_WAIT_POLICY"] + environment.get("GOMP_SPINCOUNT", ""))
        return [1.0, 3.5, 2.0, 1.8, 1.0, 1.5][len(seen) - 1]

    monkeypatch.setattr(neighbour, "_apart", apart)
    monkeypatch.setattr(neighbour.frame, "load", lambda: 0.1)
    words = ["--quick", "--rounds", "1", "--output", str(tmp_path / "neighbour.json")]
    assert main.main(["bench", "neighbour", *words]) == 0
    assert seen == ["ACTIVE", "ACTIVE", "PASSIVE", "PASSIVE", "PASSIVE700", "PASSIVE700"]
    figures = json.loads((tmp_path / "neighbour.json").read_text())["figures"]
    assert list(figures["times"].values()) == [3.5, 0.9, 1.5]
    assert "1.6 times at most: kept" in capsys.readouterr().out
    assert "NOT kept" in neighbour.findings({"a, alone": 1.0, "a, beside": 2.0}, 24, 0.0).text()
    assert "its load is unknown" in neighbour.findings({"a, alone": 1.0, "a, beside": 1.0}, 24, None).text()
    assert "not judged" in neighbour.findings({"a, alone": 1.0, "a, beside": 1.0}, 24, 9.0).text()


def test_steps_are_timed_in_the_process_that_is_started():
    assert neighbour.seconds_for(1, 2, (16, 16, 32)) > 0


def test_predicting_is_measured_beside_the_networks_in_all_ways(tmp_path, capsys):
    words = ["--quick", "--rounds", "1", "--output", str(tmp_path / "predicting.json")]
    assert main.main(["bench", "predicting", *words]) == 0
    figures = json.loads((tmp_path / "predicting.json").read_text())["figures"]
    assert figures["ways"].keys() == predicting.WAYS.keys()
    much, little, other = figures["ways"].values()
    assert much["doubt"] > 1.5 * little["doubt"] > 0 < other["doubt"]
    assert "CPU seconds" in capsys.readouterr().out


def test_the_time_of_stand_in_networks_is_in_no_part(monkeypatch):
    now = iter(range(100))
    monkeypatch.setattr(predicting.time, "process_time", lambda: next(now))
    clock = predicting.Clock()
    network = predicting.stand_in(predicting.Way(1.0), 0.0, clock)
    # the clock ticks at each look at it: two of the part, two of the network between them
    answer = clock.time("windows", lambda: network(torch.zeros((1, 1, 4, 4, 4)))[0])
    assert answer.shape == (1, 3, 4, 4, 4)
    assert answer.stride()[1] == 1
    assert (clock.networks, clock.seconds) == (1, {"windows": 2})
