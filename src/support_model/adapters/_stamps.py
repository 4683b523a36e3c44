"""Instants and durations as tables write them: formats of stamps, names of months, units.

The language of a month name is said by the mapping, never taken from the machine. Of several
formats those hold that the stamps of a whole table allow: a date that could be read in two ways is
settled by the other dates of the table, or not at all.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from itertools import combinations
from types import MappingProxyType
from typing import TYPE_CHECKING

from attrs import field

from support_model._frozen import frozen, words
from support_model.errors import InvalidMapping, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = [
    "LANGUAGES",
    "NOON",
    "PIVOT",
    "UNITS",
    "Layout",
    "StampFormat",
    "duration_of",
    "formats_of",
]

LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "en": "january february march april may june july august september october "
        "november december",
        "de": "januar=jänner februar märz=mrz april mai juni juli august september "
        "oktober november "
        "dezember",
        "fr": "janvier février mars avril mai juin juillet août septembre octobre "
        "novembre décembre",
        "es": "enero febrero marzo abril mayo junio julio agosto septiembre=setiembre octubre "
        "noviembre diciembre",
        "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre "
        "ottobre novembre "
        "dicembre",
        "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
        "dezembro",
        "nl": "januari februari maart=mrt april mei juni juli augustus september oktober november "
        "december",
        "pl": "styczeń=stycznia luty=lutego marzec=marca kwiecień=kwietnia maj=maja "
        "czerwiec=czerwca lipiec=lipca sierpień=sierpnia wrzesień=września "
        "październik=października listopad=listopada grudzień=grudnia",
        "ru": "январь=января февраль=февраля март=марта апрель=апреля май=мая июнь=июня "
        "июль=июля август=августа сентябрь=сентября октябрь=октября ноябрь=ноября "
        "декабрь=декабря",
        "sv": "januari februari mars april maj juni juli augusti september oktober "
        "november december",
    }
)
"""The months of each language, several forms of one joined by "="."""
SHORTEST = 3
"""Letters of a shortened month."""
PIVOT = 69
"""Two-digit years below it are of this century, as POSIX has it."""
NOON = 12

_SPACE = "[ \xa0\u202f]"
_DIRECTIVES = {
    "Y": r"(?P<year>\d{4})",
    "y": r"(?P<short_year>\d{2})",
    "m": r"(?P<month>\d{1,2})",
    "b": r"(?P<name>[^\d\s/.,:;-]{2,20}\.?)",
    "B": r"(?P<name>[^\d\s/.,:;-]{2,20}\.?)",
    "d": r"(?P<day>\d{1,2})",
    "H": r"(?P<hour>\d{1,2})",
    "I": r"(?P<hour>\d{1,2})",
    "p": rf"(?P<half>[AaPp]\.?{_SPACE}?[Mm]\.?)",
    "M": r"(?P<minute>\d{2})",
    "S": r"(?P<second>\d{2})",
    "f": r"(?P<microsecond>\d{1,6})",
    "z": r"(?P<zone>Z|[+-]\d{2}:?\d{2})",
}
_SAME = ({"Y", "y"}, {"m", "b", "B"}, {"d"}, {"H", "I"})
"""What a stamp needs one of each."""


def _check_languages(given: tuple[str, ...]) -> None:
    for language in given:
        if language not in LANGUAGES:
            raise InvalidMapping(
                language, "no month names in this language", nearest(language, LANGUAGES)
            )


@frozen
class Layout:
    """Where the parts of a stamp stand: the same for all stamps that differ in digits alone.

    Attributes:
        spans: (start, end) of the digits of each part, by its name: "year" or "short_year",
            "month", "day", "hour", "minute", "second", "microsecond". Empty where the reader has
            to be asked for each stamp.
        month: the month that a name says; 0 where digits say it.
        half: "a" or "p" where hours are those of a half day; else "".
        zone: the offset of one of the stamps, its digits at `spans["zone"]`; "" for none.
    """

    spans: Mapping[str, tuple[int, int]]
    month: int = 0
    half: str = ""
    zone: str = ""


@frozen
class StampFormat:
    """How a log writes instants: "iso", or `strptime` directives between literals.

    Directives: %Y %y %m %b %B %d %H %I %p %M %S %f %z. Names of months, whole or shortened, are
    those of the languages given: what the machine speaks changes nothing. A stamp needs a date
    and a time of day.

    Raises:
        InvalidMapping: an unknown directive or language, or a format without date or hour.

    Example:
        >>> StampFormat("%d/%m/%Y %H:%M").read("29/2/2016 06:38")
        datetime.datetime(2016, 2, 29, 6, 38)
        >>> StampFormat("%d/%b/%y %I:%M %p", "es").read("01/ene/26 12:05 a. m.")
        datetime.datetime(2026, 1, 1, 0, 5)
    """

    text: str = "iso"
    languages: tuple[str, ...] = field(default=("en",), converter=words)

    def __attrs_post_init__(self) -> None:
        """Check the format."""
        _check_languages(self.languages)
        self.reader()

    def read(self, stamp: str) -> datetime:
        """Return the datetime of one stamp, aware only if the stamp says its offset.

        Raises:
            ValueError: the text is no such stamp, or names no possible time.
        """
        return self.reader()(stamp)

    def reader(self) -> Callable[[str], datetime]:
        """Return a function that reads one stamp, for many of them."""
        if self.text == "iso":
            return _iso
        match = _pattern(self.text).fullmatch
        months = _months(self.languages) if {"b", "B"} & _asked(self.text) else {}

        def read(stamp: str) -> datetime:
            found = match(stamp)
            if found is None:
                raise ValueError(stamp)
            parts = found.groupdict()
            zone = parts.pop("zone", None)
            if "name" in parts:
                parts["month"] = _month(parts.pop("name"), months)
            if "short_year" in parts:
                parts["year"] = _year(parts.pop("short_year"))
            if "half" in parts:
                parts["hour"] = _hour(parts["hour"], parts.pop("half"))
            if "microsecond" in parts:
                parts["microsecond"] = parts["microsecond"].ljust(6, "0")
            return datetime(**{k: int(v) for k, v in parts.items()}, tzinfo=_offset(zone))

        return read

    def layout(self, stamp: str) -> Layout | None:
        """Return where the parts of a stamp stand; None where no stamp like it is of the format.

        Example:
            >>> StampFormat("%d/%m/%Y %H:%M").layout("29/2/2016 06:38").spans["month"]
            (3, 4)
        """
        if self.text == "iso":
            found = _ISO.fullmatch(stamp)
            if found is None:  # a rare form of ISO 8601; all of them begin with the year
                return Layout({}) if stamp[:4].isdecimal() else None
        else:
            found = _pattern(self.text).fullmatch(stamp)
            if found is None:
                return None
        parts = found.groupdict()
        month = 0
        if "name" in parts:
            try:
                month = int(_month(parts["name"], _months(self.languages)))
            except ValueError:
                return None
        half, zone = (parts.get(name) or "" for name in ("half", "zone"))
        spans = {name: found.span(name) for name, text in parts.items() if text is not None}
        return Layout(spans, month, half[:1].lower(), zone)


_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})[T ](?P<hour>\d{2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:\.(?P<microsecond>\d{1,6}))?)?(?P<zone>Z|[+-]\d{2}:\d{2})?",
    re.ASCII,
)
"""The usual form of ISO 8601."""


def _asked(text: str) -> set[str]:
    return {*re.split(r"%(.)", text)[1::2]}


def _pattern(text: str) -> re.Pattern[str]:
    pieces = re.split(r"%(.)", text)
    names = pieces[1::2]
    for name in names:
        if name not in _DIRECTIVES:
            known = " ".join(f"%{each}" for each in _DIRECTIVES)
            raise InvalidMapping(text, f"unknown directive %{name}", f"known: {known}")
    whole = all(len(same.intersection(names)) == 1 for same in _SAME)
    if not whole or len(set(names)) < len(names) or ("I" in names) != ("p" in names):
        problem = "a stamp needs %Y, %m, %d and %H, each once"
        remedy = "or what stands for them; or format = 'iso'"
        raise InvalidMapping(text, problem, remedy)
    pieces[0::2] = (re.escape(each).replace(r"\ ", _SPACE) for each in pieces[0::2])
    pieces[1::2] = (_DIRECTIVES[name] for name in names)
    return re.compile("".join(pieces), re.ASCII)


def _month(name: str, months: Mapping[str, int]) -> str:
    found = months.get(name.removesuffix(".").casefold())
    if found is None:
        raise ValueError(name)
    return str(found)


def _year(text: str) -> str:
    return f"20{text}" if int(text) < PIVOT else f"19{text}"


def _hour(text: str, half: str) -> str:
    hour = int(text)
    if not 1 <= hour <= NOON:
        raise ValueError(text)
    return str(hour % NOON + (NOON if half[0] in "Pp" else 0))


def _months(languages: Iterable[str]) -> dict[str, int]:
    """Return the month of every name and every shortened one that names one month alone.

    Raises:
        InvalidMapping: a name is of two months in two of the languages.
    """
    found: dict[str, int] = {}
    for language in languages:
        own: dict[str, set[int]] = {}
        for number, forms in enumerate(LANGUAGES[language].split(), 1):
            for name in _spellings(forms):
                own.setdefault(name, set()).add(number)
        for name, numbers in own.items():
            if len(numbers) > 1:
                continue
            (number,) = numbers
            if found.setdefault(name, number) != number:
                problem = "a name of two months in these languages"
                raise InvalidMapping(name, problem, "say the language of the file alone")
    return found


def _spellings(forms: str) -> Iterator[str]:
    for form in forms.split("="):
        plain = "".join(
            c for c in unicodedata.normalize("NFKD", form) if c.isascii() or c > "\u036f"
        )
        for name in {form, plain}:
            yield from (name[:end] for end in range(min(SHORTEST, len(name)), len(name) + 1))


def _iso(stamp: str) -> datetime:
    if len(stamp) <= len("2016-02-29"):
        raise ValueError(stamp)  # a date names no time of day
    return datetime.fromisoformat(stamp)


def _offset(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def formats_of(
    formats: Sequence[StampFormat], stamps: Iterable[str]
) -> tuple[list[StampFormat], tuple[StampFormat, StampFormat] | None]:
    """Return the formats in which a table's stamps can be read, and two that it does not tell.

    Two formats that read one stamp differently are told apart by the others: the one that reads a
    stamp which the other cannot is the table's. Where neither does, or each does, nobody can tell.

    Example:
        >>> two = [StampFormat("%d/%m/%Y %H:%M"), StampFormat("%m/%d/%Y %H:%M")]
        >>> [each.text for each in formats_of(two, ["01/02/2026 9:00", "13/02/2026 9:00"])[0]]
        ['%d/%m/%Y %H:%M']
        >>> formats_of(two, ["01/02/2026 9:00"])[1] is None
        False
    """
    if len(formats) == 1:
        return [*formats], None
    distinct = {*stamps}
    read = {each: found for each in formats if (found := _readings(each, distinct))}
    pairs = [(pair, _wrong(read[pair[0]], read[pair[1]])) for pair in combinations(read, 2)]
    wrong = {pair[which] for pair, which in pairs if which in {0, 1}}
    unsure = [pair for pair, which in pairs if which is None and wrong.isdisjoint(pair)]
    return [each for each in read if each not in wrong], next(iter(unsure), None)


NEITHER = 2


def _wrong(one: Mapping[str, datetime], other: Mapping[str, datetime]) -> int | None:
    """Return which of two readings is wrong, `NEITHER`, or None where it cannot be told."""
    if not _differ(one, other):
        return NEITHER
    alone = one.keys() - other.keys(), other.keys() - one.keys()
    if bool(alone[0]) == bool(alone[1]):
        return None
    return 1 if alone[0] else 0


def _readings(form: StampFormat, stamps: Iterable[str]) -> dict[str, datetime]:
    read, found = form.reader(), {}
    for stamp in stamps:
        try:
            found[stamp] = read(stamp)
        except (ValueError, OverflowError):
            continue
    return found


def _differ(one: Mapping[str, datetime], other: Mapping[str, datetime]) -> bool:
    return any(other.get(stamp, at) != at for stamp, at in one.items())


UNITS = ("seconds", "minutes", "hours", "days", "clock", "words", "epoch")
"""How a column writes durations: a number of one unit, H:MM or H:MM:SS, "1h 30m", or a stamp
counted from 1970-01-01."""
_LENGTHS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
_NUMBER = re.compile(r"-?\d{1,12}(?:[.,]\d{1,9})?", re.ASCII)
_CLOCK = re.compile(r"(-?)(\d{1,9}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?", re.ASCII)
_SPOKEN = re.compile(
    r"(\d{1,9}(?:[.,]\d{1,6})?)\s?(d|h|m|s)(?:ays?|ours?|rs?|in(?:ute)?s?|ec(?:ond)?s?)?\b",
    re.ASCII | re.IGNORECASE,
)
_UNIT = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - a length written as a stamp has no zone


def duration_of(text: str, unit: str) -> timedelta:
    """Return a duration that a cell says in some unit.

    Raises:
        ValueError: the text is no such duration.

    Example:
        >>> duration_of("25:30:00", "clock"), duration_of("1,5", "hours")
        (datetime.timedelta(days=1, seconds=5400), datetime.timedelta(seconds=5400))
    """
    text = text.strip().replace("\xa0", "").replace("\u202f", "")
    try:
        if unit in _LENGTHS:
            if _NUMBER.fullmatch(text.replace(" ", "")) is None:
                raise ValueError(text)
            return timedelta(
                seconds=float(text.replace(" ", "").replace(",", ".")) * _LENGTHS[unit]
            )
        if unit == "clock":
            return _clock(text)
        if unit == "epoch":
            return datetime.fromisoformat(text) - _EPOCH
        return _spoken(text)
    except (OverflowError, TypeError) as error:
        raise ValueError(text) from error


def _clock(text: str) -> timedelta:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise ValueError(text)
    sign, hours, minutes, seconds = found.groups()
    length = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    return -length if sign else length


def _spoken(text: str) -> timedelta:
    """Return a duration in words; days are of 24 hours here, because they were measured so."""
    parts = _SPOKEN.findall(text.lower())
    rest = _SPOKEN.sub("", text).strip(" ,") if parts else text
    if not parts or rest.lower() not in {"", "-", "and"}:
        raise ValueError(text)
    length = sum(float(number.replace(",", ".")) * _LENGTHS[_UNIT[unit]] for number, unit in parts)
    return timedelta(seconds=-length if rest == "-" else length)
