"""How far a long count has come, and a line that shows it."""

from __future__ import annotations

import sys

from support_model._frozen import frozen

__all__ = ["Progress", "show_progress"]

_WIDTH = 24


@frozen
class Progress:
    """How far `partitioned` has come.

    Attributes:
        rows: rows read so far.
        rows_total: rows of the log; None where that is not known before all are read.
        partitions: partitions whose answer is there.
        partitions_total: how many there are; None until all rows are read.
    """

    rows: int
    rows_total: int | None
    partitions: int = 0
    partitions_total: int | None = None

    @property
    def share(self) -> float | None:
        """The share of the work that is done, rows and partitions alike; None where unknown."""
        if self.partitions_total is not None:
            return 0.5 + 0.5 * self.partitions / self.partitions_total
        return None if not self.rows_total else 0.5 * min(self.rows / self.rows_total, 1)

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return self.partitions == self.partitions_total


def show_progress(progress: Progress) -> None:
    """Write a line to standard error, over the line before it: a bar, rows and partitions.

    For a terminal or a notebook: `frames.partitioned(log, job, progress=show_progress, ...)`.

    Example:
        >>> show_progress(Progress(5_000_000, 5_000_000, 4, 16))
    """
    share = progress.share
    full = 0 if share is None else int(share * _WIDTH)
    total = "" if progress.rows_total is None else f" of {progress.rows_total:,}"
    line = f"[{'#' * full}{'.' * (_WIDTH - full)}] {progress.rows:,}{total} rows"
    if progress.partitions_total is not None:
        line += f", {progress.partitions} of {progress.partitions_total} partitions"
    sys.stderr.write(f"\r{line:<78}" + "\n" * progress.done)
    sys.stderr.flush()
