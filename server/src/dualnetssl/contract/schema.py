"""The words of the wire: strict models that client, server and worker agree on.

Unknown fields are refused, so that a misspelt option is an error and not a silent default.
"""

from __future__ import annotations

import unicodedata
from enum import Enum
from itertools import permutations
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from dualnetssl.contract.errors import ProblemError

IGNORED = 255
"""Label value of a voxel that nobody verified; never a class."""

_JOINERS = "\u200c\u200d"
"""Without them, words of some scripts cannot be written; they show in how letters join."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the bytes, in lower-case hex")]
CaseName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$",
        description="pseudonym of a scan: letters, digits, dot, dash, underscore",
    ),
]


_AS_CLOSE = 1e-4
"""Cosines, summed, by which another order of axes has to be closer: far more than formats round away."""
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters, signs and marks that are drawn as nothing, beside those of the categories that `fault_in_text` refuses."""
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""Marks that choose a form of the sign before them, and show nothing of themselves."""


def fault_in_text(text: str) -> str | None:
    r"""Return what a name or other text has that cannot be seen or misleads the eye, or None.

    Refused are controls, marks of writing direction and other invisible ones, line separators, lone surrogates,
    characters that are not assigned or private, and texts of nothing but blanks.

    Example:
        >>> fault_in_text("M\u00fcller, Prof. \u30c6\u30b9\u30c8"), fault_in_text("A\u202eB"), fault_in_text("A\x00")
        (None, 'the character U+202E', 'the character U+0000')
    """
    for character in text:
        category = unicodedata.category(character)
        unseen = character in _UNSEEN or any(ord(character) in selectors for selectors in _SELECTORS)
        if unseen or ((category[0] == "C" or category in ("Zl", "Zp")) and character not in _JOINERS):
            return f"the character U+{ord(character):04X}"
    if text and all(unicodedata.category(character) == "Zs" for character in text):
        return "nothing but blanks"
    return None


class Strict(BaseModel):
    """Base of all models: immutable, and no field that is not declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Integer = Annotated[int, Field(strict=True)]
"""A whole number of JSON: no ``true``, no ``"1"``, no ``1.0``."""
Number = Annotated[float, Field(strict=True)]
"""A number of JSON: no ``true``, no ``"1"``."""
Truth = Annotated[bool, Field(strict=True)]
"""``true`` or ``false``: no ``1``, no ``"yes"``."""
Channel = Annotated[Integer, Field(ge=0, le=255)]
ModelName = Annotated[
    str, Field(pattern=r"^model_[0-9a-f]{16}$", description="identifier that this server gave to a model")
]


class LabelDefinition(Strict):
    """One class of the label set; its value never changes, whatever the order of segments.

    Example:
        >>> LabelDefinition(value=1, name="liver", colour=(221, 130, 101)).value
        1
    """

    value: Integer = Field(ge=1, le=254, description="voxel value in label volumes; 0 is background, 255 not verified")
    name: str = Field(min_length=1, max_length=100)
    colour: tuple[Channel, Channel, Channel] = Field(default=(128, 174, 128), description="RGB, each 0 to 255")
    terminology: str | None = Field(default=None, max_length=1000, description="Slicer terminology entry, serialised")


LabelSet = Annotated[tuple[LabelDefinition, ...], Field(min_length=1, max_length=100)]


def check_label_set(labels: tuple[LabelDefinition, ...]) -> tuple[LabelDefinition, ...]:
    """Return the labels ordered by value, or say which value or name occurs twice.

    Raises:
        ValueError: two labels share a value or a name.
    """
    for attribute in ("value", "name"):
        seen = [getattr(label, attribute) for label in labels]
        twice = sorted({item for item in seen if seen.count(item) > 1})
        if twice:
            raise ValueError(f"label {attribute} {twice[0]!r} is used twice; each must be unique")
    return tuple(sorted(labels, key=lambda label: label.value))


class Geometry(Strict):
    """The voxel grid of a volume in patient space (LPS, mm), axes in i, j, k order."""

    size: tuple[int, int, int]
    spacing: tuple[float, float, float]
    origin: tuple[float, float, float]
    direction: tuple[float, float, float, float, float, float, float, float, float] = Field(
        description="row-major 3x3 direction cosines"
    )

    def closest_axes(self) -> tuple[int, ...]:
        """Return for each of left, posterior and superior the grid axis that runs closest to it.

        Example:
            >>> sagittal = (0, 0, 1, 1, 0, 0, 0, 1, 0)
            >>> Geometry(size=(4, 5, 6), spacing=(1, 1, 3), origin=(0, 0, 0), direction=sagittal).closest_axes()
            (2, 0, 1)
        """
        # the first of those that are as close but for rounding: at 45 degrees, formats would else disagree
        lengths = {axes: self._along(axes) for axes in permutations(range(3))}
        return next(axes for axes, length in lengths.items() if length > max(lengths.values()) - _AS_CLOSE)

    def _along(self, axes: tuple[int, ...]) -> float:
        return sum(abs(self.direction[3 * row + axis]) for row, axis in enumerate(axes))


