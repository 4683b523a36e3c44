"""The pages and the JSON of the example help desk, and one round in a browser."""

import json
import re
import shutil
import sys
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from subprocess import PIPE, Popen
from threading import Event as Signal
from threading import Thread
from time import monotonic, sleep

import pytest

pytest.importorskip("sqlalchemy", reason="sqlalchemy")
pytest.importorskip("fastapi", reason="fastapi")
pytest.importorskip("httpx", reason="httpx")
uvicorn = pytest.importorskip("uvicorn", reason="uvicorn")

from fastapi.testclient import TestClient

from examples.helpdesk import pages, slack, store
from examples.helpdesk.__main__ import DESK
from examples.helpdesk.app import create_app
from examples.helpdesk.host import Host, timer
from examples.helpdesk.sample import Clock
from examples.helpdesk.slack import Webhook, payload
from support_model import _cli, serde

TUESDAY = datetime(2026, 3, 24, 9, tzinfo=UTC)  # 10:00 in Berlin
RULES = serde.load_desk(DESK)
SHIPPED = Path(_cli.__file__).parent / "desks"
NEW = {"topic": "VPN drops", "text": "Every hour.", "priority": "high", "requester": "kim"}


@pytest.fixture
def clock():
    return Clock(TUESDAY)


@pytest.fixture
def host(clock, tmp_path):
    engine = store.connected(f"sqlite:///{tmp_path / 'helpdesk.db'}")
    yield Host(RULES, engine, clock, lambda _: None)
    engine.dispose()


@pytest.fixture
def client(host):
    return TestClient(create_app(host))  # not entered: its timer does not run


def test_a_ticket_from_the_form_to_the_queue(client):
    client.post("/settings", data={"me": "customer:kim", "language": "en"})
    answer = client.post("/tickets", data=NEW)
    assert answer.url.path == "/tickets/1"
    assert "Every hour." in answer.text
    assert "due in 1h" in answer.text
    queue = client.get("/")
    assert "VPN drops" in queue.text
    assert "due in 1h" in queue.text


def test_what_users_write_is_shown_as_they_wrote_it(client):
    bad = {"topic": "<b>VPN</b>", "text": "<script>alert(1)</script>"}
    client.post("/tickets", data=NEW | bad)
    for path in ("/", "/tickets/1"):
        assert "<b>VPN" not in client.get(path).text
        assert "<script>alert" not in client.get(path).text


def test_of_two_agents_the_second_is_told_and_keeps_the_text(client):
    client.post("/tickets", data=NEW)
    action = {"action": "reply", "version": 3, "text": "I look at it."}
    assert client.post("/tickets/1", data=action).status_code == 200
    again = client.post("/tickets/1", data=action | {"text": "I do it."})
    assert again.status_code == 409
    assert "I do it." in again.text
    assert "I do it." not in client.get("/tickets/1").text


def test_a_form_that_is_sent_twice_counts_once_and_leads_to_the_same_page(client):
    def twice(path, data):
        one, two = (client.post(path, data=data | {"request": "r"}).url.path for _ in range(2))
        assert one == two
        return one

    assert twice("/tickets", NEW) == "/tickets/1"
    reply = {"action": "reply", "text": "I look at it.", "version": 3}
    assert twice("/tickets/1", reply) == "/tickets/1"
    assert client.get("/tickets/1").text.count("I look at it.") == 1
    assert twice("/tickets/1", {"action": "split", "version": 4}) == "/tickets/2"
    client.post("/tickets/1", data={"action": "resolve"})
    client.post("/tickets/1", data={"action": "close"})
    client.post("/settings", data={"me": "customer:kim", "language": "en"})
    follow_up = {"action": "message", "text": "It is back."}
    assert twice("/tickets/1", follow_up) == "/tickets/3"
    assert sorted(row["id"] for row in client.get("/api/tickets").json()) == [1, 2, 3]


def test_a_note_meanwhile_does_not_refuse_what_a_customer_writes(client):
    client.post("/tickets", data=NEW)
    client.post("/settings", data={"me": "customer:kim", "language": "en"})
    assert 'name="version"' not in client.get("/tickets/1").text
    client.post("/settings", data={"me": "agent:ann", "language": "en"})
    client.post("/tickets/1", data={"action": "note", "text": "Between us.", "version": 3})
    client.post("/settings", data={"me": "customer:kim", "language": "en"})
    said = client.post("/tickets/1", data={"action": "message", "text": "Any news?"})
    assert (said.status_code, "Any news?" in said.text) == (200, True)


