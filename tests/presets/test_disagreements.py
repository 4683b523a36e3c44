"""The page of disagreements says what the library says, and products do disagree in it."""

import pytest
from presets.disagreements import PAGE, TICKETS, answered, page

from support_model.presets import PRESETS, load_preset


def test_the_page_says_what_the_library_says():
    assert PAGE.read_text("utf-8") == page(), "python tests/presets/disagreements.py --write"


def test_there_are_twenty_one():
    assert len(TICKETS) == len({ticket.title for ticket in TICKETS}) == 21


@pytest.mark.parametrize("ticket", TICKETS, ids=lambda ticket: ticket.title)
def test_products_disagree_save_where_the_page_says_they_agree(ticket):
    names = (*PRESETS, *ticket.others)
    found = [row for name in names for row in answered(ticket, ticket.log, load_preset(name))]
    answers = {
        (metric, answer.removesuffix(", no due"))
        for metric, answer, _ in found
        if answer != "not measured"
    }
    due = {answer.split(", ")[1] for _, answer in answers if "due " in answer} - {"no due"}
    if ticket.agreed:
        assert len(due) == 1
    else:
        assert len(answers) > 1
    assert all(why for *_, why in found)
