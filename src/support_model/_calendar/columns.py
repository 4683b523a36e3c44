"""What an array argument means: instants or amounts in, exact int64 microseconds inside.

Instants are int64 microseconds since 1970-01-01 UTC, or datetime64 read as UTC in a unit from
days to nanoseconds; one aware datetime stands for a whole column. Nothing is rounded, NaT is
remembered, and an answer takes the shape and the kind of its arguments.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from attrs import define

from support_model._calendar.edge_tables import within
from support_model._time import FIRST, LAST, micros, micros_of
from support_model.errors import InvalidValue, MissingExtra

try:
    import numpy as np
except ImportError:
    raise MissingExtra(extra="frames", needs="numpy") from None

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Ints = NDArray[np.int64]


LENGTH = LAST - FIRST + 1
NAT = np.iinfo(np.int64).min
UNITS = {"D": 86_400_000_000, "h": 3_600_000_000, "m": 60_000_000, "s": 10**6, "ms": 1000, "us": 1}


@define
class Column:
    """One argument: its values, whether they carry a unit (None: either way), where NaT was."""

    values: NDArray[Any]
    typed: bool | None = None
    missing: NDArray[np.bool_] | None = None


def read_column(values: ArrayLike, kind: str, name: str) -> Column:
    """Return instants (kind M) or amounts (kind m) as int64 microseconds within bounds."""
    if kind == "M" and isinstance(values, datetime) and not getattr(values, "nanosecond", 0):
        return Column(np.array(micros(values), np.int64))
    if kind == "m" and isinstance(values, timedelta) and not getattr(values, "nanoseconds", 0):
        return Column(np.array(micros_of(values), np.int64))
    array = np.asarray(values)
    unit = np.datetime_data(array.dtype)[0] if array.dtype.kind == kind else ""
    if unit == "ns" or (unit in UNITS and np.datetime_data(array.dtype)[1] == 1):
        ints = array.astype(f"{kind}8[{unit}]", copy=False).view(np.int64)
        missing = ints == NAT if ints.size and ints.min() == NAT else None
        if missing is not None:
            ints = np.where(missing, 0 if missing.all() else ints[~missing][0], ints)
        return Column(_scaled(ints, unit, kind, name), typed=True, missing=missing)
    if array.dtype.kind in "iu" and np.can_cast(array.dtype, np.int64):
        return Column(_scaled(array.astype(np.int64, copy=False), "us", kind, name), typed=False)
    raise InvalidValue(
        str(array.dtype),
        f"{name} of a dtype that names no exact " + ("instant" if kind == "M" else "duration"),
        f"give int64 microseconds or {'datetime64 in UTC' if kind == 'M' else 'timedelta64'},"
        " in a unit from days to nanoseconds",
    )


def _scaled(ints: Ints, unit: str, kind: str, name: str) -> Ints:
    """Return whole microseconds; amounts longer than time itself are shortened to that."""
    if not ints.size:
        return ints
    if unit == "ns":
        whole = ints // 1000
        if (torn := whole * 1000 != ints).any():
            row = int(torn.argmax())
            raise InvalidValue(
                int(ints.flat[row]),
                f"{name}: row {row} holds a part of a microsecond (nanoseconds)",
                "round on purpose: values.astype('datetime64[us]')",
            )
        return whole
    factor = UNITS[unit]
    if kind == "M":
        remark = f"{name} outside the years 1 to 9999 (unit: {unit})"
        within(ints, FIRST // factor, LAST // factor, remark)
    elif int(ints.min()) < -LENGTH // factor or int(ints.max()) > LENGTH // factor:
        ints = np.clip(ints, -LENGTH // factor, LENGTH // factor)
    return ints if factor == 1 else ints * factor


@define
class Rows:
    """The complete rows of columns, flat, and how to give an answer for all of them.

    Attributes:
        columns: one flat array each, of the rows without NaT.
        shape: the shape of an answer.
        typed: whether the answer carries a unit.
        numbers: the rows' places among all rows; None if none was left out.
    """

    columns: tuple[NDArray[Any], ...]
    shape: tuple[int, ...]
    typed: bool
    numbers: Ints | None

    @classmethod
    def of(cls, **columns: Column) -> Rows:
        """Broadcast columns that agree about their unit.

        Raises:
            InvalidValue: plain integers beside a column with a unit.
        """
        units = {column.typed for column in columns.values()} - {None}
        if len(units) > 1:
            raise InvalidValue(
                " and ".join(columns),
                "plain integers beside datetime64 or timedelta64",
                "give both as int64 microseconds, or both with a unit",
            )
        values = np.broadcast_arrays(*(column.values for column in columns.values()))
        shape = values[0].shape
        flat = tuple(value.reshape(-1) for value in values)
        missing = [c.missing for c in columns.values() if c.missing is not None]
        if not missing:
            return cls(flat, shape, True in units, None)
        lost = np.any([np.broadcast_to(mask, shape) for mask in missing], axis=0)
        numbers = np.flatnonzero(~lost)
        return cls(tuple(value[numbers] for value in flat), shape, True in units, numbers)

    def answer(self, out: Ints, dtype: str) -> NDArray[Any]:
        """Return the answer of the complete rows in the shape of all, NaT where one was."""
        if self.numbers is not None:
            whole = np.full(self.shape, NAT)
            whole.flat[self.numbers] = out
            return whole.view(dtype)
        shaped = out.reshape(self.shape)
        return shaped.view(dtype) if self.typed else shaped
