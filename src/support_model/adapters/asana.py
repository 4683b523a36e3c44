"""Asana: tasks with their stories, from `GET /tasks/{gid}` and `GET /tasks/{gid}/stories`.

A task of a help desk project is a ticket; the sections of that project, and its completion, are
its statuses. A story is one act. What an act did stands in fields that Asana sends on request
only (`opt_fields`): without them a story holds one sentence in the language of whoever asked,
which is refused. No story tells the creation: the task does. A field of a task that no story
changed is as it was at the creation; before its first change it was what that story calls old.

A task without any story (the project menu's JSON export has none) is a list of present values.

Sources: Stories, Tasks and Input/output options, https://developers.asana.com/reference/stories.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeGuard

from attrs import Factory, define, field

from support_model import _records as doc
from support_model._frozen import frozen
from support_model._vocabulary import Priority, Status
from support_model.adapters import _account
from support_model.adapters._account import group_of, known_role, priority_of, status_of
from support_model.adapters._boards import (
    LISTS,
    LONGEST_WORD,
    Replay,
    instant,
    is_internal,
    native_id,
    part,
    word,
)
from support_model.adapters._drafts import By, Drafts
from support_model.adapters._event_logs import EVERY
from support_model.adapters._payloads import Node, Tally, pages_of, refuse_error
from support_model.errors import AdapterError
from support_model.events import Related

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from support_model._vocabulary import Basis, Relation
    from support_model.adapters._event_logs import EventLog

__all__ = ["Account", "read"]

VENDOR: Final = "asana"
TITLE: Final = "Asana"
HOLDERS = ("data", "task", "tasks", "stories")
OPT_FIELDS: Final = (
    "created_at,created_by,resource_subtype,type,source,text,target,assignee,"
    "old_section.name,new_section.name,custom_field.name,old_enum_value.name,new_enum_value.name,"
    "old_text_value,new_text_value,old_number_value,new_number_value,project,duplicate_of,"
    "new_approval_status"
)
REMEDY: Final = f"ask for GET /tasks/{{gid}}/stories?opt_fields={OPT_FIELDS}"
DATES: Final = (
    "a table of tasks holds dates without times (Created At, Completed At) and no history, "
    "so that no figure in hours can be made of it"
)
SENTENCE: Final = "a story of"
SYSTEM: Final = "-1"
"""Who does what rules do: their stories have `created_by` null."""
WITHIN: Final = timedelta(seconds=10)
"""A move and a completion so near to each other are one act of one person, or of a rule."""
AT_ONCE: Final = timedelta(seconds=5)
"""A story so near to the creation is of the creator."""
NEW = Status("new", "new")
REMOVED = Status("removed from the project", "void")
USUAL: Mapping[str, Status] = MappingProxyType(
    {
        **LISTS,
        "complete": Status("complete", "solved"),
        "incomplete": Status("incomplete", "open"),
    }
)
"""What the usual sections mean, and the completion of a task."""
SETTLED = frozenset({"solved", "closed", "void"})
_RANKED = {"Urgent": "urgent", "Critical": "urgent", "High": "high", "Medium": "normal"}
_RANKED |= {"Normal": "normal", "Low": "low"}
PRIORITIES: Mapping[str, Priority] = MappingProxyType(
    {
        written: Priority(name, 1 + ("urgent", "high", "normal", "low").index(name))
        for native, name in _RANKED.items()
        for written in (native, native.lower(), native.upper())
    }
)
"""What the options of a field of priorities usually mean."""
LEFT_OUT = frozenset(
    {
        *("added_to_project", "added_to_tag", "added_to_task", "attachment_added"),
        *("collaborator_added", "comment_liked", "completion_liked", "custom_field_added"),
        *("date_custom_field_changed", "dependency_added", "dependency_due_date_changed"),
        *("dependency_duplicated", "dependency_marked_complete", "dependency_marked_incomplete"),
        *("dependency_removed", "dependent_added", "dependent_removed", "due_date_changed"),
        *("due_today", "duplicate_merged", "duplicate_unmerged", "duplicated", "follower_added"),
        *("follower_removed", "liked", "mentioned", "multi_enum_custom_field_changed"),
        *("name_changed", "notes_changed", "number_custom_field_changed", "parent_changed"),
        *("people_custom_field_changed", "reference_custom_field_changed"),
        *("removed_from_project", "removed_from_tag", "removed_from_task", "reset_due_date"),
        *("resource_subtype_changed", "start_date_changed", "sticker_added", "subtask_added"),
        *("subtask_removed", "text_custom_field_changed", "unmarked_duplicate", "unassigned"),
        *("vote_changed",),
    }
)
"""Subtypes of stories that say nothing a ticket event can say; they are counted."""
NEEDED: Mapping[str, str] = MappingProxyType(
    {
        "section_changed": "new_section",
        "assigned": "assignee",
        "enum_custom_field_changed": "custom_field",
        "marked_duplicate": "duplicate_of",
    }
)
"""The field without which a story of this subtype is one sentence."""
Op: TypeAlias = "tuple[str | None, ...]"


@frozen(kw_only=True)
class Account(_account.Account):
    """What sections, fields and people of a project mean.

    `statuses` says what a section means, by its name or gid; its keys "complete" and
    "incomplete" say what the completion means. `priorities` and `lines` are by the name or gid of
    an option. `roles` says who is an agent, by gid.

    Attributes:
        project: the gid of the help desk's project; moves and tasks of other projects are left
            out. It may stay empty where tasks are in one project each.
        internal_prefix: how comments begin that are internal, such as "[internal]"; Asana itself
            knows no internal comments.
        priority_field: the name or gid of the custom field that holds the priority.
        line_field: that of the field whose options are groups or lines.
        status_field: that of a field whose options are the statuses; where it is given, sections
            are none.

    Example:
        >>> account = Account(project=77, statuses={"Doing": Status("open", "open")})
        >>> account.project, account.priority_field
        ('77', 'Priority')
    """

    project: str = field(default="", converter=str)
    internal_prefix: str = ""
    priority_field: str = "Priority"
    line_field: str = "Line"
    status_field: str = ""


OWN_KEYS = (
    doc.optional("project", doc.TEXT),
    doc.optional("internal_prefix", doc.TEXT),
    doc.optional("priority_field", doc.TEXT),
    doc.optional("line_field", doc.TEXT),
    doc.optional("status_field", doc.TEXT),
)
STANDARD = Account()


class Story(NamedTuple):
    """One story, as far as it is read; stories are ordered by instant and gid."""

    at: datetime
    digits: int
    gid: str
    kind: str
    task: str
    actor: str | None
    source: str | None
    op: Op


@define
class Found:
    """What the documents of a payload hold.

    Attributes:
        tasks: as they are now, by gid.
        stories: by task and gid; where two are of one gid, always the same one of them.
        told: tasks of which there are stories, or an empty list of them.
        more: tasks of which a page of stories says that there are more.
        last: tasks of which a page says that it is the last.
        sections: the project of a section, and what it is called.
        lacking: stories that hold a sentence alone, or not, by subtype.
        broken: parts that cannot be read: where, of which task, what is wrong.
        feeds: pages of events without content.
    """

    tasks: dict[str, Mapping[str, Any]] = Factory(dict)
    stories: dict[tuple[str, str], Story] = Factory(dict)
    told: set[str] = Factory(set)
    more: set[str] = Factory(set)
    last: set[str] = Factory(set)
    sections: dict[str, tuple[str, str]] = Factory(dict)
    lacking: Counter[tuple[str, bool]] = Factory(Counter)
    sentence: Node | None = None
    broken: dict[tuple[str, str], tuple[Node, str | None]] = Factory(dict)
    feeds: list[Node] = Factory(list)


def recognized(value: Any) -> str:  # noqa: ANN401 - JSON types
    """Return why a document is one of Asana, "" where it is not.

    Example:
        >>> recognized({"data": [{"gid": "1", "resource_type": "story", "type": "comment"}]})
        'objects with gid and resource_type'
    """
    if isinstance(value, list):
        return next(filter(None, map(_known, value[:9])), "")
    return _known(value)


def _known(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    for key in ("data", "task", "tasks", "stories", "events"):
        inside = value.get(key)
        first = inside[0] if isinstance(inside, list) and inside else inside
        if _is_own(value) or (_is_own(first) and key != "events"):
            return "objects with gid and resource_type"
        if _is_row(part(first, "resource")):
            return "events that name a resource by its gid"
    return ""


def _is_own(value: object) -> bool:
    return _is_row(value) and ("resource_type" in value or _is_task(value) or _is_story(value))


def read(payloads: object, account: Account = STANDARD) -> EventLog:
    """Return the events of all tasks with their stories.

    Whoever creates a task is its customer unless `account.roles` says otherwise; anybody else who
    is not named there is a third party, whose comments are no replies. A section and a completion
    that change within ten seconds say one thing.

    Args:
        payloads: a task with stories ({"task": ..., "stories": [...]}), answers of the interface
            ({"data": ...}), a list of tasks that hold their `stories`, or a list of these, in any
            order; they may overlap.
        account: what sections, fields and people mean.

    Raises:
        AdapterError: the payload is none of these, is an error of the interface, holds events
            without content, or stories without the fields that say what they did.

    Example:
        >>> task = {"gid": "3001", "created_at": "2026-03-02T09:00:00.000Z",
        ...         "created_by": {"gid": "91"}, "memberships": []}
        >>> story = {"gid": "12010", "created_at": "2026-03-02T12:00:00.000Z",
        ...          "created_by": {"gid": "98"}, "resource_subtype": "marked_complete"}
        >>> reading = read({"task": task, "stories": [story]}, Account(roles={98: "agent"}))
        >>> [(event.type, event.role) for event in reading.events]
        [('created', 'customer'), ('changed', 'agent')]
    """
    tally = Tally(VENDOR)
    found = _found(payloads, account, tally)
    for (_, problem), (node, task) in found.broken.items():
        tally.unread(node, task, problem)
    for task in sorted(found.more - found.last):
        tally.cut(task, "more_pages", None if task == EVERY else task)
    drafts = Drafts()
    of_task: dict[str, list[Story]] = {}
    for story in sorted(found.stories.values()):
        of_task.setdefault(story.task, []).append(story)
    everywhere = _Everything(found, account, tally, drafts)
    for gid in sorted({*found.tasks, *of_task}, key=lambda gid: (len(gid), gid)):
        everywhere.task(gid, of_task.get(gid, []))
    return tally.reading(drafts)


def refuse_table(header: Iterable[str], name: str = "") -> None:
    """Refuse tables of tasks or stories, by their columns.

    Raises:
        AdapterError: it is such a table.
    """
    cells = {cell.strip().casefold() for cell in header}
    if "text" in cells and cells & {"target_id", "resource_subtype"}:
        problem = "a table of stories with their text alone: one sentence each, in some language"
        raise AdapterError(VENDOR, name, None, problem, REMEDY)
    if {"task id", "completed at"} <= cells or {"assignee_id", "completed_at"} <= cells:
        raise AdapterError(VENDOR, name, None, DATES, REMEDY)


def read_tables(tables: Mapping[str, Any], account: Account = STANDARD) -> EventLog:  # noqa: ARG001 - the form of all systems
    """Refuse tables: exports of a project hold dates, copies of stories hold sentences.

    Raises:
        AdapterError: always.
    """
    name, rows = next(iter(tables.items()), ("", ()))
    for row in rows[:1]:
        refuse_table(map(str, row), name)
    raise AdapterError(VENDOR, name, None, DATES, REMEDY)


def _found(payloads: object, account: Account, tally: Tally) -> Found:
    """Return what all documents hold.

    Raises:
        AdapterError: they hold nothing that is read, or stories that say nothing.
    """
    found = Found()
    reader = _Reader(account, found)
    bare = isinstance(payloads, list | tuple) and any(map(_is_row, payloads))
    pages = [Node(VENDOR, payloads)] if bare else pages_of(VENDOR, payloads)
    strange = [each for page in pages for each in reader.document(page)]
    _must_tell(found)
    if not found.tasks and not found.stories and pages:
        if found.feeds:
            problem = "events without content: they name what changed, and not how"
            found.feeds[0].refuse(problem, f"{REMEDY} of each task that they name")
        (strange or pages)[0].refuse("no tasks and no stories", REMEDY)
    for page in (*strange, *found.feeds):
        tally.unread(page, None, "neither tasks nor stories")
    return found


def _must_tell(found: Found) -> None:
    """Refuse stories that hold a sentence alone, as all do that were asked for without fields."""
    for (kind, holds), count in found.lacking.items():
        several = count > 1 or not found.stories
        alone = not holds and several and (kind, True) not in found.lacking
        if alone and found.sentence is not None:
            problem = f"stories of {kind} with their text alone, which is in any language"
            found.sentence.refuse(problem, REMEDY)


def _is_row(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, dict) and "gid" in value


def _is_story(value: Mapping[str, Any]) -> bool:
    return value.get("resource_type") == "story" or (
        value.get("type") in ("comment", "system") or "target" in value
    )


def _is_task(value: Mapping[str, Any]) -> bool:
    kind = value.get("resource_type")
    if kind is not None and kind != "task":
        return False
    return kind == "task" or "memberships" in value or "completed" in value or "assignee" in value


@define
class _Reader:
    """What reads documents into what was found."""

    account: Account
    found: Found
    touched: set[str] = Factory(set)

    def document(self, page: Node, task: str | None = None, deep: int = 5) -> list[Node]:
        """Add what a document holds; return the parts of it that are none of Asana's.

        Args:
            page: the document, or a part of it.
            task: the task of stories that name none.
            deep: how far further parts are looked for.
        """
        value = page.value
        if not deep:
            return [page]
        if isinstance(value, list | tuple):
            return self.rows(value, page.path, task, deep - 1)
        if not isinstance(value, dict):
            return [page]
        if "gid" in value and "data" not in value:
            return self.rows([value], page.path, task, deep - 1, one=True)
        refuse_error(page, HOLDERS)
        return self.answer(page, task, deep - 1)

    def answer(self, page: Node, task: str | None, deep: int) -> list[Node]:
        """Add an answer of the interface, or a task and its stories beside each other."""
        value, own = page.value, task
        if "events" in value or "sync" in value:
            self.found.feeds.append(page)
            return []
        outer, self.touched = self.touched, set()
        strange: list[Node] = []
        held = _held(value)
        if held is not None:
            own = native_id(held.get("gid"))
            strange += self.rows([held], f"{page.path}.task".lstrip("."), None, deep, one=True)
        keys = [key for key in ("data", "stories", "tasks") if value.get(key) is not None]
        for key in keys:
            strange += self.document(page[key], None if key == "tasks" else own, deep)
        if own is not None and {"data", "stories"} & {*keys}:
            self.touched.add(own)
        self.paged(value)
        outer |= self.touched
        self.touched = outer  # the larger of the two, which a copy for each document would not do
        return strange if keys or held is not None else [page]

    def paged(self, value: Mapping[str, Any]) -> None:
        """Note whether there are more stories of the tasks of this page, or more tasks."""
        found, of = self.found, self.touched or {EVERY}
        found.told |= self.touched
        if value.get("next_page"):
            found.more |= of
        else:
            found.last |= of

    def rows(
        self,
        values: Iterable[Any],
        path: str,
        task: str | None,
        deep: int,
        *,
        one: bool = False,
    ) -> list[Node]:
        """Add stories, tasks and other objects."""
        strange: list[Node] = []
        for number, value in enumerate(values):
            kind = _kind(value, task)
            if kind == "story":
                self.story(value, path, number, task)
                continue
            at = path if one else f"{path}[{number}]"
            if kind == "task":
                strange += self.task(value, at, deep)
            elif kind == "other":
                _section(value, part(value, "project"), self.found)
            elif kind == "document" and not one:
                strange += self.document(Node(VENDOR, value, at), task, deep)
            else:
                strange.append(Node(VENDOR, value, at))
        return strange

    def task(self, value: Mapping[str, Any], path: str, deep: int) -> list[Node]:
        """Add a task, with the stories and subtasks that it holds."""
        gid = native_id(value.get("gid"))
        if gid is None:
            return [Node(VENDOR, value, path)]
        earlier = self.found.tasks.get(gid)
        if earlier is None or _age(earlier) < _age(value):
            self.found.tasks[gid] = value
        for each in _listed(value, "memberships"):
            _section(part(each, "section"), part(each, "project"), self.found)
        return self.inside(value, gid, path, deep)

    def inside(self, value: Mapping[str, Any], gid: str, path: str, deep: int) -> list[Node]:
        """Add what a task holds besides its fields."""
        strange: list[Node] = []
        outer, self.touched = self.touched, set()
        for key in ("stories", "comments"):
            if value.get(key) is not None:
                strange += self.document(Node(VENDOR, value[key], f"{path}.{key}"), gid, deep)
                self.found.told.add(gid)
        self.touched = outer
        below = value.get("subtasks")
        if isinstance(below, list):
            strange += self.document(Node(VENDOR, below, f"{path}.subtasks"), None, deep)
        return strange

    def story(self, value: Mapping[str, Any], path: str, number: int, task: str | None) -> None:
        """Add a story; of two of one gid that hold different things, always the same one."""
        story = _story(value, task, self.account, self.found)
        found = self.found
        if isinstance(story, str):
            gid, of = str(native_id(value.get("gid"))), native_id(part(value, "target").get("gid"))
            node = Node(VENDOR, value, f"{path}[{number}]")
            found.broken.setdefault((gid, story), (node, of or task))
            if found.sentence is None and story.startswith(SENTENCE):
                found.sentence = node
            return
        self.touched.add(story.task)
        key = story.task, story.gid
        earlier = found.stories.get(key)
        if earlier is None or (earlier != story and repr(earlier) < repr(story)):
            found.stories[key] = story


def _held(value: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the task that stands beside its stories, also as the answer that it came in."""
    held = value.get("task")
    if isinstance(held, dict) and isinstance(held.get("data"), dict):
        held = held["data"]
    return held if isinstance(held, dict) else None


