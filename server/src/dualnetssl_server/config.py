"""The training configuration and its three presets."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from dualnetssl_server.schema import Strict

Preset = Literal["default", "paper", "supervised"]


class TrainConfig(Strict):
    """Every choice of a training run; presets fill what the user leaves open (see `resolve`)."""

    preset: Preset = "default"
    seed: int = Field(default=0, ge=0)
    steps: int = Field(default=2000, ge=1, le=1_000_000)
    width: int = Field(default=16, ge=2, le=64, description="channels at full resolution; each level doubles them")
    patch: tuple[int, int, int] | None = Field(default=None, description="voxels (k, j, i); chosen from the data if absent")


PRESETS: dict[str, dict[str, Any]] = {"default": {}, "paper": {}, "supervised": {}}


def resolve(fields: dict[str, Any]) -> TrainConfig:
    """Lay the user's fields over those of the preset they name.

    Raises:
        pydantic.ValidationError: a field is unknown or has a value that is not allowed.

    Example:
        >>> resolve({"preset": "supervised", "steps": 10}).steps
        10
    """
    preset = fields.get("preset", "default")
    return TrainConfig(**{**PRESETS.get(preset, {}), **fields})
