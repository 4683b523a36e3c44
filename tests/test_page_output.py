"""What the pages about systems say that the command prints is what it prints.

    python tests/test_page_output.py --write

Each page names files as a reader would; here stands which constructed file each of them is. The
`account.toml` of a command is the last block of TOML above it.
"""

import io
import json
import re
import shlex
import shutil
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from support_model import __main__ as command

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "docs" / "how-to"
DATA = ROOT / "tests" / "data" / "vendors"


def the_last_page():
    """The incremental export of Zendesk, as if it were its only page."""
    page = json.loads((DATA / "zendesk" / "incremental_ticket_events.json").read_text("utf-8"))
    return {**page, "end_of_stream": True, "next_page": None}


def metrics():
    """What Zendesk computes of a ticket of that page."""
    reply, resolution = {"calendar": 42, "business": 21}, {"calendar": 2880}
    told = {"ticket_id": 3101, "reopens": 1, "replies": 3, "reply_time_in_minutes": reply}
    return {"ticket_metrics": [{**told, "full_resolution_time_in_minutes": resolution}]}


FILES = {
    "from-your-system-to-events": {
        "events.json": "zendesk/incremental_ticket_events.json",
        "tickets.json": "freshdesk/ticket_with_conversations.json",
    },
    "read-1c": {
        "tickets.csv": "onec/constructed_A_obrashcheniya.csv",
        "history.csv": "onec/constructed_A_istoriya_izmeneniy.csv",
        "comments.csv": "onec/constructed_A_kommentarii.csv",
    },
    "read-asana": {"task_with_stories.json": "asana/task_with_stories.json"},
    "read-chatwoot": {
        "webhooks.json": "chatwoot/webhooks.json",
        "pages.json": "chatwoot/api_pages.json",
    },
    "read-glpi": {"ticket.json": "glpi/ticket_log_and_subitems.json"},
    "read-intercom": {"conversation.json": "intercom/conversation_with_part_states.json"},
    "read-jira": {"HELP-51.json": "jira/issue_and_changelog_pages.json"},
    "read-slack": {"slack-export.zip": "slack/export.zip"},
    "read-surveymonkey": {"responses.csv": "surveymonkey/responses_two_header_rows.csv"},
    "read-zendesk": {"events.json": the_last_page, "metrics.json": metrics},
    "read-trello": {"board.json": "trello/board_export.json"},
}
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
TOML = re.compile(r"```toml\n(.*?)```", re.DOTALL)


def printed(page, text):
    """Return the blocks of a page as they would be if they were run now."""
    with TemporaryDirectory() as folder, chdir(folder):
        for name, source in FILES[page].items():
            if isinstance(source, str):
                shutil.copy(DATA / source, name)
            else:
                Path(name).write_text(json.dumps(source()), "utf-8")
        made = []
        for block in BLOCK.finditer(text):
            accounts = TOML.findall(text[: block.start()])
            if accounts:
                Path("account.toml").write_text(accounts[-1], "utf-8")
            made.append(run(block[1]))
        return made


def run(block):
    """Return a block with what its commands print; a report is left as it stands."""
    pieces = re.split(r"(?m)^\$ ", block)[1:]
    made = []
    for piece in pieces:
        line = piece.split("\n", 1)[0]
        arguments = shlex.split(line)
        if arguments[:3] != ["python", "-m", "support_model"] or arguments[3] != "events":
            made.append(f"$ {piece}")
            continue
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            command.main(arguments[3:])
        made.append(f"$ {line}\n{out.getvalue().strip()}\n")
    return "".join(made)


@pytest.mark.parametrize("page", FILES)
def test_a_page_shows_what_the_command_prints(page):
    text = (PAGES / f"{page}.md").read_text("utf-8")
    for stands, runs in zip(BLOCK.findall(text), printed(page, text), strict=True):
        assert stands == runs


def write():
    for page in FILES:
        path = PAGES / f"{page}.md"
        text = path.read_text("utf-8")
        for stands, runs in zip(BLOCK.findall(text), printed(page, text), strict=True):
            text = text.replace(f"```console\n{stands}```", f"```console\n{runs}```", 1)
        path.write_text(text, "utf-8")


if __name__ == "__main__" and sys.argv[1:] == ["--write"]:
    write()
