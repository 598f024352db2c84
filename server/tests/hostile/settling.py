"""What has to hold for any bytes that come as a volume; tests of properties and the fuzzer ask it."""

from __future__ import annotations

import io

import numpy as np

from dualnetssl import volumes
from dualnetssl.contract.errors import ProblemError
from dualnetssl.files.formats import read_header
from dualnetssl.files.header import SPACING_MM, check_header
from dualnetssl.volumes.canonical import canonical_header


def settle(data: bytes) -> None:
    """Read a file as the server does; what is taken has to be sane and to have one form."""
    try:
        header = read_header(io.BytesIO(data))
        grid = check_header(header, 1 << 20, 1)
    except ProblemError:
        return
    assert all(SPACING_MM[0] <= step <= SPACING_MM[1] for step in grid.spacing)
    assert np.isfinite([*grid.origin, *grid.direction]).all()
    assert header.total_bytes <= 8 << 20
    kept = canonical_header(header, "gzip")
    assert canonical_header(read_header(io.BytesIO(kept)), "gzip") == kept
    assert volumes.same_geometry(check_header(read_header(io.BytesIO(kept)), 1 << 20, 1), grid)
