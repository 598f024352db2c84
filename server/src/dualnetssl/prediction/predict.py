"""Prediction of whole scans: a segmentation, two uncertainty maps and a summary for each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dualnetssl import volumes
from dualnetssl.bundle.export import load_networks
from dualnetssl.bundle.model_card import ModelCard
from dualnetssl.contract.jobdir import write_atomic
from dualnetssl.contract.jobspec import JobCase, PredictConfig
from dualnetssl.contract.schema import Geometry, LabelDefinition
from dualnetssl.method.networks import Segmenter
from dualnetssl.pictures import sheet
from dualnetssl.pictures.sheet import Sheet
from dualnetssl.prediction.begun import Begun
from dualnetssl.prediction.expected_dice import predict_dice
from dualnetssl.prediction.footprint import Budget, free_bytes, largest, plan
from dualnetssl.prediction.maps import in_steps
from dualnetssl.prediction.opinions import write_opinions
from dualnetssl.prediction.pipeline import one_by_one, overlap
from dualnetssl.prediction.probabilities import write_probabilities
from dualnetssl.prediction.uncertainty import Beliefs, gather
from dualnetssl.prediction.windows import Windows, back
from dualnetssl.scans.cache import PreparedCache
from dualnetssl.scans.cases import read_kept
from dualnetssl.scans.preparation import Recipe, probe_image, to_values
from dualnetssl.volumes.counting import count_values
from dualnetssl.volumes.expected_error import expected_error_ml

TABLE = "predictions.json"
_LOOK_VOXELS = 2**22
"""So many voxels a GPU sees at once if its memory allows: it waits for its host else, windows are done so fast."""
_LOOK_BYTES = 64
"""For each voxel and channel at full resolution; 11 were measured on a CPU, and kernels want room of their own."""
_LOOK_SHARE = 0.5


@dataclass(frozen=True)
class Predictor:
    """A loaded model on its device.

    Attributes:
        card: what is known of the model.
        networks: both.
        device: where they are.
        overlap: of neighbouring windows.
        precision: of the networks' arithmetic; probabilities are float32 always.
        at_once: how many windows the networks see together.
    """

    card: ModelCard
    networks: tuple[Segmenter, Segmenter]
    device: torch.device
    overlap: float
    precision: torch.dtype = torch.float32
    at_once: int = 1

    def slabs(self, image: Tensor) -> Iterator[Tensor]:
        """Yield both networks' probabilities ``[2 C, d, H, W]``, the first network's before the second's.

        Windows overlap and are blended with Gaussian weights, each network by itself. Slabs follow each other along
        the first axis of the prepared image ``[K, D, H, W]``; no more than a layer of windows is held.
        """
        windows = Windows(self.card.recipe.patch, self.overlap, self.device, self.at_once)
        return windows.over(image, self.look, self.probable)

    def probabilities(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Return both networks' probabilities ``[C, D, H, W]`` of a whole prepared image ``[K, D, H, W]``."""
        first, second = torch.cat(list(self.slabs(image)), dim=1).chunk(2)
        return first, second

    def look(self, window: Tensor) -> list[Tensor]:
        """Return the logits ``[B, C, d, h, w]`` of each network for windows ``[B, K, d, h, w]``."""
        return [self._ask(network, window) for network in self.networks]

    def probable(self, logits: Tensor) -> Tensor:
        """Return the probabilities that logits ``[C, d, h, w]`` stand for, float32."""
        return probabilities_of(logits.float(), self.card.temperature)

    def _ask(self, network: Segmenter, window: Tensor) -> Tensor:
        mixed = self.precision != torch.float32
        with torch.autocast(self.device.type, self.precision) if mixed else nullcontext():
            logits: Tensor = network(window)[0]
        return logits


def probabilities_of(logits: Tensor, temperature: float) -> Tensor:
    """Return softmax(z / T) over the first axis of float32 ``[C, d, h, w]``.

    The channels of logits lie beside each other and those of probabilities do not. On a CPU a product of matrices both
    divides them and parts them, as quickly as the memory allows; else PyTorch does so voxel by voxel.
    """
    if logits.device.type != "cpu":
        return (logits / temperature).softmax(dim=0)
    divided = (torch.eye(len(logits)) / temperature) @ logits.flatten(1)
    return divided.softmax(dim=0).view(logits.shape)


def load_predictor(model: Path, config: PredictConfig, device: torch.device) -> Predictor:
    """Load a model folder.

    Raises:
        InvalidRequest: the folder holds no whole model.
    """
    card, networks = load_networks(model, device)
    precision = torch.bfloat16 if config.precision == "bf16" else torch.float32
    free = None if device.type == "cpu" else free_bytes(device)
    return Predictor(card, networks, device, config.overlap, precision, together(card, free))


