"""Public holidays as the installed `holidays` package has them: dates and names, no rules."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from support_model._calendar.dates_text import read_years
from support_model._frozen import frozen
from support_model.errors import UnknownHolidays, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from holidays import HolidayBase


def version() -> str:
    """Return the name and version of the installed data, as "holidays 0.109"."""
    from importlib import metadata  # noqa: PLC0415 - a fifth of the import time of calendars

    return f"holidays {metadata.version('holidays')}"


@frozen(kw_only=True)
class HolidayQuery:
    """Which holidays are asked for; checked against the installed data when made.

    Attributes:
        country: ISO 3166 code.
        subdivision: part of the country; empty for all of it.
        categories: kinds of holiday.
        years: calendar years, ascending.

    Raises:
        UnknownHolidays: the installed data has no such country, part, kind or year.
    """

    country: str
    subdivision: str
    categories: tuple[str, ...]
    years: tuple[int, ...]

    @classmethod
    def of(
        cls, code: str, years: Iterable[int], subdivision: str | None, categories: Iterable[str]
    ) -> HolidayQuery:
        """Read a query as people give it: any case, any order of years, one or several kinds."""
        kinds = (categories,) if isinstance(categories, str) else categories
        return cls(
            country=str(code).upper(),
            subdivision=subdivision or "",
            categories=tuple(sorted(set(kinds))),
            years=read_years(years),
        )

    def __attrs_post_init__(self) -> None:
        """Check every part of the query."""
        from holidays import country_holidays  # noqa: PLC0415 - 65 ms, paid by those who name a country
        from holidays.registry import EntityLoader  # noqa: PLC0415 - 65 ms, paid by those who name a country

        code = self.country
        longest = 3  # ISO 3166 alpha-3; the registry also knows class names
        names = EntityLoader.get_country_codes(include_aliases=True)
        codes = [name for name in names if len(name) <= longest]
        if code not in codes:
            hint = nearest(code, codes)
            hint = hint if hint.startswith("did") else "use an ISO 3166 code such as 'DE'"
            raise UnknownHolidays(code, "no holiday data for this country", hint)
        data = country_holidays(code)
        parts = {*data.subdivisions, *data.subdivisions_aliases}
        if self.subdivision and self.subdivision not in parts:
            hint = nearest(str(self.subdivision), parts) if parts else "it has none: leave it out"
            raise UnknownHolidays(self.subdivision, f"no such subdivision of {code}", hint)
        for kind in self.categories or ("",):
            if kind not in data.supported_categories:
                hint = nearest(str(kind), data.supported_categories)
                raise UnknownHolidays(kind, f"no such holiday category of {code}", hint)
        for year in (self.years[0], self.years[-1]):
            if not data.start_year <= year <= data.end_year:
                hint = f"they cover {data.start_year} to {data.end_year}"
                raise UnknownHolidays(year, f"the holidays of {code} lack this year", hint)


def resolve_holidays(query: HolidayQuery, *, observed: bool = True) -> HolidayBase:
    """Return the holidays of the years asked for and of one year around each.

    A swapped day or an eve may belong to a holiday of the neighboring year. `observed` adds
    the days off that some countries give for a holiday on a weekend.
    """
    from holidays import country_holidays  # noqa: PLC0415 - 65 ms, paid by those who name a country

    languages = country_holidays(query.country).supported_languages
    return country_holidays(
        query.country,
        subdiv=query.subdivision or None,
        years={near for year in query.years for near in (year - 1, year, year + 1)},
        expand=False,
        observed=observed,
        language="en_US" if "en_US" in languages else None,
        categories=query.categories,
    )


def working_dates(base: HolidayBase) -> dict[date, date | None]:
    """Return the weekend dates that are worked, each with the day off it was swapped with.

    The data tells that day only in the name of the day off ("Day off (substituted from
    04/27/2024)"), so the names are made from its own label and compared.
    """
    worked = [when for when in base.weekend_workdays if when not in base]
    label = base.tr(getattr(base, "substituted_label", "") or "%s")
    style = base.tr(getattr(base, "substituted_date_format", "") or "%Y-%m-%d")
    days_off = {name: when for when in base for name in base.get_list(when)}
    return {when: days_off.get(label % when.strftime(style)) for when in sorted(worked)}


def eves(query: HolidayQuery, working: dict[date, date | None]) -> dict[date, str]:
    """Return the dates directly before a public holiday, each with a name.

    Days off that substitute for a holiday have no eve. A weekend date that is worked instead
    of such an eve is one itself.
    """
    public = HolidayQuery.of(query.country, query.years, query.subdivision, ("public",))
    holidays = resolve_holidays(public, observed=False)
    label = holidays.tr(getattr(holidays, "substituted_label", "") or "\0%s")
    before, _, after = label.partition("%s")
    named = {}
    for when in holidays:
        proper = [
            name
            for name in holidays.get_list(when)
            if not (name.startswith(before) and name.endswith(after))
        ]
        if proper:
            named[when - timedelta(days=1)] = f"eve of {'; '.join(proper)}"
    swapped = {when: named[other] for when, other in working.items() if other in named}
    return named | swapped
