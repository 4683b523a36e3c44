"""What 1C calls things: columns, states, priorities, kinds of comment, signs of nothing.

All of it is data with the names of the main products as they are shipped: Itilium, 1C:ITIL,
"Управление службой поддержки", "Service Desk", 1C:CRM, in their Russian and English interface.
Names compare without case, spaces, the difference of е and ё, and without numbers that sort them.

Sources: Itilium integration guide; 1C:Enterprise developer guide, standard OData interface.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from support_model._vocabulary import Category, Role, Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# ruff: noqa: RUF001, RUF002 - Russian names are Russian

_SORTED = re.compile(r"\d{1,9}(?:[_.)]\s{0,9}|\s{1,9}[-\u2013\u2014]\s{1,9}|\s{1,9})(?=[^\W\d_])")


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
        >>> [sorted_off(name) for name in ("05_Отложено", "1 - Критический", "2. В работе")]
        ['Отложено', 'Критический', 'В работе']
    """
    return name[match.end() :] if (match := _SORTED.match(name)) else name


COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "ticket": (
            *("Ref_Key", "linkUuid", "Документ", "Обращение", "Инцидент", "Заявка", "Объект"),
            *("Предмет", "Ссылка", "Номер обращения", "Номер заявки", "Номер инцидента"),
            *("№ обращения", "№ заявки", "Номер документа", "Номер", "Number", "Код", "Code"),
            *("Document", "Incident", "Request", "Ticket", "Incident number", "Request number"),
            *("Ticket number", "Recorder", "№"),
        ),
        "number": (
            *("Номер", "Number", "Номер обращения", "Номер заявки", "Номер инцидента"),
            *("№ обращения", "№ заявки", "Номер документа", "Incident number", "Request number"),
            *("Ticket number", "Код", "Code", "№"),
        ),
        "created": (
            *("Дата регистрации", "Дата создания", "Дата и время регистрации"),
            *("Дата и время создания", "Дата обращения", "Дата заявки", "Дата поступления"),
            *("Дата открытия", "Создано", "Дата и время", "Registration date", "Creation date"),
            *("Date created", "Created", "Opened", "Date", "Дата", "Дата документа"),
        ),
        "at": (
            *("Дата изменения", "Дата и время изменения", "Period", "Период", "Дата события"),
            *("Дата комментария", "Дата сообщения", "Дата записи", "Change date", "Changed on"),
            *("Дата и время", "Дата/время", "Время", "Дата", "Date", "Date and time", "Time"),
        ),
        "author": (
            *("Автор", "Автор изменения", "Автор комментария", "Автор сообщения", "Изменил"),
            *("Кто изменил", "Пользователь", "Отправитель", "Сотрудник", "Зарегистрировал"),
            *("Author", "Changed by", "Sender", "User", "Registered by"),
        ),
        "attribute": (
            *("Реквизит", "Имя реквизита", "Измененный реквизит", "Поле", "Показатель"),
            *("Параметр", "Что изменено", "Attribute", "Attribute name", "Field"),
        ),
        "old": (
            *("Старое значение", "Предыдущее значение", "Прежнее значение", "Было"),
            *("Значение до", "До изменения", "Old value", "Previous value", "Before"),
        ),
        "new": (
            *("Новое значение", "Стало", "Значение после", "После изменения", "New value"),
            *("After", "Значение", "Value"),
        ),
        "old_status": (
            *("Старое состояние", "Старый статус", "Предыдущее состояние", "Предыдущий статус"),
            *("Прежнее состояние", "Прежний статус", "Из состояния", "Состояние до"),
            *("Статус до", "Old state", "Old status", "Previous state", "Previous status"),
        ),
        "new_status": (
            *("Новое состояние", "Новый статус", "В состояние", "Состояние после"),
            *("Статус после", "New state", "New status"),
        ),
        "line_number": ("LineNumber", "Номер строки", "№ строки", "Line number"),
        "kind": (
            *("Вид", "Вид комментария", "Вид сообщения", "Тип", "Тип комментария"),
            *("Тип сообщения", "Направление", "Kind", "Type", "Comment type", "Direction"),
        ),
        "text": (
            *("Текст", "Текст комментария", "Текст сообщения", "Комментарий", "Сообщение"),
            *("Содержание", "Text", "Comment", "Message", "Comment text", "Message text"),
        ),
        "requester": (
            *("Инициатор", "Заявитель", "Контактное лицо", "Инициатор обращения"),
            *("Автор обращения", "Обратившийся", "Клиент", "Заказчик", "Потребитель"),
            *("Requester", "Initiator", "Contact person", "Contact", "Client", "Customer"),
        ),
        "organization": ("Организация", "Контрагент", "Партнер", "Компания", "Company"),
        "topic": (
            *("Тема", "Тема обращения", "topic", "Краткое описание", "Наименование"),
            *("Заголовок", "Subject", "Summary", "Title"),
        ),
        "description": (
            *("Описание", "description", "Описание обращения", "Подробное описание"),
            *("Текст обращения", "Суть обращения", "Содержание обращения", "Details"),
        ),
        "type": (
            *("Тип обращения", "Вид обращения", "Тип заявки", "Вид заявки", "Тип", "Вид"),
            *("Request type", "Type"),
        ),
        "service": ("Услуга", "Сервис", "ИТ-услуга", "ИТ-сервис", "Service"),
        "priority": ("Приоритет", "Важность заявки", "Важность", "Priority", "Importance"),
        "status": (
            *("Состояние", "Статус", "Состояние обращения", "Статус обращения"),
            *("Состояние заявки", "Статус заявки", "Текущее состояние", "Текущий статус"),
            *("Этап", "state", "Status", "Current state", "Current status"),
        ),
        "agent": (
            *("Ответственный", "Исполнитель", "Ответственный исполнитель"),
            *("Текущий исполнитель", "Назначен", "Responsible", "Assignee", "Performer"),
            *("Executor", "Assigned to", "Agent"),
        ),
        "group": (
            *("Рабочая группа", "Группа исполнителей", "Группа поддержки", "Линия поддержки"),
            *("Группа", "Линия", "Очередь", "Workgroup", "Support group", "Support line"),
            *("Group", "Line", "Queue", "Team"),
        ),
        "rating": ("Оценка", "Оценка клиента", "Оценка качества", "Rating", "Score"),
        "rated_at": ("Дата оценки", "Rating date"),
        "closed": (
            *("Дата закрытия", "Дата и время закрытия", "Фактическая дата закрытия"),
            *("Дата завершения", "Closing date", "Date closed", "Closed"),
        ),
        "solved": (
            *("Дата решения", "Дата выполнения", "Дата и время решения"),
            *("Фактическая дата решения", "Resolution date", "Date resolved", "Resolved"),
        ),
        "first_reply": ("Дата первого ответа", "First reply", "First response"),
        "effort": (
            *("Трудозатраты, ч", "Трудозатраты", "Трудозатраты (ч)", "Трудозатраты факт"),
            *("Фактические трудозатраты", "Затрачено, ч", "Effort, h", "Effort"),
        ),
        "overdue": ("Просрочено", "Просрочен", "Просрочена", "Overdue"),
        "channel": (
            *("Способ обращения", "Канал", "Источник обращения", "Способ поступления"),
            *("Канал обращения", "Источник", "Channel", "Source"),
        ),
        "deleted": (
            *("DeletionMark", "Пометка удаления", "Помечен на удаление"),
            *("Помечено на удаление", "Deletion mark", "Marked for deletion"),
        ),
        "duplicate_of": ("Основное обращение", "Дубликат обращения", "Duplicate of"),
        "comments": ("Комментарии", "Переписка", "Сообщения", "Обсуждение", "Comments"),
        "states": (
            *("История состояний", "История статусов", "История изменений", "История"),
            "State history",
        ),
        "internal": (
            *("Внутренний", "Внутреннее", "Служебный", "Служебное", "Скрыто от клиента"),
            "Internal",
        ),
        "public": ("Публичный", "Публичное", "Виден клиенту", "Видно клиенту", "Public"),
        "custom.component": ("Состав услуги",),
    }
)
"""Which columns (and recorded attributes) hold what; the first one that is filled counts."""

