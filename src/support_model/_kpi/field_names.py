"""The names of fields that tickets are split by, checked: a misspelt one would be of no ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support_model._vocabulary import FIELDS, is_custom
from support_model.errors import InvalidValue, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable


def must_be_field(name: str, further: Iterable[str] = (), more: Iterable[str] = ()) -> None:
    """Refuse a name that no field has; one that no ticket has is a field all the same.

    Args:
        name: of a field, `custom.<name>` included.
        further: columns that stand beside the facts.
        more: other names that may be given.

    Raises:
        InvalidValue: another name.
    """
    known = {*FIELDS, *further, *more}
    if name not in known and not is_custom(name):
        raise InvalidValue(name, "unknown field", nearest(str(name), known))
