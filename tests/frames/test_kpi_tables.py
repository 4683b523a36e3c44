"""Tables of figures: those of columns are those of records, and their states add up."""

from datetime import timedelta
from random import Random

import pyarrow as pa
import pytest
from attrs import evolve
from frames.fact_columns import columns_of
from frames.histories import calendars
from frames.test_kpi_columns import EVERY, HOUR, OFFICE, SEEDS, by_columns, drawn, refused, tables
from pyarrow import parquet

from support_model import kpi
from support_model._columns.fact_tables import from_arrow, to_arrow
from support_model._kpi.expression_names import names_of
from support_model._kpi.measures import question_of
from support_model.calendars import BusinessCalendar
from support_model.errors import DifferentCalendars, InvalidValue
from support_model.inference import two_means, two_medians, two_proportions
from support_model.vocabulary import Priority

BERLIN = "Europe/Berlin"
KPIS = (
    kpi.FIRST_RESPONSE,
    kpi.first_resolution(pause=["pending"]),
    kpi.KPIS["next_response"],
    kpi.HANDLE_TIME,
    kpi.REOPENED,
    kpi.SATISFIED,
    kpi.KPIS["contained_by_bot"],
    kpi.touches(gap=HOUR),
    kpi.mean_satisfaction(),
    kpi.net_promoter_score(),
    kpi.cost_per_ticket(dict.fromkeys(range(10), 0.1)),
)
GROUPINGS = (
    (),
    ("week",),
    ("week", "priority"),
    ("month", "group", "created_by"),
    ("day", "solved"),
    ("custom.vip", "custom.note"),
    ("custom.amount",),
    ("line",),
    ("contacts",),
    ("tags",),
)


@pytest.mark.parametrize("by", GROUPINGS)
def test_the_table_of_columns_is_the_table_of_records(by):
    for place, (records, columns) in enumerate(tables()):
        options = {
            "by": by,
            "tz": (BERLIN, "America/New_York")[place % 2],
            "at": ("as_of", "created", "solved")[place % 3],
            "calendar": (None, OFFICE)[place % 2],
            "statistic": ("median", "mean", "p90")[place % 3],
            "min_n": place % 4,
        }
        of_columns, of_records = (
            kpi.table(facts, KPIS, **options) for facts in (columns, records)
        )
        of_columns.validate(full=True)
        assert of_columns.schema == of_records.schema
        assert of_columns.to_pylist() == of_records.to_pylist()


def test_a_row_is_the_figure_of_its_group():
    columns, records = by_columns(3), drawn(3)
    table = kpi.table(to_arrow(columns), KPIS, by=["priority"], at="created", calendar=OFFICE)
    groups = kpi.by(records, "priority", at="created")
    by_name = {None if key is None else key.name: part for key, part in groups.items()}
    assert table.num_rows == len(KPIS) * len(groups)
    for place, row in enumerate(table.to_pylist()):
        one, part = KPIS[place % len(KPIS)], by_name[row["priority"]]
        timed = isinstance(one, kpi.TimeKpi)
        figure = one.of(part, calendar=OFFICE) if timed else one.of(part)
        for name, value in figure.row().items():
            assert (dict(row[name]) if name == "excluded" else row[name]) == value


def test_weeks_are_those_of_periods():
    records = [facts for seed in SEEDS for facts in drawn(seed)]
    table = kpi.table(records, [kpi.REOPENED], by=["week"], tz=BERLIN)
    first, last = (end(facts.created for facts in records).date() for end in (min, max))
    begin = first - timedelta(days=first.weekday() + 7)
    weeks = kpi.periods(begin, last + timedelta(days=14), tz=BERLIN, every="week")
    wanted = {
        span.start.date(): kpi.REOPENED.of(part)
        for span, part in kpi.created_in(records, weeks).items()
        if part
    }
    assert {row["week"]: row["n"] for row in table.to_pylist()} == {
        week: figure.n for week, figure in wanted.items()
    }
    assert table["week"].to_pylist() == sorted(wanted)


def test_groups_without_a_value_come_last_and_are_null():
    records = [evolve(facts, fields={"group": name}) for facts, name in zip(
        drawn(7), ["b", None, "a"], strict=False)]  # fmt: skip
    assert kpi.table(records, [kpi.REOPENED], by=["group"])["group"].to_pylist() == [
        "a",
        "b",
        None,
    ]


RANKED = {"urgent": 1, "high": 2, "normal": 3, "low": 4}


