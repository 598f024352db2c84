"""What predict leaves behind: files called as the scans are, in the format asked for, and nothing done twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dualnetssl import volumes
from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.contract.jobspec import PredictConfig
from dualnetssl.files.pairing import Scan
from dualnetssl.intake.made import MadeScan
from dualnetssl.intake.places import TABLE
from dualnetssl.pictures import sheet

_EXACT = _FULL = "float32"
_PARTS = {"segmentation": "", "uncertainty": ".uncertainty", "disagreement": ".disagreement"}
_ARCHIVES = ("opinions", "probabilities")
FRESH = ".predictions.json"
"""What is predicted now; the table speaks of what was there before until all files have their names."""
_WITHDRAWN = "withdrawn"
_HEXADECIMAL = "[0-9a-f]" * 16
_NIFTI = (".nii", ".nii.gz", ".hdr")


@dataclass(frozen=True)
class Origin:
    """What a prediction was made of: a prediction of the same is the same.

    Attributes:
        scan: SHA-256 of the scan's files and their names.
        model: SHA-256 of the weights.
        overlap: of windows.
        maps: their numbers, exact where it was not written down.
        precision: of the networks' arithmetic, full where it was not written down.
    """

    scan: str
    model: str
    overlap: float
    maps: str = _EXACT
    precision: str = _FULL

    def served_by(self, made: Mapping[str, Any] | None) -> bool:
        """Whether a prediction of that origin will do; exact maps do where steps are wanted.

        Example:
            >>> steps, exact = Origin("a", "b", 0.5, "steps"), Origin("a", "b", 0.5)
            >>> before = {"scan": "a", "model": "b", "overlap": 0.5}  # of an earlier version
            >>> steps.served_by(before), exact.served_by(before), exact.served_by(asdict(steps)), steps.served_by(None)
            (True, True, False, False)
        """
        wanted = asdict(self)
        found = {"maps": _EXACT, "precision": _FULL, **(made or {})}
        return found in (wanted, wanted | {"maps": _EXACT})


def origins(scans: Sequence[Scan], model: Path, config: PredictConfig) -> dict[str, Origin]:
    """Return the origin of the prediction of each scan by its case."""
    weights = hashlib.sha256((model / "models" / "model.pt").read_bytes()).hexdigest()
    return {scan.case: _origin(scan, weights, config) for scan in scans}


def _origin(scan: Scan, weights: str, config: PredictConfig) -> Origin:
    digest = MadeScan(scan.case, scan.channels).digest
    return Origin(digest, weights, config.overlap, config.maps, config.precision)


@dataclass(frozen=True)
class Before:
    """What earlier commands have left in a folder.

    Attributes:
        rows: of the predictions that lie there with all their files.
        withdrawn: of those that a command which was broken off was replacing: of their files nobody knows whether
            they are the old ones.
    """

    rows: tuple[dict[str, Any], ...] = ()
    withdrawn: tuple[dict[str, Any], ...] = ()

    def without(self, cases: Collection[str]) -> Before:
        """Return what is left once the predictions of some cases are to be replaced."""
        staying = tuple(row for row in self.rows if row["case"] not in cases)
        going = tuple(row for row in (*self.rows, *self.withdrawn) if row["case"] in cases)
        return Before(staying, (*going, *(row for row in self.withdrawn if row["case"] not in cases)))


def read_before(output: Path) -> Before:
    """Return what earlier commands have left in a folder; nothing where there is no table."""
    try:
        table = json.loads((output / TABLE).read_bytes())
        rows, withdrawn = table["cases"], table.get(_WITHDRAWN, [])
        whole = tuple(row for row in rows if all((output / str(row.get(part))).is_file() for part in _PARTS))
        return Before(whole, tuple(dict(row) for row in withdrawn))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Before()


@dataclass
class Withdrawal:
    """Takes rows out of a table before their predictions are replaced.

    A command that is ended halfway would else leave the new files under the old ones' figures, and under a model that
    did not make them.

    Attributes:
        output: folder of the table.
        before: what was there before.
    """

    output: Path
    before: Before

    def of(self, *cases: str) -> None:
        """Withdraw the predictions of some cases, if there are any."""
        if not any(row["case"] in cases for row in self.before.rows):
            return
        self.before, table = self.before.without(cases), json.loads((self.output / TABLE).read_bytes())
        table |= _as_table(self.before.rows, self.before.withdrawn)
        write_atomic(self.output / TABLE, json.dumps(table, indent=1).encode())


def _as_table(rows: Iterable[Mapping[str, Any]], withdrawn: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"cases": list(rows), **({_WITHDRAWN: list(withdrawn)} if withdrawn else {})}


def done_already(
    output: Path, rows: Sequence[Mapping[str, Any]], wanted: Mapping[str, Origin], probabilities: bool
) -> set[str]:
    """Return the cases that need not be predicted again; those without probabilities do, if these are wanted."""
    whole = [row for row in rows if not probabilities or (output / str(row.get("probabilities"))).is_file()]
    known = {row["case"]: row.get("origin") for row in whole}
    return {case for case, origin in wanted.items() if origin.served_by(known.get(case))}


def finish(
    output: Path, before: Before, scans: Sequence[Scan], wanted: Mapping[str, Origin], form: str
) -> dict[str, Any]:
    """Give new predictions the names and the format that the user wants, and write the table of all that is there.

    Args:
        output: that predict has written.
        before: what was there before.
        scans: that were predicted now.
        wanted: the origin of each.
        form: ``nrrd``, ``nifti`` or ``same``, which is NIfTI for a scan in NIfTI.
    """
    table: dict[str, Any] = json.loads((output / FRESH).read_bytes())
    files = {scan.case: scan for scan in scans}
    new = {row["case"]: _named(output, row, files[row["case"]], form) for row in table["cases"]}
    new = {case: {**row, "origin": asdict(wanted[case])} for case, row in new.items()}
    for row in (row for row in (*before.rows, *before.withdrawn) if row["case"] in new):
        _take_away(output, row, new[row["case"]])
    kept, withdrawn = ([row for row in rows if row["case"] not in new] for rows in (before.rows, before.withdrawn))
    table |= _as_table(sorted([*kept, *new.values()], key=lambda row: str(row["case"])), withdrawn)
    write_atomic(output / TABLE, json.dumps(table, indent=1).encode())
    write_atomic(output / "labels.json", json.dumps(table["labels"], indent=1).encode())
    (output / FRESH).unlink()
    return table


def _named(output: Path, row: Mapping[str, Any], scan: Scan, form: str) -> dict[str, Any]:
    """Name the files of a prediction after the scan's; what a run that was broken off kept of it is done with."""
    for kept in output.glob(f".{row['case']}.{_HEXADECIMAL}*.json"):  # not those of a scan that is called CASE.2
        kept.unlink()
    nifti = form == "nifti" or (form == "same" and scan.image.name.lower().endswith(_NIFTI))
    named = {part: _moved(output, row[part], f"{scan.stem}{middle}", nifti) for part, middle in _PARTS.items()}
    for part in (part for part in _ARCHIVES if part in row):
        named[part] = _moved_as_it_is(output, row[part], f"{scan.stem}.{part}.npz")
    if "sheet" in row:
        named["sheet"] = _moved_as_it_is(output, row["sheet"], f"{scan.stem}.{sheet.ENDING}")
    return {**row, **named, "file": ", ".join(path.name for path in scan.channels), "stem": scan.stem}


def _moved_as_it_is(output: Path, name: str, wanted: str) -> str:
    (output / name).replace(output / wanted)
    return wanted


def _take_away(output: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Take away the files of a prediction that a new one of the same scan has not replaced by its own."""
    parts = (*_PARTS, *_ARCHIVES, "sheet")
    for name in {old[part] for part in parts if part in old} - {new[part] for part in parts if part in new}:
        (output / name).unlink(missing_ok=True)


def _moved(output: Path, name: str, wanted: str, nifti: bool) -> str:
    old = output / name
    if not nifti:
        new = output / f"{wanted}{'.seg.nrrd' if name.endswith('.seg.nrrd') else '.nrrd'}"
        old.replace(new)
        return new.name
    new = output / f"{wanted}.nii.gz"
    if name.endswith(".seg.nrrd"):
        volumes.write_nifti(new, *volumes.read_label(old))
    else:
        volumes.write_nifti(new, *volumes.read_image(old))
    old.unlink()
    return new.name