@pytest.mark.parametrize("text", ["", " \n ", None])
def test_a_message_says_something(client, text):
    client.post("/tickets", data=NEW)
    action = {"action": "reply", "version": 3} | ({} if text is None else {"text": text})
    answer = client.post("/tickets/1", data=action)
    assert (answer.status_code, "The message is empty." in answer.text) == (422, True)


@pytest.mark.parametrize(
    "action",
    [
        {"action": "assign", "agent": "zorro"},
        {"action": "escalate", "line": 5},
        {"action": "close"},
        {"action": "dance"},
        {"action": "merge", "other": 1},
    ],
)
def test_what_the_rules_do_not_know_is_refused(client, action):
    client.post("/tickets", data=NEW)
    assert client.post("/tickets/1", data=action).status_code in (409, 422)
    assert client.post("/api/tickets/1", json=action).status_code in (409, 422)
    assert client.get("/api/tickets/1").json()["version"] == 3


def test_tickets_are_merged_and_related_by_number(client):
    for _ in range(3):
        client.post("/tickets", data=NEW)
    related = {"action": "relate", "other": 2, "kind": "linked"}
    assert client.post("/tickets/3", data=related).status_code == 200
    assert client.post("/tickets/3", data={"action": "merge", "other": 1}).status_code == 200
    assert client.get("/api/tickets/3").json()["status"] == "merged"
    for action in ("merge", "relate"):
        gone = {"action": action, "other": 9, "kind": "linked"}
        assert client.post("/tickets/1", data=gone).status_code == 404
    assert client.post("/tickets", data=NEW).url.path == "/tickets/4"


def test_a_customer_sees_and_does_nothing_on_tickets_of_others(client):
    client.post("/tickets", data=NEW)
    client.post("/settings", data={"me": "customer:lee", "language": "en"})
    message = {"action": "message", "text": "Me too."}
    for path in ("/tickets/1", "/api/tickets/1", "/api/tickets/1/agenda"):
        assert client.get(path).status_code == 404
    assert client.post("/tickets/1", data=message).status_code == 404
    assert client.post("/api/tickets/1", json=message).status_code == 404
    assert client.post("/tickets", data=NEW).status_code == 200
    assert client.post("/tickets/2", data=message | {"other": 1}).status_code == 404
    assert client.get("/api/tickets/2").json()["version"] == 3
    own = client.post("/api/tickets", json={"topic": "VPN"}).json()["id"]
    assert [row["id"] for row in client.get("/api/tickets").json()] == [2, own]


BAD = "99999999999999999999999"


