"""Brings the predictions of every case by itself: waits for the server to make them, then fetches what is missing."""

from __future__ import annotations

from typing import Any

from DualNetSSLLib.background.session import Call
from DualNetSSLLib.client.errors import DualNetSSLError
from DualNetSSLLib.client.records import Event, Job, Prediction
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.state import Notice
from DualNetSSLLib.tasks.reports import Progress

Key = tuple[str, str, str]


class Fetching:
    """Follows the newest prediction job of the model in use, and fetches what came of it.

    Attributes:
        predictions: of the model in use, by case.
        made: cases predicted so far and in all, while the server is at it; else None.
        fetched: how far the fetching is, while it is under way; else None.
        changed: told when any of this changed.
        arrived: told when the predictions of a model are all here.
        failed: told what went wrong.
    """

    def __init__(self, context: PanelContext) -> None:
        """Watch the state."""
        self._context = context
        self.predictions: dict[str, Prediction] = {}
        self.made: tuple[int, int] | None = None
        self.fetched: Progress | None = None
        self.changed, self.arrived, self.failed = Notice(), Notice(), Notice()
        self._call: Call | None = None
        self._key: Key | None = None
        self._stop = context.state.watch(self.look, "dataset", "models", "model", "jobs")

    @property
    def model(self) -> str | None:
        """Id of the model in use: the one that was chosen, else the newest."""
        state = self._context.state
        newest = max(state.models, key=lambda model: model.created, default=None)
        return state.model or (None if newest is None else newest.id)

    @property
    def busy(self) -> bool:
        """Whether predictions are made or fetched."""
        return self._call is not None

    def look(self) -> None:
        """Begin with what there is to follow or to fetch, unless that was done or is under way."""
        dataset, model = self._context.state.dataset, self.model
        key = None
        if dataset is not None and model is not None:
            key = (dataset.id, model, _standing(self._job(model)))
        if key == self._key:
            return
        if key is None or self._key is None or key[:2] != self._key[:2]:
            self.predictions = {}
        self._key = key
        self.stop()
        if key is not None:
            self._begin(key)

    def stop(self) -> None:
        """Stop; what has come stays."""
        if self._call is not None:
            self._call.cancel()
        self._call, self.made, self.fetched = None, None, None
        self.changed()

    def close(self) -> None:
        """End."""
        self._stop()
        if self._call is not None:
            self._call.cancel()
        self._call = None

    def _job(self, model: str) -> Job | None:
        """Return the newest prediction job of a model."""
        made = (job for job in self._context.state.jobs if job.kind == "predict" and job.model == model)
        return max(made, key=lambda job: job.created, default=None)

    def _begin(self, key: Key) -> None:
        job = self._job(key[1])
        if job is None or job.ended:
            self._fetch(key)
            return
        self.made = (0, len(self._context.state.cases))
        self._call = self._context.session.call(
            "follow", job=job.id, progress=self._event, done=lambda ended: self._made(key, ended), failed=self._broke
        )
        self.changed()

    def _event(self, event: Event) -> None:
        if event.kind == "predicted":
            self.made = (int(event.fields["done"]), int(event.fields["total"]))
            self.changed()

    def _made(self, key: Key, job: Job) -> None:
        """The server has made what it can: fetch it, and do not begin again when the state tells the same."""
        self._key = (*key[:2], _standing(job))
        self._fetch(key)

    def _fetch(self, key: Key) -> None:
        self.made, self.fetched = None, Progress(done=0)
        self._call = self._context.session.call(
            "fetch_predictions",
            dataset=key[0],
            model=key[1],
            progress=self._progress,
            done=self._done,
            failed=self._broke,
        )
        self.changed()

    def _progress(self, progress: Progress) -> None:
        self.fetched = progress
        self.changed()

    def _done(self, predictions: Any) -> None:
        self._call, self.fetched = None, None
        self.predictions = {cached.prediction.case: cached.prediction for cached in predictions}
        self._context.loader.refresh_cases()
        self.arrived()
        self.changed()

    def _broke(self, error: DualNetSSLError) -> None:
        self._call, self.made, self.fetched, self._key = None, None, None, None
        self.failed(error)
        self.changed()


def _standing(job: Job | None) -> str:
    """Return words that change when there is something else to fetch."""
    return "" if job is None else f"{job.id} {job.ended}"
