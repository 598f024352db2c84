"""What the server says, as frozen dataclasses; a field that this version does not know is passed over.

The names are those of the server's models, so that a test can hold the two together.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .errors import UnexpectedAnswer

RecordType = TypeVar("RecordType", bound="Record")


@dataclass(frozen=True, kw_only=True)
class Record:
    """Base of all records: made from JSON, and turned back into it."""

    @classmethod
    def from_json(cls: type[RecordType], data: Any) -> RecordType:
        """Build the record from parsed JSON.

        Raises:
            UnexpectedAnswer: a field is missing or has another type; it says which.

        Example:
            >>> LabelDefinition.from_json({"value": 1, "name": "liver", "of_a_later_version": True}).name
            'liver'
            >>> LabelDefinition.from_json({"value": 1})
            Traceback (most recent call last):
            DualNetSSLLib.client.errors.UnexpectedAnswer: The answer lacks LabelDefinition.name. ...
        """
        if not isinstance(data, Mapping):
            raise _unexpected(f"holds {data!r:.80} where {cls.__name__} should be")
        hints = _hints(typing.cast(typing.Hashable, cls))
        values = {}
        for item in dataclasses.fields(cls):
            if item.name in data:
                values[item.name] = _convert(data[item.name], hints[item.name], f"{cls.__name__}.{item.name}")
            elif item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING:
                raise _unexpected(f"lacks {cls.__name__}.{item.name}")
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """Return the record as values that JSON knows."""
        return dataclasses.asdict(self)


@functools.cache
def _hints(record: typing.Hashable) -> dict[str, Any]:
    """Return the types of a record's fields, which take long to find out."""
    return typing.get_type_hints(record)


def _unexpected(what: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"The answer {what}.", "Server and module are of versions that do not fit: update the older one."
    )


def _convert(value: Any, hint: Any, name: str) -> Any:
    """Bring one JSON value to the type of its field, or say which field does not fit."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        return None if value is None else _convert(value, arguments[0], name)
    if origin is tuple and isinstance(value, (list, tuple)):
        return _convert_items(value, arguments, name)
    if isinstance(hint, type) and issubclass(hint, Record):
        return hint.from_json(value)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, origin or hint) or (isinstance(value, bool) and hint is not bool):
        raise _unexpected(f"holds {value!r:.80} in {name}, which should be {getattr(hint, '__name__', hint)}")
    return value


def _convert_items(values: typing.Sequence[Any], hints: tuple[Any, ...], name: str) -> tuple[Any, ...]:
    """Convert the items of a tuple of any length (``tuple[X, ...]``) or of a fixed one."""
    if len(hints) == 2 and hints[1] is Ellipsis:
        return tuple(_convert(value, hints[0], name) for value in values)
    if len(values) != len(hints):
        raise _unexpected(f"holds {len(values)} numbers in {name}, which should be {len(hints)}")
    return tuple(_convert(value, hint, name) for value, hint in zip(values, hints, strict=True))


@dataclass(frozen=True, kw_only=True)
class Health(Record):
    """Answer of the health check."""

    status: str


@dataclass(frozen=True, kw_only=True)
class Device(Record):
    """A device that jobs can run on."""

    name: str
    title: str
    memory_bytes: int


@dataclass(frozen=True, kw_only=True)
class Limits(Record):
    """Caps of the server."""

    blob_bytes: int
    voxels: int
    chunk_bytes: int


@dataclass(frozen=True, kw_only=True)
class ServerInfo(Record):
    """What a client needs to know before it starts."""

    version: str
    api: str
    limits: Limits
    devices: tuple[Device, ...]
    train_config: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Identity(Record):
    """Who a token makes one to the server.

    Attributes:
        name: of the account.
        role: ``annotator``, ``trainer`` or ``admin``.
        expires: Unix time at which the token ends; None: never.
        owner: whether it is the owner of the server's folder, who may name any annotator.
    """

    name: str
    role: str
    expires: float | None = None
    owner: bool = False


@dataclass(frozen=True, kw_only=True)
class LabelDefinition(Record):
    """One class of the label set; its value never changes, whatever the order of segments."""

    value: int
    name: str
    colour: tuple[int, int, int] = (128, 174, 128)
    terminology: str | None = None


@dataclass(frozen=True, kw_only=True)
class Geometry(Record):
    """The voxel grid of a volume in patient space (LPS, mm), axes in i, j, k order, directions row by row."""

    size: tuple[int, int, int]
    spacing: tuple[float, float, float]
    origin: tuple[float, float, float]
    direction: tuple[float, float, float, float, float, float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class DatasetCreate(Record):
    """A new data set: a name and its label set."""

    name: str
    labels: tuple[LabelDefinition, ...]


@dataclass(frozen=True, kw_only=True)
class Dataset(DatasetCreate):
    """A data set as stored; ``created`` in seconds since 1970."""

    id: str
    created: float
    case_count: int


@dataclass(frozen=True, kw_only=True)
class CasePut(Record):
    """The whole content of a case, as SHA-256 digests of volumes that were uploaded before.

    ``model`` is the one whose prediction the label began with, if it began with one.
    """

    image: str
    label: str | None = None
    verified: str | None = None
    annotator: str | None = None
    model: str | None = None


@dataclass(frozen=True, kw_only=True)
class Case(CasePut):
    """A case as stored; ``state`` is new, predicted, in_review, labelled or verified.

    ``channels`` are the values of each voxel of the image; a server of before has one.
    """

    case: str
    dataset: str
    revision: int
    state: str
    geometry: Geometry
    verified_fraction: float
    updated: float
    channels: int = 1


@dataclass(frozen=True, kw_only=True)
class Revision(CasePut):
    """One earlier or present content of a case."""

    revision: int
    updated: float


@dataclass(frozen=True, kw_only=True)
class DraftPut(Record):
    """A label that was begun and not submitted: it never teaches, and the case stays as it is.

    ``base_revision`` is the case's revision when the work began; ``label`` and ``verified`` are digests.
    """

    base_revision: int
    model: str | None = None
    label: str
    verified: str


@dataclass(frozen=True, kw_only=True)
class Draft(DraftPut):
    """A draft as stored; ``generation`` counts up with every change."""

    case: str
    annotator: str
    generation: int
    updated: float


@dataclass(frozen=True, kw_only=True)
class WorklistEntry(Record):
    """A case to look at next.

    ``benefit_ml`` is the volume that is expected to be wrong and that nobody has verified; ``score`` is the mean
    uncertainty of the newest prediction.
    """

    case: str
    state: str
    benefit_ml: float | None
    score: float | None
    predicted_dice: float | None
    model: str | None


@dataclass(frozen=True, kw_only=True)
class NextRequest(Record):
    """Ask for the next case; ``order`` is benefit, uncertainty, foreground-random or name."""

    annotator: str = ""
    order: str = "benefit"
    skip: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Problem(Record):
    """Why something failed, in the server's words."""

    type: str
    title: str
    status: int
    detail: str
    received: str | None = None
    allowed: str | None = None
    remedy: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class JobCreate(Record):
    """Ask for a job; ``kind`` is train, predict or evaluate."""

    kind: str
    dataset: str
    model: str | None = None
    cases: tuple[str, ...] | None = None
    config: dict[str, Any] = field(default_factory=dict)
    predict_after: bool = True


