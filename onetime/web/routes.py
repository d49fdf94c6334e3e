"""Every address of the pages, once, and the builders of those with a part that varies."""

from urllib.parse import quote

DASHBOARD = "/"
SETUP = "/setup"
LOGIN = "/login"
CHARGER = "/chargers/[identity]"
SESSIONS = "/sessions"
CARDS = "/cards"
BILLING = "/billing"
REVIEWS = "/reviews"
REVIEW = "/reviews/[item]"
MORE = "/more"
NOT_FOUND = "404"

LOGIN_TICKET = "/login/ticket"
LOGOUT_TICKET = "/logout"


def charger(identity: str) -> str:
    """Return the address of one charger's page."""
    return f"/chargers/{quote(identity, safe='')}"


def review(item_id: int) -> str:
    """Return the address of one item of the review inbox."""
    return f"/reviews/{item_id}"


def report_download(file_name: str) -> str:
    """Return the address a finished report is downloaded from."""
    return f"/download/reports/{quote(file_name)}"
