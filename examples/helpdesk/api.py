"""The same as JSON."""

from fastapi import FastAPI

from .host import Host


def create(host: Host) -> FastAPI:
    """Return the application of the API."""
    return FastAPI(title=host.desk.name)
