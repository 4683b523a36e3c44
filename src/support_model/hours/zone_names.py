"""Names that people write for a time zone and that name none, each with the true remedy.

Spelling says nothing about clocks (MST is ten hours from MSK), so no nearest name is offered:
only a name that means the same, or the way to write it.

Source: Unicode CLDR, windowsZones (territory 001). Before this: nothing. Next:
`support_model.instants`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MACHINE_ZONES", "is_machine_zone", "remedy"]

MACHINE_ZONES = ("localtime", "posixrules", "Factory")
"""Keys of the database that mean whatever the machine is set to, or nothing."""
_COPIES = ("right/", "posix/", "SystemV/")
_EXAMPLE = "use an IANA name such as 'Europe/Berlin'"

_ABBREVIATIONS = {
    "ACST": "Australia/Darwin",
    "AEDT": "Australia/Sydney",
    "AEST": "Australia/Sydney",
    "AKST": "America/Anchorage",
    "AWST": "Australia/Perth",
    "BRT": "America/Sao_Paulo",
    "CDT": "America/Chicago",
    "CEST": "Europe/Berlin",
    "EAT": "Africa/Nairobi",
    "EDT": "America/New_York",
    "EEST": "Europe/Kyiv",
    "HKT": "Asia/Hong_Kong",
    "JST": "Asia/Tokyo",
    "KST": "Asia/Seoul",
    "MDT": "America/Denver",
    "MSK": "Europe/Moscow",
    "NZDT": "Pacific/Auckland",
    "NZST": "Pacific/Auckland",
    "PDT": "America/Los_Angeles",
    "PST": "America/Los_Angeles",
    "SAST": "Africa/Johannesburg",
    "SGT": "Asia/Singapore",
    "TRT": "Europe/Istanbul",
    "WEST": "Europe/Lisbon",
    "YEKT": "Asia/Yekaterinburg",
}

_WINDOWS = {
    "AUS Central": "Australia/Darwin",
    "AUS Eastern": "Australia/Sydney",
    "Afghanistan": "Asia/Kabul",
    "Alaskan": "America/Anchorage",
    "Arab": "Asia/Riyadh",
    "Arabian": "Asia/Dubai",
    "Arabic": "Asia/Baghdad",
    "Argentina": "America/Buenos_Aires",
    "Atlantic": "America/Halifax",
    "Azerbaijan": "Asia/Baku",
    "Azores": "Atlantic/Azores",
    "Bangladesh": "Asia/Dhaka",
    "Belarus": "Europe/Minsk",
    "Canada Central": "America/Regina",
    "Cape Verde": "Atlantic/Cape_Verde",
    "Caucasus": "Asia/Yerevan",
    "Cen. Australia": "Australia/Adelaide",
    "Central": "America/Chicago",
    "Central America": "America/Guatemala",
    "Central Asia": "Asia/Almaty",
    "Central Brazilian": "America/Cuiaba",
    "Central Europe": "Europe/Budapest",
    "Central European": "Europe/Warsaw",
    "Central Pacific": "Pacific/Guadalcanal",
    "China": "Asia/Shanghai",
    "E. Africa": "Africa/Nairobi",
    "E. Australia": "Australia/Brisbane",
    "E. Europe": "Europe/Chisinau",
    "E. South America": "America/Sao_Paulo",
    "Eastern": "America/New_York",
    "Egypt": "Africa/Cairo",
    "Ekaterinburg": "Asia/Yekaterinburg",
    "FLE": "Europe/Kyiv",
    "Fiji": "Pacific/Fiji",
    "GMT": "Europe/London",
    "GTB": "Europe/Bucharest",
    "Georgian": "Asia/Tbilisi",
    "Greenland": "America/Godthab",
    "Greenwich": "Atlantic/Reykjavik",
    "Hawaiian": "Pacific/Honolulu",
    "India": "Asia/Kolkata",
    "Iran": "Asia/Tehran",
    "Israel": "Asia/Jerusalem",
    "Jordan": "Asia/Amman",
    "Kaliningrad": "Europe/Kaliningrad",
    "Korea": "Asia/Seoul",
    "Mauritius": "Indian/Mauritius",
    "Middle East": "Asia/Beirut",
    "Montevideo": "America/Montevideo",
    "Morocco": "Africa/Casablanca",
    "Mountain": "America/Denver",
    "Myanmar": "Asia/Yangon",
    "N. Central Asia": "Asia/Novosibirsk",
    "Namibia": "Africa/Windhoek",
    "Nepal": "Asia/Kathmandu",
    "New Zealand": "Pacific/Auckland",
    "Newfoundland": "America/St_Johns",
    "North Asia": "Asia/Krasnoyarsk",
    "North Asia East": "Asia/Irkutsk",
    "Omsk": "Asia/Omsk",
    "Pacific": "America/Los_Angeles",
    "Pacific SA": "America/Santiago",
    "Pakistan": "Asia/Karachi",
    "Romance": "Europe/Paris",
    "Russian": "Europe/Moscow",
    "SA Eastern": "America/Cayenne",
    "SA Pacific": "America/Bogota",
    "SA Western": "America/La_Paz",
    "SE Asia": "Asia/Bangkok",
    "Samoa": "Pacific/Apia",
    "Saratov": "Europe/Saratov",
    "Singapore": "Asia/Singapore",
    "South Africa": "Africa/Johannesburg",
    "Sri Lanka": "Asia/Colombo",
    "Syria": "Asia/Damascus",
    "Taipei": "Asia/Taipei",
    "Tasmania": "Australia/Hobart",
    "Tokyo": "Asia/Tokyo",
    "Turkey": "Europe/Istanbul",
    "US Eastern": "America/Indianapolis",
    "US Mountain": "America/Phoenix",
    "Ulaanbaatar": "Asia/Ulaanbaatar",
    "Venezuela": "America/Caracas",
    "Vladivostok": "Asia/Vladivostok",
    "Volgograd": "Europe/Volgograd",
    "W. Australia": "Australia/Perth",
    "W. Central Africa": "Africa/Lagos",
    "W. Europe": "Europe/Berlin",
    "West Asia": "Asia/Tashkent",
    "Yakutsk": "Asia/Yakutsk",
}
_OFFSET = re.compile(r"(?:UTC|GMT|Z)?([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE | re.ASCII)


def is_machine_zone(key: str) -> bool:
    """Return whether a key of the database means another clock on another machine.

    Example:
        >>> is_machine_zone("localtime"), is_machine_zone("Europe/Berlin")
        (True, False)
    """
    return key in MACHINE_ZONES or key.startswith(_COPIES)


def remedy(name: str, known: Iterable[str]) -> str:
    """Return what to write instead of a name that is no zone; `known` are the zones there are.

    Example:
        >>> remedy("W. Europe Standard Time", ["Europe/Berlin"])
        "this is a name of Windows; say 'Europe/Berlin'"
        >>> remedy("UTC+3", ["Europe/Moscow", "Etc/GMT-3"])
        "name the place, or for the same offset all year 'Etc/GMT-3' (the sign is reversed)"
    """
    zones = sorted(key for key in known if not is_machine_zone(key))
    text = name.strip()
    if not zones:
        return "no time zone data are installed: pip install tzdata"
    if found := _OFFSET.fullmatch(text):
        return _of_offset(found, zones)
    if is_machine_zone(text):
        return f"it means another clock on another machine; {_EXAMPLE}"
    place = text.casefold().replace(" ", "_") or "?"
    same = [key for key in zones if key.casefold() == place]
    same += [key for key in zones if key.casefold().endswith(f"/{place}")]
    windows = re.sub(" (Standard|Daylight|Summer) Time$", "", text)
    said = _EXAMPLE
    if same:
        said = f"did you mean {same[0]!r}?"
    elif text.upper() in _ABBREVIATIONS:
        said = f"an abbreviation names no zone; say {_ABBREVIATIONS[text.upper()]!r}"
    elif windows in _WINDOWS and windows != text:
        said = f"this is a name of Windows; say {_WINDOWS[windows]!r}"
    return said


def _of_offset(found: re.Match[str], zones: Iterable[str]) -> str:
    """Return the remedy for a fixed offset from UTC."""
    sign = "-" if found[1] == "+" else "+"
    hours, minutes = int(found[2]), int(found[3] or 0)
    key = f"Etc/GMT{sign}{hours}" if hours else "UTC"
    if minutes or key not in zones:
        return f"an offset names no zone; name the place, {_EXAMPLE.removeprefix('use ')}"
    if not hours:
        return "say 'UTC'"
    return f"name the place, or for the same offset all year {key!r} (the sign is reversed)"
