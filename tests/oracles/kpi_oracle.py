"""A slow twin of the KPIs: rows of plain dicts, every question answered by scanning them again.

A row has a ticket, an instant `t` in seconds, a type and what belongs to it; rows of one instant
keep their order. Nothing is folded and nothing kept: statuses before and after each row are
looked up from the start, so that no state can be forgotten.
"""

from fractions import Fraction
from itertools import pairwise

DONE = ("solved", "closed")


def lives(rows, as_of):
    """Return ticket -> rows known at `as_of`, in order, for tickets that exist."""
    found = {}
    for row in rows:
        if row["t"] <= as_of:
            found.setdefault(row["ticket"], []).append(row)
    return {ticket: sorted(life, key=lambda row: row["t"]) for ticket, life in found.items()}


def after(life, i):
    """Return the status after row i; -1 is before the creation."""
    named = [row["status"] for row in life[: i + 1] if "status" in row]
    return named[-1] if named else None


def is_void(life):
    return after(life, len(life) - 1) == "void"


def is_solved(life):
    return after(life, len(life) - 1) in DONE


def solves(life):
    return [
        i for i in range(len(life)) if after(life, i) in DONE and after(life, i - 1) not in DONE
    ]


def reopenings(life):
    return [
        i
        for i in range(1, len(life))
        if after(life, i - 1) in DONE and after(life, i) not in (*DONE, "void")
    ]


def contacts(life):
    return [
        i
        for i, row in enumerate(life)
        if row["type"] == "customer_message" or (i == 0 and row["by"] == "customer")
    ]


def replies(life):
    return [i for i, row in enumerate(life) if row["type"] == "agent_reply"]


def first_response(life):
    if not contacts(life):
        return "no_contact"
    start = contacts(life)[0]
    for i in replies(life):
        if i > start:
            return life[i]["t"] - life[start]["t"]
    return "solved_without_reply" if is_solved(life) else "waiting"


ROLES = {
    "customer_message": "customer",
    "survey_answered": "customer",
    "survey_sent": "system",
    "bot_reply": "bot",
    "agent_reply": "agent",
    "internal_note": "agent",
}


def acts(row, agent):
    """Return whether a row may be an act of an agent: it names them, or no agent at all."""
    names = row["type"] in ("agent_reply", "internal_note", "status")
    who = row.get("agent") if names else None
    role = ROLES.get(row["type"]) or row.get("by", "agent")
    return who == agent or (who is None and role == "agent")


def offers(life):
    """Return the rows that hand the ticket to an agent who does nothing until it is taken back."""
    found = []
    for i, row in enumerate(life):
        agent = row.get("agent") if row["type"] in ("assigned", "created") else None
        if agent is None or agent == assignee(life, i) or row.get("by") not in ("system", "bot"):
            continue
        ends = [j for j in range(i + 1, len(life)) if assignee(life, j + 1) != agent]
        if ends and not any(acts(each, agent) for each in life[i : ends[0] + 1]):
            found.append(i)
    return found


def assignments(life):
    """Return the rows after the first that give the ticket to an agent, offers left out."""
    given = [i for i, row in enumerate(life) if row["type"] == "assigned" and row.get("agent")]
    return [i for i in given if i not in offers(life)]


def first_response_with(life, *, agent_created, start, bots, notes):
    """Return the first response as one of the other tools would have it."""
    if agent_created == "exclude" and life[0]["by"] != "customer":
        return "agent_created"
    kinds = ["agent_reply"] + ["bot_reply"] * bots + ["internal_note"] * notes
    if start == "assignment":
        begins, missing = assignments(life), "never_assigned"
    elif agent_created == "next_public_reply":
        begins, missing = [0], None
    else:
        begins, missing = contacts(life), "no_contact"
    if not begins:
        return missing
    answers = [i for i, row in enumerate(life) if i > begins[0] and row["type"] in kinds]
    if answers:
        return life[answers[0]]["t"] - life[begins[0]]["t"]
    return "solved_without_reply" if is_solved(life) else "waiting"


