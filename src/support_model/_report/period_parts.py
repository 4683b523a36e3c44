"""What figures of periods are made of: spells cut at the edges of periods, and open stays."""

from __future__ import annotations

from array import array
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from attrs import Factory, define

if TYPE_CHECKING:
    from collections.abc import Sequence

    from support_model.changes import Spells

Ints: TypeAlias = "array[int]"
Codes: TypeAlias = "Sequence[int]"
"""The group of each unit, by its code."""
Lives: TypeAlias = "tuple[Sequence[int], Sequence[bool], Sequence[int]]"
"""How long each lasted, whether it ended then, and since when it was watched."""
OUT = -2
"""Code of a unit that is not in the group asked for."""
PLACES, INSTANTS, FLAGS = (Factory(partial(array, code)) for code in "iqb")


@define
class Pieces:
    """Parts of spells, each in one period.

    Attributes:
        unit: whose they are.
        period: which one.
        young: the age at which a part begins, in microseconds.
        old: the age at which it ends.
        came: 1 where the spell ended with it.
    """

    unit: Ints = PLACES
    period: Ints = PLACES
    young: Ints = INSTANTS
    old: Ints = INSTANTS
    came: Ints = FLAGS


@define
class Stay:
    """The stretches of all units in an open status.

    Attributes:
        status: its name.
        spells: the stretches.
        running: 1 for each that goes on.
    """

    status: str
    spells: Spells
    running: Ints
