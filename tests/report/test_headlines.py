"""A headline is coloured only where the figure itself went the way that changes say."""

from datetime import timedelta

import pytest

from support_model._report.blocks import OpenTime, Withheld
from support_model._report.headlines import way

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("key", "value", "before", "told"),
    [
        ("resolution", 3 * HOUR, 2 * HOUR, "worse"),
        ("resolution", OpenTime(2 * HOUR, 10 * HOUR), OpenTime(3 * HOUR, 10 * HOUR), "better"),
        ("first_response", 1.51 * HOUR, 1.5 * HOUR, ""),
        ("backlog", 402, 227, "worse"),
        ("backlog", 402, 0, "worse"),
        ("sla", 0.69, 0.78, "worse"),
        ("satisfied", 0.78, 0.69, "better"),
        ("satisfied", 0.70, 0.71, ""),
        ("resolution", Withheld(5), 2 * HOUR, ""),
        ("resolution", 2 * HOUR, None, ""),
    ],
)
def test_the_way_of_a_figure(key, value, before, told):
    assert way(key, value, before) == told
