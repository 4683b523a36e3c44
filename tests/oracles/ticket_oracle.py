"""A slow twin of the ticket fold: each answer is found by looking through the whole log again.

Events are plain dicts; a status is (name, category), a priority (name, rank). Nothing is
carried from one event to the next, so nothing can be carried wrongly.
"""

SETTLED = ("solved", "closed")
EMPTY = (None, "", frozenset())


def value_before(log, number, name):
    """The value of a field just before event `number`, by searching backwards."""
    for event in reversed(log[:number]):
        if name in event.get("fields", {}):
            return event["fields"][name]
    return None


def known_before(log, number, name):
    for event in reversed(log[:number]):
        if event.get("fields", {}).get(name) is not None:
            return event["fields"][name]
    return None


def changed(log, number):
    event = log[number]
    names = {
        name
        for name, value in event.get("fields", {}).items()
        if value != value_before(log, number, name)
    }
    if "status" in names:
        was = value_before(log, number, "status")
        if was is None or was[1] != event["fields"]["status"][1]:
            names.add("category")
    return names


def message_facts(log, number):
    event, first = log[number], log[0]
    role, found = event["role"], set()
    if event["public"] and (event["at"], role) == (first["at"], first["role"]):
        return found
    if role == "agent":
        found.add("acknowledged")
    if role == "customer" and event["public"]:
        found.add("contacted")
    if role == "agent" and event["public"]:
        found.add("replied")
        agent = value_before(log, number, "agent")
        if agent is not None and agent == event["actor"]:
            found.add("assignee_replied")
    return found


def category_facts(log, number):
    found = set()
    old = value_before(log, number, "status")
    old, new = old and old[1], log[number]["fields"]["status"][1]
    if new in SETTLED and old not in SETTLED:
        found.add("resolved")
    if old in SETTLED and new not in (*SETTLED, "void"):
        found.add("reopened")
    if new == "void":
        found.add("voided")
    if old == "void":
        found.add("restored")
    return found


def move_facts(log, number, name):
    new, old = log[number]["fields"][name], known_before(log, number, name)
    if new is None or old is None or new == old:
        return set()
    if name == "group":
        return {"transferred"}
    if new > old:
        return {
            "escalated",
            "escalated_functional" if name == "line" else "escalated_hierarchical",
        }
    return {"handed_back"} if name == "line" else set()


class Log(list):
    """A log that does not change, so what its events meant is looked for once."""

    def __init__(self, events):
        super().__init__(events)
        self.meant = {}


def facts(log, number):
    """What event `number` meant."""
    if not isinstance(log, Log):
        return meaning(log, number)
    if number not in log.meant:
        log.meant[number] = meaning(log, number)
    return log.meant[number]


def meaning(log, number):
    event = log[number]
    names, found = changed(log, number), set()
    if event["type"] == "message":
        found |= message_facts(log, number)
    if event["type"] == "created" and event["role"] == "customer":
        found.add("contacted")
    if event["type"] == "acknowledged":
        found.add("acknowledged")
    if event["type"] == "changed" and event["role"] == "agent":
        taken = "agent" in names and event["fields"]["agent"] is not None
        if "status" in names or taken:
            found.add("acknowledged")
    if "category" in names:
        found |= category_facts(log, number)
    for name in names & {"group", "line", "management_level"}:
        found |= move_facts(log, number, name)
    return found


def waiting_since(log, number):
    """When the oldest customer message without a later reply or solution was written."""
    waiting = None
    for place in reversed(range(number + 1)):
        meant = facts(log, place)
        if meant & {"replied", "resolved"}:
            break
        if "contacted" in meant:
            waiting = log[place]["at"]
    return waiting


def look(log, number, name):  # noqa: PLR0911 - one line a way of looking
    """What a pattern's name reads at event `number`: values of the time after it, or before."""
    event = log[number]
    if name == "facts":
        return frozenset(facts(log, number))
    if name == "changed":
        return frozenset(changed(log, number))
    if name == "event":
        return event["type"]
    if name in ("role", "actor", "public", "at"):
        return event.get(name)
    upto = number + 1
    if name.startswith("old."):
        upto, name = number, name.removeprefix("old.")
        if upto == 0:
            return None
    if name.startswith("times."):
        wanted = name.removeprefix("times.")
        return sum(wanted in facts(log, place) for place in range(upto))
    if name in ("status", "category"):
        return value_before(log, upto, "status")[name == "category"]
    if name in ("priority", "priority_rank"):
        priority = value_before(log, upto, "priority")
        return priority and priority[name == "priority_rank"]
    return value_before(log, upto, name)


def holds(data, log, number):  # noqa: C901, PLR0911 - one line a test
    """Whether a pattern, as data, holds at event `number`."""
    if "every" in data:
        return all(holds(part, log, number) for part in data["every"])
    if "some" in data:
        return any(holds(part, log, number) for part in data["some"])
    if "not" in data:
        return not holds(data["not"], log, number)
    found = look(log, number, data["field"])
    ((test, value),) = ((key, value) for key, value in data.items() if key != "field")
    if test == "has":
        return found not in EMPTY
    if found is None:
        return False
    if test == "is":
        return found == value
    if test == "in":
        return found in value
    if test == "contains":
        if isinstance(found, str):
            return any(word.lower() in found.lower() for word in value)
        return bool({word.lower() for word in found} & {word.lower() for word in value})
    if test in ("before", "after"):
        return found < value if test == "before" else found > value
    if isinstance(found, str):
        return False
    return found >= value if test == "at_least" else found <= value


def forbidden(statuses, initial, rows, log):
    """The numbers of the events whose change of status no (source, target) row allows."""
    wrong = []
    for number, event in enumerate(log):
        if "status" not in changed(log, number):
            continue
        name, category = event["fields"]["status"]
        known = (name, category) in statuses
        if number == 0:
            if not known or name not in initial:
                wrong.append(number)
        elif not known or (value_before(log, number, "status")[0], name) not in rows:
            wrong.append(number)
    return wrong
