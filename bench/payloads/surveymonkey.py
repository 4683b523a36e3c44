"""A survey and pages of responses as `GET /v3/surveys/{id}/responses/bulk` answers them."""

import random

from support_model.adapters.surveymonkey import Account

HOST = "https://api.surveymonkey.example/v3/surveys/318754279"
ROWS = ("r1", "r2", "r3")
WORDS = ("quick", "answer", "friendly", "waited", "long", "solved", "again", "call", "thanks")


def payload(tickets, seed):
    """Return the details of a survey and that many responses in pages of 100."""
    rng = random.Random(seed)  # noqa: S311 - the same payload for the same seed
    rows = [response(rng, number) for number in range(tickets)]
    pages = [
        {
            "data": rows[begin : begin + 100],
            "per_page": 100,
            "page": begin // 100 + 1,
            "total": tickets,
            "links": {"self": f"{HOST}/responses/bulk?page={begin // 100 + 1}&per_page=100"},
        }
        for begin in range(0, tickets, 100)
    ]
    return [details(), *pages]


def forms(tickets, seed):
    """Yield the one form, with an account that names its questions."""
    questions = {"11/r1": "csat", "12/r9": "nps", "13": "comment"}
    yield "responses", payload(tickets, seed), Account(questions=questions)


def choice(prefix, weight, place):
    text = str(weight)
    return {
        "id": f"{prefix}{weight}",
        "text": text,
        "weight": weight,
        "position": place,
        "visible": True,
    }


def question(native, rows, lowest, highest, prefix):
    choices = [choice(prefix, n, n + 1) for n in range(lowest, highest + 1)]
    return {
        "id": native,
        "family": "matrix",
        "subtype": "rating",
        "headings": [{"heading": "How satisfied were you with our support?"}],
        "href": f"{HOST}/pages/1/questions/{native}",
        "answers": {"rows": [{"id": row, "text": row} for row in rows], "choices": choices},
    }


def details():
    essay = {"id": "13", "family": "open_ended", "subtype": "essay", "headings": []}
    questions = [question("11", ROWS, 1, 5, "c"), question("12", ("r9",), 0, 10, "n"), essay]
    return {"id": "318754279", "title": "After support", "pages": [{"questions": questions}]}


def response(rng, number):
    native = str(118_000_000_000 + number)
    rows = [{"choice_id": f"c{rng.randint(1, 5)}", "row_id": row} for row in ROWS]
    text = " ".join(rng.choices(WORDS, k=rng.randint(15, 60)))
    answers = [
        {"id": "11", "answers": rows},
        {"id": "12", "answers": [{"choice_id": f"n{rng.randint(0, 10)}", "row_id": "r9"}]},
        {"id": "13", "answers": [{"tag_data": [], "text": text}]},
    ]
    return {
        "id": native,
        "recipient_id": "",
        "collection_mode": "default",
        "response_status": "completed",
        "custom_value": "",
        "first_name": "",
        "last_name": "",
        "email_address": "",
        "ip_address": "192.0.2.9",
        "logic_path": {},
        "metadata": {
            "contact": {},
            "respondent": {
                "user_agent": {"type": "string", "value": "Mozilla/5.0 (X11; Linux x86_64)"},
                "language": {"type": "string", "value": "en"},
            },
        },
        "page_path": [],
        "collector_id": "446111201",
        "survey_id": "318754279",
        "custom_variables": {"ticket_id": f"T-{number}"},
        "edit_url": f"https://www.surveymonkey.example/r/?sm=YnDEsxk_2FvIZ20rklQoQaK2GKz9{native}",
        "analyze_url": f"https://www.surveymonkey.example/analyze/browse/XPJ8auZ6?id={native}",
        "total_time": rng.randint(10, 900),
        "date_modified": f"2026-03-{number % 28 + 1:02}T08:09:25+00:00",
        "date_created": f"2026-03-{number % 28 + 1:02}T07:48:07+00:00",
        "href": f"{HOST}/responses/{native}",
        "pages": [{"id": "28173422", "questions": answers}],
    }
