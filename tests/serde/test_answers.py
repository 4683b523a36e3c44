"""Every answer has a plain form: JSON to the last leaf, that its schema describes."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from conformance import oncall as oncall_cases
from conformance import routing as adapter
from escalation.cases import plans
from hypothesis import given
from routing.cases import questions
from serde.answer_values import ANSWERS, HOUR, MOMENT, RAISED, REOPENED, RESULT, STORY, TAKEN

from support_model._files.answers import ANSWERS as KINDS
from support_model.agenda import Agenda
from support_model.calendars import BusinessCalendar
from support_model.desk import Desk
from support_model.errors import InvalidDocument, InvalidValue
from support_model.figures import Distribution, Rate, Share
from support_model.reasons import Reason
from support_model.reasons_ru import RUSSIAN
from support_model.routing import route
from support_model.serde import answer_from_data, answer_to_data, schema
from support_model.sla import breach_queue, evaluate
from support_model.summaries import summarize
from support_model.testing import histories, sla_scenes
from support_model.tickets import replay
from support_model.vocabulary import Actor
from support_model.workflows import INCIDENT, SIX_STEP

VALIDATORS = {kind: jsonschema.Draft202012Validator(schema(kind)) for kind in KINDS}


def written(answer, kind, catalogue=None):
    """Return the form of an answer as it arrives; it fits the schema of its kind."""
    data = json.loads(json.dumps(answer_to_data(answer, catalogue), allow_nan=False))
    VALIDATORS[kind].validate(data)
    return data


def is_read_back(answer, kind):
    assert answer_from_data(kind, written(answer, kind)) == answer


@given(sla_scenes())
def test_j1_j2_every_answer_about_clocks_is_plain_and_what_holds_itself_is_read_back(scene):
    for as_of in (scene.as_of, scene.later):
        result = evaluate(scene.log, scene.book, as_of=as_of)
        written(result, "evaluation")
        is_read_back(result.agenda, "agenda")
        for clock in result.clocks:
            written(clock, "clock")
            is_read_back(clock.explain(), "explanation")
        for due in breach_queue([result]):
            is_read_back(due, "due")
        for finding in result.findings:
            is_read_back(finding, "reason")


@given(histories(SIX_STEP))
def test_j1_j2_every_answer_of_a_workflow_is_plain_and_its_agenda_is_read_back(log):
    ticket = replay(log)
    is_read_back(SIX_STEP.agenda(log, as_of=ticket.at), "agenda")
    for option in (*SIX_STEP.allowed(ticket), *Desk().allowed(ticket)):
        data = written(option, "option")
        assert data["reasons"] == [written(reason, "reason") for reason in option.reasons]
        assert (data["needs"], data["writes"]) == ([*option.needs], option.writes)
        assert data["opens"] == option.opens


def test_an_option_says_what_a_form_asks_for():
    log = INCIDENT.begin("T1", actor=Actor("customer"), at=STORY[0].at)
    options = {each.action: each for each in Desk(workflow=INCIDENT).allowed(replay(log))}
    assert written(options["assign"], "option")["to"] == "in progress"
    rest = {"allowed": True, "reasons": [], "writes": False, "opens": False}
    promise = {"action": "promise", "to": None, "needs": ["metric", "due"], **rest}
    assert written(options["promise"], "option") == {**promise, "text": "'promise' is allowed"}
    assert written(options["message"], "option")["writes"] is True


@given(questions())
def test_j1_j2_every_decision_is_plain_and_its_agenda_is_read_back(data):
    people, workload, routing = adapter.facts_of(data)
    ticket, as_of = adapter.ticket_of(data["ticket"]), adapter.at(data["as_of"])
    decision = route(ticket, people, workload, routing, as_of=as_of)
    assert written(decision, "decision")["rejected"].keys() == decision.rejected.keys()
    is_read_back(decision.agenda, "agenda")


@given(plans())
def test_j2_the_agenda_of_a_roster_is_read_back(drawn):
    data, first, last = drawn
    roster = oncall_cases.plan_of(data).roster(first, last)
    is_read_back(roster.agenda(as_of=first), "agenda")


def test_every_law_has_its_id_in_the_docs_and_among_the_tests():
    here = Path(__file__)
    page = here.parents[2] / "docs" / "explanation" / "laws.md"
    stated = re.findall(r"^\| (J\d+) \|", page.read_text("utf-8"), re.MULTILINE)
    tests = [here, here.with_name("test_sent_answers.py")]
    names = [
        name
        for path in tests
        for name in re.findall(r"^def test_((?:j\d+_)+)", path.read_text("utf-8"), re.MULTILINE)
    ]
    tested = {law.upper() for name in names for law in name.strip("_").split("_")}
    assert {*stated} == tested


def keys_of(schema):
    """Return the keys that a schema names, at any depth."""
    if isinstance(schema, list):
        return set().union(*map(keys_of, schema))
    if not isinstance(schema, dict):
        return set()
    own = set(schema.get("properties", {})) if schema.get("type") == "object" else set()
    return own.union(*map(keys_of, schema.values()))


@pytest.mark.parametrize("kind", KINDS)
def test_the_reference_names_every_key(kind):
    page = Path(__file__).parents[2] / "docs" / "reference" / "answers.md"
    named = {*re.findall(r"`(\w+)`", page.read_text("utf-8"))}
    assert keys_of(schema(kind)) <= named


def test_a_clock_in_full():
    (clock,) = written(RESULT, "evaluation")["clocks"]
    (cycle,) = clock.pop("cycles")
    text = "running, 2:00:00 of 4:00:00, due Thu 26 Mar 2026 10:00 Europe/Berlin"
    assert clock == {
        "metric": "resolution",
        "slot": "sla",
        "kind": "sla",
        "state": "running",
        "text": text,
        "breached": False,
        "was_breached": False,
        "breach_at": None,
        "due_at": "2026-03-26T10:00:00+01:00",
        "elapsed": "2h",
        "remaining": "2h",
        "tally": {"met": 0, "missed": 0, "cancelled": 0},
    }
    assert cycle == {
        "number": 1,
        "state": "running",
        "text": text,
        "policy": "gold",
        "policy_version": "1",
        "calendar": "office",
        "zone": "Europe/Berlin",
        "start": "2026-03-25T13:00:00+01:00",
        "stop": None,
        "end": None,
        "stopped_by": [],
        "due_at": "2026-03-26T10:00:00+01:00",
        "promised": None,
        "breached": False,
        "breach_at": None,
        "was_breached": False,
        "earlier_breaches": [],
        "elapsed": "2h",
        "gross_elapsed": "3h",
        "allowed": "4h",
        "remaining": "2h",
        "overrun": "0s",
        "share": 0.5,
        "pauses": [{"start": "2026-03-25T14:00:00+01:00", "end": "2026-03-25T15:00:00+01:00"}],
        "results": [],
        "earlier_counts": [],
    }


def test_an_evaluation_names_its_ticket_and_the_state_of_its_log():
    data = written(RESULT, "evaluation")
    del data["clocks"]
    assert data == {
        "ticket_id": "T1",
        "version": 4,
        "as_of": "2026-03-25T15:00:00+00:00",
        "next_at": "2026-03-25T16:00:00+00:00",
        "findings": [],
    }


def test_a_reopened_cycle_says_how_it_had_ended():
    (cycle,) = written(REOPENED["resolution"], "clock")["cycles"]
    assert cycle["results"] == [{"stop": "2026-03-25T16:00:00+01:00", "state": "met"}]


def test_a_count_that_was_replaced_is_beside_the_one_that_answers():
    (cycle,) = written(RAISED["resolution"], "clock")["cycles"]
    (earlier,) = cycle["earlier_counts"]
    assert (earlier["state"], earlier["elapsed"], earlier["allowed"]) == ("ended", "2h", "4h")
    assert (cycle["state"], cycle["elapsed"], cycle["allowed"]) == ("running", "30m", "1h")


def test_an_explanation_names_the_zone_of_its_instants():
    data = written(RESULT["resolution"].explain(), "explanation")
    assert (data["zone"], data["total"]) == ("Europe/Berlin", "2h")
    assert data["rows"][1] == {
        "start": "2026-03-25T14:00:00+01:00",
        "end": "2026-03-25T15:00:00+01:00",
        "counted": "0s",
        "reason": {
            "code": "paused",
            "params": {"name": "awaiting user"},
            "text": "paused: awaiting user",
        },
    }


def test_the_hour_that_a_clock_shows_twice_is_read_back():
    night = BusinessCalendar.weekly({"sun": "00:00-06:00"}, tz="Europe/Berlin")
    half_past_two = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    explanation = night.explain(half_past_two, half_past_two + HOUR)
    assert [(row.start.fold, row.end.fold) for row in explanation] == [(0, 1)]
    is_read_back(explanation, "explanation")


def test_a_decision_says_who_and_why_not():
    data = written(TAKEN, "decision")
    assert (data["agent"], data["ranked"], data["retry_at"]) == ("ann", ["ann"], None)
    assert data["text"] == TAKEN.text()
    assert written(TAKEN, "decision", RUSSIAN)["text"] == TAKEN.text(RUSSIAN) != data["text"]
    assert [reason["code"] for reason in data["rejected"]["cid"]] == ["absent", "missing_skill"]
    assert data["rejected"]["bob"][0]["text"] == "lacks sap"


def test_sentences_are_in_the_words_of_a_catalogue():
    clocks = [written(RESULT["resolution"], "clock", words) for words in (None, RUSSIAN)]
    assert [clock["text"].partition(",")[0] for clock in clocks] == ["running", "идёт"]
    english, russian = written(MOMENT, "moment"), written(MOMENT, "moment", RUSSIAN)
    assert english["reason"]["text"] == "taken out: holiday: Eid"
    assert russian["reason"]["params"]["by"]["text"] == "праздник: Eid"
    assert answer_from_data("moment", russian) == answer_from_data("moment", english) == MOMENT


def test_a_moment_that_is_read_back_is_the_same_for_an_outbox():
    agenda = Agenda([MOMENT], as_of=MOMENT.at)
    (read,) = answer_from_data("agenda", written(agenda, "agenda")).moments
    assert (read.key, hash(read)) == (MOMENT.key, hash(MOMENT))


def test_a_figure_says_its_value_beside_what_it_is_made_of():
    met = written(Share(key="met", definition="on time", numerator=1, n=2, min_n=5), "figure")
    assert (met["value"], met["interval"], met["undefined"]) == (None, None, "small_n")
    touches = Rate(key="t", definition="d", numerator=9, denominator=4, n=4)
    assert written(touches, "figure")["value"] == 2.25
    took = Distribution.of([0 * HOUR, HOUR, 2 * HOUR], key="t", clock="c", definition="d")
    for figure in (took, summarize(took)):
        data = written(figure, "figure")
        assert (data["n"], data["mean"]) == (3, "1h")
    data = written(took, "figure")
    assert (data["median"], data["p90"]) == ("1h", "1h48m")
    assert written(took, "figure", RUSSIAN)["text"] == took.text(RUSSIAN)


def test_what_is_computed_is_not_read_back():
    with pytest.raises(InvalidDocument, match="computed answer is not read back"):
        answer_from_data("evaluation", written(RESULT, "evaluation"))


@pytest.mark.parametrize("answer", [STORY, STORY[0], "evaluation", ANSWERS, None])
def test_what_is_no_answer_is_refused(answer):
    with pytest.raises(InvalidValue, match="no answer that has a plain form"):
        answer_to_data(answer)


def test_an_unknown_kind_is_refused_with_the_nearest():
    with pytest.raises(InvalidValue, match="did you mean 'moment'"):
        answer_from_data("moments", {})


def test_what_says_nothing_new_is_checked_and_no_more():
    data = written(Reason.of("holiday", name="Eid"), "reason")
    assert answer_from_data("reason", {**data, "text": "another"}) == Reason.of(
        "holiday", name="Eid"
    )
    with pytest.raises(InvalidDocument, match="text: not text: 7"):
        answer_from_data("reason", {**data, "text": 7})
