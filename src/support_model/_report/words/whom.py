"""Words of the tables for whom: by channel, priority, group and every other field."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "whom_title": ("For whom, {period}", "По группам, {period}"),
    "whom_table": ("By {field}", "По полю «{field}»"),
    "whom_table_agent": ("By agent who held the ticket", "По сотрудникам, которые вели обращение"),
    "whom_extremes": ("Worst of each field", "Худшие по каждому полю"),
    "whom_column_field": ("Field", "Поле"),
    "whom_most_first_response": ("Slowest first response, median", "Самый медленный первый ответ, медиана"),
    "whom_most_resolution": ("Slowest resolution, median", "Самое медленное решение, медиана"),
    "whom_most_sla": ("SLA kept least", "SLA соблюдено меньше всего"),
    "whom_most_satisfied": ("Least satisfied", "Меньше всего довольны"),
    "whom_most_escalated": ("Most escalated", "Больше всего передано выше"),
    "whom_most_reopened": ("Most reopened within 7 days", "Больше всего возобновлено за 7 дней"),
    "whom_extreme": ("{name}: {figure} (of {n})", "{name}: {figure} (из {n})"),
    "whom_extremes_note": (
        "Of groups with {n} outcomes or more. The worst of many groups is often so by chance: the tables below have the interval of each.",
        "Из групп, где исходов не меньше {n}. Худшая из многих часто такова случайно: интервалы — в таблицах ниже.",
    ),
    "whom_week": ("By week", "По неделям"),
    "whom_column_week": ("Week of", "Неделя с"),
    "whom_created": ("Created", "Создано"),
    "whom_void": ("Spam or merged", "Спам и присоединённые"),
    "whom_hours": ("By hour of the day in which the ticket came", "По часу суток, в который пришло обращение"),
    "whom_column_hour": ("hour", "час"),
    "whom_requesters": ("Requesters with most tickets", "Заявители с наибольшим числом обращений"),
    "whom_solved": ("Solutions", "Решений"),
    "whom_open": ("Open at the end", "Открыто в конце"),
    "whom_first_response_n": ("Answered", "Отвечено"),
    "whom_first_response": ("First response, median", "Первый ответ, медиана"),
    "whom_resolution_n": ("Solved for the first time", "Решено впервые"),
    "whom_resolution": ("Resolution, median", "Решение, медиана"),
    "whom_sla_n": ("Promises decided", "Обещаний с исходом"),
    "whom_sla": ("SLA kept", "SLA соблюдено"),
    "whom_satisfied_n": ("Ratings", "Оценок"),
    "whom_satisfied": ("Satisfied", "Довольны"),
    "whom_reopened_n": ("Followed", "Прослежено"),
    "whom_reopened": ("Reopened within 7 days", "Возобновлено за 7 дней"),
    "whom_escalated_n": ("At risk", "Под наблюдением"),
    "whom_before": ("{title} before", "{title} раньше"),
    "whom_interval": ("95% interval", "95%-й интервал"),
    "whom_part_volumes": ("how many", "сколько"),
    "whom_part_times": ("times", "время"),
    "whom_part_shares": ("promises and satisfaction", "обещания и оценки"),
    "whom_note": (
        "Each figure is dated by its outcome in {period}. Spam and merged tickets are among those created, solved and open until then, and in no time or share. Times: the median, open tickets counted; "
        "who held a ticket counts for the time for which it was held. Too few: under 5 for a time, "
        "10 for a share.",
        "Каждый показатель отнесён к исходу в периоде {period}. Спам и присоединённые входят в созданные, решённые и открытые до того, но ни в какое время и долю. Время — медиана, открытые учтены; "
        "тот, кто вёл обращение, отвечает за время, пока вёл. Мало: менее 5 для времени, 10 для "
        "доли.",
    ),
    "whom_running": ("The last week is as far as the log goes.", "Последняя неделя — насколько хватает журнала."),
    "whom_hidden_agent": ("agent {n}", "сотрудник {n}"),
})  # fmt: skip