PERIODS = frozenset(
    map(
        plain,
        (
            *("Period", "Период", "Дата изменения", "Дата и время изменения", "Дата события"),
            *("Change date", "Changed on"),
        ),
    )
)
"""Columns of instants that only a history has."""

PEOPLE = ("author", "requester", "agent")
RECORDED = (
    *("status", "priority", "group", "agent"),
    *("requester", "organization", "service", "type", "topic"),
)
"""The fields whose changes are recorded."""
MOVED = ("status", "group", "agent")
"""What work on a ticket changes: its present value says little of the first one."""


def _genders(*stems: str) -> Iterator[str]:
    for stem in stems:
        yield from (stem, f"{stem}о", f"{stem}а")


def _adjective(*stems: str) -> Iterator[str]:
    for stem in stems:
        yield from (f"{stem}ый", f"{stem}ая", f"{stem}ое", f"{stem}ий")


def _by_category(given: Mapping[Category, tuple[str, ...]]) -> Mapping[str, Category]:
    found: dict[str, Category] = {}
    for category, names in given.items():
        found |= dict.fromkeys(names, category)
    return MappingProxyType(found)


STATUSES: Mapping[str, Category] = _by_category(
    {
        "new": (
            *_genders("Зарегистрирован"),
            *("Новый", "Новая", "Новое", "Черновик", "Поступило", "Не начато", "Не начата"),
            *("New", "Registered", "Submitted", "Draft"),
        ),
        "open": (
            *_genders("Возобновлен", "Назначен", "Принят", "Открыт", "Переоткрыт", "Возвращен"),
            *("В работе", "В обработке", "Выполняется", "Принято в работу", "На доработке"),
            *("На исполнении", "На диагностике", "In progress", "Open", "Assigned", "Reopened"),
            *("Accepted", "In work"),
        ),
        "pending": (
            *("В ожидании ответа", "Ожидание ответа", "Ожидает ответа", "Ожидание ответа клиента"),
            *("Ожидание ответа пользователя", "Ожидание ответа инициатора", "Ожидание клиента"),
            *("Ожидание пользователя", "На согласовании", "На уточнении", "Требует уточнения"),
            *("Уточнение", "Запрос информации", "Запрошена информация", "Ожидание информации"),
            *("Waiting for reply", "Waiting for customer", "Awaiting response", "On approval"),
            "Pending",
        ),
        "on_hold": (
            *_genders("Отложен", "Приостановлен"),
            *("В ожидании", "Ожидание", "Ожидание поставщика", "Ожидание подрядчика"),
            *("Передано поставщику", "Передано подрядчику", "On hold", "Postponed", "Suspended"),
            "Waiting for vendor",
        ),
        "solved": (
            *_genders("Выполнен", "Решен", "Исполнен", "Обработан"),
            *("На подтверждении", "Ожидает подтверждения", "Resolved", "Solved", "Completed"),
            *("Done", "Fulfilled"),
        ),
        "closed": (
            *_genders("Закрыт", "Завершен", "Отклонен", "Не выполнен", "Не может быть реализован"),
            *("Closed", "Finished", "Rejected"),
        ),
        "void": (
            *_genders("Отменен", "Аннулирован", "Отозван"),
            *("Дубликат", "Спам", "Cancelled", "Canceled", "Duplicate", "Spam"),
        ),
    }
)
"""What the states mean: `pending` waits for the requester, `on_hold` for anyone else."""
PRIORITIES: Mapping[str, int] = MappingProxyType(
    {
        **dict.fromkeys(_adjective("Очень высок", "Критическ", "Критичн", "Срочн", "Экстренн"), 1),
        **dict.fromkeys(("Наивысший", "Наивысшая", "Critical", "Urgent", "Very high"), 1),
        **dict.fromkeys((*_adjective("Высок"), "High"), 2),
        **dict.fromkeys(_adjective("Обычн", "Нормальн"), 3),
        **dict.fromkeys(("Средний", "Средняя", "Среднее", "Medium", "Normal"), 3),
        **dict.fromkeys((*_adjective("Низк"), "Low"), 4),
    }
)
"""Ranks of priorities, 1 is the most urgent."""
KINDS: Mapping[str, tuple[Role, bool]] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *("Входящее", "Входящий", "Входящее письмо", "Входящее сообщение"),
                *("Сообщение пользователя", "Сообщение инициатора", "Incoming"),
            ),
            ("customer", True),
        ),
        **dict.fromkeys(
            (
                *("Исходящее", "Исходящий", "Исходящее письмо", "Исходящее сообщение"),
                *("Ответ", "Ответ клиенту", "Ответ инициатору", "Outgoing"),
            ),
            ("agent", True),
        ),
        **dict.fromkeys(
            (
                *("Внутренний комментарий", "Внутренний", "Внутреннее", "Служебный"),
                *("Служебная записка", "Заметка", "Internal comment", "Internal", "Note"),
            ),
            ("agent", False),
        ),
        **dict.fromkeys(("Автоответ", "Автоматический ответ", "Auto reply"), ("system", True)),
    }
)
"""Who speaks in a comment of a kind, and whether in public."""
CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("Телефон", "Телефонный звонок", "Звонок", "Phone"), "phone"),
        **dict.fromkeys(("Портал", "Веб-портал", "Сайт", "Личный кабинет", "Web"), "web"),
        **dict.fromkeys(("Электронная почта", "Почта", "E-mail", "Email"), "email"),
        **dict.fromkeys(("Чат", "Chat"), "chat"),
        **dict.fromkeys(("Мессенджер", "Telegram", "WhatsApp"), "messaging"),
    }
)
"""Ways to ask, in the words that every system has; others are called as they are."""
ROBOTS = (
    *("Регламентное задание", "Фоновое задание", "Система", "Робот", "Почтовый робот"),
    *("Автоматически", "Scheduled job", "Background job", "System"),
)
"""Authors that are nobody."""
MARKS: Mapping[str, int] = MappingProxyType(
    {"отлично": 5, "хорошо": 4, "удовлетворительно": 3, "неудовлетворительно": 2, "плохо": 2}
)
"""Ratings in words, of a scale of 1 to 5."""

