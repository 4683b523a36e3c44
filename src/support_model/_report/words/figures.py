"""Words of the figures of a whole log."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "table_shares": ("How many", "Сколько"),
    "column_figure": ("Tickets", "Обращения"),
    "column_number": ("Number", "Число"),
    "column_of": ("Of", "Из"),
    "column_share": ("Share", "Доля"),
    "column_interval": ("95% interval", "95%-й интервал"),
})  # fmt: skip
