"""Words of the figures that a reader sees first."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "headline_title": ("{period} at a glance", "Одним взглядом: {period}"),
    "headline_log": (
        "{tickets} tickets, {first} to {last}, {tz}.",
        "Обращений: {tickets}, {first} – {last}, {tz}.",
    ),
    "headline_thin_end": (
        "The log goes on after this period with few tickets, under a tenth of its busiest month: such months are compared only if they are named.",
        "После этого периода в журнале мало обращений, менее десятой доли самого загруженного месяца: такие месяцы сравниваются, только если их назвать.",
    ),
    "headline_by_completion": (
        "The log seems to hold finished tickets alone: what is open, and times near its end, say little.",
        "Похоже, в журнале только завершённые обращения: открытое и сроки у его конца мало о чём говорят.",
    ),
    "headline_hours": (
        "Times are in opening hours: {hours}. Wall-clock times are in the tables.",
        "Время — рабочее: {hours}. Круглосуточное — в таблицах.",
    ),
    "headline_no_hours": (
        "No opening hours were given, so times count round the clock.",
        "Рабочее время не задано, поэтому время считается круглосуточно.",
    ),
    "headline_created": ("Created", "Создано"),
    "headline_solved": ("Solved", "Решено"),
    "headline_backlog": ("Open at the end", "Открыто в конце"),
    "headline_first_response": ("First response (median)", "Первый ответ (медиана)"),
    "headline_resolution": ("Resolution (median)", "Решение (медиана)"),
    "headline_sla": ("SLA kept", "SLA соблюдено"),
    "headline_satisfied": ("Satisfied customers", "Довольные заявители"),
    "headline_void": (
        "{n} of them are spam or merged away: times and shares leave these out.",
        "Из них {n} — спам или присоединённые: в сроках и долях их нет.",
    ),
    "headline_days_of_work": (
        "{n:number} working days of work, at the rate of the last four weeks.",
        "Работы на {n:number} раб. дн. в темпе последних четырёх недель.",
    ),
    "headline_open_counted": (
        "{n} answered or solved in the period; open tickets count with their age.",
        "Завершено в периоде: {n}; открытые учтены со своим возрастом.",
    ),
    "headline_decided": (
        "{n} promises decided in the period.",
        "Обещаний с исходом в периоде: {n}.",
    ),
    "headline_rated": ("{n} ratings given in the period.", "Оценок в периоде: {n}."),
    "headline_change_count": (
        "{percent:change} against {before} in {period}",
        "{percent:change} к {before} за {period}",
    ),
    "headline_change_from": ("{before} in {period}", "{before} за {period}"),
    "headline_share": ("{share:share}", "{share:share}"),
    "headline_like_tickets": (
        "The mix of tickets shifted; among like tickets nothing changed beyond chance.",
        "Состав обращений сместился; среди похожих ничего не изменилось сверх случайного.",
    ),
    "headline_groups": ("What moved: {groups}; see below.", "Сдвинулось: {groups}; см. ниже."),
    "headline_chance": (
        "Among like tickets no change beyond chance.",
        "Среди похожих обращений изменений сверх случайного нет.",
    ),
})  # fmt: skip
