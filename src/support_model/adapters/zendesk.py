"""Zendesk: what its interface, its account export and its event webhooks write, read into events.

The history of a ticket is in its audits: `GET /api/v2/tickets/{id}/audits`, `/ticket_audits`, or
the incremental export of ticket events, which has archived tickets too. Where audits are missing,
tickets are present values: a list, which tells no history. Figures that Zendesk computed
(ticket metrics, metric events) are kept beside the events and enter none.

Before this: `_zendesk_shapes`, `_zendesk_desk`, `_zendesk_audits`, `_zendesk_present`.
Sources: Ticket Audits, Incremental Exports, Ticket Metrics, Custom ticket statuses, Schedules and
SLA Policies, https://developer.zendesk.com.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from support_model.adapters._account import Account
from support_model.adapters._payloads import Node, Tally, pages_of
from support_model.adapters._zendesk_audits import read_audits
from support_model.adapters._zendesk_desk import Desk, statuses_of
from support_model.adapters._zendesk_figures import state_figures
from support_model.adapters._zendesk_present import read_present
from support_model.adapters._zendesk_rules import read_calendars, read_policies
from support_model.adapters._zendesk_shapes import MARK, gathered
from support_model.adapters._zendesk_webhooks import read_webhooks
from support_model.adapters._zendesk_words import VENDOR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from support_model._vocabulary import Status
    from support_model.adapters._event_logs import EventLog
    from support_model.calendars import BusinessCalendar
    from support_model.sla import PolicyBook

__all__ = ["calendars", "custom_statuses", "policies", "read"]

TITLE = "Zendesk"
STANDARD = Account()
"""An account of which nothing is known."""


def custom_statuses(payload: Mapping[str, Any]) -> dict[str, Status]:
    """Return the statuses of `GET /api/v2/custom_statuses` by id, for `Account.statuses`.

    A payload that is read may hold that answer beside its pages; then nothing needs to be said.

    Raises:
        AdapterError: the payload is none, or a category is unknown.

    Example:
        >>> custom_statuses({"custom_statuses": [
        ...     {"id": 7, "agent_label": "Waiting for parts", "status_category": "hold"}]})
        {'7': Status(name='Waiting for parts', category='on_hold')}
    """
    return dict(statuses_of(Node(VENDOR, payload)))


def calendars(
    payload: Mapping[str, Any], holidays: Mapping[Any, object] | None = None
) -> dict[str, BusinessCalendar]:
    """Return the calendars of `GET /api/v2/business_hours/schedules`, by id.

    Args:
        payload: the answer, {"schedules": [...]} or {"schedule": {...}}.
        holidays: the answers of `/schedules/{id}/holidays`, by the id of the schedule; a
            schedule that has its `holidays` inside needs none.

    Raises:
        AdapterError: the payload is none.
        UnknownZone: a zone that has no such name.

    Example:
        >>> made = calendars({"schedules": [{
        ...     "id": 7, "name": "Office", "time_zone": "Eastern Time (US & Canada)",
        ...     "intervals": [{"start_time": 1980, "end_time": 2460}]}]})
        >>> made["7"]
        <BusinessCalendar 'Office', mon 09:00-17:00; America/New_York>
    """
    return read_calendars(payload, holidays)


def policies(
    payload: object,
    *,
    calendars: Mapping[str, BusinessCalendar] | None = None,
    account: Account = STANDARD,
) -> PolicyBook:
    """Return the policies of `GET /api/v2/slas/policies`, in their order.

    A condition or metric that has no counterpart is warned of; such a condition is never met.
    Conditions on custom fields need the field's id in `account.keep` when tickets are read.

    Args:
        payload: the answer, or a list of its pages; group policies become agreements of kind
            "ola".
        calendars: the hours of targets in business hours; of several, the first, which is the
            account's own, with a warning.
        account: names of groups, as in events.

    Raises:
        AdapterError: the payload is none, or business hours are needed and not given.

    Example:
        >>> book = policies({"sla_policies": [{"id": 1, "title": "Gold", "filter": {
        ...     "all": [{"field": "organization_id", "operator": "is", "value": 9}], "any": []},
        ...     "policy_metrics": [{"metric": "first_reply_time", "priority": "high",
        ...         "target": 30, "business_hours": False}]}]})
        >>> str(book.policies[0].when), book.policies[0].targets[0].within
        ("organization is '9'", datetime.timedelta(seconds=1800))
    """
    return read_policies(pages_of(VENDOR, payload), calendars or {}, account)


def recognized(value: Any) -> str:  # noqa: ANN401 - JSON types
    """Return why a parsed document is one of Zendesk, "" where it is not.

    Example:
        >>> recognized({"audits": []}), recognized({"rows": []})
        ('audits of tickets', '')
    """
    if isinstance(value, list) and value:
        return recognized(value[0]) if isinstance(value[0], dict) else ""
    if not isinstance(value, dict):
        return ""
    return next((said for said, holds in _SIGNS.items() if holds(value)), "")


def ticket_of(value: Any) -> str | None:  # noqa: ANN401 - JSON types
    """Return the ticket of a line: one audit, or a ticket of the account's export.

    "" for a page of users, groups or statuses alone, None for any other document.

    Example:
        >>> ticket_of({"id": 7, "status": "open", "requester_id": 5}), ticket_of({"audits": []})
        ('7', None)
    """
    if not isinstance(value, dict):
        return None
    native = None
    if isinstance(value.get("events"), list):
        native = value.get("ticket_id")
    elif "ticket_id" not in value and {"status", "requester_id"} <= value.keys():
        native = value.get("id")
    elif value and value.keys() <= {"users", "groups", "custom_statuses"}:
        return ""
    return str(native) if native.__class__ in {int, str} else None


def _lists(key: str) -> Callable[[dict[str, Any]], bool]:
    return lambda value: isinstance(value.get(key), list)


def _is_webhook(value: dict[str, Any]) -> bool:
    kind = value.get("type")
    return isinstance(kind, str) and kind.startswith(MARK)


def _has_address(value: dict[str, Any]) -> bool:
    """Return whether a document, or the first row of a page, names its address."""
    rows = [value, *(row[0] for row in value.values() if isinstance(row, list) and row)]
    rows += [each for each in value.values() if isinstance(each, dict)]
    urls = [row.get("url") for row in rows if isinstance(row, dict)]
    return any(isinstance(url, str) and ".zendesk.com/" in url for url in urls)


_ERRORS = frozenset(
    {
        *("APIRateLimitExceeded", "RecordNotFound", "RecordInvalid", "Couldn't authenticate you"),
        *("InvalidEndpoint", "InvalidPaginationDepth", "InvalidPaginationParameter"),
        *("StartTimeTooRecent", "TooManyValues", "UnprocessableEntity", "ServiceUnavailable"),
    }
)
_SIGNS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "an event webhook": _is_webhook,
    "audits of tickets": _lists("audits"),
    "the incremental export of ticket events": _lists("ticket_events"),
    "metrics of tickets": _lists("ticket_metrics"),
    "metric events of tickets": _lists("ticket_metric_events"),
    "custom statuses": _lists("custom_statuses"),
    "the address of an object of Zendesk": _has_address,
    "the audit of a ticket": lambda value: (
        isinstance(value.get("audit"), dict) or {"ticket_id", "events"} <= value.keys()
    ),
    "a ticket of the account's export": lambda value: (
        {"submitter_id", "requester_id"} <= value.keys()
    ),
    "an error of the interface": lambda value: str(value.get("error")) in _ERRORS,
}


def read(payloads: object, account: Account = STANDARD) -> EventLog:
    """Return the events of all tickets in a payload: pages, lines, webhooks, in any order.

    Whoever asks for help is the customer of that ticket, also an agent. Else `account.roles`
    tells who wrote, else the `users` of the payload (side-load them with `include=users`); any
    other person is taken as a third party, which claims no reply that may be none. A payload
    that repeats audits, as overlapping pages do, says nothing twice; one that says that there
    is more is read as far as it goes, with a finding. A ticket without audits is read as a list
    shows it: only what has a stamp, of basis "snapshot".

    Args:
        payloads: one document or several: a page ({"audits": [...], "users": [...]}), the answer
            to an update ({"ticket": ..., "audit": ...}), one audit, a page of the incremental
            export ({"ticket_events": [...]}), tickets with or without `metric_sets`, a line of
            the account's export, the body of an event webhook; beside them users, groups,
            ticket metrics, metric events, satisfaction ratings, custom statuses.
        account: what native ids mean.

    Raises:
        AdapterError: the payload is none of these, or is an error of the interface, or holds
            figures alone.
        NaiveDatetime: a stamp without an offset, and no `account.tz`.

    Example:
        >>> page = {"audits": [{
        ...     "id": 1, "ticket_id": 42, "created_at": "2026-03-02T09:00:00Z", "author_id": 5,
        ...     "events": [
        ...         {"type": "Create", "field_name": "status", "value": "new"},
        ...         {"type": "Comment", "id": 2, "author_id": 5, "public": True}]}],
        ...     "users": [{"id": 5, "role": "end-user"}]}
        >>> [(event.type, event.role) for event in read(page).events]
        [('created', 'customer'), ('message', 'customer')]
    """
    tally = Tally(VENDOR)
    found = gathered(payloads, tally)
    desk = Desk.of(found, account, tally)
    read_audits(found, desk)
    read_webhooks(found, desk)
    read_present(found, desk)
    state_figures(found, desk)
    return tally.reading(desk.drafts)
