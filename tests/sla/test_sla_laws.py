"""Every law of service levels, by its id, on drawn books and logs; and the ids in the docs."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from sla.oracle_data import desk_hours

from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.patterns import Field
from support_model.sla import METRICS, PolicyBook, SlaPolicy, Target
from support_model.testing import SLA_LAWS, check_policy
from support_model.testing._calendar_strategies import CLOCK_CHANGES
from support_model.testing._sla_laws import check_policy_at
from support_model.testing._sla_strategies import (
    SlaScene,
    metrics,
    policies,
    policy_books,
    sla_logs,
    sla_scenes,
    targets,
)

DOCS = Path(__file__).parents[2] / "docs" / "explanation" / "sla-laws.md"
STEADY = ("S10", "S13")  # laws of books whose changes carry or freeze


@st.composite
def meetings(draw, **options):
    """A scene whose calendars have a turned clock within a few days."""
    zone, day = draw(st.sampled_from(CLOCK_CHANGES))
    noon = datetime(day.year, day.month, day.day, tzinfo=UTC)
    _, values, _ = desk_hours(zone, day)
    books = policy_books(calendars=st.sampled_from([*values.values()]), **options)
    start = st.integers(-2 * 1440, 1440).map(lambda n: noon + timedelta(minutes=n))
    grain = draw(st.sampled_from((1, 20))) * timedelta(minutes=1)
    return draw(sla_scenes(books=books, start=start, grain=grain))


@pytest.mark.parametrize("law", SLA_LAWS)
@given(data=st.data())
def test_law(law, data):
    options = {"on_change": st.sampled_from(("carry", "frozen"))} if law in STEADY else {}
    SLA_LAWS[law](data.draw(meetings(**options)))


@given(scene=sla_scenes())
def test_all_laws_on_whatever_is_drawn(scene):
    check_policy_at(scene)


def test_the_suite_judges_a_policy_of_ours():
    office = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="Europe/Berlin")
    urgent = Field("priority_rank").at_most(1)
    check_policy(
        SlaPolicy(
            name="gold",
            targets=[
                *(
                    Target(metric=metric, within=timedelta(hours=4), calendar=office, when=urgent)
                    for metric in METRICS.values()
                ),
                *(
                    Target(metric=metric, within=WorkingDays(2), calendar=office, warn_at=[0.75])
                    for metric in METRICS.values()
                ),
            ],
        )
    )


@given(data=st.data())
def test_logs_are_of_one_ticket_in_order_and_numbered(data):
    book = PolicyBook([data.draw(policies())])
    log = data.draw(sla_logs(book, max_size=6, ticket_id="T7"))
    assert 1 <= len(log) <= 6
    assert log == sorted(log, key=lambda event: (event.at, event.seq))
    assert {event.ticket_id for event in log} == {"T7"}


def test_scenes_reach_what_they_are_meant_to():
    """Ties, promises, other editions, merges taken back: all within 150 draws."""
    seen = set()

    @settings(max_examples=150, phases=[Phase.generate], database=None, derandomize=True)
    @given(meetings())
    def look(scene):
        kinds = [event.type for event in scene.log]
        seen.update(kinds)
        seen.update(policy.version for policy in scene.book.policies)
        seen.update(t.on_change for p in scene.book.policies for t in p.targets)
        seen.update(t.metric.after_stop for p in scene.book.policies for t in p.targets)
        seen.add(scene.book.select)
        if len({event.at for event in scene.log}) < len(scene.log):
            seen.add("tie")

    look()
    assert seen >= {"tie", "promised", "policy_applied", "2", "carry", "restart", "forward"}
    assert seen >= {"frozen", "shortest", "all", "most_specific", "first_match"}
    assert seen >= {"once", "resume", "count", "again", "again_after_due"}


def test_what_is_drawn_shrinks_to_what_is_plain():
    plain, always = METRICS["resolution"], BusinessCalendar.always()
    assert find(metrics(), lambda _: True) == plain
    assert find(targets(plain), lambda _: True).within == timedelta(seconds=60)
    assert len(find(policies(), lambda _: True).targets) == 1
    first = settings(phases=[Phase.generate])
    assert find(policy_books(), lambda _: True, settings=first).select == "first_match"
    eight = Target(metric=plain, within=timedelta(hours=8), calendar=always)
    book = PolicyBook([SlaPolicy(name="gold", targets=[eight])])
    assert find(sla_logs(book), lambda log: len(log) > 1)[1].type == "message"
    scene = find(sla_scenes(books=st.just(PolicyBook([])), max_size=1), lambda _: True)
    assert (scene.as_of, len(scene.log)) == (datetime(2024, 3, 28, 8, tzinfo=UTC), 1)
    assert eval(repr(scene), {"SlaScene": SlaScene}) == scene  # noqa: S307 - code of our own


def test_docs_and_code_hold_the_same_laws():
    rows = re.findall(r"^\| (S\d+) \| (.+) \|$", DOCS.read_text("utf-8"), re.MULTILINE)
    assert dict(rows) == {law: check.__doc__.partition("\n")[0] for law, check in SLA_LAWS.items()}