def together(card: ModelCard, free: int | None) -> int:
    """Return how many windows a device sees at once that has so many bytes to give; None: it sees one by one."""
    if free is None:
        return 1
    voxels = prod(card.recipe.patch)
    fit = int(_LOOK_SHARE * free / (_LOOK_BYTES * card.config.width * voxels))
    return max(1, min(_LOOK_VOXELS // voxels, fit))


@dataclass(frozen=True)
class Scan:
    """A scan that is ready for the networks: its intensities ``[K, D, H, W]`` and its own canonical grid."""

    prepared: Tensor
    geometry: Geometry


def read_scan(path: Path, recipe: Recipe, cache: PreparedCache | None = None) -> Scan:
    """Read a scan onto the training grid, from the cache if it is there."""
    return Scan(*read_kept(path, recipe, cache))


def believe(predictor: Predictor, path: Path) -> tuple[Beliefs, Geometry]:
    """Read and predict one scan on its own canonical grid."""
    scan = read_scan(path, predictor.card.recipe)
    return believe_scan(predictor, scan), scan.geometry


def believe_scan(predictor: Predictor, scan: Scan, keep: bool = False) -> Beliefs:
    """Predict one scan on its own canonical grid; the probabilities are kept if ``keep``."""
    torch.set_flush_denormal(True)  # of the thread that is at work
    size = scan.geometry.size[::-1]
    own = back(predictor.slabs(scan.prepared), scan.prepared.shape[1], size)
    return gather(((slab.chunk(2)[0], slab.chunk(2)[1]) for slab in own), size, keep)


def summarise(beliefs: Beliefs, geometry: Geometry, labels: Sequence[LabelDefinition]) -> dict[str, Any]:
    """Return volumes in ml per class, as segmented and as expected from the probabilities, and mean uncertainties."""
    voxel_ml = float(np.prod(geometry.spacing)) / 1000
    counts = count_values(beliefs.classes.numpy())[: len(labels) + 1].tolist()
    names = [label.name for label in sorted(labels, key=lambda label: label.value)]
    return {
        "volume_ml": {name: counts[i] * voxel_ml for i, name in enumerate(names, 1)},
        "expected_volume_ml": {name: float(beliefs.expected[i]) * voxel_ml for i, name in enumerate(names, 1)},
        "mean_uncertainty": float(beliefs.total.mean()),
        "foreground_uncertainty": _foreground_sum(beliefs) / sum(counts[1:]) if any(counts[1:]) else None,
    }


def _foreground_sum(beliefs: Beliefs) -> float:
    """Return the sum of all foreground's uncertainty; slice by slice, of which none is copied out of the cache."""
    pairs = zip(beliefs.total.flatten(1), beliefs.classes.flatten(1), strict=True)
    return sum(float(total.dot((classes > 0).float())) for total, classes in pairs)


def dice_to_expect(beliefs: Beliefs, labels: Sequence[LabelDefinition], quality: float | None) -> dict[str, Any]:
    """Return ``predicted_dice`` of each class by name, and the mean; None where there is no estimate."""
    names = [label.name for label in sorted(labels, key=lambda label: label.value)]
    scores = predict_dice(beliefs.agreement, quality)
    known = [score for score in scores if score is not None]
    return {
        "predicted_dice": sum(known) / len(known) if known else None,
        "predicted_dice_of": dict(zip(names, scores, strict=True)),
    }


def write_case(
    beliefs: Beliefs,
    scan: Scan,
    card: ModelCard,
    case: JobCase,
    output: Path,
    many: bool = False,
    exact: bool = False,
) -> dict[str, Any]:
    """Write a scan's volumes, opinions and sheet in its own geometry and return its row of ``predictions.json``.

    ``many`` tells that there are so many scans that small pictures must do, ``exact`` that maps are not to be in steps.
    Figures, opinions and sheet are of the exact maps.
    """
    native = probe_image(case.image).geometry
    labels = card.labels
    values = to_values(beliefs.classes.numpy(), labels)
    names = {part: f"{case.case}.{ending}" for part, ending in _ENDINGS.items()}
    volumes.write_segmentation(output / names["segmentation"], volumes.from_canonical(values, native), native, labels)
    for part, array in (("uncertainty", beliefs.total), ("disagreement", beliefs.disagreement)):
        own = volumes.from_canonical(array.float().numpy(), native)
        own = own if exact else in_steps(own)
        volumes.write_volume(output / names[part], own, native)
    if beliefs.probabilities is not None:
        names["probabilities"] = f"{case.case}.probabilities.npz"
        write_probabilities(output / names["probabilities"], beliefs.probabilities, native, card.ordered_labels)
    class_values = [0, *(label.value for label in card.ordered_labels)]
    write_opinions(output / names["opinions"], beliefs.opinions, native, class_values)
    sheet.write(draw_sheet(beliefs, scan, labels, many), output / names["sheet"], case.case)
    summary = summarise(beliefs, scan.geometry, labels) | dice_to_expect(beliefs, labels, card.quality)
    return {"case": case.case, **names, "summary": summary | error_to_expect(beliefs, case, native, labels)}


def draw_sheet(beliefs: Beliefs, scan: Scan, labels: Sequence[LabelDefinition], many: bool) -> Sheet:
    """Draw what a report shows of a scan, over its first channel as the networks see it."""
    i, j, k = scan.geometry.spacing
    colours = [label.colour for label in sorted(labels, key=lambda label: label.value)]
    anatomy, doubt = scan.prepared[0].float().numpy(), beliefs.total.float().numpy()
    return sheet.draw(anatomy, beliefs.classes.numpy(), doubt, (k, j, i), colours, many)


def error_to_expect(
    beliefs: Beliefs, case: JobCase, native: Geometry, labels: Sequence[LabelDefinition]
) -> dict[str, Any]:
    """Return ``expected_error_ml``: the volume that is expected to be wrong and that nobody has verified."""
    uncertainty = volumes.from_canonical(beliefs.total.float().numpy(), native)
    verified = None if case.verified is None else volumes.read_label_onto(Path(case.verified), native)
    return {"expected_error_ml": expected_error_ml(uncertainty, native.spacing, len(labels) + 1, verified)}


_ENDINGS = {
    "segmentation": "seg.nrrd",
    "uncertainty": "uncertainty.nrrd",
    "disagreement": "disagreement.nrrd",
    "opinions": "opinions.npz",
    "sheet": sheet.ENDING,
}


def predict_cases(
    model: Path,
    cases: Sequence[JobCase],
    output: Path,
    config: PredictConfig,
    device: torch.device,
    on_case: Callable[[str, int, int], object] = lambda name, done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
    on_budget: Callable[[Budget], object] = lambda budget: None,
    probabilities: bool = False,
    cache: PreparedCache | None = None,
    on_write: Callable[[str], object] = lambda name: None,
    table_name: str = TABLE,
) -> dict[str, Any]:
    """Predict many scans into a folder and write its table; scans already there are not done again.

    The next scan is read and the last one written while the networks are busy with one, if memory allows.

    Args:
        model: folder of the model.
        cases: the scans.
        output: folder for the volumes.
        config: how to predict.
        device: where to run.
        on_case: called after each scan with its name, how many are done, and how many there are.
        cancelled: asked before each scan; what is done by then is kept.
        on_budget: told before the first scan what memory is expected to be needed.
        probabilities: whether to write the probability of each class in each voxel, too.
        cache: of prepared scans; what it has is not prepared again, and nothing is added.
        on_write: called with a scan's name before its files are written, over those of an earlier prediction.
        table_name: file of the table.
    """
    output.mkdir(parents=True, exist_ok=True)
    predictor = load_predictor(model, config, device)
    begun, rows = Begun(output, _made_by(model, config)), list[dict[str, Any]]()
    many, exact = len(cases) >= sheet.MANY_FROM, config.maps == "float32"

    def read(case: JobCase) -> tuple[JobCase, Scan | None]:
        done = begun.has_row(case, probabilities)
        return case, None if done else read_scan(Path(case.image), predictor.card.recipe, cache)

    def work(given: tuple[JobCase, Scan | None]) -> tuple[JobCase, Scan | None, Beliefs | None]:
        case, scan = given
        return case, scan, believe_scan(predictor, scan, probabilities) if scan else None

    def write(found: tuple[JobCase, Scan | None, Beliefs | None]) -> JobCase:
        case, scan, beliefs = found
        if scan and beliefs:
            on_write(case.case)
            row = write_case(beliefs, scan, predictor.card, case, output, many, exact)
            write_atomic(begun.path(case), json.dumps(row).encode())
        return case

    on_budget(budget := _budget(cases, predictor, config, probabilities))
    for case in (overlap if budget.overlapped else one_by_one)(cases, read, work, write, cancelled):
        rows.append(json.loads(begun.path(case).read_bytes()))
        on_case(case.case, len(rows), len(cases))
    table = _write_table(output / table_name, model, predictor.card, rows)
    begun.clear(cases if len(rows) == len(cases) else ())
    return table


def _budget(cases: Sequence[JobCase], predictor: Predictor, config: PredictConfig, probabilities: bool) -> Budget:
    need = largest(cases, predictor.card, probabilities)
    return plan(need, free_bytes(torch.device("cpu")), config.memory_gb)


def _write_table(path: Path, model: Path, card: ModelCard, rows: list[dict[str, Any]]) -> dict[str, Any]:
    table = {"model": model.name, "labels": [label.model_dump() for label in card.labels], "cases": rows}
    write_atomic(path, json.dumps(table, indent=1).encode())
    return table


def _made_by(model: Path, config: PredictConfig) -> str:
    """Name weights and config, so that what others left unfinished in the folder is never taken for ours."""
    found = hashlib.sha256((model / "models" / "model.pt").read_bytes())
    found.update(config.model_dump_json(exclude={"memory_gb"}).encode())
    return found.hexdigest()[:16]
