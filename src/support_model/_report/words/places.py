"""Words of where time goes: statuses, groups, waiting for whom, hand-overs, how late."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "places_title": ("Where time goes", "На что уходит время"),
    "places_in_full": ("Where time goes, in full", "На что уходит время, подробно"),
    "places_us": ("us", "нас"),
    "places_customer": ("the customer", "заявителя"),
    "places_others": ("others (on hold)", "других (отложено)"),
    "places_several": ("several", "разных"),
    "places_nobody": ("(no group)", "(без группы)"),
    "places_waiting": (
        ("Of the time in which tickets were open in {period}, {us:share} was waiting for us,"
        " {customer:share} for the customer and {others:share} for others{named}."),
        ("Из времени, когда обращения были открыты за {period}, {us:share} ждали нас,"
        " {customer:share} — заявителя и {others:share} — других{named}."),
    ),
    "places_waiting_before": (
        "In {period} it was {us:share}, {customer:share} and {others:share}.",
        "За {period} было {us:share}, {customer:share} и {others:share}.",
    ),
    "places_others_named": (" ({statuses})", " ({statuses})"),
    "places_no_names": ("", ""),
    "places_status_share": ('"{status}" {share:share}', "«{status}» {share:share}"),
    "places_group_share": ('"{group}" {share:share}', "«{group}» {share:share}"),
    "places_statuses": (
        "Most time passed in the statuses {statuses}.",
        "Больше всего времени прошло в статусах {statuses}.",
    ),
    "places_groups": (
        "By group, most time passed with {groups}.",
        "По группам больше всего времени прошло у {groups}.",
    ),
    "places_growing": (
        ('It piles up in "{status}": {entered} came in and {left} went out in {period};'
        " {now} {now:ticket is|tickets are} there now, the oldest for {oldest}."),
        ("Копится в статусе «{status}»: за {period} вошло {entered}, вышло {left}; сейчас там"
        " {now}, дольше всего {oldest}."),
    ),
    "places_growing_group": (
        ('It piles up with "{group}": {entered} came in and {left} went out in {period};'
        " {now} {now:ticket is|tickets are} there now, the oldest for {oldest}."),
        ("Копится у группы «{group}»: за {period} вошло {entered}, вышло {left}; сейчас там"
        " {now}, дольше всего {oldest}."),
    ),
    "places_hand_overs": (
        ("{n} {n:hand-over|hand-overs} between groups in {period}, {back:share} of them straight"
        ' back; most often from "{from_}" to "{to}" ({most}).'),
        ("Передач между группами за {period}: {n}, сразу обратно {back:share}; чаще всего из"
        " «{from_}» в «{to}» ({most})."),
    ),
    "places_hand_overs_before": (
        "In {period} there were {n}, {back:share} straight back.",
        "За {period} было {n}, сразу обратно {back:share}.",
    ),
    "places_late": (
        ("{n} {n:promise was|promises were} broken or {n:is|are} past due: half of them by more"
        " than {median}, one in ten by more than {most}."),
        ("Нарушено или просрочено обещаний: {n}, половина больше чем на {median}, каждое десятое"
        " больше чем на {most}."),
    ),
    "places_one_late": (
        "{n} {n:promise was|promises were} broken or {n:is|are} past due.",
        "Нарушено или просрочено обещаний: {n}.",
    ),
    "places_none_told": (
        "Nothing tells when tickets changed their status or group, so their time has no place.",
        "Неизвестно, когда менялись статусы и группы, поэтому время не распределить.",
    ),
    "places_untold": (
        "{n} of {total} tickets are left out: of them only present values are known.",
        "Не вошли {n} из {total} обращений: известны только их нынешние значения.",
    ),
    "places_period": (
        ("Times are those of {period}, beside those of {before}. Time counts while"
        " a ticket is neither solved nor void, so the times of a table add up to the time that"
        " tickets were open; void tickets are left out."),
        ("Времена за {period}, рядом за {before}. Время считается, пока обращение не решено и не"
        " аннулировано, поэтому времена таблицы складываются в общее время открытых обращений; аннулированные"
        " обращения не входят."),
    ),
    "places_whole_log": (
        ("Times are those of the whole log. Time counts while a ticket is neither solved nor void,"
        " so the times of a table add up to the time that tickets were open; void tickets are"
        " left out."),
        ("Времена за весь журнал. Время считается, пока обращение не решено и не аннулировано, поэтому"
        " времена таблицы складываются в общее время открытых обращений; аннулированные не входят."),
    ),
    "places_means_waiting": (
        ("New and open statuses wait for us, pending ones for the customer, those on hold for"
        " others, such as a vendor: that is not waiting for us."),
        ("Новые и открытые статусы ждут нас, статусы ожидания заявителя — заявителя, отложенные —"
        " других, например поставщика: это не ожидание нас."),
    ),
    "places_means_per_ticket": (
        ("Per ticket: over the tickets that were there and were solved in the period for good,"
        " their whole time there until then."),
        ("На обращение: по обращениям, которые там были и за период решены окончательно, всё"
        " время там до решения."),
    ),
    "places_means_stays": (
        ("Stay: from entering until leaving or being solved; the median is over the stays that"
        " began in the period, and those that go on count as far as they have come (Kaplan and"
        " Meier)."),
        ("Пребывание — от входа до выхода или решения; медиана по пребываниям, начавшимся за"
        " период, идущие учтены на сколько дошли (Каплан — Мейер)."),
    ),
    "places_means_held": (
        ("A stay with a group is in time where the ticket waited for the group no longer than"
        " {within}, {stated}. It counts in the period in which it ends or exceeds that."),
        ("Пребывание в группе вовремя, если обращение ждало группу не дольше {within}, {stated}."
        " Оно считается в периоде, в котором кончилось или превысило срок."),
    ),
    "places_of_period": (
        "the median of all groups in {before}",
        "это медиана всех групп за {before}",
    ),
    "places_of_whole_log": (
        "the median of all groups",
        "это медиана всех групп",
    ),
    "places_by_waiting_for": ("Waiting for whom", "Кого ждут"),
    "places_per_ticket_waiting_for": (
        "Waiting for whom, per ticket", "Кого ждут, на обращение",
    ),
    "places_per_ticket_status": (
        "Time in each status, per ticket", "Время в каждом статусе, на обращение",
    ),
    "places_per_ticket_group": (
        "Time with each group, per ticket", "Время у каждой группы, на обращение",
    ),
    "places_stages_status": ("Where tickets pile up: statuses", "Где копится: статусы"),
    "places_stages_group": ("Where tickets pile up: groups", "Где копится: группы"),
    "places_held": (
        "How often groups were done within {within}", "Как часто группы укладываются в {within}",
    ),
    "places_means_back": (
        "Straight back: the next hand-over of the ticket was the reverse.",
        "Сразу обратно — следующая передача обращения была обратной.",
    ),
    "places_first_acts": (
        "Until something is done after a hand-over", "Сколько проходит после передачи",
    ),
    "places_means_first_act": (
        "First act: a reply, a note, another agent or status, or the next hand-over.",
        "Первое действие — ответ, заметка, другой исполнитель или статус, следующая передача.",
    ),
    "places_means_overdue": (
        ("Cycles of clocks that were missed or are past due, by how far they exceeded their target"
        " on their own clock."),
        "Нарушенные и просроченные сроки: на сколько они превышены по собственным часам.",
    ),
    "places_overdue_bins": ("How many are how late", "Сколько на сколько опаздывает"),
    "places_by_status": ("Time in each status", "Время в каждом статусе"),
    "places_by_group": ("Time with each group", "Время у каждой группы"),
    "places_hand_over_table": ("Hand-overs between groups", "Передачи между группами"),
    "places_overdue": ("How late what is late is", "На сколько опаздывают"),
    "group_promises": ("What each group kept of what was promised", "Какие обещания сдержала каждая группа"),
    "group_promises_part_kept": ("how many", "сколько"),
    "group_promises_part_late": ("how late", "на сколько опоздали"),
    "group_promises_kept": ("Kept", "Соблюдено"),
    "group_promises_before": ("Kept before", "Соблюдено раньше"),
    "group_promises_ninety": ("90% late by at most", "90% опоздали не более чем на"),
    "group_promises_note": (
        "Promises decided in {period}, with the group that held the ticket then: at the stop of the "
        "clock, or when a due passed before it. Late by: on the clock of the promise, up to the end of "
        "the log where it still runs.",
        "Обещания с исходом в периоде {period} у группы, которая тогда вела обращение: при остановке "
        "часов или когда срок прошёл раньше. Опоздание — по часам обещания, для идущих до конца журнала.",
    ),
    "places_col_place_waiting_for": ("Waiting for", "Ждут"),
    "places_col_place_status": ("Status", "Статус"),
    "places_col_place_group": ("Group", "Группа"),
    "places_col_waiting_for": ("Waiting for", "Ждут"),
    "places_col_tickets": ("Tickets", "Обращения"),
    "places_col_time": ("Time in all", "Время всего"),
    "places_col_share": ("Share", "Доля"),
    "places_col_share_before": ("Share before", "Доля раньше"),
    "places_col_solved": ("Tickets solved for good", "Решено окончательно"),
    "places_col_per_ticket": ("Median per ticket", "Медиана на обращение"),
    "places_col_open_time": ("In opening hours", "В рабочее время"),
    "places_col_open_share": ("Share of these", "Доля в нём"),
    "places_col_open_per_ticket": ("Median of these", "Медиана в нём"),
    "places_col_interval": ("95% interval", "95%-й интервал"),
    "places_col_open_interval": ("95% interval", "95%-й интервал"),
    "places_col_decided_before": ("Decided before", "Оценено раньше"),
    "places_col_now": ("Now", "Сейчас"),
    "places_col_oldest": ("Oldest", "Дольше всех"),
    "places_col_entered": ("In", "Вошло"),
    "places_col_left": ("Out", "Вышло"),
    "places_col_stay": ("Median stay", "Медиана"),
    "places_col_decided": ("Decided", "Оценено"),
    "places_col_held": ("In time", "Вовремя"),
    "places_col_held_before": ("In time before", "Вовремя раньше"),
    "places_col_from": ("From", "Из"),
    "places_col_to": ("To", "В"),
    "places_col_count": ("Times", "Раз"),
    "places_col_count_before": ("Before", "Раньше"),
    "places_col_back": ("Straight back", "Сразу обратно"),
    "places_col_untouched": ("Untouched", "Не тронуто"),
    "places_col_acted": ("Acted on", "Есть действие"),
    "places_col_first_act": ("First act, median", "Первое действие, медиана"),
    "places_col_policy": ("Policy", "Политика"),
    "places_col_metric": ("Clock", "Часы"),
    "places_col_late": ("Late", "Опоздало"),
    "places_col_running": ("Still open", "Ещё открыто"),
    "places_col_late_by": ("Late by, median", "Опоздание, медиана"),
    "places_col_late_most": ("Most", "Больше всего"),
    "places_late_below": ("under {to} {to:hour|hours}", "до {to} ч"),
    "places_late_between": ("{from_} to {to} hours", "от {from_} до {to} ч"),
    "places_late_above": ("{from_} hours or more", "от {from_} ч"),
})  # fmt: skip
