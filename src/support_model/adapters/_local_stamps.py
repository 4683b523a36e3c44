"""Stamps "2026-03-02 09:00:00" of one clock, as databases write them: local, or UTC.

Most are of days on which the clock does not change, so the offset of a day is found once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from attrs import Factory, define

from support_model._time import instant, instant_of_reading
from support_model.adapters._payloads import masked
from support_model.errors import NaiveDatetime, OutOfRange

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from support_model.adapters._payloads import Tally

SHORTEST: Final = len("2026-03-02 09:00")
USUAL: Final = len("2026-03-02 09:00:00")
LONGEST: Final = 40
REMEMBERED: Final = 100_000
FIRST_YEAR, LAST_YEAR = 3, 9998


@define
class Stamps:
    """How the stamps of one reading are read.

    Attributes:
        tz: the zone of the clock; None where the account says none.
        tally: where a local time that the clock skipped, or showed twice, is counted.
        remedy: what to say where a zone is needed.

    Example:
        >>> from zoneinfo import ZoneInfo
        >>> from support_model.adapters._payloads import Tally
        >>> stamps = Stamps(ZoneInfo("Europe/Paris"), Tally("x"), "say tz")
        >>> stamps.at("2026-03-28 23:00:00"), stamps.at(""), stamps.at(7)
        (datetime.datetime(2026, 3, 28, 22, 0, tzinfo=datetime.timezone.utc), None, None)
    """

    tz: ZoneInfo | None
    tally: Tally
    remedy: str
    _days: dict[str, timedelta] = Factory(dict)
    _known: dict[str, datetime] = Factory(dict)
    _odd: set[str] = Factory(set)

    def at(self, value: Any) -> datetime | None:  # noqa: ANN401 - JSON types
        """Return the instant of a stamp, in UTC; None where there is none, or no such stamp.

        Raises:
            NaiveDatetime: it says no offset, and no zone is known.
        """
        if value.__class__ is not str:
            return None
        found = self._known.get(value)
        if found is None and SHORTEST <= len(value) <= LONGEST:
            found = self._read(value)
            if found is not None and len(self._known) < REMEMBERED:
                self._known[value] = found
        return found

    def _read(self, text: str) -> datetime | None:
        shift = self._days.get(text[:10]) if len(text) == USUAL else None
        try:
            if shift is not None:
                return datetime.fromisoformat(f"{text}+00:00") - shift
            at = datetime.fromisoformat(text)
        except (ValueError, OverflowError):
            return None
        if at.tzinfo is None and self.tz is None:
            problem = "a stamp without a zone names no instant"
            raise NaiveDatetime(masked(text), problem, self.remedy)
        try:
            return at.astimezone(UTC) if self.tz is None or at.tzinfo else self._local(at, text)
        except (OverflowError, OutOfRange):
            return None

    def _local(self, at: datetime, text: str) -> datetime:
        tz = self.tz
        assert tz is not None  # noqa: S101 - asked by the caller
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        shift = _shift(midnight, tz)
        if shift is not None:
            self._days[text[:10]] = shift
            return at.replace(tzinfo=UTC) - shift
        earlier, later = (at.replace(tzinfo=tz, fold=fold).utcoffset() for fold in (0, 1))
        if earlier is not None and later is not None and earlier != later:
            code = "ambiguous_time" if earlier > later else "never_shown"
            if text not in self._odd:
                self._odd.add(text)
                self.tally.noted.note(code, None, text)
        micros = (at - midnight) // timedelta(microseconds=1)
        return instant(instant_of_reading(tz, at.toordinal(), micros))


def _shift(midnight: datetime, tz: ZoneInfo) -> timedelta | None:
    """Return how far the clock is ahead all day long; None on a day on which that changes."""
    if not FIRST_YEAR <= midnight.year <= LAST_YEAR:
        return None
    next_day = midnight + timedelta(days=1)
    offsets = {
        each.replace(tzinfo=tz, fold=fold).utcoffset()
        for each in (midnight, next_day)
        for fold in (0, 1)
    }
    return offsets.pop() if len(offsets) == 1 else None
