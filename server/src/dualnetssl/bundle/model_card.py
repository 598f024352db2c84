"""What a model is, beside its weights: ``training.json``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from dualnetssl.contract.config import AS_STORED, TrainConfig
from dualnetssl.contract.errors import InvalidRequest
from dualnetssl.contract.schema import LabelDefinition, LabelSet, Strict
from dualnetssl.method.networks import PAIR, Kind
from dualnetssl.scans.preparation import Recipe
from dualnetssl.version import VERSION


class ModelCard(Strict):
    """Everything beside the weights that is needed to use or to continue a model (``training.json``).

    Attributes:
        version: of the program that wrote it.
        labels: the label set.
        recipe: how scans are prepared.
        config: how it was trained.
        step: steps done.
        metrics: what training measured.
        temperature: divides the logits of both networks; see `temperature`.
        networks: which two they are; see `ARCHITECTURES`.
        quality: loss of Dice per loss of the networks' agreement; see `quality`. None: never fitted.
        parent: SHA-256 of the weights that training started from (``models/model.pt``). None: it began from nothing.
    """

    version: str = VERSION
    labels: LabelSet
    recipe: Recipe
    config: TrainConfig
    step: int
    metrics: dict[str, Any] = Field(default_factory=dict)
    temperature: float = Field(default=1.0, gt=0)
    quality: float | None = Field(default=None, gt=0)
    parent: str | None = None
    networks: tuple[Kind, Kind] = PAIR

    @field_validator("config", mode="before")
    @classmethod
    def _fields_of_today(cls, config: Any) -> Any:
        """A field that a later version dropped told how to train; the model is as useful without it."""
        if not isinstance(config, dict):
            return config
        return {name: value for name, value in config.items() if name in TrainConfig.model_fields}

    @property
    def ordered_labels(self) -> list[LabelDefinition]:
        """The label set in order of value, which is the order of the classes 1, 2, ..."""
        return sorted(self.labels, key=lambda label: label.value)


def read_card(folder: Path) -> ModelCard:
    """Read what a model is.

    Raises:
        InvalidRequest: the folder holds no model of this program.
    """
    try:
        return ModelCard.model_validate_json((folder / "training.json").read_bytes(), context=AS_STORED)
    except (OSError, ValueError) as error:
        fault = " without a readable training.json" if folder.is_dir() else ", which is not there"
        raise InvalidRequest(
            f"the model folder {folder.name!r}{fault}",
            "a model folder written by train",
            "Name the folder model/ inside the output of a training.",
        ) from error
