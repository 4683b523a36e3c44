"""Every reference case of KPIs is answered by columns, through an Arrow table, as by records."""

from pathlib import Path

import attrs
from conformance import kpi as adapter
from conformance.run import document, grade
from frames.fact_columns import columns_of

from support_model._columns.fact_tables import to_arrow

VECTORS = Path(__file__).parents[1] / "vectors" / "kpi.json"


class Tickets:
    """Records for the loops of the adapter, a table for the KPIs."""

    asked = 0

    def __init__(self, records):
        self.records = records

    def __iter__(self):
        return iter(self.records)

    def __arrow_c_stream__(self, requested_schema=None):
        """Return the table."""
        Tickets.asked += 1
        return to_arrow(columns_of(self.records)).__arrow_c_stream__(requested_schema)


def test_all_cases_pass_by_columns(monkeypatch):
    read = adapter.read
    monkeypatch.setattr(
        adapter, "read", lambda data: attrs.evolve(asked := read(data), facts=Tickets(asked.facts))
    )
    passed, failures, skipped = grade(adapter, document(VECTORS))
    assert failures == {}
    assert not skipped
    assert passed > 0
    assert Tickets.asked > 100
