"""Metric: what starts, stops, pauses and resets a clock, and what follows a stop; as a value.

A product's clock is such a value and nothing else, so there is no list of options: another
start is another pattern. The eleven metrics here are the ones help desks share; make your own
with the same four patterns and a word.
"""

from __future__ import annotations

from attrs import field

from support_model._checks import text, word
from support_model._frozen import FrozenMap, derived, frozen
from support_model._vocabulary import AfterStop, Begins
from support_model.errors import InvalidTarget
from support_model.patterns import NEVER, Field, Pattern, fact


def _is_pattern(metric: Metric, _: object, part: Pattern) -> None:
    if not isinstance(part, Pattern):
        raise InvalidTarget(part, f"{metric.name!r} needs patterns", "use Field or fact")


@frozen(kw_only=True)
class Metric:
    """A clock's rules: patterns over the steps of a ticket's life, and what follows a stop.

    A ticket that is void or merged away has no running clocks. At its creation a ticket may
    match start and stop at once (created solved): the clock then starts and stops there. At any
    later step a stop comes before a start, so one reply can end a cycle and begin the next.

    Attributes:
        name: how targets, promises and results call it.
        start: begins a cycle where none runs.
        stop: ends it.
        pause: holds while time does not count, tested on every step.
        reset: ends the running count and begins the next from zero.
        after_stop: what follows a stop. `once`: nothing, ever. `resume`: reopening continues the
            cycle, and the time it was solved is taken out; `count`: that time counts. `restart`:
            reopening begins another count of the same cycle, from zero. `again`: the next start
            begins a new cycle; `again_after_due`: but never before the previous one was due.
        begins: which starts begin a cycle. `at_once`: every one, at its place among the events
            of an instant. `if_it_lasts`: one that holds after the last event of its instant and
            that no event of the instant stops; so a ticket assigned and solved in one update was
            never waiting for its agent.

    Raises:
        InvalidTarget: no name, or an unknown `after_stop` or `begins`.

    Example:
        >>> callback = Metric(
        ...     name="callback", start=Field("tags").contains("callback"), stop=fact("replied")
        ... )
        >>> callback.after_stop
        'once'
    """

    name: str = field(validator=text(InvalidTarget, "a metric needs a name", "give text"))
    start: Pattern = field(validator=_is_pattern)
    stop: Pattern = field(validator=_is_pattern)
    pause: Pattern = field(default=NEVER, validator=_is_pattern)
    reset: Pattern = field(default=NEVER, validator=_is_pattern)
    after_stop: AfterStop = field(
        default="once", validator=word(AfterStop, InvalidTarget, "unknown after_stop")
    )
    begins: Begins = field(
        default="at_once", validator=word(Begins, InvalidTarget, "unknown begins")
    )

    @derived
    def starts_if_it_lasts(self) -> bool:
        """Whether only a start that lasts beyond its instant begins a cycle."""
        return self.begins == "if_it_lasts"

    @derived
    def repeats(self) -> bool:
        """Whether a cycle of its own may follow a stop."""
        return self.after_stop in ("again", "again_after_due")

    @derived
    def reopen(self) -> Pattern:
        """What takes a stop back: the ticket is open again, or it starts once more."""
        settled = Field("category").in_("solved", "closed", "void")
        return (fact("reopened", "restored") & ~settled) | self.start

    @derived
    def start_words(self) -> frozenset[str] | None:
        """The words of which a step that begins a cycle has one; see `Pattern.triggers`."""
        return self.start.triggers()

    @derived
    def stop_words(self) -> frozenset[str] | None:
        """Those of a step that ends a cycle."""
        return self.stop.triggers()

    @derived
    def stopped_words(self) -> frozenset[str] | None:
        """Those of a step that begins a cycle after a stop, or takes the stop back."""
        if self.after_stop == "once":
            return frozenset()
        return (self.start if self.repeats else self.reopen).triggers()

    @derived
    def open_words(self) -> frozenset[str] | None:
        """Those of a step that stops, resets, pauses or resumes an open cycle."""
        words = (self.stop | self.reset).triggers()
        if words is None or self.pause == NEVER:
            return words
        return None if self.pause.fields() is None else words | {"changed"}


