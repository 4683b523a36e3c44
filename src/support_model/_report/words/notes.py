"""Words of notes: traps of a figure, what a log lacks, and why tickets are left out."""

from __future__ import annotations

from types import MappingProxyType

from support_model.kpi import EXCLUSIONS

LACKS = MappingProxyType({
    "lacks_messages": (
        "no event of the log is a message between customers and agents",
        "в журнале нет ни одного сообщения между заявителями и сотрудниками"),
    "lacks_bots": (
        "no author in the log has the role of a bot (what a system sends by itself is none)",
        "ни у кого в журнале нет роли бота (то, что система шлёт сама, не бот)"),
    "lacks_effort": (
        "the log holds no recorded effort", "в журнале нет учтённых трудозатрат"),
    "lacks_holds": (
        "no status of the log means waiting for a third party",
        "ни один статус журнала не значит ожидание третьей стороны"),
    "lacks_group": (
        "no event tells which team held a ticket, and since when",
        "ни одно событие не говорит, какая группа вела обращение и с какого времени"),
    "lacks_line": (
        "no event tells which support line held a ticket, and since when",
        "ни одно событие не говорит, какая линия вела обращение и с какого времени"),
    "lacks_agent": (
        "no event tells to whom a ticket was assigned, and since when",
        "ни одно событие не говорит, кому назначено обращение и с какого времени"),
    "lacks_requester": ("the log does not say who asks", "в журнале не сказано, кто заявитель"),
    "lacks_topic": (
        "the log does not say what a ticket is about", "в журнале не сказано, о чём обращение"),
    "lacks_statement": (
        "no event tells whether a ticket is within its SLA, as its system states it",
        "ни одно событие не говорит, уложилось ли обращение в SLA по данным системы"),
    "lacks_csat": (
        "no event is a satisfaction rating (one without its time is none)",
        "в журнале нет оценок удовлетворённости (оценка без времени не считается)"),
    "lacks_nps": (
        "no event is a recommendation rating (one without its time is none)",
        "в журнале нет оценок готовности рекомендовать (оценка без времени не считается)"),
    "lacks_second": (
        "no ticket was resolved a second time on record",
        "ни одно обращение не решалось второй раз, насколько это записано"),
    "lacks_target": (
        "no target was given (--target)", "норматив не задан (--target)"),
    "lacks_statuses": (
        "the system has no statuses: nothing tells when a ticket was solved or closed",
        "в системе нет статусов: не видно, когда обращение решено или закрыто"),
    "lacks_effort_of_customers": (
        "the log does not say which end of an effort scale is easy",
        "в журнале не сказано, какой конец шкалы усилий значит «легко»"),
    "lacks_deflection": (
        "self-service sessions are in no ticket log",
        "посещений самообслуживания нет ни в одном журнале обращений"),
    "lacks_calls": (
        "calls are in no ticket log", "звонков нет ни в одном журнале обращений"),
    "lacks_workload": (
        "a ticket log does not say how long anybody was at work",
        "журнал обращений не говорит, кто сколько был на работе"),
    "lacks_costs": (
        "costs are in no ticket log", "затрат нет ни в одном журнале обращений"),
})  # fmt: skip
"""Why a figure cannot be had from a log."""

EXCLUDED = MappingProxyType({
    "abandoned": "звонивший не дождался",
    "agent_created": "создано не заявителем, насколько известно",
    "before_start": "закончилось раньше, чем началось",
    "cancelled": "норматив больше не действует, например обращение аннулировано",
    "close_untold": "не закрыто, или закрыто неизвестно когда",
    "early_abandon": "звонивший не дождался раньше норматива",
    "immature": "слишком новое, чтобы наблюдать весь срок, чем бы ни кончилось",
    "never_assigned": "никому не назначалось",
    "no_bot": "бот не отвечал",
    "no_contact": "заявитель ни разу не писал",
    "no_group": "группа неизвестна",
    "no_history": "слишком близко к началу журнала, чтобы знать, что было раньше",
    "no_line": "линия неизвестна",
    "no_solution_recorded": "решено, но не записано когда",
    "no_target": "ничего не обещано",
    "no_work_recorded": "трудозатраты не учтены",
    "not_acknowledged": "за него никто не брался",
    "not_closed": "не закрыто",
    "not_stated": "история не сообщается (только нынешние значения) или не вся",
    "nothing_stated": "система ничего не сообщает",
    "open_again": "возобновлено и снова не решено",
    "other_scale": "оценка по другой шкале, чем у показателя",
    "short_abandon": "звонивший сразу положил трубку",
    "solved_without_reply": "решено без ответа",
    "unattributed": "неизвестно кем",
    "undecided": "ещё идёт, пока в срок",
    "unknown_people": "в нём писали или действовали люди, чья роль неизвестна",
    "unknown_requester": "заявитель неизвестен или общий",
    "unknown_topic": "тема неизвестна",
    "unsolved": "не решено",
    "void": "отменено, удалено, объединено или спам",
    "waiting": "ещё нет ответа",
})  # fmt: skip
"""Why tickets are left out of a figure, by the codes of the KPIs, in Russian."""