def of_priorities(*names):
    """Return facts of one ticket for each name of a priority; None has none."""
    fields = [{} if name is None else {"priority": Priority(name, RANKED[name])} for name in names]
    facts = [one for seed in SEEDS for one in drawn(seed)]
    return [
        evolve(one, ticket_id=f"P{n}", fields=own)
        for n, (one, own) in enumerate(zip(facts, fields, strict=False))
    ]


def test_priorities_are_in_the_order_of_their_ranks():
    records = of_priorities("low", None, "urgent", "normal", "high", "urgent")
    wanted = ["urgent", "high", "normal", "low", None]
    for facts in (records, columns_of(records), to_arrow(columns_of(records))):
        table = kpi.table(facts, [kpi.REOPENED], by=["priority"])
        assert table["priority"].to_pylist() == wanted
        weekly = kpi.table(facts, [kpi.REOPENED], by=["priority", "month"], tz=BERLIN)
        rows = [(row["priority"], row["month"]) for row in weekly.to_pylist()]
        assert rows == sorted(rows, key=lambda row: (wanted.index(row[0]), row[1]))


def test_tables_that_are_merged_or_compared_keep_the_ranks(tmp_path):
    parts = [of_priorities("low", "urgent"), of_priorities("normal", None), of_priorities("high")]
    tables = [kpi.table(part, [kpi.REOPENED], by=["priority"]) for part in parts]
    parquet.write_table(tables[0], tmp_path / "first.parquet")
    read = [parquet.read_table(tmp_path / "first.parquet"), *tables[1:]]
    found = kpi.merged(read)
    wanted = ["urgent", "high", "normal", "low", None]
    assert found["priority"].to_pylist() == wanted
    assert kpi.merged([kpi.merged(tables[1:]), tables[0]])["priority"].to_pylist() == wanted
    assert kpi.compared(tables[0], kpi.merged(tables[1:]))["priority"].to_pylist() == wanted
    bare = pa.table(dict(zip(found.column_names, found.columns, strict=True)))
    assert kpi.merged([bare])["priority"].to_pylist() == ["high", "low", "normal", "urgent", None]


def parts_of(records, how_many, seed):
    rng = Random(seed)  # noqa: S311 - the same parts for a seed
    parts = [[] for _ in range(how_many)]
    for facts in records:
        rng.choice(parts).append(facts)
    return parts


@pytest.mark.parametrize("how_many", [1, 2, 16])
def test_merged_tables_are_the_table_of_all_within_the_stated_accuracy(how_many):
    records = [
        evolve(facts, ticket_id=f"{seed} {facts.ticket_id}")
        for seed in SEEDS[:12]
        for facts in drawn(seed)
    ]
    options = {"by": ["priority", "custom.amount"], "tz": BERLIN, "calendar": OFFICE}
    whole = kpi.table(records, KPIS, **options)
    parts = [
        kpi.table(columns_of(part), KPIS, **options)
        for part in parts_of(records, how_many, how_many)
    ]
    found = kpi.merged(parts)
    assert found.schema == whole.schema
    for row, wanted in zip(found.to_pylist(), whole.to_pylist(), strict=True):
        close = {name: row.pop(name) for name in ("value", "low", "high", "accuracy")}
        exact = {name: wanted.pop(name) for name in close}
        assert row == wanted
        timed = row["unit"] == "seconds"
        assert close.pop("accuracy") == (0.005 if timed else 0)
        for name, value in close.items():
            bound = 0.0051 if timed else 1e-12
            assert (value is None) is (exact[name] is None)
            if value is not None:
                assert value == pytest.approx(exact[name], rel=bound, abs=1e-6 if timed else 0)
    assert kpi.merged([found, *kpi_none(found)]).to_pylist() == found.to_pylist()


def kpi_none(table):
    """Return a table without rows, grouped as another."""
    return [table.slice(0, 0)]


def test_the_order_of_tables_changes_nothing_but_the_order_of_kpis():
    parts = [kpi.table(drawn(seed), KPIS, by=["priority"]) for seed in SEEDS[:5]]
    assert kpi.merged(parts) == kpi.merged(reversed(parts))
    assert kpi.merged([kpi.merged(parts[:2]), *parts[2:]]) == kpi.merged(parts)


def test_sums_of_states_do_not_overflow():
    long = timedelta(days=40_000)
    records = [evolve(facts, worked=long, merged=()) for seed in SEEDS for facts in drawn(seed)]
    columns = columns_of(records)
    big = columns.take(pa.array(list(range(columns.size)) * 300).to_numpy())
    table = kpi.table(big, [kpi.HANDLE_TIME], statistic="mean")
    assert big.size * 40_000 * 86_400_000_000 > 2**63 > 0
    assert table["value"].to_pylist() == [long.total_seconds()]
    twice = kpi.merged([table] * 3)
    assert (twice["value"].to_pylist(), twice["n"][0].as_py()) == (
        [long.total_seconds()],
        3 * table["n"][0].as_py(),
    )


