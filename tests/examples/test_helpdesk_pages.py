"""The pages and the JSON of the example help desk, and one round in a browser."""

import json
import re
import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from threading import Thread
from time import monotonic, sleep

import pytest

pytest.importorskip("sqlalchemy", reason="sqlalchemy")
pytest.importorskip("fastapi", reason="fastapi")
pytest.importorskip("httpx", reason="httpx")
uvicorn = pytest.importorskip("uvicorn", reason="uvicorn")

from fastapi.testclient import TestClient

from examples.helpdesk import pages, store
from examples.helpdesk.__main__ import DESK
from examples.helpdesk.app import create_app
from examples.helpdesk.host import Host
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
    assert "due in 1:00" in answer.text
    queue = client.get("/")
    assert "VPN drops" in queue.text
    assert "due in 1:00" in queue.text


def test_what_users_write_is_shown_as_they_wrote_it(client):
    bad = {"topic": "<b>VPN</b>", "text": "<script>alert(1)</script>"}
    client.post("/tickets", data=NEW | bad)
    for path in ("/", "/tickets/1"):
        assert "<b>VPN" not in client.get(path).text
        assert "<script>alert" not in client.get(path).text


def test_a_double_click_is_said_and_loses_nothing(client):
    client.post("/tickets", data=NEW)
    deed = {"action": "reply", "version": 3, "text": "I look at it."}
    assert client.post("/tickets/1", data=deed).status_code == 200
    again = client.post("/tickets/1", data=deed)
    assert again.status_code == 409
    assert "I look at it." in again.text
    assert 'value="4"' in again.text  # it can be sent all the same
    assert client.get("/tickets/1").text.count("I look at it.") == 1


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


@pytest.mark.parametrize("path", ["/tickets/7", "/tickets/x"])
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path).status_code in (404, 422)


def test_settings_lead_back_to_this_site_only(client):
    data = {"me": "agent:ben", "language": "ru"}
    for back, path in (("/desk", "/desk"), ("https://example.org", "/"), ("//example.org", "/")):
        answer = client.post("/settings", data=data | {"back": back}, follow_redirects=False)
        assert answer.headers["location"] == path


def test_staff_promise_a_date_and_raise_the_priority(client):
    client.post("/tickets", data=NEW)
    promise = {"action": "promise", "metric": "resolution", "due": "2026-03-25T12:00"}
    answer = client.post("/tickets/1", data=promise | {"version": 3})
    assert "Wed 25.03. 12:00" in answer.text
    raised = {"action": "change", "priority": "critical", "version": 4}
    assert "priority → critical" in client.post("/tickets/1", data=raised).text
    late = client.post("/tickets/1", data=promise | {"due": "2026-03-20T12:00", "version": 5})
    assert late.status_code == 409


def test_a_customer_rates_what_was_resolved(client):
    client.post("/tickets", data=NEW)
    client.post("/tickets/1", data={"action": "resolve", "version": 3})
    client.post("/settings", data={"me": "customer:kim", "language": "en"})
    assert 'value="rate"' in client.get("/tickets/1").text
    client.post("/tickets/1", data={"action": "rate", "score": 5, "version": 4})
    client.post("/settings", data={"me": "agent:ann", "language": "en"})
    assert "score → 5" in client.get("/tickets/1").text


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
    return {clock["metric"]: clock["state"] for clock in result["clocks"]}


def test_the_same_as_json(client):
    new = client.post("/api/tickets", json=NEW)
    assert new.status_code == 201
    result = client.get("/api/tickets/1").json()
    assert new.json() == result
    assert states(result)["resolution"] == "running"
    assert [row["topic"] for row in client.get("/api/tickets").json()] == ["VPN drops"]
    deed = {"action": "ask", "version": 3, "text": "Which client?"}
    asked = client.post("/api/tickets/1", json=deed).json()
    assert states(asked)["resolution"] == "paused"
    stale = client.post("/api/tickets/1", json=deed)
    assert stale.status_code == 409
    refused = client.post("/api/tickets/1", json=deed | {"action": "close", "version": 5})
    assert (refused.status_code, len(refused.json()["detail"])) == (409, 1)
    assert client.get("/api/tickets/7").status_code == 404
    assert client.get("/api/tickets/1/decision").json()["agent"] == "ann"
    assert client.get("/api/tickets/1/agenda").json()["moments"] == []
    api = client.get("/openapi.json").json()
    answer = api["paths"]["/api/tickets/{number}"]["get"]["responses"]["200"]
    assert answer["content"]["application/json"]["schema"]["$ref"].endswith("/Evaluation")
    assert "clocks" in api["components"]["schemas"]["Evaluation"]["properties"]


def test_every_word_of_the_pages_is_in_russian():
    said = {*pages.WEEKDAYS}
    for file in [*pages.HERE.glob("templates/*.html"), *pages.HERE.glob("*.py")]:
        found = re.findall(r"""\bt\((["'])(.+?)\1\)""", file.read_text("utf-8"))
        said |= {words for _, words in found}
    workflow = RULES.workflow
    said |= {status.name for status in workflow.statuses}
    said |= {transition.action for transition in workflow.transitions}
    said |= {
        "acknowledge",
        "change",
        "promise",
        *pages.SAID,
        *(one.name for one in RULES.priorities),
    }
    assert said - pages.WORDS["ru"].keys() == set()


def test_slack_gets_the_words_and_no_markup_of_users():
    one = store.Notification("k", 7, "<!channel> & co", "breach", "late", ["mia"])
    message = payload(one, "https://desk.example")
    assert message["text"] == "@mia #7 &lt;!channel&gt; &amp; co: late"
    link = "<https://desk.example/tickets/7|#7 &lt;!channel&gt; &amp; co>"
    assert link in message["blocks"][0]["text"]["text"]


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
    """Yield the address of an application that runs, its timer included."""
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
        with served(create_app(host)) as site:
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
            assert "due in 1:00" in page.locator(".clock").first.inner_text()
            page.get_by_label("Your message").fill("I look at it.")
            page.get_by_role("button", name="Reply").click()
            page.wait_for_selector(".clock.met")

            clock.at = TUESDAY + timedelta(hours=8, minutes=30)  # due at 18:00, now it is 18:30
            host.bell.set()
            texts = [got.get(timeout=30)[1] for _ in range(4)]
            assert texts[-2].startswith("@mia #1 VPN drops every hour: ")
            page.goto(site)
            assert page.locator("tr.late").inner_text().startswith("overdue by 0:30")
            page.get_by_role("link", name="VPN drops every hour").click()
            late = page.locator(".clock.breached")
            assert "overdue by 0:30" in late.inner_text()
            late.get_by_text("Why?").click()
            assert "weekly hours, Tuesday" in late.inner_text()
            assert page.locator(".agenda .breach.done").inner_text().count("✓ sent") == 1
            assert wrong == []
            page.close()
