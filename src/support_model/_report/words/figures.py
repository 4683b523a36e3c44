"""Words of the figures of a whole log: what each is called, what it counts, what it leaves out."""

from __future__ import annotations

from types import MappingProxyType

TITLES = MappingProxyType({
    "title_acknowledgement": ("Until acknowledged", "До принятия в работу"),
    "title_first_response": ("Until first response", "До первого ответа"),
    "title_next_response": ("Until next response", "До следующего ответа"),
    "title_average_response": ("Until any response", "До любого ответа"),
    "title_first_resolution": ("Until resolved", "До решения"),
    "title_full_resolution": ("Until resolved for good", "До окончательного решения"),
    "title_requester_wait": (
        "Waiting for us or a third party", "Ожидание нас или третьей стороны"),
    "title_agent_work": ("Waiting for us", "Ожидание нас"),
    "title_on_hold_time": ("Waiting for a third party", "Ожидание третьей стороны"),
    "title_time_to_close": ("Until closed", "До закрытия"),
    "title_close_delay": ("Resolved to closed", "От решения до закрытия"),
    "title_handle_time": ("Effort recorded", "Учтённые трудозатраты"),
    "title_backlog_age": ("Age of what is open at the end", "Возраст открытых в конце журнала"),
    "title_open_counted": (
        "Until resolved, open ones counted", "До решения с учётом открытых"),
    "title_solved_in_time": (
        "Resolved within {target:term} of opening hours",
        "Решено за {target:term} рабочего времени"),
    "title_target": ("Resolved within a target", "Решено в срок по нормативу"),
    "title_stated_within_sla": (
        "Within SLA (stated by the ticket system)", "В рамках SLA (по данным системы)"),
    "title_solved_within": (
        "Resolved within {within:term} of creation", "Решено за {within:term} с создания"),
    "title_reopened": ("Reopened after being resolved", "Возобновлено после решения"),
    "title_reopened_within": (
        "Reopened within {within:term}", "Возобновлено за {within:term}"),
    "title_straight_through": (
        "Resolved in one group, never reopened", "Решено в одной группе, без возобновления"),
    "title_transferred": ("Handed to another group", "Передано в другую группу"),
    "title_bounced": ("Handed over and straight back", "Передано и сразу возвращено"),
    "title_escalated": ("Moved to a higher line", "Передано на линию выше"),
    "title_first_level": (
        "First-level resolution: by line 1 alone", "Решение на первой линии, без передачи"),
    "title_fcr_one_reply": (
        "One-touch: exactly one reply", "В одно касание: ровно один ответ"),
    "title_fcr_no_further_contact": (
        "First contact: the customer wrote once", "С первого контакта: заявитель писал один раз"),
    "title_fcr_no_handoff": (
        "Resolved by one owner, never reopened",
        "Решено одним исполнителем, без возобновления"),
    "title_zero_reply": ("Resolved without a reply", "Решено без ответа"),
    "title_contained_by_bot": ("Resolved by a bot alone", "Решено одним ботом"),
    "title_csat_top_boxes": ("Satisfied (top boxes)", "Довольны (высшие оценки)"),
    "title_csat_response": ("Answered the satisfaction survey", "Ответили на опрос об оценке"),
    "title_fcr_no_repeat": (
        "First contact: nobody came back within {within:term}",
        "С первого контакта: за {within:term} никто не вернулся"),
    "title_repeat_contact": (
        "Came back on the same topic within {within:term}",
        "Вернулись с той же темой за {within:term}"),
    "title_reopenings": ("Reopenings", "Возобновления"),
    "title_transfers_per_ticket": ("Changes of group", "Смены группы"),
    "title_bounces_per_ticket": ("Straight returns", "Возвраты сразу назад"),
    "title_escalations_per_ticket": ("Moves to a higher line", "Переходы на линию выше"),
    "title_handoffs": ("Changes of agent", "Смены исполнителя"),
    "title_touches": ("Sessions of work", "Подходы к работе"),
    "title_csat_mean": ("Satisfaction score", "Средняя оценка"),
    "title_net_promoter_score": ("Net promoter score", "Индекс лояльности (NPS)"),
    "title_solved_per_created": ("Tickets solved per ticket created", "Решено обращений на одно созданное"),
    "title_effort_of_customers": ("Customer effort", "Усилия заявителя"),
    "title_deflection": ("Deflection", "Отведено самообслуживанием"),
    "title_calls": (
        "Service level of calls, abandonment", "Уровень обслуживания звонков, потерянные звонки"),
    "title_workload": (
        "Tickets per agent, occupancy, utilization",
        "Обращений на сотрудника, занятость, загрузка"),
    "title_costs": (
        "Cost per ticket, return on investment", "Стоимость обращения, окупаемость вложений"),
})  # fmt: skip
"""What each figure is called, by its key."""