def ended(state: str) -> bool:
    """Tell whether a job in this state will not go on by itself.

    Example:
        >>> [ended(state) for state in ("queued", "pending", "running", "succeeded", "failed", "cancelled")]
        [False, False, False, True, True, True]
    """
    return state in ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, kw_only=True)
class Job(JobCreate):
    """A job as stored; ``state`` is queued, pending (at a cluster), running, succeeded, failed or cancelled."""

    id: str
    state: str
    attempt: int
    created: float
    updated: float
    problem: Problem | None = None
    result_model: str | None = None

    @property
    def ended(self) -> bool:
        """Whether the job will not go on by itself."""
        return ended(self.state)


@dataclass(frozen=True, kw_only=True)
class Event(Record):
    """One line of a job's history; ``fields`` holds what belongs to its kind."""

    seq: int
    time: float
    kind: str
    fields: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Any) -> Event:
        """Build the event from one flat JSON object.

        Example:
            >>> Event.from_json({"seq": 3, "time": 0.5, "kind": "progress", "step": 40}).fields
            {'step': 40}
        """
        named = ("seq", "time", "kind")
        rest = {key: value for key, value in dict(data).items() if key not in named}
        return super().from_json({**{key: data[key] for key in named if key in data}, "fields": rest})

    def to_json(self) -> dict[str, Any]:
        """Return the event as the flat object that it was read from.

        Example:
            >>> Event(seq=3, time=0.5, kind="progress", fields={"step": 40}).to_json()
            {'step': 40, 'seq': 3, 'time': 0.5, 'kind': 'progress'}
        """
        return {**self.fields, "seq": self.seq, "time": self.time, "kind": self.kind}


@dataclass(frozen=True, kw_only=True)
class EventPage(Record):
    """What came after a cursor, and the cursor to ask with ``next``."""

    events: tuple[Event, ...]
    next: int
    state: str


@dataclass(frozen=True, kw_only=True)
class Model(Record):
    """A trained model; ``bundle`` is the digest of its MONAI bundle."""

    id: str
    dataset: str
    job: str
    created: float
    labels: tuple[LabelDefinition, ...]
    metrics: dict[str, Any]
    bundle: str
    parent: str | None = None


@dataclass(frozen=True, kw_only=True)
class Prediction(Record):
    """What a model said of a case: digests of three volumes in the image's own geometry, a summary, and more.

    ``opinions`` is the digest of what each network says where they doubt, ``sheet`` that of a picture of the case.
    None: a server or model of before keeps none.
    """

    case: str
    model: str
    created: float
    segmentation: str
    uncertainty: str
    disagreement: str
    summary: dict[str, Any]
    opinions: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, kw_only=True)
class Erasure(Record):
    """What an order to erase removed, what stays and why.

    ``shared`` are digests of files that others use as well; ``learnt`` are models that stay and learnt from what was
    erased; ``leftovers`` could not be removed yet, and the server tries again; with ``trash_days`` the files are in the
    server's trash for that long.
    """

    cases: int = 0
    revisions: int = 0
    drafts: int = 0
    predictions: int = 0
    jobs: int = 0
    models: int = 0
    files: int = 0
    shared: tuple[str, ...] = ()
    learnt: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()
    trash_days: int = 0
