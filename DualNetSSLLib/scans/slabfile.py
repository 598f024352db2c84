"""A volume that is written into a file slab by slab, none of them long in reaching the disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Append = Callable[[npt.NDArray[Any]], None]
"""Takes the next slab, of values that the volume's type can hold."""


@contextmanager
def slab_file(path: Path, shape: tuple[int, int, int], dtype: npt.DTypeLike = np.uint8) -> Iterator[Append]:
    """Open a ``.npy`` file for a volume of ``shape`` (k, j, i); slabs come in the order of k.

    The file bears another name until the last slab is in it. Each slab waits for the disk: to have the whole wait at
    the end, or to map the file, makes one long wait of many short ones.

    Raises:
        OSError: the disk is full, or may not be written on.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "label.npy"
        >>> with slab_file(path, (2, 1, 3)) as append:
        ...     append(np.zeros((1, 1, 3), np.uint8))
        ...     append(np.ones((1, 1, 3), bool))
        >>> np.load(path).tolist()
        [[[0, 0, 0]], [[1, 1, 1]]]
    """
    part = path.with_name(path.name + ".part")
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype(dtype)), "fortran_order": False, "shape": shape}
    with part.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)

        def append(slab: npt.NDArray[Any]) -> None:
            file.write(np.ascontiguousarray(slab, dtype).data)
            file.flush()
            os.fsync(file.fileno())

        yield append
    part.replace(path)
