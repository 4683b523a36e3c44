"""Words of the answers in short."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "brief_title": ("In short", "Коротко"),
    "brief_first": ("What to do first: {steps:items}.", "Что сделать сначала: {steps:items}."),
    "brief_first_none": (
        "What to do first: nothing presses; no ticket is open and nothing got worse beyond chance.",
        "Что сделать сначала: срочного нет; открытых обращений нет, и ничего не стало хуже сверх случайного.",
    ),
    "brief_first_untold": (
        "What to do first: nothing presses; no ticket is open.",
        "Что сделать сначала: срочного нет; открытых обращений нет.",
    ),
    "brief_step": ("({n}) {step}", "({n}) {step}"),
    "brief_do_promises": (
        "see to tickets {tickets}, whose promises come due next",
        "заняться {tickets}: их обещания истекают раньше всех",
    ),
    "brief_do_late": (
        "see to tickets {tickets}, whose promises are past due by most",
        "заняться {tickets}: эти обещания просрочены больше всех",
    ),
    "brief_do_oldest": (
        "see to tickets {tickets}, open for longest; nothing got worse",
        "заняться {tickets}: открыты дольше всех; хуже ничего не стало",
    ),
    "brief_do_oldest_alone": (
        "see to tickets {tickets}, open for longest",
        "заняться {tickets}: открыты дольше всех",
    ),
    "brief_do_share": (
        "share out the work of {agent}, who holds {n} open tickets with {late} {late:promise|promises} past due",
        "разделить работу, которая у {agent}: открытых {n}, просроченных обещаний {late}",
    ),
    "brief_do_why": ("find out why this got worse: {change}", "выяснить, почему стало хуже: {change}"),
    "brief_change": (
        "{what}, {where} ({course}, since {since})",
        "{what}, {where} ({course}, с {since})",
    ),
    "brief_change_from": (
        "{what}, {where} ({course}, since {since}; before is from {first} on)",
        "{what}, {where} ({course}, с {since}; раньше — с {first})",
    ),
    "brief_covered": (
        "What these were before: from {first} up to the week in which each began to change.",
        "Как было раньше: с {first} до недели, с которой началось изменение.",
    ),
    "brief_more": ("{n} more below", "ниже ещё {n}"),
    "brief_worse": ("Got worse: {parts:items}.", "Стало хуже: {parts:items}."),
    "brief_better": ("Got better: {parts:items}.", "Стало лучше: {parts:items}."),
    "brief_other": (
        "Changed, neither better nor worse: {parts:items}.",
        "Изменилось, ни лучше ни хуже: {parts:items}.",
    ),
    "brief_worse_still": (
        "Got worse before {period} and has stayed so: {parts:items}.",
        "Стало хуже до периода ({period}) и держится: {parts:items}.",
    ),
    "brief_better_still": (
        "Got better before {period} and has stayed so: {parts:items}.",
        "Стало лучше до периода ({period}) и держится: {parts:items}.",
    ),
    "brief_other_still": (
        "Changed before {period} and has stayed so, neither better nor worse: {parts:items}.",
        "Изменилось до периода ({period}) и держится, ни лучше ни хуже: {parts:items}.",
    ),
    "brief_worse_none": (
        "Got worse: nothing beyond chance in {period}.",
        "Стало хуже: ничего сверх случайного ({period}).",
    ),
    "brief_better_none": (
        "Got better: nothing beyond chance in {period}.",
        "Стало лучше: ничего сверх случайного ({period}).",
    ),
    "brief_worse_untold": (
        "Got worse: cannot be told, as there were too few tickets ({period}).",
        "Стало хуже: сказать нельзя, обращений слишком мало ({period}).",
    ),
    "brief_better_untold": (
        "Got better: cannot be told, as there were too few tickets ({period}).",
        "Стало лучше: сказать нельзя, обращений слишком мало ({period}).",
    ),
    "brief_volumes": (
        "Came and solved: {created} {created:ticket|tickets} came and there {solved:was|were} {solved} {solved:solution|solutions}{again} in {period}{besides}.",
        "Пришло и решено: пришло {created}, решений {solved}{again} ({period}){besides}.",
    ),
    "brief_again": (" (of {n} {n:ticket|tickets})", " (по {n} {n:обращению|обращениям|обращениям})"),
    "brief_besides": (
        "; {reopened} {reopened:was|were} opened again, {voided} {voided:was|were} spam or merged",
        "; открыто снова {reopened}, спам или присоединённые {voided}",
    ),
    "brief_came": (
        "Came: {created} {created:ticket|tickets} in {period}.",
        "Пришло: {created} ({period}).",
    ),
    "brief_growing": (
        "Keeping up: no, open tickets went from {before} to {now} in {period}.",
        "Успеваем: нет, открытых было {before}, стало {now} ({period}).",
    ),
    "brief_level": (
        "Keeping up: yes, open tickets went from {before} to {now} in {period}, no more than they vary.",
        "Успеваем: да, открытых было {before}, стало {now} ({period}), в пределах обычных колебаний.",
    ),
    "brief_shrinking": (
        "Keeping up: yes, and catching up: open tickets went from {before} to {now} in {period}.",
        "Успеваем: да, и навёрстываем: открытых было {before}, стало {now} ({period}).",
    ),
    "brief_since_growing": (
        "Keeping up since then, up to {until}: no, open tickets went from {before} to {now}.",
        "Успеваем с тех пор по {until}: нет, открытых было {before}, стало {now}.",
    ),
    "brief_since_level": (
        "Keeping up since then, up to {until}: yes, open tickets went from {before} to {now}, no more than they vary.",
        "Успеваем с тех пор по {until}: да, открытых было {before}, стало {now}, в пределах обычных колебаний.",
    ),
    "brief_since_shrinking": (
        "Keeping up since then, up to {until}: yes, and catching up: open tickets went from {before} to {now}.",
        "Успеваем с тех пор по {until}: да, и навёрстываем: открытых было {before}, стало {now}.",
    ),
    "brief_backlog_untold": (
        "Keeping up: cannot be told, as the log seems to hold finished tickets alone.",
        "Успеваем: сказать нельзя, в журнале, похоже, только завершённые обращения.",
    ),
    "brief_statuses_untold": (
        "Keeping up: cannot be told, as the log does not say what was solved when.",
        "Успеваем: сказать нельзя, журнал не говорит, что и когда решено.",
    ),
    "brief_ratings_untold": (
        "Least satisfied: cannot be told, as the log has no ratings by channel.",
        "Меньше всего довольны: сказать нельзя, оценок по каналам в журнале нет.",
    ),
    "brief_ratings_few": (
        "Least satisfied: cannot be told, as no two channels have {n} ratings.",
        "Меньше всего довольны: сказать нельзя, нет двух каналов с {n} оценками.",
    ),
    "brief_rated": (
        "channel {channel}, {share:share} of {n} ratings (95% interval {bounds:share})",
        "канал {channel}, {share:share} из {n} оценок (95%-й интервал {bounds:share})",
    ),
    "brief_least_satisfied": (
        "Least satisfied: {channel}; all channels {all:share}.",
        "Меньше всего довольны: {channel}; по всем каналам {all:share}.",
    ),
    "brief_least_perhaps": (
        "Least satisfied: {channel}, which may be chance; all channels {all:share}.",
        "Меньше всего довольны: {channel}, возможно случайно; по всем каналам {all:share}.",
    ),
    "brief_least_and": (
        "Least satisfied: {channel}, which may be chance; beyond chance it is {surely}; all channels {all:share}.",
        "Меньше всего довольны: {channel}, возможно случайно; сверх случайного — {surely}; по всем каналам {all:share}.",
    ),
    "brief_wait": (
        "Tickets wait: most in status “{status}”, {share:share} of all the time that tickets were open.",
        "Обращения ждут: дольше всего в статусе «{status}», {share:share} времени, пока открыты.",
    ),
    "brief_wait_group": (
        "Tickets wait: most in status “{status}”, {share:share} of all the time that tickets were open, and with group {group}, {part:share} of it.",
        "Обращения ждут: дольше всего в статусе «{status}», {share:share} времени, пока открыты, и у группы {group}, {part:share} этого времени.",
    ),
    "brief_wait_untold": (
        "Tickets wait: in which status cannot be told, as the log has present values alone.",
        "Обращения ждут: в каком статусе, сказать нельзя: в журнале есть только нынешние значения.",
    ),
    "brief_open": (
        "Open now: {n} {n:ticket|tickets}, half of them older than {median}, the oldest {oldest}.",
        "Открыто сейчас: {n}, половина старше {median}, самое старое {oldest}.",
    ),
    "brief_open_none": (
        "Overloaded: nobody, as no ticket is open at the end of the log.",
        "Перегружен: никто, в конце журнала открытых обращений нет.",
    ),
    "brief_loaded_none": (
        "Overloaded: nobody stands out; {agent} holds most open tickets, {n} (half of the agents hold at most {median}).",
        "Перегружен: никто не выделяется; больше всего открытых у {agent}, {n} (у половины сотрудников не более {median}).",
    ),
    "brief_loaded": (
        "Overloaded: {agents}; half of the agents hold at most {median}.",
        "Перегружены: {agents}; у половины сотрудников не более {median}.",
    ),
    "brief_load": (
        "{agent} holds {n} open {n:ticket|tickets}",
        "{agent} (открытых {n})",
    ),
    "brief_load_late": (
        "{agent} holds {n} open {n:ticket|tickets} ({late} {late:promise|promises} past due)",
        "{agent} (открытых {n}, просроченных обещаний {late})",
    ),
    "brief_due_untold": (
        "Due on the next business day: cannot be told, as no promises were given (--policy).",
        "Истекает в следующий рабочий день: сказать нельзя, обещания не заданы (--policy).",
    ),
    "brief_due": (
        "Due on the next business day ({day}): {n} {n:promise|promises} of {of} {of:ticket|tickets}, first {first}{today}.",
        "Истекает в следующий рабочий день ({day}): {n} {n:обещание|обещания|обещаний} по {of} {of:обращению|обращениям|обращениям}, раньше всех {first}{today}.",
    ),
    "brief_due_none": (
        "Due on the next business day ({day}): no promise{today}.",
        "Истекает в следующий рабочий день ({day}): ничего{today}.",
    ),
    "brief_due_today": ("; {n} still today", "; ещё сегодня {n}"),
    "brief_late": (
        "Past due already: {n} {n:promise|promises} of {tickets} {tickets:ticket|tickets}{who}.",
        "Уже просрочено: {n} {n:обещание|обещания|обещаний} по {tickets} {tickets:обращению|обращениям|обращениям}{who}.",
    ),
    "brief_late_most": (", most with {parts}", ", больше всего: {parts}"),
    "brief_late_with": ("{field} {value} ({n})", "{field} {value} ({n})"),
    "brief_kept": (
        "Promises kept least: group {group}, {share:share} of its {n} in {period}; all groups {all:share}.",
        "Обещания соблюдаются реже всего: группа {group}, {share:share} из {n} ({period}); все группы {all:share}.",
    ),
})  # fmt: skip
