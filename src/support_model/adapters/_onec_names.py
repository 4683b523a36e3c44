# ruff: noqa: RUF001, RUF002 - Russian names are Russian
"""What names mean in an installation of 1C: columns, states, priorities, kinds of comment.

The defaults are the Russian names of the products' own configurations; an installation that
renamed something says so in an `Installation` of its own. Names compare by `plain`.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import field

from support_model._frozen import FrozenMap, frozen, frozen_parts
from support_model._vocabulary import Category, Role, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


T = TypeVar("T")
VENDOR = "1c"


def plain(name: str) -> str:
    """Return a name as names compare: without case, spaces and the difference of е and ё.

    Example:
        >>> plain("Рабочая группа") == plain("РабочаяГруппа")
        True
    """
    return "".join(name.casefold().replace("ё", "е").split())


def sorted_off(name: str) -> str:
    """Return a name without the number that sorts it in lists.

    Example:
        >>> sorted_off("05_Отложено"), sorted_off("1 - Критический")
        ('Отложено', 'Критический')
    """
    return re.sub(r"^\d{1,9}(?:_|\s{1,9}[-\u2013]\s{1,9})(?=.)", "", name)


COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ticket": ("Ref_Key", "linkUuid", "Документ", "Обращение", "Номер", "Number"),
        "number": ("Номер", "Number"),
        "created": ("Дата регистрации", "Дата создания", "Date", "Дата"),
        "at": ("Дата изменения", "Period", "Период", "Дата", "Date"),
        "author": ("Автор", "Пользователь"),
        "attribute": ("Реквизит", "Имя реквизита"),
        "old": ("Старое значение",),
        "new": ("Новое значение",),
        "line_number": ("LineNumber", "Номер строки"),
        "kind": ("Вид", "Вид комментария", "Тип"),
        "requester": ("Инициатор", "Заявитель", "Клиент"),
        "organization": ("Организация", "Контрагент"),
        "topic": ("Тема", "Тема обращения", "topic"),
        "description": ("Описание", "description"),
        "service": ("Услуга",),
        "priority": ("Приоритет", "Важность заявки"),
        "status": ("Состояние", "Статус", "state"),
        "agent": ("Ответственный", "Исполнитель"),
        "group": ("Рабочая группа",),
        "rating": ("Оценка",),
        "closed": ("Дата закрытия",),
        "effort": ("Трудозатраты, ч", "Трудозатраты"),
        "channel": ("Способ обращения", "Канал", "Источник обращения"),
        "deleted": ("DeletionMark", "Пометка удаления"),
        "duplicate_of": ("Основное обращение",),
        "comments": ("Комментарии",),
        "internal": ("Внутренний",),
        "custom.component": ("Состав услуги",),
    }
)
"""Which columns (and recorded attributes) hold what; the first one that is filled counts."""

RECORDED = (
    *("status", "priority", "group", "agent"),
    *("requester", "organization", "service", "topic"),
)
"""The fields whose changes are recorded."""

STATUSES: Mapping[str, Category] = MappingProxyType(
    {
        **dict.fromkeys(("Зарегистрировано", "Зарегистрирован", "Новая", "Новое", "Новый"), "new"),
        **dict.fromkeys(("В работе", "Возобновлена", "Возобновлено"), "open"),
        **dict.fromkeys(("В ожидании ответа", "На согласовании"), "pending"),
        **dict.fromkeys(("Отложено", "Приостановлен", "Приостановлено"), "on_hold"),
        **dict.fromkeys(("Выполнено", "Выполнен"), "solved"),
        **dict.fromkeys(("Закрыто", "Закрыт", "Закрыта"), "closed"),
        **dict.fromkeys(("Не выполнен", "Не может быть реализован"), "closed"),
        **dict.fromkeys(("Отклонено", "Отклонен", "Отменено", "Отменен"), "void"),
    }
)
"""What the states mean: `pending` waits for the requester, `on_hold` for anyone else."""
PRIORITIES: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(("Очень высокий", "Критический", "Срочный"), 1),
        "Высокий": 2,
        **dict.fromkeys(("Средний", "Обычный", "Нормальный"), 3),
        "Низкий": 4,
    }
)
"""Ranks of priorities, 1 is the most urgent."""
KINDS: Mapping[str, tuple[Role, bool]] = MappingProxyType(
    {
        "Входящее": ("customer", True),
        "Исходящее": ("agent", True),
        "Внутренний комментарий": ("agent", False),
        "Автоответ": ("system", True),
    }
)
"""Who speaks in a comment of a kind, and whether in public."""
ROBOTS = ("Регламентное задание",)
"""Authors that are nobody."""


BEGUN = Status("Зарегистрировано", "new")


def _plainly(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(plain, names))


def _by_plain(given: Mapping[str, T]) -> Mapping[str, T]:
    return FrozenMap({plain(key): frozen_parts(value) for key, value in given.items()})


def _columns(given: Mapping[str, Iterable[str]]) -> Mapping[str, tuple[str, ...]]:
    named = {**COLUMNS, **given}
    return FrozenMap(
        {
            key: tuple(map(plain, (names,) if isinstance(names, str) else names))
            for key, names in named.items()
        }
    )


def _exact(given: Mapping[str, T]) -> Mapping[str, T]:
    return FrozenMap(given)


def _options(default: Any, converter: Any) -> Any:  # noqa: ANN401 - what `field` takes and gives
    return field(default=default, converter=converter, hash=False, repr=False)


@frozen(kw_only=True)
class Installation:
    """What names mean in one installation.

    Attributes:
        columns: columns by what they hold, beside `COLUMNS` or instead of its entries; a
            meaning `custom.<name>` carries any further attribute.
        statuses: the category of each state.
        priorities: the rank of each priority.
        kinds: who speaks in a comment of each kind, and whether in public.
        robots: authors whose acts are the system's.
        roles: roles of authors by name; others are the requester or staff.
        names: names for the references (`..._Key`) of OData, such as its catalogs give them.
        lines: the support line of each group; without any, tickets have no line.
        channels: the channel of each way to ask; others are called as they are.
        scale: lowest and highest score of a rating.
        initial: the status of a ticket whose history does not tell its first one.

    Example:
        >>> Installation(statuses={**STATUSES, "У поставщика": "on_hold"}).statuses["упоставщика"]
        'on_hold'
    """

    columns: Mapping[str, tuple[str, ...]] = _options({}, _columns)
    statuses: Mapping[str, Category] = _options(STATUSES, _by_plain)
    priorities: Mapping[str, int] = _options(PRIORITIES, _by_plain)
    kinds: Mapping[str, tuple[Role, bool]] = _options(KINDS, _by_plain)
    robots: frozenset[str] = field(default=ROBOTS, converter=_plainly)
    roles: Mapping[str, Role] = _options({}, _exact)
    names: Mapping[str, str] = _options({}, _exact)
    lines: Mapping[str, int] = _options({}, _exact)
    channels: Mapping[str, str] = _options({}, _exact)
    scale: tuple[float, float] = field(default=(1, 5))
    initial: Status = BEGUN

    @property
    def custom(self) -> tuple[str, ...]:
        """The fields of its own."""
        return tuple(name for name in self.columns if name.startswith("custom."))

    def meaning(self, attribute: str) -> str:
        """Return the field that a recorded attribute is; a custom one where none is known."""
        for name, aliases in self.columns.items():
            if plain(attribute) in aliases and name in (
                *RECORDED,
                "rating",
                "deleted",
                *self.custom,
            ):
                return name
        return f"custom.{attribute}"


STANDARD = Installation()
"""The products' own names."""