MEANS = MappingProxyType({
    "means_acknowledgement": (
        "from creation by a customer until a person acted on it: a message, a note, a status, an"
        " assignment to an agent",
        "от создания заявителем до первого действия человека: сообщения, заметки, статуса,"
        " назначения исполнителя"),
    "means_first_response": (
        "from the first contact of the customer to the first public reply of a person",
        "от первого сообщения заявителя до первого открытого ответа человека"),
    "means_next_response": (
        "from the oldest unanswered message of the customer to the next public reply of a person,"
        " each waiting period once, after the first reply",
        "от самого раннего неотвеченного сообщения заявителя до следующего открытого ответа"
        " человека, каждое ожидание один раз, после первого ответа"),
    "means_average_response": (
        "from the oldest unanswered message of the customer to the next public reply of a person,"
        " each waiting period once",
        "от самого раннего неотвеченного сообщения заявителя до следующего открытого ответа"
        " человека, каждое ожидание один раз"),
    "means_first_resolution": (
        "from creation to the first solution, over tickets ever solved",
        "от создания до первого решения, по обращениям, которые когда-либо были решены"),
    "means_full_resolution": (
        "from creation to the last solution, over tickets solved now",
        "от создания до последнего решения, по обращениям, решённым сейчас"),
    "means_requester_wait": (
        "time in new, open or on hold, up to the last solution, over tickets solved now",
        "время в статусах «новое», «в работе» и «отложено» до последнего решения, по обращениям,"
        " решённым сейчас"),
    "means_agent_work": (
        "time in new or open, up to the last solution, over tickets solved now",
        "время в статусах «новое» и «в работе» до последнего решения, по обращениям, решённым"
        " сейчас"),
    "means_on_hold_time": (
        "time on hold, up to the last solution, over tickets solved now",
        "время в статусе «отложено» до последнего решения, по обращениям, решённым сейчас"),
    "means_time_to_close": (
        "from creation to the close (as its system has it, else the last entry into closed), over"
        " tickets that are closed",
        "от создания до закрытия (по данным системы, иначе до последнего перехода в закрытые), по"
        " закрытым обращениям"),
    "means_close_delay": (
        "from the first solution to the close, over tickets that have both",
        "от первого решения до закрытия, по обращениям, у которых есть и то и другое"),
    "means_handle_time": (
        "effort recorded on the ticket and on those merged into it, wrap-up included as recorded",
        "трудозатраты, учтённые в обращении и в объединённых с ним, вместе с завершением, если оно"
        " учтено"),
    "means_backlog_age": (
        "age since created, over tickets that were open at the instant",
        "возраст с создания, по обращениям, открытым на этот момент"),
    "means_open_counted": (
        "from creation to the first solution, or so far, over tickets not void (Kaplan-Meier)",
        "от создания до первого решения или до конца журнала, по обращениям, которые не"
        " аннулированы (оценка Каплана — Мейера)"),
    "means_solved_in_time": (
        "first solved within {target:term} of opening hours, of tickets solved or past it",
        "впервые решены за {target:term} рабочего времени, из решённых или уже просроченных"),
    "means_stated_within_sla": (
        "within SLA as the ticket system itself states it last, of tickets of which it states"
        " anything",
        "в рамках SLA по последней отметке самой системы, из обращений, о которых она это сообщает"
    ),
    "means_solved_within": (
        "first solved within {within:term} of creation, of tickets at least so old",
        "впервые решены за {within:term} с создания, из обращений не моложе этого срока"),
    "means_reopened": (
        "left solved or closed (not into void), of tickets ever solved",
        "вышли из решённых или закрытых (не в аннулированные), из когда-либо решённых"),
    "means_reopened_within": (
        "left solved or closed (not into void) within {within:term} of the first solution, of"
        " tickets ever solved",
        "вышли из решённых или закрытых (не в аннулированные) за {within:term} с первого решения,"
        " из когда-либо решённых"),
    "means_straight_through": (
        "in one known group at most and never reopened, of tickets that are solved",
        "побывали не более чем в одной известной группе и не возобновлялись, из решённых"),
    "means_transferred": (
        "held by two or more known groups one after the other, of tickets with a known group",
        "побывали в двух или более известных группах по очереди, из обращений с известной группой"),
    "means_bounced": (
        "handed straight back to the group it came from, of tickets with a known group",
        "сразу возвращены в группу, из которой пришли, из обращений с известной группой"),
    "means_escalated": (
        "moved to a higher line at least once, of tickets with a known line",
        "хотя бы раз переданы на линию выше, из обращений с известной линией"),
    "means_first_level": (
        "never on another line than the first, of tickets solved with a known line",
        "не были ни на какой линии, кроме первой, из решённых с известной линией"),
    "means_fcr_one_reply": (
        "exactly one public reply in its life, of tickets solved with a contact of the customer",
        "ровно один открытый ответ за всё время, из решённых с сообщением заявителя"),
    "means_fcr_no_further_contact": (
        "no message of the customer after the first contact, a thank-you included, of tickets"
        " solved with a contact of the customer",
        "ни одного сообщения заявителя после первого, даже благодарности, из решённых с сообщением"
        " заявителя"),
    "means_fcr_no_handoff": (
        "at most one known group and agent and never reopened, of tickets solved with a contact of"
        " the customer",
        "не более одной известной группы и одного исполнителя, без возобновления, из решённых с"
        " сообщением заявителя"),
    "means_zero_reply": (
        "no public reply, of tickets solved with a contact of the customer",
        "ни одного открытого ответа, из решённых с сообщением заявителя"),
    "means_contained_by_bot": (
        "solved, never reopened and never touched by a person, of tickets that a bot answered and"
        " that are solved or were touched by a person",
        "решены, не возобновлялись и обошлись без человека, из обращений, где отвечал бот и которые"
        " решены или дошли до человека"),
    "means_csat_top_boxes": (
        "csat answers in the top boxes of their scale, of the last answers by ticket",
        "высшие оценки по своей шкале, из последних ответов на опрос по каждому обращению"),
    "means_csat_response": (
        "answered, of tickets asked for csat",
        "ответили, из обращений, по которым просили оценку"),
    "means_fcr_no_repeat": (
        "not reopened, and no new ticket of the same requester and topic, within {within:term} of"
        " the first solution, of tickets followed for so long",
        "за {within:term} с первого решения не возобновлены и нет нового обращения того же"
        " заявителя по той же теме, из наблюдавшихся столько же"),
    "means_repeat_contact": (
        "came within {within:term} of an earlier contact (created, previous) of the same requester"
        " and topic, of contacts",
        "пришли за {within:term} после предыдущего обращения того же заявителя по той же теме, из"
        " всех обращений"),
    "means_reopenings": (
        "reopenings per ticket ever solved", "возобновлений на одно когда-либо решённое"),
    "means_transfers_per_ticket": (
        "changes of group per ticket with a known group",
        "смен группы на одно обращение с известной группой"),
    "means_bounces_per_ticket": (
        "returns to the group it had just left, per ticket with a known group",
        "возвратов в только что оставленную группу на одно обращение с известной группой"),
    "means_escalations_per_ticket": (
        "moves to a higher line per ticket with a known line",
        "переходов на линию выше на одно обращение с известной линией"),
    "means_handoffs": (
        "changes from one known agent to another, per ticket",
        "переходов от одного известного исполнителя к другому на одно обращение"),
    "means_touches": (
        "sessions of agent work per ticket, those on tickets merged into it included; a pause over"
        " {gap:term} begins another",
        "подходов сотрудников к работе на одно обращение, вместе с объединёнными с ним; перерыв"
        " дольше {gap:term} начинает новый"),
    "means_csat_mean": (
        "mean csat score as given, of the last answers by ticket",
        "средняя оценка, как она поставлена, по последним ответам по каждому обращению"),
    "means_net_promoter_score": (
        "promoters (9 and 10) less detractors (0 to 6), of the last answers by ticket",
        "доля сторонников (9 и 10) минус доля критиков (от 0 до 6), по последним ответам по каждому"
        " обращению"),
    "means_solved_per_created": (
        "distinct tickets solved in the period per ticket created in it",
        "разных обращений, решённых за период, на одно созданное за него"),
    "means_clock_met": (
        "{metric} met, of its cycles met, missed or past their due",
        "{metric}: выполнено, из выполненных, нарушенных и просроченных"),
})  # fmt: skip
"""What each figure counts, by its key."""

