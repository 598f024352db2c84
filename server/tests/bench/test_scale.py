import json

from dualnetssl.cli import main


def test_scans_an_hour_against_workers(tmp_path, capsys):
    words = ["--workers", "1", "2", "--scans", "2", "--seconds", "0.01", "--kilobytes", "1"]
    assert main.main(["bench", "scale", *words, "--output", str(tmp_path / "scale.json")]) == 0
    figures = json.loads((tmp_path / "scale.json").read_text())["figures"]
    runs = figures["runs"]
    assert figures["taking_in_ms"].keys() == {"sealed", "copied"}
    assert [(one["workers"], one["scans"], one["failed"]) for one in runs] == [(1, 2, 0), (2, 4, 0)]
    assert all(0 < one["share"] <= 1 and one["scans_an_hour"] > 0 for one in runs)
    assert "scans an hour" in capsys.readouterr().out
