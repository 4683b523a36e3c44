"""Triage: what the first line makes of a new ticket, by rules that are data.

The first rule that matches sets its fields: type, technology, priority, line. Several passes
(classify, then prioritize) are several calls, each on the ticket that the one before returned.
A host's own classifier goes first; it fills only fields that the ticket leaves empty, and a rule
goes before it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs
from attrs import field

from support_model._frozen import frozen
from support_model._vocabulary import frozen_fields
from support_model.errors import InvalidRouting
from support_model.events import Changed
from support_model.patterns import Field, Pattern
from support_model.tickets import Ticket, eventless_step

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from support_model._vocabulary import Actor, Priority
    from support_model.reasons import Reason


Classifier: TypeAlias = Callable[[Ticket], Mapping[str, Any]]
"""A host's own guess: fields of a ticket by name."""


@frozen(kw_only=True)
class TriageRule:
    """If a ticket is like this, these fields are set.

    Attributes:
        name: as people call it.
        when: the pattern; a missing field never matches.
        sets: values by field.

    Raises:
        InvalidRouting: `when` is no pattern.
        InvalidEvent: an unknown field, or a value that a field cannot hold.

    Example:
        >>> vpn = TriageRule(
        ...     name="vpn",
        ...     when=Field("topic").contains("vpn", "tunnel"),
        ...     sets={"technology": "network", "line": 1},
        ... )
        >>> dict(vpn.sets)
        {'line': 1, 'technology': 'network'}
    """

    name: str
    when: Pattern = field()
    sets: tuple[tuple[str, Any], ...] = field(converter=frozen_fields)

    @when.validator
    def _is_pattern(self, _: object, when: object) -> None:
        if not isinstance(when, Pattern):
            raise InvalidRouting(when, "a rule needs a pattern", "give Field(...) or ALWAYS")


@frozen(kw_only=True)
class Triage:
    """What triage made of a ticket.

    Attributes:
        ticket: as it would be with the fields set.
        rule: the name of the first rule that matched; None where none did.
        fields: what the rule sets.
        guessed: what the classifier filled in.
        reasons: why the rule matched.
        rejected: the rules before it, or all, each with why it did not match.
    """

    ticket: Ticket
    rule: str | None
    fields: Mapping[str, Any] = field(hash=False)
    guessed: Mapping[str, Any] = field(hash=False)
    reasons: tuple[Reason, ...]
    rejected: tuple[tuple[str, tuple[Reason, ...]], ...]

    def change(self, *, at: datetime, actor: Actor, seq: int | None = None) -> Changed:
        """Return the event that writes it down, guesses and the rule's fields together.

        Raises:
            InvalidEvent: there is nothing to write down.
        """
        return Changed(
            ticket_id=self.ticket.id,
            at=at,
            seq=seq,
            role=actor.role,
            actor=actor.id,
            fields={**self.guessed, **self.fields},
        )


def triage(
    ticket: Ticket, rules: Iterable[TriageRule], *, classifier: Classifier | None = None
) -> Triage:
    """Return what the first matching rule makes of a ticket; nothing is changed.

    Raises:
        InvalidEvent: the classifier names an unknown field, or a value that cannot be.

    Example:
        >>> from datetime import UTC, datetime
        >>> from support_model.events import Created
        >>> from support_model.tickets import replay
        >>> from support_model.vocabulary import Priority, Status
        >>> fields = {"status": Status("new", "new"), "topic": "VPN is down"}
        >>> at = datetime(2026, 3, 2, 9, tzinfo=UTC)
        >>> ticket = replay([Created(ticket_id="T1", at=at, role="customer", fields=fields)])
        >>> vpn = TriageRule(
        ...     name="vpn", when=Field("topic").contains("vpn"), sets={"technology": "network"}
        ... )
        >>> made = triage(ticket, [vpn], classifier=lambda ticket: {"type": "incident"})
        >>> made.rule, made.ticket.technology, made.ticket.type
        ('vpn', 'network', 'incident')
    """
    guessed: dict[str, Any] = {}
    if classifier is not None:
        guessed = {
            name: value
            for name, value in frozen_fields(classifier(ticket))
            if value is not None and ticket.fields.get(name) is None
        }
    known = attrs.evolve(ticket, fields=ticket.fields.updated(guessed)) if guessed else ticket
    now = eventless_step(known)
    rejected: list[tuple[str, tuple[Reason, ...]]] = []
    for rule in rules:
        reasons = rule.when.reasons(now)
        if rule.when.holds(now):
            fields = dict(rule.sets)
            return Triage(
                ticket=attrs.evolve(known, fields=known.fields.updated(fields)),
                rule=rule.name,
                fields=fields,
                guessed=guessed,
                reasons=reasons,
                rejected=tuple(rejected),
            )
        rejected.append((rule.name, reasons))
    return Triage(
        ticket=known,
        rule=None,
        fields={},
        guessed=guessed,
        reasons=(),
        rejected=tuple(rejected),
    )


def priority_rules(
    matrix: Mapping[tuple[str | int, str | int], Priority],
    *,
    impact: str = "custom.impact",
    urgency: str = "custom.urgency",
) -> tuple[TriageRule, ...]:
    """Return the rules of a priority matrix: impact x urgency, as ITIL has it.

    Raises:
        InvalidPattern: an unknown field, or a value that it cannot have.

    Example:
        >>> from support_model.vocabulary import Priority
        >>> rules = priority_rules({("high", "high"): Priority("urgent", 1)})
        >>> str(rules[0].when)
        "custom.impact is 'high' and custom.urgency is 'high'"
    """
    return tuple(
        TriageRule(
            name=f"{hit} x {haste}",
            when=Field(impact).is_(hit) & Field(urgency).is_(haste),
            sets={"priority": priority},
        )
        for (hit, haste), priority in matrix.items()
    )
