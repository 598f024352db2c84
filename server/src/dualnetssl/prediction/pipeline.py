"""Going through items: reading the next and writing the last one meanwhile, or one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Given = TypeVar("Given")
Found = TypeVar("Found")
Written = TypeVar("Written")


def overlap(
    items: Sequence[Item],
    read: Callable[[Item], Given],
    work: Callable[[Given], Found],
    write: Callable[[Found], Written],
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Written]:
    """Yield ``write(work(read(item)))`` of each item in order, the three of them at the same time.

    One item is read ahead, one is worked on and one written, no more. ``read`` and ``work`` have a thread each,
    ``write`` stays on the caller's, so that what is done is yielded at once. An error of any of them is raised here;
    what was yielded before is complete.

    Args:
        items: what to go through.
        read: prepares an item.
        work: the part that keeps the device busy.
        write: finishes an item.
        stop: asked before each item; what is being worked on then is still written.

    Example:
        >>> list(overlap([1, 2, 3], float, lambda number: 2 * number, str))
        ['2.0', '4.0', '6.0']
    """
    with ThreadPoolExecutor(1) as reader, ThreadPoolExecutor(1) as worker:

        def begin(given: Future[Given]) -> Future[Found]:
            return worker.submit(lambda: work(given.result()))

        ahead = [reader.submit(read, item) for item in items[:1]]
        working: Future[Found] | None = None
        for index in range(len(items) + 1):
            found = [working.result()] if working is not None else []
            working = None
            if ahead and not stop():
                working = begin(ahead.pop())
                ahead = [reader.submit(read, item) for item in items[index + 1 : index + 2]]
            if found:
                yield write(found.pop())
            if working is None:
                break


def one_by_one(
    items: Sequence[Item],
    read: Callable[[Item], Given],
    work: Callable[[Given], Found],
    write: Callable[[Found], Written],
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Written]:
    """Yield what `overlap` yields, with one item at hand at a time: slower, and in a third of the memory.

    Example:
        >>> list(one_by_one([1, 2, 3], float, lambda number: 2 * number, str))
        ['2.0', '4.0', '6.0']
    """
    for item in items:
        if stop():
            break
        yield write(work(read(item)))
