"""Two annotators' work on one scan: where they agree, where they contradict each other, and both in one.

Only verified voxels count. Where the work both began with is known, who left it as it was contradicts nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_AT_ONCE = 2**22


@dataclass(frozen=True)
class Work:
    """What an annotator made of a scan.

    Attributes:
        label: label values ``[k, j, i]``, uint8; None: nothing is labelled, and nothing verified.
        verified: mask of the same shape, other than 0 where a voxel is verified; None: every voxel of the label is.
    """

    label: Array | None
    verified: Array | None = None


@dataclass(frozen=True)
class Meeting:
    """How the work of two annotators relates, in voxels.

    Attributes:
        agreed: verified by both with the same label.
        mine: verified by me alone, or by both with different labels where theirs is as the work began.
        theirs: the other way round.
        conflict: flat indices (C order of ``[k, j, i]``, int64, ascending) of what both verified with different labels.
    """

    agreed: int
    mine: int
    theirs: int
    conflict: Array


def compare(mine: Work, theirs: Work, began: Work | None = None) -> Meeting:
    """Compare two annotators' work on the same grid.

    Args:
        mine: one of the two.
        theirs: the other.
        began: the revision that mine was made from, which theirs came after; None if it is not known.

    Raises:
        ValueError: the volumes differ in size.

    Example:
        >>> both = np.ones(4, np.uint8)
        >>> found = compare(Work(np.array([1, 2, 3, 0]), np.array([1, 1, 1, 0])), Work(both, np.array([1, 1, 0, 1])))
        >>> found.agreed, found.mine, found.theirs, found.conflict.tolist()
        (1, 1, 1, [1])
    """
    counts, conflicts = np.zeros(3, np.int64), [np.zeros(0, np.int64)]
    for start, part in _parts(mine, theirs, began):
        counts += [np.count_nonzero(which) for which in (part.agreed, part.mine, part.theirs)]
        conflicts.append(start + np.flatnonzero(part.conflict))
    agreed, my_own, their_own = (int(count) for count in counts)
    return Meeting(agreed, my_own, their_own, np.concatenate(conflicts))


def merge(mine: Work, theirs: Work, began: Work | None = None) -> tuple[Array, Array]:
    """Put two annotators' work into one: each voxel as it was verified by the one or the other.

    Voxels that nobody verified are as in ``theirs``, so that nothing looks changed that was not.
    Where they contradict each other nothing is verified, for somebody to decide; it is labelled as mine until then,
    as theirs is a revision and cannot be lost.

    Args:
        mine: one of the two.
        theirs: the other, which is what the server has.
        began: as for `compare`.

    Returns:
        Label and mask of verified voxels, uint8.

    Raises:
        ValueError: the volumes differ in size.

    Example:
        >>> mine = Work(np.array([1, 2, 3]), np.array([1, 1, 0]))
        >>> theirs = Work(np.array([5, 6, 7]), np.array([0, 1, 0]))
        >>> [volume.tolist() for volume in merge(mine, theirs)]
        [[1, 2, 7], [1, 0, 0]]
    """
    shape = _shape(mine, theirs, began)
    label, verified = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    labels, marks = label.reshape(-1), verified.reshape(-1)
    for start, part in _parts(mine, theirs, began):
        here = slice(start, start + part.mine_label.size)
        labels[here] = np.where(part.mine | part.conflict, part.mine_label, part.theirs_label)
        marks[here] = part.agreed | part.mine | part.theirs
    return label, verified


def undecided(mine: Work, theirs: Work) -> Array:
    """Find the voxels that they verified and I did not, though I have labelled them otherwise: a contradiction left.

    Returns:
        Flat indices (C order of ``[k, j, i]``, int64, ascending).

    Raises:
        ValueError: the volumes differ in size.

    Example:
        >>> mine, theirs = Work(np.array([1, 2, 3]), np.array([1, 0, 0])), Work(np.array([4, 4, 3]))
        >>> undecided(mine, theirs).tolist()
        [1]
    """
    found = [np.zeros(0, np.int64)]
    size = int(np.prod(_shape(mine, theirs)))
    for start in range(0, size, _AT_ONCE):
        here = slice(start, min(start + _AT_ONCE, size))
        (my_label, my_mask), (their_label, their_mask) = _piece(mine, here), _piece(theirs, here)
        found.append(start + np.flatnonzero(their_mask & ~my_mask & (my_label != their_label)))
    return np.concatenate(found)


@dataclass(frozen=True)
class _Part:
    """A piece of both scans: labels, and which voxels belong to which set; the sets have no voxel in common."""

    mine_label: Array
    theirs_label: Array
    agreed: Array
    mine: Array
    theirs: Array
    conflict: Array


def _parts(mine: Work, theirs: Work, began: Work | None) -> Iterator[tuple[int, _Part]]:
    """Go through the scan in pieces, so that a large one needs little memory."""
    size = int(np.prod(_shape(mine, theirs, began)))
    for start in range(0, size, _AT_ONCE):
        here = slice(start, min(start + _AT_ONCE, size))
        yield start, _part(_piece(mine, here), _piece(theirs, here), None if began is None else _piece(began, here))


def _part(mine: tuple[Array, Array], theirs: tuple[Array, Array], began: tuple[Array, Array] | None) -> _Part:
    (my_label, my_mask), (their_label, their_mask) = mine, theirs
    both, differ = my_mask & their_mask, my_label != their_label
    left_mine, left_theirs = _left(mine, began), _left(theirs, began)
    contested = both & differ
    return _Part(
        mine_label=my_label,
        theirs_label=their_label,
        agreed=both & ~differ,
        # who changed what the other left as both had found it is not contradicted: only one of them has looked again
        mine=(my_mask & ~their_mask) | (contested & left_theirs),
        theirs=(their_mask & ~my_mask) | (contested & left_mine),
        conflict=contested & ~left_mine & ~left_theirs,
    )


def _left(work: tuple[Array, Array], began: tuple[Array, Array] | None) -> Array:
    """Tell which voxels are as somebody had verified them before both began."""
    if began is None:
        return np.zeros(work[0].shape, bool)
    left: Array = began[1] & (work[0] == began[0])
    return left


def _piece(work: Work, here: slice) -> tuple[Array, Array]:
    """Return label and verified voxels of a piece."""
    if work.label is None:
        length = here.stop - here.start
        return np.zeros(length, np.uint8), np.zeros(length, bool)
    label = work.label.reshape(-1)[here]
    return label, np.ones(label.shape, bool) if work.verified is None else work.verified.reshape(-1)[here] != 0


def _shape(*works: Work | None) -> tuple[int, ...]:
    """Return the one shape of all volumes."""
    volumes = [volume for work in works if work is not None for volume in (work.label, work.verified)]
    shapes = {volume.shape for volume in volumes if volume is not None}
    if len(shapes) != 1:
        raise ValueError(f"labels and masks must have one size; received {sorted(shapes)}")
    return shapes.pop()
