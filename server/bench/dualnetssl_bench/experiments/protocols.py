"""Which scans teach, which are kept out, and what every training of a protocol has in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dualnetssl import volumes
from dualnetssl.cli.terminal import Progress, complain
from dualnetssl.contract.errors import InvalidDataset, InvalidRequest
from dualnetssl.contract.jobspec import JobCase
from dualnetssl.intake import from_folders
from dualnetssl.intake.classes import Labels
from dualnetssl.intake.folders import case_name, list_volumes, stem
from dualnetssl.volumes.phantoms import write_sample_data

ORDER_FILE = "train.list"


@dataclass(frozen=True)
class Protocol:
    """How a data set is used.

    Attributes:
        name: what the user calls it.
        labelled: how many scans are labelled if the user does not say.
        kept_out: how many scans, the last ones, take no part in training and judge it.
        steps: training steps if the user does not say.
        fields: of the training configuration, unless the user sets others.
        listed: the order of scans is that of the file ``train.list`` beside the folders, else that of their names.
        spacing_mm: scans and labels are brought to this isotropic spacing first; as they are if None.
        published_strides: if set, the literature's figures are taken as well, with these strides (k, j, i) in voxels.
    """

    name: str
    labelled: int
    kept_out: int
    steps: int
    fields: dict[str, Any] = field(default_factory=dict)
    listed: bool = False
    spacing_mm: float | None = None
    published_strides: tuple[int, int, int] | None = None


HIPPOCAMPUS = Protocol("hippocampus", 4, 60, 400, {"width": 8, "patch": [32, 48, 32]})
LEFT_ATRIUM = Protocol(
    "left-atrium",
    labelled=8,
    kept_out=16,
    steps=6000,
    fields={"width": 16, "patch": [80, 112, 112]},
    listed=True,
    published_strides=(4, 18, 18),
)
"""As the literature has it (Yu et al., UA-MT, MICCAI 2019, and all that compare with it), inside its 80 scans."""
LEFT_ATRIUM_HALF = Protocol(
    "left-atrium-half",
    labelled=8,
    kept_out=16,
    steps=600,
    fields={"width": 8, "patch": [48, 64, 64]},
    listed=True,
    spacing_mm=1.25,
)
"""Half the resolution of `LEFT_ATRIUM`. Half of its patch, 40x56x56, does not divide by the strides' product, 16."""
QUICK = Protocol(
    "quick", 2, 2, 4, {"width": 2, "patch": [32, 16, 16], "spacing": [5.0, 5.0, 5.0], "checkpoint_every": 2}
)
"""Phantom scans and networks so small that nothing can be learnt: shows that a bench runs, no more."""
QUICK_CASES = 7
PROTOCOLS = {protocol.name: protocol for protocol in (HIPPOCAMPUS, LEFT_ATRIUM, LEFT_ATRIUM_HALF)}


@dataclass(frozen=True)
class Material:
    """The scans of a protocol, all with their labels: those that training may see, in order, and those kept out."""

    train: tuple[JobCase, ...]
    kept_out: tuple[JobCase, ...]
    labels: Labels

    def cases(self, labelled: int) -> tuple[JobCase, ...]:
        """Return the training scans, of which only the first so many keep their labels."""
        unlabelled = (case.model_copy(update={"label": None}) for case in self.train[labelled:])
        return (*self.train[:labelled], *unlabelled)

    @property
    def judges(self) -> tuple[JobCase, ...]:
        """The scans that are kept out, without their labels, to predict them."""
        return tuple(case.model_copy(update={"label": None}) for case in self.kept_out)

    @property
    def truths(self) -> dict[str, Path]:
        """The label files of the scans that are kept out, by name."""
        return {case.case: Path(case.label) for case in self.kept_out if case.label is not None}


