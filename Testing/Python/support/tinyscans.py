"""Scans so small that a real training of some steps takes a second, with what it is told."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk

from DualNetSSLLib.client.records import LabelDefinition

LABELS = [LabelDefinition(value=1, name="liver"), LabelDefinition(value=2, name="spleen", colour=(1, 2, 3))]
TINY = {"steps": 6, "width": 2, "patch": [16, 16, 32], "report_every": 1, "checkpoint_every": 2}
TINY |= {"labelled_per_step": 1, "unlabelled_per_step": 1}


def phantom(seed, size=(24, 20, 16)):
    """A noisy ball and a noisy cube, image and label."""
    rng = np.random.default_rng(seed)
    grid = np.stack(np.meshgrid(*(np.arange(n) for n in size[::-1]), indexing="ij"))
    middle = np.array(size[::-1]).reshape(3, 1, 1, 1) / 2
    label = (((grid - middle) ** 2).sum(axis=0) < 25).astype(np.uint8)
    label[2:6, 2:6, 2:6] = 2
    volumes = sitk.GetImageFromArray((300.0 * label + rng.normal(0, 30, label.shape)).astype(np.int16))
    truth = sitk.GetImageFromArray(label)
    for volume in (volumes, truth):
        volume.SetSpacing((1.0, 1.0, 1.5))
        volume.SetOrigin((-10.0, 5.0, 0.5))
    return volumes, truth