class DatasetCreate(Strict):
    """A new data set: a name and its label set."""

    name: str = Field(min_length=1, max_length=200)
    labels: LabelSet

    @model_validator(mode="after")
    def _labels_unique(self) -> DatasetCreate:
        check_label_set(self.labels)
        return self


class Dataset(DatasetCreate):
    """A data set as stored."""

    id: str
    created: float = Field(description="seconds since 1970")
    case_count: int


class CaseState(str, Enum):
    """Where a case stands, derived from its label, verified mask and predictions.

    ``new``: nothing yet; ``predicted``: a prediction, no label; ``in_review``: a label of which only a part is
    verified; ``labelled``: a whole label without a mask; ``verified``: a label whose mask covers every voxel.
    """

    NEW = "new"
    PREDICTED = "predicted"
    IN_REVIEW = "in_review"
    LABELLED = "labelled"
    VERIFIED = "verified"


class CasePut(Strict):
    """The whole content of a case; digests name blobs that were uploaded before.

    ``verified`` marks with 1 the voxels of ``label`` that an expert vouches for; without it the whole label counts.
    """

    image: Digest
    label: Digest | None = None
    verified: Digest | None = None
    annotator: str | None = Field(default=None, max_length=100)
    model: ModelName | None = Field(
        default=None,
        description="model whose prediction the label began with, if it began with one; it may be erased since",
    )

    @model_validator(mode="after")
    def _mask_needs_label(self) -> CasePut:
        if self.verified is not None and self.label is None:
            raise ValueError("a verified mask needs a label")
        return self


class Case(CasePut):
    """A case as stored; ``revision`` counts up with every change and is the entity tag."""

    model: str | None = Field(default=None, description="as it was sent; earlier versions took any text")
    case: CaseName
    dataset: str
    revision: int
    state: CaseState
    geometry: Geometry
    channels: int = Field(default=1, ge=1, description="values of each voxel of the image, such as T1 and T2")
    verified_fraction: float = Field(ge=0, le=1, description="share of voxels that teach; 0 without a label")
    updated: float


class Revision(CasePut):
    """One earlier or present content of a case; revisions are never deleted."""

    model: str | None = Field(default=None, description="as it was sent; earlier versions took any text")
    revision: int
    updated: float


class DraftPut(Strict):
    """A label that was begun and not submitted: it never teaches, and the case stays as it is."""

    base_revision: Integer = Field(ge=1, le=2**53 - 1, description="revision of the case when the work began")
    model: ModelName | None = None
    label: Digest
    verified: Digest


class Draft(DraftPut):
    """A draft as stored; ``generation`` counts up with every change and is the entity tag."""

    model: str | None = Field(default=None, description="as it was sent; earlier versions took any text")
    case: CaseName
    annotator: str
    generation: int
    updated: float


class WorklistOrder(str, Enum):
    """What comes first in a worklist.

    ``benefit``: the largest volume that is expected to be wrong and is not verified; ``uncertainty``: the highest mean
    uncertainty; ``foreground-random``: chance, cases with predicted foreground first; ``name``: the alphabet.
    """

    BENEFIT = "benefit"
    UNCERTAINTY = "uncertainty"
    FOREGROUND_RANDOM = "foreground-random"
    NAME = "name"


class WorklistEntry(Strict):
    """A case to look at next.

    ``benefit_ml`` is the volume that is expected to be wrong and that nobody has verified; ``score`` is the mean
    uncertainty of the newest prediction.
    """

    case: CaseName
    state: CaseState
    benefit_ml: float | None
    score: float | None
    predicted_dice: float | None
    model: str | None


class NextRequest(Strict):
    """Ask for the next case; what was served is remembered, so that nobody is served the same case again and again."""

    annotator: str = Field(default="", max_length=100)
    order: WorklistOrder = WorklistOrder.BENEFIT
    skip: tuple[CaseName, ...] = Field(default=(), description="cases not to serve, such as the one that is open")


class JobKind(str, Enum):
    """What a job does."""

    TRAIN = "train"
    PREDICT = "predict"
    EVALUATE = "evaluate"


class JobState(str, Enum):
    """Life of a job: queued, running, then one of the last three; at a cluster it may be pending before it runs."""

    QUEUED = "queued"
    PENDING = "pending"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether the job will not go on by itself."""
        return self in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)


AT_WORK = (JobState.PENDING, JobState.RUNNING)
"""States of a job that was given to an engine and has not ended."""


class JobCreate(Strict):
    """Ask for a job.

    ``train`` may name a ``model`` to start warm from and then predicts every case unless ``predict_after`` is false;
    ``predict`` and ``evaluate`` need a ``model``. Without ``cases`` the whole data set is used.
    """

    kind: JobKind
    dataset: str
    model: str | None = None
    cases: tuple[CaseName, ...] | None = None
    config: dict[str, Any] = Field(default_factory=dict, description="fields of the training or prediction config")
    predict_after: Truth = True


class Job(JobCreate):
    """A job as stored."""

    id: str
    state: JobState
    attempt: int = Field(description="how often a worker was started, at most 3 without a person's resume")
    created: float
    updated: float
    problem: Problem | None = None
    result_model: str | None = Field(default=None, description="model that a train job made")


class Event(BaseModel):
    """One line of a job's history; fields beside these depend on ``kind``."""

    model_config = ConfigDict(extra="allow", frozen=True)

    seq: int = Field(ge=1, description="place in the history, counting from 1 without gaps")
    time: float = Field(description="seconds since 1970")
    kind: Literal[
        "started",
        "resumed",
        "preparing",
        "data",
        "progress",
        "validation",
        "checkpoint",
        "calibrated",
        "warning",
        "predicted",
        "finished",
    ]