TRAPS = MappingProxyType({
    "notes_title": (
        "Read this before you quote a figure", "Прочтите, прежде чем ссылаться на показатель"),
    "note_no_first_response": (
        "This log holds no customer messages. Its first figure is acknowledgement (somebody took"
        " the ticket), which is not first response (somebody answered the customer).",
        "В журнале нет сообщений заявителей. Его первый показатель — принятие в работу (кто-то"
        " взял обращение), а это не первый ответ (кто-то ответил заявителю)."),
    "note_acknowledged_at_once": (
        "{share:share} of acknowledgements took no time: whoever opened the ticket took it at"
        " once. Quote that share; mean and median say little here.",
        "{share:share} обращений приняты в работу мгновенно: кто создал, тот сразу и взял."
        " Приводите эту долю; среднее и медиана здесь говорят мало."),
    "note_by_case_not_by_row": (
        "Within SLA (stated by the ticket system) are {share:share} of tickets. Counted by row it"
        " would read {by_row:share} ({met} of {rows} rows), which is wrong: the flag starts as met"
        " and turns late, and busy tickets have more rows.",
        "В рамках SLA (по данным системы) {share:share} обращений. Счёт по строкам дал бы"
        " {by_row:share} ({met} из {rows} строк), и это неверно: отметка сначала стоит как"
        " выполненная и меняется поздно, а у сложных обращений строк больше."),
    "note_no_average_of_averages": (
        "The mean resolution is {mean} over the {n} resolved tickets. The average of the {groups}"
        " group means is {of_means}, which is the mean of no tickets: groups differ in size."
        " Never average averages.",
        "Среднее время решения — {mean} по решённым обращениям, которых {n}. Среднее из средних по"
        " группам ({groups}) — {of_means}, и это не среднее никаких обращений: группы разного"
        " размера. Не усредняйте средние."),
    "note_closing_is_not_resolving": (
        "{share:share} of tickets close some time after they are resolved, half of these {middle}"
        " later or more (quartiles {low} and {high}). To the close the median is {closed}, to the"
        " resolution {solved}. Quote resolution, never the close in its place.",
        "{share:share} обращений закрываются не сразу после решения, половина из них через"
        " {middle} и позже (квартили {low} и {high}). Медиана до закрытия — {closed}, до решения —"
        " {solved}. Приводите решение, а не закрытие вместо него."),
    "note_closed_by_a_timer": (
        "{share:share} of tickets close some time after they are resolved, half of these {middle}"
        " later or more (quartiles {low} and {high}): closed by a timer, it seems. To the close"
        " the median is {closed}, to the resolution {solved}. Quote resolution, never the close in"
        " its place.",
        "{share:share} обращений закрываются не сразу после решения, половина из них через"
        " {middle} и позже (квартили {low} и {high}): похоже, их закрывает таймер. Медиана до"
        " закрытия — {closed}, до решения — {solved}. Приводите решение, а не закрытие вместо"
        " него."),
    "note_first_solution_untold": (
        "Of {untold} of {total} tickets the history is not told, or not in full: when they were"
        " first resolved is not known, and times to it leave them out. Resolved for good is their"
        " last solution, where that is told.",
        "История {untold} из {total} обращений не сообщается или сообщается не вся: когда они"
        " впервые решены, неизвестно, и время до первого решения их не учитывает. Окончательное"
        " решение — их последнее, если оно сообщается."),
    "note_no_solution_recorded": (
        "{unrecorded} of {total} tickets ended without a recorded time of resolution. Resolution"
        " times leave them out; close times include them.",
        "{unrecorded} из {total} обращений закончились без записанного времени решения. Время"
        " решения их не учитывает, время закрытия учитывает."),
    "note_selected_by_completion": (
        "Only {unsolved} of {total} tickets {unsolved:is|are} unsolved at the end of the log: it"
        " was probably selected by completion. Its backlog, and arrivals and trends near its end,"
        " are artifacts of that choice; months whose tickets had time to close compare well.",
        "К концу журнала не решено всего {unsolved} из {total} обращений: вероятно, в него"
        " отобраны завершённые. Очередь, поступление и тренды у его конца — следствие этого"
        " отбора; месяцы, чьи обращения успели закрыться, сравнимы."),
    "note_all_complete": (
        "None of {total} tickets are unsolved at the end of the log: it was probably selected by"
        " completion. Its backlog, and arrivals and trends near its end, are artifacts of that"
        " choice; months whose tickets had time to close compare well.",
        "К концу журнала решены все обращения ({total}): вероятно, в него отобраны завершённые."
        " Очередь, поступление и тренды у его конца — следствие этого отбора; месяцы, чьи обращения"
        " успели закрыться, сравнимы."),
    "note_unsolved_left_out": (
        "{unsolved} of {total} tickets are unsolved at the end of the log. Resolution times leave"
        " them out and are therefore too short.",
        "К концу журнала не решено {unsolved} из {total} обращений. Время решения их не учитывает"
        " и потому занижено."),
})  # fmt: skip
"""Traps that a log sets for a hasty reader."""

