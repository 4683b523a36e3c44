"""The systems whose payloads become events, and the files that hold them.

A system is a module of this package that offers, under these names:

- `VENDOR`, its short name, and `TITLE`, what people call it;
- `Account`, the account of `support_model.adapters`, or a class of it with attributes of its own,
  whose keys in a file are `OWN_KEYS`;
- `read(payloads, account=Account()) -> EventLog`, of parsed JSON: one document, or a list of
  documents or `Page`s, in any order, overlapping or not;
- `recognized(value) -> str`: why a parsed document is one of this system, "" where it is not.

It may offer besides:

- `read_tables(tables, account) -> EventLog`, of rows of cells by the name of their file;
- `recognized_rows(rows) -> str`: why a table is one of this system, "" where it is not;
- `refuse_table(header, name)`, which raises why a table of this system is of no use;
- `ticket_of(value) -> str | None`, of a document that is one item: the id of its ticket, "" for
  what belongs to no ticket, such as a user, None where it is no such item. Readings of tickets one
  by one must say what the reading of all says.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from support_model.errors import UnknownLogFormat, nearest

if TYPE_CHECKING:
    from support_model.adapters._account import Account
    from support_model.adapters._event_logs import EventLog

SYSTEMS = (
    *("zendesk", "freshdesk", "intercom", "slack", "trello", "asana", "surveymonkey"),
    *("onec", "jira", "chatwoot", "glpi", "github", "servicenow"),
)


class System(Protocol):
    """What the module of a system offers."""

    VENDOR: str
    TITLE: str
    Account: Any

    def read(self, payloads: object, account: Account = ...) -> EventLog: ...
    def recognized(self, value: Any) -> str: ...  # noqa: ANN401 - JSON types


def system(name: str) -> System:
    """Return the module of a system; it is imported on use.

    Raises:
        UnknownLogFormat: there is none of this name.
    """
    if name not in SYSTEMS:
        raise UnknownLogFormat(name, "unknown system", nearest(name, SYSTEMS))
    return cast("System", import_module(f"support_model.adapters.{name}"))
