"""The REST API: routes under /api/v1, its documentation at /api/docs."""

from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline

from onetime import __version__
from onetime.api import cards, files, house, reviews
from onetime.api import sessions as transactions
from onetime.api.billing import intervals, reports
from onetime.api.chargers import commands, messages
from onetime.api.chargers import routes as chargers
from onetime.api.commissioning import knocking
from onetime.api.commissioning import window as commissioning
from onetime.api.frame import errors
from onetime.api.frame.documentation import document
from onetime.api.frame.token_first import TokenFirst
from onetime.api.operations import reservations
from onetime.api.operations import routes as operations
from onetime.api.security import charger as security
from onetime.api.security import house as house_security

DESCRIPTION = """
Read chargers, sessions and exact quarter-hour intervals of this house, and send commands to its chargers.

Lists come in pages: `items`, and in `next` the address of the following page, `null` on the last one.
Energy is in Wh, power in W, times are RFC 3339 in UTC. Errors are problem details (RFC 9457).
"""
RESOURCES = (
    house,
    chargers,
    commissioning,
    commands,
    messages,
    operations,
    reservations,
    cards,
    knocking,
    transactions,
    reviews,
    intervals,
    files,
    security,
    house_security,
)


def create_api() -> FastAPI:
    """Return the API. Its documentation page loads nothing from another host."""
    app: FastAPI = FastAPIOffline(
        title="Onetime",
        version=__version__,
        description=DESCRIPTION,
        docs_url="/api/docs",
        redoc_url=None,
        openapi_url="/api/openapi.json",
        static_url="/api/static",
    )
    errors.install(app)
    app.add_middleware(TokenFirst)
    document(app)
    v1 = APIRouter(prefix="/api/v1")
    for resource in RESOURCES:
        v1.include_router(resource.router)
    app.include_router(v1)
    app.include_router(reports.router)
    app.include_router(files.downloads)
    return app
