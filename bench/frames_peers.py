"""First response, resolution and SLA by priority of a whole log, as others compute them.

Each way takes the rows of `frames_log` and returns the same answer: for each priority the tickets,
the answered ones with the sum of their business microseconds to the first response and how many
are within its target, and the same of the tickets solved now, from creation to the last solution
less the time in pending and solved. Business time is Mon-Fri 08:00-18:00 in Europe/Berlin.

`sql` is what packages for analysts run: local wall times, weeks crossed with a schedule, each
spell of a status joined with both, as in the open dbt package for Zendesk. `recipe` is what an
expert writes with pandas and `numpy.busday_count`.
"""

from datetime import UTC, datetime

AS_OF = datetime(2026, 3, 2, 12, tzinfo=UTC)
"""Up to when the log is known; it stands here, as `frames_log` loads more than one way may use."""
HOUR = 3600 * 10**6
THREADS = 2
ZONE = "Europe/Berlin"
FIRST_RESPONSE = {"urgent": 1, "high": 4, "normal": 8, "low": 20}
RESOLUTION = {"urgent": 8, "high": 20, "normal": 40, "low": 80}
"""Targets by priority, in business hours."""
PARTS = ("tickets", "answered", "response", "in time", "solved", "resolution", "solved in time")

TICKETS = """
tickets as (
    select ticket_id, "at" as created, priority
    from log where type = 'created'
),
contacts as (
    select ticket_id, min(seq) as contact_seq, min("at") as contact
    from log
    where role = 'customer' and (type = 'created' or (type = 'message' and public))
    group by ticket_id
),
replies as (
    select contacts.ticket_id, contacts.contact, min(log."at") as replied
    from contacts join log on log.ticket_id = contacts.ticket_id
        and log.type = 'message' and log.role = 'agent' and log.public
        and log.seq > contacts.contact_seq
    group by all
),
statuses as (
    select ticket_id, status, "at" as since,
        lead("at") over (partition by ticket_id order by seq) as until,
        lag(status) over (partition by ticket_id order by seq) as before,
        last_value(status) over (partition by ticket_id order by seq
            rows between unbounded preceding and unbounded following) as status_now
    from log where status is not null
),
solutions as (
    select ticket_id, max(since) as solved
    from statuses
    where status = 'solved' and before <> 'solved' and status_now = 'solved'
    group by ticket_id
),
spells as (
    select ticket_id, 'response' as metric, contact as since, replied as until from replies
    union all
    {spells}
),
"""
EACH_STATUS = """
    select ticket_id, status, since, coalesce(until, timestamptz '{as_of}') from statuses
"""
"""As the package has it: every spell of every status is counted, the last one until now."""
NEEDED = """
    select statuses.ticket_id, statuses.status, statuses.since, least(statuses.until, solved)
    from statuses join solutions using (ticket_id)
    where statuses.status in ('new', 'open', 'on_hold') and statuses.since < solved
"""
"""Leaner: those alone that the answer needs."""
WEEKS = """
weeks as (
    select week::bigint as week from range(0, 208) as t(week)
),
"""
SPINE = """
schedule as (
    select {day} * day + {hour} * (8 - offset_hours) as opens,
        {day} * day + {hour} * (18 - offset_hours) as closes,
        epoch_us(valid_from::timestamptz) as valid_from,
        epoch_us(valid_until::timestamptz) as valid_until
    from range(1, 6) as t(day), (values
        ('2024-10-27 01:00Z', '2025-03-30 01:00Z', 1),
        ('2025-03-30 01:00Z', '2025-10-26 01:00Z', 2),
        ('2025-10-26 01:00Z', '2026-03-29 01:00Z', 1),
        ('2026-03-29 01:00Z', '2026-10-25 01:00Z', 2)
    ) as changes(valid_from, valid_until, offset_hours)
),
from_week as (
    select ticket_id, metric,
        epoch_us(since) - (epoch_us(since) + 4 * {day}) % {week} as week_start,
        (epoch_us(since) + 4 * {day}) % {week} as since,
        epoch_us(until) - epoch_us(since) as raw_delta
    from spells
),
weeks_cross_spells as (
    select from_week.*, week
    from from_week cross join weeks
    where (since + raw_delta) // {week} >= week
),
weekly_spells as (
    select ticket_id, metric, week_start + week * {week} as week_start,
        greatest(0, since - week * {week}) as since,
        least(since + raw_delta - week * {week}, {week}) as until
    from weeks_cross_spells
),
intercepted as (
    select ticket_id, metric,
        greatest(least(until, closes) - greatest(since, opens), 0) as spent
    from weekly_spells join schedule on since <= closes and until >= opens
        and week_start + opens >= valid_from and week_start + opens < valid_until
),
"""
"""The schedule in UTC, once for each stretch between two clock changes; weeks begin on Sundays."""
LOCAL = """
schedule as (
    select {day} * day + {hour} * 8 as opens, {day} * day + {hour} * 18 as closes
    from range(1, 6) as t(day)
),
from_week as (
    select ticket_id, metric,
        epoch_us(since at time zone '{zone}') + 4 * {day} as since,
        epoch_us(until at time zone '{zone}') + 4 * {day} as until
    from spells
),
weekly_spells as (
    select ticket_id, metric,
        greatest(since - (since // {week} + week) * {week}, 0) as since,
        least(until - (since // {week} + week) * {week}, {week}) as until
    from from_week join weeks on week <= until // {week} - since // {week}
),
intercepted as (
    select ticket_id, metric,
        greatest(least(until, closes) - greatest(since, opens), 0) as spent
    from weekly_spells join schedule on since <= closes and until >= opens
),
"""
"""The same in wall times, which is right where hours never meet a clock change."""
ANSWER = """
spent as (
    select ticket_id,
        sum(case when metric = 'response' then spent end) as response,
        sum(case when metric in ('new', 'open', 'on_hold') then spent end) as resolution,
        sum(case when metric = 'pending' then spent end) as waiting
    from intercepted group by ticket_id
),
targets as (
    select * from (values {targets}) as t(priority, response_target, resolution_target)
)
select tickets.priority,
    count(*) as tickets,
    count(replies.replied) as answered,
    sum(coalesce(spent.response, 0)) filter (where replies.replied is not null) as response,
    count(*) filter (where replies.replied is not null
        and coalesce(spent.response, 0) <= response_target) as in_time,
    count(solutions.solved) as solved,
    sum(coalesce(spent.resolution, 0)) filter (where solutions.solved is not null) as resolution,
    count(*) filter (where solutions.solved is not null
        and coalesce(spent.resolution, 0) <= resolution_target) as solved_in_time
from tickets
    join targets using (priority)
    left join replies using (ticket_id)
    left join solutions using (ticket_id)
    left join spent using (ticket_id)
group by tickets.priority
"""