def waits(life):
    """Return (start, end, outcome, before any reply to a contact), one a waiting period."""
    found = []
    covered = -1  # rows up to here belong to a period, or lie before its end
    for start in contacts(life):
        if start <= covered:
            continue
        if after(life, start - 1) in DONE and not any(j >= start for j in reopenings(life)):
            continue
        first = not any(i > contacts(life)[0] for i in replies(life) if i < start)
        ends = [(i, "replied") for i in replies(life) if i > start]
        ends += [(i, "solved") for i in solves(life) if i >= start]
        # a reply that solves answers first
        end, outcome = min(ends, key=lambda e: (e[0], e[1] == "solved"), default=(None, "waiting"))
        found.append((life[start]["t"], None if end is None else life[end]["t"], outcome, first))
        covered = len(life) if end is None else end if outcome == "replied" else max(end, start)
    return found


def responses(life, *, further):
    periods = [period for period in waits(life) if not (further and period[3])]
    return [
        end - start
        if outcome == "replied"
        else "waiting"
        if outcome == "waiting"
        else "solved_without_reply"
        for start, end, outcome, _ in periods
    ]


def acknowledgement(life):
    if life[0]["by"] != "customer":
        return "agent_created"
    for row in life[1:]:
        acted = row["type"] in ("agent_reply", "internal_note") or (
            row.get("by", "agent") == "agent"
            and (
                (row["type"] == "status")
                or (row["type"] == "assigned" and row.get("agent") is not None)
            )
        )
        if acted:
            return row["t"] - life[0]["t"]
    return "not_acknowledged"


def first_resolution(life):
    return life[solves(life)[0]]["t"] - life[0]["t"] if solves(life) else "unsolved"


def full_resolution(life):
    if not is_solved(life):
        return "open_again" if solves(life) else "unsolved"
    return life[solves(life)[-1]]["t"] - life[0]["t"]


def time_in(life, categories):
    if not is_solved(life):
        return "open_again" if solves(life) else "unsolved"
    last = solves(life)[-1]
    return sum(
        life[i + 1]["t"] - life[i]["t"] for i in range(last) if after(life, i) in categories
    )


def first_resolution_without(life, categories):
    """Return first resolution less the time in some categories."""
    if not solves(life):
        return "unsolved"
    rows = range(solves(life)[0])
    return sum(life[i + 1]["t"] - life[i]["t"] for i in rows if after(life, i) not in categories)


def backlog(rows, at, age_from="created"):
    """Return the ages of tickets open at an instant."""
    ages = []
    for life in lives(rows, at).values():
        if after(life, len(life) - 1) not in (*DONE, "void"):
            again = reopenings(life) if age_from == "reopened" else []
            ages.append(at - life[again[-1] if again else 0]["t"])
    return sorted(ages)


def solved_per_created(rows, as_of, since, until):
    """Return (distinct tickets solved in a period, tickets created in it)."""
    known = [life for life in lives(rows, as_of).values() if not is_void(life)]
    solved = [life for life in known if any(since <= life[i]["t"] < until for i in solves(life))]
    return len(solved), sum(since <= life[0]["t"] < until for life in known)


def resolved_with_contact(life, holds):
    if not contacts(life):
        return "no_contact"
    return holds if is_solved(life) else "unsolved"


def owners(life, name):
    """Return the known owners in order, equal neighbors once."""
    found, not_taken = [], offers(life) if name == "agent" else []
    for i, row in enumerate(life):
        named = row["type"] in ("created", "assigned") and i not in not_taken
        value = row.get(name) if named else None
        if value is not None and (not found or found[-1] != value):
            found.append(value)
    return found


def no_handoff(life):
    alone = all(len(owners(life, name)) <= 1 for name in ("group", "agent"))
    return resolved_with_contact(life, alone and not reopenings(life))


