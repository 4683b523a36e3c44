"""Jira Service Management, of the cloud and of a server: issues with their changelog, as events.

An issue states the present; its changelog tells what changed, from the newest to the oldest where
it stands in the issue and page by page from `/issue/{key}/changelog`. Neither tells the beginning:
the first status, priority, agent and group are what the first change of each came from. Words are
known by their id, because they get renamed. An issue without a changelog is a row of a list.

Who asks for help is the customer of that issue, staff too. Accounts of the cloud say what they
are (`accountType`); of a server whoever an issue is assigned to is staff.

Sources: Issues, Issue comments and Webhooks, https://developer.atlassian.com/cloud/jira/platform;
Request, SLA and Feedback, https://developer.atlassian.com/cloud/jira/service-desk.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from attrs import Factory, asdict, define

from support_model import _records as doc
from support_model._frozen import frozen
from support_model.adapters import _account
from support_model.adapters._account import group_of
from support_model.adapters._drafts import GONE, By, Drafts
from support_model.adapters._jira_documents import (
    FIRST,
    Change,
    Gathered,
    Issue,
    is_issue,
    kind_of,
)
from support_model.adapters._jira_figures import state
from support_model.adapters._jira_people import People
from support_model.adapters._jira_words import (
    DELETED,
    NEW,
    VENDOR,
    Item,
    Words,
    at_of,
    native,
    part,
    shown,
    word,
)
from support_model.adapters._payloads import Node, Tally, pages_of, refuse_error
from support_model.events import Worked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from support_model._vocabulary import Basis, Status
    from support_model.adapters._event_logs import EventLog

__all__ = ["Account", "read"]

TITLE: Final = "Jira Service Management"
REMEDY: Final = (
    "ask for GET /rest/api/3/issue/{key}?expand=changelog, "
    "and the pages of its /changelog and /comment"
)
HOLDERS = (
    *(
        "issue",
        "issues",
        "fields",
        "changelog",
        "histories",
        "values",
        "comments",
        "issueChangeLogs",
    ),
    *("webhookEvent", "completedCycles", "currentStatus"),
)
REMEDIES = (
    (
        "does not exist or you do not have permission",
        "check the key, and that the user may browse the project",
    ),
    ("jql", "correct the JQL and ask again"),
    ("scope", "give the token the scope read:jira-work"),
    ("login", "check the user and the API token, and that the user may browse the project"),
)
OWN_KINDS = (("errorMessages", list), ("webhookEvent", str), ("issueChangeLogs", list))
"""Keys that only Jira has, and what stands under them."""
FIRST_FEW = 20
"""Items of a list that are looked at."""
OF_JIRA = frozenset({"change", "SLA", "request"})
"""Kinds of items that no other system writes so."""
SCALE = (1, 5)
SCORES = frozenset({1, 2, 3, 4, 5})
RATED = frozenset({"satisfaction", "satisfaction rating"})
RATED_AT = "satisfaction date"
DONE = frozenset({"solved", "closed", "void"})
DEAD: Final = 1 << 62
"""Behind every change of the same instant."""


@frozen(kw_only=True)
class Account(_account.Account):
    """What the ids and words of a Jira site mean.

    `statuses` and `priorities` are by id or by any name that they have or had.

    Attributes:
        group_field: the custom field that holds the team or the line, by its id or its name.
        rated_field: the custom field that holds when the customer rated, by its id; "Satisfaction
            date" where the payload says what fields are called.
        channel: how requests come in; Jira says it nowhere.

    Example:
        >>> Account(group_field="customfield_10050", lines={"L1": 1, "L2": 2}).channel
        'web'
    """

    group_field: str | None = None
    rated_field: str | None = None
    channel: str = "web"


OWN_KEYS = (
    doc.optional("group_field", doc.TEXT),
    doc.optional("rated_field", doc.TEXT),
    doc.optional("channel", doc.TEXT),
)
STANDARD = Account()


def recognized(value: object) -> str:
    """Return why a parsed document is one of Jira; "" where it is not.

    Example:
        >>> recognized({"key": "HELP-1", "fields": {}})
        'an issue with its key and fields'
    """
    if isinstance(value, list | tuple):
        return next(filter(None, map(recognized, value[:FIRST_FEW])), "")
    item = part(value)
    if not item:
        return ""
    for key, kind in OWN_KINDS:
        if isinstance(item.get(key), kind):
            return f"it holds {key}"
    inside = (item, item.get("issue"), *_firsts(item))
    if why := next(filter(None, map(_told, map(part, inside))), ""):
        return why
    if any(
        isinstance(each, list) and any(map(_paged, each[:FIRST_FEW])) for each in item.values()
    ):
        return "pages of Jira"
    return "an empty page of issues" if item.get("issues") == [] and "total" in item else ""


def _firsts(item: Item) -> Iterator[object]:
    for key in ("issues", "values", "comments", "histories", "worklogs"):
        rows = item.get(key)
        if isinstance(rows, list | tuple):
            yield from rows[:FIRST_FEW]


def _paged(value: object) -> bool:
    return any(_told(part(each)) for each in _firsts(part(value)))


def _told(item: Item) -> str:
    """Return what an item is, if no other system writes it so."""
    if is_issue(item) and isinstance(item.get("fields", item.get("changelog")), Mapping):
        return "an issue with its key and fields"
    kind = kind_of(item)
    if kind == "comment":
        own = isinstance(item.get("author"), Mapping) and "created" in item
        return "comments of Jira" if own and {"jsdPublic", "updateAuthor"} & item.keys() else ""
    return f"what Jira writes: {kind}" if kind in OF_JIRA else ""


def read(payloads: object, account: _account.Account = STANDARD) -> EventLog:
    """Return the events of all issues in documents of Jira, in any order.

    Args:
        payloads: a document, or a list of documents or pages: issues with `expand=changelog`,
            search answers, pages of `/issue/{key}/changelog`, `/comment` and `/worklog`, answers
            of `/changelog/bulkfetch`, bodies of webhooks, requests with their `/sla` and
            `/feedback`, `/status`, or objects that hold several of these, such as
            `{"issue": ..., "changelog_pages": [...]}`.
        account: what ids and words mean.

    Raises:
        AdapterError: nothing of Jira that tells events, or an error of the interface.

    Example:
        >>> ada = {"accountId": "7", "accountType": "atlassian"}
        >>> change = {
        ...     "id": "9", "author": ada, "created": "2026-03-02T11:00:00.000+0100",
        ...     "items": [{"field": "status", "from": "1", "fromString": "Open",
        ...                "to": "6", "toString": "Done"}]}
        >>> issue = {
        ...     "key": "HELP-1",
        ...     "fields": {
        ...         "created": "2026-03-02T09:00:00.000+0100", "comment": {"comments": []},
        ...         "reporter": {"accountId": "1", "accountType": "customer"}},
        ...     "changelog": {"total": 1, "histories": [change]}}
        >>> [(event.type, event.role) for event in read(issue).events]
        [('created', 'customer'), ('message', 'customer'), ('changed', 'agent')]
    """
    own = account if isinstance(account, Account) else _as_own(account)
    tally = Tally(VENDOR)
    gathered = Gathered(tally, Words(own, tally), People(own, tally), own.group_field)
    pages = _pages(payloads)
    for page in pages:
        _refuse(page)
        gathered.document(page)
    if pages and not gathered.told:
        _refuse_all(pages)
    for page in gathered.strange:
        tally.unread(page, None, "neither issues nor parts of them")
    gathered.placed()
    gathered.words.renamed()
    reader = Reader(own, tally, gathered.words, gathered.people, gathered.fields)
    told = [Told(reader, each, *each.named()) for each in sorted(gathered.issues, key=_by_key)]
    for each in told:  # only now it is known of everybody whether an issue is assigned to them
        each.tell()
    reader.missed(gathered)
    return tally.reading(reader.drafts.events())


def _as_own(account: _account.Account) -> Account:
    """Return an account of the shared kind as one of this system."""
    return Account(**asdict(account, recurse=False))


def _pages(payloads: object) -> list[Node]:
    """Return documents; a list of issues or of other items is one of them."""
    if isinstance(payloads, list | tuple) and payloads:
        items = [part(each) for each in payloads]
        if all(is_issue(each) or kind_of(each) for each in items):
            return [Node(VENDOR, payloads)]
    return pages_of(VENDOR, payloads)


def _refuse(page: Node) -> None:
    """Raise `AdapterError` for an error of the interface."""
    item = part(page.value)
    if not item or any(item.get(key) is not None for key in HOLDERS):
        return
    said = [item.get(key) for key in ("errorMessages", "errors", "errorMessage", "error")]
    message = item.get("message")
    if isinstance(message, str) and ("status-code" in item or "code" in item or len(item) == 1):
        said.append(message)
    if any(said):
        page = Node(VENDOR, {"error": said}, page.path)
        refuse_error(page, (), REMEDIES)
        page.refuse("an error of the interface that says nothing", REMEDY)
    if "errorMessages" in item:
        page.refuse("an error of the interface that says nothing", REMEDY)


def _refuse_all(pages: list[Node]) -> None:
    """Raise `AdapterError` for documents that tell nothing."""
    item = part(pages[0].value)
    held = ", ".join(shown(key) for key in [*item][:9]) or "nothing that is known"
    pages[0].refuse(f"no issues and no changes, but {held}", REMEDY)


def _by_key(issue: Issue) -> tuple[str, int, str]:
    name = issue.named()[0]
    project, _, number = name.rpartition("-")
    return project, int(number) if number.isdecimal() and number.isascii() else 0, name


@define
class Reader:
    """One reading: what is known of people and words, and the events so far.

    Attributes:
        account: what ids and words mean.
        tally: what is unknown, left out or not whole.
        words: what statuses and priorities mean.
        people: who acts in which role.
        names: what custom fields are called, by id.
        drafts: the events so far.
        grouped: whether the field of the group was met.
    """

    account: Account
    tally: Tally
    words: Words
    people: People
    names: Mapping[str, str]
    drafts: Drafts = Factory(Drafts)
    grouped: bool = False

    def missed(self, gathered: Gathered) -> None:
        """Note a field that the account names and no issue has."""
        if self.account.group_field is not None and gathered.issues and not self.grouped:
            self.tally.noted.note("no_field", None, shown(self.account.group_field))


@define
class Told:
    """One issue while its events are drafted.

    Attributes:
        reader: what is known besides.
        own: what the payload says of the issue.
        ticket: its key.
        former: keys that it had before it was moved.
        fields: its present values.
        changes: its changes in order.
        begun: when it was created; None where nothing tells it.
        asks: who asks for help on it.
        asked: who did before.
        basis: "snapshot" where it is made of present values, or its history is cut.
        listed: whether there is no history at all.
        torn: whether changes are missing.
    """

    reader: Reader
    own: Issue
    ticket: str
    former: list[str] = Factory(list)
    fields: Item = Factory(dict)
    changes: list[Change] = Factory(list)
    begun: datetime | None = None
    asks: set[str] = Factory(set)
    asked: set[str] = Factory(set)
    basis: Basis | None = None
    listed: bool = False
    torn: bool = False

    def __attrs_post_init__(self) -> None:
        """Look at what is there."""
        own, see = self.own, self.reader.people.see
        self.fields = own.present()
        self.changes = sorted(own.changes.values())
        self.begun = at_of(self.fields.get("created"))
        self.listed = own.total is None and not own.hooked and not self.changes
        reporter = see(self.fields.get("reporter"))
        if reporter is not None:
            self.asks.add(reporter)
        for change in self.changes:
            for name, *values in change.said.ops:
                if name == "agent":
                    people = self._people(values)
                    self.reader.people.agents.update(people)
                elif name == "requester":
                    self.asked.update(self._people(values))
                    if self.fields.get("reporter") is None:
                        self.asks = {*self._people(values[2:])}
        self.asked -= self.asks

    def tell(self) -> None:
        """Draft the events of the issue."""
        tally = self.reader.tally
        keys = (*self.former, *(key for each in self.changes for key in each.said.former))
        former = [key for key in dict.fromkeys(keys) if key != self.ticket]
        if former:
            said = f"{', '.join(former)}, now {self.ticket}"
            tally.noted.note("moved", None, said, ticket=self.ticket)
        for broken, problem in self.own.broken:
            tally.unread(broken, self.ticket, problem)
        self.whole()
        self.creation()
        self.changed()
        self.messages()
        self.rest()
        state(self.ticket, self.fields, self.own.slas, self.reader.names, tally)

    def _people(self, values: list[Any]) -> list[str]:
        given = (
            self.reader.people.person(*each) for each in zip(*[iter(values)] * 2, strict=True)
        )
        return [each for each in given if each is not None]

    def by(self, person: str | None, source: str | None = None, *, public: bool = True) -> By:
        """Return who did something."""
        if person is None:
            self.reader.tally.noted.note("no_user", None, source, ticket=self.ticket)
        role = self.reader.people.role(
            person, self.asks, public=public, asked=person in self.asked
        )
        return By(role, person, source)

    def after(self, at: datetime, what: str) -> bool:
        """Tell whether something is not before the creation; count what is."""
        if self.begun is None or at >= self.begun:
            return True
        self.reader.tally.left_out[f"{what} before the creation"] += 1
        return False

    # ---- completeness

    def whole(self) -> None:
        """Note what is missing of the history, and what the creation is made of then."""
        own, tally = self.own, self.reader.tally
        if self.listed:
            self.basis = "snapshot"
            tally.noted.note("list_export", None, ticket=self.ticket)
        elif own.total is None and not own.births:
            self._cut("no_creation", None)
        elif own.total is not None and (own.total > len(self.changes) or own.open):
            self._cut("cut_history", f"{len(self.changes)} of {own.total} changes")
        elif self._broken() and own.total is None:
            self._cut("cut_history", "a status that no change led to")
        elif self._broken():
            tally.noted.note("other_status", None, ticket=self.ticket)
        self.torn = self.basis is not None
        if self.begun is None and self.ticket not in tally.incomplete:
            tally.cut(self.ticket, "no_creation")
        self._comments()

    def _comments(self) -> None:
        """Note what is missing of the comments."""
        own = self.own
        if own.said is not None and own.said > len(own.comments):
            self._cut("cut_comments", f"{len(own.comments)} of {own.said} comments")
        elif own.said is None and not (own.births or own.comments or self.listed):
            self._cut("no_comments", None)

    def _cut(self, code: str, said: str | None) -> None:
        self.basis = "snapshot"
        self.reader.tally.cut(self.ticket, code, said)

    def _broken(self) -> bool:
        """Tell whether a status is there that no change led to."""
        words, last = self.reader.words, None
        if self.own.births:
            last = self._status(self._birth())
        steps = (op for change in self.changes for op in change.said.ops if op[0] == "status")
        for _, key, name, to, to_name in steps:
            before = words.of("status", key, name, quiet=True)
            if None not in {last, before} and before != last:
                return True
            last = words.of("status", to, to_name, quiet=True) or last
        return self._ends_elsewhere(last)

    def _ends_elsewhere(self, last: Status | None) -> bool:
        """Tell whether the present status is later and another one than the last change led to."""
        stamp = max((each[0] for each in self.own.editions), default=FIRST)
        now = self._status(self.fields)
        late = not self.changes or stamp > self.changes[-1].at
        return last is not None and now is not None and late and now != last

    # ---- events

    def _birth(self) -> Item:
        """Return the values that a call told at the creation."""
        return min(self.own.births, key=lambda each: each[0])[1]

    def _creator(self) -> str | None:
        """Return who created the issue."""
        see = self.reader.people.see
        given = see(self.fields.get("creator"))
        if given is None and self.own.births:
            given = min(self.own.births, key=lambda each: each[0])[2]
        return given or see(self.fields.get("reporter"))

    def creation(self) -> None:
        """Draft the creation, and the description as the first message."""
        if self.begun is None:
            return
        fields = self._first_fields()
        by = self.by(self._creator(), None)
        self.reader.drafts.created(
            self.ticket, self.begun, by._replace(basis=self.basis), fields=fields
        )
        if not self.listed:
            self.reader.drafts.message(self.ticket, self.begun, by, public=True)

    def _first_fields(self) -> dict[str, Any]:
        """Return the fields at the creation: what the first changes came from, else now's."""
        first: dict[str, tuple[object, object]] = {}
        for change in self.changes:
            for name, before, before_name, *_ in change.said.ops:
                first.setdefault(name, (before, before_name))
        birth: Item = self._birth() if self.own.births else {}
        cut = self.torn and not self.own.begins
        fields: dict[str, Any] = {"channel": self.reader.account.channel}
        for name in ("status", "priority", "agent", "requester", "group", "type"):
            if name in {"status", "agent"} and cut:
                continue
            if birth and (value := self._now(name, birth)):
                fields |= value
            elif name in first:
                fields |= self._value(name, *first[name])
            else:
                fields |= self._now(name, self.fields)
        if fields.get("status") is None:
            fields["status"] = NEW
        return fields | self._kept()

    def _kept(self) -> dict[str, Any]:
        """Return the native fields that the account keeps."""
        found: dict[str, Any] = {}
        for name in sorted(self.reader.account.keep):
            given = self.fields.get(name)
            if isinstance(given, Mapping):
                given = given.get("value", given.get("name"))
            fits, value = Node(VENDOR, given).plain()
            if fits:
                found[f"custom.{name}"] = value
        return found

    def _status(self, fields: Item) -> Status | None:
        """Return a status without counting an unknown one."""
        given = part(fields.get("status"))
        words = self.reader.words
        status: Status | None = words.of("status", given.get("id"), given.get("name"), quiet=True)
        return status

    def _now(self, name: str, fields: Item) -> dict[str, Any]:
        """Return what present values say of one field of a ticket."""
        if name == "group":
            return self._group_now(fields)
        key = {"agent": "assignee", "requester": "reporter", "type": "issuetype"}.get(name, name)
        given = fields.get(key)
        if given is None:
            return {}
        item = part(given)
        if name in {"agent", "requester"}:
            return {name: self.reader.people.see(item)}
        return self._value(name, item.get("id"), item.get("name"))

    def _group_now(self, fields: Item) -> dict[str, Any]:
        own = self.reader.account.group_field
        if own is None:
            return {}
        keys = (own, *(key for key, name in self.reader.names.items() if name == own))
        given = next((fields[key] for key in keys if fields.get(key) is not None), None)
        if isinstance(given, list | tuple):
            given = given[0] if given else None
        if isinstance(given, Mapping):
            names = ("value", "name", "title")
            text = next((given[key] for key in names if isinstance(given.get(key), str)), None)
            return self._value("group", given.get("id"), text)
        return {} if given is None else self._value("group", None, given)

    def _value(self, name: str, key: object, text: object) -> dict[str, Any]:
        """Return what one value of a field says."""
        if name in {"status", "priority"}:
            return {name: self.reader.words.of(name, key, text)}
        if name in {"agent", "requester"}:
            given = key if key is not None else text
            return {name: None if given is None else self.reader.people.person(given, text)}
        if name == "type":
            return {name: word(text)}
        self.reader.grouped = True
        account, own, called = self.reader.account, native(key), word(text) or native(text)
        known = own is not None and (own in account.groups or own in account.lines)
        return group_of(account, own if known or called is None else called, self.reader.tally)

    def changed(self) -> None:
        """Draft the changes: each entry of the changelog is one transaction."""
        tally, drafts = self.reader.tally, self.reader.drafts
        for number, change in enumerate(self.changes, 1):
            source = f"changelog/{change.order[1]}"
            for name in change.said.left:
                tally.left_out[f"change of {name}"] += 1
            if change.said.bad:
                tally.unread(Node(VENDOR, None, source), self.ticket, "an item that is no object")
            fields = self._changed_fields(change)
            if fields and self.after(change.at, "change"):
                by = self.by(change.author, source)
                drafts.changed(self.ticket, change.at, by, fields=fields, order=number)
        for at, person in sorted(self.own.deletions)[:1]:
            by = self.by(person or None, "jira:issue_deleted")
            fields = {"status": DELETED}
            drafts.changed(self.ticket, at, by, fields=fields, order=DEAD, rank=GONE)

    def _changed_fields(self, change: Change) -> dict[str, Any]:
        """Return the fields of a ticket after a change; count what changes none."""
        left = self.reader.tally.left_out
        fields: dict[str, Any] = {}
        for name, before, before_name, after, after_name in change.said.ops:
            if after == before and (before is not None or after_name == before_name):
                left[f"change of {name} to the same"] += 1
                continue
            value = self._value(name, after, after_name)
            if name in {"status", "priority"} and value[name] is None:
                left[f"change to no {name}"] += 1
            else:
                fields |= value
        return fields

    def messages(self) -> None:
        """Draft the comments."""
        untold = 0
        for comment in sorted(self.own.comments.values()):
            untold += comment.public is None
            public = comment.public is not False
            if self.after(comment.at, "comment"):
                by = self.by(comment.author, f"comment/{comment.order[1]}", public=public)
                self.reader.drafts.message(self.ticket, comment.at, by, public=public)
        if untold:
            self.reader.tally.noted.note(
                "visibility_untold", None, f"{untold} comments", ticket=self.ticket
            )

    def rest(self) -> None:
        """Draft the present status of a list, time that was spent, and ratings."""
        if self.listed and self.begun is not None:
            self._status_now(self.begun)
        for work in sorted(self.own.works.values()):
            self._worked(work.at, work.author, work.order[1], work.seconds)
        if self.own.worked > len(self.own.works):
            said = f"{len(self.own.works)} of {self.own.worked} entries of time"
            self.reader.tally.noted.note("cut_works", None, said, ticket=self.ticket)
        self._rated()

    def _status_now(self, begun: datetime) -> None:
        """Draft the present status, if a stamp says since when it holds."""
        status = self._status(self.fields)
        if status is None or status.category == "new":
            return
        keys = ["statusDate"]
        if status.category in DONE:
            keys += ["resolutiondate", "statuscategorychangedate"]
        stamps = [at for key in keys if (at := at_of(self.fields.get(key))) is not None]
        if stamps and stamps[0] >= begun:
            by = By("third_party", basis="snapshot")
            self.reader.drafts.changed(
                self.ticket, stamps[0], by, fields={"status": status}, order=1
            )
        else:
            self.reader.tally.noted.note("since_unknown", None, "status", ticket=self.ticket)

    def _worked(self, at: datetime, author: str | None, number: str, seconds: int) -> None:
        """Draft time that was spent; one that is dated to before the creation counts from it."""
        worked = Worked(
            ticket_id=self.ticket,
            at=at if self.begun is None else max(at, self.begun),
            role=self.by(author, f"worklog/{number}", public=False).role,
            actor=author,
            duration=timedelta(seconds=seconds),
            source_id=f"worklog/{number}",
        )
        self.reader.drafts.add(worked)

    def _rated(self) -> None:
        """Draft the rating, if anything says when it was given."""
        given, stamp = self._answers()
        noted, scores = self.reader.tally.noted, []
        for each in given:
            if each.__class__ in {int, float} and each in SCORES:
                scores.append(int(each))
            elif each is not None:
                noted.note("bad_rating", None, ticket=self.ticket)
        for score in sorted(scores)[-1:]:
            if stamp is None:
                noted.note("rating_untimed", None, f"{score} of 5", ticket=self.ticket)
            elif self.after(stamp, "rating"):
                by = self.by(min(self.asks, default=None), None)
                by = by._replace(role="customer", basis="snapshot" if self.listed else None)
                self.reader.drafts.rated(
                    self.ticket, stamp, by, kind="csat", score=score, scale=SCALE
                )

    def _answers(self) -> tuple[list[Any], datetime | None]:
        """Return the scores that the customer gave, and when, if a field says it."""
        given: list[Any] = [each.get("rating") for each in self.own.answers]
        stamp = at_of(self.fields.get(self.reader.account.rated_field or ""))
        for key, value in self.fields.items():
            if value.__class__ is dict and "rating" in value:
                given.append(value["rating"])
            elif stamp is None and self._called(key) == RATED_AT:
                stamp = at_of(value)
            elif value.__class__ in {int, float} and self._called(key) in RATED:
                given.append(value)
        return given, stamp

    def _called(self, key: object) -> str:
        return self.reader.names.get(str(key), "").casefold()
