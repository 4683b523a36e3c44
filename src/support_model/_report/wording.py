"""How a report says a sentence and writes a cell, in a language and a zone.

A sentence of `words/` has the English and the Russian form side by side. Its parameters stand as
`{name}` or `{name:kind}`, where `kind` is one of `blocks.Kind` or `day` (an instant by its date);
`{n:ticket|tickets}` agrees a word with a number, the forms in the order of the language's rule.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from string import Formatter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import attrs

from support_model._frozen import frozen
from support_model._report.blocks import Bounds, OpenTime, Said, Withheld
from support_model._report.words import (
    common,
    conclusions,
    curves,
    figures,
    headlines,
    now,
    outputs,
    periods,
    qualifications,
    volumes,
    whom,
)
from support_model._sentences import PLURALS
from support_model._time import utc_zone
from support_model.errors import InvalidValue, UnknownName, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from support_model._report.blocks import Cell

Language: TypeAlias = Literal["en", "ru"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
PARTS = (
    common,
    periods,
    headlines,
    conclusions,
    curves,
    volumes,
    now,
    whom,
    qualifications,
    figures,
    outputs,
)
"""The modules of words, a part of a report each."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOST_HOURS = 48 * HOUR
"""Up to this long a length is told in hours, above in days."""
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

    def say(self, said: Said) -> str:
        """Return a sentence in words.

        Raises:
            UnknownName: a code or a parameter that is not there.
        """
        template = self._word(said.code)
        parts = []
        for literal, name, spec, _ in _FORMATTER.parse(template):
            parts.append(literal)
            if name is not None:
                if name not in said.params:
                    problem = f"no parameter of {said.code!r}"
                    raise UnknownName(name, problem, nearest(name, said.params))
                parts.append(self._param(said.params[name], spec or ""))
        return "".join(parts)

    def cell(self, value: Cell, kind: str = "") -> str:
        """Return a cell of a kind as text; "-" where nothing is known."""
        match value:
            case None:
                text = self._word("unknown")
            case str():
                text = value
            case Said():
                text = self.say(value)
            case Withheld():
                text = self._word("withheld").format(n=value.least)
            case Bounds():
                text = self._range(value, kind)
            case OpenTime():
                text = self._open(value)
            case timedelta():
                text = self._length(value)
            case date():
                text = self._date(value, kind)
            case _:
                text = self._number(value, kind)
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

    def _param(self, value: Any, spec: str) -> str:  # noqa: ANN401 - a cell, or several
        if isinstance(value, tuple):
            return self.listed([self._param(each, spec) for each in value])
        if "|" in spec:
            forms = spec.split("|")
            form: int = PLURALS[self._word("plural")](value)
            return forms[min(form, len(forms) - 1)]
        return self.cell(value, spec)

    def listed(self, texts: list[str]) -> str:
        """Return texts as a list in a sentence."""
        if len(texts) < 2:
            return "".join(texts)
        return self._word("list").join(texts[:-1]) + self._word("last_of_list") + texts[-1]

    def _range(self, bounds: Bounds, kind: str) -> str:
        if bounds.low is None and bounds.high is None:
            return self._word("unknown")
        low, high = (self.cell(bound, kind) for bound in (bounds.low, bounds.high))
        if bounds.low is None:
            return self._word("range_to").format(high=high)
        if bounds.high is None:
            return self._word("range_from").format(low=low)
        return self._word("range").format(low=low, high=high)

    def _length(self, amount: timedelta) -> str:
        size = abs(amount)
        if size >= MOST_HOURS:
            return self._unit("d", amount / DAY, 1)
        if size >= HOUR:
            return self._unit("h", amount / HOUR, 1)
        if size >= timedelta(minutes=1):
            return self._unit("min", amount / timedelta(minutes=1), 0)
        return self._unit("s", amount / timedelta(seconds=1), 0) if amount else "0"

    def _open(self, time: OpenTime) -> str:
        if abs(time.amount) < MOST_HOURS:
            return self._length(time.amount)
        return self._unit("wd", time.amount / time.day, 1)

    def _unit(self, unit: str, number: float, decimals: int) -> str:
        return self._word(f"unit_{unit}").format(n=self._marked(f"{number:,.{decimals}f}"))

    def _number(self, value: float, kind: str) -> str:
        if isinstance(value, bool):
            return self._word("yes" if value else "no")
        if kind == "share":
            return self._word("percent").format(n=self._marked(f"{100 * value:.1f}"))
        if kind == "change":
            return self._word("percent").format(n=self._marked(f"{100 * value:+.0f}"))
        if kind == "points":
            return self._word("points").format(n=self._marked(f"{100 * value:+.1f}"))
        if isinstance(value, int):
            return self._marked(f"{value:,}")
        return self._marked(f"{value:,.3f}" if 0 < abs(value) < 0.1 else f"{value:,.2f}")

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
