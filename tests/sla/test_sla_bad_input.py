"""What cannot be a promise, and logs that no clock can read: typed errors, nothing applied."""

from datetime import UTC, datetime, timedelta

import pytest

from support_model.calendars import BusinessCalendar, WorkingDays
from support_model.errors import (
    DuplicateSequence,
    ForeignEvent,
    InvalidTarget,
    InvalidValue,
    MissingCreation,
    MixedSequence,
    NaiveDatetime,
    RepeatedCreation,
    SupportModelError,
    UnknownMetric,
    UnknownPolicy,
)
from support_model.events import Created, Message, PolicyApplied
from support_model.patterns import ALWAYS, NEVER
from support_model.sla import (
    FIRST_RESPONSE,
    RESOLUTION,
    Metric,
    PolicyBook,
    SlaPolicy,
    Target,
    breach_queue,
    evaluate,
)
from support_model.vocabulary import Status

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOURS = BusinessCalendar.always()


def target(**changed):
    parts = {"metric": RESOLUTION, "within": timedelta(hours=8), "calendar": HOURS}
    return Target(**{**parts, **changed})


def policy(name="gold", *targets, **more):
    return SlaPolicy(name=name, targets=targets or (target(),), **more)


def created(**more):
    fields = {"status": Status("new", "new")}
    parts = {"ticket_id": "T1", "at": AT, "role": "customer", "fields": fields}
    return Created(**{**parts, **more})


def message(minutes=1, **more):
    at = AT + timedelta(minutes=minutes)
    parts = {"ticket_id": "T1", "at": at, "role": "agent", "public": True}
    return Message(**{**parts, **more})


OTHER = Metric(name="resolution", start=ALWAYS, stop=NEVER)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: target(within=timedelta()), "a target must be positive: .*leave it out"),
        (lambda: target(within=-timedelta(hours=1)), "must be positive"),
        (lambda: target(within=8), "not a length: 8"),
        (lambda: target(metric="resolution"), "a target needs a metric: 'resolution'"),
        (lambda: target(calendar="office"), "a target needs a calendar: 'office'"),
        (lambda: target(when={}), "condition is a pattern"),
        (lambda: target(on_change="cary"), "unknown on_change: 'cary'; did you mean 'carry'"),
        (lambda: target(warn_at=[0]), "no warning: 0"),
        (lambda: target(warn_at=[-0.5]), "no warning: -0.5"),
        (lambda: target(warn_at=[True]), "no warning: True"),
        (lambda: target(warn_at=[75]), "beyond ten times the target: 75; write 0.75"),
        (lambda: target(warn_at=[float("nan")]), "no warning: nan"),
        (lambda: target(warn_at=["75%"]), "no warning: '75%'"),
        (lambda: WorkingDays(0), "positive whole number: 0"),
        (lambda: WorkingDays(1.5), "positive whole number: 1.5"),
        (lambda: WorkingDays(n=True), "positive whole number: True"),
        (lambda: Metric(name="", start=ALWAYS, stop=NEVER), "a metric needs a name"),
        (lambda: Metric(name="x", start="created", stop=NEVER), "'x' needs patterns"),
        (
            lambda: Metric(name="x", start=ALWAYS, stop=NEVER, after_stop="agian"),
            "unknown after_stop: 'agian'; did you mean 'again'",
        ),
        (lambda: policy(""), "a policy needs a name"),
        (lambda: policy(version=2), "a version is a word: 2"),
        (lambda: policy(when=None), "a policy's condition is a pattern: None"),
        (lambda: SlaPolicy(name="gold", targets=target()), "targets are several: .*give a list"),
        (lambda: target(warn_at=0.5), "warnings are several: 0.5"),
        (lambda: PolicyBook(None), "policies are several: None"),
        (lambda: evaluate([created()], target(), as_of=AT), "policies are several"),
        (lambda: policy(kind="slo"), "unknown kind: 'slo'; did you mean 'sla'"),
        (lambda: policy("gold", RESOLUTION), "policy 'gold' holds targets"),
        (lambda: policy("gold", target(), target(metric=OTHER)), "two metrics of one name"),
        (lambda: PolicyBook([policy(), policy()]), "a policy twice"),
        (lambda: PolicyBook([target()]), "a book holds policies"),
        (
            lambda: PolicyBook([policy(version="1"), policy(version="2", kind="ola")]),
            "editions of two kinds of agreement: 'gold'; give one of them another name",
        ),
        (lambda: PolicyBook([policy()], select="first"), "unknown selection: 'first'"),
        (
            lambda: PolicyBook([policy(), policy("silver", target(metric=OTHER))]),
            "two metrics of one name among sla policies",
        ),
    ],
)
def test_what_is_no_promise_is_refused(make, words):
    with pytest.raises(InvalidTarget, match=words) as caught:
        make()
    assert isinstance(caught.value, ValueError)
    assert ";" in str(caught.value)


