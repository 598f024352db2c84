"""Checks of the volumes that a case or a draft names, and what is kept of them."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from anyio.to_thread import run_sync

from dualnetssl.contract.schema import CasePut, Dataset, Prediction
from dualnetssl.server.api.resources.services import Services
from dualnetssl.server.datafolder import remove_leftovers
from dualnetssl.server.store import Leftover
from dualnetssl.server.store.cases import CheckedCase

_PREFIX = "check-"


def forget_unfinished(data_folder: Path) -> None:
    """Remove what checks were writing when an earlier run of the server was killed; their clients ask again."""
    for folder in data_folder.glob(f"{_PREFIX}*"):
        shutil.rmtree(folder, ignore_errors=True)


async def check(services: Services, dataset: str, content: CasePut, case: str | None = None) -> CheckedCase:
    """Inspect the volumes of a case, waiting for an inspector without taking a thread.

    Args:
        services: what the handlers work with.
        dataset: id of the case's data set.
        content: digests of the volumes.
        case: its name, to find out what is left of the error that its newest prediction expects.

    Returns:
        The content and what is known of it. A file that is not in the form that the server keeps is replaced by a copy
        that is, so the digests may be others than those given.

    Raises:
        NotFound: there is no such data set, or a digest names no whole blob.
        InvalidVolume: a file cannot be used.
        VolumeTooLarge: a volume is over the cap.
        GeometryMismatch: label or mask do not lie on the image.
        InvalidLabelValue: the label has values outside the label set, or the mask others than 0 and 1.
        DiskFull: there is no room for such a copy.
    """
    found = await run_sync(services.store.datasets.get, dataset)
    return await run_sync(_inspect, services, found, content, case, limiter=services.checks)


def _inspect(services: Services, dataset: Dataset, content: CasePut, case: str | None) -> CheckedCase:
    label, verified = (services.blobs.path(digest) if digest else None for digest in (content.label, content.verified))
    prediction = _newest_prediction(services, dataset.id, case) if case is not None and verified is not None else None
    with TemporaryDirectory(prefix=_PREFIX, dir=services.settings.data_folder) as folder:
        facts = services.inspect(
            services.blobs.path(content.image),
            label,
            verified,
            None if prediction is None else services.blobs.path(prediction.uncertainty),
            allowed_values=[definition.value for definition in dataset.labels],
            max_voxels=services.settings.voxels,
            rewrite_to=Path(folder),
        )
        kept = {role: services.blobs.import_file(path) for role, path in facts.rewritten.items()}
    judge = None if prediction is None or facts.benefit_ml is None else prediction.model
    whole = content.model_copy(update=kept)
    return CheckedCase(whole, facts.geometry, facts.verified_fraction, facts.benefit_ml, judge, facts.channels)


def forget_originals(services: Services, dataset: str, case: str, sent: CasePut, kept: CasePut) -> None:
    """Erase the files of which copies in our form are kept: what else they say may be a patient's name."""
    volumes = ("image", "label", "verified")
    given, used = ({getattr(content, name) for name in volumes} for content in (sent, kept))
    originals = [Leftover("blob", digest, dataset, case, time.time(), True) for digest in given - used - {None}]
    if originals:
        remove_leftovers(services.settings, services.store, services.blobs, originals)


def _newest_prediction(services: Services, dataset: str, case: str) -> Prediction | None:
    return next(iter(services.store.predictions.find(dataset, case)), None)