MEASURES = MappingProxyType({
    "measure_created": (
        "tickets that came in the period, those that became void among them",
        "обращения, поступившие за период, в том числе потом аннулированные"),
    "measure_solved": (
        "solutions in the period; a ticket that is solved again counts again",
        "решения за период; решённое снова считается снова"),
    "measure_backlog": (
        "tickets that were open at the end of the period",
        "обращения, открытые в конце периода"),
    "measure_first_response": (
        "median time from the first contact of the customer to the first reply, of tickets that"
        " waited for one in the period; those that still wait count with their age (Kaplan-Meier)",
        "медиана времени от первого сообщения заявителя до первого ответа, по обращениям, ждавшим"
        " его в периоде; ещё ждущие учтены со своим возрастом (оценка Каплана — Мейера)"),
    "measure_resolution": (
        "median time from creation to the first solution, of tickets that were unsolved in the"
        " period; those that still are count with their age (Kaplan-Meier)",
        "медиана времени от создания до первого решения, по обращениям, не решённым к началу"
        " периода или созданным в нём; не решённые до сих пор учтены со своим возрастом (оценка"
        " Каплана — Мейера)"),
    "measure_sla": (
        "promises of the policies that were kept, of those decided in the period",
        "обещания политик, которые выполнены, из решившихся за период"),
    "measure_satisfied": (
        "ratings in the top boxes of their scale, of those given in the period",
        "высшие оценки по своей шкале, из поставленных за период"),
})  # fmt: skip
"""What the figures of a period count, by their keys."""