def _kind(value: object, task: str | None) -> str:
    """Return what a member of a list is: among the stories of a task, a story."""
    if _is_row(value):
        if _is_story(value) or (task is not None and not _is_task(value)):
            return "story"
        if _is_task(value):
            return "task"
        return "other" if isinstance(value.get("resource_type"), str) else ""
    return "document" if isinstance(value, dict | list | tuple) else ""


def _age(task: Mapping[str, Any]) -> tuple[str, int]:
    stamp = task.get("modified_at")
    return stamp if isinstance(stamp, str) else "", len(task)


def _listed(value: object, key: str) -> list[Any]:
    found = _get(value, key)
    return found if isinstance(found, list) else []


def _get(value: object, key: str) -> object:
    return value.get(key) if isinstance(value, dict) else None


def _section(section: Mapping[str, Any], project: Mapping[str, Any], found: Found) -> None:
    """Keep the project of a section, and what it is called."""
    gid, of = native_id(section.get("gid")), native_id(project.get("gid"))
    if gid is not None:
        told = of or "", word(section.get("name")) or ""
        found.sections[gid] = max(found.sections.get(gid, told), told)


def _story(
    value: Mapping[str, Any], task: str | None, account: Account, found: Found
) -> Story | str:
    """Return a story, or what is wrong with it."""
    kind = _subtype(value)
    if kind is None:
        found.lacking["no resource_subtype", False] += 1
        return f"{SENTENCE} no resource_subtype"
    of = native_id(part(value, "target").get("gid")) or task
    gid, at = native_id(value.get("gid")), instant(value.get("created_at"))
    if of is None:
        return "a story of no task: ask for its target"
    if gid is None or at is None:
        return "a story without a gid or an instant"
    if kind in NEEDED:
        holds = NEEDED[kind] in value
        found.lacking[kind, holds] += 1
        if not holds:
            return f"{SENTENCE} {kind} with its text alone"
    op = OPS[kind](value, account) if kind in OPS else ("left", None)
    if isinstance(op, str):
        return op
    by = value.get("created_by", ...)
    actor = SYSTEM if by is None else native_id(_get(by, "gid"))
    digits = int(gid) if gid.isdecimal() else 0
    return Story(at, digits, gid, kind[:LONGEST_WORD], of, actor, word(value.get("source")), op)


