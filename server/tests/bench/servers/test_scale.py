import json

from dualnetssl.cli import main
from dualnetssl_bench.servers import lists


def test_scans_an_hour_against_workers(tmp_path, capsys):
    words = ["--workers", "1", "2", "--scans", "2", "--seconds", "0.01", "--kilobytes", "1"]
    assert main.main(["bench", "scale", *words, "--output", str(tmp_path / "scale.json")]) == 0
    figures = json.loads((tmp_path / "scale.json").read_text())["figures"]
    runs = figures["runs"]
    assert figures["taking_in_ms"].keys() == {"sealed", "copied"}
    assert [(one["workers"], one["scans"], one["failed"]) for one in runs] == [(1, 2, 0), (2, 4, 0)]
    assert all(0 < one["share"] <= 1 and one["scans_an_hour"] > 0 for one in runs)
    assert "scans an hour" in capsys.readouterr().out


def test_lists_are_measured_through_the_whole_application(tmp_path, capsys):
    assert main.main(["bench", "lists", "--quick", "--output", str(tmp_path / "lists.json")]) == 0
    figures = json.loads((tmp_path / "lists.json").read_text())["figures"]
    assert (figures["cases"], figures["queued"]) == (50, 5)
    assert {name: one["aim"] for name, one in figures["ms"].items()} == {
        "list, a page of 500 cases": 20,
        "list, a page of 500 from the middle": 20,
        "list, all cases": None,
        "worklist, the first 500": 20,
        "worklist, all": None,
        "next case, by benefit": 50,
        "next case, by uncertainty": 50,
        "next case, by foreground-random": 50,
        "next case, by name": 50,
        "look of the supervisor, 5 jobs queued": 5,
        "order of 10 cases": 5,
        "order of all cases": 200,
    }
    assert all(0 <= one["best"] <= one["median"] for one in figures["ms"].values())  # a clock may not tick
    assert "CPU ms, best" in capsys.readouterr().out


def test_a_middle_and_an_unknown_load_are_told():
    found = lists.findings({"next case, by name": [5.0, 1.0, 2.0]}, 10, 0, None)
    assert found.rows == [["next case, by name", "1.0", "2.0", "50"]]
    assert "before: unknown" in found.text()