def query(spells=EACH_STATUS, hours=SPINE):
    """Return the SQL over a table or view named `log`: which spells, and how hours are counted."""
    targets = ", ".join(
        f"('{name}', {limit * HOUR}::bigint, {RESOLUTION[name] * HOUR}::bigint)"
        for name, limit in FIRST_RESPONSE.items()
    )
    sizes = {"zone": ZONE, "hour": HOUR, "day": 24 * HOUR, "week": 7 * 24 * HOUR}
    text = f"with {TICKETS}{WEEKS}{hours}{ANSWER}".replace("{spells}", spells)
    return text.format(**sizes, targets=targets, as_of=AS_OF.isoformat())


def sql(source, spells=EACH_STATUS, hours=SPINE):
    """Return the answer of DuckDB over an Arrow table or the path of a Parquet file."""
    import duckdb  # noqa: PLC0415 - each way in a process of its own

    with duckdb.connect() as con:
        con.sql(f"set threads = {THREADS}")
        if isinstance(source, str):
            con.sql(f"create view log as from '{source}'")
        else:
            con.register("log", source)
        rows = con.sql(query(spells, hours)).fetchall()
    return {name: [int(value) for value in values] for name, *values in rows}


def lean_sql(source):
    """Return the answer of the leanest SQL of this shape: needed spells, wall times."""
    return sql(source, NEEDED, LOCAL)


REPORT = """
select date_trunc('week', created at time zone '{zone}') as week, priority, count(*) as tickets,
    count(*) filter (where category in ('solved', 'closed')) as solved,
    count(*) filter (where category not in ('solved', 'closed')) as backlog,
    count(*) filter (where reopened > 0) as reopened, avg(replies) as replies,
    quantile_cont(epoch(replied - created), [0.5, 0.9]) as response,
    quantile_cont(epoch(solved_at - created), [0.5, 0.9]) as resolution
from (
    select ticket_id, min("at") filter (where type = 'created') as created,
        any_value(priority) as priority, arg_max(status, seq) as category,
        min("at") filter (where type = 'message' and role = 'agent' and public) as replied,
        max("at") filter (where status = 'solved') as solved_at,
        count(*) filter (where type = 'message' and role = 'agent' and public) as replies,
        count(*) filter (where status = 'open' and role = 'system') as reopened
    from log group by ticket_id
)
group by all order by all
"""
"""Volumes, backlog, reopenings, replies and calendar times by week and priority."""


