"""Routing by the book, one agent and one minute at a time, on plain dicts.

Facts are those of the reference cases. Hours are read off the local clock; what changes with
time is not reasoned about: `retry_at` asks again every minute.
"""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BLOCKING = ("busy", "away", "offline")
ORDER = (
    *("excluded", "wrong_line", "wrong_team", "absent", "off_hours", "offline"),
    *("missing_skill", "skill_level_low", "skill_expired"),
    *("channel_full", "no_capacity", "rate_limited"),
)


def at(text):
    return datetime.fromisoformat(text)


def zone_of(agent, calendars):
    name = agent.get("calendar")
    return ZoneInfo(calendars[name]["tz"]) if name else UTC


def is_open(calendar, now):
    local = now.astimezone(ZoneInfo(calendar["tz"]))
    if local.date().isoformat() in calendar.get("holidays", ()):
        return False
    clock = local.strftime("%H:%M")
    ranges = calendar["weekly"].get(DAYS[local.weekday()], ())
    return any(start <= clock < end for start, end in ranges)


def is_valid(skill, agent, calendars, now):
    until = skill.get("valid_until")
    if until is None:
        return True
    if "T" not in until:
        today = now.astimezone(zone_of(agent, calendars)).date()
        return today <= date.fromisoformat(until)
    return now < at(until)


def counted(work, how):
    if how == "all":
        return work
    if how == "timer_on":
        return [item for item in work if item.get("timer") is True]
    return [item for item in work if item["status"] in ("open", "new")]