def test_the_state_of_columns_is_the_summary_of_the_figure():
    for records, columns in tables():
        for one in (kpi.FIRST_RESPONSE, kpi.KPIS["average_response"]):
            states = {kpi.table(facts, [one])["state"][0].as_py() for facts in (records, columns)}
            assert len(states) == 1


def test_times_below_zero_have_no_state_and_are_not_merged():
    records = [evolve(facts, created=facts.as_of, history=facts.history) for facts in drawn(3)]
    table = kpi.table(records, [kpi.FIRST_RESOLUTION])
    assert table["n"][0].as_py() > 0
    assert table["state"].to_pylist() == [None]
    assert kpi.table(columns_of(records), [kpi.FIRST_RESOLUTION]).to_pylist() == table.to_pylist()
    assert "below 0" in str(refused(kpi.merged, [table]))


def test_two_tables_compared_say_what_inference_says():
    before, after = (
        [facts for seed in part for facts in drawn(seed)] for part in (SEEDS[:12], SEEDS[12:])
    )
    kpis = [kpi.REOPENED, kpi.touches(gap=HOUR), kpi.FIRST_RESPONSE, kpi.mean_satisfaction()]
    found = kpi.compared(*(kpi.table(facts, kpis) for facts in (before, after)))
    share, rate, times, mean = found.to_pylist()
    sides = [[one.of(facts) for facts in (before, after)] for one in kpis]
    wanted = two_proportions(*((one.numerator, one.n) for one in sides[0]))
    assert (share["difference"], share["p"]) == (wanted.value, wanted.p)
    assert (share["low"], share["high"]) == wanted.interval
    wanted = two_means(*((one.numerator, one.squares, one.n) for one in sides[1]))
    assert (rate["difference"], rate["p"], rate["n_before"]) == (
        wanted.value, wanted.p, sides[1][0].n,
    )  # fmt: skip
    wanted = two_medians(*(one.micros for one in sides[2]))
    largest = max(one.micros[-1] for one in sides[2]) / 1e6
    assert times["difference"] == pytest.approx(wanted.value / 1e6, abs=0.01 * largest)
    assert times["p"] == pytest.approx(wanted.p, abs=0.2)
    assert mean["undefined"] == "several_scales"


def test_a_group_of_one_period_alone_is_compared_with_nothing():
    tables = [
        kpi.table(
            [evolve(facts, fields={"group": name}) for facts in drawn(5)], KPIS, by=["group"]
        )
        for name in ("a", "b")
    ]
    found = kpi.compared(*tables)
    assert found["group"].to_pylist() == ["a"] * len(KPIS) + ["b"] * len(KPIS)
    assert set(found["undefined"].to_pylist()) == {"no_cases"}
    assert found["n_after"].to_pylist()[: len(KPIS)] == [None] * len(KPIS)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"by": "week"}, "write ['week']"),
        ({"by": ["week"]}, "give tz"),
        ({"by": ["week", "week"], "tz": BERLIN}, "name each once"),
        ({"by": ["created"]}, "give 'day', 'week', 'month' or a field"),
        ({"at": "yesterday"}, "unknown moment"),
        ({"statistic": "p100"}, "write 'median'"),
        ({"statistic": "p0"}, "write 'median'"),
        ({"kpis": kpi.REOPENED}, "write [kpi]"),
        ({"kpis": ["reopened"]}, "kpi.KPIS"),
        ({"kpis": [kpi.REOPENED] * 2}, "give each once"),
        ({"calendar": "office"}, "give a BusinessCalendar"),
    ],
)
def test_what_no_table_can_be_made_of_is_told(options, told):
    for facts in (drawn(1), by_columns(1)):
        given = {"kpis": [kpi.REOPENED]} | options
        assert told in str(refused(kpi.table, facts, **given))


def test_tables_that_do_not_belong_together_are_refused():
    one = kpi.table(drawn(1), [kpi.REOPENED], by=["group"])
    other = kpi.table(drawn(1), [kpi.REOPENED], by=["priority"])
    assert "same `by`" in str(refused(kpi.merged, [one, other]))
    assert "no table of figures" in str(refused(kpi.merged, [[]]))
    assert "no tables" in str(refused(kpi.merged, []))
    assert "without state" in str(refused(kpi.merged, [one.drop_columns(["state"])]))


