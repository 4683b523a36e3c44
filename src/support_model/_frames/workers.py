"""The fold of `support_model.sla.evaluate` over many tickets, in this process or in others."""

from __future__ import annotations

import multiprocessing
import pickle
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from support_model._frames.cycles import Names, Parts, parts_of, rows_of
from support_model._vocabulary import whole
from support_model.errors import InvalidValue
from support_model.sla import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from support_model._columns.event_columns import EventColumns
    from support_model.sla import PolicyBook

    Fold = Callable[[EventColumns], Parts]

FEW = 512
"""Tickets that are folded in this process, since asking another costs more."""
_ALONE = "give workers=1, or ask in a module that is imported, below if __name__ == '__main__'"


def fold(columns: EventColumns, *, book: PolicyBook, as_of: datetime) -> Parts:
    """Return the cycles of some tickets, folded one by one; `ticket` is the place of each."""
    names = Names.of(book)
    return parts_of(
        [
            (ticket, *row)
            for ticket, log in enumerate(columns.logs())
            for row in rows_of(evaluate(log, book, as_of=as_of), book, names)
        ]
    )


@contextmanager
def folding(book: PolicyBook, as_of: datetime, workers: int) -> Iterator[Fold]:
    """Yield a function that folds tickets, in so many processes that end with the context.

    Raises:
        InvalidValue: `workers` is no positive whole number, the book holds what no other
            process can be given, or the processes cannot begin.
    """
    if not whole(workers) or workers < 1:
        raise InvalidValue(workers, "no number of processes", "give 1, or how many cores to use")
    here = partial(fold, book=book, as_of=as_of)
    if workers == 1:
        yield here
        return
    try:
        pickle.dumps(book)
    except (AttributeError, TypeError, pickle.PicklingError) as problem:
        remedy = "define its functions at the top of a module, or give workers=1"
        raise InvalidValue(str(problem), "a book that cannot go to a process", remedy) from None
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:

        def there(columns: EventColumns) -> Parts:
            count = columns.segments.count
            if count <= FEW:
                return here(columns)
            edges = np.linspace(0, count, workers + 1, dtype=np.int64).tolist()
            pieces = [columns.stretch(a, b) for a, b in pairwise(edges)]
            try:
                found = list(pool.map(here, pieces))
            except BrokenProcessPool:
                raise InvalidValue(workers, "processes that cannot begin", _ALONE) from None
            for edge, parts in zip(edges, found, strict=False):
                parts["ticket"] += edge
            return {name: np.concatenate([part[name] for part in found]) for name in found[0]}

        yield there
