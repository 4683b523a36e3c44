"""A small sound log of two tickets, and what its columns mean."""

from support_model.adapters.table import TableMapping

MAPPING = TableMapping(
    name="small",
    ticket="ticket",
    at="at",
    status=("status",),
    group="team",
    categories={
        "New": "new",
        "Open": "open",
        "Wait": "pending",
        "Done": "solved",
        "Shut": "closed",
    },
)
HEADER = "ticket,at,status,team,topic\n"
ROWS = (
    "1,2026-03-02T08:00:00Z,New,,vpn\n"
    "1,2026-03-02T09:00:00Z,Open,desk,vpn\n"
    "2,2026-03-02T09:30:00Z,New,desk,mail\n"
    "1,2026-03-02T12:00:00Z,Done,desk,vpn\n"
    "2,2026-03-03T09:30:00Z,Open,net,mail\n"
    "1,2026-03-07T12:00:00Z,Shut,desk,vpn\n"
)
