"""The training configuration and its three presets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from dualnetssl_server.schema import Strict

Preset = Literal["default", "paper", "supervised"]
Edge = Annotated[int, Field(ge=1, le=512)]
Millimetres = Annotated[float, Field(ge=1e-3, le=1e3)]
Axes = tuple[Edge, Edge, Edge]
MOST_STEPS = 1_000_000
MOST_SCANS = 1_000_000
_HALVINGS = 4


class TrainConfig(Strict):
    """Every choice of a training run; presets fill what the user leaves open (see `resolve`).

    The symbols in the descriptions are those of ``docs/method.md``.
    """

    model_config = ConfigDict(allow_inf_nan=False)

    preset: Preset = "default"
    seed: int = Field(default=0, ge=0, le=2**63 - 1)
    steps: int = Field(default=2000, ge=1, le=MOST_STEPS)
    width: int = Field(default=16, ge=2, le=64, description="channels at full resolution; each level doubles them")
    norm: Literal["batch", "instance"] = "instance"
    dropout: float = Field(default=0.1, ge=0, lt=1, description="share of channels dropped before the head")
    patch: Axes | None = Field(default=None, description="voxels (k, j, i); chosen from the data if absent")
    spacing: tuple[Millimetres, Millimetres, Millimetres] | None = Field(
        default=None, description="mm (k, j, i); median if absent"
    )
    labelled_per_step: int = Field(default=2, ge=1, le=64, description="B_L")
    unlabelled_per_step: int = Field(default=2, ge=0, le=64, description="B_U")
    augmentation: Literal["crop", "full"] = "full"
    flip_axes: tuple[Literal[0, 1, 2], ...] = Field(
        default=(), max_length=3, description="axes (0=k, 1=j, 2=i) that anatomy allows to mirror"
    )
    optimizer: Literal["sgd", "adamw"] = "adamw"
    learning_rate: float = Field(default=5e-3, gt=0, le=10)
    weight_decay: float = Field(default=1e-4, ge=0, le=10)
    schedule: Literal["step", "poly", "cycles"] = Field(
        default="cycles", description="cycles: polynomial decay over the warm-up, and again over the rest"
    )
    gradient_clip: float | None = Field(default=12.0, gt=0, le=1e6)
    review_weight: float = Field(
        default=0.5, ge=0, le=1000, description="weight of cross-review in the supervised loss"
    )
    pseudo_weight: float = Field(default=1.0, ge=0, le=1000, description="weight of L_unc")
    consistency_weight: float = Field(default=1.0, ge=0, le=1000, description="weight of L_reg")
    contrast_weight: float = Field(default=0.1, ge=0, le=1000, description="weight of L_c")
    contrast_form: Literal["prototype", "paper"] = "prototype"
    warm_up: float = Field(default=0.5, ge=0, le=1, description="share of the steps without unsupervised terms")
    ramp: float = Field(default=0.1, ge=0, le=1, description="T_r as a share of the steps after the warm-up; 0: none")
    contrast_ramp: float = Field(default=0.25, ge=0, le=1, description="T_r of the contrast")
    role_smoothing: float = Field(default=0.99, ge=0, lt=1, description="beta")
    directions: Literal["winner", "mutual"] = "mutual"
    teacher: Literal["opposite", "ensemble"] = "ensemble"
    ema: float = Field(default=0.98, ge=0, lt=1, description="alpha of the teachers' moving average; 0: the networks")
    pseudo_labels: Literal["mean", "union"] = "mean"
    reliable_share: float = Field(default=0.8, gt=0, le=1, description="rho")
    align: bool = Field(default=True, description="keep believed class shares at those of the labelled scans")
    copy_paste: bool = Field(default=True, description="mix labelled patches into the unlabelled ones")
    calibration_scans: int = Field(
        default=12,
        ge=0,
        le=MOST_SCANS,
        description="most labelled, and most unlabelled, scans that calibration looks at; 0: none",
    )
    precision: Literal["auto", "float32", "bf16"] = Field(
        default="auto", description="of the networks; auto: bf16 on a GPU that has it, float32 on a CPU"
    )
    compile: bool = Field(default=False, description="let PyTorch compile the networks: minutes before the first step")
    validation_scans: int | None = Field(
        default=None,
        ge=0,
        le=MOST_SCANS,
        description="labelled scans kept out to measure Dice on; absent: one in eight, at most 8",
    )
    validate_every: int = Field(
        default=500, ge=1, le=MOST_STEPS, description="steps between measurements on the scans kept out"
    )
    checkpoint_every: int = Field(default=200, ge=1, le=MOST_STEPS, description="steps")
    report_every: int = Field(default=10, ge=1, le=MOST_STEPS, description="steps between progress events")

    @field_validator("flip_axes")
    @classmethod
    def _each_axis_once(cls, axes: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(axes)) < len(axes):
            raise ValueError("each axis once")
        return axes

    @field_validator("spacing")
    @classmethod
    def _patch_fits_networks(
        cls, spacing: tuple[float, float, float] | None, info: ValidationInfo
    ) -> tuple[float, float, float] | None:
        patch = info.data.get("patch")
        if patch is not None and spacing is not None:
            divisor = divisor_for(spacing)
            uneven = any(edge % step for edge, step in zip(patch, divisor, strict=True))
            if uneven or patch == divisor:
                words = "x".join(map(str, divisor))
                raise ValueError(f"with this spacing, patch must be multiples of {words}, at least one edge twice that")
        return spacing


def divisor_for(spacing: Sequence[float]) -> Axes:
    """Return what a patch must divide by at a spacing in mm (k, j, i).

    The rule is that of the networks, which a bundle carries away with nothing else of the server, so it is written
    down twice; a test holds the two together.

    Example:
        >>> divisor_for((1.0, 1.0, 1.0)), divisor_for((4.0, 1.0, 1.0))
        ((16, 16, 16), (4, 16, 16))
    """
    current, steps = list(spacing), [1, 1, 1]
    for _ in range(_HALVINGS):
        finest = min(current)
        factors = [1 if axis >= 2 * finest else 2 for axis in current]
        current = [axis * factor for axis, factor in zip(current, factors, strict=True)]
        steps = [step * factor for step, factor in zip(steps, factors, strict=True)]
    return steps[0], steps[1], steps[2]


PAPER: dict[str, Any] = {
    "norm": "batch",
    "dropout": 0.5,
    "augmentation": "crop",
    "optimizer": "sgd",
    "learning_rate": 0.01,
    "schedule": "step",
    "gradient_clip": None,
    "steps": 6000,
    "contrast_form": "paper",
    "warm_up": 0.0,
    "ramp": 0.0,
    "contrast_ramp": 1.0,
    "role_smoothing": 0.0,
    "directions": "winner",
    "teacher": "opposite",
    "ema": 0.0,
    "pseudo_labels": "union",
    "reliable_share": 0.2,
    "copy_paste": False,
    "align": False,
}
SUPERVISED: dict[str, Any] = {
    "schedule": "poly",
    "unlabelled_per_step": 0,
    "pseudo_weight": 0.0,
    "consistency_weight": 0.0,
    "contrast_weight": 0.0,
    "copy_paste": False,
}
PRESETS: dict[str, dict[str, Any]] = {"default": {}, "paper": PAPER, "supervised": SUPERVISED}


def resolve(fields: dict[str, Any]) -> TrainConfig:
    """Lay the user's fields over those of the preset they name.

    Raises:
        pydantic.ValidationError: a field is unknown or has a value that is not allowed.

    Example:
        >>> resolve({"preset": "supervised", "steps": 10}).unlabelled_per_step
        0
    """
    preset = fields.get("preset", "default")
    return TrainConfig(**{**PRESETS.get(preset, {}), **fields})
