"""Workflow timers the slow way: minute after minute, is the guard true and the wait over?

Events are dicts: `minute`, `role`, and `set` (status, priority) or `say` (public). A row has
`action`, `sources`, `to` (None stays), `after` (minutes), `guard` (None, a priority, or
"role:..."), `anchor` (None is entering, else a role), `says` (whether it writes in public).
A moment is (minute, action, status, stay, stretch).
"""


class Log:
    """What a ticket was at each minute, and what was said when."""

    def __init__(self, events, minutes):
        self.states, self.said, self.messages = [], [], {}
        state, rows = {}, list(events)
        for k in range(minutes + 1):
            while rows and rows[0]["minute"] == k:
                row = rows.pop(0)
                if "set" in row:
                    state = {**state, **row["set"]}
                    self.said.append((k, "changed", tuple(sorted(row["set"].items()))))
                if "say" in row:
                    self.said.append((k, "message", row["say"]))
                    if row["say"]:
                        self.messages.setdefault(row["role"], []).append(k)
                if k == 0 and row["role"] == "customer" and "set" in row:
                    self.messages.setdefault("customer", []).append(0)
            self.states.append(dict(state))


def holds(guard, state):
    if guard is None:
        return True
    if guard.startswith("role:"):
        return guard == "role:system"
    return state["priority"] == guard


def makes(row, state):
    """What the action would say and change, as the log would hold it."""
    found = [("message", True)] if row["says"] else []
    to = row["to"] or state["status"]
    if to != state["status"]:
        found.append(("changed", (("status", to),)))
    return found


def moments(events, rows, minutes):
    log = Log(events, minutes)
    found = []
    for row in rows:
        stays, stretch, entered, anchor, fired, last = {}, 0, None, None, False, None
        for k, state in enumerate(log.states):
            if last is None or state["status"] != last:
                last, entered, stretch, anchor = state["status"], k, 0, None
                stays[last] = stays.get(last, 0) + 1
            before = [at for at in log.messages.get(row["anchor"], ()) if at <= k]
            begin = entered if row["anchor"] is None else max(before, default=None)
            fits = last in row["sources"] and begin is not None
            if not fits or not holds(row["guard"], state):
                anchor = None
                continue
            if anchor != begin:
                anchor, stretch, fired = begin, stretch + 1, False
            if fired or k < begin + row["after"]:
                continue
            fired = True
            made = makes(row, state)
            answered = any(at >= k and tuple(said) in made for at, *said in log.said)
            if made and not answered:
                found.append((k, row["action"], last, stays[last], stretch))
    return sorted(found)
