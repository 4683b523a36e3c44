"""1C: columns, states, kinds of comment and lines by their names."""

from __future__ import annotations

from typing import Any

from support_model.adapters.onec import Account
from support_model.vocabulary import Priority, Status

RANKS = {"urgent": 1, "high": 2, "normal": 3, "low": 4}
USUAL = {"Критический": "urgent", "Очень высокий": "urgent", "Срочный": "urgent"}
USUAL |= {"Высокий": "high", "Средний": "normal", "Обычный": "normal", "Низкий": "low"}
ROLES = {"automation": "system", "unknown": "third_party"}
PEOPLE = {"agents": "agent", "staff": "agent", "customers": "customer", "requesters": "customer"}
KINDS: dict[str, tuple[Any, bool]] = {
    **dict.fromkeys(("incoming", "inbound", "received", "customer"), ("customer", True)),
    **dict.fromkeys(("internal", "note"), ("agent", False)),
    **dict.fromkeys(("automation", "auto", "system"), ("system", True)),
}
COLUMN = {"queue": "group", "assignee": "agent"}


def account(config: dict[str, Any]) -> Account:
    """Return the account that a case states; people are called as they are written."""
    priorities = USUAL | config.get("priorities", {})
    roles = {key: ROLES.get(role, role) for key, role in config.get("roles", {}).items()}
    for key, role in PEOPLE.items():
        roles |= dict.fromkeys(config.get(key, ()), role)
    bots = {name for key in ("bots", "robots", "automation") for name in config.get(key, ())}
    groups = {**config.get("groups", {}), **config.get("queues", {}), **config.get("teams", {})}
    columns = {COLUMN.get(key, key): names for key, names in config.get("columns", {}).items()}
    keep = {"keep": config["keep"]} if "keep" in config else {}
    scale = {"scale": config["scale"]} if "scale" in config else {}
    kinds = {key: _kind(kind) for key, kind in config.get("kinds", {}).items()}
    return Account(
        columns=columns,
        names={**config.get("references", {}), **config.get("names", {})},
        kinds=kinds,
        channels=config.get("channels", {}),
        roles=roles,
        bots=bots,
        groups={key: name for key, name in groups.items() if isinstance(name, str)},
        lines={key: _line(line) for key, line in config.get("lines", {}).items()},
        statuses={
            key: Status(key, category)
            for name in ("statuses", "states")
            for key, category in config.get(name, {}).items()
        },
        priorities={key: Priority(name, RANKS.get(name, 3)) for key, name in priorities.items()},
        tz=config.get("tz"),
        people="as_written",
        **keep,
        **scale,
    )


def _line(line: int | str) -> int:
    return line if isinstance(line, int) else int(line.removeprefix("L"))


def _kind(kind: str | list[Any] | dict[str, Any]) -> tuple[Any, bool]:
    if isinstance(kind, str):
        return KINDS.get(kind, ("agent", kind != "internal"))
    role, public = kind.values() if isinstance(kind, dict) else kind
    return ROLES.get(role, role), public in {True, "public"}