TABLES = MappingProxyType({
    "log_title": ("What was read", "Что прочитано"),
    "read_size": (
        "{tickets} {tickets:ticket|tickets} in {rows} {rows:row|rows}",
        "{tickets} {tickets:обращение|обращения|обращений} в {rows} {rows:строке|строках|строках}"),
    "read_size_of": (
        "{tickets} {tickets:ticket|tickets} in {rows} {rows:row|rows} ({kind})",
        "{tickets} {tickets:обращение|обращения|обращений} в {rows} {rows:строке|строках|строках}"
        " ({kind})"),
    "read_span": ("From {first:instant} to {last:instant}, {zone}", "С {first:instant} по {last:instant}, {zone}"),
    "read_no_hours": (
        "Opening hours: not given, so times count round the clock",
        "Рабочее время: не задано, поэтому время считается круглосуточно"),
    "read_hours": ("Opening hours: {hours}", "Рабочее время: {hours}"),
    "read_hours_closed": (
        "Opening hours: {hours}, closed on public holidays of {country}",
        "Рабочее время: {hours}, кроме государственных праздников ({country})"),
    "figures_section": ("All figures", "Все показатели"),
    "figures_note": ("{figures:items}: {note}", "{figures:items}: {note}"),
    "column_key": ("Key", "Ключ"),
    "column_tickets": ("Tickets", "Обращений"),
    "column_interval": ("95% interval", "95%-й интервал"),
    "times_title": ("How long it took", "Сколько это заняло"),
    "times_what": ("Time", "Время"),
    "times_clock": ("Clock", "Часы"),
    "times_wall": ("round the clock", "круглосуточно"),
    "times_open": ("opening hours", "рабочее время"),
    "times_mean": ("Mean", "Среднее"),
    "times_median": ("Median", "Медиана"),
    "times_ninety": ("90% in", "90 % за"),
    "times_ninety_five": ("95% in", "95 % за"),
    "times_read": (
        "Counted from creation, waiting for the customer included. The interval is that of the"
        " median. 90% in: nine in ten took no longer.",
        "Считается от создания, вместе с ожиданием заявителя. Интервал относится к медиане."
        " 90 % за: девять из десяти заняли не больше."),
    "times_read_day": (
        "In opening hours a working day is {day}, the mean of the days with opening hours.",
        "В рабочем времени день считается за {day}: столько в среднем длится рабочий день."),
    "times_read_curve": (
        "Open ones counted: by Kaplan and Meier; - is not reached.",
        "С учётом открытых: оценка Каплана — Мейера; «-»: не достигнуто."),
    "table_shares": ("How many", "Сколько обращений"),
    "column_figure": ("Tickets", "Обращения"),
    "column_number": ("Number", "Число"),
    "column_of": ("Of", "Из"),
    "column_share": ("Share", "Доля"),
    "shares_read": (
        "95% interval: where the share plausibly lies (Wilson's); narrow where tickets are many.",
        "95%-й интервал: где вероятно лежит доля (по Уилсону); узкий, когда обращений много."),
    "figures_same": (
        "{title}: in this log the same as {other}, so it is told once.",
        "{title}: в этом журнале то же, что {other}, поэтому показано один раз."),
    "rates_title": ("How often per ticket", "Как часто на одно обращение"),
    "rates_what": ("What", "Что"),
    "rates_sum": ("Sum", "Сумма"),
    "rates_rate": ("Per ticket", "На обращение"),
    "rates_read": (
        "May exceed 1: events are counted, not tickets.",
        "Может быть больше 1: считаются события, а не обращения."),
    "clocks_title": ("What the policies promise", "Что обещают политики"),
    "clocks_policy": ("Policy", "Политика"),
    "clocks_metric": ("Clock", "Показатель"),
    "clocks_met": ("Met", "Выполнено"),
    "clocks_undecided": ("Undecided", "Не решено"),
    "clocks_cancelled": ("Cancelled", "Отменено"),
    "clocks_read": (
        "Of: met, missed, or open and past their due. 95% interval: Wilson's.",
        "Из: выполненных, нарушенных, открытых и просроченных. 95%-й интервал: по Уилсону."),
    "left_out_title": ("Left out", "Не вошло в показатели"),
    "left_out_because": ("Because", "Причина"),
    "left_out_figures": ("From the figures", "Из показателей"),
    "absent_title": ("Not to be had from this log", "Чего этот журнал не даёт"),
    "absent_because": ("Because", "Причина"),
    "absent_figures": ("Figures", "Показатели"),
    "absent_read": ("Absent is not zero.", "Нет данных — это не ноль."),
    "definitions_title": ("What each figure counts", "Что считает каждый показатель"),
    "definitions_figure": ("Figure", "Показатель"),
    "definitions_counts": ("Counts", "Считает"),
})  # fmt: skip
"""Headings of the tables, and what to read them by."""

