"""Merges by example: the work moves to the other ticket, the past stays where it was."""

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tickets.merging_twin import short, twin_of_merges

from support_model.calendars import BusinessCalendar
from support_model.errors import InvalidValue
from support_model.events import Changed, Created, Message, Related, ordered
from support_model.reasons import Reason
from support_model.sla import NEXT_RESPONSE, RESOLUTION, SlaPolicy, Target, evaluate
from support_model.tickets import merged, replay
from support_model.vocabulary import Status

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
GOLD = SlaPolicy(
    name="gold",
    targets=[
        Target(metric=metric, within=timedelta(hours=4), calendar=BusinessCalendar.always())
        for metric in (NEXT_RESPONSE, RESOLUTION)
    ],
)


def at(hours):
    return START + timedelta(hours=hours)


def event(make, ticket, hours, role="agent", **more):
    return make(ticket_id=ticket, at=at(hours), role=role, **more)


def created(ticket, hours=0):
    return event(Created, ticket, hours, "customer", fields={"status": Status("open", "open")})


def says(ticket, hours, role="agent", actor=None):
    return event(Message, ticket, hours, role, public=True, actor=actor)


def into(ticket, hours, other, actor="ann"):
    return event(Related, ticket, hours, kind="merged_into", other=other, actor=actor)


def becomes(ticket, hours, category):
    return event(Changed, ticket, hours, fields={"status": Status(category, category)})


def begun(ticket, hours=0):
    return event(Created, ticket, hours, fields={"status": Status("new", "new")})


def next_response(log, hours):
    return evaluate(log, GOLD, as_of=at(hours))["next_response"]


def numbered(*log):
    return [attrs.evolve(event, seq=seq) for seq, event in enumerate(log)]


def test_a_message_that_waited_waits_in_the_other_ticket_from_the_merge_on():
    first = [created("T1"), says("T1", 1), says("T1", 2, "customer"), into("T1", 3, "T2")]
    logs = merged({"T1": first, "T2": [created("T2", 0.5), says("T2", 1)]})
    assert logs["T1"] == tuple(first)
    *_, moved = logs["T2"]
    assert (moved.at, moved.role, moved.public) == (at(3), "customer", True)
    clock = evaluate(logs["T2"], GOLD, as_of=at(5))["next_response"]
    assert (clock.last.start, clock.due_at, clock.state) == (at(3), at(7), "running")


def test_the_merged_ticket_has_no_clocks_any_more():
    first = [created("T1"), says("T1", 1), says("T1", 2, "customer"), into("T1", 3, "T2")]
    logs = merged({"T1": first, "T2": [created("T2")]})
    for clock in evaluate(logs["T1"], GOLD, as_of=at(9)):
        assert (clock.state, clock.last.end, clock.was_breached) == ("cancelled", at(3), False)


def test_a_merge_in_the_instant_of_a_solution_takes_it_back():
    solved = event(Changed, "T1", 5, fields={"status": Status("solved", "solved")})
    log = numbered(created("T1"), solved, into("T1", 5, "T2"))
    clock = evaluate(log, GOLD, as_of=at(9))["resolution"]
    assert (clock.state, clock.breached, clock.was_breached) == ("cancelled", False, True)
    assert clock.last.earlier_breaches == (at(4),)


def test_what_is_written_later_is_read_in_the_other_ticket():
    note = event(Changed, "T1", 5, fields={"group": "billing"})
    first = [created("T1"), says("T1", 1), into("T1", 3, "T2"), says("T1", 4, "customer"), note]
    logs = merged({"T1": first, "T2": [created("T2"), says("T2", 1)]})
    assert logs["T1"] == (*first[:3], note)
    assert [found.at for found in logs["T2"]] == [at(0), at(1), at(4)]
    assert {found.ticket_id for found in logs["T2"]} == {"T2"}


def test_nothing_waits_where_all_was_answered():
    first = [created("T1"), says("T1", 1), into("T1", 3, "T2")]
    logs = merged({"T1": first, "T2": [created("T2")]})
    assert logs["T2"] == (created("T2"),)


def test_moved_messages_are_numbered_after_those_of_their_instant():
    first = numbered(created("T1"), says("T1", 2, "customer"), into("T1", 3, "T2"))
    second = numbered(created("T2"), says("T2", 1), says("T2", 3, actor="bob"))
    *_, own, moved = merged({"T1": first, "T2": second})["T2"]
    assert (own, moved.at, moved.seq) == (second[-1], at(3), 3)


def test_the_question_that_waited_moves_along_a_chain():
    logs = merged(
        {
            "T1": [created("T1"), says("T1", 1, "customer"), into("T1", 2, "T2")],
            "T2": [created("T2"), says("T2", 1), into("T2", 4, "T3")],
            "T3": [created("T3"), says("T3", 1)],
        }
    )
    assert [found.at for found in logs["T2"]] == [at(0), at(1), at(2), at(4)]
    assert logs["T3"][-1].at == at(4)
    assert logs.survivors == (("T1", "T3"), ("T2", "T3"))


