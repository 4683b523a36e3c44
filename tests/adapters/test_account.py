"""An account as a file, and what a reading could not place as one to fill in."""

import json
import tomllib
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_model import __main__ as command
from support_model._records import TEXT, list_of, optional, schema_of
from support_model.adapters import Account, EventLog, _account_file, load_account, skeleton
from support_model.adapters._account_file import SHARED, account_shape
from support_model.adapters._systems import SYSTEMS
from support_model.errors import InvalidDocument
from support_model.events import Created
from support_model.vocabulary import Priority, Status

ROOT = Path(__file__).parents[2]
WHOLE = """
schema = "support_model.account/1"
tz = "Europe/Berlin"
bots = [7, "8"]
keep = ["subject"]
people = "as_written"
stamps = "day first"

[roles]
agent = ["ann", 12]
customer = ["cleo"]

[groups]
31 = "network"

[lines]
network = 2

[statuses]
pending = ["Waiting", {id = 77, name = "Waiting for parts"}]
solved = ["Done"]

[priorities]
urgent = 1
P2 = {name = "high", rank = 2}
"""


def saved(tmp_path, text, name="account.toml"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def test_every_shared_key_is_read(tmp_path):
    parts = Status("Waiting for parts", "pending")
    assert load_account(saved(tmp_path, WHOLE)) == Account(
        tz="Europe/Berlin",
        bots=["7", "8"],
        keep=["subject"],
        people="as_written",
        stamps=["day first"],
        roles={"ann": "agent", "12": "agent", "cleo": "customer"},
        groups={"31": "network"},
        lines={"network": 2},
        statuses={
            "Waiting": Status("Waiting", "pending"),
            "77": parts,
            "Waiting for parts": parts,
            "Done": Status("Done", "solved"),
        },
        priorities={"urgent": Priority("urgent", 1), "P2": Priority("high", 2)},
    )


def test_json_says_the_same(tmp_path):
    data = json.dumps(tomllib.loads(WHOLE))
    assert load_account(saved(tmp_path, data, "a.json")) == load_account(saved(tmp_path, WHOLE))


def test_an_empty_file_is_the_usual_account(tmp_path):
    assert load_account(saved(tmp_path, "")) == Account()


def test_a_system_has_keys_of_its_own_under_its_name(tmp_path, monkeypatch):
    made = []

    class Own:
        def __init__(self, **parts):
            made.append(parts)

    class Toy:
        Account = Own
        OWN_KEYS = (optional("channels", list_of(TEXT)),)

    monkeypatch.setattr(_account_file, "SYSTEMS", ("toy", "other"))
    monkeypatch.setattr(_account_file, "system", {"toy": Toy}.__getitem__)
    text = 'bots = ["7"]\n[toy]\nchannels = ["help"]\n[other]\nanything = 1\n'
    load_account(saved(tmp_path, text), "toy")
    assert made == [{"bots": ("7",), "channels": ("help",)}]
    assert load_account(saved(tmp_path, text)) == Account(bots=["7"])
    with pytest.raises(InvalidDocument, match=r"account.toml at toy.*chanels.*'channels'"):
        load_account(saved(tmp_path, text.replace("channels", "chanels")), "toy")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tzz = 1", "account.toml: unknown key: 'tzz'; did you mean 'tz'?"),
        ('tz = "Berlin"', "at tz: "),
        ("tz = 1", "at tz: not text"),
        ('[roles]\nagents = ["a"]', "at roles: unknown key: 'agents'; did you mean 'agent'?"),
        ('[roles]\nagent = ["a"]\ncustomer = ["a"]', "at roles.agent[0]: a person of two roles"),
        ("[lines]\nnetwork = 6", "at lines.network: too large a number"),
        ('[lines]\nnetwork = "2"', "at lines.network: not a whole number"),
        ('[statuses]\nwaiting = ["x"]', "at statuses: unknown key: 'waiting'"),
        ('[statuses]\nopen = ["x"]\nsolved = ["x"]', "at statuses.open[0]: a status that means"),
        ('[statuses]\nopen = [{id = "7"}]', "at statuses.open[0]: lacks the key 'name'"),
        ('[statuses]\nopen = [{id = "7", nme = "x"}]', "unknown key: 'nme'; did you mean 'name'?"),
        ("[statuses]\nopen = [true]", "at statuses.open[0]"),
        ("[priorities]\nurgent = 0", "at priorities.urgent: too small"),
        ("[priorities]\nurgent = {rank = 1}", "at priorities.urgent: lacks the key 'name'"),
        ('people = "names"', "at people: unknown value"),
        ('schema = "support_model.desk/1"\nname = "our desk"', "another kind of document"),
        ("bots = [1", "no TOML"),
        ("[onec]\nx", "no TOML"),
        ("onec = 7", "at onec: not a table"),
    ],
)
def test_a_fault_is_named_with_its_place_and_remedy(tmp_path, text, said):
    with pytest.raises(InvalidDocument) as caught:
        load_account(saved(tmp_path, text))
    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidDocument, match="cannot be opened"):
        load_account(tmp_path / "account.toml")
    with pytest.raises(InvalidDocument, match=r"neither \.toml nor \.json"):
        load_account(saved(tmp_path, "", "account.yaml"))


