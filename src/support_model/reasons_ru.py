# ruff: noqa: RUF001 - Russian is written in Russian
"""The Russian catalogue of reasons: one sentence a code, the same parameters as in English.

`reason.text(RUSSIAN)` returns a reason, `explanation.text(RUSSIAN)` a whole explanation. Names
of fields, statuses and metrics stay as they are written in the rules.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RUSSIAN"]

_RUSSIAN = {
    # calendars, why time counts or does not
    "always": "открыто круглосуточно",
    "weekly_hours": "часы работы по расписанию недели, {weekday}",
    "date_hours": "часы работы на дату {date}",
    "day_mon": "Пн",
    "day_tue": "Вт",
    "day_wed": "Ср",
    "day_thu": "Чт",
    "day_fri": "Пт",
    "day_sat": "Сб",
    "day_sun": "Вс",
    "at": "{reading}",
    "in_all": "всего",
    # words in sentences
    "metric_first_response": "«первый ответ»",
    "metric_next_response": "«следующий ответ»",
    "metric_periodic_update": "«регулярное сообщение»",
    "metric_requester_wait": "«ожидание заявителя»",
    "metric_agent_work": "«работа сотрудников»",
    "metric_resolution": "«решение»",
    "metric_total_resolution": "«полное решение»",
    "metric_ownership": "«время в группе»",
    "metric_assignee_response": "«ответ исполнителя»",
    "metric_acknowledgement": "«принятие в работу»",
    "metric_promise": "«обещание»",
    "unit_h": "{n} ч",
    "unit_m": "{n} мин",
    "unit_s": "{n} с",
    "units": " ",
    "decimal_mark": ",",
    "percent": "{n} %",
    "quoted": "«{text}»",
    "date": "{d:%d.%m.%Y}",
    "reading": "{day} {d:%d.%m.%Y} {time}",
    "instant": "{reading} {zone}",
    "plural": "one_few_many",
    "nothing": "ничего",
    "never": "никогда",
    "none": "нет",
    "open_ended": "особого распоряжения",
    "unlimited": "без ограничения",
    "yes": "да",
    "no": "нет",
    "weekday_mon": "понедельник",
    "weekday_tue": "вторник",
    "weekday_wed": "среда",
    "weekday_thu": "четверг",
    "weekday_fri": "пятница",
    "weekday_sat": "суббота",
    "weekday_sun": "воскресенье",
    "working_date": "рабочий день по расписанию дня недели «{weekday}»: {name}",
    "outside_hours": "вне часов работы",
    "holiday": "праздник: {name}",
    "shortened": "вне часов сокращённого дня: {name}",
    "break": "перерыв {name}",
    "closed_span": "закрыто: {name}",
    "excluded": "исключено: {by}",
    "paused": "на паузе: {name}",
    # moments of service levels
    "sla_warning": "{metric}: прошло {share} срока {target} ({policy})",
    "sla_warning_before": "{metric}: до срока осталось {offset}: {target} ({policy})",
    "sla_warning_after": "{metric}: срок прошёл {offset} назад: {target} ({policy})",
    "sla_breach": "{metric}: нарушен срок {target} ({policy})",
    "target_time": "{within}",
    "target_promised": "к обещанной дате {at}",
    # what an evaluation finds
    "promise_without_target": "обещано {at} для {name!r}, но такой цели нет; {hint}",
    # explanations of service levels
    "carried": "перенесено с прежнего срока",
    # what lint finds in calendars
    "ends_2359": "{where} кончается в 23:59 и теряет последнюю минуту; пишите 24:00",
    "hours_of_weekday": "{weekday} {hours}",
    "hours_of_date": "{date} {hours}",
    "overlap": "{where} пересекается с другим промежутком того же дня; они объединены",
    "whole_day_range": (
        "{where} кончается там же, где начинается, и означает 24 часа; пишите 00:00-24:00"
    ),
    "swallowed_by_gap": "{where} не существует {date}: часы переводят через этот промежуток",
    "closures_end": "{what} известны за {known}, за {missing} не известно ничего",
    "holidays_of": "праздники страны {country}",
    "own_holidays": "собственные закрытые даты",
    "own_hours": "часы отдельных дат",
    "own_breaks": "перерывы отдельных дат",
    "estimated_holidays": "даты приблизительны и могут сдвинуться: {dates}",
    "opens_closed_day": (
        "часы на {day}, заданные по годам, открывают {dates} в закрытый день недели; сокращённый"
        " день задаётся перерывом: closures.recurring(hours=...)"
    ),
    "closed_for_long": "закрыто с {start} до {end}, {days} дн.",
    "never_opens": "не открывается никогда после {start}",
    # coverage, how many people a rule takes
    "hours_balance": (
        "баланс часов: {hours} ч в неделю x {seats} мест / {there} ч присутствия одного"
        " сотрудника = {factor}, итого {people}"
    ),
    "legality": (
        "закон: {hours} ч в неделю, не более {cap} ч на человека = {crews} чел. на место,"
        " итого {people}"
    ),
    "availability": "доступность: нужны {needed}, отсутствовать могут {spare}, итого {people}",
    # rosters, which labor rule is broken
    "unknown_person": "{person} не входит в команду",
    "without_skill": "{person} не владеет навыком {skills} для смены {shift} {date}",
    "away": "{person} отсутствует в смену {shift} {date}",
    "not_own_hours": "смена {shift} {date} лежит вне рабочих часов: {person}",
    "overlapping_duties": "{person}: {earlier} и {later} {date} идут одновременно",
    "short_rest": "{person}: отдых {rest} между {earlier} и {later} {date}, меньше {least}",
    "long_duty": "{person}: смена {shift} {date} длится {length}, больше {most}",
    "long_day": "{person}: {worked} в сменах, начавшихся {date}, больше {most}",
    "no_daily_rest": (
        "{person}: непрерывный отдых не более {rest} за {length} с начала смены {shift} {date},"
        " меньше {least}"
    ),
    "forbidden_succession": "{person}: {later} {date} на следующий день после {earlier}",
    "long_week": "{person}: {worked} за неделю с {monday}, больше {most}",
    "no_weekly_rest": (
        "{person}: непрерывный отдых не более {rest} за неделю с {monday}, меньше {least}"
    ),
    "nights_in_a_row": "{person}: ночных смен подряд с {date}: {count}, больше {most}",
    "days_in_a_row": "{person}: рабочих дней подряд с {date}: {count}, больше {most}",
    "away_together": "одновременно отсутствуют знающие {skill}: {people}, больше {most}",
    # patterns, what was found and what was asked
    "is": "{field} равно {value!r}",
    "not_is": "{field} равно {found!r}, а не {value!r}",
    "in": "{field} равно {found!r}",
    "not_in": "{field} равно {found!r}, этого нет среди {value!r}",
    "has": "{field} задано",
    "not_has": "{field} не задано",
    "contains": "{field} содержит одно из {value!r}",
    "not_contains": "{field} не содержит ничего из {value!r}",
    "at_least": "{field} равно {found!r}, не меньше {value!r}",
    "not_at_least": "{field} равно {found!r}, меньше {value!r} или неизвестно",
    "at_most": "{field} равно {found!r}, не больше {value!r}",
    "not_at_most": "{field} равно {found!r}, больше {value!r} или неизвестно",
    "before": "{field} раньше {value}",
    "not_before": "{field} не раньше {value}",
    "after": "{field} позже {value}",
    "not_after": "{field} не позже {value}",
    "open_in": "{field} попадает в часы «{value}»",
    "not_open_in": "{field} не попадает в часы «{value}»",
    "function": "{name} выполняется",
    "not_function": "{name} не выполняется",
    # workflows, why an action is refused or what a log broke
    "unknown_action": "нет такого действия: {action!r}; {hint}",
    "not_from_here": "действие {action!r} не начинается в статусе {status!r}",
    "unknown_status": "{status!r} не статус процесса {workflow!r}",
    "not_initial": "обращения не начинаются в статусе {status!r}",
    "no_transition": "из {source!r} нет перехода в {to!r}",
    "needs_other": "для {action!r} нужен номер другого обращения или статьи",
    "nothing_to_do": "{action!r} ничего бы не изменило",
    "too_late": "разрешено только в течение {within}",
    "unknown_priority": "в этой службе нет приоритета {name!r}; {hint}",
    "unknown_policy": "нет такого соглашения: {name!r}; {hint}",
    "nothing_promised": "по обращению не обещано ни одной даты",
    "not_promised": "для {name!r} дата не обещана; {hint}",
    "promised_too_late": "обещанная дата {due} не позже {at}",
    "related_to_itself": "обращение {ticket} было бы связано само с собой",
    "relate_is_no_merge": "объединение касается обоих обращений; действие — 'merge'",
    "merged_away": "{ticket} объединено с {other}; действуйте с ним",
    "merge_into_void": "{ticket} в статусе {status!r}: объединяйте с действующим обращением",
    # merges: what had no effect
    "log_unreadable": "журнал обращения {ticket} оставлен как есть: {problem}",
    "merge_in_circle": ("объединение {ticket} с {other} {at} замыкает круг и не действует"),
    # moments of workflows
    "pending_until": "ожидание в статусе {status!r} заканчивается",
    "action_due": "подошёл срок {action!r}: {after} с начала статуса {status!r}",
    "action_due_in_silence": "подошёл срок {action!r}: {after} с последнего сообщения ({role})",
    "working_days": "{n} {n:рабочий день|рабочих дня|рабочих дней}",
    "working_days_end": "{n} {n:рабочий день|рабочих дня|рабочих дней}, до конца дня",
    "same_business_day": "до конца рабочего дня",
    # what the definition of a workflow gets wrong
    "repeated_status": "статус {status!r} определён дважды",
    "no_initial_status": "не задан начальный статус",
    "undefined_status": "статус {status!r} не определён; {hint}",
    "ambiguous_action": "у действия {action!r} два перехода из статуса {status!r}",
    "unreachable_status": "в статус {status!r} ничто не ведёт",
    "trap_status": "из статуса {status!r} ничто не ведёт к завершению",
    "no_solution": "ни один статус решения или закрытия не достижим",
    "unmapped_status": "статусу {status!r} нет соответствия; {hint}",
    # routing, why an agent may not take a ticket
    "wrong_line": "работает на линии {line}, обращение на линии {wanted}",
    "wrong_team": "не входит в команду {wanted}",
    "absent": "отсутствует до {until}",
    "off_hours": "вне рабочих часов сотрудника",
    "offline": "присутствие: {presence}",
    "missing_skill": "не владеет навыком {skill}",
    "skill_level_low": "недостаточный уровень навыка {skill}",
    "skill_expired": "срок навыка {skill} истёк",
    "channel_full": "в канале {channel} занято {items} из {places} мест",
    "no_capacity": "занято {used} из {units} единиц, ещё {weight} не поместится",
    "rate_limited": "уже получено {most} обращений за учитываемое время",
    # routing, why the chosen agent came first
    "sticky_owner": "ведёт обращение с {since}",
    "sticky_deputy": "замещает {owner}: обращение вёл он, сейчас его нет",
    "fallback_line": "линия {line} помогает линии {own}",
    "relaxed": "обращение ждёт достаточно долго, чтобы обойтись без {skill}",
    "by_skill_fit": (
        "подходит лучше всех: потребностей {met} из {needs}, запас уровней {surplus},"
        " занято {share:.0f} ёмкости"
    ),
    "by_least_loaded": "наименьшая загрузка: занято {share:.0f} ёмкости",
    "by_least_active": "меньше всего в работе: {units} ед.",
    "by_most_available": "больше всего места: {free} ед.",
    "by_round_robin": "дольше всех ждёт обращения; последнее получено: {since}",
    "by_longest_idle": "дольше всех свободен; последняя работа закончена: {since}",
    "by_ranking": "первый по ранжированию {name!r}",
    # lines, why one is passed by
    "line_empty": "на линии {line} никого нет",
    "line_excluded": "для обращения исключены все на линии {line}",
    "line_lacks_skill": "на линии {line} никто не владеет: {skill}",
    # moments of routing
    "routing_retry": "{ticket} теперь есть кому взять",
    "swarm_due": "подошёл срок ответа: {agent}",
    # what contradicts itself in a desk
    "calendar_finding": "календарь {calendar!r}: {finding}",
    "policy_without_targets": "политика {policy!r} без целей заслоняет следующие за ней",
    "policy_never_matches": "политике {policy!r} не подходит ни одно обращение",
    "policy_shadowed": "политика {policy!r} не выбирается никогда: её опережает {by!r}",
    "metric_without_target": (
        "у политики {policy!r} нет цели для {metric}, у других того же вида есть"
    ),
    "target_never_holds": (
        "цель {number} для {metric} в политике {policy!r} не подходит ни одному обращению"
    ),
    "target_shadowed": (
        "цель {number} для {metric} в политике {policy!r} не действует никогда: её опережает"
        " цель {by}"
    ),
    "target_never_due": (
        "цель {number} для {metric} в политике {policy!r} не наступит: её календарь не открывается"
    ),
    "warning_at_start": (
        "цель {number} для {metric} в политике {policy!r} предупреждает сразу: {warning} - это"
        " весь срок"
    ),
    "value_uncovered": "у политики {policy!r} нет цели для {metric} при {field} = {value!r}",
    "response_after_resolution": "политика {policy!r} даёт на первый ответ больше, чем на решение",
    "status_nowhere": "{where!r} спрашивает о статусе {status!r}, которого нет в процессе; {hint}",
    "priority_nowhere": "{where!r} спрашивает о приоритете {priority!r}: такого здесь нет; {hint}",
    "rank_of_several": "ранг {rank}: он общий у приоритетов {priorities}",
    "rank_of_none": "ранг {rank}: его нет ни у одного приоритета, а {priority!r} идёт за ним",
    "action_never_due": "срок действия {action!r} не наступит: его календарь не открывается",
    # desks, tickets that name what a desk does not have
    "stranded_policy": "{ticket}: правила {value!r} больше нет; есть {known!r}",
    "stranded_status": "{ticket}: статуса {value!r} больше нет; есть {known!r}",
    "stranded_category": (
        "{ticket}: статус {value!r} был категории {category}, теперь его категория {known}"
    ),
    "stranded_priority": "{ticket}: приоритета {value!r} больше нет; есть {known!r}",
    "stranded_rank": "{ticket}: приоритет {value!r} был ранга {rank}, теперь его ранг {known}",
    "stranded_agent": "{ticket}: сотрудника {value!r} больше нет; есть {known!r}",
    "stranded_group": "{ticket}: группы {value!r} больше нет; есть {known!r}",
    "stranded_line": "{ticket}: линии {value} больше нет; есть {known!r}",
    # other rules, what differs
    "impact_tickets": "{n:отличается|отличаются|отличаются} {n} {n:обращение|обращения|обращений}",
    "impact_past": (
        "{kind!r} в прошлом: новых {new}, отозванных {withdrawn}, изменённых {changed}; {tickets}"
    ),
    "impact_ahead": (
        "{kind!r} впереди: новых {new}, отозванных {withdrawn}, изменённых {changed}; {tickets}"
    ),
    # desks, what has nobody behind it
    "channel_without_promise": "канал {channel!r}: ни одна политика ничего не обещает",
    "fallback_cycle": "линии {lines} подменяют друг друга по кругу",
    "line_without_people": "линия {line}: на ней никто не работает",
    "line_of_one": "линия {line}: на ней работает только {person}",
    "skill_without_holders": "{by}: никто не владеет навыком {skill} на уровне {level}",
    "skill_of_one": "{by}: навыком {skill} на уровне {level} владеет только {person}",
    "training_expired": "{person}: подготовка по {skill} истекла {at}",
    "training_expires": "{person}: подготовка по {skill} истекает {at}",
    "target_reaches_nobody": "план {plan!r}, шаг {step!r}: {to} никого не означает",
    "stranger_on_call": "дежурство {plan!r}: {person} не входит в число сотрудников",
    "on_call_finding": "дежурство {plan!r}: {finding}",
    "on_call_twice": (
        "{person} дежурит в {one!r} и {other!r} сразу, а их зовёт одна эскалация,"
        " впервые с {start} по {end}, всего {total}"
    ),
    "on_call_absent": (
        "дежурство {plan!r}: {person} дежурит во время отсутствия, впервые с {start} по {end},"
        " всего {total}"
    ),
    "on_call_uncovered": (
        "дежурство {plan!r}: никого, пока идут часы, которые его зовут, впервые с {start} по"
        " {end}, всего {total}"
    ),
    "promise_unkept": (
        "цель {number} для {metric} в политике {policy!r} не выполнить, пока никто не работает и"
        " не дежурит, с {start} по {end}"
    ),
    "hours_unattended": (
        "календарь {calendar!r}: обещанные часы, когда никто не работает и не дежурит, впервые с"
        " {start} по {end}, всего {total}"
    ),
    "line_unattended": (
        "линия {line}: открыта, но на месте никого, впервые с {start} по {end}, всего {total}"
    ),
    # presets
    "metric_differs": "{metric}: {part} здесь {here}, а не {there}",
    "rule_differs": "{rule} здесь {here}, а не {there}",
    "target_lost": "цель {number} для {metric} теряется: {why}",
    "no_such_kind": "{preset} не ведёт политик вида {kind!r}",
    "not_measured": "{preset} не измеряет {metric}",
    "no_working_days": "{preset} не принимает целей в рабочих днях",
    "one_calendar": "у {preset} один календарь на политику, а у прежней цели он другой",
    # on call: who, and why
    "on_call": "на дежурстве: {who}",
    "on_call_away": "{person} отсутствует",
    "on_call_gap": "{giver} сдаёт дежурство, и никто его не принимает",
    "on_call_nobody": "на дежурстве никого нет",
    "on_call_override": "{person} назначен замещением",
    "on_call_stand_in": "{who} подменяет, следующий по очереди",
    "on_call_starts": "{taker} заступает на дежурство",
    "on_call_swap": "{taker} дежурит вместо {giver} по обмену",
    "on_call_turn": "очередь {turn} слоя {layer}: {who}",
    "handoff": "{giver} передаёт дежурство {taker}",
    "override_of_absent": "замещение назначает {person}, но с {since} его нет",
    "swap_to_absent": "по обмену дежурит {person}, но с {since} его нет",
    "swap_of_taker": (
        "с {since} {taker} дежурит вместо {giver}, а свои смены отдаёт {third};"
        " принятое дальше не передаётся"
    ),
    "duration_beyond_turn": (
        "слой {layer}: дежурство {duration} длиннее очереди {turn} и кончается вместе с ней"
    ),
    "layer_never_acts": "слой {layer} ни разу не определяет дежурного с {start} по {end}",
    "person_never_serves": "{person} стоит в очереди, но с {start} по {end} ни разу не дежурит",
    "two_seats": "{person} занимает два места сразу, впервые с {start} по {end}, всего {total}",
    "empty_seat": (
        "слой {layer}: рядом с другими его место пусто, впервые с {start} по {end}, всего {total}"
    ),
    "months_without_anybody": "никто ни часа не дежурит с {first} по {last}",
    # escalation: what a step did
    "escalation_functional": "шаг {step}, уровень {level}: передать {who}",
    "escalation_hierarchical": "шаг {step}, уровень {level}: поднять до {who}",
    "escalation_notify": "шаг {step}, уровень {level}: известить {who}",
    "level_reached": "шаг {step} пропущен: уровень {level} уже достигнут",
    "nobody_resolvable": "шаг {step} никого не находит: {to} сейчас никто",
    "not_known_yet": "шаг {step}: адресат пока неизвестен, график {roster} кончается {at}",
    "not_known": "шаг {step}: адресат неизвестен, график {roster} начинается {at}",
}
RUSSIAN: Mapping[str, str] = MappingProxyType(_RUSSIAN)
"""A sentence in Russian for every code of `support_model.reasons.ENGLISH`."""
