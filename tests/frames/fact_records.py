"""Facts by columns as the records that they stand for, and records as columns can say them."""

from datetime import timedelta

from attrs import evolve

from support_model._columns.fact_columns import MOMENTS
from support_model._columns.values import NULL, Words
from support_model._kpi.facts import Act, Facts, Rating, Solve, Stay, Wait
from support_model._time import instant


def plain(facts):
    """Return a record without what columns do not say: fields that are None."""
    return evolve(
        facts,
        fields=_known(facts.fields),
        as_were={moment: _known(fields) for moment, fields in facts.as_were.items()},
        merged=tuple(
            Facts(
                ticket_id=each.ticket_id,
                as_of=facts.as_of,
                created=facts.as_of,
                acts=each.acts,
                lines=each.lines,
                worked=each.worked,
                unknown_wrote=each.unknown_wrote,
            )
            for each in facts.merged
        ),
    )


def _known(fields):
    return {name: value for name, value in fields.items() if value is not None}


def records_of(columns):
    """Return facts by columns as records, in their order."""
    return [_record(columns, row) for row in range(columns.size)]


def _at(value):
    return None if value == NULL else instant(int(value))


def _length(value):
    return None if value == NULL else timedelta(microseconds=int(value))


def _entries(columns, name, row):
    lists = columns.lists(name)
    first, last = lists.offsets[row : row + 2].tolist()
    return [
        {
            part: column.value(place) if isinstance(column, Words) else column[place].item()
            for part, column in lists.parts.items()
        }
        for place in range(first, last)
    ]


def _acts(entries):
    return tuple(Act(_at(each["at"]), each["kind"], each["agent"]) for each in entries)


def _fields(columns, row, moment=None):
    names = {name: name if moment is None else f"{moment}.{name}" for name in columns.fields}
    values = {name: columns.words(column).value(row) for name, column in names.items()}
    return _known(values)


def _rating(each):
    return Rating(
        kind=each["kind"],
        at=_at(each["at"]),
        score=each["score"],
        scale=(each["low"], each["high"]),
        agent=each["agent"],
        solved=_at(each["solved"]),
    )


def _merged(columns, row, as_of):
    acts, lines = _entries(columns, "merged_acts", row), _entries(columns, "merged_lines", row)
    return tuple(
        Facts(
            ticket_id=each["ticket_id"],
            as_of=as_of,
            created=as_of,
            acts=_acts([act for act in acts if act["place"] == place]),
            lines=tuple(entry["line"] for entry in lines if entry["place"] == place),
            worked=_length(each["worked"]),
            unknown_wrote=_at(each["unknown_wrote"]),
        )
        for place, each in enumerate(_entries(columns, "merged", row))
    )


def _stays(entries):
    held = ((each["group"], each["line"], each["agent"]) for each in entries)
    lines = ((group, None if line == NULL else line, agent) for group, line, agent in held)
    return tuple(Stay(_at(e["at"]), *of) for e, of in zip(entries, lines, strict=True))


def _record(columns, row):
    def at(name):
        return _at(columns.column(name)[row])

    def one(name, part):
        return tuple(each[part] for each in _entries(columns, name, row))

    def pairs(name, part):
        return tuple((_at(each["at"]), each[part]) for each in _entries(columns, name, row))

    were = {moment: _fields(columns, row, moment) for moment in MOMENTS}
    record = Facts(
        ticket_id=columns.words("ticket_id").value(row),
        as_of=at("as_of"),
        created=at("created"),
        created_by=columns.words("created_by").value(row),
        fields=_fields(columns, row),
        history=pairs("history", "category"),
        acts=_acts(_entries(columns, "acts", row)),
        waits=tuple(
            Wait(_at(each["start"]), _at(each["end"]), each["outcome"], each["first"])
            for each in _entries(columns, "waits", row)
        ),
        acknowledged=at("acknowledged"),
        solves=tuple(Solve(_at(e["at"]), e["agent"]) for e in _entries(columns, "solves", row)),
        reopenings=tuple(map(_at, one("reopenings", "at"))),
        groups=one("groups", "name"),
        lines=one("lines", "line"),
        agents=one("agents", "name"),
        stays=_stays(_entries(columns, "stays", row)),
        ratings_requested=frozenset(one("ratings_requested", "kind")),
        ratings=tuple(map(_rating, _entries(columns, "ratings", row))),
        worked=_length(columns.column("worked")[row]),
        closed=at("closed"),
        statuses=pairs("statuses", "name"),
        as_were={moment: fields for moment, fields in were.items() if fields},
        merges=pairs("merges", "into"),
        merged=_merged(columns, row, at("as_of")),
        snapshot=bool(columns.column("snapshot")[row]),
        cut=bool(columns.column("cut")[row]),
        unknown_wrote=at("unknown_wrote"),
        unknown_acted=at("unknown_acted"),
    )
    assert _scalars(columns, row) == _said(record)
    return record


COUNTS = {"contacts": "contact", "replies": "reply", "notes": "note", "bots": "bot"}


def _scalars(columns, row):
    words = ("category", "merged_into")
    instants = ("contact", "first_reply", "first_solve", "last_solve")
    return {
        **{name: columns.words(name).value(row) for name in words},
        **{name: _at(columns.column(name)[row]) for name in instants},
        **{name: bool(columns.column(name)[row]) for name in ("solved", "ever_solved")},
        **{name: int(columns.column(name)[row]) for name in (*COUNTS, "assignments")},
    }


def _said(record):
    """Return of a record what columns say besides its lists."""
    replies = [act.at for act in record.acts if act.kind == "reply"]
    solves = [solve.at for solve in record.solves]
    return {
        "category": record.category,
        "merged_into": record.merged_into,
        "contact": record.contact,
        "first_reply": min(replies, default=None),
        "first_solve": min(solves, default=None),
        "last_solve": max(solves, default=None),
        "solved": record.solved,
        "ever_solved": record.ever_solved,
        **{name: record.count(kind) for name, kind in COUNTS.items()},
        "assignments": record.count("assigned"),
    }
