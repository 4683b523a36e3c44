"""The application: the pages, the same as JSON, and the timer that runs beside them."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event as Bell
from threading import Thread

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from . import api, host, pages

STATIC = Path(__file__).parent / "static"


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
    app.mount("/api", api.create(around))
    return app
