"""What the cells of a table mean, whatever its shape: instants, statuses, people.

A stamp that was read once is remembered, because a table repeats most. A local time that the clock
skipped is the first instant at or after it, one that it showed twice the first; both are said.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn, cast

from support_model._vocabulary import Priority, Status
from support_model.adapters._account import Account, called, known_role
from support_model.adapters._payloads import Tally, masked
from support_model.adapters._stamps import StampFormat, formats_of
from support_model.adapters._table_files import is_total
from support_model.errors import InvalidLog, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo

    from support_model._findings import Findings
    from support_model._vocabulary import Category, Role
    from support_model.adapters._mapping import TableMapping

__all__ = [
    "Instants",
    "LeftOut",
    "Words",
    "formats_said",
]

REMEMBERED = 1_000_000
UNRANKED = 1
"""Rank of every priority where a mapping ranks none: no condition may ask for the rank."""
SECOND = timedelta(seconds=1)
NAMELIKE = frozenset("@ \xa0\t\n")
"""What an id does not hold: blanks between names, the sign of an address."""
BAD_STATUS = "bad_status"
DAY_FIRST, MONTH_FIRST = "day first", "month first"


class LeftOut(Exception):
    """What a lenient reading leaves out, after it was reported under this code."""

    def __init__(self, code: str = "no_row") -> None:
        super().__init__(code)
        self.code = code


class Instants:
    """Reads the stamps of one table; of several formats `choose` keeps those that fit it."""

    def __init__(
        self, formats: Sequence[StampFormat], tz: tzinfo | None, findings: Findings
    ) -> None:
        self.formats = [*formats]
        self.parsers = [each.reader() for each in self.formats]
        self.parse = self.parsers[0] if len(self.parsers) == 1 else self.first
        self.tz = tz
        self.findings = findings
        self.known: dict[str, datetime] = {}
        self.odd: dict[str, str] = {}

    def choose(self, stamps: Iterable[str]) -> None:
        """Keep the formats that a table's stamps allow.

        Raises:
            InvalidLog: two of them read a stamp differently, and no stamp tells which is meant.
        """
        if len(self.formats) == 1:
            return
        texts = {*stamps}
        left, unsure = formats_of(self.formats, texts)
        if unsure is not None:
            problem = "stamps that can be read in two ways"
            shown = f"{unsure[0].text!r} or {unsure[1].text!r}"
            remedy = 'say stamps = "day first" or "month first", or [stamps] format'
            raise InvalidLog(self.findings.file, None, problem, shown, remedy)
        dropped = {each.text: each for each in self.formats if each not in left}
        self.formats = left or self.formats
        self.parsers = [each.reader() for each in self.formats]
        self.parse = self.parsers[0] if len(self.parsers) == 1 else self.first
        for each in left:
            twin = dropped.get(_turned(each))
            if twin is not None and formats_of([twin, twin], texts)[0]:
                self.findings.note("stamps_taken", None, each.text)

    def first(self, text: str) -> datetime:
        """Return the datetime of a stamp in the first format that reads it."""
        for parse in self.parsers:
            try:
                return parse(text)
            except ValueError:
                continue
        raise ValueError(text)

    def read(self, text: str, line: int, bad: str) -> datetime:
        """Return the UTC instant of a stamp; report as `bad` what is none.

        Raises:
            LeftOut: leniently, it is none.
            InvalidLog: it states no zone, and none is said; or, strictly, it is no stamp.
        """
        at = self.known.get(text)
        if at is None:
            try:
                at = self.parsed(text, line)
            except ValueError as error:
                if isinstance(error, InvalidLog):
                    raise
                self.findings.refuse(bad, line, masked(text))
                raise LeftOut(bad) from None
        if text in self.odd:
            self.findings.note(self.odd[text], line, text)
        return at

    def parsed(self, text: str, line: int) -> datetime:
        """Return the UTC instant of a stamp.

        Raises:
            ValueError: the text is no stamp; an `InvalidLog` where its zone is not said.
        """
        try:
            at = self.known.get(text) or self.resolved(self.parse(text), text, line)
        except OverflowError:  # an offset at the edge of year 1 or 9999
            raise ValueError(text) from None
        if len(self.known) >= REMEMBERED:
            self.known.clear()
        self.known[text] = at
        return at

    def resolved(self, stamp: datetime, text: str, line: int) -> datetime:
        """Return the UTC instant of a datetime: the first at which the clock shows it or later."""
        if stamp.tzinfo is not None:
            return stamp.astimezone(UTC)
        if self.tz is None:  # never guessed, not even leniently
            problem = "a time without a zone"
            remedy = "say which zone the log is in: --tz Europe/Berlin, or --tz UTC"
            raise InvalidLog(self.findings.file, line, problem, text, remedy)
        local = stamp.replace(tzinfo=self.tz)
        at = local.astimezone(UTC)
        later = local.replace(fold=1).utcoffset()
        if at.astimezone(self.tz).replace(tzinfo=None) != stamp:
            self.odd[text] = "skipped_time"
            return _end_of_gap(stamp, local, self.tz)
        if later != local.utcoffset():
            self.odd[text] = "ambiguous_time"
        return at


def _turned(form: StampFormat) -> str:
    """Return the format with day and month in each other's place."""
    return form.text.replace("%d", "%\0").replace("%m", "%d").replace("%\0", "%m")


