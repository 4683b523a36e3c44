"""Why: every answer of the library has its reasons, as codes with parameters.

A `Reason` is data: a code and parameters that JSON can hold. `str()` renders English; a catalogue
is a mapping from code to a sentence, so other languages are other mappings and hosts may bring
their own. `docs/reference/reasons.md` lists all codes.

A sentence says a parameter by what it is: a reason in the words of the catalogue, a text of
RFC 9557 with its zone (`2026-03-26T15:20:00+01:00[Europe/Berlin]`) as an instant, and a text
under one of the names listed there as the duration, date or word that the name stands for. Any
other text is a name that somebody gave and is shown as it is.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

from attrs import field, has

from support_model._english import ENGLISH
from support_model._frozen import frozen
from support_model._sentences import FORMS, KINDS, PLURALS, filled, must_be_catalogue, said, slots
from support_model._time import duration_text, micros, python_scalar
from support_model.errors import InvalidValue, UnknownName, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from support_model._sentences import Catalogue

__all__ = ["ENGLISH", "Reason", "lint_catalogue", "word"]

_NAMED, _LONGEST = 20, 100
"""How many known names a remedy lists, and how much of an unknown one is compared."""
Param: TypeAlias = "str | int | float | bool | Reason | tuple[Param, ...] | None"


def _instant_text(at: datetime) -> str:
    micros(at)  # refuses an instant without a zone
    text = at.isoformat()
    offset = text[max(text.rfind("+"), text.rfind("-")) :]
    zone = getattr(at.tzinfo, "key", None) or ("UTC" if offset == "+00:00" else offset)
    return f"{text}[{zone}]"


def _refused(value: object) -> NoReturn:
    raise InvalidValue(
        value,
        "no parameter of a reason",
        "give text, a finite number, an instant, a date, a duration, a reason or a tuple of them",
    )


_WRITTEN: tuple[tuple[type | tuple[type, ...], Any], ...] = (
    (Enum, lambda value: _param(value.value)),
    ((tuple, list), lambda value: tuple(map(_param, value))),
    ((frozenset, set), lambda value: tuple(map(_param, sorted(value, key=str)))),
    (datetime, _instant_text),
    (date, date.isoformat),
    (timedelta, duration_text),
    ((Fraction, Decimal), lambda value: int(value) if value == int(value) else float(value)),
    (str, str),
    (int, int),
    (float, lambda number: float(number) if isfinite(number) else _refused(number)),
)
"""How values are written down that are no parameters as they are; the first kind that fits."""


def _param(value: object) -> Param:
    """Return a value as a reason keeps it."""
    if value is None or type(value) in {str, int, bool, Reason}:
        return value  # type: ignore[return-value] # one of the types just asked for
    value = python_scalar(value)
    for kind, written in _WRITTEN:
        if isinstance(value, kind):
            result: Param = written(value)
            return result
    name = getattr(value, "name", None) if has(type(value)) else None
    return _refused(value) if name is None else _param(name)


def _params(pairs: Iterable[tuple[str, object]]) -> tuple[tuple[str, Param], ...]:
    return tuple(sorted([(name, _param(value)) for name, value in pairs], key=lambda row: row[0]))


@frozen
class Reason:
    """One reason: a stable code and the parameters that its sentence needs, sorted by name.

    Parameters are kept as JSON has them: text, numbers, truth values, None, reasons, and tuples
    of these. Instants become text of RFC 9557, which keeps the name of their zone; dates,
    durations ("1h30m"), fractions, sets (sorted), members of enums, and values with a name
    (a status, a policy) are written down likewise.

    Raises:
        InvalidValue: a parameter that JSON cannot hold.
        NaiveDatetime: an instant without a zone.

    Example:
        >>> str(Reason.of("holiday", name="New Year's Day"))
        "holiday: New Year's Day"
        >>> Reason.of("too_late", within=timedelta(hours=8)).params
        (('within', '8h'),)
    """

    code: str
    params: tuple[tuple[str, Param], ...] = field(default=(), converter=_params)

    @classmethod
    def of(cls, code: str, **params: object) -> Reason:
        """Make a reason from keywords."""
        return cls(code, params.items())

    @classmethod
    def nearest(cls, word: str, known: Iterable[str]) -> Reason:
        """Return the remedy for an unknown word: the nearest known one, or the known ones.

        Example:
            >>> str(Reason.nearest("fistr_match", ["first_match", "all"]))
            "did you mean 'first_match'?"
        """
        names = sorted(known)
        close = get_close_matches(word[:_LONGEST], names, n=1)
        if close:
            return cls.of("did_you_mean", name=close[0])
        if len(names) > _NAMED:
            return cls.of("known_names_more", names=names[:_NAMED], n=len(names) - _NAMED)
        return cls.of("known_names", names=names) if names else cls.of("none_known")

    def __getitem__(self, name: str) -> Param:
        """Return one parameter.

        Raises:
            UnknownName: the reason has no such.
        """
        params = dict(self.params)
        if name not in params:
            raise UnknownName(name, "no parameter of this reason", nearest(name, params))
        return params[name]

    def text(self, catalogue: Catalogue | None = None) -> str:
        """Return the sentence in the words of a catalogue, by default English.

        What a catalogue lacks is in English; a code that is unknown there too stays as it is.

        Raises:
            UnknownName: the sentence of the catalogue asks for a parameter that there is not.
            InvalidValue: no catalogue, or a sentence in it that is none.

        Example:
            >>> Reason.of("holiday", name="Neujahr").text({"holiday": "Feiertag: {name}"})
            'Feiertag: Neujahr'
        """
        must_be_catalogue(catalogue)
        words = ENGLISH if catalogue is None else catalogue
        template = words.get(self.code) or ENGLISH.get(self.code)
        if template is None:
            shown = (
                f"{name}={said(KINDS.get(name, ''), value, words)}" for name, value in self.params
            )
            return " ".join([self.code, *shown])
        return filled(template, dict(self.params), words)

    def __str__(self) -> str:
        return self.text()


def word(kind: str, value: object, catalogue: Catalogue | None = None) -> str:
    """Return one word, instant, date or length as the sentences of a catalogue say it.

    Args:
        kind: what it is: `action`, `status`, `metric`, `state`, `role`, `field`, ...: the part of
            a code before the word, or `duration`, `date`, `share`; `local` and `reading` are
            instants without their zone, "" is one with it.
        value: the word, or what `Reason` takes as a parameter.
        catalogue: by default English. What it does not name is a name that somebody gave.

    Raises:
        InvalidValue: no parameter of a reason.

    Example:
        >>> from support_model.reasons_ru import RUSSIAN
        >>> word("action", "hand_back"), word("action", "hand_back", RUSSIAN)
        ('hand back', 'вернуть на линию')
        >>> word("duration", timedelta(minutes=90), RUSSIAN)
        '1 ч 30 мин'
    """
    return said(kind, _param(value), ENGLISH if catalogue is None else catalogue)


def lint_catalogue(catalogue: Catalogue) -> tuple[Reason, ...]:
    """Return what a catalogue lacks or misspells; nothing for a complete one.

    Sentences of reasons that a host makes itself are none of these; what a catalogue lacks is
    said in English.

    Example:
        >>> from support_model.reasons_ru import RUSSIAN
        >>> lint_catalogue(RUSSIAN)
        ()
        >>> mine = {**RUSSIAN, "holiday": "праздник: {nam}", "holyday": "праздник"}
        >>> for finding in lint_catalogue(mine):
        ...     print(finding)
        sentence 'holiday': has nam, not name
        no sentence goes by 'holyday'; did you mean 'holiday'?
    """
    must_be_catalogue(catalogue)
    found = [Reason.of("sentence_missing", sentence=code) for code in ENGLISH.keys() - catalogue]
    return tuple(sorted(found, key=str)) + tuple(_misspelled(catalogue))


def _misspelled(catalogue: Catalogue) -> Iterator[Reason]:
    for code, template in catalogue.items():
        if code not in ENGLISH:
            for name in get_close_matches(code, ENGLISH, n=1, cutoff=0.85):
                hint = Reason.of("did_you_mean", name=name)
                yield Reason.of("sentence_unknown", sentence=code, hint=hint)
            continue
        asked, wanted = slots(template), FORMS.get(code, slots(ENGLISH[code]))
        if asked != wanted and not (code in FORMS and asked <= wanted):
            yield Reason.of("sentence_differs", sentence=code, found=asked, parameters=wanted)
    if (rule := catalogue.get("plural", "one")) not in PLURALS:
        yield Reason.of("plural_unknown", name=rule, hint=Reason.nearest(rule, PLURALS))