def gather(protocol: Protocol, data: Path, output: Path) -> Material:
    """Check all scans of a data set and sort them.

    Args:
        protocol: how to use it.
        data: folder with ``images``, ``labels`` and, where the protocol wants it, ``train.list``.
        output: resampled scans are kept under it, for the next time.

    Raises:
        InvalidDataset: scans cannot be used, have no label, or are too few.
    """
    if protocol.spacing_mm is not None:
        data = coarse_copy(data, output / f"scans-{protocol.spacing_mm:g}mm", protocol.spacing_mm)
    with Progress("checking files") as progress:
        found = from_folders.take_training(from_folders.Request(data / "images", data / "labels"), progress.count)
    from_folders.refuse_findings(found.findings, skip_invalid=False, say=complain)
    cases = {case.case: case for case in found.cases if case.label is not None}
    names = read_order(data / ORDER_FILE, cases) if protocol.listed else sorted(cases)
    if len(names) < protocol.kept_out + 2:
        received = f"{len(names)} scans with a label"
        needed = f"at least {protocol.kept_out + 2}, of which {protocol.kept_out} are kept out"
        raise InvalidDataset(received, needed, "Check the folder given as --data.")
    first_kept = len(names) - protocol.kept_out
    ordered = [cases[name] for name in names]
    return Material(tuple(ordered[:first_kept]), tuple(ordered[first_kept:]), found.labels)


def read_order(path: Path, known: Sequence[str] | dict[str, Any]) -> list[str]:
    """Return the names that a list file gives, one a line, in its order.

    Raises:
        InvalidDataset: there is no such file, or it names scans that are not there.
    """
    if not path.is_file():
        received = f"a folder without {path.name}"
        raise InvalidDataset(received, f"{path.name} with one scan's name a line", "Check the folder given as --data.")
    names = [case_name(stem(line.strip())) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    missing = [name for name in names if name not in known]
    if missing:
        received = f"{path.name} with {len(missing)} names that no labelled scan has, such as {missing[0]}"
        raise InvalidDataset(received, "names of labelled scans", f"Correct {path.name}, or add the scans.")
    return list(dict.fromkeys(names))


def check_labelled(labelled: int, material: Material) -> int:
    """Return how many scans are labelled.

    Raises:
        InvalidRequest: fewer than one, or so many that none is left unlabelled.
    """
    if not 1 <= labelled < len(material.train):
        received = f"--labelled {labelled}"
        allowed = f"1 to {len(material.train) - 1}, as {len(material.train)} scans take part in training"
        raise InvalidRequest(received, allowed, "Choose another number.")
    return labelled


def coarse_copy(data: Path, target: Path, spacing_mm: float) -> Path:
    """Write scans and labels at another spacing, those that are not there yet, and return the folder.

    At twice the spacing a voxel of a scan is the mean of the eight that it covers.
    """
    for part in ("images", "labels"):
        files = list_volumes(data / part, part).files
        (target / part).mkdir(parents=True, exist_ok=True)
        with Progress(f"{part} at {spacing_mm:g} mm") as progress:
            for number, (name, path) in enumerate(files.items(), start=1):
                _write_coarse(path, target / part / f"{name}.nrrd", spacing_mm, is_label=part == "labels")
                progress.count(number, len(files), name)
    if (data / ORDER_FILE).is_file():
        (target / ORDER_FILE).write_bytes((data / ORDER_FILE).read_bytes())
    return target


def _write_coarse(source: Path, target: Path, spacing_mm: float, *, is_label: bool) -> None:
    if target.exists():
        return
    spacing = (spacing_mm, spacing_mm, spacing_mm)
    if is_label:
        volumes.write_volume(target, *volumes.resample(*volumes.read_label(source), spacing, "nearest"))
    else:
        volumes.write_volume(target, *volumes.resample(*volumes.read_image(source), spacing))


def quick_data(folder: Path) -> Path:
    """Write the phantom scans of `QUICK`, if they are not there, and return their folder."""
    if not (folder / "labels.json").is_file():
        write_sample_data(folder, QUICK_CASES, seed=0, size="small")
    return folder
