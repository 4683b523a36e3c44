"""GitHub: issues with their timelines, lists of the command line, webhooks, read into events.

An issue is a ticket. A timeline or the webhooks are its history; `gh issue list --json` and an
issue with its comments hold present values, so a closing has its last time and labels and
assignees none. Who opens an issue is its customer there. Whoever is an owner, a member or a
collaborator, or was assigned to an issue, is an agent. Labels mean what the account says.

Sources: Timeline events, Issues, Webhook events and payloads, https://docs.github.com/rest;
gh issue list, https://cli.github.com/manual.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import groupby
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from attrs import Factory, define

from support_model._vocabulary import Priority, Status
from support_model.adapters._account import Account, group_of, kept, known_role
from support_model.adapters._drafts import By, Drafts
from support_model.adapters._payloads import Node, Tally, masked, pages_of, refuse_error
from support_model.events import Related

if TYPE_CHECKING:
    from support_model._vocabulary import Basis, Role
    from support_model.adapters._event_logs import EventLog

__all__ = ["read"]

VENDOR = "github"
TITLE = "GitHub issues"
STANDARD = Account()
"""An account of which nothing is known."""
OPEN, CLOSED = Status("open", "open"), Status("closed", "closed")
STATUSES: Mapping[str, Status] = MappingProxyType(
    {
        "open": OPEN,
        "closed": CLOSED,
        "completed": CLOSED,
        "not_planned": Status("not planned", "closed"),
        "duplicate": Status("duplicate", "closed"),
    }
)
"""What the states of issues and the reasons of closing mean."""
STAFF = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
HIDDEN = frozenset({"spam", "abuse"})
"""Reasons for which a comment is hidden that make it no message."""
ACTS = frozenset({"labeled", "unlabeled", "assigned", "unassigned", "closed", "reopened"})
TOLD = frozenset({*ACTS, "commented"})
KNOWN = frozenset(
    {
        *("edited", "deleted", "pinned", "unpinned", "locked", "unlocked", "milestoned"),
        "demilestoned",
    }
)
"""Actions of webhooks that say nothing an event can say."""
HOLDERS = (
    "issue",
    "issues",
    "timeline",
    "events",
    "comments",
    "items",
    "nodes",
    "body",
    "payload",
)
REMEDIES = (
    ("rate limit", "wait until the instant in the header X-RateLimit-Reset, then ask again"),
    ("credentials", "check the token"),
    ("requires authentication", "check the token"),
    ("not found", "check the repository, and that the token may read its issues"),
)
MOST = 100
"""How many items a page of the API holds at most, and comments in a list of `gh`."""
WHAT = (
    "put the issue and its timeline into one file, {issue: ..., timeline: [...]}, as GET "
    "/repos/{owner}/{repo}/issues/{number} and .../timeline answer them; or ask gh issue list "
    "--state all --json "
    "number,state,stateReason,createdAt,closedAt,author,assignees,labels,comments"
)
WORD = re.compile(r"[A-Za-z0-9_.:/ -]{1,60}")
LOGIN = re.compile(r"[A-Za-z0-9_.-]{1,60}(\[bot\])?")
REPOSITORY = re.compile(r"(?:.{0,200}/repos/)?([A-Za-z0-9_.-]{1,60}/[A-Za-z0-9_.-]{1,100})")
OF_ISSUE = re.compile(
    r".{0,200}?([A-Za-z0-9_.-]{1,60}/[A-Za-z0-9_.-]{1,100})/issues/(\d{1,15})(?:[#?].{0,1000})?"
)
SIGNS = ("author_association", "repository_url", "stateReason", "closedAt", "author", "user")
"""Keys of an issue that other systems do not have beside a number and a state."""
LONGEST_NUMBER = 15
LAST_NUMBER, DEEPEST, FIRST_YEAR, LAST_YEAR = 10**20, 6, 1970, 9998
LATE = 1 << 40


class Person(NamedTuple):
    """Somebody, by login; an empty one was deleted or is not said."""

    login: str = ""
    bot: bool = False


class Act(NamedTuple):
    """One thing that happened to an issue."""

    at: datetime
    order: int
    kind: str
    by: Person
    what: str = ""
    source: str = ""


class Comment(NamedTuple):
    """One comment, in the edition that was changed last."""

    changed: str
    at: datetime
    by: Person
    hidden: bool


class Key(NamedTuple):
    """What calls an issue: its repository, "" where nothing says it, and its number."""

    repository: str
    number: str


@define
class Case:
    """All that is known of one issue."""

    issues: list[Mapping[str, Any]] = Factory(list)
    acts: set[Act] = Factory(set)
    comments: dict[str, Comment] = Factory(dict)
    hooked: bool = False
    opened: bool = False
    timeline: list[int] = Factory(list)
    listed: list[int] = Factory(list)


@define
class Found:
    """What all documents of a payload hold."""

    tally: Tally
    cases: dict[Key, Case] = Factory(dict)
    staff: set[str] = Factory(set)
    known: set[str] = Factory(set)
    left: set[tuple[str, str, str, str]] = Factory(set)
    loose: list[Node] = Factory(list)
    strange: list[Node] = Factory(list)
    pulls: set[Key] = Factory(set)

    def of(self, key: Key) -> Case:
        """Return what is known of an issue."""
        return self.cases.setdefault(key, Case())

    def add(self, page: Node, key: Key | None = None, deep: int = DEEPEST) -> None:
        """Add a document, or a list of documents."""
        value = page.value
        if isinstance(value, list | tuple):
            self._several(page, key, deep)
        elif not isinstance(value, Mapping) or not deep:
            self.strange.append(page)
        elif isinstance(value.get("action"), str) and isinstance(value.get("issue"), Mapping):
            self._hook(page, value)
        elif is_issue(value):
            self._issue(page, value, deep)
        elif isinstance(value.get("event"), str):
            self._timeline(page, [value], key)
        elif is_comment(value):
            self._comment(page, value, key)
        elif not self._inside(page, value, key, deep):
            refused(page)
            self.strange.append(page)

    def _several(self, page: Node, key: Key | None, deep: int) -> None:
        events = [each for each in page.value if is_event(each)]
        if events:
            self._timeline(page, events, key)
        for number, each in enumerate(page.value):
            if not is_event(each):
                self.add(Node(VENDOR, each, f"{page.path}[{number}]"), key, deep - 1)

    def _inside(self, page: Node, value: Mapping[str, Any], key: Key | None, deep: int) -> bool:
        held = [name for name in HOLDERS if isinstance(value.get(name), list | dict | tuple)]
        one = value.get("issue")
        if isinstance(one, Mapping) and is_issue(one):
            key = key_of(one, value) or key
        for name in held:
            below = Node(VENDOR, value[name], f"{page.path}.{name}".lstrip("."))
            self.add(below, key, deep - 1)
        return bool(held)

    def _issue(self, page: Node, value: Mapping[str, Any], deep: int) -> None:
        """Add an issue as it is now, and what stands in it."""
        key = key_of(value)
        if key is None:
            self.tally.unread(page, None, "no number of an issue")
            return
        if value.get("pull_request") is not None:
            self.pulls.add(key)
            return
        case = self.of(key)
        case.issues.append(value)
        self.learn(value)
        for name in ("comments", "timeline", "timelineItems"):
            inside = value.get(name)
            if isinstance(inside, Mapping):
                inside = inside.get("nodes")
            if isinstance(inside, list):
                if name == "comments":
                    case.listed.append(len(inside))
                elif not inside:
                    case.timeline.append(0)
                below = Node(VENDOR, inside, f"{page.path}.{name}".lstrip("."))
                self.add(below, key, deep - 1)

    def learn(self, value: Mapping[str, Any]) -> None:
        """Learn who is staff: assignees of an issue."""
        several = value.get("assignees")
        for each in several if isinstance(several, list) else ():
            login = person(each).login
            if login:
                self.staff.add(login)

    def _hook(self, page: Node, value: Mapping[str, Any]) -> None:
        """Add an event as a webhook tells it."""
        issue, action = value["issue"], value["action"]
        key = key_of(issue, value)
        if key is None:
            self.tally.unread(page, None, "no number of an issue")
            return
        if issue.get("pull_request") is not None:
            self.pulls.add(key)
            return
        case = self.of(key)
        case.hooked = True
        case.issues.append(issue)
        self.learn(issue)
        at = at_of(issue.get("updated_at")) or at_of(issue.get("created_at"))
        if isinstance(value.get("comment"), Mapping):
            if action != "created":
                self.leave(f"{shown(action)} comment", key, value["comment"])
            if action != "deleted":
                self._comment(page, value["comment"], key)
        elif action == "opened":
            case.opened = True
        elif action in ACTS:
            at = (at_of(issue.get("closed_at")) or at) if action == "closed" else at
            self._act(page, action, value, key, at, value.get("sender"), issue)
        elif action == "transferred":
            self._moved(page, value, key, at)
        else:
            self._other(action, key, issue)

    def _other(self, action: str, key: Key, issue: Mapping[str, Any]) -> None:
        if action not in KNOWN:
            self.tally.met("action", shown(action), "nothing")
        self.leave(shown(action), key, issue)

    def _moved(self, page: Node, value: Mapping[str, Any], key: Key, at: datetime | None) -> None:
        changes = value.get("changes")
        new = inner(inner(changes).get("new_issue"))
        to = key_of(new, {"repository": inner(changes).get("new_repository")})
        if at is None or to is None:
            self.tally.unread(page, called(key), "no instant, or nothing says where to")
            return
        self.of(key).acts.add(Act(at, 0, "transferred", person(value.get("sender")), called(to)))

    def leave(self, name: str, key: Key, item: Mapping[str, Any]) -> None:
        """Count what is left out, each once."""
        stamp, native = item.get("updated_at") or item.get("created_at"), id_of(item.get("id"))
        self.left.add((name, *key, f"{native} {stamp if isinstance(stamp, str) else ''}"))

    def _timeline(self, page: Node, events: list[Any], key: Key | None) -> None:
        """Add events of one timeline, or events of a repository, each with its issue."""
        count: dict[Key, int] = {}
        for each in events:
            of = inner(each.get("issue"))
            own = key_of(of) if of else key
            if own is None:
                self.loose.append(Node(VENDOR, events, page.path))
                return
            if of.get("pull_request") is not None:
                self.pulls.add(own)
                continue
            if of:
                self.of(own).issues.append(of)
            count[own] = count.get(own, 0) + 1
            kind = each["event"]
            if kind == "commented":
                self._comment(page, each, own)
            elif kind in ACTS:
                self._act(
                    page, kind, each, own, at_of(each.get("created_at")), each.get("actor"), each
                )
            else:
                self.leave(shown(kind), own, each)
        for own, several in count.items():
            self.of(own).timeline.append(several)

    def _act(
        self, page: Node, kind: str, value: Mapping[str, Any], key: Key,
        at: datetime | None, by: object, about: Mapping[str, Any],
    ) -> None:  # fmt: skip
        what = what_of(kind, value, about)
        if kind == "assigned" and what:
            self.staff.add(what)
        if at is None or (not what and kind != "reopened"):
            self.tally.unread(page, called(key), f"{kind}: no instant, or nothing says what")
            return
        native = id_of(value.get("id")) if "event" in value else None
        order = int(native) if native is not None and native.isdecimal() else 0
        self.of(key).acts.add(Act(at, order, kind, person(by), what, native or ""))

    def _comment(self, page: Node, value: Mapping[str, Any], key: Key | None) -> None:
        if key is None:
            key = linked(value.get("issue_url")) or linked(value.get("html_url"))
        at, native = at_of(either(value, "created_at", "createdAt")), id_of(value.get("id"))
        if key is None or at is None or native is None:
            ticket = None if key is None else called(key)
            self.tally.unread(page, ticket, "a comment of no issue, id or instant")
            return
        by = person(either(value, "user", "author", "actor"))
        side = either(value, "author_association", "authorAssociation")
        if isinstance(side, str) and by.login:
            self.known.add(by.login)
            if side in STAFF:
                self.staff.add(by.login)
        reason = value.get("minimizedReason")
        hidden = isinstance(reason, str) and reason.casefold() in HIDDEN
        stamp = either(value, "updated_at", "updatedAt")
        comment = Comment(stamp if isinstance(stamp, str) else "", at, by, hidden)
        case = self.of(key)
        case.comments[native] = max(case.comments.get(native, comment), comment)

    def settle(self) -> None:
        """Give an issue whose repository a document does not say to the only one of its number."""
        named: dict[str, list[Key]] = {}
        for key in self.cases:
            if key.repository:
                named.setdefault(key.number, []).append(key)
        for key in [key for key in self.cases if not key.repository]:
            several = named.get(key.number, [])
            if len(several) == 1:
                join(self.cases[several[0]], self.cases.pop(key))
        if self.loose and len(self.cases) == 1:
            (key,) = self.cases
            for page in self.loose:
                self._timeline(page, page.value, key)
            self.loose = []


def join(case: Case, other: Case) -> None:
    """Put what is known of one issue twice together."""
    case.issues += other.issues
    case.acts |= other.acts
    for native, comment in other.comments.items():
        case.comments[native] = max(case.comments.get(native, comment), comment)
    case.hooked |= other.hooked
    case.opened |= other.opened
    case.timeline += other.timeline
    case.listed += other.listed


def recognized(value: Any) -> str:  # noqa: ANN401 - JSON types
    """Return why a parsed document is one of GitHub's issues, "" where it is not.

    Example:
        >>> recognized({"action": "opened", "issue": {"number": 7, "state": "open"}})
        'a webhook: action is opened'
        >>> recognized({"action": "opened"})
        ''
    """
    if isinstance(value, list):
        return next(filter(None, map(recognized, value[:9])), "")
    if not isinstance(value, Mapping):
        return ""
    issue, action = value.get("issue"), value.get("action")
    if isinstance(issue, Mapping) and "number" in issue:
        hook = isinstance(action, str) and action.isidentifier()
        return f"a webhook: action is {action}" if hook else "an issue with its number"
    if is_issue(value) and not value.keys().isdisjoint(SIGNS):
        return "issues with number and state"
    timeline = is_event(value) and value["event"] in TOLD and "actor" in value
    return "events of a timeline" if timeline else ""


def read(payloads: object, account: Account = STANDARD) -> EventLog:
    """Return the events of all issues in documents of GitHub, in any order.

    Args:
        payloads: a document, or a list of documents or pages (`Page`): `{"issue": ..., "timeline":
            [...]}`, webhooks, lists of `gh issue list --json`, events of a repository, an issue
            with its comments.
        account: `priorities`, `statuses` and `groups` say which labels mean what, by their name;
            `roles` says who is an agent, by login; `statuses` also what "not_planned" means.

    Raises:
        AdapterError: an error of the interface, or no document tells a history or comments.

    Example:
        >>> issue = {"number": 7, "state": "closed", "created_at": "2026-03-02T09:00:00Z",
        ...          "user": {"login": "cleo"}, "author_association": "NONE"}
        >>> closed = {"id": 1, "event": "closed", "created_at": "2026-03-02T10:00:00Z",
        ...           "actor": {"login": "ada"}, "state_reason": "completed"}
        >>> reading = read({"issue": issue, "timeline": [closed]}, Account(roles={"ada": "agent"}))
        >>> [(event.type, event.role) for event in reading.events]
        [('created', 'customer'), ('message', 'customer'), ('changed', 'agent')]
    """
    tally = Tally(VENDOR)
    found = Found(tally)
    pages = pages_of(VENDOR, payloads)
    if isinstance(payloads, list | tuple) and any(map(is_event, payloads)):
        pages = [Node(VENDOR, payloads)]
    for page in pages:
        found.add(page)
    found.settle()
    _refuse(pages, found)
    for page in (*found.strange, *found.loose):
        tally.unread(page, None, "nothing of an issue")
    for name, *_ in sorted(found.left):
        tally.left_out[name] += 1
    if found.pulls:
        tally.left_out["pull request"] += len(found.pulls)
    teller = Teller(account, tally, found)
    for key in sorted(found.cases, key=lambda key: (key.repository, len(key.number), key.number)):
        teller.tell(called(key), found.cases[key])
    return tally.reading(teller.drafts.events())


def _refuse(pages: list[Node], found: Found) -> None:
    """Raise `AdapterError` where no document tells a history or comments."""
    for case in found.cases.values():
        if case.hooked or case.timeline or case.listed or case.comments:
            return
    if pages:
        what = "issues without comments or timeline" if found.cases else "no issues"
        (found.loose or found.strange or pages)[0].refuse(f"{what}: no history", WHAT)


@define
class Story:
    """Where one issue stands while it is told: what is on it, and what was last said of it."""

    ticket: str
    author: str
    closed: str = ""
    labels: list[str] = Factory(list)
    agents: list[str] = Factory(list)


@define
class Teller:
    """What turns documents into drafts of events."""

    account: Account
    tally: Tally
    found: Found
    drafts: Drafts = Factory(Drafts)

    def tell(self, ticket: str, case: Case) -> None:
        """Add the events of one issue."""
        doc = max(case.issues, key=_edition) if len(case.issues) > 1 else (*case.issues, {})[0]
        author = person(doc.get("user") or doc.get("author"))
        story = Story(ticket, author.login)
        acts = sorted(case.acts)
        first_held(acts, story)
        self.completeness(ticket, case, doc)
        began = at_of(doc.get("created_at") or doc.get("createdAt"))
        if began is None:
            self.tally.cut(ticket, "no_creation", ticket)
        else:
            self.created(story, author, began, doc)
        for native, each in sorted(case.comments.items()):
            if each.hidden:
                self.tally.left_out["hidden comment (spam or abuse)"] += 1
            else:
                by = self.by(story, each.by, f"comments/{native}")
                self.drafts.message(ticket, each.at, by, public=True)
        for (at, by), several in groupby(acts, key=lambda act: (act.at, act.by)):
            self.changed(story, at, self.by(story, by, None), [*several])
        self.lasting(story, case, doc)

    def completeness(self, ticket: str, case: Case, doc: Mapping[str, Any]) -> None:
        """Note where the history of an issue is not whole."""
        if case.timeline and all(count and count % MOST == 0 for count in case.timeline):
            self.tally.cut(ticket, "full_page", "timeline")
        elif case.hooked and not case.opened and not case.timeline:
            self.tally.cut(ticket, "no_creation", ticket)
        elif not case.timeline and not case.hooked:
            self.tally.noted.note("list_export", None, ticket=ticket)
            self.comments(ticket, case, doc.get("comments"))

    def comments(self, ticket: str, case: Case, count: object) -> None:
        """Note where a list does not hold all comments of an issue."""
        if isinstance(count, int) and count > len(case.comments):
            self.tally.cut(ticket, "cut_history", f"{len(case.comments)} comments of {count}")
        elif max(case.listed, default=0) >= MOST:
            self.tally.cut(ticket, "full_page", "comments")

    def created(self, story: Story, author: Person, at: datetime, doc: Mapping[str, Any]) -> None:
        """Add the creation, and the text of the issue, which is its first message."""
        by = self.by(story, author, None)
        basis: Basis | None = "snapshot" if story.ticket in self.tally.incomplete else None
        fields = {"requester": author.login or None, "channel": "web", **self.fields(story)}
        for name in sorted(self.account.keep & {*map(str, doc)}):
            fits, value = Node(VENDOR, doc[name]).plain()
            fields |= kept(self.account, name, value, self.tally) if fits else {}
        self.drafts.created(story.ticket, at, by._replace(basis=basis), fields=fields, order=-1)
        self.drafts.message(story.ticket, at, by, public=True)

    def by(self, story: Story, who: Person, source: str | None) -> By:
        """Return who did something on an issue."""
        if not who.login:
            self.tally.noted.note("no_user", None, source, ticket=story.ticket)
            return By("third_party", None, source)
        return By(self.role(story, who), who.login, source)

    def role(self, story: Story, who: Person) -> Role:
        known = known_role(self.account, who.login)
        if known is not None:
            return known
        if who.bot or who.login.endswith("[bot]"):
            return "system"
        if who.login == story.author:
            return "customer"
        if who.login in self.found.staff:
            return "agent"
        if who.login not in self.found.known:
            self.tally.met("user", who.login, "third_party")
        return "third_party"

    def changed(self, story: Story, at: datetime, by: By, acts: list[Act]) -> None:
        """Add what one person changed at one instant, as one transaction."""
        fields: dict[str, Any] = {}
        for act in acts:
            if act.kind == "transferred":
                related = Related(
                    ticket_id=story.ticket, at=at, role=by.role, actor=by.actor, kind="linked",
                    other=act.what,
                )  # fmt: skip
                self.drafts.add(related, order=LATE)
                continue
            now = self.moved(story, act)
            if "status" in now and "status" in fields:
                self.drafts.changed(story.ticket, at, by, fields=fields)
                fields = {}
            fields |= now
        self.drafts.changed(story.ticket, at, by, fields=fields)

    def moved(self, story: Story, act: Act) -> dict[str, Any]:
        """Take in one act, and return the fields that it changes."""
        before, label = self.fields(story), "label" in act.kind
        held = story.labels if label else story.agents
        if act.kind in {"closed", "reopened"}:
            story.closed = act.what if act.kind == "closed" else ""
        else:
            there = [act.what] if act.kind in {"labeled", "assigned"} else []
            held[:] = [*filter(act.what.__ne__, held), *there]
        if label and not self.means(act.what):
            name = act.what if WORD.fullmatch(act.what) else str(masked(act.what))
            self.tally.left_out[f"label {name}"] += 1
        now = self.fields(story)
        return {name: now[name] for name in now if now[name] != before.get(name)}

    def means(self, label: str) -> bool:
        """Tell whether the account says what a label means."""
        known = self.account
        return any(
            label in each for each in (known.priorities, known.statuses, known.groups, known.lines)
        )

    def fields(self, story: Story) -> dict[str, Any]:
        """Return the fields of an issue as labels, assignees and its state say them now."""
        known = self.account
        last = {
            name: next((each for each in reversed(story.labels) if each in table), None)
            for name, table in (("priority", known.priorities), ("status", known.statuses))
        }
        group = next(
            (
                each
                for each in reversed(story.labels)
                if each in known.groups or each in known.lines
            ),
            None,
        )
        priority: Priority | None = (
            None if last["priority"] is None else known.priorities[last["priority"]]
        )
        return {
            "agent": story.agents[-1] if story.agents else None,
            "priority": priority,
            "status": self.status(story.closed or last["status"] or "open"),
            **group_of(known, group, self.tally),
        }

    def status(self, native: str) -> Status:
        """Return what a state, a reason of closing or a label means."""
        if native in self.account.statuses:
            return self.account.statuses[native]
        if native == "completed" and "closed" in self.account.statuses:
            return self.account.statuses["closed"]
        if native in STATUSES:
            return STATUSES[native]
        self.tally.met("state reason", native, "closed")
        return CLOSED

    def lasting(self, story: Story, case: Case, doc: Mapping[str, Any]) -> None:
        """Add what holds now and no event tells, and note what has no time."""
        state = str(doc.get("state")).casefold()
        if case.timeline or case.hooked:
            other = (state == "closed") != bool(story.closed)
            if (
                state in {"open", "closed"} and other and not case.hooked
            ):  # no copy beside an event
                self.tally.cut(story.ticket, "cut_history", f"the state is {state}")
            return
        for name in ("labels", "assignees"):
            if doc.get(name):
                self.tally.noted.note("since_unknown", None, name, ticket=story.ticket)
        at = at_of(either(doc, "closed_at", "closedAt"))
        if state == "closed" and at is None:
            self.tally.cut(story.ticket, "cut_history", "closed, and nothing says when")
        elif state == "closed" and at is not None:
            reason = reason_of(either(doc, "state_reason", "stateReason"))
            by, fields = By("third_party", basis="snapshot"), {"status": self.status(reason)}
            self.drafts.changed(story.ticket, at, by, fields=fields, order=LATE)


def first_held(acts: list[Act], story: Story) -> None:
    """Put on an issue what was on it before the first act: what is taken off and was never put."""
    seen: set[tuple[bool, str]] = set()
    for act in acts:
        label = "label" in act.kind
        if act.kind in {"unlabeled", "unassigned"} and (label, act.what) not in seen:
            (story.labels if label else story.agents).append(act.what)
        seen.add((label, act.what))


def refused(page: Node) -> None:
    """Raise `AdapterError` for an error of the interface."""
    value = page.value
    if isinstance(value.get("message"), str) and {"documentation_url", "status"} & value.keys():
        page = Node(VENDOR, {"error": value["message"]}, page.path)
    refuse_error(page, HOLDERS, REMEDIES)


def either(value: Mapping[str, Any], *keys: str) -> Any:  # noqa: ANN401 - JSON types
    """Return what stands under the first of several keys that holds anything."""
    return next(filter(None, map(value.get, keys)), None)


def linked(link: object) -> Key | None:
    """Return what calls the issue that a link leads to."""
    found = OF_ISSUE.fullmatch(link) if isinstance(link, str) else None
    return None if found is None else Key(found[1], str(int(found[2])))


def reason_of(value: object) -> str:
    """Return why an issue was closed; "closed" where nothing says it."""
    return value.casefold() if isinstance(value, str) and WORD.fullmatch(value) else "closed"


def what_of(kind: str, value: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    """Return what an act is about: a label, an assignee, a reason."""
    if kind in {"labeled", "unlabeled"}:
        name = inner(value.get("label")).get("name")
        return name if isinstance(name, str) else ""
    if kind in {"assigned", "unassigned"}:
        return person(value.get("assignee")).login
    return reason_of(about.get("state_reason")) if kind == "closed" else ""


def is_event(value: object) -> bool:
    """Tell an event of a timeline."""
    return isinstance(value, Mapping) and isinstance(value.get("event"), str)


def is_issue(value: Mapping[str, Any]) -> bool:
    """Tell an issue as the API or the command line gives it."""
    return "number" in value and not value.keys().isdisjoint(
        ("state", "created_at", "createdAt", "closedAt")
    )


def is_comment(value: Mapping[str, Any]) -> bool:
    """Tell a comment."""
    return not value.keys().isdisjoint(("author_association", "authorAssociation", "issue_url"))


def inner(value: object) -> Mapping[str, Any]:
    """Return an object inside a document; an empty one where there is none."""
    return value if isinstance(value, Mapping) else {}


def id_of(value: object) -> str | None:
    """Return an id as text; None where it is none."""
    if isinstance(value, int) and value is not True and 0 < value < LAST_NUMBER:
        return str(value)
    if isinstance(value, str) and 0 < len(value) <= 100 and value.isascii():
        return (
            value if value.replace("_", "").replace("-", "").replace("=", "").isalnum() else None
        )
    return None


def person(value: object) -> Person:
    """Return somebody by login; nobody for who was deleted."""
    given = inner(value)
    login = given.get("login")
    if not isinstance(login, str) or not LOGIN.fullmatch(login) or login == "ghost":
        return Person()
    return Person(login, given.get("type") == "Bot" or given.get("is_bot") is True)


def at_of(value: object) -> datetime | None:
    """Return the instant of a stamp in UTC; None where it names none."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
        at = at if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo is not None and FIRST_YEAR <= at.year <= LAST_YEAR else None


