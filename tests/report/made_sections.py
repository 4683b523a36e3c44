"""Sections made by hand, of every part that a document may hold, with texts that attack a page."""

from datetime import UTC, date, datetime, timedelta

from support_model._report.blocks import (
    Bounds,
    Chart,
    Column,
    Headline,
    Heat,
    Item,
    Line,
    OpenTime,
    Section,
    Table,
    Withheld,
    says,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVIL = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>$x^2$\x1b[2J"
TITLE = says("report_on", file="<b>evil&.csv")
FIGURE = Column(key="figure", title=says("column_figure"), kind="word")
COUNT = Column(key="n", title=says("column_number"), note=says("column_of"))
SHARE = Column(key="share", title=says("column_share"), kind="share")
INTERVAL = Column(key="interval", title=says("column_interval"), kind="range")
TOOK = Column(key="took", title=says("headline_value"), kind="duration")
AT = Column(key="at", title=says("headline_course"), kind="instant")
SERIES = (12, 15, None, 18, 14, 22, 31, 28, 9)


def named(text):
    """A sentence that is a text."""
    return says("column_note", title="T", note=text)


def headline(key, title, kind, value, **more):
    return Headline(key=key, title=named(title), kind=kind, value=value, **more)


HEADLINES = (
    headline("created", "Created", "count", 1234, before=1100, change=named("+12% on 1,100"),
             series=SERIES, incomplete=True),
    headline("solved", "Solved", "count", 1190, before=1120, change=named("+6% on 1,120"),
             series=SERIES, incomplete=True),
    headline("backlog", "Open at the end", "count", 310, verdict="worse", series=SERIES,
             change=named("+44 on 266"), notes=(named("5.1 working days of work"),)),
    headline("first", "Until the first response", "duration", timedelta(minutes=19),
             bounds=Bounds(timedelta(minutes=17), timedelta(minutes=21)), series=SERIES),
    headline("resolution", "Until resolved", "duration", OpenTime(60 * HOUR, 10 * HOUR),
             bounds=Bounds(OpenTime(50 * HOUR, 10 * HOUR), OpenTime(80 * HOUR, 10 * HOUR)),
             verdict="worse", series=SERIES, change=named("from 9.3 h"),
             notes=(named("open tickets counted: 376"),)),
    headline("sla", "Within SLA", "share", 0.911, bounds=Bounds(0.88, 0.93), verdict="better",
             change=named("from 88.2%"), series=(0.8, 0.82, None, 0.9, 0.91)),
)  # fmt: skip
ITEMS = (
    Item(title=named(f"channel {EVIL}: longer until resolved"), verdict="worse",
         sentences=(named("Median 9.3 h before, 13.0 h after."), named("Since the week of ...")),
         series=SERIES, since=5),
    Item(title=named("group Network: reopened less often"), verdict="better",
         sentences=(named("6.1% before, 2.0% after."),), series=SERIES, since=4),
    Item(title=named("A fixed timer was changed"), verdict="different"),
)  # fmt: skip
ROWS = (
    ("mail", 120, 0.5, Bounds(0.4, 0.6), 3 * HOUR, datetime(2026, 3, 2, 9, tzinfo=UTC)),
    (EVIL, 1_234_567, 0.011, Bounds(None, 0.2), OpenTime(90 * HOUR, 10 * HOUR), None),
    ("x" * 90, 3, Withheld(5), None, 5 * DAY, datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
    ("several words of a topic that is long " * 2, 0, 0.0, Bounds(0.0, None), None, None),
)
GROUPS = Table(
    key="groups", title=named("By channel"), rows=ROWS, verdicts=("worse", "better", "", ""),
    columns=(FIGURE, COUNT, SHARE, INTERVAL, TOOK, AT), notes=(named("A note."),), shown=3,
)  # fmt: skip
MEANINGS = Table(
    key="definitions", title=says("column_figure"),
    columns=(FIGURE, Column(key="counts", title=says("column_of"), kind="word")),
    rows=(("mail", "what comes by mail"), (EVIL, f"what is {EVIL}")),
)  # fmt: skip
WEEKS = tuple(date(2026, 1, 5) + 7 * number * DAY for number in range(9))
PICTURES = (
    Chart(key="volumes", title=named("Created and solved by week"), caption=named("By week."),
          labels=WEEKS, incomplete=True,
          lines=(Line(name=named("Created"), values=SERIES),
                 Line(name=named("Solved"), values=SERIES[::-1], look="dots", tone="link"))),
    Heat(key="arrivals", title=named("Most come on Monday at 9"), caption=named("By hour."),
         names=(named("Mon"), named("Tue")), columns=tuple(map(str, range(24))),
         rows=(tuple(map(float, range(24))), (0.0, *map(float, range(23))))),
)  # fmt: skip
SECTIONS = (
    Section(key="headlines", title=named("March 2026"), headlines=HEADLINES,
            lines=(named("994 tickets from 2026-01-05 to 2026-03-31."),)),
    Section(key="changes", title=named("What got worse and better"), items=ITEMS,
            lines=(named("Two things changed."),), notes=(named("40 series looked at."),)),
    Section(key="volumes", title=named("Volumes"), tables=(GROUPS,), drawings=PICTURES),
    Section(key="definitions", title=says("column_figure"), tables=(MEANINGS,), folded=True),
)  # fmt: skip