KINDS = MappingProxyType({
    "kind_demo": ("a made-up help desk", "вымышленная служба поддержки"),
    "kind_events": ("ticket events", "события обращений"),
    "kind_bpi2013": ("Volvo IT VINST incidents, BPI Challenge 2013", "инциденты VINST Volvo IT, BPI Challenge 2013"),
    "kind_freshdesk_tickets": ("Freshdesk tickets, exported as CSV", "обращения Freshdesk, выгрузка CSV"),
    "kind_glpi_tickets": ("GLPI tickets, exported as CSV", "обращения GLPI, выгрузка CSV"),
    "kind_jira_field_history": ("Jira issue field history", "история полей задач Jira"),
    "kind_jira_issue_table": ("Jira issues in a data warehouse", "задачи Jira из хранилища данных"),
    "kind_jira_issues": ("Jira issues, exported as CSV", "задачи Jira, выгрузка CSV"),
    "kind_servicenow_incidents": ("ServiceNow incidents, exported as CSV", "инциденты ServiceNow, выгрузка CSV"),
    "kind_servicenow_sys_audit": ("ServiceNow audit history (sys_audit)", "история изменений ServiceNow (sys_audit)"),
    "kind_uci_incidents": ("ServiceNow incident audit log, UCI DOI 10.24432/C57S4H", "журнал изменений инцидентов ServiceNow, UCI DOI 10.24432/C57S4H"),
    "kind_zendesk_field_history": ("Zendesk ticket field history", "история полей обращений Zendesk"),
    "kind_zendesk_ticket_table": ("Zendesk tickets in a data warehouse", "обращения Zendesk из хранилища данных"),
    "kind_zendesk_view": ("Zendesk view, exported as CSV", "представление Zendesk, выгрузка CSV"),
})  # fmt: skip
"""What forms of logs are called that ship, by the names of their mappings."""