def _subtype(value: Mapping[str, Any]) -> str | None:
    kind = value.get("resource_subtype")
    if isinstance(kind, str) and kind:
        return kind
    return "comment_added" if value.get("type") == "comment" else None


Reader: TypeAlias = "Callable[[Mapping[str, Any], Account], Op | str]"


def _moved(value: Mapping[str, Any], _: Account) -> Op | str:
    old, new = part(value, "old_section"), part(value, "new_section")
    to, named = native_id(new.get("gid")), word(new.get("name"))
    if to is None and named is None:
        return "a move to no section"
    project = native_id(part(new, "project").get("gid")) or native_id(
        part(old, "project").get("gid")
    )
    return ("move", to, named, native_id(old.get("gid")), word(old.get("name")), project)


def _completed(value: Mapping[str, Any], _: Account) -> Op | str:
    return ("done", "1" if value["resource_subtype"] == "marked_complete" else None)


def _approved(value: Mapping[str, Any], _: Account) -> Op | str:
    status = value.get("new_approval_status")
    if not isinstance(status, str):
        return "an approval without its status"
    return ("done", None if status == "pending" else "1")


def _assigned(value: Mapping[str, Any], _: Account) -> Op | str:
    return ("agent", native_id(_get(value.get("assignee"), "gid")))