READING = MappingProxyType({
    "note_unknown_people": (
        "On {touched} of {total} tickets people acted whose role is not told ({names}). Figures of"
        " replies leave out what they wrote on. Name them in [roles] of the file for --config:"
        " customer, agent, bot, system or third_party.",
        "На {touched} из {total} обращений действовали люди, чья роль неизвестна ({names})."
        " Показатели ответов не учитывают обращения, где они писали. Назовите их в [roles] файла"
        " для --config: customer, agent, bot, system или third_party."),
    "note_unknown_statuses": (
        "Statuses that no table names count as open: {names}. What is solved, closed and reopened"
        " may be wrong until they are in [statuses].",
        "Статусы, которых нет ни в одной таблице, считаются открытыми: {names}. Что решено, закрыто"
        " и возобновлено, может быть неверно, пока их нет в [statuses]."),
    "some_and_more": ("{names} and {n} more", "{names} и ещё {n}"),
})  # fmt: skip
"""What a reading could not tell."""

POLICIES = MappingProxyType({
    "note_clocks_untold_states": (
        "This log holds changes of status and no messages, so {metrics} cannot be computed from it"
        " and {n:is|are} left out.",
        "В журнале есть смены статуса и нет сообщений, поэтому {metrics} по нему не вычислить,"
        " {n:показатель не показан|показатели не показаны|показатели не показаны}."),
    "note_clocks_untold_messages": (
        "This log holds events, but no messages, so {metrics} cannot be computed from it and"
        " {n:is|are} left out.",
        "В журнале есть события, но нет сообщений, поэтому {metrics} по нему не вычислить,"
        " {n:показатель не показан|показатели не показаны|показатели не показаны}."),
    "note_clocks_untold_statuses": (
        "Its system has no statuses, so {metrics} cannot be computed and {n:is|are} left out.",
        "В системе нет статусов, поэтому {metrics} не вычислить,"
        " {n:показатель не показан|показатели не показаны|показатели не показаны}."),
    "note_clocks_actor": (
        "The log does not say who is an agent: acknowledged is the first row whose status shows"
        " that somebody took the ticket.",
        "В журнале не сказано, кто сотрудник: принятием в работу считается первая строка, чей"
        " статус показывает, что обращение кто-то взял."),
    "note_clocks_last_value": (
        "Policies were chosen by {fields} as the last row of each ticket has it.",
        "Политики выбраны по значению {fields} в последней строке каждого обращения."),
    "note_clocks_recorded": (
        "Clocks stop where the status becomes solved, not at the recorded resolution: the policy"
        " figures can differ from the times above.",
        "Показатели политик останавливаются, когда статус становится решённым, а не в записанное"
        " время решения: они могут отличаться от времён выше."),
    "note_clocks_unmet": (
        "Policies ask for {field} {asked}, which no ticket of the log has; it has {known}.",
        "Политики спрашивают {field} {asked}, а такого нет ни у одного обращения журнала; есть"
        " {known}."),
    "note_clocks_unmet_none": (
        "Policies ask for {field} {asked}, which no ticket of the log has; it has none.",
        "Политики спрашивают {field} {asked}, а такого нет ни у одного обращения журнала; там нет"
        " никаких значений."),
    "note_clocks_unclaimed": (
        "{n} of {total} tickets fall under no policy with a target.",
        "{n} из {total} обращений не подпадают ни под одну политику с нормативом."),
    "note_clocks_lint": ("In the policy file: {finding}.", "В файле политик: {finding}."),
    "note_clocks_lint_more": (
        "In the policy file: {n} further findings of its lint.",
        "В файле политик: ещё замечаний проверки: {n}."),
    "quoted": ("'{text}'", "«{text}»"),
})  # fmt: skip
"""What to know of the figures of policies."""

WORDS = MappingProxyType({
    **LACKS,
    **{f"excluded_{code}": (EXCLUSIONS[code], text) for code, text in EXCLUDED.items()},
    **TRAPS,
    **READING,
    **POLICIES,
})  # fmt: skip