BEGUN = Status("Зарегистрировано", "new")
DONE = Status("Выполнено", "solved")
SHUT = Status("Закрыто", "closed")
DELETED = Status("deleted", "void")

EMPTY = frozenset(
    {
        *("", "00000000-0000-0000-0000-000000000000", "-", "\u2013", "\u2014", "<>"),
        *("0001-01-01T00:00:00", "0001-01-01T00:00:00Z", "01.01.0001 0:00:00"),
        *("01.01.0001 00:00:00", "01.01.0001 0:00", "01.01.0001 00:00", "01.01.0001"),
        *("01.01.01 0:00:00", "01.01.01 00:00:00", "01.01.01 0:00", "01.01.01 00:00"),
        *("1/1/0001 12:00:00 AM", "00010101000000", "00010101", ".  .       :  :", ".  ."),
        *("<Пустое значение>", "<Не указан>", "<Не указано>", "<Не указана>", "<не указан>"),
        *("<не указано>", "<не указана>", "Не указано", "Не указан", "<Empty>"),
    }
)
"""How 1C writes that there is no value: no text, no reference, no date."""
TOTALS = frozenset({"итого", "всего", "количество", "total", "итог", "общийитог", "count"})
YES = frozenset({"да", "true", "истина", "1", "yes", "v", "+", "\u2713", "\u2714"})
NO = frozenset({"нет", "false", "ложь", "0", "no"})
MONTHS = (
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
)