_CREATED = Field("event").is_("created")
_SETTLED = Field("category").in_("solved", "closed")
_PENDING = Field("category").is_("pending")
_WAITING = Field("category").in_("pending", "on_hold")
_ASSIGNED = Field("changed").contains("agent")
_GROUPED = Field("changed").contains("group")

FIRST_RESPONSE = Metric(
    name="first_response", start=fact("contacted"), stop=fact("replied", "resolved")
)
"""From the customer's first contact to the first public reply, or the solution."""

NEXT_RESPONSE = Metric(
    name="next_response",
    start=fact("contacted") & Field("times.replied").at_least(1),
    stop=fact("replied", "resolved"),
    after_stop="again",
)
"""After the first reply: from the oldest unanswered customer message to the next reply."""

PERIODIC_UPDATE = Metric(
    name="periodic_update",
    start=fact("replied") & ~_SETTLED,
    stop=fact("replied", "resolved"),
    pause=_PENDING,
    after_stop="again",
)
"""From each public reply to the next one, or the solution."""

REQUESTER_WAIT = Metric(
    name="requester_wait",
    start=_CREATED,
    stop=fact("resolved"),
    pause=_PENDING,
    after_stop="resume",
)
"""The time in which the requester waits for somebody: until solved, less pending."""

AGENT_WORK = Metric(
    name="agent_work", start=_CREATED, stop=fact("resolved"), pause=_WAITING, after_stop="resume"
)
"""The time in which the ticket lies with agents: until solved, less pending and on hold."""

RESOLUTION = Metric(
    name="resolution", start=_CREATED, stop=fact("resolved"), pause=_PENDING, after_stop="resume"
)
"""From creation to the solution, less pending; a reopening continues it."""

TOTAL_RESOLUTION = Metric(
    name="total_resolution", start=_CREATED, stop=fact("resolved"), after_stop="count"
)
"""From creation to the last solution, with all that lies between."""

OWNERSHIP = Metric(
    name="ownership",
    start=_GROUPED & Field("group").has() & ~_SETTLED,
    stop=(_GROUPED & ~_CREATED) | fact("resolved"),
    after_stop="again",
    begins="if_it_lasts",
)
"""How long a group holds an unsettled ticket: an operational level agreement's clock."""

ASSIGNEE_RESPONSE = Metric(
    name="assignee_response",
    start=_ASSIGNED & Field("agent").has() & ~_SETTLED,
    stop=fact("assignee_replied", "resolved") | (_ASSIGNED & ~_CREATED),
    after_stop="again",
    begins="if_it_lasts",
)
"""From an agent's assignment to an unsettled ticket to a reply of that agent."""

ACKNOWLEDGEMENT = Metric(name="acknowledgement", start=_CREATED, stop=fact("acknowledged"))
"""From creation until a human took notice: a message, a status change, an assignment."""

PROMISE = Metric(
    name="promise",
    start=Field("event").is_("promised") & Field("metric").is_("promise"),
    stop=fact("replied", "resolved"),
    after_stop="again",
)
"""A commitment of its own ("within the hour"): its target is the date that was promised."""


METRICS = FrozenMap(
    {
        metric.name: metric
        for metric in (
            FIRST_RESPONSE,
            NEXT_RESPONSE,
            PERIODIC_UPDATE,
            REQUESTER_WAIT,
            AGENT_WORK,
            RESOLUTION,
            TOTAL_RESOLUTION,
            OWNERSHIP,
            ASSIGNEE_RESPONSE,
            ACKNOWLEDGEMENT,
            PROMISE,
        )
    }
)
"""The ready metrics by name."""
