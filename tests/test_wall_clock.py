"""No answer depends on the zone in which an instant is told: no arithmetic on wall clocks."""

import ast
import textwrap
from pathlib import Path

import pytest
from wall_clock import wall_clock

import support_model

PACKAGE = Path(support_model.__file__).parent

IN_UTC = "a reading keeps every instant in UTC"
ALLOWED = {
    ("_event_drafts.py", "at - EPOCH"): "as `micros`, of an instant in UTC",
    ("_time.py", "at - EPOCH"): "EPOCH is in UTC",
    ("calendars.py", "start - EPOCH"): "the same, written out for speed",
    ("calendars.py", "end - EPOCH"): "likewise",
    ("_kpi/expressions.py", "start < end"): "facts keep every instant in UTC",
    ("_kpi/times.py", "utc(at) > last"): "columns of instants are in UTC",
    ("_oncall/rotations.py", "reading - WALL"): "readings of a wall clock, without a zone",
    ("_kpi/plain.py", "at - EPOCH"): "as `micros`, of an instant in UTC",
    ("adapters/_drafts.py", "at - EPOCH"): "as `micros`, of an instant in UTC",
    ("adapters/_local_stamps.py", "at - midnight"): "readings of a wall clock, likewise",
    ("adapters/_local_stamps.py", "midnight + timedelta(days=1)"): "likewise",
    ("adapters/_onec_cells.py", "at - midnight"): "likewise: how late in the local day it is",
    ("adapters/_onec_cells.py", "at - shift"): "the reading of a day with one offset",
    ("adapters/_table_lists.py", "row.created + length"): IN_UTC,
    ("adapters/_zendesk_present.py", "at < begun"): IN_UTC,
    ("adapters/_zendesk_present.py", "begun + wait"): IN_UTC,
    ("adapters/asana.py", "each.at - at"): IN_UTC,
    ("adapters/asana.py", "stories[0].at < begun"): IN_UTC,
    ("adapters/asana.py", "story.at - start"): IN_UTC,
    ("adapters/chatwoot.py", "first - told"): IN_UTC,
    ("adapters/chatwoot.py", "first.at - story.began"): IN_UTC,
    ("adapters/chatwoot.py", "told - began"): IN_UTC,
    ("adapters/chatwoot.py", "until <= at"): IN_UTC,
    ("adapters/freshdesk.py", "at < begun.at"): IN_UTC,
    ("adapters/freshdesk.py", "at >= begun.at"): IN_UTC,
    ("adapters/freshdesk.py", "since > acts[-1].at"): IN_UTC,
    ("adapters/glpi.py", "row.at < replay.at"): IN_UTC,
    ("adapters/intercom.py", "at < latest"): IN_UTC,
    ("adapters/intercom.py", "closed >= latest"): IN_UTC,
    ("adapters/jira.py", "at >= self.begun"): IN_UTC,
    ("adapters/trello.py", "at <= first.at"): IN_UTC,
    ("testing/_sla_strategies.py", "at - now"): "`now` is made in UTC, and nine days are a guess",
}


def test_datetimes_are_added_subtracted_and_ordered_as_instants():
    found = {(path.relative_to(PACKAGE).as_posix(), text) for path, _, text in wall_clock(PACKAGE)}
    assert sorted(found - ALLOWED.keys()) == [], "use instants.moved, between or micros"
    assert sorted(ALLOWED.keys() - found) == [], "allowed, and not there any more"


WRONG = (
    "def f(at: datetime, by: timedelta) -> bool:\n    return at + by > at",
    "def f(a: datetime, b: datetime) -> object:\n    return b - a",
    "def f(a: datetime, b: datetime | None) -> bool:\n    return b is not None and a <= b",
    "def f(many: list[Visit], now: datetime) -> int:\n    return sum(v.at >= now for v in many)",
    "def f(visit: Visit, w: timedelta) -> object:\n    end = visit.at\n    return end - w",
    "def f(span: Visit) -> object:\n    return span.last + span.rest",
)
RIGHT = (
    "def f(at: datetime, by: timedelta) -> object:\n    return moved(at, by)",
    "def f(visit: Visit, now: datetime) -> bool:\n    return visit.kept <= now",
    "def f(a: int, b: int) -> int:\n    return a - b",
)
CLASS = """
    class Visit:
        at: datetime
        kept: datetime = field(converter=utc)
        rest: timedelta

        @property
        def last(self) -> datetime: ...
"""


@pytest.mark.parametrize("source", [*WRONG, *RIGHT])
def test_the_check_sees_what_annotations_tell(tmp_path, source):
    text = f"{textwrap.dedent(CLASS)}\n\n{source}\n"
    ast.parse(text)
    (tmp_path / "module.py").write_text(text)
    assert bool(list(wall_clock(tmp_path))) is (source in WRONG)
