"""How a report says a sentence and writes a cell, in a language and a zone.

A sentence of `words/` has the English and the Russian form side by side. Its parameters stand as
`{name}` or `{name:kind}`, where `kind` is one of `blocks.Kind`, `day` (an instant by its date) or
`term` (a length that somebody set, exactly). Several values of one parameter stand as `{names}`
in a sentence, as `{names:items}` where each may hold a comma itself, and as `{all:sentences}`
where each is one. `{n:ticket|tickets}`
agrees a word with a number, the forms in the order of the language's rule.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from string import Formatter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import attrs

from support_model._frozen import frozen
from support_model._report.blocks import Bounds, OpenTime, Said, Withheld
from support_model._report.units import (
    DAY,
    LENGTHS,
    MOST_HOURS,
    SECOND,
    digits,
    fits,
    lengths_of,
    scaled,
    unit_for,
    unit_word,
)
from support_model._report.words import (
    brief,
    common,
    conclusions,
    curves,
    figures,
    findings,
    groups,
    headlines,
    notes,
    now,
    outputs,
    periods,
    places,
    qualifications,
    quality,
    volumes,
    whom,
)
from support_model._sentences import PLURALS
from support_model._time import utc_zone
from support_model.errors import InvalidValue, UnknownName, nearest
from support_model.reasons import Reason
from support_model.reasons_ru import RUSSIAN

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from support_model._report.blocks import Cell

Language: TypeAlias = Literal["en", "ru"]
Measured: TypeAlias = float | timedelta | OpenTime
LANGUAGES: tuple[Language, ...] = get_args(Language)
PARTS = (
    brief,
    common,
    periods,
    headlines,
    conclusions,
    curves,
    volumes,
    places,
    now,
    whom,
    qualifications,
    quality,
    figures,
    findings,
    groups,
    notes,
    outputs,
)
"""The modules of words, a part of a report each."""
LEAST_SCALED = 0.1
"""Of a unit, below which the end of a range is told in a smaller one."""
PAIR = ("before", "after")
"""What two values of a sentence are called that are compared."""
FEW, SOME, MANY = 0.1, 10, 100
"""Numbers at which their decimals change: three below, two, one, none."""
_FORMATTER = Formatter()


def _language(name: object) -> Language:
    for each in LANGUAGES:
        if each == name:
            return each
    raise InvalidValue(name, "no language of reports", nearest(str(name), LANGUAGES))


@frozen
class Wording:
    """A language and the zone in which instants are told.

    Attributes:
        language: "en" or "ru".
        tz: the zone.
    """

    language: Language = attrs.field(converter=_language, default="en")
    tz: ZoneInfo = attrs.field(factory=utc_zone)

    def say(self, said: Said, unit: str = "") -> str:
        """Return a sentence in words, its lengths in a unit if one is given.

        What was before and after is told in one unit anyway.

        Raises:
            UnknownName: a code or a parameter that is not there.
        """
        template = self._word(said.code)
        pair = unit_for(each for name in PAIR for each in lengths_of(said.params.get(name)))
        parts: list[str] = []
        for literal, name, spec, _ in _FORMATTER.parse(template):
            ends = bool(parts) and parts[-1].endswith(".") and literal.startswith(".")
            parts.append(literal[ends:])  # a short form ends a sentence with its own point
            if name is not None:
                if name not in said.params:
                    problem = f"no parameter of {said.code!r}"
                    raise UnknownName(name, problem, nearest(name, said.params))
                shared = unit or (pair if name in PAIR else "")
                parts.append(self._param(said.params[name], spec or "", shared))
        return "".join(parts)

    def cell(self, value: Cell | Reason, kind: str = "", unit: str = "") -> str:
        """Return a cell of a kind as text, lengths in a unit if given; "-" for nothing known."""
        match value:
            case None:
                text = self._word("unknown")
            case str():
                text = value
            case Said():
                text = self.say(value, unit)
            case Withheld():
                text = self._word("withheld").format(n=value.least)
            case Bounds():
                text = self._range(value, kind, unit)
            case date():
                text = self._date(value, kind)
            case Reason():
                text = value.text(None if self.language == "en" else RUSSIAN)
            case _:
                text = self._united(*self._measured(value, kind, unit))
        return text

    def _date(self, at: date, kind: str) -> str:
        if not isinstance(at, datetime):
            return self._word("date").format(d=at)
        return self._word("date" if kind == "day" else "instant").format(d=at.astimezone(self.tz))

    def _word(self, code: str) -> str:
        pair = _CATALOGUE.get(code)
        if pair is None:
            raise UnknownName(code, "no sentence of reports", nearest(code, _CATALOGUE))
        return pair[LANGUAGES.index(self.language)]

    def _param(self, value: Any, spec: str, unit: str) -> str:  # noqa: ANN401 - a cell, or several
        if isinstance(value, tuple):
            texts = [self._param(each, spec, unit) for each in value]
            apart = {"items": "; ", "sentences": " "}.get(spec)
            return self.listed(texts) if apart is None else apart.join(texts)
        if "|" in spec:
            forms = spec.split("|")
            form: int = PLURALS[self._word("plural")](value)
            return forms[min(form, len(forms) - 1)]
        return self.cell(value, spec, unit)

    def listed(self, texts: list[str]) -> str:
        """Return texts as a list in a sentence."""
        if len(texts) < 2:
            return "".join(texts)
        return self._word("list").join(texts[:-1]) + self._word("last_of_list") + texts[-1]

    def _range(self, bounds: Bounds, kind: str, unit: str) -> str:
        low, high = bounds.low, bounds.high
        if low is None and high is None:
            return self._word("unknown")
        if low is None:
            return self._word("range_to").format(high=self.cell(high, kind, unit))
        if high is None:
            return self._word("range_from").format(low=self.cell(low, kind, unit))
        if isinstance(low, date) or isinstance(high, date):
            texts = [self.cell(each, kind) for each in (low, high)]
        else:
            texts = self._bounds(low, high, kind, unit)
        return self._word("range").format(low=texts[0], high=texts[1])

    def _bounds(self, low: Measured, high: Measured, kind: str, unit: str) -> list[str]:
        """Return both ends of a range; the unit is said once where one does for both."""
        shared = unit if fits(low, unit) and fits(high, unit) else _shared(low, high)
        first, own = self._measured(low, kind, shared)
        last, other = self._measured(high, kind, shared)
        return [
            first if own in {other, ""} else self._united(first, own),
            self._united(last, other),
        ]

    def _measured(self, value: Measured, kind: str, unit: str) -> tuple[str, str]:
        """Return a value as a number in words and the code of its unit; empty without one."""
        if kind != "term" and isinstance(value, OpenTime | timedelta) and fits(value, unit):
            number = scaled(value, unit)
            return self._marked(f"{number:,.{digits(number, unit)}f}"), unit_word(value, unit)
        if isinstance(value, OpenTime):
            if value.day and abs(value.amount) >= MOST_HOURS:
                return self._marked(f"{value.amount / value.day:,.1f}"), "unit_wd"
            value = value.amount
        if isinstance(value, timedelta):
            return self._term(value) if kind == "term" else self._length(value)
        return self._number(value, kind)

    def _united(self, number: str, unit: str) -> str:
        return self._word(unit).format(n=number) if unit else number

    def _length(self, amount: timedelta) -> tuple[str, str]:
        size = abs(amount)
        unit, scale, _, decimals = next(row for row in LENGTHS if size >= row[2])
        if not amount:
            return "0", ""
        return self._marked(f"{amount / scale:,.{decimals}f}"), f"unit_{unit}"

    def _term(self, amount: timedelta) -> tuple[str, str]:
        """Return a length that somebody set: exactly, whole days from two on in days."""
        days, rest = divmod(amount, DAY)
        if days >= 2 and not rest:
            forms = self._word("days").split("|")
            form: int = PLURALS[self._word("plural")](days)
            return f"{days} {forms[form]}", ""
        parts: list[str] = []
        rest = abs(amount)
        for unit, scale, *_ in LENGTHS[1:]:
            count, rest = divmod(rest, scale) if scale > SECOND else (rest / scale, rest)
            if count:
                parts.append(self._united(self._marked(f"{count:.10g}"), f"unit_{unit}"))
        sign = "-" if amount < timedelta() else ""
        return sign + " ".join(parts) if parts else "0", ""

    def _number(self, value: float, kind: str) -> tuple[str, str]:
        if isinstance(value, bool):
            return self._word("yes" if value else "no"), ""
        if kind == "share":
            return self._marked(f"{100 * value:.1f}"), "percent"
        if kind == "change":
            return self._marked(f"{round(100 * value):+d}"), "percent"  # never "-0"
        if kind == "points":
            return self._marked(f"{100 * value:+.1f}"), "points"
        if isinstance(value, int):
            return self._marked(f"{value:,}"), ""
        size = abs(value)
        few = 0 if size >= MANY else 1 if size >= SOME else 3 if 0 < size < FEW else 2
        digits = 1 if kind == "rate" else few
        return self._marked(f"{value:,.{digits}f}"), ""

    def _marked(self, number: str) -> str:
        marks = {",": self._word("thousands_mark"), ".": self._word("decimal_mark")}
        return "".join(marks.get(each, each) for each in number)


def has_word(code: str) -> bool:
    """Return whether there is a sentence of a code."""
    return code in _CATALOGUE


_CATALOGUE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {code: pair for part in PARTS for code, pair in part.WORDS.items()}
)
"""Every sentence of reports by code: (English, Russian)."""


def _shared(low: Measured, high: Measured) -> str:
    """Return the unit of both ends of a range; empty where little would be left of one in it."""
    unit = unit_for([*lengths_of(low), *lengths_of(high)])
    ends = [each for each in (low, high) if isinstance(each, timedelta | OpenTime)]
    return unit if unit and all(scaled(each, unit) >= LEAST_SCALED for each in ends) else ""


def english(said: Said) -> str:
    """Return a sentence in English.

    Example:
        >>> english(Said("title_first_resolution"))
        'Until resolved'
    """
    return ENGLISH.say(said)


ENGLISH = Wording()
