"""The open scan's uncertainty as a DICOM Parametric Map, by the converter dcmqi.

Slicer 5.12 and later has dcmqi in its own Python (its plugin reads such maps, and has no export of its own); in an
earlier one the extension Quantitative Reporting brings it as a command line module. Both take the same four files.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import SimpleITK as sitk
import slicer
from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import LocalFileError, UnusableVolume
from DualNetSSLLib.client.files import local_file
from DualNetSSLLib.client.volumes import volume_from_array
from DualNetSSLLib.panel.desk.case_nodes import ShownCase, mapped
from DualNetSSLLib.panel.results.dicom_reference import files_of, reference_for, series_number
from DualNetSSLLib.tasks import processes

PROGRAM = "itkimage2paramap"
ARGUMENTS = {
    "inputImage": "inputFileName",
    "inputMetadata": "metaDataFileName",
    "inputDICOMDirectory": "dicomDirectory",
    "outputDICOM": "outputParaMapFileName",
}
"""What the program calls its files, and what the command line module calls them."""
MOST_SECONDS = 900
MOST_SAID = 400
"""Characters of a complaint that are shown, from its end."""
NEXT_SERIES = 200
"""Added to the scan's series number; Slicer's own DICOM SEG adds 100."""

Files = dict[str, Path]
Convert = Callable[[Files], str]


def unavailable(shown: ShownCase | None) -> str:
    """Say why there can be no Parametric Map of this case; empty if there can be."""
    if _converter() is None:
        return _("Needs Slicer 5.12 or later, or the extension Quantitative Reporting.")
    if shown is None:
        return _("Open the scan whose uncertainty is to be saved as DICOM.")
    if shown.opened.prediction is None:
        return _("The open scan has no prediction yet.")
    if reference_for(shown.geometry) is None:
        return _("Load the open scan from Slicer's DICOM database too: the file points to the images there.")
    return ""


def export(shown: ShownCase, folder: Path) -> Path:
    """Save the uncertainty of the open case as a DICOM file of a new name in a folder, while Slicer waits.

    The file has the patient, the study and the place of the series that the scan was loaded from, and points to its
    images; it is added to Slicer's DICOM database.

    Raises:
        UnusableVolume: there can be no map of this case; it says why.
        LocalFileError: the converter has failed; it says how.
    """
    reason, convert = unavailable(shown), _converter()
    prediction, reference = shown.opened.prediction, reference_for(shown.geometry)
    if reason or convert is None or prediction is None or reference is None:
        raise UnusableVolume(reason, _("Or choose another format."))
    images = files_of(reference)
    target = _new_name(folder, shown.name)
    with tempfile.TemporaryDirectory() as scratch:
        files = _prepared(Path(scratch), images, target)
        volume = prediction.uncertainty
        sitk.WriteImage(volume_from_array(mapped(volume.file), volume.geometry), str(files["inputImage"]))
        told = description(series_number(images[0]), prediction.prediction.model)
        files["inputMetadata"].write_text(json.dumps(told), encoding="utf-8")
        problem = convert(files)
    if problem or not target.is_file():
        raise LocalFileError(
            _("The uncertainty could not be saved as DICOM: {problem}").format(
                problem=problem or _("no file was made.")
            ),
            _("See Slicer's error log."),
        )
    slicer.dicomDatabase.insert(str(target))
    return target


def description(number: int, model: str) -> dict[str, Any]:
    """Describe the map as dcmqi's schema ``pm-schema.json`` wants it.

    Args:
        number: of the scan's own series.
        model: id of the model whose uncertainty it is.
    """
    return {
        "@schema": "https://raw.githubusercontent.com/qiicr/dcmqi/master/doc/schemas/pm-schema.json#",
        "SeriesDescription": "Uncertainty (DualNetSSL)",
        "SeriesNumber": str(number + NEXT_SERIES),
        "InstanceNumber": "1",
        "BodyPartExamined": "",
        "QuantityValueCode": _code("uncertainty", "99DUALNETSSL", "Normalised entropy of the prediction"),
        "MeasurementUnitsCode": _code("1", "UCUM", "no units"),
        "DerivationCode": _code("110001", "DCM", "Image Processing"),
        "DerivationDescription": f"Of two networks together, 0 certain to 1 unsure; model {model}",
        "AnatomicRegionSequence": _code("85756007", "SCT", "Tissue"),
        "FrameLaterality": "U",
        "RealWorldValueSlope": "1",
    }


def _code(value: str, scheme: str, meaning: str) -> dict[str, str]:
    return {"CodeValue": value, "CodingSchemeDesignator": scheme, "CodeMeaning": meaning}


def _new_name(folder: Path, case: str) -> Path:
    """Return a file name that is not taken."""
    names = (f"{case}-uncertainty{'' if number == 1 else f'-{number}'}.dcm" for number in range(1, 10_000))
    return next(folder / name for name in names if not (folder / name).exists())


def _prepared(scratch: Path, images: list[Path], target: Path) -> Files:
    """Lay out the converter's files, with copies of the images: to name them all is too long a command for Windows."""
    copies = scratch / "images"
    copies.mkdir()
    for number, image in enumerate(images):
        with local_file(image):
            shutil.copyfile(image, copies / f"{number:05d}.dcm")
    paths = (scratch / "map.nrrd", scratch / "map.json", copies, target)
    return dict(zip(ARGUMENTS, paths, strict=True))


def _converter() -> Convert | None:
    """Return what makes the file and says what was wrong, if this Slicer has it."""
    if (program := _bundled(tuple(sys.path))) is not None:
        return lambda files: _run(program, files)
    if (module := getattr(slicer.modules, PROGRAM, None)) is not None:
        return lambda files: _run_module(module, files)
    return None


@lru_cache(maxsize=1)
def _bundled(_places: tuple[str, ...]) -> Path | None:
    """Return the program in the package dcmqi of Slicer's own Python; the places where packages are looked for."""
    try:
        files = distribution("dcmqi").files or []
    except PackageNotFoundError:
        return None
    found = (file for file in files if file.parts[:2] == ("dcmqi", "bin") and file.stem == PROGRAM)
    return next((path for file in found if (path := Path(str(file.locate()))).is_file()), None)


def _run(program: Path, files: Files) -> str:
    arguments = [part for name, path in files.items() for part in (f"--{name}", str(path))]
    try:
        done = processes.run([str(program), *arguments], seconds=MOST_SECONDS)
    except processes.NOT_RUN as error:
        return str(error)
    if done.returncode == 0:
        return ""
    return (done.stderr.strip() or done.stdout.strip() or str(done.returncode))[-MOST_SAID:]


def _run_module(module: Any, files: Files) -> str:
    node = slicer.cli.runSync(module, None, {ARGUMENTS[name]: str(path) for name, path in files.items()})
    problem = str(node.GetErrorText()) if node.GetStatus() & node.ErrorsMask else ""
    slicer.mrmlScene.RemoveNode(node)
    return problem
