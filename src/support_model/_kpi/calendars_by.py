"""Several calendars in one figure: which of them holds for a ticket is said by a field of it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeAlias

from support_model._frozen import frozen
from support_model._kpi.field_names import must_be_field
from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from support_model._kpi.facts import Facts


@frozen
class CalendarsBy:
    """The opening hours of each ticket, by a field.

    Attributes:
        field: name of the field, as it is at the instant of the facts, such as "organization".
        calendars: by value of the field; by its name where the value has one, as a priority.
        default: of every other value and of none; without it such a ticket is an error.

    Raises:
        InvalidValue: when asked, a name that no field has, or a ticket that no calendar is for.

    Example:
        >>> office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
        >>> hours = CalendarsBy("organization", {"acme": BusinessCalendar.always()}, office)
        >>> hours.default == office
        True
    """

    field: str
    calendars: Mapping[Any, BusinessCalendar]
    default: BusinessCalendar | None = None

    @property
    def every(self) -> tuple[BusinessCalendar, ...]:
        """All of the calendars; the default is the last."""
        default = () if self.default is None else (self.default,)
        return (*self.calendars.values(), *default)

    @property
    def fingerprint(self) -> str:
        """A digest of what it means, stable across processes and versions."""
        known = sorted((str(key), one.fingerprint) for key, one in self.calendars.items())
        default = None if self.default is None else self.default.fingerprint
        return sha256(repr((self.field, known, default)).encode()).hexdigest()

    def place(self, value: object) -> int:
        """Return which of `every` is that of a value."""
        name = getattr(value, "name", value)
        places = {key: place for place, key in enumerate(self.calendars)}
        if name in places:
            return places[name]
        if self.default is None:
            problem = f"no calendar of this {self.field}"
            remedy = nearest(str(name), map(str, self.calendars))
            raise InvalidValue(name, problem, f"{remedy}, or give a default")
        return len(places)

    def of(self, ticket: Facts) -> BusinessCalendar:
        """Return the calendar of a ticket."""
        must_be_field(self.field)
        return self.every[self.place(ticket.fields.get(self.field))]


Clock: TypeAlias = BusinessCalendar | CalendarsBy


def must_be_clock(calendar: object) -> None:
    """Refuse what is neither a calendar, nor several by a field, nor None.

    Raises:
        InvalidValue: something else.
    """
    if not isinstance(calendar, BusinessCalendar | CalendarsBy | None):
        remedy = "give a BusinessCalendar, such as desk.calendars[...], or kpi.CalendarsBy(...)"
        raise InvalidValue(calendar, "no calendar", remedy)