def report_sql(path):
    """Answer the main figures of a report: those of the SQL above, and the business times."""
    import duckdb  # noqa: PLC0415

    with duckdb.connect() as con:
        con.sql(f"set threads = {THREADS}")
        con.sql(f"create view log as from '{path}'")
        con.sql(REPORT.format(zone=ZONE)).fetchall()
        return len(con.sql(query()).fetchall())


AS_CSV = """
copy (
    select type, ticket_id, strftime("at" at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ') as "at",
        role, actor, seq, null as source_id, public,
        '{{' || nullif(concat_ws(',', '"group":"' || "group" || '"',
            '"priority":{{"name":"' || priority || '","rank":'
                || list_position(['urgent', 'high', 'normal', 'low'], priority) || '}}',
            '"status":{{"name":"' || status || '","category":"' || status || '"}}'), '')
            || '}}' as fields,
        null as until, null as duration, null as metric, null as due, null as kind,
        null as score, null as scale, null as other, null as policy, null as version,
        null as basis, 1 as schema
    from '{path}'
) to '{target}' (header, delimiter ',')
"""


def as_csv(path):
    """Write the rows as the CSV file of events that the commands read."""
    import duckdb  # noqa: PLC0415

    with duckdb.connect() as con:
        con.sql(AS_CSV.format(path=path, target=str(path).replace(".parquet", ".csv")))


def recipe(frame):
    """Return the answer of pandas and NumPy over a data frame of the rows."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415
    from peers import busday_recipe  # noqa: PLC0415

    days = np.busdaycalendar()

    def local(stamps):
        wall = stamps.dt.tz_convert(ZONE).dt.tz_localize(None)
        return wall.to_numpy().astype("datetime64[us]").astype(np.int64)

    def spent(since, until):
        return busday_recipe(local(since), local(until), days, 8 * HOUR, 18 * HOUR)

    frame = frame.sort_values(["ticket_id", "seq"])
    kind, role, public = frame["type"], frame["role"], frame["public"].fillna(value=False)
    tickets = frame[kind == "created"].set_index("ticket_id")[["at", "priority"]]
    said = (kind == "message") & public.astype(bool)
    contacts = frame[(role == "customer") & ((kind == "created") | said)]
    contacts = contacts.drop_duplicates("ticket_id")[["ticket_id", "at", "seq"]]
    replies = frame.loc[said & (role == "agent"), ["ticket_id", "at", "seq"]]
    replies = replies.merge(contacts, on="ticket_id", suffixes=("", "_contact"))
    replies = replies[replies["seq"] > replies["seq_contact"]].drop_duplicates("ticket_id")
    replies = replies.assign(spent=spent(replies["at_contact"], replies["at"]))

    statuses = frame.loc[frame["status"].notna(), ["ticket_id", "at", "status"]]
    own = statuses["ticket_id"]
    last = (own != own.shift(-1)).to_numpy()
    until = statuses["at"].shift(-1).mask(last)
    entered = (statuses["status"] == "solved") & (
        (statuses["status"].shift() != "solved") | (own != own.shift())
    )
    solutions = statuses[entered].drop_duplicates("ticket_id", keep="last")
    now = statuses[last]
    solved = solutions[
        solutions["ticket_id"].isin(now.loc[now["status"] == "solved", "ticket_id"])
    ]
    spells = statuses.assign(until=until)[statuses["status"].isin(["new", "open", "on_hold"])]
    ends = spells["ticket_id"].map(solved.set_index("ticket_id")["at"])
    spells = spells.assign(end=ends)[(spells["at"] < ends).to_numpy()]
    ends = spells["until"].where(spells["until"] < spells["end"], spells["end"])
    worked = pd.Series(spent(spells["at"], ends)).groupby(spells["ticket_id"].to_numpy()).sum()

    tickets["response"] = replies.set_index("ticket_id")["spent"]
    tickets["resolution"] = worked.reindex(solved["ticket_id"], fill_value=0)
    answer = {}
    for name, own in tickets.groupby("priority"):
        response, resolution = own["response"].dropna(), own["resolution"].dropna()
        answer[name] = [
            *(len(own), len(response), int(response.astype("int64").sum())),
            *(int((response <= FIRST_RESPONSE[name] * HOUR).sum()), len(resolution)),
            *(int(resolution.astype("int64").sum()),),
            int((resolution <= RESOLUTION[name] * HOUR).sum()),
        ]
    return answer
