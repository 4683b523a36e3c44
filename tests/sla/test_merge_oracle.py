"""Merges against their slow twin: the clocks of every ticket after chains, returns and circles."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import merge_oracle
from sla import oracle_data

from support_model.calendars import BusinessCalendar
from support_model.events import Changed, Created, Message, Related
from support_model.instants import micros
from support_model.sla import (
    FIRST_RESPONSE,
    NEXT_RESPONSE,
    RESOLUTION,
    PolicyBook,
    SlaPolicy,
    Target,
    evaluate,
)
from support_model.tickets import merged
from support_model.vocabulary import Status

NAMES = ("A", "B", "C")
START = datetime(2024, 3, 28, 8, tzinfo=UTC)
WINDOW = START - timedelta(days=5), START + timedelta(days=20)
ALWAYS = BusinessCalendar.always("Europe/Berlin")
HOURS = {
    "always": {
        "tz": "Europe/Berlin",
        "weekly": oracle_data.kinds_of_hours("UTC", START.date())["always"]["weekly"],
    }
}
BOOK = PolicyBook(
    [
        SlaPolicy(
            name="gold",
            targets=[
                Target(metric=metric, within=timedelta(hours=4), calendar=ALWAYS, warn_at=[0.5])
                for metric in (FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION)
            ],
        )
    ]
)


def status(category):
    return {"status": Status(category, category)}


@st.composite
def batches(draw):
    """The logs of three tickets that are merged, written to and brought back."""
    logs = {name: [] for name in NAMES}
    born = {"A": 0, "B": draw(st.sampled_from((1, 5))), "C": 2}

    def add(name, minute, event, role="agent", **parts):
        at, seq = START + timedelta(minutes=minute), len(logs[name])
        actor = parts.pop("actor", "bob" if role == "agent" else None)
        logs[name].append(event(ticket_id=name, at=at, seq=seq, role=role, actor=actor, **parts))

    for name, minute in born.items():
        role = draw(st.sampled_from(("customer", "customer", "agent")))
        add(name, minute, Created, role, fields=status("new"))
    minute, gone = 6, set()
    for _ in range(draw(st.integers(1, 8))):
        minute += draw(st.sampled_from((1, 7, 120, 241)))
        name = draw(st.sampled_from(NAMES))
        other = draw(st.sampled_from([one for one in NAMES if one != name]))
        act = draw(st.sampled_from(("merge", "ask", "reply", "void merge", "open", "comment")))
        if minute <= born[name]:
            continue
        if act in ("ask", "reply"):
            add(name, minute, Message, "customer" if act == "ask" else "agent", public=True)
        elif act == "open":
            gone.discard(name)
            add(name, minute, Changed, fields=status("open"))
        elif name not in gone:
            gone.add(name)
            add(name, minute, Related, kind="merged_into", other=other, actor="ann")
            if act != "merge":
                add(name, minute, Changed, "system", fields=status("void"))
            if act == "comment" and minute > born[other]:
                add(other, minute, Message, public=True, actor="ann")
    return logs, START + timedelta(minutes=minute + draw(st.sampled_from((0, 1, 239, 240))))


@settings(max_examples=2 * settings.default.max_examples)
@given(batches())
def test_merges_and_their_twin_agree(batch):
    logs, as_of = batch
    mine = merged(logs)
    plain = {name: [oracle_data.plain(event) for event in log] for name, log in logs.items()}
    names = {ALWAYS: "always"}
    for name, log in merge_oracle.merged(plain).items():
        if log[0]["at"] > micros(as_of):
            continue
        rows = [{**event, "seq": seq} for seq, event in enumerate(log)]
        given_ = {**oracle_data.scenario(BOOK, (), as_of, HOURS, names), "events": rows}
        theirs = oracle_data.twin(given_, WINDOW)
        told = oracle_data.answers(evaluate(mine[name], BOOK, as_of=as_of))
        assert not oracle_data.differences(told, theirs, micros(WINDOW[1]))


@given(batches())
def test_merged_again_changes_nothing(batch):
    once = merged(batch[0])
    assert merged(once) == once