def reopened(life, within, as_of):
    """Return how many reopenings, or why the ticket is left out."""
    if not solves(life):
        return "unsolved"
    first = life[solves(life)[0]]["t"]
    if within is None:
        return len(reopenings(life))
    if first + within > as_of:
        return "immature"
    return sum(life[i]["t"] <= first + within for i in reopenings(life))


def solved_within(life, horizon, as_of):
    end = life[0]["t"] + horizon
    if end > as_of:
        return "immature"
    return any(life[i]["t"] <= end for i in solves(life))


def escalations(life):
    lines = owners(life, "line")
    return sum(b > a for a, b in pairwise(lines)) if lines else "no_line"


def first_level(life):
    lines = owners(life, "line")
    if not lines:
        return "no_line"
    if not is_solved(life):
        return "open_again" if solves(life) else "unsolved"
    return set(lines) == {1}


def transfers(life):
    return len(owners(life, "group")) - 1 if owners(life, "group") else "no_group"


def bounces(life):
    groups = owners(life, "group")
    return sum(a == c for a, c in zip(groups, groups[2:], strict=False)) if groups else "no_group"


def handoffs(life):
    return max(len(owners(life, "agent")) - 1, 0)


def touches(life, gap):
    work = [row for row in life if row["type"] in ("agent_reply", "internal_note")]
    return sum(
        i == 0 or work[i - 1]["agent"] != row["agent"] or row["t"] - work[i - 1]["t"] > gap
        for i, row in enumerate(work)
    )


def assignee(life, i):
    """Return who the ticket is assigned to before row i."""
    owner = None
    for row in life[:i]:
        if row["type"] in ("created", "assigned") and "agent" in row:
            owner = row["agent"]
    return owner


def belongs_to(life, i):
    """Return whose a row is: the owner just before it, who acted, or the last owner."""
    row = life[i]
    kinds = ("agent_reply", "internal_note", "status")
    by_agent = row["type"] in kinds and row.get("by", "agent") == "agent"
    named = row.get("agent") if by_agent and i else None
    not_taken = offers(life)
    held = [
        each["agent"]
        for j, each in enumerate(life[: i + 1])
        if each["type"] in ("created", "assigned") and each.get("agent") and j not in not_taken
    ]
    return assignee(life, i) or named or (held[-1] if held else None)


def not_solved(life):
    return "open_again" if solves(life) else "unsolved"


def credit(life, rule):
    """Return the agents credited, as often as they count; or why nobody is."""
    if rule == "solutions":
        return [belongs_to(life, i) for i in solves(life)] or "unsolved"
    if not is_solved(life):
        return not_solved(life)
    if rule == "solver":
        return [belongs_to(life, solves(life)[-1])]
    kinds = ("agent_reply",) if rule == "first_replier" else ("agent_reply", "internal_note")
    agents = [row["agent"] for row in life if row["type"] in kinds]
    return (agents[:1] if rule == "first_replier" else agents) or "unattributed"


def cost(life, prices):
    if not is_solved(life):
        return not_solved(life)
    held = owners(life, "line")
    return sum(prices[line] for line in prices if line in held) if held else "no_line"


def contained_by_bot(life):
    if all(row["type"] != "bot_reply" for row in life):
        return "no_bot"
    if any(row["type"] in ("agent_reply", "internal_note") for row in life) or assignments(life):
        return False
    return not reopenings(life) if is_solved(life) else "unsolved"


def deflection(rows, visits, as_of, window):
    """Return (deflected, of how many, visits too young, visits by nobody known)."""
    tickets = [
        life[0]
        for life in lives(rows, as_of).values()
        if life[0]["by"] == "customer" and not is_void(life)
    ]
    deflected = young = unknown = 0
    for t, requester in visits:
        if t > as_of:
            continue
        if requester is None:
            unknown += 1
        elif t + window > as_of:
            young += 1
        else:
            asked = [row["t"] for row in tickets if row.get("requester") == requester]
            deflected += all(at < t or at > t + window for at in asked)
    return deflected, deflected + len(tickets), young, unknown


