"""Whether an agent is there: own hours without absences, as routing reads them."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from support_model import Agent, BusinessCalendar, route
from support_model.instants import Span
from support_model.routing import QueuedTicket, Routing

START = datetime(2026, 3, 2, tzinfo=UTC)
HOURS = BusinessCalendar.weekly({"mon-fri": "09:00-17:00"}, tz="UTC")
HOUR = timedelta(hours=1)
SPANS = st.tuples(st.integers(0, 48), st.none() | st.integers(1, 12)).map(
    lambda pair: Span(
        START + pair[0] * HOUR, None if pair[1] is None else START + sum(pair) * HOUR
    )
)


@given(st.sampled_from([None, HOURS]), st.lists(SPANS, max_size=3), st.integers(0, 60))
def test_who_is_there_is_whom_routing_does_not_reject_for_time(calendar, absences, hour):
    at = START + hour * HOUR
    ann = Agent(id="ann", calendar=calendar, absences=absences)
    ticket = QueuedTicket(id="T1", channel="chat", queued_at=START)
    codes = route(ticket, [ann], {}, Routing(), as_of=at).codes.get("ann", ())
    assert ann.is_there(at) is (not codes)
