"""The folder bench takes scans through the real server and measures every process."""

from __future__ import annotations

import argparse
import json

import pytest

from dualnetssl.volumes import phantoms
from dualnetssl_bench.servers import folder, memory


@pytest.mark.long
def test_a_small_folder_goes_all_the_way(tmp_path, capsys):
    phantoms.write_sample_data(tmp_path / "scans", 3, 0, "small", lambda *_: None)
    parser = argparse.ArgumentParser()
    folder.configure(parser)
    output = tmp_path / "figures.json"
    words = ["--images", str(tmp_path / "scans" / "images"), "--labels", str(tmp_path / "scans" / "labels")]
    words += ["--labelled", "2", "--steps", "2", "--width", "2", "--predict", "1", "--output", str(output)]
    assert folder.run(parser.parse_args(words)) == 0
    figures = json.loads(output.read_text())["figures"]
    assert figures["cases"] == 3
    assert all(figures["seconds"][stage] > 0 for stage in ("upload", "train", "predict", "fetch"))
    assert "predict" in capsys.readouterr().out
    if memory.PROC.exists():
        peak = figures["peak_bytes"]
        assert 0 < peak["api"] < peak["worker"]


def test_every_stage_and_every_process_has_its_line():
    figures = {"cases": 3, "seconds": {"upload": 1.26}, "peak_bytes": {"api": 60 << 20, "worker": 0, "client": None}}
    found = folder.findings(figures)
    assert found.rows == [["upload", "1.3", "-"], ["api", "-", "60"], ["worker", "-", "-"], ["client", "-", "-"]]
    assert found.figures == figures
