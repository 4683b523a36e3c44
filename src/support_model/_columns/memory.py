"""Memory that columns no longer use."""

from __future__ import annotations

import ctypes
import sys

import pyarrow as pa

__all__ = ["release_unused"]


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
