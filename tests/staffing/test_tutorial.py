"""The tutorial's figures hold for the bank's year, and by two independent ways of counting.

Needs the call log, which does not ship with the library.
"""

import csv
import doctest
import gzip
import json
import re
from collections import defaultdict
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from statistics import fmean, variance

import pytest
from holidays import country_holidays
from oracles import staffing_oracle as oracle

ROOT = Path(__file__).parents[2]
DATA = ROOT / ".." / "shared" / "data"
LOG = DATA / "bank_calls_1999.csv.gz"
KNOWN = DATA / "bank_calls_1999_reference.json"
PAGE = ROOT / "docs" / "tutorials" / "staff-a-week.md"

if not LOG.exists():
    pytest.skip("the call log is not here", allow_module_level=True)
pytest.importorskip("matplotlib")
pytest.importorskip("ortools")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """What the page's code leaves behind, once every figure on it came out as printed."""
    folder = tmp_path_factory.mktemp("tutorial")
    (folder / LOG.name).symlink_to(LOG)
    blocks = re.findall(
        r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    names: dict[str, object] = {}
    test = doctest.DocTestParser().get_doctest("".join(blocks), names, PAGE.name, str(PAGE), 0)
    said: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        doctest.DocTestRunner().run(test, out=said.append, clear_globs=False)
    assert not said, "".join(said)
    assert (folder / "staff-a-week.png").stat().st_size > 10_000
    return test.globs


@pytest.fixture(scope="module")
def counted():
    """Calls by date and half hour, straight from the file."""
    table = defaultdict(int)
    with gzip.open(LOG, "rt") as file:
        for row in csv.DictReader(file):
            half_hour = (int(row["slot"]) - 1) // 5
            table[date.fromisoformat(row["date"]), half_hour] += int(row["calls"])
    return table


def test_the_log_is_the_one_that_is_known(page, counted):
    known = json.loads(KNOWN.read_text("utf-8"))
    days, hours = defaultdict(int), defaultdict(int)
    for (day, half_hour), calls in counted.items():
        days[day] += calls
        hours[half_hour // 2] += calls
    assert sum(days.values()) == len(page["calls"]) == known["total_calls"]
    busiest = max(days, key=days.__getitem__)
    assert [busiest.isoformat(), days[busiest]] == known["busiest_day"]
    assert {str(hour): calls for hour, calls in hours.items()} == known["calls_by_hour"]
    for weekday, mean in known["mean_per_day_by_weekday_Mon0"].items():
        assert fmean(n for day, n in days.items() if day.weekday() == int(weekday)) == mean


def test_the_profile_by_counting(page, counted):
    closed = country_holidays("IL", years=1999)
    chi_square = freedom = 0
    for slot in page["week"].slots:
        half_hour = slot.start // timedelta(minutes=30)
        counts = [
            calls
            for (day, part), calls in counted.items()
            if (day.weekday(), part) == (slot.weekday, half_hour) and day not in closed
        ]
        assert (slot.count, slot.exposure) == (sum(counts), len(counts))
        assert slot.dispersion == pytest.approx(variance(counts) / fmean(counts))
        chi_square += slot.dispersion * (len(counts) - 1)
        freedom += len(counts) - 1
    assert page["week"].dispersion == pytest.approx(chi_square / freedom)


def test_the_staffed_week_by_exact_fractions(page):
    for volume, agents in zip(page["volumes"], page["required"], strict=True):
        load = Fraction(volume * 190, 1800)
        if agents > 2:
            assert served(load, agents - 1) < 0.8
        assert served(load, agents) >= 0.8
    assert all(have >= need for have, need in zip(page["there"], page["required"], strict=True))


def served(load, agents):
    """Share answered within 20 of 190 seconds, by Erlang C from fractions."""
    if load >= agents:
        return 0
    return 1 - float(oracle.waiting(load, agents)) * 2.718281828459045 ** float(
        -(agents - load) * Fraction(20, 190)
    )
