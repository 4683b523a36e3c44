"""A mapping file says what columns mean, and is refused with the nearest right word if not."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from attrs import evolve
from report.small_log import MAPPING

from support_model.adapters._mapping import CATEGORIES
from support_model.adapters.table import NAMED, StampFormat, load, named
from support_model.errors import InvalidMapping

LEAST = '[columns]\nticket = "id"\nat = "at"\nstatus = "state"\n'


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "mapping.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_the_formats_that_ship():
    assert {"bpi2013", "uci-incidents", "zendesk-view", "jira-issues"} <= {*NAMED}
    assert [named(name).name for name in NAMED] == [*NAMED]
    for name in ("bpi2013", "uci-incidents"):
        mapping = named(name)
        assert mapping.shape == "changes"
        assert mapping.priority and mapping.group and mapping.actor  # noqa: PT018 - all roles
        assert {"new", "open", "pending", "on_hold", "solved", "closed"} == {
            *mapping.categories.values()
        }


def test_the_least_a_mapping_says(written):
    mapping = load(written(LEAST))
    assert (mapping.ticket, mapping.at, mapping.status) == ("id", "at", ("state",))
    assert mapping.duplicates == "refuse"
    assert mapping.columns == ("id", "at", "state")


def test_all_that_a_mapping_can_say(written):
    mapping = load(
        written(
            'name = "x"\ntitle = "X"\nmissing = ["-"]\nduplicates = "drop"\nencoding = "cp1252"\n'
            'delimiter = ";"\nacknowledged_by = ["open"]\n[columns]\nticket = "id"\nat = "at"\n'
            'status = ["a", "b"]\ngroup = "g"\nactor = "w"\npriority = "p"\nsequence = "n"\n'
            '[recorded]\ncreated = "c"\nsolved = "s"\nclosed = "e"\nsla_met = "m"\n'
            '[stamps]\nformat = "%Y-%m-%d %H:%M:%S"\ntz = "Europe/Berlin"\n'
            '[statuses]\nvoid = ["x/y"]\n'
        )
    )
    assert mapping.tz.key == "Europe/Berlin"
    assert mapping.categories == {"x/y": "void"}
    assert set(mapping.columns) == set("acegmnpsw") | {"id", "at", "b"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[columns", "the mapping is no TOML"),
        ("x = " + "[" * 5000, "the mapping is no TOML"),
        (b"title = '\xe9'", "the mapping is no TOML"),
        (LEAST + "#" * 70_000, "larger than 64 KiB"),
        ("colums = 1\n" + LEAST, "did you mean 'columns'"),
        (
            LEAST + 'prioriti = "p"\n',
            r"\[columns\] unknown key: 'prioriti'; did you mean 'priority'",
        ),
        (LEAST + '[statuses]\nsolve = ["x"]\n', "did you mean 'solved'"),
        (LEAST + '[statuses]\nsolved = "x"\n', "solved must be a list of texts"),
        (LEAST + '[statuses]\nsolved = ["x"]\nclosed = ["x"]\n', "lists a status twice"),
        (LEAST + '[stamps]\nformat = "%d/%j/%Y %H"\n', "unknown directive %j"),
        (LEAST + '[stamps]\nformat = "%d/%m/%Y"\n', "a stamp needs %Y, %m, %d and %H"),
        (LEAST + '[stamps]\ntz = "Europe/Berln"\n', "use an IANA name"),
        (LEAST + "[stamps]\ntz = 1\n", "tz must be text"),
        (LEAST + "[lines]\nL1 = 6\n", "the line 'L1' has no number: 6; give 1 to 5"),
        (LEAST + '[lines]\nL1 = "1"\n', "the line 'L1' has no number"),
        (LEAST + "topic = 1\n", "topic must be a list of texts"),
        ('opened_by = "custommer"\n' + LEAST, "did you mean 'customer'"),
        ('[columns]\nticket = "id"\nat = "at"\n', "lacks a column that every log needs: 'status'"),
        ('missing = "?"\n' + LEAST, "missing has the wrong type"),
        ('duplicates = "dorp"\n' + LEAST, "did you mean 'drop'"),
        ('delimiter = ";;"\n' + LEAST, "not a delimiter"),
        ('encoding = "utf-16"\n' + LEAST, "no superset of ASCII"),
        ('encoding = "utf-99"\n' + LEAST, "unknown encoding"),
        ('acknowledged_by = ["opened"]\n' + LEAST, "did you mean 'open'"),
        ('[columns]\nticket = "id"\nat = "at"\nstatus = []\n', "a column name is empty"),
        ('[columns]\nticket = 7\nat = "at"\nstatus = "s"\n', "ticket must be text"),
    ],
)
def test_a_mapping_that_cannot_be_followed(text, says, written):
    with pytest.raises(InvalidMapping, match=says) as caught:
        load(written(text))
    assert "mapping.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_such_file_or_name(tmp_path):
    with pytest.raises(InvalidMapping, match="cannot read the mapping"):
        load(tmp_path / "none.toml")
    with pytest.raises(InvalidMapping, match="did you mean 'bpi2013'"):
        named("bpi2012")


def test_categories_are_checked_in_code_too():
    with pytest.raises(InvalidMapping, match="unknown category"):
        evolve(MAPPING, categories={"Done": "finished"})
    assert "void" in CATEGORIES


@pytest.mark.parametrize(
    ("format_", "text", "instant"),
    [
        ("%d/%m/%Y %H:%M", "9/2/2016 6:38", datetime(2016, 2, 9, 6, 38)),
        ("%Y%m%dT%H%M%S", "20160209T063807", datetime(2016, 2, 9, 6, 38, 7)),
        ("%Y-%m-%d %H:%M:%S.%f", "2016-02-09 06:38:07.5", datetime(2016, 2, 9, 6, 38, 7, 500_000)),
        (
            "%Y-%m-%d %H:%M %z",
            "2016-02-09 06:38 -0330",
            datetime(2016, 2, 9, 6, 38, tzinfo=timezone(timedelta(hours=-3, minutes=-30))),
        ),
        ("iso", "2016-02-09T06:38Z", datetime(2016, 2, 9, 6, 38, tzinfo=UTC)),
        ("iso", "2016-02-09 06:38", datetime(2016, 2, 9, 6, 38)),
    ],
)
def test_stamps(format_, text, instant):
    read = StampFormat(format_).read(text)
    assert (read, read.utcoffset()) == (instant, instant.utcoffset())


@pytest.mark.parametrize(
    "text",
    [
        "31/2/2016 06:38",
        "9/2/2016 24:00",
        "9/2/2016",
        "9/2/2016 06:38 x",
        "",
        "\u0669/2/2016 06:38",
    ],
)
def test_what_is_no_stamp(text):
    with pytest.raises(ValueError):  # noqa: PT011 - what was wrong is for the caller to say
        StampFormat("%d/%m/%Y %H:%M").read(text)


def test_values_of_other_types_are_refused():
    """A mapping file lists statuses by category, the value has a category for each status."""
    with pytest.raises(InvalidMapping, match="give each status its category"):
        evolve(MAPPING, categories={"pending": ["Waiting"]})
    with pytest.raises(InvalidMapping, match="give ZoneInfo"):
        evolve(MAPPING, tz="UTC")