class World:
    """The facts of a case with the answers to single questions."""

    def __init__(self, data):
        self.options = data.get("options") or {}
        self.calendars = data.get("calendars") or {}
        self.weights = data.get("weights") or {}
        self.agents = data["agents"]
        self.work = list(data.get("work") or ())
        self.last = {a["id"]: a.get("last_assigned_at") for a in self.agents}
        self.recent = {a["id"]: list(a.get("recent") or ()) for a in self.agents}

    def load(self, agent):
        mine = [item for item in self.work if item["agent"] == agent["id"]]
        return counted(mine, self.options.get("count") or "open_new")

    def units(self, agent):
        return sum(self.weights.get(item["channel"], 1) for item in self.load(agent))

    def waited(self, ticket, now, after):
        return now - at(ticket["queued_at"]) >= timedelta(seconds=after)

    def lines(self, ticket, now):
        steps = self.options.get("fallback") or ()
        waited = [step["line"] for step in steps if self.waited(ticket, now, step["after_s"])]
        return [ticket["line"], *waited]

    def needs(self, ticket, now):
        found = {}
        for need in ticket.get("needs") or ():
            if not need["required"]:
                continue
            level, dropped = need["level"], False
            for step in self.options.get("relax") or ():
                if self.waited(ticket, now, step["after_s"]):
                    level -= (step.get("lower") or {}).get(need["skill"], 0)
                    dropped = dropped or need["skill"] in (step.get("drop") or ())
            if not dropped:
                found[need["skill"]] = max(1, level)
        return found

    def codes(self, agent, ticket, now):
        found = set()
        if any(one["agent"] == agent["id"] for one in ticket.get("exclude") or ()):
            found.add("excluded")
        if ticket.get("line") and agent.get("line") not in self.lines(ticket, now):
            found.add("wrong_line")
        if ticket.get("team") and agent.get("team") != ticket["team"]:
            found.add("wrong_team")
        if self.away(agent, now):
            found.add("absent")
        if agent.get("calendar") and not is_open(self.calendars[agent["calendar"]], now):
            found.add("off_hours")
        if agent.get("presence") in BLOCKING:
            found.add("offline")
        found |= self.unable(agent, ticket, now) | self.crowded(agent, ticket, now)
        return [code for code in ORDER if code in found]

    def unable(self, agent, ticket, now):
        found = set()
        held = {skill["name"]: skill for skill in agent.get("skills") or ()}
        for name, level in self.needs(ticket, now).items():
            if name not in held:
                found.add("missing_skill")
            elif held[name]["level"] < level:
                found.add("skill_level_low")
            elif not is_valid(held[name], agent, self.calendars, now):
                found.add("skill_expired")
        return found

    def crowded(self, agent, ticket, now):
        found = set()
        capacity = agent.get("capacity") or {}
        channel = ticket["channel"]
        items = sum(item["channel"] == channel for item in self.load(agent))
        if channel in (capacity.get("channels") or {}) and items >= capacity["channels"][channel]:
            found.add("channel_full")
        if "units" in capacity:
            weight = self.weights.get(channel, 1)
            if self.units(agent) + weight > capacity["units"]:
                found.add("no_capacity")
        limit = self.options.get("rate_limit")
        if limit:
            since = now - timedelta(seconds=limit["window_s"])
            recent = [one for one in self.recent[agent["id"]] if since < at(one) <= now]
            if len(recent) >= limit["max"]:
                found.add("rate_limited")
        return found

    def fit(self, agent, ticket, now):
        met, surplus = 0, 0
        held = {skill["name"]: skill for skill in agent.get("skills") or ()}
        for need in ticket.get("needs") or ():
            skill = held.get(need["skill"])
            if not skill or skill["level"] < need["level"]:
                continue
            if is_valid(skill, agent, self.calendars, now):
                met += 1
                surplus += skill["level"] - need["level"]
        return -met, -surplus if self.options.get("fit") == "highest" else surplus

    def limit(self, agent, ticket):
        """Used and most, in units or else in places on the channel; None without a limit."""
        capacity = agent.get("capacity") or {}
        if "units" in capacity:
            return self.units(agent), capacity["units"]
        channel = ticket["channel"]
        if channel in (capacity.get("channels") or {}):
            items = sum(item["channel"] == channel for item in self.load(agent))
            return items, capacity["channels"][channel]
        return None

    def ratio(self, agent, ticket):
        limit = self.limit(agent, ticket)
        if limit is None:
            return 0
        used, most = limit
        return used / most if most else 1

    def free(self, agent, ticket):
        limit = self.limit(agent, ticket)
        return float("inf") if limit is None else limit[1] - limit[0]

    def away(self, agent, now):
        return any(at(start) <= now < at(end) for start, end in agent.get("absences") or ())

    def sticky(self, ticket, now):
        """Who comes first for having had it: the owner, or a deputy of whoever is away."""
        owner, ttl = ticket.get("owner"), self.options.get("sticky_ttl_s")
        if not owner or not ttl or now - at(owner["since"]) >= timedelta(seconds=ttl):
            return None
        people = {agent["id"]: agent for agent in self.agents}
        name = owner["agent"]
        for _ in people:  # a longer way goes in a circle of people who are all away
            if name in people and self.away(people[name], now) and people[name].get("deputy"):
                name = people[name]["deputy"]
        return name

    def key(self, agent, ticket, now):
        sticky = self.sticky(ticket, now) == agent["id"]
        lines = self.lines(ticket, now) if ticket.get("line") else [agent.get("line")]
        last = self.last[agent["id"]]
        then = max(1, self.recent[agent["id"]].count(last))  # of a whole backlog all get some
        last = (last is not None, last and at(last), then)
        idle = agent.get("idle_since")
        strategy = self.options.get("strategy") or "default"
        own = {
            "default": (*self.fit(agent, ticket, now), self.ratio(agent, ticket), last),
            "least_loaded": (self.ratio(agent, ticket), last),
            "least_active": (self.units(agent), last),
            "most_available": (-self.free(agent, ticket), last),
            "round_robin": (last,),
            "longest_idle": (idle is not None, idle and at(idle)),
        }
        own["skill_fit"] = own["default"]
        return not sticky, lines.index(agent.get("line")), *own[strategy], agent["id"]

    def ranked(self, ticket, now):
        fine = [agent for agent in self.agents if not self.codes(agent, ticket, now)]
        return [agent["id"] for agent in sorted(fine, key=lambda one: self.key(one, ticket, now))]

    def retry_at(self, ticket, now, minutes):
        for k in range(1, minutes + 1):
            then = now + k * MINUTE
            if any(not self.codes(agent, ticket, then) for agent in self.agents):
                return then
        return None

    def assign(self, ticket, now):
        ranked = self.ranked(ticket, now)
        if not ranked:
            return None
        chosen, stamp = ranked[0], now.strftime("%Y-%m-%dT%H:%M:%SZ")
        work = {"agent": chosen, "channel": ticket["channel"], "status": "open", "timer": True}
        self.work.append(work)
        before = self.last[chosen]  # a clock of the host may run ahead of ours
        self.last[chosen] = stamp if before is None else max(before, stamp, key=at)
        self.recent[chosen].append(stamp)
        return chosen


def route(data, minutes):
    """Answer a routing case; `retry_at` is asked for so many minutes."""
    world, ticket, now = World(data), data["ticket"], at(data["as_of"])
    ranked = world.ranked(ticket, now)
    codes = {agent["id"]: world.codes(agent, ticket, now) for agent in data["agents"]}
    retry = None if ranked else world.retry_at(ticket, now, minutes)
    return {
        "agent": ranked[0] if ranked else None,
        "ranked": ranked,
        "rejected": {agent: found for agent, found in codes.items() if found},
        "retry_at": retry and retry.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def backlog(data):
    """Answer a backlog case, one ticket after the other."""
    world, now = World(data), at(data["as_of"])

    def turn(ticket):
        due, every = ticket.get("due"), world.options.get("ageing_s")
        raised = (now - at(ticket["queued_at"])) // timedelta(seconds=every) if every else 0
        rank = ticket["priority"] - max(raised, 0)
        return rank, due is None, due and at(due), at(ticket["queued_at"]), ticket["id"]

    order = sorted(data["tickets"], key=turn)
    assigned = {ticket["id"]: world.assign(ticket, now) for ticket in order}
    return {"order": [ticket["id"] for ticket in order], "assigned": assigned}
