"""Start the help desk: `python -m examples.helpdesk`."""

import argparse
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import uvicorn

from support_model import serde

from . import store
from .app import create_app
from .host import Host, timer
from .sample import fill
from .slack import Webhook

DESK = Path(__file__).parent / "desk.toml"


def main() -> None:
    """Read the arguments, put the parts together, serve."""
    parser = argparse.ArgumentParser(prog="helpdesk", description=__doc__)
    parser.add_argument("part", nargs="?", default="all", choices=("all", "pages", "timer"))
    parser.add_argument("--url", default="sqlite:///helpdesk.db", help="the database")
    parser.add_argument("--desk", default=DESK, type=Path, help="the rules")
    parser.add_argument("--webhook", help="where notifications go; else they are printed")
    parser.add_argument("--port", default=8000, type=int)
    parser.add_argument("--sample", action="store_true", help="fill an empty database")
    given = parser.parse_args()
    site = f"http://127.0.0.1:{given.port}"
    host = Host(
        desk=serde.load_desk(given.desk),
        engine=store.connected(given.url),
        now=lambda: datetime.now(UTC),
        send=Webhook(given.webhook, site) if given.webhook else printed,
    )
    if given.sample:
        fill(host)
    with nullcontext() if given.part == "pages" else timer(host):
        if given.part == "timer":
            print("The timer runs.", flush=True)
            Event().wait()
        print(f"The help desk is at {site} (and {site}/docs).", flush=True)
        uvicorn.run(create_app(host), host="127.0.0.1", port=given.port, log_level="warning")


def printed(one: store.Notification) -> None:
    """Show a notification where there is no webhook."""
    print(
        f"for {', '.join(one.recipients) or 'all'}: #{one.ticket_id} {one.topic}: {one.text}",
        flush=True,
    )


if __name__ == "__main__":
    main()