def test_the_shape_describes_every_attribute_of_an_account():
    described = {part.attribute for part in SHARED} - {None}
    assert described == {part.name for part in Account.__attrs_attrs__}
    schema = schema_of(account_shape())
    assert {*SYSTEMS, "statuses", "schema"} <= schema["properties"].keys()


def reading(unknown, *priorities):
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    events = tuple(
        Created(
            ticket_id=str(n),
            at=at,
            role="customer",
            seq=1,
            fields={"status": Status("x", "open"), "priority": priority},
        )
        for n, priority in enumerate(priorities)
    )
    return EventLog(events=events, unknown=unknown)


def test_a_skeleton_is_empty_where_all_was_known():
    assert skeleton(EventLog(events=())) == ""


def test_a_skeleton_says_what_was_taken_and_is_loaded_as_it_stands(tmp_path):
    text = skeleton(
        reading(
            {
                ("status", "Parts"): 3,
                ("priority", "P0"): 1,
                ("group", "network"): 7,
                ("user", "381"): 2,
                ("channel", "fax"): 1,
            },
            Priority("P0", 5),
        )
    )
    account = load_account(saved(tmp_path, text))
    assert account.statuses == {"Parts": Status("Parts", "open")}
    assert account.priorities == {"P0": Priority("P0", 5)}
    assert account.roles == {"381": "third_party"}
    assert '# "network" = 1 # 7 times' in text
    assert '# channel "fax": 1 time' in text
    filled = text.replace('# "network" = 1', '"network" = 2').replace(
        "pending = []", 'pending = ["Parts"]'
    )
    with pytest.raises(InvalidDocument, match="means two things"):
        load_account(saved(tmp_path, filled))
    account = load_account(saved(tmp_path, filled.replace('  "Parts", # 3 times\n', "")))
    assert account.lines == {"network": 2}
    assert account.statuses == {"Parts": Status("Parts", "pending")}


KINDS = st.sampled_from(["status", "custom status", "priority", "group", "user", "author", "x"])


@given(st.dictionaries(st.tuples(KINDS, st.text(min_size=1)), st.integers(1, 99), max_size=9))
def test_whatever_was_unknown_a_skeleton_can_be_loaded(tmp_path_factory, unknown):
    folder = tmp_path_factory.mktemp("skeleton", numbered=True)
    text = skeleton(reading(unknown))
    account = load_account(saved(folder, text))
    for kind, native in unknown:
        plain = native.encode("utf-8", "replace").decode()
        if kind == "status":
            assert account.statuses[plain].category == "open"
        if kind == "user":
            assert account.roles[plain] == "third_party"


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_keys_of_a_system_are_the_attributes_that_it_has_besides(tmp_path, name):
    module = import_module(f"support_model.adapters.{name}")
    own = {part.attribute for part in getattr(module, "OWN_KEYS", ())}
    shared = {part.name for part in Account.__attrs_attrs__}
    assert {part.name for part in module.Account.__attrs_attrs__} == shared | own
    assert load_account(saved(tmp_path, WHOLE), name).roles["ann"] == "agent"


def test_the_published_schema_is_the_one_in_force(capsys):
    assert command.main(["schema", "account"]) == 0
    path = ROOT / "docs" / "reference" / "schemas" / "account.json"
    told = capsys.readouterr().out
    assert path.read_text("utf-8") == told, "python -m support_model schema account"
    jsonschema = pytest.importorskip("jsonschema")
    checked = jsonschema.Draft202012Validator(json.loads(told))
    assert checked.is_valid(tomllib.loads(WHOLE))
    assert not checked.is_valid({"tzz": "Europe/Berlin"})
    assert not checked.is_valid({"slack": {"chanels": []}})
