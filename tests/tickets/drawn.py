"""Strategies for the tests of tickets: logs of any content, and conditions over every name."""

from datetime import timedelta

from hypothesis import strategies as st

from support_model._vocabulary import CATEGORIES, FACTS, ROLES
from support_model.events import (
    Acknowledged,
    Changed,
    Created,
    Message,
    PolicyApplied,
    Promised,
    Rated,
    RatingRequested,
    Related,
    Worked,
)
from support_model.patterns import Field, fact
from support_model.testing._ticket_strategies import GAPS, START, actors, field_values, statuses


@st.composite
def _later(draw, common):
    """Draw an event other than the creation."""
    kind = draw(st.integers(0, 10))
    if kind in {0, 1}:
        return Message(**common, public=draw(st.booleans()))
    if kind in {2, 3, 4}:
        status = draw(st.fixed_dictionaries({}, optional={"status": statuses()}))
        fields = {**draw(field_values()), **status}
        until = draw(st.none() | GAPS.map(lambda gap: common["at"] + gap))
        return Changed(**common, fields=fields or {"tags": ()}, until=until)
    return draw(
        st.sampled_from(
            [
                Acknowledged(**common),
                Worked(**common, duration=timedelta(minutes=5)),
                Promised(**common, metric="resolution", due=common["at"] + timedelta(hours=8)),
                Promised(**common, metric="resolution", due=None),
                RatingRequested(**common, kind="csat"),
                Rated(**common, kind="csat", score=4, scale=(1, 5)),
                Related(**common, kind="parent", other="T9"),
                PolicyApplied(**common, policy="gold", version="2"),
            ]
        )
    )


@st.composite
def events(draw, *, ticket_id="T1", max_size=12):
    """Draw the log of one ticket, in order, of any content."""
    numbered = draw(st.booleans())
    at, log = START, []
    for number in range(draw(st.integers(1, max_size))):
        at += draw(GAPS) if number else timedelta()
        actor = draw(actors())
        common = {
            "ticket_id": ticket_id,
            "at": at,
            "role": actor.role,
            "actor": actor.id,
            "seq": number if numbered else None,
            "source_id": f"e{number}",
        }
        if number:
            log.append(draw(_later(common)))
        else:
            fields = {"status": draw(statuses()), **draw(field_values())}
            log.append(Created(**common, fields=fields))
    return log


def patterns(*, max_leaves=6):
    """Draw conditions over every kind of name, combined."""
    leaves = st.one_of(
        st.sampled_from(FACTS).map(fact),
        st.sampled_from(["category", "old.category"]).flatmap(
            lambda name: st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=3).map(
                lambda values: Field(name).in_(*values)
            )
        ),
        st.sampled_from(ROLES).map(Field("role").is_),
        st.sampled_from(["message", "changed", "created"]).map(Field("event").is_),
        st.booleans().map(Field("public").is_),
        st.sampled_from(["group", "status", "line"]).map(Field("changed").contains),
        st.integers(1, 3).map(Field("priority_rank").at_most),
        st.integers(0, 2).map(Field("old.times.replied").at_least),
        st.sampled_from([START, START + timedelta(hours=1)]).map(Field("at").before),
        st.sampled_from(["invoice", "VPN"]).map(Field("topic").contains),
        st.sampled_from(["VIP", "billing"]).map(Field("tags").contains),
        st.just(Field("custom.severity").is_(2)) | st.just(Field("custom.severity").is_("high")),
        st.integers(1, 3).map(Field("old.custom.severity").at_least),
        st.sampled_from(["agent", "old.group", "tags"]).map(lambda name: Field(name).has()),
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.builds(lambda a, b: a & b, inner, inner)
            | st.builds(lambda a, b: a | b, inner, inner)
            | inner.map(lambda part: ~part)
        ),
        max_leaves=max_leaves,
    )
