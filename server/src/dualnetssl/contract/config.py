"""The training configuration and its three presets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from dualnetssl.contract.schema import Geometry, Integer, Number, Strict, Truth

Preset = Literal["default", "paper", "supervised"]
Edge = Annotated[Integer, Field(ge=1, le=512)]
Millimetres = Annotated[Number, Field(ge=1e-3, le=1e3)]
Axis = Annotated[Integer, Field(ge=0, le=2)]
Axes = tuple[Edge, Edge, Edge]
MOST_STEPS = 1_000_000
MOST_SCANS = 1_000_000
_HALVINGS = 4


AS_STORED: Mapping[str, bool] = MappingProxyType({"stored": True})
"""Context in which a configuration is read that was ordered before."""
_BOUNDS = {"less_than", "less_than_equal", "greater_than", "greater_than_equal", "too_long"}


class Choices(Strict):
    """Base of configurations: bounds hold for what is ordered.

    What was ordered before a bound was drawn is read as it is, in the context `AS_STORED`.
    """

    model_config = ConfigDict(allow_inf_nan=False)

    @field_validator("*", mode="wrap")
    @classmethod
    def _within_bounds(cls, value: Any, check: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        try:
            return check(value)
        except ValidationError as error:
            if not _stored(info) or any(fault["type"] not in _BOUNDS for fault in error.errors()):
                raise
            return tuple(value) if isinstance(value, list) else value


def _stored(info: ValidationInfo) -> bool:
    return info.context is AS_STORED


class TrainConfig(Choices):
    """Every choice of a training run; presets fill what the user leaves open (see `resolve`).

    The symbols in the descriptions are those of ``docs/method.md``.
    """

    preset: Preset = "default"
    seed: Integer = Field(default=0, ge=0, le=2**63 - 1)
    steps: Integer = Field(default=2000, ge=1, le=MOST_STEPS)
    width: Integer = Field(default=16, ge=2, le=64, description="channels at full resolution; each level doubles them")
    norm: Literal["batch", "instance"] = "instance"
    dropout: Number = Field(default=0.1, ge=0, lt=1, description="share of channels dropped before the head")
    patch: Axes | None = Field(default=None, description="voxels (k, j, i); chosen from the data if absent")
    spacing: tuple[Millimetres, Millimetres, Millimetres] | None = Field(
        default=None, description="mm (k, j, i); median if absent"
    )
    modality: Literal["auto", "ct", "mr"] = Field(
        default="auto", description="of all scans: CT in Hounsfield units or not; auto: told from their air"
    )
    labelled_per_step: Integer = Field(default=2, ge=1, le=64, description="B_L")
    unlabelled_per_step: Integer = Field(default=2, ge=0, le=64, description="B_U")
    focus: Number = Field(
        default=0.33, ge=0, le=1, description="share of the labelled patches, rounded up, that are centred on a class"
    )
    augmentation: Literal["crop", "full"] = "full"
    flip_axes: tuple[Axis, ...] = Field(
        default=(), max_length=3, description="axes (0=k, 1=j, 2=i) that anatomy allows to mirror"
    )
    optimizer: Literal["sgd", "adamw"] = "adamw"
    learning_rate: Number = Field(default=5e-3, gt=0, le=10)
    weight_decay: Number = Field(default=1e-4, ge=0, le=10)
    schedule: Literal["step", "poly", "cycles"] = Field(
        default="cycles", description="cycles: polynomial decay over the warm-up, and again over the rest"
    )
    gradient_clip: Number | None = Field(default=12.0, gt=0, le=1e6)
    review_weight: Number = Field(
        default=0.5, ge=0, le=1000, description="weight of cross-review in the supervised loss"
    )
    size_weight: Number = Field(
        default=3.0,
        ge=0,
        le=1000,
        description="weight of L_size, which tells sparse labels that organs end; unused once a scan is labelled whole",
    )
    pseudo_weight: Number = Field(default=1.0, ge=0, le=1000, description="weight of L_unc")
    consistency_weight: Number = Field(default=1.0, ge=0, le=1000, description="weight of L_reg")
    contrast_weight: Number = Field(default=0.1, ge=0, le=1000, description="weight of L_c")
    contrast_form: Literal["prototype", "paper"] = "prototype"
    warm_up: Number = Field(default=0.5, ge=0, le=1, description="share of the steps without unsupervised terms")
    ramp: Number = Field(default=0.1, ge=0, le=1, description="T_r as a share of the steps after the warm-up; 0: none")
    contrast_ramp: Number = Field(default=0.25, ge=0, le=1, description="T_r of the contrast")
    role_smoothing: Number = Field(default=0.99, ge=0, lt=1, description="beta")
    directions: Literal["winner", "mutual"] = "mutual"
    teacher: Literal["opposite", "ensemble"] = "ensemble"
    ema: Number = Field(default=0.98, ge=0, lt=1, description="alpha of the teachers' moving average; 0: the networks")
    pseudo_labels: Literal["mean", "union"] = "mean"
    reliable_share: Number = Field(default=0.8, gt=0, le=1, description="rho")
    align: Truth = Field(default=True, description="keep believed class shares at those of the labelled scans")
    copy_paste: Truth = Field(default=True, description="mix labelled patches into the unlabelled ones")
    calibration_scans: Integer = Field(
        default=12,
        ge=0,
        le=MOST_SCANS,
        description="most labelled, and most unlabelled, scans that calibration looks at; 0: none",
    )
    precision: Literal["auto", "float32", "bf16"] = Field(
        default="auto", description="of the networks; auto: bf16 on a GPU that has it, float32 on a CPU"
    )
    compile: Truth = Field(default=False, description="let PyTorch compile the networks: minutes before the first step")
    cuda_graph: Truth = Field(
        default=False, description="record a GPU's steps once and play them back, if a trial gives the same numbers"
    )
    validation_scans: Integer | None = Field(
        default=None,
        ge=0,
        le=MOST_SCANS,
        description="labelled scans kept out to measure Dice on; absent: one in eight, at most 8",
    )
    validate_every: Integer = Field(
        default=500, ge=1, le=MOST_STEPS, description="steps between measurements on the scans kept out"
    )
    checkpoint_every: Integer = Field(default=200, ge=1, le=MOST_STEPS, description="steps")
    report_every: Integer = Field(default=10, ge=1, le=MOST_STEPS, description="steps between progress events")

    @field_validator("flip_axes")
    @classmethod
    def _each_axis_once(cls, axes: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        if len(set(axes)) < len(axes) and not _stored(info):
            raise ValueError("each axis once")
        return axes

    @field_validator("spacing")
    @classmethod
    def _patch_fits_networks(
        cls, spacing: tuple[float, float, float] | None, info: ValidationInfo
    ) -> tuple[float, float, float] | None:
        patch = info.data.get("patch")
        if patch is not None and spacing is not None and not _stored(info):
            allowed = patches_for(patch, divisor_for(spacing))
            if allowed is not None:
                raise ValueError(f"with this spacing, patch must be {allowed}")
        return spacing


def patches_for(patch: Sequence[int], divisor: Sequence[int]) -> str | None:
    """Say which patches the networks take if this is none: edges must divide by their strides.

    A patch of the divisor itself leaves a single voxel at the bottom, which has no variance; instance norm needs one.

    Example:
        >>> patches_for((16, 16, 16), (16, 16, 16))
        'multiples of 16x16x16 (k, j, i), at least one edge twice that'
        >>> patches_for((32, 16, 16), (16, 16, 16)) is None
        True
    """
    uneven = any(edge % step for edge, step in zip(patch, divisor, strict=True))
    if not uneven and tuple(patch) != tuple(divisor):
        return None
    return f"multiples of {'x'.join(map(str, divisor))} (k, j, i), at least one edge twice that"


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


def median_spacing(geometries: Iterable[Geometry]) -> tuple[float, float, float]:
    """Return the median spacing in mm along (k, j, i) of scans that are turned to left, posterior, superior.

    Example:
        >>> grid = {"size": (4, 5, 6), "origin": (0, 0, 0)}
        >>> axial = Geometry(spacing=(1, 1, 3), direction=(1, 0, 0, 0, 1, 0, 0, 0, 1), **grid)
        >>> sagittal = Geometry(spacing=(2, 2, 4), direction=(0, 0, 1, 1, 0, 0, 0, 1, 0), **grid)
        >>> median_spacing([axial]), median_spacing([axial, sagittal])
        ((3.0, 1.0, 1.0), (2.5, 1.5, 2.5))
    """
    turned = [[geometry.spacing[axis] for axis in geometry.closest_axes()] for geometry in geometries]
    i, j, k = (round(float(median(spacings)), 4) for spacings in zip(*turned, strict=True))
    return k, j, i


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
    "size_weight": 0.0,
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


def resolve(fields: dict[str, Any], context: Mapping[str, bool] | None = None) -> TrainConfig:
    """Lay the user's fields over those of the preset they name.

    Args:
        fields: what the user set.
        context: `AS_STORED` for what was ordered before, without its bounds.

    Raises:
        pydantic.ValidationError: a field is unknown or has a value that is not allowed.

    Example:
        >>> resolve({"preset": "supervised", "steps": 10}).unlabelled_per_step
        0
    """
    preset = fields.get("preset", "default")
    return TrainConfig.model_validate({**PRESETS.get(preset, {}), **fields}, context=context)