def test_a_merge_into_a_ticket_that_is_not_given_moves_nothing():
    log = [created("T1"), says("T1", 1, "customer"), into("T1", 2, "T9"), says("T1", 3)]
    found = merged({"T1": log})
    assert found == {"T1": tuple(log)}
    assert (found.survivors, found.findings) == ((), ())


def test_what_is_written_to_the_first_of_a_chain_is_read_at_its_end():
    logs = merged(
        {
            "A": [
                created("A"),
                into("A", 7, "B"),
                becomes("A", 7, "void"),
                says("A", 8, "customer"),
            ],
            "B": [begun("B", 1), into("B", 5, "C"), becomes("B", 5, "void")],
            "C": [created("C", 0.5), says("C", 2)],
        }
    )
    assert [event.at for event in logs["B"]] == [at(1), at(5), at(5)]
    clock = next_response(logs["C"], 10)
    assert (clock.last.start, clock.due_at) == (at(7), at(11))
    assert [event.at for event in logs["C"][2:]] == [at(7), at(8)]


def test_a_merge_taken_back_ends_the_redirect():
    first = [created("A"), says("A", 0.5), into("A", 2, "B"), becomes("A", 2, "void")]
    first += [says("A", 3, "customer"), becomes("A", 4, "open"), says("A", 5, "customer")]
    second = [begun("B", 1), says("B", 1.2)]
    logs = merged({"A": first, "B": second})
    assert [event.at for event in logs["B"]] == [at(1), at(1.2), at(3)]
    assert logs["A"] == (*first[:4], *first[5:])
    assert logs.survivors == ()


def test_a_ticket_that_was_no_more_void_when_merged_is_not_taken_back_by_a_status():
    first = [created("A"), into("A", 2, "B"), becomes("A", 3, "solved"), says("A", 5, "customer")]
    logs = merged({"A": first, "B": [begun("B", 1)]})
    assert logs["B"][-1].at == at(5)


def test_what_waited_counts_from_the_creation_of_a_later_target():
    first = [created("A"), into("A", 2, "B"), becomes("A", 2, "void"), says("A", 4, "customer")]
    logs = merged({"A": first, "B": [begun("B", 2.5), says("B", 3)]})
    assert [event.at for event in logs["B"]] == [at(2.5), at(2.5), at(3), at(4)]
    assert logs["B"][1].role == "customer"


def test_a_question_answered_before_the_target_was_created_waits_no_more():
    first = [created("A"), into("A", 2, "B"), says("A", 2.2), says("A", 4, "customer")]
    second = [begun("B", 2.5)]
    logs = merged({"A": first, "B": second})
    assert [event.at for event in logs["B"]] == [at(2.5), at(4)]


def test_what_the_merge_itself_writes_is_no_reply():
    first = [created("A"), into("A", 2, "B"), becomes("A", 2, "void"), says("A", 2, actor="ann")]
    second = [created("B", 1), says("B", 2, actor="ann"), says("B", 2, actor="bob")]
    logs = merged({"A": first, "B": second[:2]})
    assert [event.role for event in logs["B"]] == ["customer", "system", "customer"]
    assert replay(logs["B"]).times == {"contacted": 2}
    answered = merged({"A": first, "B": second})["B"]
    assert replay(answered).times["replied"] == 1


def test_a_reply_to_the_merged_ticket_waits_in_the_other():
    first = [created("B", 0.5), says("B", 1), into("B", 3, "A"), becomes("B", 3, "void")]
    logs = merged({"A": [created("A"), says("A", 1)], "B": [*first, says("B", 24, "customer")]})
    told = "running, 1:00:00 of 4:00:00, due Tue 03 Mar 2026 13:00 UTC"
    assert str(next_response(logs["A"], 25)) == told
    quiet = evaluate(logs["B"], SlaPolicy(name="g", targets=GOLD.targets[:1]), as_of=at(25))
    assert not quiet.clocks


def test_of_several_merges_the_last_holds_from_its_instant():
    first = [created("A"), into("A", 1, "B"), says("A", 2, "customer"), into("A", 3, "C")]
    first += [says("A", 4, "customer"), into("A", 5, "C"), into("A", 6, "gone")]
    first += [says("A", 7, "customer")]
    logs = merged({"A": first, "B": [begun("B")], "C": [begun("C")]})
    assert [event.at for event in logs["B"]] == [at(0), at(1), at(2)]
    assert [event.at for event in logs["C"]] == [at(0), at(3), at(4)]
    assert logs["A"][-1] == first[-1]


def test_merged_again_changes_nothing():
    for form in (list, lambda log: numbered(*log)):
        first = form([created("A"), into("A", 2, "B"), becomes("A", 2, "void")])
        once = merged({"A": first, "B": form([created("B", 1)])})
        assert len(once["B"]) == 2
        assert merged(once) == once


def test_a_merge_that_is_said_again_asks_nothing_again():
    logs = merged(
        {
            "A": [created("A"), into("A", 4, "B"), says("A", 5)],
            "B": [begun("B", 1)],
            "C": [created("C", 2), into("C", 3, "A"), into("C", 6, "A")],
        }
    )
    assert [(event.at, event.role) for event in logs["B"][1:]] == [
        (at(4), "customer"),
        (at(5), "agent"),
    ]