@pytest.mark.parametrize(
    ("log", "error"),
    [
        ([], MissingCreation),
        ([message()], MissingCreation),
        ([created(), message(-1)], MissingCreation),
        ([created(), message(ticket_id="T2")], ForeignEvent),
        ([created(seq=1), message()], MixedSequence),
        ([created(seq=1), message(0, seq=1)], DuplicateSequence),
        ([created(), created(at=AT + timedelta(minutes=1))], RepeatedCreation),
    ],
)
def test_what_is_no_log_of_one_ticket_is_refused_whenever_asked(log, error):
    given = list(log)
    for as_of in (AT, AT + timedelta(days=1)):
        with pytest.raises(error):
            evaluate(log, policy(), as_of=as_of)
    assert log == given


def test_an_instant_needs_a_zone():
    with pytest.raises(NaiveDatetime):
        evaluate([created()], policy(), as_of=datetime(2026, 3, 2, 9))


def test_before_its_creation_a_ticket_has_no_clocks():
    with pytest.raises(MissingCreation, match="did not exist yet"):
        evaluate([created()], policy(), as_of=AT - timedelta(microseconds=1))


@pytest.mark.parametrize("named", [("gold", "7"), ("glod", "1")])
def test_a_log_that_names_a_policy_nobody_knows(named):
    name, version = named
    applied = PolicyApplied(
        ticket_id="T1", at=AT, role="system", policy=name, version=version, source_id="x"
    )
    with pytest.raises(UnknownPolicy, match="did you mean 'gold 1'") as caught:
        evaluate([created(), applied], policy(), as_of=AT)
    assert isinstance(caught.value, LookupError)
    assert isinstance(caught.value, SupportModelError)
    earlier = evaluate([created(), message(-0.0)], policy(), as_of=AT)
    assert earlier["resolution"].state == "running"


def test_a_metric_without_a_clock_is_a_key_error():
    result = evaluate([created()], policy(), as_of=AT)
    with pytest.raises(KeyError, match="first_response"):
        result["first_response"]
    assert "first_response" not in result


def test_no_policy_and_no_target_are_answers():
    assert evaluate([created()], [], as_of=AT).clocks == ()
    unmatched = policy("gold", target(when=NEVER), target(metric=FIRST_RESPONSE, when=NEVER))
    assert evaluate([created()], unmatched, as_of=AT).clocks == ()


def test_a_metric_without_a_clock_is_named():
    """`result[name]` says what there is, also where no policy has matched."""
    now = evaluate([created()], policy(), as_of=AT)
    with pytest.raises(KeyError, match="did you mean 'resolution'"):
        now["resolutions"]
    with pytest.raises(UnknownMetric, match="known: resolution"):
        now["first_response"]
    unmatched = evaluate([created()], policy(when=NEVER), as_of=AT)
    with pytest.raises(UnknownMetric, match="no policy has matched the ticket"):
        unmatched["resolution"]


def test_a_breach_queue_is_of_evaluations():
    now = evaluate([created()], policy(), as_of=AT)
    assert len(breach_queue([now])) == 1
    with pytest.raises(InvalidValue, match="tickets are several"):
        breach_queue(now)
    with pytest.raises(InvalidValue, match="no evaluation"):
        breach_queue([now["resolution"]])
