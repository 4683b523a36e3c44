"""How a sentence of a catalogue says its parameters: the one place that knows what a text is.

A catalogue is a mapping from code to sentence. A parameter that is a reason is said in the words
of the same catalogue; a text of RFC 9557 with its zone is an instant
(`2026-03-26T15:20:00+01:00[Europe/Berlin]`); a text under one of the names in `KINDS` is the
length, date or word that the name stands for. Any other text is a name that somebody gave.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from string import Formatter
from types import MappingProxyType
from typing import Any, TypeAlias

from support_model._english import ENGLISH
from support_model._time import duration, micros_of
from support_model.errors import InvalidValue, UnknownName, nearest

__all__ = [
    "FORMS",
    "KINDS",
    "PLURALS",
    "Catalogue",
    "filled",
    "local_instant",
    "must_be_catalogue",
    "said",
    "slots",
]

Catalogue: TypeAlias = Mapping[str, str]

WORDS = (
    *("metric", "weekday", "day", "field", "role", "presence", "state", "event", "kind"),
    *("condition", "rejected", "part", "rule", "category", "action", "status"),
)
"""The names of parameters that are words of the library."""
KINDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("after", "duration", "least", "length", "most", "offset", "rest", "total"),
                *("turn", "warning", "within", "worked", "mean"),
                *("median", "median_low", "median_high"),
            ),
            "duration",
        ),
        **dict.fromkeys(("date", "dates", "monday"), "date"),
        **dict.fromkeys(("share", "cover", "low_share", "high_share"), "share"),
        **dict.fromkeys(("first", "last"), "month"),
        **dict.fromkeys(("value", "found"), "value"),
        **dict.fromkeys(("here", "there"), "choice"),
        "reasons": "reasons",
        **{name: name for name in ("reading", "local", "yearly")},
        **{name: name for name in WORDS},
        "now": "category",
    }
)
"""The names of parameters whose text or number is not said as it is written, and what it is.

A `duration` is such as "1h30m", a `date` such as "2026-03-26" and `yearly` its day of any year, a
`month` such as "2026-03", a `share` a number of which 1 is the whole; `reading` and `local` are
instants without their zone, the second with the month in words. A `value` is what a ticket holds,
of the kind that its `field` says. The others are words of the library, each with a code of its own
in the catalogue: `metric_resolution`, `weekday_mon`; one without a code was given by the user.
"""
_CLOSED: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in ("category", "role", "event")},
        "created_by": "role",
        "facts": "fact",
        "status": "status",
        "changed": "field",
        "metric": "metric",
    }
)
"""The fields whose values are words of the library, and of which kind."""


def local_instant(text: str) -> tuple[datetime, str] | None:
    """Return an instant that a reason has written down and the name of its zone.

    None where the text is no such instant.

    Example:
        >>> at, zone = local_instant("2026-03-26T15:20:00+01:00[Europe/Berlin]")
        >>> at.isoformat(), zone
        ('2026-03-26T15:20:00+01:00', 'Europe/Berlin')
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    try:
        return datetime.fromisoformat(match[1]), match[2]
    except ValueError:  # a month 13
        return None


_FORMATTER = Formatter()


def must_be_catalogue(catalogue: object) -> None:
    """Refuse what is no catalogue, such as the name of a language; None is English."""
    if catalogue is not None and not isinstance(catalogue, Mapping):
        remedy = "give a mapping such as support_model.reasons_ru.RUSSIAN"
        raise InvalidValue(catalogue, "no catalogue of sentences", remedy)


def _pieces(template: str) -> list[tuple[str, str | None, str | None, str | None]]:
    """Return the text and the parameters of a sentence."""
    try:
        return [*_FORMATTER.parse(template)]
    except (TypeError, ValueError):
        remedy = "write a parameter as {name}, and a brace as {{"
        raise InvalidValue(template, "no sentence", remedy) from None


def filled(template: str, params: Mapping[str, Any], words: Catalogue) -> str:
    """Return a sentence with its parameters; `!r` puts names in quotation marks."""
    parts = []
    for literal, name, spec, conversion in _pieces(template):
        parts.append(literal)
        if name is None:
            continue
        if name not in params:
            raise UnknownName(name, f"no parameter of {template!r}", nearest(name, params))
        kind = KINDS.get(name, "")
        if kind == "value":
            field = str(params.get("field", ""))
            kind = _CLOSED.get(field.removeprefix("old."), "")
        parts.append(said(kind, params[name], words, spec or "", quoted=conversion == "r"))
    return "".join(parts)


_READING = frozenset({"day", "d", "month", "time"})
FORMS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(("date", "yearly", "month"), frozenset({"d"})),
        **dict.fromkeys(("reading", "local"), _READING),
    }
)
"""What the forms of dates and of readings may say, each language in its own way."""


def slots(template: str) -> frozenset[str]:
    """Return the names of the parameters that a sentence says."""
    return frozenset(name for _, name, _, _ in _pieces(template) if name)


def said(
    kind: str,
    value: Any,  # noqa: ANN401 - a value of JSON, or a reason
    words: Catalogue,
    spec: str = "",
    *,
    quoted: bool = False,
) -> str:
    """Return a parameter of a kind in words."""
    if isinstance(value, tuple):
        listed = [said(kind, one, words, spec, quoted=quoted) for one in value]
        return ("; " if kind == "reasons" else ", ").join(listed)
    if value is None or isinstance(value, bool):
        return _word({None: "nothing", True: "yes", False: "no"}[value], words)
    if isinstance(value, int | float):
        return _number(value, kind, spec, words)
    return (
        _text(kind, value, words, quoted=quoted) if isinstance(value, str) else value.text(words)
    )