def answer(life, kind):
    """Return the last answer of a kind; None without one."""
    answers = [row for row in life if row["type"] == "survey_answered" and row["kind"] == kind]
    return answers[-1] if answers else None


def score(life, kind):
    given = answer(life, kind)
    return None if given is None else given["score"]


def score_on(life, kind, scale):
    """Return the score on one scale, or that it is on another."""
    given = answer(life, kind)
    return None if given is None else given["score"] if given["scale"] == scale else "other_scale"


def ease(life, kind):
    """Return how near to the lowest end of its scale the last answer is."""
    given = answer(life, kind)
    if given is None:
        return None
    low, high = given["scale"]
    return Fraction(round(2 * (high - given["score"])), 2 * (high - low))


def satisfied(life):
    """Return whether the last answer is one of the two best of five or more, else the best."""
    given = answer(life, "csat")
    if given is None:
        return None
    low, high = given["scale"]
    return given["score"] >= (high - 1 if high - low >= 4 else high)


def promotes(life):
    """Return 1, 0 or -1 for a promoter, a passive or a detractor; of 0 to 10 alone."""
    given = score_on(life, "nps", [0, 10])
    if given is None or isinstance(given, str):
        return given
    return 1 if given >= 9 else -1 if given <= 6 else 0


def responded(life, kind):
    asked = any(row["type"] == "survey_sent" and row["kind"] == kind for row in life)
    return score(life, kind) is not None if asked else None


def repeats(rows, as_of, window, anchor="created", link="previous", history_from=None):
    """Return (repeats, contacts, those without history, chains, longest chain).

    Contacts are tickets of customers with known requester and topic. Of each, all earlier ones
    of its kind are looked at again, to find the chain that it would join.
    """
    contacts = [
        life
        for life in lives(rows, as_of).values()
        if not is_void(life) and life[0]["by"] == "customer"
    ]
    contacts = [life for life in contacts if life[0].get("requester") and life[0].get("topic")]
    contacts.sort(key=lambda life: life[0]["t"])
    chains = []
    again = counted = 0
    for life in contacts:
        now = life[0]["t"]
        mine = [chain for chain in chains if kind_of(chain[0]) == kind_of(life)]
        joins = bool(mine) and now - gap_from(mine[-1], now, anchor, link) <= window
        if joins:
            mine[-1].append(life)
        else:
            chains.append([life])
        if history_from is None or now >= history_from + window:
            counted += 1
            again += joins
    long = [len(chain) for chain in chains]
    young = len(contacts) - counted
    return again, counted, young, sum(n > 1 for n in long), max(long, default=0)


def kind_of(life):
    return life[0]["requester"], life[0]["topic"]


def gap_from(chain, now, anchor, link):
    """Return from when the gap to a chain is measured; from now where it was not solved."""
    earlier = chain[0 if link == "first" else -1]
    if anchor == "created":
        return earlier[0]["t"]
    so_far = [row for row in earlier if row["t"] <= now]
    return so_far[solves(so_far)[-1]]["t"] if is_solved(so_far) else now


def no_repeat(rows, ticket, as_of, window):
    everything = lives(rows, as_of)
    life = everything[ticket]
    if not contacts(life):
        return "no_contact"
    if not solves(life):
        return "unsolved"
    if not life[0].get("requester"):
        return "unknown_requester"
    start = life[solves(life)[0]]["t"]
    if start + window > as_of:
        return "immature"
    came_back = any(start < life[i]["t"] <= start + window for i in reopenings(life))
    for other in everything.values():
        first = other[0]
        same = all(first.get(name) == life[0].get(name) for name in ("requester", "topic"))
        if same and first["by"] == "customer" and not is_void(other):
            came_back = came_back or start < first["t"] <= start + window
    return not came_back
