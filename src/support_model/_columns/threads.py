"""Work in threads, answers in order: arithmetic on columns lets other threads run meanwhile."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["in_threads", "threads_for"]

Given = TypeVar("Given")
Answer = TypeVar("Answer")


LARGE = 1 << 20
"""Rows; the columns of fewer are made as soon without threads."""


def threads_for(rows: int, least: int | None = None) -> int:
    """Return how many threads work on so many rows: `pyarrow.cpu_count()`, or one on few.

    Args:
        rows: or whatever is counted.
        least: how many are not few; None is `LARGE`.
    """
    return pa.cpu_count() if rows >= (LARGE if least is None else least) else 1


def in_threads(
    answer: Callable[[Given], Answer], items: Iterable[Given], threads: int
) -> Iterator[Answer]:
    """Yield an answer for each item in their order, some in work while one is looked at."""
    if threads == 1:  # memory that one thread has used is not used again by another
        yield from map(answer, items)
        return
    waiting: deque[Callable[[], Answer]] = deque()
    pool = ThreadPoolExecutor(threads)
    try:
        for item in items:
            waiting.append(pool.submit(answer, item).result)
            if len(waiting) > threads:
                yield waiting.popleft()()
        while waiting:
            yield waiting.popleft()()
    finally:
        pool.shutdown(cancel_futures=True)
