"""Words of the answers in short."""

from __future__ import annotations

from types import MappingProxyType

WORDS = MappingProxyType({
    "brief_title": ("In short", "Коротко"),
    "brief_first": ("Look first at this: {what}, {where} (since the week of {since}).", "Прежде всего: {what}, {where} (с недели {since})."),
    "brief_growing": (
        "Not keeping up: open tickets went from {before} to {now} in {period}.",
        "Не успеваем: открытых было {before}, стало {now} за {period}.",
    ),
    "brief_keeping_up": (
        "Keeping up: open tickets went from {before} to {now} in {period}, no more than they vary.",
        "Успеваем: открытых было {before}, стало {now} за {period}, в пределах обычных колебаний.",
    ),
    "brief_shrinking": (
        "Catching up: open tickets went from {before} to {now} in {period}.",
        "Навёрстываем: открытых было {before}, стало {now} за {period}.",
    ),
    "brief_least_satisfied": (
        "Least satisfied: channel {channel}, {share:share} of {n} ratings (all channels {all:share}).",
        "Меньше всего довольны: канал {channel}, {share:share} из {n} оценок (по всем каналам {all:share}).",
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
        "On the next business day ({day}) {n} {n:promise comes|promises come} due, first of all of {tickets}; {late} {late:is|are} past due already.",
        "В следующий рабочий день ({day}) истекает {n} {n:обещание|обещания|обещаний}, раньше всех: {tickets}; уже просрочено {late}.",
    ),
})  # fmt: skip
