"""Words of the volumes: what came, was solved, came back and waits."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "volumes_title": ("How much came and how much was solved", "Сколько пришло и сколько решено"),
    "volumes_by_time": (
        "Came and solved by week, day and hour", "Поступило и решено по неделям, дням и часам",
    ),
    "volumes_in_period": (
        ("{period}: {created} {created:ticket|tickets} came, {solved}, {reopened} reopened."
        " {before}: {created_before} came, {solved_before}, {reopened_before} reopened."),
        ("За {period} поступило {created} {created:обращение|обращения|обращений}, {solved},"
        " возобновлено {reopened}. За {before} поступило {created_before}, {solved_before},"
        " возобновлено {reopened_before}."),
    ),
    "volumes_solved": ("{n} {n:solution|solutions}", "решений {n}"),
    "volumes_solved_again": (
        "{n} {n:solution|solutions} (of {tickets} different {tickets:ticket|tickets})",
        "решений {n} (по {tickets} {tickets:разному обращению|разным обращениям|разным обращениям})",
    ),
    "volumes_created": (
        "{period}: {created} {created:ticket|tickets} came; {before}: {created_before}.",
        ("За {period} поступило {created} {created:обращение|обращения|обращений},"
        " за {before} — {created_before}."),
    ),
    "volumes_void": (
        "Of those that came in {period}, {parts}: counted once, as they came.",
        "Из поступивших за {period}: {parts}; каждое сосчитано один раз, среди поступивших.",
    ),
    "volumes_merged": (
        "{n} {n:was|were} merged into another ticket",
        "{n} {n:объединено|объединены|объединены} с другими",
    ),
    "volumes_void_by_status": (
        '{n} {n:is|are} void as "{status}"',
        "{n} {n:аннулировано|аннулированы|аннулированы} в статусе «{status}»",
    ),
    "volumes_growing": (
        ("Not keeping up in {period}: {out} left the backlog for {came} that entered it, so it"
         " grew"
        " from {before} to {after}{days}."),
        ("За {period} не успеваем: из очереди ушло {out}, пришло {came}, очередь выросла с"
         " {before}"
        " до {after}{days}."),
    ),
    "volumes_shrinking": (
        ("Keeping up in {period}, and catching up: {out} left the backlog for {came} that entered"
        " it, so it fell from {before} to {after}{days}."),
        ("За {period} успеваем и догоняем: из очереди ушло {out}, пришло {came}, очередь"
        " уменьшилась с {before} до {after}{days}."),
    ),
    "volumes_level": (
        ("Keeping up in {period}: {out} left the backlog and {came} entered it, so it went from"
        " {before} to {after}, no more than it varies by chance{days}."),
        ("За {period} успеваем: из очереди ушло {out}, пришло {came}, очередь изменилась с"
         " {before}"
        " до {after}, не больше обычных колебаний{days}."),
    ),
    "volumes_no_days": ("", ""),
    "volumes_days_then_now": (
        " ({then:rate} working days of work then, {now:rate} at its end)",
        " (работы на {then:rate} раб. дн. в начале и на {now:rate} в конце)",
    ),
    "volumes_open": (
        ("Open at the end of the log ({at}): {open} {open:ticket|tickets}, half of them older than"
        " {median}, the oldest {oldest}."),
        ("Открыто на конец журнала ({at}): {open} {open:обращение|обращения|обращений}, половина"
        " старше {median}, самое старое — {oldest}"),
    ),
    "volumes_none_open": (
        "No ticket is open at the end of the log ({at}).",
        "На конец журнала ({at}) открытых обращений нет.",
    ),
    "volumes_days_of_work": (
        ("At the pace of the last weeks ({per_day:rate} solutions per working day) that is"
        " {days:rate} working days of work."),
        ("В темпе последних недель ({per_day:rate} решённых в рабочий день) это работа на"
        " {days:rate} раб. дн."),
    ),
    "volumes_since": (
        ("Since then, from {start} to {at} (not over): {created} came, {solved}"
         " {solved:solution|solutions}, {open} open."),
        ("После этого, с {start} по {at} (период не окончен): поступило {created}, решений"
         " {solved},"
        " открыто {open}."),
    ),
    "volumes_by_completion": (
        ("Whether the desk keeps up cannot be told: {open} {open:ticket is|tickets are} open at"
        " the end of this log, so only finished tickets seem to have been exported. Its backlog,"
        " and its arrivals near the end, are too low."),
        ("Успевает ли служба, сказать нельзя: на конец журнала открыто {open}"
        " {open:обращение|обращения|обращений}, похоже, выгружены только завершённые. Очередь и"
        " поступления ближе к концу занижены."),
    ),
    "volumes_begins": (
        ("Tickets from before {start} are not in the log, so the backlog of its first weeks is too"
        " low."),
        "Обращений до {start} в журнале нет, поэтому очередь первых недель занижена.",
    ),
    "volumes_no_statuses": (
        "The system has no statuses, so nothing tells what was solved and what is open.",
        "В системе нет статусов, поэтому неизвестно, что решено и что открыто.",
    ),
    "volumes_left_as": ('{n} as "{status}"', "{n} — «{status}»"),
    "volumes_left_untold": (
        ("{n} {n:ticket is|tickets are} over ({parts}), and no stamp tells since when: they are"
         " open at no time, are in no time of solution, and count as Void when they came."),
        ("{n} {n:обращение|обращения|обращений} уже не в работе ({parts}), и ни одна отметка не"
         " говорит, с какого времени: они ни в какое время не открыты, во времени решения не учтены"
         " и считаются аннулированными при поступлении."),
    ),
    "volumes_reopened_untold": (
        ("Of {n} {n:ticket|tickets} only present values are known: whether they were reopened is"
        " not told."),
        ("У {n} {n:обращения|обращений|обращений} известны только нынешние значения: возобновления"
        " не отмечены."),
    ),
    "volumes_solved_means": (
        ("Solutions: a ticket that is solved, reopened and solved again counts"
         " twice,"
        " and its reopening once. Backlog at the end = backlog at the beginning + came + reopened"
        " + restored - solutions - void."),
        ("Решений: обращение, решённое, возобновлённое и решённое снова, считается"
        " дважды, а его возобновление один раз. Очередь в конце = очередь в начале + поступило"
        " + возобновлено + возвращено − решений − аннулировано."),
    ),
    "volumes_days_means": (
        ("Days of work: open tickets by the solutions per working day of the four weeks before."
        " Working days: {days}."),
        ("Работы, дней: открытые обращения, делённые на число решений в рабочий день за четыре"
        " предыдущие недели. Рабочие дни: {days}."),
    ),
    "volumes_days_calendar": (
        "days with opening hours", "дни, в которые служба работает",
    ),
    "volumes_days_weekdays": ("Monday to Friday", "с понедельника по пятницу"),
    "volumes_periods": ("The two periods, and since then", "Два периода и время после них"),
    "volumes_by_month": ("By month", "По месяцам"),
    "volumes_by_week": ("By week", "По неделям"),
    "volumes_by_day": ("By day", "По дням"),
    "volumes_newest": (
        "The newest come first; a period that the log does not cover is marked as not whole.",
        "Сначала новые; период, который журнал охватывает не целиком, отмечен как неполный.",
    ),
    "volumes_ages": ("How old the open tickets are", "Возраст открытых обращений"),
    "volumes_work_by_group": ("Work of each group", "Работа каждой группы"),
    "volumes_void_table": ("Void tickets", "Аннулированные обращения"),
    "volumes_void_note": (
        ("Each ticket that is void now is counted once, by when it became void. They are among"
        " those that came, and among no time or share."),
        ("Каждое аннулированное обращение сосчитано один раз, по времени аннулирования. Они входят в число"
        " поступивших, но не в сроки и доли."),
    ),
    "volumes_arrivals": ("Arrivals by hour of the week", "Поступления по часам недели"),
    "volumes_arrivals_note": (
        "Tickets created in each hour, over the whole log, in the zone {tz}.",
        "Число обращений, созданных в каждом часу, по всему журналу, часовой пояс {tz}.",
    ),
    "volumes_busiest": (
        "Arrivals by hour of the week; most, {n}, on {day} from {hour}:00.",
        "Поступления по часам недели; больше всего, {n}, — {day}, с {hour}:00.",
    ),
    "volumes_flow_chart": (
        "Created and solved by week; dashed are last weeks that are not over or hold hardly any tickets.",
        "Поступило и решено по неделям; пунктиром — последние недели, если они не окончены или почти без обращений.",
    ),
    "volumes_backlog_chart": (
        "Open tickets at the end of each week, and at the end of the log.",
        "Открытые обращения на конец каждой недели и на конец журнала.",
    ),
    "column_period": ("Period", "Период"),
    "column_start": ("From", "С"),
    "column_created": ("Created", "Поступило"),
    "column_solved": ("Solutions", "Решений"),
    "column_reopened": ("Reopened", "Возобновлено"),
    "column_voided": ("Void", "Аннулировано"),
    "column_restored": ("Restored", "Возвращено"),
    "column_net": ("Net flow", "Прирост"),
    "column_backlog": ("Open at end", "Открыто в конце"),
    "column_days_of_work": ("Days of work", "Работы, дней"),
    "column_whole": ("Whole", "Полный"),
    "column_age": ("Age", "Возраст"),
    "column_open": ("Open", "Открыто"),
    "column_share_open": ("Share", "Доля"),
    "column_solved_lately": ("Solutions in four weeks", "Решений за четыре недели"),
    "column_per_day": ("Per working day", "В рабочий день"),
    "column_group": ("Group", "Группа"),
    "column_kind": ("How", "Как"),
    "column_before": ("Before", "До"),
    "column_after": ("Reported", "За период"),
    "column_all": ("In all", "Всего"),
    "column_hour": ("Hour", "Час"),
    "column_sum": ("Sum", "Сумма"),
    "volumes_kind_merged": ("merged into another", "объединено с другим"),
    "age_below": ("under {to} {to:day|days}", "до {to} дн."),
    "age_between": ("{from_} to {to} days", "от {from_} до {to} дн."),
    "age_above": ("{from_} days or more", "от {from_} дн."),
    "weekday_0": ("Mon", "пн"),
    "weekday_1": ("Tue", "вт"),
    "weekday_2": ("Wed", "ср"),
    "weekday_3": ("Thu", "чт"),
    "weekday_4": ("Fri", "пт"),
    "weekday_5": ("Sat", "сб"),
    "weekday_6": ("Sun", "вс"),
})  # fmt: skip
