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
    "headline_absent": ("Not here: {figures:items}.", "Здесь нет: {figures:items}."),
    "headline_absent_part": ("{figure}, as {reason}", "{figure}: {reason}"),
    "headline_no_statuses": (
        "the log does not say what was solved when",
        "журнал не говорит, что и когда решено",
    ),
    "headline_finished_alone": (
        "the log seems to hold finished tickets alone",
        "похоже, в журнале только завершённые обращения",
    ),
    "headline_no_policy": ("no promises were given (--policy)", "обещания не заданы (--policy)"),
    "headline_whole": (
        "Since {since}, all tickets: {course}.",
        "С {since}, все обращения: {course}.",
    ),
    "headline_whole_judged": (
        "Since {since}, all tickets: {course} ({verdict}).",
        "С {since}, все обращения: {course} ({verdict}).",
    ),
    "headline_created": ("Created", "Создано"),
    "headline_solved": ("Solutions", "Решений"),
    "headline_backlog": ("Open at the end", "Открыто в конце"),
    "headline_first_response": ("First response (median)", "Первый ответ (медиана)"),
    "headline_resolution": ("Resolution (median)", "Решение (медиана)"),
    "headline_sla": ("SLA kept", "SLA соблюдено"),
    "headline_satisfied": ("Satisfied customers", "Довольные заявители"),
    "headline_void": (
        "{n} of them {n:is|are} spam or merged; times and shares leave {n:it|them} out.",
        "Из них {n} — спам или присоединённые; в сроках и долях они не учтены.",
    ),
    "headline_days_of_work": (
        "{n:rate} working days of work, at the pace of the last four weeks.",
        "Работы на {n:rate} раб. дн. в темпе последних четырёх недель.",
    ),
    "headline_solved_again": (
        "Of {n} different {n:ticket|tickets}: one that is solved again counts again.",
        "По {n} {n:разному обращению|разным обращениям|разным обращениям}: решённое снова считается снова.",
    ),
    "headline_from_first_response": (
        "From {n} tickets answered and those that still wait.",
        "По {n} отвеченным обращениям и тем, что ещё ждут.",
    ),
    "headline_from_resolution": (
        "From {n} tickets solved for the first time and those that are still open.",
        "По {n} впервые решённым обращениям и тем, что ещё открыты.",
    ),
    "headline_decided": (
        "Of {n} promises decided.",
        "Обещаний с исходом: {n}.",
    ),
    "headline_rated": (
        "Of {n} ratings.",
        "Оценок: {n}.",
    ),
    "headline_line_ends": (
        "The line ends on {until}: in the {n} {n:week|weeks} after it hardly any tickets came.",
        "Линия — до {until}: после этого {n} {n:неделя|недели|недель} почти без обращений.",
    ),
    "headline_change_count": (
        "{percent:change} against {before} in {period}",
        "{percent:change} к {before} за {period}",
    ),
    "headline_change_from": ("{before} in {period}", "{before} за {period}"),
    "headline_share": ("{share:share}", "{share:share}"),
    "headline_other_tickets": (
        "Other tickets came, which is most of the difference.",
        "Пришли другие обращения: в этом большая часть разницы.",
    ),
    "headline_earlier": (
        "It began earlier and stands: {where}, {course}, since {since}.",
        "Началось раньше и держится: {where}, {course}, с {since}.",
    ),
    "headline_groups_worse": ("Worse: {groups:items}.", "Хуже: {groups:items}."),
    "headline_groups_better": ("Better: {groups:items}.", "Лучше: {groups:items}."),
    "headline_groups_more": ("More: {groups:items}.", "Больше: {groups:items}."),
    "headline_groups_fewer": ("Fewer: {groups:items}.", "Меньше: {groups:items}."),
    "headline_groups_different": ("Changed: {groups:items}.", "Изменилось: {groups:items}."),
    "headline_untold": (
        "Too few to tell whether anything changed among like tickets.",
        "Слишком мало, чтобы сказать, изменилось ли что-то у похожих.",
    ),
    "headline_chance": (
        "No change beyond chance among like tickets.",
        "У похожих изменений сверх случайного нет.",
    ),
})  # fmt: skip
