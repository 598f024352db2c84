"""Cases and predictions brought from the server to this computer's disk, ready to be shown."""

from __future__ import annotations

from collections.abc import Sequence

from DualNetSSLLib.client.client import Client
from DualNetSSLLib.client.errors import NotFound
from DualNetSSLLib.client.records import Prediction
from DualNetSSLLib.scans.cache import Cache
from DualNetSSLLib.tasks.call import Task
from DualNetSSLLib.tasks.reports import CachedPrediction, CachedVolume, OpenedCase


def open_case(task: Task, dataset: str, case: str, model: str | None = None) -> OpenedCase:
    """Fetch everything of a case: scan, label, verified mask, and what a model (by default the newest) said of it.

    Progress counts the bytes of the volume under way.
    """
    with task.client() as client:
        fetch = _Fetch(task, client, case)
        present = client.case(dataset, case)
        image, *channels = fetch.channels(present.image, present.channels)
        prediction = _of_model(client.predictions(dataset, case), model)
        return OpenedCase(
            case=present,
            image=image,
            channels=tuple(channels),
            label=fetch(present.label) if present.label else None,
            verified=fetch(present.verified) if present.verified else None,
            prediction=fetch.prediction(prediction) if prediction else None,
        )


def fetch_predictions(
    task: Task, dataset: str, model: str | None = None, cases: Sequence[str] | None = None
) -> list[CachedPrediction]:
    """Fetch what a model (by default the newest for each case) said of every case, or of these.

    Progress counts cases, its text is the name of the case that has just arrived. What is here already is not fetched.
    """
    found = []
    with task.client() as client:
        names = [case.case for case in client.cases(dataset)] if cases is None else list(cases)
        for number, name in enumerate(names):
            task.say(name, number, len(names))
            prediction = _of_model(_predictions(client, dataset, name), model)
            if prediction is not None:
                found.append(_Fetch(task, client, name, quiet=True).prediction(prediction))
    task.say("", len(names), len(names))
    return found


def _predictions(client: Client, dataset: str, case: str) -> list[Prediction]:
    """List the predictions of a case, which may have been deleted meanwhile."""
    try:
        return client.predictions(dataset, case)
    except NotFound:
        return []


def _of_model(predictions: Sequence[Prediction], model: str | None) -> Prediction | None:
    return next((found for found in predictions if model in (None, found.model)), None)


class _Fetch:
    """Brings volumes of one case into the cache."""

    def __init__(self, task: Task, client: Client, case: str, *, quiet: bool = False) -> None:
        self._task, self._client = task, client
        self._cache = Cache(task.desk.folder / "cache")
        self._progress = None if quiet else task.bytes_of(case)

    def __call__(self, digest: str) -> CachedVolume:
        self._task.cancel.check()
        return self._cache.volume(self._client, digest, progress=self._progress, cancel=self._task.cancel)

    def channels(self, digest: str, count: int) -> tuple[CachedVolume, ...]:
        self._task.cancel.check()
        return self._cache.channels(self._client, digest, count, progress=self._progress, cancel=self._task.cancel)

    def prediction(self, prediction: Prediction) -> CachedPrediction:
        return CachedPrediction(
            prediction=prediction,
            segmentation=self(prediction.segmentation),
            uncertainty=self(prediction.uncertainty),
            disagreement=self(prediction.disagreement),
            opinions_file=self._opinions(prediction.opinions),
        )

    def _opinions(self, digest: str | None) -> str | None:
        if digest is None:
            return None
        self._task.cancel.check()
        ending = ".opinions.npz"
        return str(self._cache.file(self._client, digest, ending, progress=self._progress, cancel=self._task.cancel))