# Several calendars


def test_each_ticket_has_its_own_calendar():
    hours = dict(zip(("a", "b", "c"), calendars(), strict=False))
    for records, columns in tables():
        named = [
            evolve(facts, fields={**facts.fields, "organization": "abcx"[place % 4]})
            for place, facts in enumerate(records)
        ]
        clock = kpi.CalendarsBy("organization", hours, OFFICE)
        for one in (kpi.FIRST_RESPONSE, kpi.first_resolution(pause=["pending"]), kpi.HANDLE_TIME):
            found = one.of(named, calendar=clock)
            assert found == one.of(columns_of(named), calendar=clock)
            alone = [one.of([facts], calendar=clock.of(facts)) for facts in named]
            assert found == sum(alone[1:], alone[0])
        by_priority = kpi.CalendarsBy("priority", {"high": OFFICE}, calendars()[1])
        assert kpi.MTTA.of(columns, calendar=by_priority) == kpi.MTTA.of(
            records, calendar=by_priority
        )


def test_a_ticket_that_no_calendar_is_for_is_an_error_where_it_is_measured():
    clock = kpi.CalendarsBy("organization", {"a": OFFICE})
    named = [evolve(facts, fields={"organization": "a"}) for facts in drawn(4)]
    assert kpi.MTTA.of(named, calendar=clock) == kpi.MTTA.of(named, calendar=OFFICE)
    other = [evolve(facts, fields={"organization": "b"}) for facts in drawn(4)]
    messages = {
        str(refused(kpi.FIRST_RESOLUTION.of, facts, calendar=clock))
        for facts in (other, columns_of(other))
    }
    assert len(messages) == 1
    assert "no calendar of this organization" in messages.pop()


@pytest.mark.parametrize("name", ["prioritty", "created.prioritty", "years"])
def test_a_name_that_no_field_has_is_refused(name):
    facts = drawn(1)
    with pytest.raises(InvalidValue, match="unknown field"):
        kpi.table(facts, [kpi.FIRST_RESPONSE], by=[name])


def test_a_field_that_no_ticket_has_makes_one_group():
    facts = drawn(1)
    rows = kpi.table(facts, [kpi.FIRST_RESPONSE], by=["custom.never"]).to_pylist()
    assert [row["custom.never"] for row in rows] == [None]


@pytest.mark.parametrize("name", ["prioritty", "years"])
def test_a_name_that_no_field_has_splits_nothing(name):
    for facts in (drawn(1), by_columns(1)):
        assert "unknown field" in str(refused(kpi.by, facts, name))
        clock = kpi.CalendarsBy(name, {"high": OFFICE}, OFFICE)
        assert "unknown field" in str(refused(kpi.HANDLE_TIME.of, worked(facts), calendar=clock))


def worked(facts):
    """Return tickets of which a time is measured, as they are given."""
    return facts if hasattr(facts, "size") else [evolve(one, worked=HOUR) for one in facts]


def test_a_week_is_no_field_that_tickets_are_split_by():
    for facts in (drawn(1), by_columns(1)):
        assert "every='week'" in str(refused(kpi.by, facts, "week"))


def test_a_column_that_a_query_added_is_a_group_a_part_and_a_calendar():
    facts = to_arrow(by_columns(3))
    tiers = ["ab"[place % 2] for place in range(facts.num_rows)]
    more = facts.append_column("tier", pa.array(tiers))
    found = kpi.table(more, [kpi.REOPENED], by=["tier"])
    parts = kpi.by(more, "tier")
    assert found["tier"].to_pylist() == sorted(parts) == ["a", "b"]
    assert found["n"].to_pylist() == [kpi.REOPENED.of(parts[tier]).n for tier in "ab"]
    clock = kpi.CalendarsBy("tier", {"a": OFFICE, "b": OFFICE})
    assert kpi.MTTA.of(more, calendar=clock) == kpi.MTTA.of(facts, calendar=OFFICE)
    assert to_arrow(from_arrow(more)).equals(to_arrow(from_arrow(facts)))
    for source in (more, more.replace_schema_metadata()):
        assert "created.tier" in str(
            refused(kpi.table, source, [kpi.REOPENED], by=["tier"], at="created")
        )


def test_a_path_is_no_facts():
    assert "read the file first" in str(refused(kpi.table, "facts.parquet", [kpi.REOPENED]))
    assert "read the file first" in str(refused(kpi.REOPENED.of, "facts.parquet"))


