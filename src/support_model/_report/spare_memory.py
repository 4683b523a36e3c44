"""Memory that parts of a report no longer use, given back between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support_model.kpi import PlainFacts

MANY = 10_000
"""Tickets from which on the temporaries of a part are worth giving back."""


def release(plain: PlainFacts) -> None:
    """Give memory that nothing uses any more back, of columns.

    What one part of a report took in pieces of one size, the next would not use in another.
    """
    if plain.columns is not None and plain.size >= MANY:
        from support_model._columns.memory import release_unused  # noqa: PLC0415 - needs numpy

        release_unused()