class EventPage(Strict):
    """Answer to an event poll: what came after the cursor, and the cursor to ask with next."""

    events: tuple[Event, ...]
    next: int
    state: JobState


class Model(Strict):
    """A trained model; ``metrics`` is what its training measured."""

    id: str
    dataset: str
    job: str
    created: float
    labels: LabelSet
    metrics: dict[str, Any]
    bundle: Digest = Field(description="zip of the MONAI bundle")
    parent: str | None = Field(default=None, description="model it was started from")


class Prediction(Strict):
    """What a model said of a case; the three volumes are blobs in the image's own geometry."""

    case: CaseName
    model: str
    created: float
    segmentation: Digest
    uncertainty: Digest
    disagreement: Digest
    summary: dict[str, Any]
    opinions: Digest | None = Field(default=None, description="what each network says where they doubt; see formats.md")
    sheet: Digest | None = Field(default=None, description="a picture of the case in three planes, SVG; see formats.md")


class Erasure(Strict):
    """What an order to erase removed, what stays and why."""

    cases: int = Field(default=0, ge=0, description="cases that were erased")
    revisions: int = Field(default=0, ge=0, description="revisions that were erased")
    drafts: int = Field(default=0, ge=0, description="drafts that were erased, of all annotators")
    predictions: int = Field(default=0, ge=0, description="predictions that were erased")
    jobs: int = Field(default=0, ge=0, description="jobs that were erased with their folders")
    models: int = Field(default=0, ge=0, description="models that were erased")
    files: int = Field(default=0, ge=0, description="files that were removed from the server's disk")
    shared: tuple[Digest, ...] = Field(default=(), description="files that stay, since others use the same bytes")
    learnt: tuple[str, ...] = Field(default=(), description="models that stay and learnt from what was erased")
    leftovers: tuple[str, ...] = Field(default=(), description="what could not be removed yet; tried again every hour")
    trash_days: int = Field(default=0, ge=0, description="days for which the files stay in the server's trash")


class Problem(BaseModel):
    """RFC 9457 problem details, with what was received, allowed and can be done."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    title: str
    status: int
    detail: str
    received: str | None = None
    allowed: str | None = None
    remedy: str | None = None
    request_id: str | None = None


def problem_of(error: ProblemError, request_id: str | None = None) -> Problem:
    """Return an error in the form of the wire.

    Example:
        >>> from dualnetssl.contract.errors import NotFound
        >>> problem_of(NotFound("case 'x'", "a case of this data set", "List the cases.")).type
        'urn:dualnetssl:problem:not-found'
    """
    return Problem(
        type=f"urn:dualnetssl:problem:{error.kind}",
        title=error.title,
        status=error.status,
        detail=str(error),
        received=error.received,
        allowed=error.allowed,
        remedy=error.remedy,
        request_id=request_id,
    )


class Device(Strict):
    """A device that jobs can run on."""

    name: str = Field(description="cpu, cuda:0, ...")
    title: str
    memory_bytes: int


class Limits(Strict):
    """Caps of this server."""

    blob_bytes: int
    voxels: int
    chunk_bytes: int


class ServerInfo(Strict):
    """What a client needs to know before it starts."""

    version: str
    api: Literal["v1"] = "v1"
    limits: Limits
    devices: tuple[Device, ...]
    train_config: dict[str, Any] = Field(description="JSON schema of the training config")


class Role(str, Enum):
    """What an account may do; each may also do what those before it may.

    Example:
        >>> Role.TRAINER.covers(Role.ANNOTATOR), Role.ANNOTATOR.covers(Role.ADMIN)
        (True, False)
    """

    ANNOTATOR = "annotator"
    TRAINER = "trainer"
    ADMIN = "admin"

    def covers(self, needed: Role) -> bool:
        """Tell whether this role may do what needs another one."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


class Identity(Strict):
    """Who a request comes from."""

    name: str
    role: Role
    expires: float | None = Field(default=None, description="Unix time at which the token ends; null: never")
    owner: bool = Field(default=False, description="the owner of the server's folder, who may name any annotator")


class Health(Strict):
    """Answer of the health check, open to everybody."""

    status: Literal["ok"] = "ok"


Job.model_rebuild()
