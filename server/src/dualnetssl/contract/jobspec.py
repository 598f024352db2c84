"""The frozen order of a job (``job.json``) and the configuration of training and prediction."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, ValidationInfo, model_validator

from dualnetssl.contract.config import AS_STORED, Choices, TrainConfig
from dualnetssl.contract.schema import CaseName, JobKind, LabelSet, Number, Strict


class JobCase(Strict):
    """A case as the worker sees it: files, no identity beyond the pseudonym.

    Without ``label`` the case is unlabelled; without ``verified`` the whole label is verified.
    """

    case: CaseName
    image: str
    label: str | None = None
    verified: str | None = None


class PredictConfig(Choices):
    """How scans are predicted."""

    overlap: Number = Field(default=0.5, ge=0, le=0.95, description="overlap of neighbouring windows")
    memory_gb: Number | None = Field(
        default=None,
        gt=0,
        le=1e6,
        description="most memory to take beside the program; absent: four fifths of what is free",
    )
    maps: Literal["steps", "float32"] = Field(
        default="steps", description="numbers of the maps: in 255 steps, a fifth of the size, or exact"
    )
    precision: Literal["float32", "bf16"] = Field(default="float32", description="of the networks' arithmetic")

    @model_validator(mode="before")
    @classmethod
    def _without_former_choices(cls, values: Any, info: ValidationInfo) -> Any:
        """Read an order from when there was a choice of windows: all were the default, and are looked at now."""
        former = info.context is AS_STORED and isinstance(values, dict)
        return {name: value for name, value in values.items() if name != "windows"} if former else values


class JobSpec(Strict):
    """Everything a worker needs, written once and never changed; paths are absolute.

    ``train`` holds the fields of the training config that the user set; ``model`` is a model folder, the start of a
    warm training or what a prediction uses. ``prepared`` is the folder in which prepared scans are kept between jobs;
    without it none are kept. ``left_out`` names scans of the data set whose channels are not those that the job takes.
    """

    kind: JobKind
    labels: LabelSet
    cases: tuple[JobCase, ...] = Field(min_length=1)
    model: str | None = None
    device: str = "auto"
    train: TrainConfig | None = None
    predict: PredictConfig = PredictConfig()
    prepared: str | None = None
    left_out: tuple[str, ...] = ()

    @classmethod
    def stored(cls, data: bytes) -> JobSpec:
        """Read an order that was written down; bounds that were drawn since do not hold for it.

        Raises:
            pydantic.ValidationError: it is no order.
        """
        return cls.model_validate_json(data, context=AS_STORED)

    def same_work(self, other: JobSpec) -> bool:
        """Whether two orders ask for the same, wherever prepared scans are kept meanwhile."""
        return self == other.model_copy(update={"prepared": self.prepared})

    @model_validator(mode="after")
    def _parts_fit_kind(self) -> JobSpec:
        if self.kind is JobKind.TRAIN and self.train is None:
            raise ValueError("a train job needs its training config")
        if self.kind is not JobKind.TRAIN and self.model is None:
            raise ValueError(f"a job of kind {self.kind.value} needs a model")
        return self
