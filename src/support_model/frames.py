"""Whole logs by columns: facts, service levels and figures of millions of tickets.

`events` takes a log in whatever form an analyst has it; `facts` and `evaluate` answer for every
ticket of it at once, each as an Arrow table. The answers are those of `support_model.kpi` and
`support_model.sla`, which fold one ticket at a time.

Before this: `support_model.kpi`, `support_model.sla`.
"""

from __future__ import annotations

from support_model._frames.clusters import dask, spark
from support_model._frames.evaluate import evaluate, ways
from support_model._frames.facts import facts, readable, readable_facts
from support_model._frames.logs import Events
from support_model._frames.partitions import partitioned
from support_model._frames.progress import Progress, show_progress
from support_model._frames.reading import events
from support_model._frames.told import Told

__all__ = [
    "Events",
    "Progress",
    "Told",
    "dask",
    "evaluate",
    "events",
    "facts",
    "partitioned",
    "readable",
    "readable_facts",
    "show_progress",
    "spark",
    "ways",
]
