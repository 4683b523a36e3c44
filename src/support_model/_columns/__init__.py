"""Arithmetic on columns, which needs NumPy and pyarrow: the extra `frames`."""

from support_model.errors import MissingExtra

try:
    import numpy  # noqa: F401, ICN001 - asked for here, used below
    import pyarrow  # noqa: F401, ICN001 - likewise
except ImportError:
    raise MissingExtra(extra="frames", needs="numpy and pyarrow") from None
