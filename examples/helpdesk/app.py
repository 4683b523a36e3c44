"""The application: the pages, the same as JSON, and the timer that runs beside them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event as Bell
from threading import Thread

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles

from support_model.errors import SupportModelError, TransitionRefused

from . import api, host, pages, store

STATUS: dict[type[Exception], int] = {
    store.NoTicketError: 404,
    host.StaleError: 409,
    TransitionRefused: 409,
    SupportModelError: 422,
}
STATIC = Path(__file__).parent / "static"


def failed(request: Request, error: Exception) -> Response:
    """Say why something could not be done, to a person or to a program."""
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    page = pages.Page(request)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"detail": page.why_not(error) or type(error).__name__}, status)
    return page.show("failed.html", status, reasons=page.why_not(error))


def create_app(around: host.Host) -> FastAPI:
    """Return the application around a host; the timer runs as long as it does."""

    @asynccontextmanager
    async def with_timer(_: FastAPI) -> AsyncGenerator[None]:
        stop = Bell()
        timer = Thread(target=host.run, args=(around, stop), name="timer", daemon=True)
        timer.start()
        yield
        stop.set()
        around.bell.set()
        timer.join()

    app = FastAPI(title=around.desk.name, lifespan=with_timer)
    app.state.host = around
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(pages.router)
    app.include_router(api.router)
    for kind in STATUS:
        app.add_exception_handler(kind, failed)
    return app