METRICS = MappingProxyType({
    "metric_first_response": ("first response", "первый ответ"),
    "metric_next_response": ("next response", "следующий ответ"),
    "metric_periodic_update": ("periodic update", "регулярное сообщение"),
    "metric_requester_wait": ("requester wait", "ожидание заявителя"),
    "metric_agent_work": ("agent work", "работа сотрудников"),
    "metric_resolution": ("resolution", "решение"),
    "metric_total_resolution": ("total resolution", "полное решение"),
    "metric_ownership": ("ownership", "время в группе"),
    "metric_assignee_response": ("response of the assignee", "ответ исполнителя"),
    "metric_acknowledgement": ("acknowledgement", "принятие в работу"),
    "metric_promise": ("promise", "обещание"),
})  # fmt: skip
"""What the metrics of policies are called."""

GLOSSARY = MappingProxyType({
    "glossary_title": ("What the words mean", "Что значат слова"),
    "glossary_word": ("Word", "Слово"),
    "glossary_means": ("Means", "Значит"),
    "word_interval": ("95% interval", "95%-й интервал"),
    "word_interval_means": (
        "where the true value plausibly lies; a wide one means: hardly known",
        "где вероятно лежит истинное значение; широкий значит: известно мало"),
    "word_backlog": ("backlog", "очередь"),
    "word_backlog_means": (
        "the tickets that are open: neither solved nor closed nor void",
        "открытые обращения: не решённые, не закрытые и не аннулированные"),
    "word_clock": ("clock", "часы"),
    "word_clock_means": (
        "how the time of a promise is counted: when it starts, stands still and stops, and whether "
        "it runs in opening hours alone",
        "как считается время обещания: когда идёт, стоит и останавливается, и только ли в рабочее "
        "время"),
    "word_days_of_work": ("days of work", "работы, дней"),
    "word_days_of_work_means": (
        "in how many working days the desk would solve what is open, at the pace of the last four "
        "weeks",
        "за сколько рабочих дней служба решила бы открытое в темпе последних четырёх недель"),
    "word_due": ("due, past due", "срок, просрочено"),
    "word_due_means": (
        "by when a promise is to be kept; past due is what is open and was not kept by then",
        "когда обещание должно быть выполнено; просрочено то, что к этому времени не выполнено и "
        "открыто"),
    "word_discoveries": ("false discoveries", "ложные находки"),
    "word_discoveries_means": (
        "what chance alone would show where many figures are looked at; p is raised for it "
        "(Benjamini-Hochberg)",
        "что показал бы один случай, если смотреть на много показателей; p поправлено на это "
        "(Бенджамини — Хохберг)"),
    "word_followed": ("followed", "прослежено"),
    "word_followed_means": (
        "solutions after which the log goes on, so that a reopening would be seen",
        "решения, после которых журнал продолжается, так что возобновление было бы видно"),
    "word_hand_over": ("hand-over, straight back", "передача, сразу обратно"),
    "word_hand_over_means": (
        "a ticket goes from one group to another; straight back where the next one goes the other "
        "way",
        "обращение переходит из группы в группу; сразу обратно, если следующая передача обратная"),
    "word_curve": ("Kaplan-Meier", "оценка Каплана — Мейера"),
    "word_curve_means": (
        "a curve of how many are still unsolved, open tickets counted too",
        "кривая того, сколько ещё не решено, с учётом открытых обращений"),
    "word_like": ("like tickets", "похожие обращения"),
    "word_like_means": (
        "tickets of the same channel, priority, type and group, of the same age",
        "обращения того же канала, приоритета, типа и группы, того же возраста"),
    "word_line": ("line", "линия"),
    "word_line_means": (
        "a level of the desk: the first takes what comes, a higher one what the lines before it "
        "cannot solve (L1, L2, tier)",
        "ступень службы: первая принимает всё, следующая — то, чего не могут решить предыдущие (L1, "
        "L2)"),
    "word_median": ("median", "медиана"),
    "word_median_means": (
        "half of the tickets took no longer",
        "половина обращений заняла не больше"),
    "word_merged": ("merged", "объединено"),
    "word_merged_means": (
        "the ticket was joined to another one, which goes on for both",
        "обращение присоединено к другому, и дальше идёт оно одно"),
    "word_mix": ("mix", "состав"),
    "word_mix_means": (
        "of which kinds tickets are: more of the hard ones, and the total gets worse",
        "какого рода обращения: чем больше трудных, тем хуже общий показатель"),
    "word_net": ("net flow", "прирост"),
    "word_net_means": (
        "by how much the backlog grew: what came, was reopened and restored, less solutions and "
        "void tickets",
        "насколько выросла очередь: поступило, возобновлено и возвращено минус решения и "
        "аннулированные"),
    "word_p": ("p", "p"),
    "word_p_means": (
        "how often chance alone would move a figure so far: 0.05 is one time in twenty",
        "как часто один случай сдвинул бы показатель настолько: 0,05 — один раз из двадцати"),
    "word_paused": ("paused", "на паузе"),
    "word_paused_means": (
        "the clock of a promise stands still, as where the customer is to answer",
        "часы обещания стоят, например пока должен ответить заявитель"),
    "word_policy": ("policy", "политика"),
    "word_policy_means": (
        "a rule of which promises are made for which tickets",
        "правило, какие обещания даны по каким обращениям"),
    "word_promise": ("promise, SLA", "обещание, SLA"),
    "word_promise_means": (
        "what a policy sets for a ticket, such as a first response within 4 hours; it is decided "
        "once it is kept or its time is up",
        "что политика задаёт для обращения, например первый ответ за 4 часа; исход есть, когда оно "
        "выполнено или срок вышел"),
    "word_points": ("pt, points", "п. п., пункты"),
    "word_points_means": (
        "percentage points: from 60% to 63% is 3",
        "процентные пункты: с 60 % до 63 % — это 3"),
    "word_reopened": ("reopened", "возобновлено"),
    "word_reopened_means": (
        "solved or closed, and then open again",
        "было решено или закрыто и снова открыто"),
    "word_restored": ("restored", "возвращено"),
    "word_restored_means": (
        "void, and then open again",
        "было аннулировано и снова открыто"),
    "word_satisfied": ("satisfied, top boxes", "довольны, высшие оценки"),
    "word_satisfied_means": (
        "who gave one of the best marks of the scale, such as 4 or 5 of 5",
        "кто поставил одну из лучших оценок шкалы, например 4 или 5 из 5"),
    "word_solution": ("solution", "решений"),
    "word_solution_means": (
        "a ticket is solved or closed; one that is opened again and solved again has two",
        "обращение решено или закрыто; у открытого снова и решённого снова их два"),
    "word_stay": ("stay", "пребывание"),
    "word_stay_means": (
        "from when a ticket enters a status or group until it leaves it",
        "от входа обращения в статус или группу до выхода"),
    "word_void": ("void", "аннулировано"),
    "word_void_means": (
        "spam, or merged into another ticket: it came, and counts in no time and no share",
        "спам или присоединённое к другому: оно поступило, но ни в какое время и долю не входит"),
    "word_wilson": ("Wilson", "интервал Уилсона"),
    "word_wilson_means": (
        "an interval of a share that also holds for few tickets",
        "интервал для доли, верный и для немногих обращений"),
    "word_working_day": ("working day", "рабочий день"),
    "word_working_day_means": (
        "a day with opening hours; as a length, as many hours as such a day has on average",
        "день, в который служба работает; как длительность — столько часов, сколько в нём в среднем"),
})  # fmt: skip
"""The words, in the order of the English alphabet."""

WORDS = MappingProxyType({**TITLES, **MEANS, **MEASURES, **TABLES, **KINDS, **METRICS, **GLOSSARY})