def _unassigned(_: Mapping[str, Any], __: Account) -> Op | str:
    return ("agent", None)


def _said(value: Mapping[str, Any], account: Account) -> Op | str:
    return ("say", "1" if is_internal(value.get("text"), account.internal_prefix) else None)


def _of_project(value: Mapping[str, Any], _: Account) -> Op | str:
    gid = native_id(part(value, "project").get("gid"))
    return ("in" if value["resource_subtype"] == "added_to_project" else "out", gid)


def _duplicate(value: Mapping[str, Any], _: Account) -> Op | str:
    gid = native_id(part(value, "duplicate_of").get("gid"))
    return "a duplicate of nothing" if gid is None else ("duplicate", gid)


def _chosen(value: Mapping[str, Any], _: Account) -> Op | str:
    of = part(value, "custom_field")
    gid, named = native_id(of.get("gid")), word(of.get("name"))
    if gid is None and named is None:
        return "a change of no field"
    old, new = part(value, "old_enum_value"), part(value, "new_enum_value")
    return ("field", gid, named, *_option(old), *_option(new))


def _option(value: Mapping[str, Any]) -> tuple[str | None, str | None]:
    return native_id(value.get("gid")), word(value.get("name"))


OPS: Mapping[str, Reader] = MappingProxyType(
    {
        "section_changed": _moved,
        "marked_complete": _completed,
        "marked_incomplete": _completed,
        "approval_status_changed": _approved,
        "assigned": _assigned,
        "unassigned": _unassigned,
        "comment_added": _said,
        "added_to_project": _of_project,
        "removed_from_project": _of_project,
        "marked_duplicate": _duplicate,
        "enum_custom_field_changed": _chosen,
    }
)
"""What reads the stories of a subtype."""