def key_of(*documents: Mapping[str, Any]) -> Key | None:
    """Return what calls the issue that the first document is, None where it has no number."""
    native = id_of(documents[0].get("number"))
    if native is None or not native.isdecimal() or len(native) > LONGEST_NUMBER:
        return None
    number = int(native)
    for each in documents:
        told = inner(each.get("repository"))
        for name in (told.get("full_name"), told.get("nameWithOwner"), each.get("repository_url")):
            fits = REPOSITORY.fullmatch(name) if isinstance(name, str) else None
            if fits is not None:
                return Key(fits[1], str(number))
        key = linked(each.get("html_url")) or linked(each.get("url"))
        if key is not None:
            return Key(key.repository, str(number))
    return Key("", str(number))


def called(key: Key) -> str:
    """Return the id of a ticket.

    Example:
        >>> called(Key("inv/desk", "31")), called(Key("", "31"))
        ('inv/desk#31', '31')
    """
    return f"{key.repository}#{key.number}" if key.repository else key.number


def shown(word: str) -> str:
    """Return a word of the vendor's vocabulary; the form of any other."""
    return word if WORD.fullmatch(word) else str(masked(word))


def _edition(doc: Mapping[str, Any]) -> tuple[str, str]:
    stamp = doc.get("updated_at") or doc.get("updatedAt")
    return stamp if isinstance(stamp, str) else "", repr(doc)
