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
    "weekly_hours": "часы работы по расписанию, {weekday}",
    "date_hours": "особые часы работы на {date}",
    "day_mon": "Пн",
    "day_tue": "Вт",
    "day_wed": "Ср",
    "day_thu": "Чт",
    "day_fri": "Пт",
    "day_sat": "Сб",
    "day_sun": "Вс",
    "at": "{reading}",
    "taken_out": "исключено",
    "weekly_break": "перерыв по расписанию",
    "paused_solved": "на паузе: решено",
    "paused_merged": "на паузе: объединено",
    "named_date": "{date} {name}",
    "weekday_date": "{date} ({day})",
    "and_more": "{dates} и ещё {n}",
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
    "yearly": "{d:%d.%m}",
    "month": "{d:%m.%Y}",
    "reading": "{day} {d:%d.%m.%Y} {time}",
    "instant": "{reading} {zone}",
    "plural": "one_few_many",
    "nothing": "не задано",
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
    "working_date": "рабочий день по расписанию на день «{weekday}»: {name}",
    "outside_hours": "вне часов работы",
    "holiday": "праздник: {name}",
    "shortened": "сокращённый день: {name}",
    "break": "перерыв: {name}",
    "closed_span": "закрыто: {name}",
    "excluded": "исключено: {by}",
    "paused": "на паузе: {name}",
    # moments of service levels
    "sla_warning": "{metric}: израсходовано {share} от {target} ({policy})",
    "sla_warning_before": "{metric}: до срока {offset}, норматив: {target} ({policy})",
    "sla_warning_after": "{metric}: срок прошёл {offset} назад, норматив: {target} ({policy})",
    "sla_breach": "{metric}: срок нарушен, норматив: {target} ({policy})",
    "target_time": "{within}",
    "target_promised": "обещано к {at}",
    # what an evaluation finds
    "promise_without_target": "для {metric} обещано {at}, но норматива для этого нет; {hint}",
    # explanations of service levels
    "carried": "перенесено с прежнего норматива",
    # what lint finds in calendars
    "ends_2359": (
        "{where}: заканчивается в 23:59, последняя минута не засчитывается; укажите 24:00"
    ),
    "hours_of_weekday": "{weekday} {hours}",
    "hours_of_date": "{date} {hours}",
    "overlap": "{where}: пересекается с другим промежутком того же дня, они объединены",
    "whole_day_range": (
        "{where}: начало совпадает с концом, это означает 24 часа; укажите 00:00-24:00"
    ),
    "swallowed_by_gap": "{where}: такого времени {date} нет, часы переводят вперёд",
    "closures_end": "{what}: известны за {known}, за {missing} ничего не известно",
    "holidays_of": "праздники страны {country}",
    "own_holidays": "свои выходные даты",
    "own_hours": "часы работы отдельных дат",
    "own_breaks": "перерывы отдельных дат",
    "estimated_holidays": "даты расчётные и могут сдвинуться: {dates}",
    "opens_closed_day": (
        "часы работы на {yearly}, заданные по годам, делают рабочим выходной день: {dates};"
        " сокращённый день задайте перерывом"
    ),
    "closed_for_long": "закрыто с {start} до {end}, {days} {days:день|дня|дней}",
    "never_opens": "после {start} рабочего времени больше нет",
    # coverage, how many people a rule takes
    "hours_balance": (
        "баланс часов: {hours:.6g} ч в неделю × {seats} {seats:место|места|мест} /"
        " {there:.1f} ч, которые работает один сотрудник = {factor:.2f}, нужно {people}"
    ),
    "legality": (
        "нормы труда: {hours:.6g} ч в неделю, не более {cap:.6g} ч на человека = {crews}"
        " чел. на место, нужно {people}"
    ),
    "availability": (
        "запас на отсутствия: нужно {needed}, отсутствовать могут {spare}, всего {people}"
    ),
    # rosters, which labor rule is broken
    "unknown_person": "{person}: нет в команде",
    "without_skill": "{person}: нет навыка {skills} для смены {shift} {date}",
    "away": "{person}: отсутствует в смену {shift} {date}",
    "not_own_hours": "{person}: смена {shift} {date} вне рабочих часов",
    "overlapping_duties": "{person}: смены {earlier} и {later} {date} пересекаются",
    "short_rest": (
        "{person}: между {earlier} и {later} {date} отдых {rest}, нужно не менее {least}"
    ),
    "long_duty": "{person}: смена {shift} {date} длится {length}, допустимо {most}",
    "long_day": "{person}: в сменах, начавшихся {date}, отработано {worked}, допустимо {most}",
    "no_daily_rest": (
        "{person}: за {length} от начала смены {shift} {date} непрерывный отдых {rest},"
        " нужно не менее {least}"
    ),
    "forbidden_succession": (
        "{person}: смена {later} {date} недопустима на следующий день после смены {earlier}"
    ),
    "long_week": "{person}: за неделю с {monday} отработано {worked}, допустимо {most}",
    "no_weekly_rest": (
        "{person}: за неделю с {monday} непрерывный отдых {rest}, нужно не менее {least}"
    ),
    "nights_in_a_row": (
        "{person}: с {date} подряд {count} {count:ночная смена|ночные смены|ночных смен},"
        " допустимо {most}"
    ),
    "days_in_a_row": (
        "{person}: с {date} подряд {count} {count:рабочий день|рабочих дня|рабочих дней},"
        " допустимо {most}"
    ),
    "away_together": (
        "одновременно отсутствуют владеющие навыком {skill}: {people}; допустимо {most}"
    ),
    # patterns, what was found and what was asked
    "is": "{field}: {value!r}",
    "not_is": "{field}: {found!r}, а требуется {value!r}",
    "in": "{field}: {found!r}",
    "not_in": "{field}: {found!r}, а требуется одно из {value!r}",
    "has": "{field}: задано",
    "not_has": "{field}: не задано",
    "contains": "{field}: есть одно из {value!r}",
    "not_contains": "{field}: нет ни одного из {value!r}",
    "at_least": "{field}: {found!r}, не меньше {value!r}",
    "not_at_least": "{field}: {found!r}, а требуется не меньше {value!r}",
    "at_most": "{field}: {found!r}, не больше {value!r}",
    "not_at_most": "{field}: {found!r}, а требуется не больше {value!r}",
    "before": "{field}: раньше {value}",
    "not_before": "{field}: не раньше {value}",
    "after": "{field}: позже {value}",
    "not_after": "{field}: не позже {value}",
    "open_in": "{field}: в часы «{value}»",
    "not_open_in": "{field}: вне часов «{value}»",
    "function": "условие {name} выполнено",
    "not_function": "условие {name} не выполнено",
    # workflows, why an action is refused or what a log broke
    "unknown_action": "нет действия {action!r}; {hint}",
    "not_from_here": "действие {action!r} недоступно в статусе {status!r}",
    "unknown_status": "в процессе {workflow!r} нет статуса {status!r}",
    "not_initial": "обращение не может начинаться в статусе {status!r}",
    "no_transition": "перехода из {source!r} в {to!r} нет",
    "needs_other": "для действия {action!r} нужен номер другого обращения или статьи",
    "needs_ticket": "для действия {action!r} нужно само обращение, а не только номер",
    "for_staff": "действие {action!r} доступно сотрудникам, но не заявителю",
    "unknown_agent": "нет такого сотрудника: {name!r}; {hint}",
    "unknown_group": "нет такой группы: {name!r}; {hint}",
    "unknown_line": "нет такой линии: {name}; {hint}",
    "nothing_to_do": "действие {action!r} ничего не изменит",
    "too_late": "допустимо только в течение {within}",
    "unknown_policy": "нет такого соглашения: {name!r}; {hint}",
    "nothing_promised": "по обращению не обещано ни одного срока",
    "not_promised": "для {metric} срок не обещан; {hint}",
    "promised_too_late": "обещанный срок {due} не позже {at}",
    "related_to_itself": "обращение {ticket} нельзя связать с самим собой",
    "relate_is_no_merge": "объединение меняет оба обращения; используйте действие {action!r}",
    "merged_away": "{ticket} объединено с {other}; работайте с ним",
    "merge_into_void": (
        "{ticket} в статусе {status!r}: объединять можно только с действующим обращением"
    ),
    # merges: what had no effect
    "log_unreadable": "история обращения {ticket} оставлена без изменений: {problem}",
    "merge_in_circle": "объединение {ticket} с {other} ({at}) замыкает круг и не действует",
    # moments of workflows
    "pending_until": "заканчивается ожидание в статусе {status!r}",
    "action_due": "пора выполнить {action!r}: {after} с начала статуса {status!r}",
    "action_due_in_silence": "пора выполнить {action!r}: {after} с последнего сообщения ({role})",
    "working_days": "{n} {n:рабочий день|рабочих дня|рабочих дней}",
    "working_days_end": "{n} {n:рабочий день|рабочих дня|рабочих дней}, до конца дня",
    "same_business_day": "до конца рабочего дня",
    # what the definition of a workflow gets wrong
    "repeated_status": "статус {status!r} определён дважды",
    "no_initial_status": "не задан начальный статус",
    "undefined_status": "статус {status!r} не определён; {hint}",
    "ambiguous_action": "у действия {action!r} два перехода из статуса {status!r}",
    "unreachable_status": "статус {status!r} недостижим",
    "trap_status": "из статуса {status!r} нет пути к завершению",
    "no_solution": "ни один статус решения или закрытия недостижим",
    "unmapped_status": "для статуса {status!r} нет соответствия; {hint}",
    # routing, why an agent may not take a ticket
    "wrong_line": "линия сотрудника: {line}; обращение на линии {wanted}",
    "wrong_team": "не входит в группу {wanted}",
    "absent": "отсутствует до {until}",
    "off_hours": "вне рабочих часов сотрудника",
    "offline": "сейчас {presence}",
    "missing_skill": "нет навыка {skill}",
    "skill_level_low": "уровень навыка {skill} недостаточен",
    "skill_expired": "срок действия навыка {skill} истёк",
    "channel_full": "канал {channel}: занято {items} из {places} мест",
    "no_capacity": "занято {used:.6g} из {units:.6g} ед., ещё {weight:.6g} — слишком много",
    "rate_limited": "за учитываемое время уже назначено обращений: {most}",
    # routing, why the chosen agent came first
    "sticky_owner": "ведёт обращение с {since}",
    "sticky_deputy": "замещает {owner}: вёл обращение, сейчас отсутствует",
    "fallback_line": "линия {line} помогает линии {own}",
    "relaxed": "обращение ждёт долго, навык {skill} больше не требуется",
    "by_skill_fit": (
        "подходит лучше всех: выполнено требований {met} из {needs}, запас уровней"
        " {surplus}, загрузка {share:.0f}"
    ),
    "by_least_loaded": "наименьшая загрузка: {share:.0f}",
    "by_least_active": "меньше всего в работе: {units:.6g} ед.",
    "by_most_available": "больше всего свободных мест: {free} ед.",
    "by_round_robin": "дольше всех не получал обращений; последнее: {since}",
    "by_longest_idle": "дольше всех свободен; закончил работу: {since}",
    "by_ranking": "первый по правилу {name!r}",
    # lines, why one is passed by
    "line_empty": "на линии {line} никого нет",
    "line_excluded": "все сотрудники линии {line} исключены для этого обращения",
    "line_lacks_skill": "на линии {line} ни у кого нет навыка {skill}",
    # moments of routing
    "routing_retry": "обращение {ticket} теперь есть кому взять",
    "swarm_due": "наступил срок ответа эксперта {agent}",
    # what contradicts itself in a desk
    "calendar_finding": "календарь {calendar!r}: {finding}",
    "policy_without_targets": (
        "в политике {policy!r} нет нормативов, и она закрывает следующие за ней"
    ),
    "policy_never_matches": "политика {policy!r} не подходит ни к одному обращению",
    "policy_shadowed": "политика {policy!r} никогда не применяется: раньше срабатывает {by!r}",
    "metric_without_target": (
        "в политике {policy!r} нет норматива для {metric}, у других того же вида есть"
    ),
    "target_never_holds": (
        "норматив {number} для {metric} в политике {policy!r} не подходит ни к одному обращению"
    ),
    "target_shadowed": (
        "норматив {number} для {metric} в политике {policy!r} никогда не действует: раньше"
        " срабатывает норматив {by}"
    ),
    "target_never_due": (
        "срок по нормативу {number} для {metric} в политике {policy!r} не наступит: в"
        " календаре нет рабочего времени"
    ),
    "warning_at_start": (
        "норматив {number} для {metric} в политике {policy!r} предупреждает в самом начале:"
        " {warning} — это весь срок"
    ),
    "value_uncovered": (
        "в политике {policy!r} нет норматива для {metric}, когда {field} = {value!r}"
    ),
    "response_after_resolution": (
        "политика {policy!r} отводит на первый ответ больше времени, чем на решение"
    ),
    "status_nowhere": "{where!r} проверяет статус {status!r}, которого нет в процессе; {hint}",
    "priority_nowhere": "{where!r} проверяет приоритет {priority!r}, которого нигде нет; {hint}",
    "rank_of_several": "ранг {rank}: одинаков у приоритетов {priorities}",
    "rank_of_none": "ранг {rank}: пропущен, следующий приоритет — {priority!r}",
    "action_never_due": "срок действия {action!r} не наступит: в календаре нет рабочего времени",
    # desks, tickets that name what a desk does not have
    "stranded_policy": "{ticket}: политики {value!r} больше нет; есть {known!r}",
    "stranded_status": "{ticket}: статуса {value!r} больше нет; есть {known!r}",
    "stranded_category": (
        "{ticket}: статус {value!r} был категории {category!r}, теперь его категория {now!r}"
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
    "channel_without_promise": "канал {channel!r}: ни одна политика не задаёт норматива",
    "fallback_cycle": "линии {lines} замещают друг друга по кругу",
    "line_without_people": "линия {line}: на ней никто не работает",
    "line_of_one": "линия {line}: на ней работает только {person}",
    "skill_without_holders": "{by}: никто не владеет навыком {skill} на уровне {level}",
    "skill_of_one": "{by}: навыком {skill} на уровне {level} владеет только {person}",
    "training_expired": "{person}: допуск по {skill} истёк {at}",
    "training_expires": "{person}: допуск по {skill} истекает {at}",
    "target_reaches_nobody": "план {plan!r}, шаг {step!r}: адресат {to} — никто",
    "stranger_on_call": "дежурство {plan!r}: {person} не числится среди сотрудников",
    "on_call_finding": "дежурство {plan!r}: {finding}",
    "on_call_twice": (
        "{person} дежурит одновременно в {one!r} и {other!r}, которые вызывает одна"
        " эскалация, впервые с {start} по {end}, всего {total}"
    ),
    "on_call_absent": (
        "дежурство {plan!r}: {person} дежурит во время отсутствия, впервые с {start} по"
        " {end}, всего {total}"
    ),
    "on_call_uncovered": (
        "дежурство {plan!r}: никого нет, пока идут отсчёты, которые его вызывают, впервые с"
        " {start} по {end}, всего {total}"
    ),
    "promise_unkept": (
        "норматив {number} для {metric} в политике {policy!r} невыполним: с {start} по {end}"
        " никто не работает и не дежурит"
    ),
    "hours_unattended": (
        "календарь {calendar!r}: в обещанные часы никто не работает и не дежурит, впервые с"
        " {start} по {end}, всего {total}"
    ),
    "line_unattended": (
        "линия {line}: открыта, но никого нет, впервые с {start} по {end}, всего {total}"
    ),
    # presets
    "metric_differs": "{metric}: {part}: здесь {here}, а не {there}",
    "rule_differs": "{rule}: здесь {here}, а не {there}",
    "target_lost": "норматив {number} для {metric} теряется: {why}",
    "no_such_kind": "{preset} не поддерживает политики вида {kind!r}",
    "not_measured": "{preset} не измеряет {metric}",
    "no_working_days": "{preset} не поддерживает нормативы в рабочих днях",
    "one_calendar": "{preset}: один календарь на политику, а у прежнего норматива он другой",
    # on call: who, and why
    "on_call": "дежурит: {who}",
    "on_call_away": "{person} отсутствует",
    "on_call_gap": "{giver} сдаёт дежурство, принять некому",
    "on_call_nobody": "никто не дежурит",
    "on_call_override": "{person} дежурит по замене",
    "on_call_stand_in": "{who} подменяет как следующий по очереди",
    "on_call_starts": "{taker} заступает на дежурство",
    "on_call_swap": "{taker} дежурит вместо {giver} по обмену",
    "on_call_turn": "очередь {turn} уровня {layer}: {who}",
    "handoff": "{giver} передаёт дежурство: {taker}",
    "override_of_absent": "замена назначает {person}, но с {since} этот сотрудник отсутствует",
    "swap_to_absent": "по обмену дежурит {person}, но с {since} этот сотрудник отсутствует",
    "swap_of_taker": (
        "с {since} {taker} дежурит вместо {giver}, а свои дежурства отдаёт {third}; принятое"
        " дежурство дальше не передаётся"
    ),
    "duration_beyond_turn": (
        "уровень {layer}: дежурство {duration} длиннее очереди {turn} и заканчивается вместе с ней"
    ),
    "layer_never_acts": "уровень {layer}: с {start} по {end} ни разу не определяет дежурного",
    "person_never_serves": "{person}: есть в очереди, но с {start} по {end} ни разу не дежурит",
    "two_seats": "{person}: два места сразу, впервые с {start} по {end}, всего {total}",
    "empty_seat": (
        "уровень {layer}: место пустует рядом с другими, впервые с {start} по {end}, всего {total}"
    ),
    "months_without_anybody": "с {first} по {last} никто не дежурит ни часа",
    # escalation: what a step did
    "escalation_functional": "шаг {step}, уровень {level}: передать на линию: {who}",
    "escalation_hierarchical": "шаг {step}, уровень {level}: доложить руководству: {who}",
    "escalation_notify": "шаг {step}, уровень {level}: известить: {who}",
    "level_reached": "шаг {step} пропущен: уровень {level} уже достигнут",
    "nobody_resolvable": "шаг {step}: известить некого, адресат {to} сейчас никто",
    "not_known_yet": "шаг {step}: адресат пока неизвестен, график {roster} заканчивается {at}",
    "not_known": "шаг {step}: адресат неизвестен, график {roster} начинается {at}",
    # answers in words
    "clock": "{state}, {elapsed}",
    "clock_of": "{state}, {elapsed} из {allowed}",
    "clock_due": "{state}, {elapsed}, срок {local} {zone}",
    "clock_of_due": "{state}, {elapsed} из {allowed}, срок {local} {zone}",
    "clock_none": "{state}",
    "clock_line": "{metric} ({policy}): {clock}",
    "no_clocks": "отсчётов нет",
    "state_not_started": "не начато",
    "state_running": "идёт",
    "state_late": "идёт, срок нарушен",
    "state_paused": "на паузе",
    "state_met": "срок соблюдён",
    "state_missed": "срок нарушен",
    "state_cancelled": "отменено",
    "state_ended": "прервано",
    "moment": "{at}, {subject}: {reason}",
    "no_moments": "ничего не ожидается",
    "option": "{action!r}: доступно",
    "option_allowed": "{action!r}: доступно, {reasons}",
    "option_refused": "{action!r}: недоступно, {reasons}",
    "violation": "событие {number} обращения {ticket}, {at}, {event}: {reasons}",
    "decision": "{ticket}: {outcome}",
    "decision_why": "{ticket}: {outcome}: {reasons}",
    "decision_taken": "исполнитель {agent}",
    "decision_waits": "сейчас взять некому; проверить снова: {at}",
    "decision_needless": "назначать некого",
    "has_agent": "заявка у {agent}",
    "at_rest": "состояние: {category}, статус {status!r}",
    "decision_stuck": "взять некому, время этого не изменит",
    "decision_title": "{ticket}: {outcome} ({zone})",
    "answer_takes": "берёт",
    "answer_could": "может взять",
    "answer_cannot": "не может",
    "number_in_order": "{number}-й по порядку",
    "head_agent": "Исполнитель",
    "head_line": "Линия",
    "head_answer": "Ответ",
    "head_why": "Почему",
    "head_can_from": "Сможет взять",
    "head_ticket": "Обращение",
    "head_ask_again": "Проверить снова",
    "head_start": "с",
    "head_end": "по",
    "head_counted": "засчитано",
    "more_rows": "и ещё {n}",
    "nobody": "никто",
    "backlog": "назначено {given} из {count}, осталось {left}",
    "backlog_title": "Нераспределённые обращения ({zone})",
    "assignment": "{ticket}: назначен {agent}",
    "assignment_flagged": "{ticket}: назначен {agent}, хотя: {reasons}",
    "rejected_count": "{rejected}: {n}",
    "rejected_excluded": "исключён",
    "rejected_wrong_line": "другая линия",
    "rejected_wrong_team": "другая группа",
    "rejected_absent": "отсутствует",
    "rejected_off_hours": "вне рабочих часов",
    "rejected_offline": "не на связи",
    "rejected_missing_skill": "нет навыка",
    "rejected_skill_level_low": "низкий уровень навыка",
    "rejected_skill_expired": "срок навыка истёк",
    "rejected_channel_full": "канал заполнен",
    "rejected_no_capacity": "нет свободных мест",
    "rejected_rate_limited": "исчерпан лимит назначений",
    "listed_rows": "{listed}",
    "listed_reasons": "{reasons}",
    "headcount": (
        "{people} чел. ({each} на технологию); определяет: {condition}; полная смена"
        " {cover:.1f} времени, без полной смены {uncovered:.1f} дн. в год на технологию"
    ),
    "condition_hours_balance": "баланс часов",
    "condition_legality": "нормы труда",
    "condition_availability": "запас на отсутствия",
    "figure_share": "{share:.1f} (от {low_share:.1f} до {high_share:.1f}), {numerator} из {n}",
    "figure_rate": "{value:.6g} (от {low:.6g} до {high:.6g}), n {n}",
    "figure_ratio": "{value:.6g}, n {n}",
    "figure_times": "медиана {median}, 90 % не дольше {most}, среднее {mean}, n {n}",
    "figure_small_n": "не показано: слишком мало данных, n {n}",
    "figure_several_scales": "не определено: разные шкалы, n {n}",
    "figure_no_cases": "не определено: нет случаев",
    # catalogues: what one lacks
    "sentence_missing": "нет предложения для {sentence!r}",
    "sentence_unknown": "предложения с кодом {sentence!r} не бывает; {hint}",
    "sentence_differs": "предложение {sentence!r}: в нём {found}, а нужно {parameters}",
    "plural_unknown": "нет правила числа {name!r}; {hint}",
    # hints
    "did_you_mean": "может быть, {name!r}?",
    "known_names": "известны: {names}",
    "known_names_more": "известны: {names} и ещё {n}",
    "none_known": "не известно ни одного",
    "give_target": "задайте для этого показателя норматив",
    # words of the library
    "at_local": "{local}",
    "local": "{day} {d:%d} {month} {d:%Y} {time}",
    "month_1": "янв",
    "month_2": "фев",
    "month_3": "мар",
    "month_4": "апр",
    "month_5": "мая",
    "month_6": "июн",
    "month_7": "июл",
    "month_8": "авг",
    "month_9": "сен",
    "month_10": "окт",
    "month_11": "ноя",
    "month_12": "дек",
    "field_old": "{field} до изменения",
    "field_times": "число событий «{fact}»",
    "field_event": "событие",
    "field_role": "роль",
    "field_actor": "автор действия",
    "field_kind": "вид связи",
    "field_other": "другое обращение",
    "field_metric": "показатель",
    "field_policy": "политика",
    "field_at": "время события",
    "field_until": "срок ожидания",
    "field_public": "видимость заявителю",
    "field_score": "оценка",
    "field_changed": "изменённые поля",
    "field_facts": "итоги события",
    "field_ticket_id": "номер обращения",
    "field_created_by": "кем создано",
    "field_created_at": "время создания",
    "field_category": "категория статуса",
    "field_priority_rank": "ранг приоритета",
    "field_waiting": "ожидание ответа",
    "field_status": "статус",
    "field_priority": "приоритет",
    "field_line": "линия",
    "field_management_level": "уровень руководства",
    "field_tags": "метки",
    "field_type": "тип",
    "field_channel": "канал",
    "field_group": "группа",
    "field_agent": "исполнитель",
    "field_requester": "заявитель",
    "field_organization": "организация",
    "field_technology": "технология",
    "field_service": "услуга",
    "field_topic": "тема",
    "role_customer": "заявитель",
    "role_agent": "сотрудник",
    "role_bot": "бот",
    "role_system": "система",
    "role_third_party": "третья сторона",
    "category_new": "новое",
    "category_open": "в работе",
    "category_pending": "ждёт заявителя",
    "category_on_hold": "отложено",
    "category_solved": "решено",
    "category_closed": "закрыто",
    "category_void": "аннулировано",
    "fact_contacted": "обращение заявителя",
    "fact_replied": "ответ",
    "fact_assignee_replied": "ответ исполнителя",
    "fact_acknowledged": "принятие в работу",
    "fact_resolved": "решение",
    "fact_reopened": "возобновление",
    "fact_voided": "аннулирование",
    "fact_restored": "восстановление",
    "fact_transferred": "передача",
    "fact_escalated": "эскалация",
    "fact_escalated_functional": "функциональная эскалация",
    "fact_escalated_hierarchical": "иерархическая эскалация",
    "fact_handed_back": "возврат на линию",
    "event_created": "создание",
    "event_message": "сообщение",
    "event_changed": "изменение",
    "event_acknowledged": "принятие в работу",
    "event_promised": "обещание срока",
    "event_rated": "оценка",
    "event_rating_requested": "запрос оценки",
    "event_related": "связь",
    "event_policy_applied": "применение политики",
    "event_worked": "учёт работы",
    "presence_unknown": "присутствие неизвестно",
    "presence_online": "на связи",
    "presence_busy": "занят",
    "presence_away": "отошёл",
    "presence_offline": "не на связи",
    "kind_warning": "предупреждение",
    "kind_breach": "нарушение срока",
    "kind_pending_until": "конец ожидания",
    "kind_action_due": "действие по сроку",
    "kind_notify": "оповещение",
    "kind_functional": "функциональная эскалация",
    "kind_hierarchical": "иерархическая эскалация",
    "kind_nobody_resolvable": "некого известить",
    "kind_level_reached": "уровень уже достигнут",
    "kind_not_known_yet": "адресат пока неизвестен",
    "kind_not_known": "адресат неизвестен",
    "kind_handoff": "передача дежурства",
    "kind_gap": "пробел в дежурстве",
    "kind_routing_retry": "повторная маршрутизация",
    "kind_swarm_due": "срок ответа эксперта",
    "kind_sla": "SLA",
    "kind_ola": "OLA",
    "kind_underpinning_contract": "договор с подрядчиком",
    "kind_custom": "особая",
    # patterns, what they ask
    "asks_is": "{field} = {value!r}",
    "asks_in": "{field}: одно из {value!r}",
    "asks_has": "{field}: задано",
    "asks_contains": "{field}: есть {value!r}",
    "asks_at_least": "{field} не меньше {value!r}",
    "asks_at_most": "{field} не больше {value!r}",
    "asks_before": "{field} раньше {value}",
    "asks_after": "{field} позже {value}",
    "asks_open_in": "{field} в часы «{value}»",
    "asks_every": "{one} и {other}",
    "asks_some": "{one} или {other}",
    "asks_not": "не {one}",
    "asks_all": "всегда",
    "asks_none": "никогда",
    "asks_group": "({one})",
    "asks_function": "{name}",
    # presets, the words of rules
    "part_start": "начало",
    "part_stop": "остановка",
    "part_pause": "пауза",
    "part_reset": "сброс",
    "part_after_stop": "после остановки",
    "rule_on_change": "смена норматива",
    "rule_select": "выбор политики",
    "rule_without_hours": "календарь без рабочих часов",
    "rule_before": "подготовка событий",
    "rule_shown": "показ отсчёта",
    "choice": "{here}",
    "choice_unmeasured": "не измеряется",
    "choice_once": "один раз",
    "choice_resume": "продолжить",
    "choice_count": "считать заново",
    "choice_restart": "начать заново",
    "choice_again": "повторить",
    "choice_again_after_due": "повторить после срока",
    "choice_carry": "перенести засчитанное",
    "choice_forward": "перенести остаток",
    "choice_frozen": "не менять",
    "choice_first_match": "первая подходящая",
    "choice_most_specific": "самая точная",
    "choice_shortest": "с кратчайшим сроком",
    "choice_all": "все",
    "choice_floored_to_minutes": "время до минуты",
    "choice_breached_at_its_due": "нарушение в сам срок",
    "choice_due_frozen_while_paused": "срок не движется на паузе",
    "choice_due_only_while_running": "срок только на ходу",
    "choice_due_unless_paused": "срока нет на паузе",
    "choice_due_unless_stopped": "срока нет после остановки",
    "choice_hold_added_as_wall_time": "пауза добавляется по календарю",
    "choice_landing_at_next_opening": "срок к ближайшему открытию",
    "choice_open_only_breach": "нарушение только у открытых",
}
RUSSIAN: Mapping[str, str] = MappingProxyType(_RUSSIAN)
"""A sentence in Russian for every code of `support_model.reasons.ENGLISH`."""
