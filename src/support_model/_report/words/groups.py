"""Words of the tables of a split over the whole log."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "groups_title": ("The whole log, group by group", "Весь журнал по группам"),
    "groups_by": ("The whole log by {field}", "Весь журнал: {field}"),
    "groups_field": ("{field}", "{field}"),
    "groups_median": ("{figure}, median", "{figure}, медиана"),
    "groups_ninety": ("{figure}, 90% in", "{figure}, 90 % за"),
    "groups_open": ("Times are in opening hours.", "Время считается в рабочих часах."),
    "groups_wall": ("Times count round the clock.", "Время считается круглосуточно."),
    "groups_last": (
        "A ticket counts for the group that held it last.",
        "Обращение относится к группе, у которой оно было последней.",
    ),
})  # fmt: skip