def test_the_merge_that_closes_a_circle_has_no_effect_and_is_a_finding():
    first = [created("A"), into("A", 2, "B"), becomes("A", 2, "void"), says("A", 4, "customer")]
    second = [created("B"), says("B", 1), into("B", 3, "A")]
    logs = merged({"A": first, "B": second})
    assert logs["A"] == tuple(first[:3])
    assert [event.at for event in logs["B"]] == [at(0), at(1), at(2), at(4)]
    assert logs.survivors == (("A", "B"),)
    (found,) = logs.findings
    assert found == Reason.of("merge_in_circle", ticket="B", other="A", at=at(3))


def test_a_circle_is_judged_at_its_instant():
    first = [created("A"), into("A", 1, "B"), becomes("A", 1, "void"), becomes("A", 2, "open")]
    second = [created("B"), into("B", 2, "A"), says("B", 3, "customer")]
    logs = merged({"A": first, "B": second})
    assert logs.findings == ()
    assert logs["A"][-1].at == at(3)
    assert logs.survivors == (("B", "A"),)


def test_a_link_that_goes_takes_the_chains_over_it_along():
    first = [begun("A"), into("A", 2, "B"), says("A", 2.5, "customer"), says("A", 4, "customer")]
    second = [begun("B"), into("B", 1, "C"), becomes("B", 1, "void"), becomes("B", 3, "open")]
    logs = merged({"A": first, "B": second, "C": [begun("C")]})
    assert [event.at for event in logs["C"]] == [at(0), at(2.5)]
    assert logs["B"][-1].at == at(4)


def test_a_moved_event_of_another_instant_is_numbered_anew():
    first = numbered(created("A"), says("A", 1), into("A", 2, "B"), says("A", 3, "customer"))
    second = numbered(begun("B"), says("B", 1), says("B", 2.5), says("B", 4))
    logs = merged({"A": first, "B": second})
    assert [(event.at, event.seq) for event in logs["B"]][3] == (at(3), 1)


def test_one_bad_log_refuses_nothing_else():
    bad = {"X": [created("T2")], "Y": [says("Y", 1)], "Z": [3], "N": None, "E": ()}
    sound = {"T1": [created("T1"), into("T1", 2, "T2")], "T2": [created("T2", 1)]}
    found = merged({**bad, **sound, "V": [created("V"), into("V", 1, "Y")]})
    assert {name: found[name] for name in bad} == {**bad, "X": (created("T2"),), "Y": (
        says("Y", 1),), "Z": (3,)}  # fmt: skip
    assert [reason["ticket"] for reason in found.findings] == [*bad]
    assert len(found["T2"]) == 2
    assert len(found["V"]) == 2


def test_a_long_chain_is_followed_to_its_end():
    names = [f"{n:04}" for n in range(2_000)]
    pairs = list(zip(names, [*names[1:], "end"], strict=True))
    logs = {name: [created(name), into(name, 1, other)] for name, other in pairs}
    logs["end"] = [created("end")]
    assert dict(merged(logs).survivors) == dict.fromkeys(names, "end")
    backwards = {
        name: [created(name), into(name, 9_000 - n, other)]
        for n, (name, other) in enumerate(pairs)
    }
    found = merged({**backwards, "end": logs["end"]})
    assert dict(found.survivors) == dict.fromkeys(names, "end")


DEEDS = st.sampled_from(
    [("says", "customer", None), ("says", "agent", "ann"), ("says", "agent", "bob")]
    + [("into", name, "ann") for name in "ABCD"]
    + [("becomes", category, None) for category in ("void", "open", "solved")]
)
LOGS = st.fixed_dictionaries(
    {
        name: st.tuples(
            st.booleans(),
            st.booleans(),
            st.integers(0, 3),
            st.lists(st.tuples(st.integers(0, 7), DEEDS), max_size=7),
        )
        for name in "ABC"
    }
)


def drawn_log(name, drawn):
    numbers, by_customer, start, deeds = drawn
    log = [created(name, start) if by_customer else begun(name, start)]
    for hours, (deed, word, actor) in sorted(deeds, key=lambda deed: deed[0]):
        when = max(start, hours)
        if deed == "says":
            log.append(says(name, when, word, actor))
        elif deed == "into" and word != name:
            log.append(into(name, when, word))
        elif deed == "becomes":
            log.append(becomes(name, when, word))
    return numbered(*log) if numbers else list(ordered(log))


@given(LOGS)
@settings(max_examples=150, deadline=None)
def test_merges_by_the_definition(drawn):
    logs = {name: drawn_log(name, one) for name, one in drawn.items()}
    found = merged(logs)
    told, circles = twin_of_merges(logs)
    assert {name: [short(event) for event in log] for name, log in found.items()} == told
    assert sorted((r["ticket"], r["other"]) for r in found.findings) == sorted(circles)
    assert merged(found) == found
    backwards = {name: logs[name] for name in reversed(logs)}
    assert merged(backwards) == found


def test_logs_are_given_by_ticket():
    for logs in ([], None, "A"):
        with pytest.raises(InvalidValue, match="by ticket"):
            merged(logs)
