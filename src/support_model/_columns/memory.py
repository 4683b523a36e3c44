"""Where long columns get their memory, and memory that columns no longer use."""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING, Any

from support_model.errors import MissingExtra

try:
    import numpy as np
except ImportError:
    raise MissingExtra(extra="frames", needs="numpy") from None
try:
    import pyarrow as pa
except ImportError:
    raise MissingExtra(extra="frames", needs="pyarrow") from None

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

__all__ = ["release_unused", "room"]

_LONG = 1 << 22


def room(size: int, dtype: DTypeLike) -> NDArray[Any]:
    """Return a column to be filled, of memory that was used before where it is long.

    NumPy asks the system for each long column anew, and to hand over so many empty pages takes
    as long as to fill them. Arrow keeps the memory that it was given back.
    """
    kind = np.dtype(dtype)
    if size * kind.itemsize < _LONG:
        return np.empty(size, kind)
    return np.frombuffer(pa.allocate_buffer(size * kind.itemsize), kind)


def release_unused() -> None:
    """Give unused memory back to the system: Arrow's, and NumPy's where the C library is glibc.

    Temporaries of many sizes leave gaps between what is kept. glibc gives back none of them by
    itself: a process that has read a log would keep twice what its columns take.
    """
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
