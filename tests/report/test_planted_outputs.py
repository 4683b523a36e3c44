"""Mistakes in words and files of reports, each noticed by a test."""

import pytest
from hypothesis import settings
from planted import QUICK, SETTINGS, Bug
from report import test_figure_sections, test_plain_tables, test_wording


def thorough(test):
    """Return a test of Hypothesis with more examples; it ends at the first that fails."""

    def test_thoroughly():
        own = getattr(test, SETTINGS)
        setattr(test, SETTINGS, settings(own, max_examples=300, **QUICK))
        try:
            test()
        finally:
            setattr(test, SETTINGS, own)

    return test_thoroughly


PLAIN = thorough(test_plain_tables.test_every_cell_is_a_plain_value)
CSV = thorough(test_plain_tables.test_csv_read_back_is_the_table)
XLSX = thorough(test_plain_tables.test_a_workbook_read_back_is_the_table)
WORDS = "_report.wording"
BUGS = (
    Bug("_report.plain_tables:plain", "cell.amount", "cell.day", PLAIN),
    Bug("_report.plain_tables:plain", ".astimezone(wording.tz)", "", PLAIN),
    Bug("_report.plain_tables:PlainTable._values", "(cell.low, cell.high)", "(cell.low, cell.low)",
        PLAIN),
    Bug("_report.plain_tables:_columns", '_{end}"', '"', CSV),
    Bug("_report.csv_files:csv_cell", "defused(value)", "value", CSV),
    Bug("_report.csv_files:heading", 'column.kind == "duration"', "False", CSV),
    Bug("_csv_cells:defused", "text.startswith(_FORMULA)", 'text.startswith("=")', CSV),
    Bug("_report.workbooks:_put_text", 'cell.data_type = "s"', "pass", XLSX),
    Bug("_report.workbooks:_put", "value / DAY", "value / timedelta(hours=1)", XLSX),
    Bug("_report.workbooks:_shown", "text.translate(UNSHOWN)", "text", XLSX),
    Bug("_report.workbooks:_same_bytes", "_undated(content)", "content",
        test_plain_tables.test_the_same_report_gives_the_same_workbook),
    Bug("_report.workbooks:_typed", 'unit == "seconds"', "False",
        test_plain_tables.test_figures_seen_first_are_a_table_with_the_unit_of_each),
    Bug("_report.workbooks:sheet_names", "name.lower() in taken", "name in taken",
        thorough(test_plain_tables.test_names_of_sheets_and_files_are_ones)),
    Bug(f"{WORDS}:Wording._measured", "value.amount / value.day", "value.amount / DAY",
        test_wording.test_open_time_is_told_in_working_days),
    Bug(f"{WORDS}:Wording._bounds", "fits(low, unit) and fits(high, unit)", "True",
        test_wording.test_ranges_say_the_unit_once),
    Bug(f"{WORDS}:Wording._term", "days >= 2", "days >= 1",
        test_wording.test_terms_are_told_exactly),
    Bug(f"{WORDS}:Wording.say", "literal[ends:]", "literal",
        test_wording.test_a_short_form_ends_a_sentence_with_its_own_point),
    Bug("_report.figure_sections:_told_once", "both[0] and both[0] == both[1]", "both[0]",
        test_figure_sections.test_what_differs_in_one_ticket_is_told_twice),
    Bug("_report.figure_sections:_told", "figure.numerator, figure.n", "figure.n, figure.n",
        test_figure_sections.test_an_owner_is_told_apart_from_a_group_where_owners_change_within_it),
    Bug("_report.figure_sections:_qualified", "if key in shown", "",
        test_figure_sections.test_a_note_stands_at_the_figure_that_it_qualifies_and_at_the_end),
)  # fmt: skip


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_planted_bugs_are_caught(bug):
    bug.must_be_caught()
