# ruff: noqa: RUF001 - Russian names are Russian
"""Documents, registers and lists of 1C as its services answer them, drawn by a seed."""

import random
from datetime import datetime, timedelta

from support_model.adapters.onec import Account

BEGIN = datetime(2026, 3, 2, 9)
STATES = (
    "01_Зарегистрировано",
    "02_В работе",
    "06_В ожидании ответа",
    "08_Выполнено",
    "09_Закрыто",
)
PRIORITIES = ("1 - Критический", "2 - Высокий", "3 - Средний", "4 - Низкий")
WORDS = (
    *("добрый", "день", "не", "печатает", "принтер", "после", "обновления", "программы"),
    *("просьба", "проверить", "сервер", "отчёт", "ошибка", "при", "входе", "спасибо"),
)
SERVICE = "https://onec.example.com/itil/odata/standard.odata/$metadata#"
REGISTER = "InformationRegister_ИсторияСостояний"
ACCOUNT = Account(tz="Europe/Moscow")


def reference(rng):
    digits = f"{rng.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def text(rng):
    return " ".join(rng.choices(WORDS, k=rng.randint(16, 60)))


def stamp(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S")


class Desk:
    """The people and groups of one installation, and what is drawn of them."""

    def __init__(self, seed):
        self.rng = random.Random(seed)  # noqa: S311 - the same desk for the same seed
        self.staff = [reference(self.rng) for _ in range(12)]
        self.clients = [reference(self.rng) for _ in range(60)]
        self.groups = [reference(self.rng) for _ in range(4)]

    def document(self, number, *, comments):
        rng = self.rng
        ref, at = reference(rng), BEGIN + timedelta(minutes=7 * number)
        client, agent = rng.choice(self.clients), rng.choice(self.staff)
        moves = [at + timedelta(minutes=30 * step) for step in range(1, rng.randint(4, 8))]
        named = f"Document_Обращение(guid'{ref}')"
        document = {
            "Ref_Key": ref,
            "DataVersion": "AAAAAAABlZQ=",
            "DeletionMark": False,
            "Number": f"{number:09}",
            "Date": stamp(at),
            "Posted": True,
            "Инициатор_Key": client,
            "Организация_Key": reference(rng),
            "Тема": text(rng)[:60],
            "Описание": text(rng),
            "Приоритет____Presentation": rng.choice(PRIORITIES),
            "Состояние_Key": reference(rng),
            "Состояние____Presentation": STATES[-1],
            "Ответственный_Key": agent,
            "РабочаяГруппа_Key": rng.choice(self.groups),
            "КрайнийСрок": stamp(at + timedelta(days=2)),
            "ДатаЗакрытия": stamp(moves[-1]),
            "ДатаРешенияПлан": "0001-01-01T00:00:00",
            "Комментарий": "",
            "Инициатор@navigationLinkUrl": f"{named}/Инициатор",
            "Состояние@navigationLinkUrl": f"{named}/Состояние",
            "Ответственный@navigationLinkUrl": f"{named}/Ответственный",
            "РабочаяГруппа@navigationLinkUrl": f"{named}/РабочаяГруппа",
        }
        if comments:
            document["Комментарии"] = [
                {
                    "Ref_Key": ref,
                    "LineNumber": str(line),
                    "Дата": stamp(moment + timedelta(minutes=3)),
                    "Автор_Key": rng.choice((client, agent)),
                    "Внутренний": line % 4 == 3,
                    "Текст": text(rng),
                }
                for line, moment in enumerate(moves, 1)
            ]
        states = [
            {
                "Period": stamp(moment),
                "Документ_Key": ref,
                "LineNumber": str(line),
                "Состояние____Presentation": STATES[-1]
                if moment is moves[-1]
                else STATES[1 + line % 3],
                "Автор_Key": rng.choice((agent, agent, client)),
                "Документ@navigationLinkUrl": f"{REGISTER}({line})/Документ",
            }
            for line, moment in enumerate(moves, 1)
        ]
        return document, states


def odata(tickets, seed, *, comments):
    desk = Desk(seed)
    drawn = [desk.document(number, comments=comments) for number in range(1, tickets + 1)]
    return [
        {
            "odata.metadata": f"{SERVICE}Document_Обращение",
            "odata.count": str(tickets),
            "value": [document for document, _ in drawn],
        },
        {
            "odata.metadata": f"{SERVICE}InformationRegister_ИсторияСостояний",
            "value": [state for _, states in drawn for state in states],
        },
    ]


def rest(tickets, seed):
    rng = random.Random(seed)  # noqa: S311 - the same list for the same seed
    offered = [{"state": state, "stateUuid": reference(rng)} for state in STATES[1:3]]
    return {
        "Incidents": [
            {
                "linkUuid": reference(rng),
                "date": stamp(BEGIN + timedelta(minutes=7 * number)),
                "number": f"{number:09}",
                "state": rng.choice(STATES),
                "stateUuid": reference(rng),
                "topic": text(rng)[:60],
                "description": text(rng),
                "availableStates": offered,
            }
            for number in range(1, tickets + 1)
        ]
    }


def payload(tickets, seed):
    return odata(tickets, seed, comments=True)


def forms(tickets, seed):
    yield "odata with a table part", odata(tickets, seed, comments=True), ACCOUNT
    yield "odata of states", odata(tickets, seed, comments=False), ACCOUNT
    yield "rest list", rest(tickets, seed), ACCOUNT