def _text(kind: str, value: str, words: Catalogue, *, quoted: bool) -> str:
    text = _of_kind(kind, value, words) if kind else _instant(value, words)
    if quoted and (text is None or f"{kind}_{value}" in ENGLISH):
        shown = text or (value if value.isprintable() else repr(value)[1:-1])
        return _word("quoted", words).format(text=shown)
    return value if text is None else text


def _of_kind(kind: str, value: str, words: Catalogue) -> str | None:
    """Return the words for a text of one of the `KINDS`; None for a name that a user gave."""
    if kind == "duration":
        return _duration(value, words)
    if kind == "date":
        return _date(value, words)
    if kind in {"yearly", "month"}:
        return _date(value if kind == "yearly" else f"{value}-01", words, kind)
    if kind in {"reading", "local"}:
        found = local_instant(value)
        return found and _reading(found[0], words, kind)
    if kind == "field":
        return _field(value, words)
    return words.get(f"{kind}_{value}") or ENGLISH.get(f"{kind}_{value}")


def _field(name: str, words: Catalogue) -> str:
    """Return the name of a field of tickets: of its value before, or of how often a fact came."""
    if name.startswith("old."):
        return _word("field_old", words).format(field=_field(name[4:], words))
    if name.startswith("times."):
        return _word("field_times", words).format(fact=_word(f"fact_{name[6:]}", words))
    return words.get(f"field_{name}") or ENGLISH.get(f"field_{name}") or name


def _number(value: float, kind: str, spec: str, words: Catalogue) -> str:
    if "|" in spec:
        forms = spec.split("|")
        rule = _word("plural", words)
        if rule not in PLURALS:
            raise UnknownName(rule, "no rule of plurals", nearest(rule, PLURALS))
        form: int = PLURALS[rule](value)
        return forms[min(form, len(forms) - 1)]
    if kind == "share":
        number = _decimal(f"{100 * value:{spec or '.12g'}}", words)
        return _word("percent", words).format(n=number)
    return _decimal(f"{value:{spec}}", words)


def _decimal(number: str, words: Catalogue) -> str:
    return number.replace(".", _word("decimal_mark", words))


def _east_slavic(n: float) -> int:
    """Return the form for 1, 21, ... (0), 2-4, 22-24, ... and fractions (1), or others (2)."""
    if n != int(n) or (n % 10 in {2, 3, 4} and n % 100 not in {12, 13, 14}):
        return 1
    return 0 if n % 10 == 1 and n % 100 != 11 else 2


PLURALS: Mapping[str, Any] = MappingProxyType(
    {
        "one": lambda _: 0,
        "one_other": lambda n: int(n != 1),
        "one_few_many": _east_slavic,
    }
)
"""The rules by which languages agree words with numbers; a catalogue names one as `plural`.

A sentence gives the forms in their order: `{n} {n:working day|working days}`.
"""


def _word(code: str, words: Catalogue) -> str:
    return words.get(code) or ENGLISH[code]


def _instant(text: str, words: Catalogue) -> str | None:
    """Return an instant in its own zone, with the name of the zone; None for other text."""
    found = local_instant(text)
    if found is None:
        return None
    at, zone = found
    name = f"UTC{zone}" if zone[0] in "+-" else zone
    return _word("instant", words).format(reading=_reading(at, words, "reading"), zone=name)


def _reading(at: datetime, words: Catalogue, code: str) -> str:
    """Return the reading of a clock in the words of a catalogue."""
    seconds = f":{at:%S.%f}" if at.microsecond else f":{at:%S}" if at.second else ""
    month = _word(f"month_{at.month}", words)
    day = _word(f"day_{_DAYS[at.weekday()]}", words)
    time = f"{at:%H:%M}{seconds}"
    return _word(code, words).format(day=day, d=at, month=month, time=time)


def _date(text: str, words: Catalogue, code: str = "date") -> str | None:
    try:
        return _word(code, words).format(d=date.fromisoformat(text))
    except ValueError:
        return None


def _duration(text: str, words: Catalogue) -> str | None:
    """Return a duration in hours, minutes and seconds; None for other text."""
    if not _SHORT.fullmatch(text):
        return None
    whole = micros_of(duration(text))
    parts, rest = [], abs(whole)
    for unit, scale in (("h", 3_600_000_000), ("m", 60_000_000)):
        count, rest = divmod(rest, scale)
        if count:
            parts.append(_word(f"unit_{unit}", words).format(n=count))
    if rest or not parts:
        seconds = f"{rest // 1_000_000}.{rest % 1_000_000:06d}".rstrip("0").rstrip(".")
        parts.append(_word("unit_s", words).format(n=_decimal(seconds, words)))
    return ("-" if whole < 0 else "") + _word("units", words).join(parts)


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?[+-]\d\d:\d\d(?::\d\d)?)\[([^\[\]\s]{1,64})\]",
    re.ASCII,
)
_SHORT = re.compile(r"-?(?=\d)(?:\d{1,9}h)?(?:\d{1,9}m)?(?:\d{1,9}(?:\.\d{1,6})?s)?", re.ASCII)