def test_a_calendar_by_name_is_none():
    for facts in (drawn(1), by_columns(1)):
        for asked in (kpi.MTTA.of, kpi.MTTA.per_ticket):
            assert "kpi.CalendarsBy" in str(refused(asked, facts, calendar="office"))


def test_a_mean_of_merged_tables_is_exact_and_says_so():
    tables = [kpi.table(drawn(seed), [kpi.HANDLE_TIME], statistic="mean") for seed in SEEDS[:3]]
    whole = kpi.table([f for seed in SEEDS[:3] for f in drawn(seed)], [kpi.HANDLE_TIME],
                      statistic="mean")  # fmt: skip
    names = ["n", "value", "accuracy"]
    assert kpi.merged(tables).select(names).to_pylist() == whole.select(names).to_pylist()


def test_a_data_frame_whose_maps_are_lists_of_pairs_is_refused():
    pytest.importorskip("pandas")
    table = kpi.table(drawn(3), KPIS)
    assert any(table["excluded"].to_pylist())
    frame = table.to_pandas()
    assert "as Arrow" in str(refused(kpi.merged, [frame]))
    assert "as Arrow" in str(refused(kpi.compared, frame, table))


def test_all_columns_that_are_missing_are_named_at_once():
    facts = to_arrow(by_columns(3))
    gone = ["acts", "created", "ratings", "created.priority", "reopenings", "snapshot", "type"]
    some = facts.drop_columns(gone)
    kpis = [kpi.FIRST_RESPONSE, kpi.REOPENED, kpi.mean_satisfaction()]
    clock = kpi.CalendarsBy("type", {}, OFFICE)
    message = str(
        refused(
            kpi.table, some, kpis, by=["week", "priority"], tz="UTC", at="created", calendar=clock
        )
    )
    lacking = [name for name in gone if f"{name!r}" in message.partition("columns=")[2]]
    assert lacking == gone
    assert "'reopenings', 'snapshot'" in str(refused(kpi.REOPENED.of, some))


@pytest.mark.parametrize("name", EVERY)
def test_the_names_that_a_kpi_asks_are_those_that_it_reads(name):
    one, facts = EVERY[name], to_arrow(by_columns(3))
    needed = names_of(question_of(one))
    if isinstance(one, kpi.RateKpi):
        needed |= names_of(one.scale)
    seconds = {"status_category", "priority_rank"} & {*facts.column_names}
    kept = facts.select([each for each in facts.column_names if each in needed | seconds])
    assert one.of(kept) == one.of(facts)


LONGER = BusinessCalendar.weekly({"mon-fri": "09:00-19:00"}, tz=BERLIN)


def on(calendar):
    return kpi.table(drawn(1), [kpi.FIRST_RESOLUTION, kpi.REOPENED], calendar=calendar)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (OFFICE, LONGER),
        (OFFICE, kpi.CalendarsBy("channel", {}, OFFICE)),
        (
            kpi.CalendarsBy("channel", {"mail": OFFICE}, OFFICE),
            kpi.CalendarsBy("channel", {}, OFFICE),
        ),
        (kpi.CalendarsBy("channel", {}, OFFICE), kpi.CalendarsBy("topic", {}, OFFICE)),
    ],
)
def test_times_on_two_calendars_neither_add_up_nor_compare(one, other):
    first, second = on(one), on(other)
    for join in (kpi.merged, lambda both: kpi.compared(*both)):
        with pytest.raises(DifferentCalendars, match="'first_resolution' on other opening hours"):
            join([first, second])


def test_wall_time_is_another_row():
    clocks = kpi.merged([on(None), on(OFFICE)])["clock"].to_pylist()
    assert sorted(map(str, clocks)) == ["None", "business", "calendar"]


def test_tables_keep_their_calendar_when_merged():
    merged = kpi.merged([on(OFFICE), on(OFFICE)])
    assert merged["calendar"].to_pylist() == [OFFICE.fingerprint, None]
    assert kpi.compared(merged, on(OFFICE)).num_rows == 2
    with pytest.raises(DifferentCalendars):
        kpi.merged([merged, on(LONGER)])


def test_groups_may_have_calendars_of_their_own():
    tables = [
        kpi.table(
            [evolve(one, fields={"channel": channel}) for one in drawn(1)],
            [kpi.FIRST_RESOLUTION],
            by=["channel"],
            calendar=calendar,
        )
        for channel, calendar in (("mail", OFFICE), ("chat", LONGER))
    ]
    found = kpi.merged(tables)["calendar"].to_pylist()
    assert sorted(found) == sorted([OFFICE.fingerprint, LONGER.fingerprint])
