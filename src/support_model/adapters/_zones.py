"""Time zones as other systems call them, by the IANA name of each."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from support_model._time import is_machine_zone, timezone
from support_model._zone_names import PLACES, RAILS, WINDOWS, WITHIN_THE_HOUR
from support_model.errors import UnknownZone

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_OFFSET = r"(?P<sign>[+\-\u2212])(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?"
_FIXED = re.compile(rf"\(?(?:UTC|GMT)?\s?{_OFFSET}\)?", re.IGNORECASE | re.ASCII)
_SHOWN = re.compile(
    rf"\((?:UTC|GMT)\s?(?P<offset>{_OFFSET})?\)\s?(?P<rest>.{{1,100}})", re.IGNORECASE | re.ASCII
)
_ZERO = frozenset({"utc", "gmt", "z", "zulu", "(utc)", "(gmt)", "etc/utc"})
_EXAMPLE = "say an IANA name such as 'Europe/Berlin'"
_LONGEST = 100
_CLOSE = 0.8
_FARTHEST_WEST, _FARTHEST_EAST = -12, 14


def _folded(name: str) -> str:
    return " ".join(name.replace("&amp;", "&").split()).casefold()


_KNOWN = {_folded(name): zone for name, zone in {**PLACES, **WINDOWS, **RAILS}.items()}


def zone_named(name: str) -> ZoneInfo:
    """Return the zone of an IANA name, a name of Rails or of Windows, or an offset of whole hours.

    A name of Rails or Windows may stand behind its offset, as these systems show it; the place
    then decides, since the offset shown is the one outside summer time.

    Args:
        name: "Europe/Berlin", "Eastern Time (US & Canada)", "W. Europe Standard Time",
            "(UTC+05:00) Ekaterinburg", "UTC+5".

    Raises:
        UnknownZone: nothing is called so, or an offset alone has no zone of its own, such as
            "UTC+5:30"; the remedy names what comes close.

    Source: CLDR, windowsZones (territory 001); ActiveSupport::TimeZone.

    Example:
        >>> [zone_named(name).key for name in ("New Caledonia", "Russian Standard Time", "UTC+5")]
        ['Pacific/Noumea', 'Europe/Moscow', 'Etc/GMT-5']
    """
    text = " ".join(name.split()) if isinstance(name, str) else ""
    if not text or len(text) > _LONGEST:
        raise UnknownZone(name, "no name of a time zone", _EXAMPLE)
    if text.casefold() in _ZERO:
        return timezone("UTC")
    if fixed := _FIXED.fullmatch(text):
        return _of_offset(name, fixed)
    shown = _SHOWN.fullmatch(text)
    return _of_name(name, shown["rest"] if shown else text, shown)


def _of_name(name: str, text: str, shown: re.Match[str] | None) -> ZoneInfo:
    found = _KNOWN.get(_folded(text))
    if found is not None:
        return timezone(found)
    try:
        return timezone(text)
    except UnknownZone as error:
        remedy = error.remedy
    if remedy.startswith("use an IANA"):  # no name that means the same: one that is spelled so
        installed = (key for key in available_timezones() if not is_machine_zone(key))
        close = get_close_matches(text, [*RAILS, *WINDOWS, *installed], n=1, cutoff=_CLOSE)
        remedy = f"did you mean {close[0]!r}?" if close else _EXAMPLE
    if shown is not None and shown["offset"]:
        remedy += "; the offset alone is not enough, since it leaves out summer time"
    raise UnknownZone(name, "unknown time zone", remedy)


def _of_offset(name: str, fixed: re.Match[str]) -> ZoneInfo:
    sign = "+" if fixed["sign"] == "+" else "-"
    hours, minutes = int(fixed["hours"]), int(fixed["minutes"] or 0)
    if minutes:
        same = WITHIN_THE_HOUR.get(f"{sign}{hours:02}:{minutes:02}", ())
        named = " or ".join(map(repr, same))
        remedy = f"say the place: {named}" if same else f"say the place: {_EXAMPLE[4:]}"
        raise UnknownZone(name, "no zone is named for this offset", remedy)
    ahead = hours if sign == "+" else -hours
    if not _FARTHEST_WEST <= ahead <= _FARTHEST_EAST:
        raise UnknownZone(name, "no place has this offset", "offsets go from UTC-12 to UTC+14")
    # "Etc/GMT-5" is five hours ahead of UTC: these names count to the west.
    return timezone(f"Etc/GMT{-ahead:+}" if ahead else "UTC")