def _end_of_gap(stamp: datetime, local: datetime, tz: tzinfo) -> datetime:
    """Return the instant at which the clock went forward over a local time."""
    before = cast("timedelta", local.utcoffset())
    after = cast("timedelta", local.replace(fold=1).utcoffset())
    naive = stamp.replace(microsecond=0, tzinfo=UTC)
    low, high = naive - after - SECOND, naive - before + SECOND
    while high - low > SECOND:
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if middle.astimezone(tz).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high


def formats_said(mapping: TableMapping, account: Account) -> tuple[StampFormat, ...]:
    """Return the formats of a table's stamps, as the account says where it says anything.

    Example:
        >>> from support_model.adapters.table import named
        >>> form = formats_said(named("freshdesk-tickets"), Account(stamps="month first"))
        >>> [each.text for each in form][:2]
        ['iso', '%m/%d/%Y %H:%M']
    """
    said = account.stamps
    if not said:
        return mapping.stamps
    languages = mapping.stamps[0].languages
    own = [each for each in said if each not in {DAY_FIRST, MONTH_FIRST}]
    if own:
        return tuple(StampFormat(each, languages) for each in own)
    wrong = _day_first if MONTH_FIRST in said else _month_first
    return tuple(each for each in mapping.stamps if not wrong(each.text))


def _day_first(text: str) -> bool:
    return 0 <= text.find("%d") < text.find("%m")


def _month_first(text: str) -> bool:
    return 0 <= text.find("%m") < text.find("%d") and not text.startswith("%Y")


class Words:
    """What the words of a table mean, as its mapping and the account say: the account first."""

    def __init__(self, mapping: TableMapping, account: Account, tally: Tally) -> None:
        self.mapping = mapping
        self.account = account
        self.tally = tally
        self.findings = tally.noted
        self.missing = mapping.missing | {""}
        self.statuses: dict[str, Status] = {
            name: Status(name, cast("Category", category))
            for name, category in mapping.categories.items()
        } | dict(account.statuses)
        self.other = mapping.other
        self.priorities = dict(mapping.priorities) | dict(account.priorities)
        self.trusted = mapping.shape == "changes"
        self.names: dict[str, str] = {}
        self.roles: dict[str, Role | None] = {}

    def status(self, name: str, line: int) -> Status:
        """Return what a status means; an unknown one is taken as the mapping says, or refused.

        Raises:
            LeftOut: leniently, it is unknown.
        """
        found = self.statuses.get(name)
        if found is None:
            if self.other is None:
                hint = nearest(name, self.statuses) if self.statuses else ""
                self.findings.refuse(BAD_STATUS, line, name, hint=hint)
                raise LeftOut(BAD_STATUS)
            found = Status(name, cast("Category", self.other))
            self.tally.met("status", name, self.other)
        return found

    def priority(self, name: str) -> Priority:
        """Return what a priority means; one that nobody ranked is the last."""
        if not self.priorities:
            return Priority(name, UNRANKED)
        found = self.priorities.get(name)
        if found is None:
            last = 1 + max(each.rank for each in self.priorities.values())
            self.tally.met("priority", name, f"rank {last}")
            return Priority(name, last)
        return found

    def channel(self, name: str) -> str:
        """Return our word of a channel."""
        if not self.mapping.channels:
            return name
        found = self.mapping.channels.get(name)
        if found is None:
            self.tally.met("channel", name, name)
            return name
        return found

    def group(self, name: str) -> str:
        """Return what a group is called."""
        return self.account.groups.get(name, name)

    def person(self, name: str, column: str) -> str:
        """Return what a person is called; what no id can be is a name in any column."""
        if column in self.mapping.ids and (self.trusted or NAMELIKE.isdisjoint(name)):
            return name
        found = self.names.get(name)
        if found is None:
            found = self.names[name] = called(self.account, name)
        return found

    def said(self, field: str, text: str) -> object:
        """Return what a text says of a field that a ticket has from its beginning."""
        if field == "priority":
            return self.priority(text)
        if field == "channel":
            return self.channel(text)
        return self.person(text, field) if field in {"requester", "agent"} else text

    def role(self, name: str, requester: str | None) -> Role:
        """Return who a person is on a ticket; one whom nobody named is a third party."""
        if name == requester:
            return known_role(self.account, name) or "customer"
        if name not in self.roles:
            said = known_role(self.account, name) or self.mapping.actors.get(name)
            self.roles[name] = said
        return self.roles[name] or "third_party"

    def role_of_change(self, actor: str | None, requester: object) -> Role:
        """Return who made a change, where it is said who the actor is; else `system`."""
        if actor is None:
            return "system"
        if actor == requester:
            return "customer"
        self.role(actor, None)
        return self.roles[actor] or "system"

    def refuse(self, code: str, line: int, cells: Sequence[str], value: object = None) -> NoReturn:
        """Report a row that cannot be read; a row of totals is passed over."""
        if is_total(cells, self.mapping.totals):
            self.findings.note("no_row", line)
            raise LeftOut
        self.findings.refuse(code, line, value)
        raise LeftOut(code)
