"""Checks of a job order against what the server has, before it is queued."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import Any

from pydantic import ValidationError

from dualnetssl.contract.config import TrainConfig, divisor_for, median_spacing, patches_for, resolve
from dualnetssl.contract.errors import InvalidDataset, InvalidRequest, NotFound
from dualnetssl.contract.jobspec import PredictConfig
from dualnetssl.contract.schema import JobCreate, JobKind
from dualnetssl.server.api.gate.problems import invalid_request
from dualnetssl.server.store import Store
from dualnetssl.server.store.outlines import Outline

_SHOWN = 5


def check_order(store: Store, order: JobCreate, most_voxels: int) -> None:
    """Refuse an order that could not be carried out.

    Args:
        store: what the server has.
        order: what was ordered.
        most_voxels: size of the largest volume that this server works on.

    Raises:
        NotFound: data set, model or a case does not exist.
        InvalidRequest: the config has a wrong field, or the model is missing or of another data set.
        InvalidDataset: there is no case, or none with a label where one is needed.
    """
    store.datasets.get(order.dataset)
    _check_model(store, order)
    check_config(order.kind, order.config)
    cases = _chosen(store, order)
    if order.kind is JobKind.TRAIN or order.cases is not None:
        _check_channels(cases)  # of a whole data set, what a model does not take is left out when its job begins
    if order.kind is not JobKind.PREDICT:
        _check_labelled(order.kind, cases)
    if order.kind is JobKind.TRAIN:
        config = resolve(order.config)
        _check_spacing(config, cases, most_voxels)
        if order.model is None:  # a model that training goes on from brings its own spacing and patch
            _check_patch(config, cases)


def _check_spacing(config: TrainConfig, cases: list[Outline], most_voxels: int) -> None:
    """Refuse a spacing so fine that a scan would not fit on its grid."""
    if config.spacing is None:
        return
    largest = max(prod(case.geometry.size) * prod(case.geometry.spacing) for case in cases)
    voxels = largest / prod(config.spacing)
    if voxels > most_voxels:
        raise InvalidRequest(
            f"config.spacing = {config.spacing}, at which the largest scan has {voxels:.3g} voxels",
            f"at most {most_voxels} voxels",
            "Choose a coarser spacing, or leave it out to have it chosen from the scans.",
        )


def _check_patch(config: TrainConfig, cases: list[Outline]) -> None:
    """Refuse a patch that does not fit the spacing which the worker would choose for these scans."""
    if config.patch is None:
        return
    spacing = config.spacing or median_spacing(case.geometry for case in cases)
    allowed = patches_for(config.patch, divisor_for(spacing))
    if allowed is not None:
        raise InvalidRequest(
            f"config.patch = {list(config.patch)}, for scans at the spacing {list(spacing)} mm (k, j, i)",
            allowed,
            "Change the patch, or leave it out to have one chosen.",
        )


def check_config(kind: JobKind, config: dict[str, Any]) -> None:
    """Refuse a config with an unknown field or a wrong value.

    Raises:
        InvalidRequest: naming the field, what was received and what is allowed.
    """
    model = TrainConfig if kind is JobKind.TRAIN else PredictConfig
    try:
        if model is TrainConfig and isinstance(config.get("preset", ""), str):
            resolve(config)
        else:
            model.model_validate(config)
    except ValidationError as error:
        raise invalid_request(
            [{**part, "loc": ("body", "config", *part["loc"])} for part in error.errors()], list(model.model_fields)
        ) from error


def _check_model(store: Store, order: JobCreate) -> None:
    if order.model is None:
        if order.kind is JobKind.TRAIN:
            return
        raise InvalidRequest(
            f"a {order.kind.value} job without a model", "a model of this data set", "Name the model to use."
        )
    if store.models.get(order.model).dataset != order.dataset:
        raise InvalidRequest(
            f"model {order.model!r} of another data set", "a model of this data set", "Name a model of this data set."
        )


def _chosen(store: Store, order: JobCreate) -> list[Outline]:
    found = store.cases.outlines(order.dataset, order.cases)
    present = {case.case for case in found}
    unknown = [name for name in order.cases or () if name not in present]
    if unknown:
        more = f" and {len(unknown) - _SHOWN} more" if len(unknown) > _SHOWN else ""
        raise NotFound(
            f"the unknown cases {', '.join(unknown[:_SHOWN])}{more}",
            "cases of this data set",
            "List the cases to see which exist.",
        )
    if not found:
        raise InvalidDataset("a job without any case", "at least one case", "Upload scans to the data set first.")
    return found


def _check_channels(cases: list[Outline]) -> None:
    """Refuse scans of which some have other channels than most: a model takes the same ones of all."""
    most = Counter(case.channels for case in cases).most_common(1)[0][0]
    odd = [f"{case.case} ({case.channels})" for case in cases if case.channels != most]
    if odd:
        more = f" and {len(odd) - _SHOWN} more" if len(odd) > _SHOWN else ""
        raise InvalidDataset(
            f"cases with other channels than most: {', '.join(odd[:_SHOWN])}{more}",
            f"cases of {most} channel{'s' * (most != 1)}, as most of these have",
            "Name cases that have the same channels, or put scans with all channels into the others.",
        )


def _check_labelled(kind: JobKind, cases: list[Outline]) -> None:
    if any(case.verified_fraction > 0 for case in cases):
        return
    raise InvalidDataset(
        f"{len(cases)} cases, none of them with a label",
        f"at least one labelled case to {kind.value}",
        "Label a scan, or a part of one with its verified mask, and put the label into its case.",
    )
