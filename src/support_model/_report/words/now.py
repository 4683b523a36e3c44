"""Words of what is open now."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "now_title": ("Now: open on {at}", "Сейчас: открыто на {at}"),
    "now_open": (
        "{n} {n:ticket is|tickets are} open; the oldest since {oldest:day}.",
        "{n:Открыто|Открыты|Открыто} {n} {n:обращение|обращения|обращений}; самое старое — с "
        "{oldest:day}.",
    ),
    "now_none": ("Nothing is open.", "Открытых обращений нет."),
    "now_due": (
        "{late} {late:promise is|promises are} past due, {today} more {today:comes|come} due "
        "today, {next} on the next business day ({day}); {paused} {paused:is|are} paused.",
        "{late:Просрочено|Просрочены|Просрочено} {late} {late:обещание|обещания|обещаний}, ещё "
        "{today} со сроком сегодня, {next} — в следующий рабочий день ({day}); на паузе {paused}.",
    ),
    "now_no_policy": (
        "Running clocks are told with --policy.",
        "Идущие сроки показываются с --policy.",
    ),
    "now_table": ("Open by {field}", "Открыто по полю «{field}»"),
    "now_column_status": ("status", "статус"),
    "now_table_status": ("Open by status", "Открыто по статусам"),
    "now_column_open": ("Open", "Открыто"),
    "now_column_share": ("Of all", "Доля"),
    "now_part_ages": ("how old", "возраст"),
    "now_part_promises": ("promises", "обещания"),
    "now_age_1": ("Up to 1 day", "До 1 дня"),
    "now_age_3": ("1 to 3 days", "1–3 дня"),
    "now_age_7": ("3 to 7 days", "3–7 дней"),
    "now_age_30": ("7 to 30 days", "7–30 дней"),
    "now_age_more": ("Over 30 days", "Более 30 дней"),
    "now_column_oldest": ("Oldest", "Самое старое"),
    "now_column_late": ("Promises past due", "Просрочено"),
    "now_column_today": ("Promises due today", "Срок сегодня"),
    "now_column_next": ("Promises due next business day", "Срок в след. рабочий день"),
    "now_clocks": ("Running promises", "Идущие обещания"),
    "now_column_policy": ("Policy", "Политика"),
    "now_column_metric": ("Promise", "Обещание"),
    "now_column_running": ("Running", "Идёт"),
    "now_column_paused": ("Paused", "На паузе"),
    "now_column_later": ("Due later", "Срок позже"),
    "now_soon": ("Promises that come due soon and can still be kept, the nearest first", "Обещания, чей срок скоро: их ещё можно сдержать, ближайшие первыми"),
    "now_late": ("Promises that are past due, the most late first", "Просроченные обещания, с наибольшим опозданием первыми"),
    "now_late_note": (
        "Late by: the time beyond what was promised, on the clock of the promise.",
        "Опоздание — время сверх обещанного, по часам обещания.",
    ),
    "now_column_late_by": ("Late by", "Опоздание"),
    "now_column_ticket": ("Ticket", "Обращение"),
    "now_column_due": ("Due", "Срок"),
    "now_column_state": ("State", "Состояние"),
    "now_column_holder": ("Agent", "Сотрудник"),
    "now_column_group": ("Group", "Группа"),
    "now_column_priority": ("Priority", "Приоритет"),
    "now_column_age": ("Age", "Возраст"),
    "now_state_today": ("due today", "срок сегодня"),
    "now_state_next": ("due next business day", "срок в след. рабочий день"),
})  # fmt: skip
