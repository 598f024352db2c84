"""Work that takes long, done aside, so that who looks at all jobs every moment is never kept by one of them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor


class Aside:
    """A thread that does one piece of work after the other; for use by one other thread."""

    def __init__(self, done: Callable[[], object]) -> None:
        """Start no thread before there is work.

        Args:
            done: called in the thread after each piece.
        """
        self._done = done
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: dict[str, Future[object]] = {}

    def finished(self, name: str, work: Callable[[], object]) -> bool:
        """Begin a piece of work, unless it is under way, and tell whether it has ended; then it is forgotten.

        Raises:
            BaseException: what the work raised.
        """
        if name not in self._under_way:
            self._under_way[name] = self._begun(work)
        if not self._under_way[name].done():
            return False
        self._under_way.pop(name).result()
        return True

    def _begun(self, work: Callable[[], object]) -> Future[object]:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, "supervisor-aside")
        future = self._pool.submit(work)
        future.add_done_callback(lambda _: self._done())
        return future

    def close(self) -> None:
        """Wait for the piece that is under way, and drop the others."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        self._pool = None
        self._under_way.clear()
