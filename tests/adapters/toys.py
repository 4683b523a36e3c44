"""Two small systems, and files of theirs: what frames are tested with."""

import io
import json
import zipfile
from datetime import datetime

from support_model.adapters import Account, _reading, _streaming
from support_model.adapters._payloads import Tally, pages_of, refuse_error
from support_model.events import Created
from support_model.vocabulary import Status


class Toy:
    """A system whose documents are lists of tickets, or one ticket each."""

    VENDOR = "toy"
    TITLE = "Toy desk"
    Account = Account

    def __init__(self):
        self.read_of = []

    def read(self, payloads, account=Account()):  # noqa: B008 - frozen
        tally = Tally("toy")
        pages = pages_of("toy", payloads)
        self.read_of = [page.path for page in pages]
        tickets = {}
        for page in pages:
            items = page.items() if isinstance(page.value, list) else [page]
            for item in items:
                refuse_error(item, ["id", "user"])
                if "user" in item.mapping():
                    tally.left_out["user"] += 1
                    continue
                tickets.setdefault(item["id"].id(), item)
                if item.value.get("cut"):
                    tally.cut(item["id"].id(), "cut_history")
        self.account = account
        events = [
            Created(
                ticket_id=ticket,
                at=datetime.fromisoformat(item["at"].text()),
                role="customer",
                seq=1,
                fields={"status": Status("new", "new")},
            )
            for ticket, item in sorted(tickets.items())
        ]
        return tally.reading(events)

    def ticket_of(self, value):
        if not isinstance(value, dict) or not {"id", "user"} & value.keys():
            return None
        return "" if "user" in value else str(value["id"])

    def recognized(self, value):
        item = value[0] if isinstance(value, list) and value else value
        return "id beside at" if isinstance(item, dict) and "at" in item else ""


class TableToy(Toy):
    VENDOR = "tables"
    TITLE = "Tables desk"

    def read_tables(self, tables, account):
        self.tables = tables
        return self.read(
            [{"id": row[0], "at": row[1]} for rows in tables.values() for row in rows[1:]], account
        )

    def recognized(self, value):
        return "a key `board`" if isinstance(value, dict) and "board" in value else ""


def installed(monkeypatch):
    """Put the two in place of all systems."""
    known = {"toy": Toy(), "tables": TableToy()}
    for module in (_reading, _streaming):
        monkeypatch.setattr(module, "SYSTEMS", tuple(known))
        monkeypatch.setattr(module, "system", known.__getitem__)
    return known


ITEMS = [{"id": n, "at": f"2026-03-02T09:{n:02}:00Z"} for n in range(1, 8)]


def saved(folder, name, value):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(value if isinstance(value, bytes) else as_json(value))
    return path


def as_json(value):
    return json.dumps(value).encode()


def as_lines(items):
    return b"".join(as_json(item) + b"\n" for item in items)


def zipped(members, **options):
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", **options) as archive:
        for name, value in members.items():
            archive.writestr(name, value)
    return raw.getvalue()