@define
class _Everything:
    """What is known of all tasks while they are read."""

    found: Found
    account: Account
    tally: Tally
    drafts: Drafts

    def task(self, gid: str, stories: list[Story]) -> None:
        """Tell a task, unless it is of another project."""
        task = self.found.tasks.get(gid, {})
        why = self.foreign(task, stories) if task else ""
        at = instant(task.get("created_at"))
        if not why and at is None and not stories:
            why = "task without an instant"
        if why:
            self.tally.left_out[why] += 1
            return
        begun = stories[0].at if at is None else at
        if stories and stories[0].at < begun:
            self.tally.noted.note("before_creation", None, gid, ticket=gid)
            begun = stories[0].at
        ticket = self.begin(gid, task, stories, begun, self.basis(gid, at, stories))
        _Walk(self, task, stories, ticket).through()

    def basis(self, gid: str, at: datetime | None, stories: list[Story]) -> Basis | None:
        """Return what a creation is made of: present values, where no whole history is at hand."""
        found = self.found
        if at is None:
            self.tally.cut(gid, "no_creation", gid)
            return "snapshot"
        if gid not in found.told and not stories:
            self.tally.noted.note("list_export", None, gid, ticket=gid)
            return "snapshot"
        return "snapshot" if gid in found.more and gid not in found.last else None

    def foreign(self, task: Mapping[str, Any], stories: list[Story]) -> str:
        """Return why a task is no ticket, "" where it is one."""
        if (
            task.get("is_rendered_as_separator") is True
            or task.get("resource_subtype") == "section"
        ):
            return "section between tasks"
        own = self.account.project
        moved = any(story.op[0] in ("in", "out") and story.op[1] == own for story in stories)
        if not own or moved or own in self.projects(task):
            return ""
        if self.projects(task):
            return "task of another project"
        return "subtask" if part(task, "parent") else ""

    def projects(self, task: Mapping[str, Any]) -> set[str]:
        """Return the projects that a task is in now."""
        named = [part(each, "project") for each in _listed(task, "memberships")]
        named += [each for each in _listed(task, "projects") if isinstance(each, dict)]
        gids = [native_id(each.get("gid")) for each in named]
        return {gid for gid in gids if gid is not None}

    def begin(
        self,
        gid: str,
        task: Mapping[str, Any],
        stories: list[Story],
        at: datetime,
        basis: Basis | None,
    ) -> Replay:
        """Begin a task: by its creator, else by whoever told its first story at once."""
        born = next((each for each in stories if each.at - at <= AT_ONCE and each.actor), None)
        actor = native_id(part(task, "created_by").get("gid"))
        if actor is None and born is not None and basis is None:
            actor = born.actor
        ticket = Replay(gid, self.account, self.drafts, self.tally, None, at, By("customer"))
        if actor is None:
            ticket.by = By("third_party", None, None, basis)
        elif actor == SYSTEM:
            ticket.by = By("system", actor, None, basis)
        else:
            asks = known_role(self.account, actor) in (None, "customer")
            ticket.requester = actor if asks else None
            ticket.by = ticket.doer(actor, None, basis=basis)
        source = None if born is None or born.source == "unknown" else born.source
        ticket.begins({"status": NEW, "channel": source, "requester": ticket.requester})
        return ticket


