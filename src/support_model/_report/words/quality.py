"""Words of how well the tickets of a period were handled."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "quality_title": ("How well it was done, {period}", "Как это сделано: {period}"),
    "quality_of": ("Of", "Из"),
    "quality_part": ("{figure} {share:share} (of {n})", "{figure}: {share:share} (из {n})"),
    "quality_note": (
        "Of the tickets that were solved for the first time in {period}, as far as each figure knows them; before: of those of {before}. What each figure counts is said at its name; those of the whole log are in All figures.",
        "По обращениям, впервые решённым за {period}, насколько показатель их знает; раньше — за {before}. Что считает показатель, сказано у его названия; за весь журнал — в разделе «Все показатели».",
    ),
    "quality_times_note": (
        "Medians of these tickets alone: open ones do not count here, as they do at the top, so times are shorter where many wait.",
        "Медианы только по этим обращениям: открытые здесь не учтены, а в начале отчёта учтены, поэтому сроки короче там, где многие ждут.",
    ),
    "brief_quality": (
        "How well: {parts:items}, of the tickets solved for the first time in {period}.",
        "Как сделано: {parts:items} — по впервые решённым обращениям ({period}).",
    ),
})  # fmt: skip
