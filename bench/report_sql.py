"""The base figures of a report as SQL in DuckDB: `python bench/report_sql.py FILE.jsonl`.

For all tickets and by each of eight fields, in each month of Europe/Berlin: how many came, were
solved and opened again, the median of first responses and resolutions in business time with the
share inside their targets, the share of satisfied customers; and the backlog by week. Nothing of
what changed, of intervals, of tickets that are still open, of running clocks, and no page.

Business time is Mon-Fri 08:00-18:00 in local wall times, which is right while hours meet no clock
change. Prints a line of JSON: by month what came, was solved, opened again, and who was content.
"""

import argparse
import json

import duckdb

ZONE = "Europe/Berlin"
FIELDS = ("channel", "priority", "type", "group", "line", "agent", "organization", "topic")
LOG = """
create table log as
select ticket_id, type, role, public, score, "at",
    ("at" at time zone '{zone}') as local, fields,
    row_number() over (order by "at") as place
from read_json('{path}', columns = {{
    type: 'varchar', ticket_id: 'varchar', "at": 'timestamptz', role: 'varchar',
    public: 'boolean', score: 'double', fields: 'struct(channel varchar, "group" varchar,
        line integer, organization varchar, priority struct(name varchar, rank integer),
        topic varchar, type varchar, agent varchar,
        status struct(name varchar, category varchar))'
}}, format = 'newline_delimited')
where type is not null
"""
MARKS = """
create table statuses as
select ticket_id, local, category,
    lag(category) over (partition by ticket_id order by place) as before
from (select ticket_id, local, place, fields.status.category as category from log
    where fields.status is not null);
create table tickets as
select ticket_id, min(local) filter (where type = 'created') as created,
    min(local) filter (where type = 'message' and role = 'agent' and public) as replied,
    any_value(fields.channel) as channel, any_value(fields.priority.name) as priority,
    any_value(fields.type) as "type", arg_max(fields."group", place)
        filter (where fields."group" is not null) as "group",
    max(fields.line) as line, arg_max(fields.agent, place)
        filter (where fields.agent is not null) as agent,
    any_value(fields.organization) as organization, any_value(fields.topic) as topic
from log group by ticket_id;
create table moves as
select ticket_id, local, case when category in ('solved', 'closed') then 'solved'
    else 'reopened' end as what
from statuses
where before is not null
    and (category in ('solved', 'closed')) <> (before in ('solved', 'closed'));
create macro open_time(t) as (
    with parts as (select epoch_us(t) - 4 * 86400000000 as us),
    days as (select us // 604800000000 as week, us % 604800000000 // 86400000000 as day,
        us % 86400000000 as rest from parts)
    select week * 180000000000 + least(day, 5) * 36000000000
        + case when day < 5 then greatest(0, least(rest - 28800000000, 36000000000)) else 0 end
    from days
);
create table marks as
select ticket_id, created as local, 'created' as what, null::bigint as took, null::double as score
from tickets
union all
select ticket_id, local, what, null, null from moves
union all
select ticket_id, replied, 'response', open_time(replied) - open_time(created), null
from tickets where replied is not null
union all
select ticket_id, solved, 'resolution', open_time(solved) - open_time(created), null
from (select ticket_id, min(local) as solved from moves where what = 'solved' group by ticket_id)
    join tickets using (ticket_id)
union all
select ticket_id, local, 'rated', null, score from log where type = 'rated';
"""
FIGURES = """
select date_trunc('month', marks.local) as month, {by}
    count(*) filter (where what = 'created') as created,
    count(*) filter (where what = 'solved') as solved,
    count(*) filter (where what = 'reopened') as reopened,
    quantile_cont(took, 0.5) filter (where what = 'response') as response,
    avg((took <= 14400000000)::int) filter (where what = 'response') as response_met,
    quantile_cont(took, 0.5) filter (where what = 'resolution') as resolution,
    avg((took <= 57600000000)::int) filter (where what = 'resolution') as resolution_met,
    count(*) filter (where what = 'rated' and score >= 4) as content,
    count(*) filter (where what = 'rated') as rated
from marks join tickets using (ticket_id) group by all order by all
"""
BACKLOG = """
select week, sum(came) over (order by week) as backlog from (
    select date_trunc('week', local) as week,
        sum(case what when 'solved' then -1 else 1 end) as came
    from marks where what in ('created', 'solved', 'reopened') group by all
) order by week
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    asked = parser.parse_args()
    with duckdb.connect() as con:
        con.sql("set threads = 2")
        con.execute(LOG.format(path=asked.file, zone=ZONE))
        con.execute(MARKS)
        months = con.sql(FIGURES.format(by="")).fetchall()
        for name in FIELDS:
            con.sql(FIGURES.format(by=f'tickets."{name}",')).fetchall()
        con.sql(BACKLOG).fetchall()
    answer = {
        str(month)[:7]: [created, solved, reopened, content, rated]
        for month, created, solved, reopened, *_, content, rated in months
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