@define
class _Walk:
    """One task while its stories are told in order."""

    all: _Everything
    task: Mapping[str, Any]
    stories: list[Story]
    ticket: Replay
    on: Status = NEW
    done: bool = False
    void: bool = False
    last: str = ""
    places: dict[str, str] = Factory(dict)

    def through(self) -> None:
        """Tell all stories, and what is so now without one."""
        self.place()
        self.begin()
        for order, story in enumerate(self.stories):
            if story.op[0] == "left":
                self.leave(story.kind)
            else:
                self.tell(order, story)
        self.now()
        self.ticket.ends()

    # where a section is

    def place(self) -> None:
        """Find the project of each section: one that a task moves to is of the project it left."""
        moves = [story.op for story in self.stories if story.op[0] == "move"]
        for ops in (moves, moves[::-1]):
            for _, to, _, since, _, project in ops:
                known = project or self.project_of(to) or self.project_of(since)
                for gid in (to, since):
                    if gid is not None and known is not None:
                        self.places.setdefault(gid, known)

    def project_of(self, gid: str | None) -> str | None:
        """Return the project of a section, None where nothing tells it."""
        if gid is None:
            return None
        return self.places.get(gid) or self.all.found.sections.get(gid, ("", ""))[0] or None

    def is_ours(self, gid: str | None, named: str | None, project: str | None = None) -> bool:
        """Return whether a section is of the project of the help desk."""
        own, known = self.all.account.project, self.all.account.statuses
        of = project or self.project_of(gid)
        if own and of is not None:
            return own == of
        left = {story.op[1] for story in self.stories if story.op[0] in ("in", "out")}
        others = (self.all.projects(self.task) | left) - {own, None}
        return gid in known or named in known or len(others) + bool(own) <= 1

    def meant(self, gid: str | None, named: str | None) -> Status:
        """Return what a section means: by its gid, its present name, or its name at that time."""
        account, now = self.all.account, self.all.found.sections.get(gid or "", ("", ""))[1]
        known = account.statuses
        if named is not None and named in known and not {gid, now} & known.keys():
            return known[named]
        name = now or named or ""
        return status_of(account, gid or name, USUAL, self.all.tally, name=name)

    def ours(self, op: Op) -> bool:
        """Return whether a story is a move in the project of the help desk."""
        if op[0] != "move" or self.all.account.status_field:
            return False
        return self.is_ours(op[1], op[2], op[5])

    # the beginning

    def begin(self) -> None:
        """Set what the task was created with: what its first changes call old, or what is now."""
        ticket, listed = self.ticket, self.ticket.by.basis is not None
        self.on = self.first(listed=listed)
        ticket.begins({"status": self.on})
        now, old = self.fields(), self.old()
        if not listed and not any(story.op[0] == "agent" for story in self.stories):
            now["agent"] = native_id(part(self.task, "assignee").get("gid"))
        undated = {name: now[name] for name in now.keys() - old.keys() if now[name] is not None}
        if undated and not listed:
            self.all.tally.noted.note("as_now", None, ticket.ticket, ticket=ticket.ticket)
        known = {name: value for name, value in old.items() if value is not None}
        ticket.begins({**dict(sorted(undated.items())), **known})
        parent = native_id(part(self.task, "parent").get("gid"))
        if parent is not None:
            self.related("parent", parent, ticket.at, ticket.by, 0)

    def first(self, *, listed: bool) -> Status:
        """Return the first status: of the section that the first move left, or of the only one."""
        move = next((story.op for story in self.stories if self.ours(story.op)), None)
        if move is None:
            return NEW if listed else self.present() or NEW
        _, _, _, since, named, _ = move
        return NEW if since is None and named is None else self.meant(since, named)

    def present(self) -> Status | None:
        """Return what the section means in which the task is now."""
        for each in _listed(self.task, "memberships"):
            section, project = part(each, "section"), part(each, "project")
            gid, named = native_id(section.get("gid")), word(section.get("name"))
            of = native_id(project.get("gid"))
            if (
                (gid or named)
                and not self.all.account.status_field
                and self.is_ours(gid, named, of)
            ):
                return self.meant(gid, named)
        return None

    def fields(self) -> dict[str, Any]:
        """Return what custom fields say now."""
        fields: dict[str, Any] = {}
        for each in _listed(self.task, "custom_fields"):
            gid, named = native_id(_get(each, "gid")), word(_get(each, "name"))
            option = _option(part(each, "enum_value"))
            shown = option if any(option) else (None, word(_get(each, "display_value")))
            if any(shown):
                fields |= self.field(gid, named, *shown)
        fields.pop("status", None)
        return fields

    def old(self) -> dict[str, Any]:
        """Return what the first change of each field calls old."""
        fields: dict[str, Any] = {}
        for story in self.stories:
            if story.op[0] == "field":
                for name, value in self.field(*story.op[1:5]).items():
                    fields.setdefault(name, value)
        status = fields.pop("status", None)
        return fields if status is None else fields | {"status": status}

    def field(
        self, gid: str | None, named: str | None, option: str | None, called: str | None
    ) -> dict[str, Any]:
        """Return what an option of a custom field says."""
        account, tally = self.all.account, self.all.tally
        if _is(account.priority_field, gid, named):
            key = _key(option, called, account.priorities)
            priority = None if key is None else priority_of(account, key, PRIORITIES, tally)
            return {"priority": priority}
        if _is(account.line_field, gid, named):
            return group_of(account, _key(option, called, account.groups, account.lines), tally)
        if _is(account.status_field, gid, named):
            key = _key(option, called, account.statuses)
            return {} if key is None else {"status": status_of(account, key, USUAL, tally)}
        kept = next((name for name in (named, gid) if name in account.keep), None)
        return {} if kept is None else {f"custom.{kept}": called or option}

    # what stories tell

    def leave(self, kind: str) -> None:
        """Count a story that says nothing a ticket event can say."""
        self.all.tally.left_out[kind] += 1
        if kind not in LEFT_OUT:
            self.all.tally.met("kind of story", kind, "nothing")

    def tell(self, order: int, story: Story) -> None:
        """Tell one story."""
        what, op, at = story.op[0], story.op, story.at
        by = self.doer(story)
        if what == "say":
            self.ticket.says(at, by, order, public=op[1] is None or by.role == "customer")
        elif what == "agent":
            self.ticket.sets(at, by, order, {"agent": op[1]})
        elif what == "duplicate":
            self.related("duplicate", str(op[1]), at, by, order)
        elif what == "field":
            fields = self.field(op[1], op[2], op[5], op[6])
            if fields:
                self.ticket.sets(at, by, order, fields)
            else:
                self.all.tally.left_out[f"field {op[2] or op[1]}"] += 1
        else:
            status = self.status(order, story)
            if status is not None:
                self.ticket.sets(at, by, order, {"status": status})
                self.last = story.kind

    def doer(self, story: Story) -> By:
        """Return who told a story; rules are the system."""
        if story.actor == SYSTEM:
            return By("system", SYSTEM, story.gid)
        return self.ticket.doer(story.actor, story.gid)

    def related(
        self,
        kind: Relation,
        other: str,
        at: datetime,
        by: By,
        order: int,
    ) -> None:
        """Tell how the task relates to another."""
        if other == self.ticket.ticket:
            return
        event = Related(
            ticket_id=self.ticket.ticket, at=at, role=by.role, actor=by.actor,
            source_id=by.source_id, basis=by.basis, kind=kind, other=other,
        )  # fmt: skip
        self.all.drafts.add(event, order=order)

    # the status: a section and a completion that say one thing

    def status(self, order: int, story: Story) -> Status | None:
        """Return the status that a move or a completion leads to, None where it stays."""
        what, op = story.op[0], story.op
        if what in ("in", "out"):
            return self.membership(story.kind, str(op[0]), op[1])
        if what == "move":
            if not self.ours(op):
                self.elsewhere()
                return None
            self.on = self.meant(op[1], op[2])
            to = self.moved(order)
        else:
            to = self.completed(order, done=op[1] is not None)
        now = self.ticket.value("status")
        if self.void or to is None or to == now:
            self.all.tally.left_out[self.no_more(story.kind)] += 1
            return None
        return to

    def elsewhere(self) -> None:
        """Count a move that is no change of the status."""
        account, tally = self.all.account, self.all.tally
        other = "" if account.status_field else " of another project"
        tally.left_out[f"section_changed{other}"] += 1
        if not account.project and not account.status_field:
            ticket = self.ticket.ticket
            tally.noted.note("several_projects", None, ticket, ticket=ticket)

    def no_more(self, kind: str) -> str:
        return (
            f"{kind} that says no more than {self.last}" if self.last else f"{kind} of no effect"
        )

    def moved(self, order: int) -> Status | None:
        """Return the status after a move; a completed task stays so wherever it is moved."""
        settled = self.on.category in SETTLED
        if self.done and not settled:
            if self.soon(order, "done", None) is None:
                return None
            self.done = False
        now = self.ticket.value("status")
        by_completion = now in (self.completion(done=True), self.completion(done=False))
        return None if by_completion and now.category == self.on.category else self.on

    def completed(self, order: int, *, done: bool) -> Status | None:
        """Return the status after a completion, or after it was taken back."""
        self.done = done
        now = self.ticket.value("status")
        if (now.category in SETTLED) is done:
            return None
        if (self.on.category in SETTLED) is done and self.on.category != "new":
            return self.on  # and nothing returns to new
        soon = self.soon(order, "move", done)
        return self.completion(done=done) if soon is None else soon

    def completion(self, *, done: bool) -> Status:
        """Return what the completion of a task means."""
        key = "complete" if done else "incomplete"
        return self.all.account.statuses.get(key, USUAL[key])

    def soon(self, order: int, what: str, settled: bool | None) -> Status | None:  # noqa: FBT001 - None is a third value
        """Return the status of what follows within seconds, None where nothing does."""
        start = self.stories[order].at
        for story in self.stories[order + 1 :]:
            if story.at - start > WITHIN:
                break
            if what == "done" and story.op == ("done", None):
                return self.on
            if what == "move" and self.ours(story.op):
                to = self.meant(story.op[1], story.op[2])
                if (to.category in SETTLED) is settled:
                    return to
        return None

    def membership(self, kind: str, what: str, project: str | None) -> Status | None:
        """Return the status of a task that leaves the project, or comes back to it."""
        own = self.all.account.project
        if not own or project != own or self.void is (what == "out"):
            if kind != "added_to_project" or project != (own or project):
                self.all.tally.left_out[kind] += 1
            return None
        self.void = what == "out"
        if self.void:
            return REMOVED
        settled = self.on.category in SETTLED
        return self.completion(done=True) if self.done and not settled else self.on

    # what is so now

    def now(self) -> None:
        """Tell the completion that no story tells, at its own stamp."""
        at = instant(self.task.get("completed_at"))
        if self.task.get("completed") is not True or at is None or self.void:
            return
        if self.done or self.ticket.value("status").category in SETTLED:
            return
        person = native_id(part(self.task, "completed_by").get("gid"))
        by = By("third_party", None, None, "snapshot")
        if person is not None:
            by = self.ticket.doer(person, None, basis="snapshot")
        at = max(at, self.ticket.at)
        self.ticket.sets(at, by, len(self.stories), {"status": self.completion(done=True)})


def _is(said: str, gid: str | None, named: str | None) -> bool:
    """Return whether a custom field is the one that the account names."""
    if not said:
        return False
    return said == gid or (named is not None and said.casefold() == named.casefold())


def _key(option: str | None, called: str | None, *known: Mapping[str, object]) -> str | None:
    """Return the gid of an option where the account knows that and not its name; else its name."""
    if called is None or (
        option is not None
        and any(option in table for table in known)
        and not any(called in table for table in known)
    ):
        return option
    return called
