"""Figures by week, priority or any field, as one Arrow table; tables that add up and compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from support_model._kpi.calendars_by import must_be_clock
from support_model._kpi.facts import FieldInstant
from support_model._kpi.measures import RateKpi, ShareKpi, TimeKpi
from support_model._time import timezone
from support_model.errors import InvalidValue, nearest
from support_model.figures import Distribution

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo

    import pyarrow as pa

    from support_model._kpi.calendars_by import Clock
    from support_model._kpi.sources import AnyFacts


_NO_TIMES = Distribution(key="", clock="", definition="", micros=())


def table(
    facts: AnyFacts,
    kpis: Iterable[TimeKpi | ShareKpi | RateKpi],
    by: Iterable[str] = (),
    *,
    tz: str | tzinfo | None = None,
    calendar: Clock | None = None,
    at: FieldInstant = "as_of",
    statistic: str = "median",
    min_n: int = 0,
) -> pa.Table:
    """Return figures of groups of tickets, one row a group and KPI, in order of the groups.

    Priorities are in the order of their ranks, the most urgent first, whatever else in that of its
    values; nothing is last.

    The columns are each of `by` (a date for a day, week or month: its first day; else the value
    of the field, a status or priority by its name, null where there is none), then `key`, `clock`
    ("calendar", "business", null), `statistic`, `unit` ("seconds", "share", "per case"), `n`,
    `value`, `low`, `high` (the confidence interval), `excluded` (a map from the code of a reason
    to how many), `accuracy` (0: exact), `calendar` (fingerprint of the opening hours of times,
    else null), `state` (what `merged` adds up, as JSON), `definition`.

    Args:
        facts: records or columns, such as `support_model.frames.facts` returns.
        kpis: which KPIs.
        by: "day", "week" (from Monday) or "month" of the creation, names of fields, facts of
            one value such as "category" or "created_by", or further columns of a table of facts,
            such as one that a query computed; all tickets are one group without any.
        tz: the zone of days, weeks and months.
        calendar: opening hours of times; wall time if None.
        at: the moment of fields, as in `by`.
        statistic: of times: "median", "mean", or a percentile such as "p90".
        min_n: below this many a value is withheld; the states and counts are not.

    Raises:
        MissingExtra: numpy or pyarrow is not installed.
        InvalidValue: an unknown statistic, moment or field, days without a zone, no calendar,
            a KPI given twice, a KPI of your own asked of columns, or columns that are missing.
        UnknownZone: no IANA zone.

    Example:
        >>> from support_model import kpi
        >>> empty = table([], [kpi.FIRST_RESPONSE], by=["week"], tz="UTC")
        >>> empty.num_rows, empty.column_names[:3]
        (0, ['week', 'key', 'clock'])
    """
    from support_model._kpi import table_states, tables  # noqa: PLC0415 - an extra

    must_be_clock(calendar)
    _NO_TIMES.row(statistic)  # raises for one that there is not
    if at not in get_args(FieldInstant):
        remedy = nearest(str(at), get_args(FieldInstant))
        raise InvalidValue(at, "unknown moment of a field", remedy)
    asked = tables.Asked(
        by=_names(by),
        zone=None if tz is None else timezone(tz),
        clock=calendar,
        at=at,
        statistic=statistic,
        min_n=min_n,
    )
    rows, ranks = tables.figures_by_group(facts, _checked(kpis), asked)
    return table_states.as_table(asked.by, rows, tables.kinds(asked.by), ranks)


def _names(by: Iterable[str]) -> tuple[str, ...]:
    if isinstance(by, str):
        raise InvalidValue(by, "by is a collection of names", f"write [{by!r}]")
    names = tuple(by)
    if len(set(names)) < len(names):
        raise InvalidValue(names, "a group is named twice", "name each once")
    return names


def _checked(
    kpis: Iterable[TimeKpi | ShareKpi | RateKpi],
) -> tuple[TimeKpi | ShareKpi | RateKpi, ...]:
    if isinstance(kpis, TimeKpi | ShareKpi | RateKpi):
        raise InvalidValue(kpis.key, "kpis is a collection", "write [kpi]")
    every = tuple(kpis)
    asked = set[tuple[str, str]]()
    for one in every:
        if not isinstance(one, TimeKpi | ShareKpi | RateKpi):
            raise InvalidValue(one, "no KPI", "give kpi.FIRST_RESPONSE or one of kpi.KPIS")
        if (one.key, one.definition) in asked:
            raise InvalidValue(one.key, "a KPI is given twice", "give each once")
        asked.add((one.key, one.definition))
    return every


def merged(tables: Iterable[Any]) -> pa.Table:
    """Return the table of all tickets of some tables: of days, tenants, partitions.

    Their tickets must be disjoint, and their times on the same calendar. Counts, means and shares
    are exact; a quantile is within the relative accuracy that the column `accuracy` states, as
    states keep counts of logarithmic buckets. Rows of the same group, key, clock, statistic and
    definition are one. The ranks of priorities are in the metadata of their column; where an
    engine has dropped those of all tables, groups are in the order of names.

    Args:
        tables: what `table` or this returned, or an engine handed back, grouped alike; a pandas
            frame loses the type of `excluded` and is refused where any row has exclusions.

    Raises:
        MissingExtra: numpy or pyarrow is not installed.
        InvalidValue: no tables, other tables, or times below 0, which no state holds.
        DifferentCalendars: times of one question on the opening hours of two calendars.

    Example:
        >>> from support_model import kpi
        >>> half = table([], [kpi.REOPENED])
        >>> merged([half, half])["n"].to_pylist()
        [0]
    """
    from support_model._kpi import table_states  # noqa: PLC0415 - an extra

    return table_states.merged(tables)


def compared(before: Any, after: Any) -> pa.Table:  # noqa: ANN401 - whatever speaks Arrow
    """Return how figures differ between two tables of disjoint tickets, such as of two periods.

    The columns are those that the tables are grouped by, then `key`, `clock`, `statistic`,
    `unit`, `n_before`, `value_before`, `n_after`, `value_after`, `difference` (after less before),
    `low`, `high` (its interval), `p` (two-sided, not adjusted for how many rows are looked at),
    `undefined` (why something is null) and `definition`. Shares are compared by
    `inference.two_proportions`, rates by `two_means`, medians by `two_sketched_medians`, so within
    the accuracy of the states; other statistics of times have a difference and no test.

    Raises:
        MissingExtra: numpy or pyarrow is not installed.
        InvalidValue: as `merged`.
        DifferentCalendars: likewise.

    Example:
        >>> from support_model import kpi
        >>> none = table([], [kpi.REOPENED])
        >>> compared(none, none)["undefined"].to_pylist()
        ['no_cases']
    """
    from support_model._kpi import table_states  # noqa: PLC0415 - an extra

    return table_states.compared(before, after)
