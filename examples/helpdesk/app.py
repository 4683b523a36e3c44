"""The application: the pages, and the same as JSON."""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from support_model.errors import SupportModelError, TransitionRefused

from . import api, host, pages, store

STATUS: dict[type[Exception], int] = {
    store.NoTicketError: 404,
    host.StaleError: 409,
    TransitionRefused: 409,
    host.NoTextError: 422,
    RequestValidationError: 422,
    SupportModelError: 422,
}
STATIC = Path(__file__).parent / "static"


def failed(request: Request, error: Exception) -> Response:
    """Say why something could not be done, to a person or to a program."""
    if isinstance(error, RequestValidationError) and error.errors()[0]["loc"][0] == "path":
        error = store.NoTicketError()  # what is no number is no ticket's
    if isinstance(error, HTTPException):
        status = error.status_code
    else:
        status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    page = pages.Page(request)
    if request.url.path.startswith("/api/"):
        return JSONResponse(api.Problem(detail=page.why_not(error)).model_dump(), status)
    return page.show("refused.html", status, reasons=page.why_not(error))


def create_app(around: host.Host) -> FastAPI:
    """Return the application around a host; it runs no timer."""
    app = FastAPI(title=around.desk.name)
    app.state.host = around
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(pages.router)
    app.include_router(api.router)
    for kind in (*STATUS, HTTPException):
        app.add_exception_handler(kind, failed)
    return app
