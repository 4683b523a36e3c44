"""Tickets of GLPI with their history, and the list of tickets, as its API gives them."""

import random
from datetime import datetime, timedelta

from support_model.adapters import Account

WORDS = (
    *("the", "printer", "on", "the", "third", "floor", "says", "that", "there", "is", "no"),
    *("paper", "although", "it", "was", "filled"),
)
ACCOUNT = Account(tz="Europe/Paris", roles={str(each): "agent" for each in range(40, 60)})


def text(rng):
    return "&#60;p&#62;" + " ".join(rng.choice(WORDS) for _ in range(rng.randint(20, 80)))


def stamp(at):
    return f"{at:%Y-%m-%d %H:%M:%S}"


def links(number):
    kinds = (
        *("Entity", "User", "RequestType", "ITILCategory", "Location", "Document_Item"),
        *("TicketTask", "TicketValidation", "TicketCost", "Item_Ticket", "ITILSolution"),
    )
    base = f"https://glpi.example.com/apirest.php/Ticket/{number}"
    return [{"rel": kind, "href": f"{base}/{kind}/"} for kind in kinds]


def ticket(rng, number, at):
    solved = at + timedelta(hours=5)
    return {
        "id": number, "entities_id": 0, "name": text(rng)[:60], "date": stamp(at),
        "closedate": stamp(at + timedelta(days=3)), "solvedate": stamp(solved),
        "takeintoaccountdate": stamp(at + timedelta(minutes=4)),
        "date_mod": stamp(at + timedelta(days=3)), "users_id_lastupdater": 42, "status": 6,
        "users_id_recipient": 31, "requesttypes_id": 1, "content": text(rng), "urgency": 3,
        "impact": 3, "priority": 3, "itilcategories_id": 7, "type": 1, "global_validation": 1,
        "slas_id_ttr": 0, "slas_id_tto": 0, "slalevels_id_ttr": 0, "time_to_resolve": None,
        "time_to_own": None, "begin_waiting_date": None, "sla_waiting_duration": 0,
        "ola_waiting_duration": 0, "olas_id_tto": 0, "olas_id_ttr": 0, "waiting_duration": 0,
        "close_delay_stat": 259200, "solve_delay_stat": 18000, "takeintoaccount_delay_stat": 240,
        "actiontime": 0, "is_deleted": 0, "locations_id": 63, "validation_percent": 0,
        "date_creation": stamp(at), "links": links(number),
    }  # fmt: skip


def bundle(rng, number):
    at = datetime(2026, 3, 2) + timedelta(minutes=number * 7)
    log, said = [], []

    def row(minutes, who, option=0, action=0, old="", new="", kind=""):
        log.append({
            "id": number * 100 + len(log), "itemtype": "Ticket", "items_id": number,
            "itemtype_link": kind, "linked_action": action,
            "user_name": f"Somebody {who} ({who})",
            "date_mod": stamp(at + timedelta(minutes=minutes)),
            "id_search_option": option, "old_value": old, "old_id": None, "new_value": new,
            "new_id": None,
        })  # fmt: skip

    def say(minutes, who, private=0):
        said.append({
            "id": number * 100 + len(said), "itemtype": "Ticket", "items_id": number,
            "date": stamp(at + timedelta(minutes=minutes)), "users_id": who, "users_id_editor": 0,
            "content": text(rng), "is_private": private, "requesttypes_id": 1,
            "date_mod": stamp(at + timedelta(minutes=minutes)),
            "date_creation": stamp(at + timedelta(minutes=minutes)), "timeline_position": 1,
            "sourceitems_id": 0, "sourceof_items_id": 0, "links": links(number),
        })  # fmt: skip
        row(minutes, who, action=17, new=str(said[-1]["id"]), kind="ITILFollowup")

    agent = rng.randint(40, 59)
    row(0, 31, action=20)
    row(4, agent, 5, 15, new=f"Somebody {agent} ({agent})", kind="User")
    row(4, agent, 12, old="1", new="2")
    row(5, agent, 8, 15, new="Desk (52)", kind="Group")
    for step in range(rng.randint(1, 4)):
        say(10 + step * 20, agent, private=step % 2)
        say(20 + step * 20, 31)
    row(300, agent, 12, old="2", new="5")
    row(4320, 2, 12, old="5", new="6")
    return {
        "ticket": ticket(rng, number, at),
        "Log": log,
        "ITILFollowup": said,
        "Ticket_User": [{"id": 1, "tickets_id": number, "users_id": 31, "type": 1}],
    }


def forms(tickets, seed):
    rng = random.Random(seed)  # noqa: S311 - the same tickets for the same seed
    yield "history", [bundle(rng, number) for number in range(1, tickets + 1)], ACCOUNT
    at = datetime(2026, 3, 2)
    listed = [ticket(rng, n, at + timedelta(minutes=n * 7)) for n in range(1, tickets + 1)]
    yield "list", listed, ACCOUNT
