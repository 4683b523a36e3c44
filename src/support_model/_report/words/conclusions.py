"""Words of what changed: the first sentence, each change, its start, its proof."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "changes_title": ("What got worse, what got better", "Что стало хуже и что лучше"),
    "changes_periods": (
        "{after} against {before}: {answer}",
        "За {after} (для сравнения {before}): {answer}",
    ),
    "changes_periods_since": (
        "{after} and since then, up to {until}, against {before}: {answer}",
        "За {after} и с тех пор по {until} (для сравнения {before}): {answer}",
    ),
    "changes_in_full": ("Each change in full", "Каждое изменение подробно"),
    "changes_answer": ("{parts}.", "{parts}."),
    "changes_count_worse": ("{n} {n:thing|things} got worse", "хуже стало: {n}"),
    "changes_count_better": ("{n} got better", "лучше: {n}"),
    "changes_count_other": ("{n} changed and {n:is|are} neither", "ни то ни другое: {n}"),
    "changes_count_standing": ("{n} began earlier and still {n:stands|stand}", "началось раньше и держится: {n}"),
    "changes_nothing": ("nothing got worse or better beyond chance", "ничего не стало хуже или лучше сверх случайного"),
    "changes_untold": ("there were too few tickets to tell what got worse or better", "обращений слишком мало, чтобы сказать, что стало хуже или лучше"),
    "changes_none_better": ("nothing got better beyond chance", "ничего не стало лучше сверх случайного"),
    "changes_none_worse": ("nothing got worse beyond chance", "ничего не стало хуже сверх случайного"),
    "changes_table": ("What changed, for whom, since when", "Что изменилось, у кого, с каких пор"),
    "changes_column_what": ("What", "Что"),
    "changes_column_where": ("For whom", "У кого"),
    "changes_column_before": ("Before", "Раньше"),
    "changes_column_after": ("Since then", "С тех пор"),
    "changes_column_before_all": ("Before, all as they came", "Раньше, все какими пришли"),
    "changes_column_since_all": ("Since then, all as they came", "С тех пор, все какими пришли"),
    "changes_column_before_since": ("Before: from the week of", "Раньше: с недели"),
    "changes_column_like": ("Times as much, like tickets only", "Во сколько раз, только у похожих"),
    "changes_covered": (
        "Before: the weeks from {first} on, up to the week in which each of these began. Since then: from that week up to {last}.",
        "Раньше — недели с {first} до той, с которой изменение началось. С тех пор — с этой недели по {last}.",
    ),
    "changes_covered_mostly": (
        "Before: the weeks from {first} on, up to the week in which each of these began; where it is from another week on, its row says so. Since then: from that week up to {last}.",
        "Раньше — недели с {first} до той, с которой изменение началось; если с другой недели, это сказано в строке. С тех пор — с этой недели по {last}.",
    ),
    "changes_level_from": ("{level} (from {since})", "{level} (с {since})"),
    "changes_like_note": (
        "Before and since then are of all tickets of the group, as they came. Times as much compares like tickets only: of the same channel, priority, type and group, age by age. So it is not the one divided by the other where easier or harder tickets came.",
        "«Раньше» и «с тех пор» — по всем обращениям группы, какими они пришли. «Во сколько раз» сравнивает только похожие: того же канала, приоритета, типа и группы, возраст с возрастом. Поэтому это не частное двух чисел, если пришли более лёгкие или трудные.",
    ),
    "changes_against_note": (
        "Where the two even go the other way, easier or harder tickets came, and what counts is the times as much.",
        "Где они идут даже в другую сторону, пришли более лёгкие или трудные обращения, и верить надо тому, во сколько раз.",
    ),
    "changes_course": ("{before} to {after}", "{before} → {after}"),
    "changes_course_times": ("{times}", "{times}"),
    "changes_course_ratio": ("{ratio:number} times among like tickets", "в {ratio:number} раза у похожих"),
    "changes_column_since": ("Since the week of", "С недели"),
    "changes_column_tickets": ("Tickets", "Обращений"),
    "changes_column_recent": ("New", "Новое"),
    "changes_column_field": ("Field", "Поле"),
    "changes_column_value": ("Value", "Значение"),
    "changes_column_week": ("Week of", "Неделя с"),
    "changes_column_weeks": ("Weeks", "Недель"),
    "changes_column_came": ("Came", "Пришло"),
    "changes_column_usual": ("Usually", "Обычно"),
    "changes_column_ratio": ("Times the usual", "Во сколько раз от обычного"),
    "changes_mixes_table": ("Shifts of the mix, neither worse nor better", "Сдвиги состава: не хуже и не лучше"),
    "changes_episodes_table": ("Single weeks that stood out and are over", "Отдельные недели, которые выделялись и прошли"),
    "changes_more": ("{n} more in a table below", "ещё {n} в таблице ниже"),
    "changes_in_words": ("{parts}", "{parts}"),
    "changes_too_short": (
        "The log holds no two whole weeks, so nothing can be compared.",
        "В журнале нет двух полных недель, поэтому сравнивать нечего.",
    ),
    "changes_control": (
        "{looks} series were looked at: every measure of every group of every field, and pairs of "
        "them. At most {level:share} of what is listed here is expected to be chance. Like tickets "
        "are compared, each group with its own past; open tickets count.",
        "Просмотрено рядов: {looks} — каждый показатель каждой группы по каждому полю и их пары. "
        "Не более {level:share} перечисленного ожидаемо случайно. Сравниваются похожие обращения, "
        "каждая группа — со своим прошлым; открытые учтены.",
    ),
    "changes_turnover": ("{parts:items}.", "{parts:items}."),
    "changes_agents_new": ("Agents who began: {names}", "Начали работать: {names}"),
    "changes_agents_gone": ("Agents who left: {names}", "Перестали работать: {names}"),
    "changes_values_new": ("New values, of which none came before: {names}",
                           "Новые значения, раньше таких обращений не было: {names}"),
    "changes_values_gone": ("Values of which none come any more: {names}",
                            "Значения, с которыми обращения больше не приходят: {names}"),
    "changes_turned": ("{where} ({since})", "{where} ({since})"),
    "changes_mix": (
        "The mix shifted, which is neither better nor worse: {shifts}.",
        "Состав обращений сместился, что само по себе не лучше и не хуже: {shifts}.",
    ),
    "changes_mix_part": (
        "{field} {value} went from {before:share} to {after:share} of the tickets since the week "
        "of {since}",
        "{field} {value}: доля с {before:share} до {after:share} с недели {since}",
    ),
    "changes_episodes": (
        "Single weeks that stood out and are over: {weeks}.",
        "Отдельные недели, которые выделялись и прошли: {weeks}.",
    ),
    "changes_episode": (
        "{start} ({what}, {where}: {ratio:number} times the usual)",
        "{start} ({what}, {where}: {ratio:number} от обычного)",
    ),
    "changes_episode_counted": (
        "{start} ({what}, {where}: {n:count} came, usually {usual:rate})",
        "{start} ({what}, {where}: пришло {n:count}, обычно {usual:rate})",
    ),
    "changes_uncounted": (
        "How many tickets come was not looked at: of earlier weeks the log holds only what ended "
        "late, so they seem to become more.",
        "Сколько обращений приходит, не рассматривалось: из прежних недель в журнале только то, что "
        "закончилось поздно, поэтому их будто бы становится больше.",
    ),
    "changes_item_title": ("{what}: {where}", "{what}: {where}"),
    "changes_levels": ("{before} before, {after} since", "раньше {before}, с тех пор {after}"),
    "changes_level_week": ("{n:rate} a week", "{n:rate} в неделю"),
    "changes_level_hardly": ("hardly any", "почти ни одного"),
    "changes_level_open": ("{n} open", "открыто {n}"),
    "changes_sentence_time": (
        "Half were done within {before} before, and {after} since, open tickets counted. Among like "
        "tickets that is {ratio:number} times as long (95% interval {range}); the two medians are "
        "of the tickets as they came.",
        "Раньше половина укладывалась в {before}, с тех пор в {after}, открытые учтены. Среди "
        "похожих обращений это в {ratio:number} раза дольше (95%-й интервал {range}); обе медианы — "
        "по обращениям, какими они пришли.",
    ),
    "changes_sentence_shorter": (
        "Half were done within {before} before, and {after} since, open tickets counted. Among like "
        "tickets that is {ratio:number} of the time (95% interval {range}); the two medians are of "
        "the tickets as they came.",
        "Раньше половина укладывалась в {before}, с тех пор в {after}, открытые учтены. Среди "
        "похожих обращений это {ratio:number} прежнего времени (95%-й интервал {range}); обе "
        "медианы — по обращениям, какими они пришли.",
    ),
    "changes_sentence_time_against": (
        "Among like tickets it takes {ratio:number} times as long (95% interval {range}). The "
        "medians alone do not show it: {before} before, {after} since, of all tickets as they came.",
        "Среди похожих обращений это в {ratio:number} раза дольше (95%-й интервал {range}). По одним "
        "медианам этого не видно: раньше {before}, с тех пор {after} — по всем, какими они пришли.",
    ),
    "changes_sentence_shorter_against": (
        "Among like tickets it takes {ratio:number} of the time (95% interval {range}). The medians "
        "alone do not show it: {before} before, {after} since, of all tickets as they came.",
        "Среди похожих обращений это {ratio:number} прежнего времени (95%-й интервал {range}). По "
        "одним медианам этого не видно: раньше {before}, с тех пор {after} — по всем, какими они "
        "пришли.",
    ),
    "changes_sentence_new": (
        "{after:rate} a week since, and hardly any before.",
        "С тех пор {after:rate} в неделю, раньше почти ни одного.",
    ),
    "changes_sentence_gone": (
        "{before:rate} a week before, and hardly any since.",
        "Раньше {before:rate} в неделю, с тех пор почти ни одного.",
    ),
    "changes_sentence_share": (
        "{before:share} before (of {n_before}) and {after:share} since (of {n_after}), all as they came. "
        "Among like tickets it is {ratio:number} times the earlier share (95% interval {range}).",
        "Раньше {before:share} (из {n_before}), с тех пор {after:share} (из {n_after}) — по всем, какими "
        "пришли. Среди похожих обращений это {ratio:number} от прежней доли (95%-й интервал {range}).",
    ),
    "changes_sentence_week": (
        "{before:rate} a week before, {after:rate} since: {ratio:number} times as many (95% "
        "interval {range}).",
        "Раньше {before:rate} в неделю, с тех пор {after:rate}: в {ratio:number} раза больше "
        "(95%-й интервал {range}).",
    ),
    "changes_sentence_fewer": (
        "{before:rate} a week before, {after:rate} since: {ratio:number} of what it was (95% "
        "interval {range}).",
        "Раньше {before:rate} в неделю, с тех пор {after:rate}: {ratio:number} от прежнего "
        "(95%-й интервал {range}).",
    ),
    "changes_sentence_queue": (
        "{before:count} open before, {after:count} now: {ratio:number} came for each that was "
        "resolved (95% interval {range}).",
        "Раньше открыто {before:count}, теперь {after:count}: на каждое решённое приходило "
        "{ratio:number} (95%-й интервал {range}).",
    ),
    "changes_level_unreached": ("half not done yet", "половина ещё не готова"),
    "changes_level_none": ("none", "не было"),
    "changes_sentence_levels": (
        "Before: {before}; since: {after}. That is {ratio:number} times the earlier among like tickets "
        "(95% interval {range}).",
        "Раньше: {before}; с тех пор: {after}. Это {ratio:number} от прежнего среди похожих обращений "
        "(95%-й интервал {range}).",
    ),
    "changes_share": ("{share:share}", "{share:share}"),
    "changes_since": ("Since the week of {since}.", "С недели {since}."),
    "changes_since_before": (
        "Before that: the weeks from {first} on.",
        "Раньше — недели с {first} до этой.",
    ),
    "changes_since_about": (
        "Since the week of {since}, give or take: between {low} and {high}.",
        "С недели {since}, с допуском: между {low} и {high}.",
    ),
    "changes_earlier": (
        "It began before {period} and still stands: the level is not back where it was.",
        "Это началось до периода {period} и держится: прежний уровень не вернулся.",
    ),
    "changes_tickets": (
        "About {n} {n:ticket|tickets} {n:is|are} concerned.",
        "Касается примерно {n} {n:обращения|обращений|обращений}.",
    ),
    "changes_examples": ("Look at: {ids}.", "Посмотрите: {ids}."),
    "changes_also": ("The same event shows in: {others}.", "То же событие видно здесь: {others}."),
    "changes_also_part": ("{what}, {where} ({levels})", "{what}, {where} ({levels})"),
    "changes_also_since": (
        "{what}, {where} ({levels}; there since the week of {since})",
        "{what}, {where} ({levels}; там с недели {since})",
    ),
    "changes_chance": (
        "Chance: p {p}, counted over all that was looked at.",
        "Случайность: p {p} с учётом всего просмотренного.",
    ),
    "changes_p_below": ("< 0.001", "< 0,001"),
    "changes_p": ("= {p:number}", "= {p:number}"),
    "changes_timer": (
        "Most of these times are of one length, before and after: a timer that was set anew, not "
        "a difference of people.",
        "Большинство этих сроков одинаковы и раньше, и теперь: перенастроен таймер, дело не в "
        "людях.",
    ),
    "changes_everyone": ("all tickets", "все обращения"),
    "changes_where": ("{field} {value}", "{field} {value}"),
    "changes_where_status": ("status “{value}”", "статус «{value}»"),
    "changes_created_more": ("More tickets come", "Приходит больше обращений"),
    "changes_created_fewer": ("Fewer tickets come", "Приходит меньше обращений"),
    "changes_backlog_more": ("The queue grows", "Очередь растёт"),
    "changes_backlog_fewer": ("The queue shrinks", "Очередь сокращается"),
    "changes_first_response_more": ("First replies take longer", "Первого ответа ждут дольше"),
    "changes_first_response_fewer": ("First replies come sooner", "Первый ответ приходит раньше"),
    "changes_next_response_more": ("Later replies take longer", "Следующих ответов ждут дольше"),
    "changes_next_response_fewer": (
        "Later replies come sooner",
        "Следующие ответы приходят раньше",
    ),
    "changes_resolution_more": ("Tickets take longer to resolve", "Обращения решаются дольше"),
    "changes_resolution_fewer": ("Tickets are resolved sooner", "Обращения решаются быстрее"),
    "changes_reopened_more": ("More tickets are reopened", "Больше обращений возобновляют"),
    "changes_reopened_fewer": (
        "Fewer tickets are reopened",
        "Меньше обращений возобновляют",
    ),
    "changes_handed_back_more": (
        "More tickets are handed straight back",
        "Больше обращений сразу возвращают",
    ),
    "changes_handed_back_fewer": (
        "Fewer tickets are handed straight back",
        "Меньше обращений сразу возвращают",
    ),
    "changes_escalated_more": (
        "More tickets go to a higher line",
        "Больше обращений уходит на следующую линию",
    ),
    "changes_escalated_fewer": (
        "Fewer tickets go to a higher line",
        "Меньше обращений уходит на следующую линию",
    ),
    "changes_satisfied_more": ("More customers are satisfied", "Довольных заявителей больше"),
    "changes_satisfied_fewer": ("Fewer customers are satisfied", "Довольных заявителей меньше"),
    "changes_sla_more": ("More promises are kept", "Обещания соблюдаются чаще"),
    "changes_sla_fewer": ("Fewer promises are kept", "Обещания соблюдаются реже"),
    "changes_status_time_more": ("Tickets stay longer", "Обращения стоят дольше"),
    "changes_status_time_fewer": ("Tickets stay for a shorter time", "Обращения стоят меньше"),
    "changes_void_more": (
        "More tickets are spam or merged away",
        "Больше спама и присоединённых обращений",
    ),
    "changes_void_fewer": (
        "Fewer tickets are spam or merged away",
        "Меньше спама и присоединённых обращений",
    ),
    "changes_closing_delay_more": (
        "Resolved tickets are closed later",
        "Решённые обращения закрываются позже",
    ),
    "changes_closing_delay_fewer": (
        "Resolved tickets are closed sooner",
        "Решённые обращения закрываются раньше",
    ),
    "changes_other_more": ("{measure}: more", "{measure}: больше"),
    "changes_other_fewer": ("{measure}: less", "{measure}: меньше"),
    "field_channel": ("channel", "канал"),
    "field_priority": ("priority", "приоритет"),
    "field_type": ("type", "тип"),
    "field_group": ("group", "группа"),
    "field_line": ("line", "линия"),
    "field_agent": ("agent", "исполнитель"),
    "field_organization": ("organization", "организация"),
    "field_topic": ("topic", "тема"),
    "field_hours": ("created", "создано"),
    "field_technology": ("technology", "технология"),
    "field_requester": ("requester", "заявитель"),
    "hours_open": ("in opening hours", "в рабочее время"),
    "hours_evening/night": (
        "on a working day outside opening hours",
        "в рабочий день вне рабочих часов",
    ),
    "hours_weekend": ("at the weekend or on a day off", "в выходной день"),
})  # fmt: skip
