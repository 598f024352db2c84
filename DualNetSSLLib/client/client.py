"""Typed calls to everything under ``/v1``."""

from __future__ import annotations

import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .answers import Answers
from .cancel import CancelToken
from .download import download_file
from .errors import NotADualNetSSLServer, NotFound, UnexpectedAnswer, VersionMismatch
from .files import Progress
from .lists import Lists
from .records import (
    Case,
    CasePut,
    Dataset,
    DatasetCreate,
    Draft,
    DraftPut,
    Erasure,
    Event,
    EventPage,
    Health,
    Identity,
    Job,
    JobCreate,
    LabelDefinition,
    Limits,
    Model,
    NextRequest,
    Prediction,
    Revision,
    ServerInfo,
    WorklistEntry,
    ended,
)
from .transport import PASSING, Backoff, Timeouts, Transport
from .upload import CHUNK, check_size, upload_file
from .volumes import Volume, image_for_upload, label_for_upload

API = "v1"
POLL_SECONDS = 20.0
CANCELLABLE_POLL_SECONDS = 2.0
ANONYMOUS = "anonymous"
"""Whose draft it is if the annotator gave no name."""


class Client:
    """Speaks to one server. Not to be shared by threads: give each its own.

    Example:
        >>> client = Client("127.0.0.1:8750", "token")
        >>> client.address
        'http://127.0.0.1:8750'
    """

    def __init__(
        self,
        address: str,
        token: str = "",
        *,
        timeouts: Timeouts | None = None,
        backoff: Backoff | None = None,
        certificate_fingerprint: str | None = None,
        answers: Answers | None = None,
    ) -> None:
        """Prepare, without connecting yet.

        Args:
            address: as for `Transport`, like all but the last.
            token: that the server printed when it started, or an account's.
            timeouts: how long to wait.
            backoff: how often to try again.
            certificate_fingerprint: SHA-256 of the only certificate to accept.
            answers: lists that an earlier client had from the same server with the same token; a memory of its own
                if there is none.
        """
        self.transport = Transport(
            address, token, timeouts=timeouts, backoff=backoff, certificate_fingerprint=certificate_fingerprint
        )
        self._lists = Lists(self.transport, answers)
        self._limits: Limits | None = None

    @property
    def address(self) -> str:
        """Address of the server, as it is used."""
        return self.transport.address

    def close(self) -> None:
        """Let go of the connections."""
        self.transport.close()

    def __enter__(self) -> Client:
        """Use the client in a ``with`` block, at whose end it is closed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the client."""
        self.close()

    # server

    def health(self) -> Health:
        """Ask whether the server is well; needs no token."""
        health = Health.from_json(self.transport.json("GET", "/health"))
        if health.status != "ok":
            raise NotADualNetSSLServer(f"{self.address} says it is {health.status!r}.", "Check the address.")
        return health

    def server(self) -> ServerInfo:
        """Ask for version, limits and devices; the right first call, because it checks address, token and version.

        Raises:
            VersionMismatch: the server speaks another version of the interface.
        """
        data = self.transport.json("GET", "/server")
        if not isinstance(data, Mapping) or data.get("api") != API:
            spoken = data.get("api") if isinstance(data, Mapping) else None
            raise VersionMismatch(
                f"The server speaks version {spoken!r} of the interface; this module speaks {API!r}.",
                "Update the older of the two.",
            )
        info = ServerInfo.from_json(data)
        self._limits = info.limits
        return info

    def whoami(self) -> Identity | None:
        """Ask who the token makes one; None from a server of before there were accounts."""
        try:
            return Identity.from_json(self.transport.json("GET", "/whoami"))
        except NotFound:
            return None

    # data sets

    def create_dataset(self, name: str, labels: Sequence[LabelDefinition]) -> Dataset:
        """Make a data set with its label set."""
        body = DatasetCreate(name=name, labels=tuple(labels)).to_json()
        return Dataset.from_json(self.transport.json("POST", "/datasets", json=body))

    def datasets(self) -> list[Dataset]:
        """List the data sets."""
        return [Dataset.from_json(item) for item in self._lists.ask("/datasets").data]

    def dataset(self, dataset: str) -> Dataset:
        """Read one data set."""
        return Dataset.from_json(self.transport.json("GET", f"/datasets/{quote(dataset, '')}"))

    def delete_dataset(self, dataset: str) -> Erasure:
        """Erase a data set with all that belongs to it; returns what was removed, what stays and why."""
        return Erasure.from_json(self.transport.json("DELETE", f"/datasets/{quote(dataset, '')}"))

    def worklist(self, dataset: str, *, order: str = "benefit", annotator: str = "") -> list[WorklistEntry]:
        """List the cases that are not wholly verified; many are asked for in pages.

        Args:
            dataset: id of the data set.
            order: ``benefit``, ``uncertainty``, ``foreground-random`` or ``name``.
            annotator: each has a random order of their own.
        """
        asked = {"order": order, "annotator": annotator}
        found = self._lists.in_order(f"/datasets/{quote(dataset, '')}/worklist", asked)
        return [WorklistEntry.from_json(item) for item in found]

    def next_case(
        self, dataset: str, *, annotator: str = "", order: str = "benefit", skip: Sequence[str] = ()
    ) -> WorklistEntry | None:
        """Be served the next case, which the server remembers; None if none is left.

        Args:
            dataset: id of the data set.
            annotator: who asks.
            order: as for `worklist`.
            skip: cases not to serve, such as the one that is open.
        """
        body = NextRequest(annotator=annotator, order=order, skip=tuple(skip)).to_json()
        answer = self.transport.json("POST", f"/datasets/{quote(dataset, '')}/worklist/next", json=body)
        return None if answer is None else WorklistEntry.from_json(answer)

    # cases

    def cases(self, dataset: str) -> list[Case]:
        """List the cases of a data set by name; many are asked for in pages."""
        return [Case.from_json(item) for item in self._lists.by_name(f"/datasets/{quote(dataset, '')}/cases")]

    def case(self, dataset: str, case: str) -> Case:
        """Read one case."""
        return Case.from_json(self.transport.json("GET", _case_path(dataset, case)))

    def put_case(self, dataset: str, case: str, content: CasePut, *, revision: int | None = None) -> Case:
        """Write the whole content of a case, whose volumes were uploaded before.

        Args:
            dataset: id of the data set.
            case: pseudonym of the scan.
            content: digests of the volumes.
            revision: the one that this replaces; None for a new case.

        Raises:
            RevisionConflict: somebody else changed the case meanwhile, or it exists already.
        """
        condition = {"If-None-Match": "*"} if revision is None else {"If-Match": f'"{revision}"'}
        answer = self.transport.json("PUT", _case_path(dataset, case), json=content.to_json(), headers=condition)
        return Case.from_json(answer)

    def delete_case(self, dataset: str, case: str, *, revision: int) -> Erasure:
        """Erase a case with every revision of it, provided that this is still its revision.

        Returns:
            What was removed, what stays and why, and which models learnt from the case.

        Raises:
            Conflict: a job that uses the case has not ended.
            RevisionConflict: somebody else changed the case meanwhile.
        """
        condition = {"If-Match": f'"{revision}"'}
        return Erasure.from_json(self.transport.json("DELETE", _case_path(dataset, case), headers=condition))

    def revisions(self, dataset: str, case: str) -> list[Revision]:
        """List every content that the case ever had."""
        answer = self.transport.json("GET", f"{_case_path(dataset, case)}/revisions")
        return [Revision.from_json(item) for item in answer]

    def predictions(self, dataset: str, case: str) -> list[Prediction]:
        """List what the models said of a case, newest model first."""
        answer = self.transport.json("GET", f"{_case_path(dataset, case)}/predictions")
        return [Prediction.from_json(item) for item in answer]

    # drafts

    def drafts(self, dataset: str, case: str) -> list[Draft]:
        """List the drafts of a case, the newest first."""
        return [Draft.from_json(item) for item in self.transport.json("GET", f"{_case_path(dataset, case)}/drafts")]

    def draft(self, dataset: str, case: str, annotator: str) -> Draft:
        """Read an annotator's draft of a case.

        Raises:
            NotFound: there is none.
        """
        return Draft.from_json(self.transport.json("GET", _draft_path(dataset, case, annotator)))

    def put_draft(
        self, dataset: str, case: str, annotator: str, content: DraftPut, *, generation: int | None = None
    ) -> Draft:
        """Keep a draft, whose volumes were uploaded before; the case stays as it is.

        Args:
            dataset: id of the data set.
            case: pseudonym of the scan.
            annotator: whose work it is; without a name, ``anonymous``.
            content: digests of label and verified mask, and what they began with.
            generation: the one that this replaces; None for a new draft.

        Raises:
            RevisionConflict: the same annotator has kept another draft meanwhile, perhaps on another computer.
        """
        condition = {"If-None-Match": "*"} if generation is None else {"If-Match": f'"{generation}"'}
        path = _draft_path(dataset, case, annotator)
        return Draft.from_json(self.transport.json("PUT", path, json=content.to_json(), headers=condition))

    def delete_draft(self, dataset: str, case: str, annotator: str, *, generation: int) -> None:
        """Forget a draft, provided that this is still its generation."""
        path = _draft_path(dataset, case, annotator)
        self.transport.send("DELETE", path, headers={"If-Match": f'"{generation}"'})

    # volumes

    def upload_case(
        self,
        dataset: str,
        case: str,
        image: Volume,
        label: Volume | None = None,
        verified: Volume | None = None,
        *,
        annotator: str | None = None,
        model: str | None = None,
        progress: Progress | None = None,
        cancel: CancelToken | None = None,
    ) -> Case:
        """Send volumes without anything that names the patient, and make or change the case.

        The same call again, after a failure or out of caution, sends nothing twice and makes no second revision.

        Args:
            dataset: id of the data set.
            case: pseudonym of the scan.
            image: the scan: a SimpleITK image, or a NIfTI, NRRD or MHA file.
            label: label volume on the same grid.
            verified: mask on the same grid, 1 where an expert vouches for the label.
            annotator: who made the label.
            model: id of the model whose prediction the label began with.
            progress: told of the bytes of each volume in turn.
            cancel: stops the sending.

        Raises:
            UnusableVolume: a volume cannot be sent.
            RevisionConflict: somebody else changed the case meanwhile.
        """
        with tempfile.TemporaryDirectory(prefix="dualnetssl-") as folder:
            files = [image_for_upload(image, Path(folder) / "image.nrrd")]
            for name, given in (("label", label), ("verified", verified)):
                if given is not None:
                    files.append(label_for_upload(given, Path(folder) / f"{name}.nrrd"))
            digests = {path.stem: self.upload(path, progress=progress, cancel=cancel) for path in files}
        content = CasePut(**digests, annotator=annotator, model=model)
        present = self._case_if_any(dataset, case)
        if present is None:
            return self.put_case(dataset, case, content)
        if content == CasePut(**{name: getattr(present, name) for name in content.to_json()}):
            return present
        return self.put_case(dataset, case, content, revision=present.revision)

    def _case_if_any(self, dataset: str, case: str) -> Case | None:
        try:
            return self.case(dataset, case)
        except NotFound:
            return None

    # bytes

    def upload(self, path: Path, *, progress: Progress | None = None, cancel: CancelToken | None = None) -> str:
        """Send a file to the server's store, going on where an earlier try ended; returns its SHA-256."""
        limits = self._limits or self.server().limits
        check_size(path, limits.blob_bytes)
        chunk = min(CHUNK, limits.chunk_bytes)
        return upload_file(self.transport, Path(path), chunk_bytes=chunk, progress=progress, cancel=cancel)

    def download(
        self, digest: str, target: Path, *, progress: Progress | None = None, cancel: CancelToken | None = None
    ) -> Path:
        """Fetch a volume by its SHA-256 into a file, going on where an earlier try ended."""
        return download_file(
            self.transport, f"/blobs/{digest}", Path(target), digest=digest, progress=progress, cancel=cancel
        )

    # jobs

    def create_job(
        self,
        kind: str,
        dataset: str,
        *,
        model: str | None = None,
        cases: Sequence[str] | None = None,
        config: Mapping[str, Any] | None = None,
        predict_after: bool = True,
        idempotency_key: str | None = None,
    ) -> Job:
        """Ask for a job; however often the request has to be sent, only one job is made.

        Args:
            kind: train, predict or evaluate.
            dataset: id of the data set.
            model: to start from, or to predict with.
            cases: only these.
            config: fields of the training or prediction config.
            predict_after: whether a training is followed by a prediction of all cases.
            idempotency_key: the same key gives the same job; made at random if absent.
        """
        body = JobCreate(
            kind=kind,
            dataset=dataset,
            model=model,
            cases=None if cases is None else tuple(cases),
            config=dict(config or {}),
            predict_after=predict_after,
        ).to_json()
        key = {"Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return Job.from_json(self.transport.json("POST", "/jobs", json=body, headers=key, retry=True))

    def jobs(self, dataset: str | None = None) -> list[Job]:
        """List the jobs, of one data set or of all."""
        asked = {"dataset": dataset} if dataset else None
        return [Job.from_json(item) for item in self._lists.ask("/jobs", asked).data]

    def job(self, job: str) -> Job:
        """Read one job."""
        return Job.from_json(self.transport.json("GET", f"/jobs/{quote(job, '')}"))

    def cancel_job(self, job: str) -> Job:
        """Ask a job to stop gracefully; a training keeps a usable model."""
        return Job.from_json(self.transport.json("POST", f"/jobs/{quote(job, '')}/cancel"))

    def resume_job(self, job: str) -> Job:
        """Let a failed or cancelled job go on from its checkpoint."""
        return Job.from_json(self.transport.json("POST", f"/jobs/{quote(job, '')}/resume"))

    def events(self, job: str, *, after: int = 0, wait: float = 0.0, cancel: CancelToken | None = None) -> EventPage:
        """Read the events that come after a cursor, waiting up to ``wait`` seconds (at most 30) for the first."""
        answer = self.transport.json(
            "GET",
            f"/jobs/{quote(job, '')}/events",
            params={"after": after, "wait": wait},
            read=wait + self.transport.timeouts.poll,
            cancel=cancel,
        )
        return EventPage.from_json(answer)

    def follow_events(
        self, job: str, *, after: int = 0, cancel: CancelToken | None = None, patience: float = 300.0
    ) -> Iterator[Event]:
        """Yield every event after a cursor once, in order, until the job has ended and nothing is left.

        Lost connections and restarts of the server are borne: the next question begins after the last event.

        Raises:
            TransportError: the server could not be reached for longer than ``patience`` seconds.
            Cancelled: the token was cancelled, at most two seconds before.
        """
        while True:
            page = self._patient_events(job, after, cancel, patience)
            fresh = [event for event in page.events if event.seq > after]
            for event in fresh:
                if event.seq != after + 1:
                    raise UnexpectedAnswer(f"Event {after + 1} is missing.", "Follow the job again from the start.")
                after = event.seq
                yield event
            if ended(page.state) and not fresh:
                return

    def _patient_events(self, job: str, after: int, cancel: CancelToken | None, patience: float) -> EventPage:
        """Poll once, trying again through failures that pass."""
        wait = POLL_SECONDS if cancel is None else CANCELLABLE_POLL_SECONDS
        since = time.monotonic()
        while True:
            if cancel is not None:
                cancel.check()
            try:
                return self.events(job, after=after, wait=wait, cancel=cancel)
            except PASSING:
                if time.monotonic() - since > patience:
                    raise
                self.transport.pause(self.transport.backoff.attempts, cancel)

    def wait(
        self, job: str, on_event: Callable[[Event], None] | None = None, *, cancel: CancelToken | None = None
    ) -> Job:
        """Wait until a job has ended, telling its events, and return it as it ended.

        ``cancel`` stops the waiting, not the job: that is what `cancel_job` is for.
        """
        for event in self.follow_events(job, cancel=cancel):
            if on_event is not None:
                on_event(event)
        return self.job(job)

    # models

    def models(self, dataset: str | None = None) -> list[Model]:
        """List the models, of one data set or of all."""
        asked = {"dataset": dataset} if dataset else None
        return [Model.from_json(item) for item in self._lists.ask("/models", asked).data]

    def model(self, model: str) -> Model:
        """Read one model."""
        return Model.from_json(self.transport.json("GET", f"/models/{quote(model, '')}"))

    def delete_model(self, model: str) -> Erasure:
        """Erase a model and its predictions; returns what was removed, what stays and why."""
        return Erasure.from_json(self.transport.json("DELETE", f"/models/{quote(model, '')}"))

    def download_bundle(
        self, model: Model, target: Path, *, progress: Progress | None = None, cancel: CancelToken | None = None
    ) -> Path:
        """Fetch a model as the zip of a MONAI bundle."""
        url = f"/models/{quote(model.id, '')}/bundle"
        return download_file(self.transport, url, Path(target), digest=model.bundle, progress=progress, cancel=cancel)


def _case_path(dataset: str, case: str) -> str:
    return f"/datasets/{quote(dataset, '')}/cases/{quote(case, '')}"


def _draft_path(dataset: str, case: str, annotator: str) -> str:
    return f"{_case_path(dataset, case)}/drafts/{quote(annotator or ANONYMOUS, '')}"
