"""The slow twin of merges: instant by instant, who lives where, and what is read there.

Logs are plain events by ticket. At each instant the merges are judged first: one into the ticket
itself, or into one that leads back, has no effect and is left out. Then what is written is read
where the ticket lives at the end of the chain, and what waited on a ticket merged now waits there
from now on, or from the creation of that ticket.

Before this: `ticket_oracle`. Next: `tests/sla/test_merge_oracle.py`.
"""

from oracles import ticket_oracle as tickets


def home(links, name):
    """Where a ticket lives: the end of the chain of merges."""
    while name in links:
        name = links[name]
    return name


def is_merge(event):
    return event.get("kind") == "merged_into"


def merged(logs):
    """Return the logs after their merges."""
    links, found = {}, {name: [] for name in logs}
    born = {name: log[0]["at"] for name, log in logs.items()}
    for at in sorted({event["at"] for log in logs.values() for event in log}):
        judged, closing = judge(logs, links, at)
        authors = {(name, event["actor"]) for name, event in judged}
        authors |= {(event["other"], event["actor"]) for _, event in judged}
        for name, log in logs.items():
            linked = None
            for number, event in enumerate(log):
                if event["at"] != at or event in closing:
                    continue
                row, now = dict(event), linked or links.get(name)
                if row["type"] == "message" and row["role"] == "agent":
                    row["public"] = row["public"] and (name, row["actor"]) not in authors
                if is_merge(event) and (name, event) in judged:
                    linked = event["other"]
                elif "restored" in tickets.facts(log, number):
                    linked, now = None, None
                    links.pop(name, None)
                put(found, born, home({**links, "": ""}, now) if moved(row, now) else name, row)
        for name, event in judged:
            waits = tickets.waiting_since(found[name], len(found[name]) - 1)
            again = (
                links.get(name) == event["other"]
            )  # what waited has gone there, or on from there
            links[name] = event["other"]
            if waits is not None and not again:
                words = {"type": "message", "at": at, "role": "customer", "public": True}
                put(found, born, home(links, name), {**words, "actor": None})
    return {name: sorted(log, key=in_order) for name, log in found.items()}


def in_order(event):
    return event["at"], event["type"] != "created"


def moved(row, now):
    return row["type"] == "message" and now is not None


def judge(logs, links, at):
    """Return the merges of an instant that have an effect, and those that close a circle."""
    links, judged, closing = dict(links), [], []
    for name, log in logs.items():
        for event in log:
            if event["at"] != at or not is_merge(event) or event["other"] not in logs:
                continue
            others = {source: target for source, target in links.items() if source != name}
            if home(others, event["other"]) == name:
                closing.append(event)
            else:
                links[name] = event["other"]
                judged.append((name, event))
    return judged, closing


def put(found, born, name, row):
    """Write an event into a log, at the creation of its ticket at the earliest."""
    found[name].append({**row, "at": max(row["at"], born[name])})
