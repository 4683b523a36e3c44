"""The order, the repetitions, the problems and the fold of events: columns say what records do."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from frames.histories import CUSTOM, TEXTS, drawn_as_of, drawn_log, smallest

from support_model._columns.event_columns import EventColumns, raw_of_events
from support_model._columns.step_columns import CATEGORY, StepColumns
from support_model._columns.values import NONE, NULL
from support_model._time import instant, micros
from support_model._vocabulary import FACTS
from support_model.errors import InconsistentLog
from support_model.events import Created, Message, Rated, ordered
from support_model.tickets import steps
from support_model.vocabulary import Status

FIELDS = (*TEXTS, *CUSTOM, "status", "tags", "priority", "group", "agent", "line")
SEEDS = range(1_200)


def shown(error):
    """An error as its class and parts; a column holds the whole numbers of scores as floats."""
    return type(error), error.args


def by_ticket(log, as_of):
    """The events known at an instant by ticket, in the order in which tickets appear."""
    found = {}
    for event in log:
        if event.micros <= as_of:
            found.setdefault(event.ticket_id, []).append(event)
    return found


def as_records(log, as_of):
    """Each ticket's events in order, or the error of its rows."""
    found = {}
    for name, own in by_ticket(log, as_of).items():
        try:
            found[name] = ordered(own)
        except InconsistentLog as error:
            found[name] = shown(error)
    return found


def as_columns(log, as_of):
    columns = EventColumns.known_by(raw_of_events(log), as_of)
    names = columns.raw.ids.to_pylist()
    problems = {names[place]: shown(error) for place, error in columns.problems.items()}
    return {name: problems.get(name) or columns.log(place) for place, name in enumerate(names)}


@pytest.mark.parametrize("broken", [0.0, 0.5])
def test_f1_columns_hold_the_logs_that_records_are(broken):
    raised = 0
    for seed in SEEDS:
        log = drawn_log(seed, broken=broken, mixed=seed % 2 == 0)
        as_of = micros(drawn_as_of(seed, log))
        theirs = as_records(log, as_of)
        raised += sum(type(own) is tuple and own[0] in InconsistentLog.__subclasses__()
                      for own in theirs.values())  # fmt: skip
        assert list(as_columns(log, as_of).items()) == list(theirs.items()), smallest(
            log, lambda rows, at=as_of: as_columns(rows, at) != as_records(rows, at)
        )
    assert bool(raised) is bool(broken)


def row_of(step):
    """What a step comes to, as `rows_of` says it."""
    before, after = step.before, step.after
    return {
        **{f"{name} after": after.fields.get(name) for name in FIELDS},
        **{f"{name} before": None if before is None else before.fields.get(name)
           for name in FIELDS},
        "changed": {name for name in step.changed if name in FIELDS or name == "category"},
        "facts": step.facts,
        "times": {name: after.times.get(name, 0) for name in FACTS},
        "category": after.category,
        "waiting since": after.waiting_since,
    }  # fmt: skip


def rows_of(log):
    """What the columns of steps say of each row of each ticket."""
    events = EventColumns.known_by(raw_of_events(log), micros(datetime(9000, 1, 1, tzinfo=UTC)))
    columns = StepColumns(events)
    fields = {f"{name} after": columns.after(name) for name in FIELDS}
    fields |= {f"{name} before": columns.before(name) for name in FIELDS}
    changed = {name: columns.changed(name) for name in (*FIELDS, "category")}
    facts = {name: columns.fact(name) for name in FACTS}
    times = {name: columns.times(name) for name in FACTS}
    categories = {code: name for name, code in CATEGORY.items()}
    for row in range(events.raw.size):
        since = int(columns.waiting_since[row])
        yield {
            **{name: words.value(row) for name, words in fields.items()},
            "changed": {name for name, flags in changed.items() if flags[row]},
            "facts": {name for name, flags in facts.items() if flags[row]},
            "times": {name: int(counts[row]) for name, counts in times.items()},
            "category": categories[int(columns.category[row])],
            "waiting since": None if since == NULL else instant(since),
        }


def folded(log):
    own = by_ticket(log, micros(datetime(9000, 1, 1, tzinfo=UTC)))
    return [row_of(step) for events in own.values() for step in steps(events)]


def test_f2_columns_of_steps_are_the_fold_of_records():
    reached = Counter()
    for seed in SEEDS:
        log = drawn_log(seed)
        theirs = folded(log)
        assert list(rows_of(log)) == theirs, smallest(
            log, lambda rows: list(rows_of(rows)) != folded(rows)
        )
        for row in theirs:
            reached.update(row["facts"])
    assert reached.keys() == set(FACTS)


AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
CREATED = Created(
    ticket_id="T1", at=AT, role="customer", fields={"status": Status("new", "new"), "custom.n": 1}
)


def kept(*events):
    return as_columns(events, micros(AT + timedelta(days=1)))["T1"]


def test_numbers_that_python_takes_for_one_are_one_event_and_keep_their_kind():
    flag = attrs.evolve(CREATED, fields=dict(CREATED.fields) | {"custom.n": True})
    assert kept(CREATED, flag) == (CREATED,)
    assert kept(flag) == (flag,)
    assert type(dict(kept(flag)[0].fields)["custom.n"]) is bool
    assert type(dict(kept(CREATED)[0].fields)["custom.n"]) is int


def test_a_zero_with_a_sign_is_the_same_score():
    rated = {"ticket_id": "T1", "at": AT, "role": "customer", "kind": "csat", "scale": (-1, 1)}
    assert len(kept(CREATED, Rated(**rated, score=0.0), Rated(**rated, score=-0.0))) == 2


def test_events_that_differ_in_their_source_alone_are_two():
    said = {"ticket_id": "T1", "at": AT, "role": "agent", "public": True}
    rows = [Message(**said, source_id=name) for name in ("a", "b", "a")]
    assert kept(CREATED, *rows) == (CREATED, *rows[:2])


def test_no_events_are_no_tickets():
    columns = EventColumns.known_by(raw_of_events([]), 0)
    assert (columns.segments.count, columns.raw.size, list(columns.logs())) == (0, 0, [])
    assert StepColumns(columns).category.size == 0
    assert StepColumns(columns).after("group").codes.tolist() == []
    assert NONE < 0
