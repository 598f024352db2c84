"""The training configuration and its three presets."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from dualnetssl_server.schema import Strict

Preset = Literal["default", "paper", "supervised"]
Axes = tuple[int, int, int]


class TrainConfig(Strict):
    """Every choice of a training run; presets fill what the user leaves open (see `resolve`).

    The symbols in the descriptions are those of ``docs/method.md``.
    """

    preset: Preset = "default"
    seed: int = Field(default=0, ge=0)
    steps: int = Field(default=2000, ge=1, le=1_000_000)
    width: int = Field(default=16, ge=2, le=64, description="channels at full resolution; each level doubles them")
    norm: Literal["batch", "instance"] = "instance"
    dropout: float = Field(default=0.1, ge=0, lt=1, description="share of channels dropped before the head")
    patch: Axes | None = Field(default=None, description="voxels (k, j, i); chosen from the data if absent")
    spacing: tuple[float, float, float] | None = Field(default=None, description="mm (k, j, i); median if absent")
    labelled_per_step: int = Field(default=2, ge=1, le=64, description="B_L")
    unlabelled_per_step: int = Field(default=2, ge=0, le=64, description="B_U")
    augmentation: Literal["crop", "full"] = "full"
    flip_axes: tuple[int, ...] = Field(default=(), description="axes (0=k, 1=j, 2=i) that anatomy allows to mirror")
    optimizer: Literal["sgd", "adamw"] = "adamw"
    learning_rate: float = Field(default=5e-3, gt=0)
    weight_decay: float = Field(default=1e-4, ge=0)
    schedule: Literal["step", "poly", "cycles"] = Field(
        default="cycles", description="cycles: polynomial decay over the warm-up, and again over the rest"
    )
    gradient_clip: float | None = Field(default=12.0, gt=0)
    review_weight: float = Field(default=0.5, ge=0, description="weight of cross-review in the supervised loss")
    pseudo_weight: float = Field(default=1.0, ge=0, description="weight of L_unc")
    consistency_weight: float = Field(default=1.0, ge=0, description="weight of L_reg")
    contrast_weight: float = Field(default=0.1, ge=0, description="weight of L_c")
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
        default=12, ge=0, description="most labelled, and most unlabelled, scans that calibration looks at; 0: none"
    )
    precision: Literal["auto", "float32", "bf16"] = Field(
        default="auto", description="of the networks; auto: bf16 on a GPU that has it, float32 on a CPU"
    )
    compile: bool = Field(default=False, description="let PyTorch compile the networks: minutes before the first step")
    validation_scans: int | None = Field(
        default=None, ge=0, description="labelled scans kept out to measure Dice on; absent: one in eight, at most 8"
    )
    validate_every: int = Field(default=500, ge=1, description="steps between measurements on the scans kept out")
    checkpoint_every: int = Field(default=200, ge=1, description="steps")
    report_every: int = Field(default=10, ge=1, description="steps between progress events")


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
