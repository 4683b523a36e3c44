"""Words of the answers in short."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "brief_title": ("In short", "Коротко"),
    "brief_first": ("What to do first: {first}.", "Что сделать сначала: {first}."),
    "brief_first_then": (
        "What to do first: {first}; then {second}.",
        "Что сделать сначала: {first}; затем {second}.",
    ),
    "brief_do_promises": (
        "see to {tickets}, the next promises to come due",
        "заняться {tickets}: их обещания истекают раньше всех",
    ),
    "brief_do_late": (
        "see to {tickets}, promises that are past due by the least",
        "заняться {tickets}: эти обещания просрочены меньше всех",
    ),
    "brief_do_oldest": (
        "see to {tickets}, open for longest; nothing got worse",
        "заняться {tickets}: открыты дольше всех; хуже ничего не стало",
    ),
    "brief_do_why": ("find out why this got worse: {change}", "выяснить, почему стало хуже: {change}"),
    "brief_change": ("{what}, {where} (since the week of {since})", "{what}, {where} (с недели {since})"),
    "brief_more": ("{n} more below", "ниже ещё {n}"),
    "brief_standing": ("{n} more began earlier and still {n:stands|stand}", "раньше началось и держится: {n}"),
    "brief_worse": ("Got worse: {parts:items}.", "Стало хуже: {parts:items}."),
    "brief_better": ("Got better: {parts:items}.", "Стало лучше: {parts:items}."),
    "brief_worse_still": (
        "Nothing new got worse; this began earlier and still stands: {parts:items}.",
        "Нового ухудшения нет; началось раньше и держится: {parts:items}.",
    ),
    "brief_better_still": (
        "Nothing new got better; this began earlier and still stands: {parts:items}.",
        "Нового улучшения нет; началось раньше и держится: {parts:items}.",
    ),
    "brief_worse_none": ("Nothing got worse beyond chance.", "Ничего не стало хуже сверх случайного."),
    "brief_better_none": ("Nothing got better beyond chance.", "Ничего не стало лучше сверх случайного."),
    "brief_growing": (
        "Not keeping up: open tickets went from {before} to {now} in {period}.",
        "Не успеваем: открытых было {before}, стало {now} за {period}.",
    ),
    "brief_level": (
        "Keeping up: open tickets went from {before} to {now} in {period}, no more than they vary.",
        "Успеваем: открытых было {before}, стало {now} за {period}, в пределах обычных колебаний.",
    ),
    "brief_shrinking": (
        "Catching up: open tickets went from {before} to {now} in {period}.",
        "Навёрстываем: открытых было {before}, стало {now} за {period}.",
    ),
    "brief_since_growing": (
        "Since then, up to {until}: not keeping up, open tickets went from {before} to {now}.",
        "С тех пор по {until}: не успеваем, открытых было {before}, стало {now}.",
    ),
    "brief_since_level": (
        "Since then, up to {until}: open tickets went from {before} to {now}, no more than they vary.",
        "С тех пор по {until}: открытых было {before}, стало {now}, в пределах обычных колебаний.",
    ),
    "brief_since_shrinking": (
        "Since then, up to {until}: catching up, open tickets went from {before} to {now}.",
        "С тех пор по {until}: навёрстываем, открытых было {before}, стало {now}.",
    ),
    "brief_backlog_untold": (
        "Whether the desk keeps up cannot be told: the log seems to hold finished tickets alone.",
        "Успевает ли служба, сказать нельзя: в журнале, похоже, только завершённые обращения.",
    ),
    "brief_statuses_untold": (
        "Whether the desk keeps up cannot be told: the log does not say what was solved when.",
        "Успевает ли служба, сказать нельзя: журнал не говорит, что и когда решено.",
    ),
    "brief_ratings_untold": (
        "Which channel is least satisfied cannot be told: the log has no ratings by channel.",
        "Какой канал доволен меньше всего, сказать нельзя: оценок по каналам в журнале нет.",
    ),
    "brief_ratings_few": (
        "Which channel is least satisfied cannot be told: no two channels have {n} ratings.",
        "Какой канал доволен меньше всего, сказать нельзя: нет двух каналов с {n} оценками.",
    ),
    "brief_loaded_none": (
        "Nobody stands out by open tickets: {agent} holds most, {n} (half of the agents at most {median}).",
        "По открытым никто не выделяется: больше всех у {agent}, {n} (у половины сотрудников не более {median}).",
    ),
    "brief_due_untold": (
        "What breaches on the next business day is told with --policy.",
        "Что истекает в следующий рабочий день, показывает --policy.",
    ),
    "brief_least_satisfied": (
        "Least satisfied: channel {channel}, {share:share} of {n} ratings (95% interval {bounds:share}; all channels {all:share}).",
        "Меньше всего довольны: канал {channel}, {share:share} из {n} оценок (95%-й интервал {bounds:share}; по всем каналам {all:share}).",
    ),
    "brief_least_perhaps": (
        "Least satisfied: channel {channel}, {share:share} of {n} ratings, which may be chance (95% interval {bounds:share}; all channels {all:share}).",
        "Меньше всего довольны: канал {channel}, {share:share} из {n} оценок, возможно случайно (95%-й интервал {bounds:share}; по всем каналам {all:share}).",
    ),
    "brief_wait": (
        "Tickets wait most in status “{status}”: {share:share} of the time for which they are open.",
        "Дольше всего обращения стоят в статусе «{status}»: {share:share} времени, пока открыты.",
    ),
    "brief_wait_group": (
        "With group {group} they spend {share:share} of the time for which they are open.",
        "У группы {group} проходит {share:share} времени, пока они открыты.",
    ),
    "brief_loaded": (
        "Most loaded: {agent} holds {n} open tickets (half of the agents at most {median}).",
        "Больше всех загружен: {agent}, открытых {n} (у половины сотрудников не более {median}).",
    ),
    "brief_loaded_late": (
        "Most loaded: {agent} holds {n} open tickets (half of the agents at most {median}), with {late} promises past due.",
        "Больше всех загружен: {agent}, открытых {n} (у половины сотрудников не более {median}), просроченных обещаний {late}.",
    ),
    "brief_due": (
        "On the next business day ({day}) {n} {n:promise comes|promises come} due; {late} {late:is|are} past due already.",
        "В следующий рабочий день ({day}) истекает {n} {n:обещание|обещания|обещаний}; уже просрочено {late}.",
    ),
    "brief_due_none": (
        "On the next business day ({day}) no promise comes due; {late} {late:is|are} past due already.",
        "В следующий рабочий день ({day}) ни одно обещание не истекает; уже просрочено {late}.",
    ),
})  # fmt: skip