@pytest.mark.parametrize("path", ["/tickets/7", "/tickets/x", f"/tickets/{BAD}", "/nowhere"])
def test_what_is_not_there_is_said_on_a_page(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "That was not done" in answer.text
    api = client.get("/api" + path)
    assert (api.status_code, [type(one) for one in api.json()["detail"]]) == (404, [str])


@pytest.mark.parametrize(
    "given",
    [{"topic": ""}, {"topic": "  "}, {"topic": "a\0b"}, {"text": "a\x1bb"}, {"topic": None}],
)
def test_what_is_no_ticket_is_said_on_a_page(client, given):
    data = {name: said for name, said in (NEW | given).items() if said is not None}
    answer = client.post("/tickets", data=data)
    assert (answer.status_code, "That was not done" in answer.text) == (422, True)
    api = client.post("/api/tickets", json=data)
    assert (api.status_code, [type(one) for one in api.json()["detail"]]) == (422, [str])


def test_half_a_character_is_refused(client):
    body = json.dumps(NEW | {"topic": "\ud800"})
    answer = client.post(
        "/api/tickets", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, len(answer.json()["detail"])) == (422, 1)


@pytest.mark.parametrize("other", ["abc", BAD, "0"])
def test_another_ticket_goes_by_its_number(client, other):
    client.post("/tickets", data=NEW)
    for action in ("split", "merge", "message"):
        answer = client.post("/tickets/1", data={"action": action, "other": other})
        assert answer.status_code == 422


def test_a_priority_that_the_desk_lacks_is_refused(client):
    assert client.post("/tickets", data=NEW | {"priority": "hihg"}).status_code == 422
    assert client.post("/api/tickets", json=NEW | {"priority": "hihg"}).status_code == 422


def test_a_refusal_says_why(client):
    client.post("/tickets", data=NEW)
    answer = client.post("/tickets/1", data={"action": "close", "version": 3})
    assert answer.status_code == 409
    assert "close" in answer.text
    assert "in progress" in answer.text


def test_a_customer_sees_their_own_tickets_and_no_notes(client):
    client.post("/tickets", data=NEW)
    client.post("/tickets/1", data={"action": "note", "version": 3, "text": "Between us."})
    for who, seen in (("customer:kim", True), ("customer:lee", False)):
        client.post("/settings", data={"me": who, "language": "en"})
        assert ("VPN drops" in client.get("/").text) is seen
    assert "Between us." not in client.get("/tickets/1").text


def test_settings_lead_back_to_this_site_only(client):
    data = {"me": "agent:ben", "language": "ru"}
    for back, path in (("/desk", "/desk"), ("https://example.org", "/"), ("//example.org", "/")):
        answer = client.post("/settings", data=data | {"back": back}, follow_redirects=False)
        assert answer.headers["location"] == path


def test_staff_promise_a_date_and_raise_the_priority(client):
    client.post("/tickets", data=NEW)
    promise = {"action": "promise", "metric": "resolution", "due": "2026-03-25T12:00"}
    answer = client.post("/tickets/1", data=promise | {"version": 3})
    assert "Wed 2026-03-25 12:00" in answer.text
    raised = {"action": "change", "priority": "critical", "version": 4}
    assert "priority: critical" in client.post("/tickets/1", data=raised).text
    late = client.post("/tickets/1", data=promise | {"due": "2026-03-20T12:00", "version": 5})
    assert late.status_code == 409


def test_a_customer_rates_what_was_resolved(client):
    client.post("/tickets", data=NEW)
    client.post("/tickets/1", data={"action": "resolve", "version": 3})
    client.post("/settings", data={"me": "customer:kim", "language": "en"})
    assert 'value="rate"' in client.get("/tickets/1").text
    client.post("/tickets/1", data={"action": "rate", "score": 5, "version": 4})
    client.post("/settings", data={"me": "agent:ann", "language": "en"})
    assert "rated 5" in client.get("/tickets/1").text


@pytest.mark.parametrize("name", ["technical_support", "itil", "onec"])
def test_another_desk_is_served_by_the_same_pages(name, host):
    desk = serde.load_desk(SHIPPED / f"{name}.toml")
    client = TestClient(create_app(replace(host, desk=desk)))
    priority = desk.priorities[0].name if desk.priorities else None
    new = {name: said for name, said in NEW.items() if name != "priority"}
    answer = client.post("/tickets", data=new | ({"priority": priority} if priority else {}))
    assert (answer.status_code, answer.url.path) == (200, "/tickets/1")
    for path in ("/", "/new", "/desk", "/api/tickets/1"):
        assert client.get(path).status_code == 200


def states(result):
    return {clock["metric"]: clock["state"] for clock in result["evaluation"]["clocks"]}


def test_the_same_as_json(client):
    new = client.post("/api/tickets", json=NEW)
    assert new.status_code == 201
    result = client.get("/api/tickets/1").json()
    assert new.json() == result
    assert states(result)["resolution"] == "running"
    assert [row["topic"] for row in client.get("/api/tickets").json()] == ["VPN drops"]
    assert result["status"] == "in progress"
    assert [one["text"] for one in result["conversation"]] == ["Every hour.", None, None]
    assert [one["allowed"] for one in result["options"] if one["action"] == "ask"] == [True]
    action = {"action": "ask", "version": 3, "text": "Which client?"}
    asked = client.post("/api/tickets/1", json=action).json()
    assert states(asked)["resolution"] == "paused"
    stale = client.post("/api/tickets/1", json=action)
    assert stale.status_code == 409
    refused = client.post("/api/tickets/1", json=action | {"action": "close", "version": 5})
    assert (refused.status_code, len(refused.json()["detail"])) == (409, 1)
    assert client.get("/api/tickets/7").status_code == 404
    assert "needs nobody" in client.get("/api/tickets/1/decision").json()["text"]
    assert client.get("/api/tickets/1/agenda").json()["moments"] == []
    api = client.get("/openapi.json").json()
    answer = api["paths"]["/api/tickets/{number}"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/Ticket")
    assert {"404", "409", "422"} <= api["paths"]["/api/tickets/{number}"]["post"][
        "responses"
    ].keys()
    assert "clocks" in api["components"]["schemas"]["Evaluation"]["properties"]


def test_every_word_of_the_pages_is_in_russian():
    said = set()
    for file in [*pages.HERE.glob("templates/*.html"), *pages.HERE.glob("*.py")]:
        found = re.findall(r"""\bt\((["'])(.+?)\1\)""", file.read_text("utf-8"))
        said |= {words for _, words in found}
    said |= {*pages.WHY_NOT.values(), *(one.name for one in RULES.priorities)}
    assert said - pages.WORDS["ru"].keys() == set()


def test_slack_gets_the_words_and_no_markup_of_users():
    one = store.Notification("k", 7, "<!channel> & co", "breach", "late", ["mia"])
    message = payload(one, "https://desk.example")
    link = "<https://desk.example/tickets/7|#7 &lt;!channel&gt; &amp; co>"
    assert message == {"text": f"@mia {link}: late"}


def test_a_request_that_drips_ends_in_time(monkeypatch):
    monkeypatch.setattr(slack, "PATIENCE", 0.3)
    done = Signal()

    class Dripping(BaseHTTPRequestHandler):
        def do_POST(self):
            with suppress(OSError):
                while not done.wait(0.05):  # each byte comes in time, the answer never
                    self.wfile.write(b"H")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    Thread(target=server.serve_forever, daemon=True).start()
    one = store.Notification("k", 7, "VPN", "breach", "late", [])
    with pytest.raises(TimeoutError):
        Webhook(f"http://127.0.0.1:{server.server_port}", "")(one)
    done.set()
    server.shutdown()
    server.server_close()


def test_the_timer_runs_alone(tmp_path):
    url = f"sqlite:///{tmp_path / 'helpdesk.db'}"
    command = [sys.executable, "-u", "-m", "examples.helpdesk", "timer", "--url", url]
    with Popen(command, stdout=PIPE, text=True, cwd=pages.HERE.parents[1]) as process:
        assert process.stdout.readline() == "The timer runs.\n"
        process.kill()


@contextmanager
def receiver():
    """Yield an address, and what was posted to it as (key, message)."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.put((self.headers["Idempotency-Key"], json.loads(body)["text"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    got = Queue()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", got
    server.shutdown()
    server.server_close()


@contextmanager
def served(app):
    """Yield the address of an application that runs."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = Thread(target=server.run)
    thread.start()
    end = monotonic() + 30
    while not server.started and monotonic() < end:
        sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright")
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("chromium")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=path, args=options)
        yield chromium
        chromium.close()


def test_open_reply_breach_explanation_and_escalation_in_a_browser(browser, host, clock):
    with receiver() as (hook, got):
        host = Host(RULES, host.engine, clock, Webhook(hook, "http://desk.example"))
        with served(create_app(host)) as site, timer(host):
            page = browser.new_page()
            page.set_default_timeout(30_000)
            wrong = []
            page.on("console", lambda message: wrong.append(message.text))
            page.on("pageerror", lambda error: wrong.append(str(error)))

            page.goto(site)
            page.get_by_label("I am").select_option("customer:kim")  # which sends the form
            page.get_by_role("link", name="New ticket").first.click()
            page.get_by_label("What is it about?").fill("VPN drops every hour")
            page.get_by_label("What happened?").fill("Since the update.")
            page.get_by_label("high").check()
            page.get_by_role("button", name="Open the ticket").click()
            assert page.get_by_role("heading", level=1).inner_text() == "#1 VPN drops every hour"

            page.get_by_label("I am").select_option("agent:ann")
            page.wait_for_selector(".doing")
            assert "due in 1h" in page.locator(".clock").first.inner_text()
            page.get_by_label("Your message").fill("I look at it.")
            page.get_by_role("button", name="Reply").click()
            page.wait_for_selector(".clock.met")

            clock.at = TUESDAY + timedelta(hours=8, minutes=30)  # due at 18:00, now it is 18:30
            texts = [got.get(timeout=30)[1] for _ in range(4)]
            assert texts[-2].startswith(
                "@mia <http://desk.example/tickets/1|#1 VPN drops every hour>: "
            )
            page.goto(site)
            assert page.locator("tr.late").inner_text().startswith("overdue by 30m")
            page.get_by_role("link", name="VPN drops every hour").click()
            late = page.locator(".clock.breached")
            assert "overdue by 30m" in late.inner_text()
            late.get_by_text("Why?").click()
            assert "weekly hours, Tuesday" in late.inner_text()
            assert page.locator(".agenda .breach.done").inner_text().count("✓ sent") == 1
            assert wrong == []
            page.close()
