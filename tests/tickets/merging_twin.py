"""Merges by their definition, each instant judged by walking every chain: slow, and no cache."""

from oracles import ticket_oracle as oracle
from tickets.twin import plain

from support_model.events import Changed, Created, Message, Related
from support_model.instants import instant

__all__ = ["short", "twin_of_merges"]


def short(event):
    """What of an event a merge can move or change."""
    if isinstance(event, Message):
        return "message", event.micros, event.role, event.actor, event.source_id
    if isinstance(event, Related):
        return "related", event.micros, event.other
    return event.type, event.micros, dict(event.fields)["status"].category


def twin_of_merges(logs):  # noqa: C901 - one definition, read from top to bottom
    """Return the logs in short after their merges, and the merges that close circles."""
    plains = {name: [] for name in logs}
    shorts = {name: [] for name in logs}
    into, circles = {}, []

    def write(name, row, said):
        plains[name].append(row)
        shorts[name].append(said)

    def append(name, row, said):
        if logs[name][0].seq is not None or said not in shorts[name]:
            write(name, row, said)

    def waits(name):
        return oracle.waiting_since(plains[name], len(plains[name]) - 1) is not None

    for now in sorted({event.micros for log in logs.values() for event in log}):
        rows = [(name, e) for name in sorted(logs) for e in logs[name] if e.micros == now]
        was_born = {name for name, log in logs.items() if log[0].micros < now}
        born = {name for name, log in logs.items() if log[0].micros <= now}
        old = {name: other for name, other in into.items() if other in born}
        into, refused, held, restored = judged(logs, rows, into)
        circles += [(name, other) for _, name, other in refused]
        comments = {name for pair in held for name in pair}
        links = {name: other for name, other in into.items() if other in born}
        gone = (old.keys() & links.keys()) - restored
        late = {name for name in gone if old[name] not in was_born}
        waiting, moved = {name for name in late if waits(name)}, []
        for name, event in rows:
            if isinstance(event, Related) and (event.seq or 0, name, event.other) in refused:
                continue
            row, said = plain(event), short(event)
            places = {name, end(name, links) if name in gone else name}
            if said[0] == "message" and places & comments and said[2:4] == ("agent", "ann"):
                row, said = {**row, "role": "system"}, (*said[:2], "system", "ann", said[4])
            if name in gone and said[0] == "message":
                moved.append((name, row, said))
                continue
            write(name, row, said)
            if isinstance(event, Related) and name in links:
                gone.add(name)
                if links[name] != old.get(name) or name in restored:
                    waiting = (waiting - {name}) | ({name} if waits(name) else set())
        for name in sorted(waiting):
            row = {"type": "message", "at": now, "role": "customer", "actor": None, "public": True}
            asked = f"{name}: waiting when merged at {instant(now).isoformat()}"
            said = ("message", now, "customer", None, asked)
            append(end(name, links), row, said)
        for name, row, said in moved:
            append(end(name, links), row, said)
    return shorts, circles


def end(name, links):
    while name in links:
        name = links[name]
    return name


def judged(logs, rows, into):
    """Return the links after an instant, what was refused and held in it, and who came back."""
    into, told, restored = dict(into), [], set()
    for name, event in rows:
        if isinstance(event, Related):
            told.append((event.seq or 0, name, event.other))
        elif left_void(logs[name], event):
            into.pop(name, None)
            restored.add(name)
            told = [row for row in told if row[1] != name]
    refused, held = [], []
    for seq, name, other in sorted(told, key=lambda row: row[:2]):
        here, seen = other, set()
        while here != name and here in into and here not in seen:
            seen.add(here)
            here = into[here]
        if here == name:
            refused.append((seq, name, other))
        else:
            into[name] = other
            held.append((name, other))
    return into, refused, held, restored


def left_void(log, event):
    if not isinstance(event, Changed):
        return False
    place = next(i for i, other in enumerate(log) if other is event)
    states = [
        dict(e.fields)["status"].category for e in log[:place] if isinstance(e, Created | Changed)
    ]
    return states[-1] == "void" and dict(event.fields)["status"].category != "void"
