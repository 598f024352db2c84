"""Values of a label are counted as NumPy counts them, long runs of one value and all that lies between."""

from __future__ import annotations

import numpy as np
import pytest

from dualnetssl.volumes.counting import count_values


@pytest.mark.parametrize("size", [(1, 1, 1), (3, 40, 50), (16, 64, 64), (17, 65, 63)])
def test_long_runs_and_what_lies_between_are_counted(size):
    label = np.zeros(size, np.uint8)
    label[size[0] // 2 :] = 2
    label[::5, ::7, ::9] = 255
    assert count_values(label).tolist() == np.bincount(label.ravel(), minlength=256).tolist()
    assert count_values(label.T).tolist() == count_values(label).tolist()
