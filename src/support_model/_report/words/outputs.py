"""Words of the outputs themselves: of the page and of the terminal."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "report_on": ("Report on {file}", "Отчёт: {file}"),
    "page_skip": ("Skip to the report", "Перейти к отчёту"),
    "page_contents": ("Contents", "Содержание"),
    "page_interval": ("95% interval: {bounds}", "95%-й интервал: {bounds}"),
    "page_course": ("{title}, up to now", "{title}, до настоящего времени"),
    "page_weeks": ("By week.", "По неделям."),
    "page_weeks_since": (
        "By week; the dashed line is where it began.",
        "По неделям; пунктир — начало изменения.",
    ),
    "table_part": ("{title}: {part}", "{title}: {part}"),
    "verdict": ("Verdict", "Оценка"),
    "column_note": ("{title}: {note}", "{title}: {note}"),
    "rows_shown": (
        "The first {shown} of {rows} rows; the files hold all.",
        "Первые {shown} из {rows} строк; в файлах есть все.",
    ),
    "headline_figure": ("Figure", "Показатель"),
    "headline_value": ("Value", "Значение"),
    "headline_against": ("Against before", "К прошлому периоду"),
    "headline_before": ("Before", "Раньше"),
    "headline_unit": ("Unit", "Единица"),
    "headline_notes": ("Notes", "Примечания"),
    "item_what": ("What", "Что"),
    "item_place": ("Place", "Место"),
    "item_sentences": ("In words", "Словами"),
    "chart_at": ("At", "Точка"),
    "bound_low": ("{title}, low", "{title}, от"),
    "bound_high": ("{title}, high", "{title}, до"),
    "sentences": ("{all:sentences}", "{all:sentences}"),
    "sentences_title": ("Sentences of the report", "Фразы отчёта"),
    "sentences_key": ("Section key", "Ключ раздела"),
    "sentences_section": ("Section", "Раздел"),
    "sentences_said": ("Sentence", "Фраза"),
    "workbook_contents": ("Contents", "Содержание"),
    "workbook_sheet": ("Sheet", "Лист"),
    "workbook_rows": ("Rows", "Строк"),
    "workbook_read": (
        "Lengths are in hours and minutes, shares in percent, instants in {zone}. An empty cell is"
        " not known, or too few cases are behind it; it is not zero.",
        "Длительности — в часах и минутах, доли — в процентах, время — {zone}. Пустая ячейка:"
        " неизвестно или слишком мало случаев; это не ноль."),
    "headline_course": ("Up to now", "До настоящего времени"),
    "headline_running": (
        "The last value of a row, marked *, is not over yet.",
        "Последнее значение в строке, со знаком *, ещё не окончательное.",
    ),
    "item_weeks": ("By week: {weeks}", "По неделям: {weeks}"),
    "item_weeks_since": (
        "By week: {weeks} (| is where it began)",
        "По неделям: {weeks} (| — начало изменения)",
    ),
})  # fmt: skip
